"""Hostile submissions, graded at once by the real command with honest ones among them: nobody gains a point, nobody
loses one, nothing is reached, left behind, held up, or shown that must not be.

They are only ever run inside the sandbox. See tests/submissions.py for how they are written.
"""

import ctypes
import functools
import html
import json
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
import submissions
from nbgrader.api import Comment, Gradebook

from gmcourse.grading import grade, sandbox

pytestmark = pytest.mark.grading
ROOT = submissions.ROOT
UNIT = submissions.Recipe("", "").unit
HOSTILE = submissions.read_all("hostile")
RUN = {stem: recipe for stem, recipe in HOSTILE.items() if not recipe.broken}
HONEST = ["a-honest", "g-honest", "n-honest", "s-honest", "zz-honest"]  # before, among and after the others
LIMITS = {"cell": 3.0, "call": 2.0, "test": 4.0, "total": 12.0}
PR_SET_CHILD_SUBREAPER = 36
TAGS = {"a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6"}
TAGS |= {"hr", "i", "img", "input", "li", "main", "ol", "p", "pre", "span", "strong", "sub", "sup", "table", "tbody"}
TAGS |= {"td", "th", "thead", "tr", "ul"}
LINK = re.compile(r"https?:|mailto:|#")


@dataclass
class Graded:
    """What the run left: its report and folder, how long it took, the processes and temporary files left behind."""

    report: object
    root: Path
    seconds: float
    processes: list[str]
    temporary: list[str]

    def result(self, recipe):
        path = self.root / "results" / UNIT / recipe.name / f"{recipe.notebook}.json"
        return json.loads(path.read_text())["result"]

    def notebook(self, recipe):
        path = self.root / "autograded" / recipe.name / UNIT / f"{recipe.notebook}.ipynb"
        return nbformat.read(path, as_version=4)

    def body(self, recipe):
        """What is between <body> and </body> of the feedback page."""
        page = (self.root / "feedback" / recipe.name / UNIT / f"{recipe.notebook}.html").read_text()
        return page.split("<body>", 1)[1].rsplit("</body>", 1)[0]

    def told(self, recipe):
        """All text that a student or Formgrader is shown."""
        cells = [str(part) for cell in self.notebook(recipe).cells for part in (cell.source, cell.get("outputs", ""))]
        return "\n".join([html.unescape(re.sub(r"<[^>]*>", "", self.body(recipe))), *cells])


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Everything handed in and graded, in one run."""
    trouble = sandbox.probe()
    if trouble:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"hostile submissions run only where they can be isolated: {trouble}")
    room = tmp_path_factory.mktemp("hostile")
    for recipe in [*HOSTILE.values(), *(submissions.Recipe(name, "", base="solution") for name in HONEST)]:
        submissions.write(recipe, room / "in")
    (room / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(room / "tmp"))
        patch.setattr(tempfile, "tempdir", str(room / "tmp"))
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # who loses its parent becomes our child
        before, began = descendants(), time.monotonic()
        try:
            report = grade(
                UNIT,
                room / "in",
                f"sqlite:///{room}/grades/gradebook.db",
                ROOT,
                jobs=2,
                limits=LIMITS,
                say=lambda line: None,
            )
        finally:
            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0)
        seconds, after = time.monotonic() - began, descendants()
    left = [name for pid, name in after.items() if pid not in before]
    return Graded(report, room / "grades", seconds, left, os.listdir(room / "tmp"))


def descendants():
    """{pid: name} of all processes below this one that have not ended."""
    found, queue = {}, [os.getpid()]
    while queue:
        for task in Path(f"/proc/{queue.pop()}/task").glob("*/children"):
            try:
                below = [int(word) for word in task.read_text().split()]
                about = {pid: Path(f"/proc/{pid}/stat").read_text() for pid in below}
            except OSError:
                continue  # one has ended meanwhile
            found |= {pid: text for pid, text in about.items() if text.rpartition(")")[2].split()[0] != "Z"}
            queue += below
    return found


@functools.cache
def hidden_lines():
    """Lines of hidden tests that stand nowhere in what students are given."""
    given, hidden = "", set()
    for name in (path.name for path in (ROOT / "solutions" / UNIT).glob("*.ipynb")):
        given += "\n".join(cell.source for cell in _read("notebooks", name).cells)
        for cell in _read("solutions", name).cells:
            for part in re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", cell.source, re.DOTALL):
                hidden |= {line.strip() for line in part.splitlines()}
    return {line for line in hidden if len(line) > 20 and line not in given}


def _read(kind, name):
    return nbformat.read(ROOT / kind / UNIT / name, as_version=4)


class Active(HTMLParser):
    """Collects what could run or load something when a page is opened."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.found.append(f"<{tag}>")
        for name, value in attributes:
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            allowed = {"href": bool(LINK.match(address)), "src": address.startswith("data:image/")}
            if name.startswith("on") or name == "srcdoc" or not allowed.get(name, True):
                self.found.append(f"{name}={value}")

    handle_startendtag = handle_starttag


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 100
    assert len({recipe.about for recipe in HOSTILE.values()}) == len(HOSTILE)


