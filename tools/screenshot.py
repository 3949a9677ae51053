"""Draw docs/course.png, the README's picture of the course at work: `make picture`.

JupyterLab on unit 01: an exercise whose test has just failed, and beside it the first section's explorer, which
JupyterLab shows in a panel of its own ("Create New View for Cell Output").
"""

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import Notebook, browser_page, find_chromium, server  # noqa: E402

from gmcourse import answers  # noqa: E402

UNIT, EXERCISE, TEST = "01-chain-rule", "conditionals", "conditionals--weather"
PICTURE = ROOT / "docs" / "course.png"
VIEW = """async () => {
    const { commands, shell } = window.jupyterapp;
    const notebook = shell.currentWidget;
    await commands.execute('notebook:create-output-view');
    shell.collapseLeft();
    shell.collapseRight();
    shell.activateById(notebook.id);
}"""


def main():
    chromium = find_chromium()
    if chromium is None:
        sys.exit("Chromium is missing: sudo apt-get install chromium (on a Mac: brew install --cask google-chrome)")
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        notebooks = Path(folder).resolve() / "notebooks"
        shutil.copytree(ROOT / "notebooks", notebooks)
        with server(notebooks) as address, browser_page(chromium) as page:
            draw(page, Notebook(page, address, f"{UNIT}/{UNIT}.ipynb"))
    print(f"wrote {PICTURE.relative_to(ROOT)}")


def draw(page, notebook):
    """Fail the first exercise as students do, drop an arrow in the explorer, put it beside the notebook."""
    answer, test = notebook.find(EXERCISE, key="id"), notebook.find(TEST, key="id")
    explorer = notebook.find("explore(")
    notebook.run_before(answer)
    file = ROOT / "lessons" / UNIT / "answers" / f"{EXERCISE}.py"
    notebook.write(answer, next(a.source for a in answers.read(file) if a.message))
    notebook.run(answer)
    notebook.run(test)
    notebook.output(explorer).locator("input[type=checkbox]").nth(1).click()
    notebook.show(explorer)
    page.evaluate(VIEW)
    notebook.show(answer)
    page.wait_for_timeout(2000)  # panels and formulas settle
    page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
