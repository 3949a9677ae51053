"""JupyterLab driven through Chromium: a server, a page on it, and what a person does there."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

CHROMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# plain predicates, not async ones: wait_for_function takes the promise that an async one gives for true
HAS_COMMAND = "(id) => window.jupyterapp?.commands?.hasCommand(id)"
EXECUTE = "async (id) => { await window.jupyterapp.restored; await window.jupyterapp.commands.execute(id) }"
READY = """() => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    return !!panel?.context?.isReady && panel?.sessionContext?.session?.kernel?.status === 'idle';
}"""
FIND = """([key, text]) => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(
    c => key === 'id' ? c.model.id === text : c.model.sharedModel.getSource().includes(text))"""
RUN = """async (i) => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.deselectAll(); notebook.activeCellIndex = i; await notebook.scrollToItem(i);
    await window.jupyterapp.commands.execute('notebook:run-cell');
}"""
WRITE = "([i, text]) => { window.jupyterapp.shell.currentWidget.content.widgets[i].model.sharedModel.setSource(text) }"
READ = "(i) => window.jupyterapp.shell.currentWidget.content.widgets[i].model.sharedModel.getSource()"
SHOW = """async (i) => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = i; await notebook.scrollToItem(i, 'start');
}"""
COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"


def find_chromium():
    """The path of a Chromium or Chrome of this computer, or None."""
    found = next(filter(None, map(shutil.which, CHROMES)), None)
    return found or (MAC if Path(MAC).exists() else None)


@contextlib.contextmanager
def server(folder, config=None):
    """JupyterLab on `folder`; gives its address. config: a folder for Jupyter's own settings, else a fresh one."""
    folder, log = Path(folder), Path(folder).parent / f"{Path(folder).name}-server.log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token="]
    command += ["--LabApp.expose_app_in_browser=True", "--LabApp.news_url=", "--LabApp.extension_manager=readonly"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    private = folder.parent / f"{folder.name}-jupyter"
    (private / "labconfig").mkdir(parents=True, exist_ok=True)
    overrides = Path(__file__).parents[1] / "tools" / "labconfig" / "default_setting_overrides.json"
    shutil.copy(overrides, private / "labconfig")
    settings = {"JUPYTER_CONFIG_DIR": str(private), "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces")}
    with open(log, "w") as file:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | settings, stdout=file, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _wait(address, process, log, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api", timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def browser_page(chromium, width=1400, height=900):
    """A page in a headless browser that has no network but this computer."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(30_000)
        try:
            yield page
        finally:
            browser.close()


def execute(page, command):
    """Run one of JupyterLab's commands when its extension is there, which on a busy machine comes after the page."""
    page.wait_for_function(HAS_COMMAND, arg=command)
    page.evaluate(EXECUTE, command)


class Notebook:
    """A notebook open in JupyterLab. Cells are numbered from 0."""

    def __init__(self, page, address, path):
        self.page = page
        page.goto(f"{address}/lab/tree/{path}")
        page.wait_for_function(READY, timeout=60_000)

    def __len__(self):
        return self.page.evaluate(COUNT)

    def find(self, text, key="source"):
        """The number of the first cell whose source has `text`, or whose id (key="id") is `text`."""
        number = self.page.evaluate(FIND, [key, text])
        assert number >= 0, f"no cell has the {key} {text!r}"
        return number

    def run(self, number):
        """Run one cell and wait for its end."""
        self.page.evaluate(RUN, number)

    def run_before(self, number):
        """Run all code cells above one."""
        for above in range(number):
            self.run(above)

    def write(self, number, text):
        """Replace the text of a cell."""
        self.page.evaluate(WRITE, [number, text])

    def read(self, number):
        return self.page.evaluate(READ, number)

    def show(self, number):
        """Scroll to a cell; gives its locator."""
        self.page.evaluate(SHOW, number)
        return self.page.locator(f".jp-Cell[data-windowed-list-index='{number}']")

    def output(self, number):
        """The locator of what a cell gave out."""
        return self.show(number).locator(".jp-Cell-outputArea")

    def type_over(self, number, old, lines):
        """With mouse and keyboard: click the line that has `old`, select it, and put these lines there."""
        self.show(number).locator(".cm-line", has_text=old).first.click()
        for key in ("End", "Shift+Home", "Shift+Home"):  # the second one takes the indentation, too
            self.page.keyboard.press(key)
        self.page.keyboard.insert_text("\n".join(lines))


def change_picture(output):
    """Move every control of an explorer's output by keyboard until its picture is another; False if none does it."""
    picture = output.locator("img[src^='data:image/png']").last
    expect(picture).to_be_visible()
    before = picture.get_attribute("src")
    for selector, keys in ((".noUi-handle", "ArrowRight"), ("select", "ArrowDown"), ("input[type=checkbox]", "Space")):
        for control in output.locator(selector).all():
            control.focus()
            control.press(keys)
            with contextlib.suppress(AssertionError):
                expect(picture).not_to_have_attribute("src", before, timeout=5_000)
                return True
    return False