@pytest.mark.parametrize("stem", RUN)
def test_it_gains_no_point(graded, stem):
    recipe = HOSTILE[stem]
    assert recipe.name not in graded.report.broken, graded.report.broken
    assert graded.report.total(recipe.name) <= recipe.expect, graded.result(recipe)["grades"]


@pytest.mark.parametrize("stem", sorted(HOSTILE.keys() - RUN.keys()))
def test_it_is_refused(graded, stem):
    recipe = HOSTILE[stem]
    name = "".join(letter if letter.isprintable() else "?" for letter in recipe.name)
    assert recipe.broken in graded.report.broken[name]
    assert name not in graded.report.scores
    assert not (graded.root / "autograded" / name).exists()


@pytest.mark.parametrize("stem", RUN)
def test_it_reaches_nothing(graded, stem):
    """A submission prints BREACH where it got through."""
    result = graded.result(HOSTILE[stem])
    said = [*(out["stdout"] for out in result["outputs"].values()), *(g["message"] for g in result["grades"].values())]
    assert "BREACH" not in "\n".join(said)


@pytest.mark.parametrize("name", HONEST)
def test_it_costs_nobody_a_point(graded, name):
    recipe, first = submissions.Recipe(name, ""), submissions.Recipe(HONEST[0], "")
    assert graded.report.total(name) == submissions.most(submissions.NOTEBOOK)
    assert graded.body(recipe) == graded.body(first)
    assert name not in graded.report.notes


def test_nothing_hung_and_nothing_is_left_behind(graded):
    assert graded.seconds < 900  # some 150 s on two cores
    assert graded.processes == []
    assert graded.temporary == []


def test_nothing_was_written_elsewhere(graded):
    """What they write is called hostile-..., or holds the word `cheated` where Python would run it."""
    folders = [Path(name) for name in ("/", "/tmp", "/var/tmp", "/dev/shm", "/etc", "/usr/lib", Path.home(), ROOT)]
    assert [path for folder in folders for path in folder.glob("hostile[-.]*")] == []
    run_by_python = [ROOT / "gmlib/__init__.py", *Path(sys.prefix).glob("lib/python*/site-packages/*.p*")]
    run_by_python += [folder / f"{name}.py" for folder in folders for name in ("sitecustomize", "usercustomize")]
    assert [path for path in run_by_python if path.is_file() and "cheated" in path.read_text(errors="replace")] == []


@pytest.mark.parametrize("stem", RUN)
def test_nobody_is_shown_a_secret(graded, stem):
    recipe = HOSTILE[stem]
    told = graded.told(recipe)
    secrets = hidden_lines() | {(graded.root / ".grading_key").read_text(), str(ROOT), str(graded.root), *paths()}
    assert [secret for secret in secrets if secret in told] == []
    assert not re.search(r"\b[0-9a-f]{64}\b", told)  # what a key looks like


def paths():
    """Folders of this machine that its pages must not name."""
    return {folder for folder in (sys.prefix, sys.base_prefix, str(Path.home())) if folder.count("/") > 1}


@pytest.mark.parametrize("stem", RUN)
def test_nothing_of_it_runs_in_a_browser(graded, stem):
    from nbconvert.filters import markdown2html_mistune

    recipe = HOSTILE[stem]
    notebook = graded.notebook(recipe)
    assert Active(graded.body(recipe)).found == []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert Active(markdown2html_mistune(cell.source)).found == []
        for output in cell.get("outputs", []):
            assert output.get("data", {}).keys() <= {"text/plain", "image/png"}


def test_comments_and_the_report_are_plain(graded):
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as book:
        comments = [comment.auto_comment or "" for comment in book.db.query(Comment)]
    assert any(comments)
    assert [comment for comment in comments if re.search(r"(?<!\\)<[A-Za-z/!?]", comment)] == []
    assert "\x1b" not in str(graded.report)
