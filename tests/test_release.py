"""What students get: nothing of the answers, in any byte; and an untouched notebook stops where their work begins."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
from small_course import LESSON, ROOT, SOLUTION, STUDENT, UNIT, files

from gmcourse import allow_list, check, lesson, notebook, release
from gmcourse.course import Course
from gmcourse.execute import environment

pytestmark = pytest.mark.pipeline

COURSE = Course(ROOT)
RELEASES = sorted(ROOT.glob("notebooks/*/*.ipynb"))
STUB = "Your answer goes here: replace this line, run this cell, then the tests below it."
MARKS = [
    "marker_of_the_solution",
    "hidden_mark",
    "marker of the manual",
    "marker of the output",
    "marker of a reason",
    "HIDDEN",
    "SOLUTION",
    "demo",
    "nbval",
    "gmcourse:",
]


def student(course):
    return nbformat.read(course / STUDENT, as_version=4)


@pytest.mark.parametrize("mark", MARKS)
def test_nothing_that_is_planted_in_a_lesson_reaches_any_byte_of_the_release(course, mark):
    read = course / SOLUTION
    if mark != "gmcourse:":
        assert mark in read.read_text()
    for name, data in files(course / "notebooks").items():
        assert mark.encode() not in data
        assert mark not in name


def test_the_hashes_of_the_solution_stay_at_home(course):
    hashes = json.loads((course / SOLUTION).read_text())["metadata"]["gmcourse"]
    text = (course / STUDENT).read_text()
    assert not [value for value in hashes.values() if value in text]


def test_only_listed_metadata_leaves_the_house(tmp_path):
    """Whatever an editor or an extension writes into a solution."""
    one = lesson.parse(LESSON, ROOT / "x.py")
    planted = notebook.unexecuted(one)
    leak = {"leak": "LEAK", "execution": {"a": "LEAK"}, "slideshow": "LEAK", "tags": ["LEAK"]}
    planted.metadata |= leak | {"widgets": {"LEAK": 1}, "celltoolbar": "LEAK"}
    for cell in planted.cells:
        cell.metadata |= leak
        if cell.cell_type == "markdown":
            cell.attachments = {"LEAK.png": {"image/png": "LEAK"}}
        else:
            cell.outputs = [nbformat.v4.new_output("stream", text="LEAK")]
    (tmp_path / "solutions" / UNIT).mkdir(parents=True)
    nbformat.write(planted, tmp_path / "solutions" / UNIT / f"{UNIT}.ipynb")
    (made,) = release.generate(COURSE, UNIT, tmp_path)
    assert "leak" not in made.read_text().lower()
    found = nbformat.read(made, as_version=4)
    assert set(found.metadata) == set(allow_list.NOTEBOOK)
    assert {key for cell in found.cells for key in cell.metadata} == set(allow_list.CELL)


def test_stubs_say_what_to_do_and_tests_are_locked(course):
    cells = {cell.id: cell for cell in student(course).cells}
    assert cells["double"].source == (f'def double(x):\n    """Twice x."""\n    raise NotImplementedError("{STUB}")')
    assert cells["why"].source == "Why is that so?\n\n*Your answer goes here: replace this line.*"
    assert cells["double--any"].source == "# Other numbers."
    assert cells["double--any"].metadata.editable is False
    assert cells["double"].metadata.deletable is False
    assert "editable" not in cells["double"].metadata


def test_nbgraders_own_command_gives_the_same_bytes_and_no_gradebook(course):
    before = files(course)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", UNIT, "--force", "--no-db"]
    subprocess.run(command, cwd=course, check=True, capture_output=True)
    assert files(course) == before


# the real units


@pytest.mark.parametrize("unit", COURSE.units())
def test_solutions_and_release_are_what_the_lessons_give(unit):
    check.check(COURSE, [unit])


def lines(parts):
    return {line.strip() for part in parts for line in part}


@pytest.mark.parametrize("unit", COURSE.units())
def test_no_line_of_an_answer_or_a_hidden_test_is_in_the_release(unit):
    cells = [cell for path in COURSE.lesson_paths(unit) for cell in lesson.read(path)]
    secret = lines(cell.inside for cell in cells) - lines(cell.visible.split("\n") for cell in cells)
    secret = {line for line in secret if len(line) >= 12}
    visible = "\n".join(cell.visible for cell in cells)
    secret = {line for line in secret if line not in visible}
    assert secret
    paths = [path for path in RELEASES if path.parent.name == unit]
    assert paths
    for path in paths:
        text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        raw = path.read_text()
        assert not [line for line in secret if line in text or json.dumps(line)[1:-1] in raw]


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_the_release_has_stubs_no_outputs_and_only_listed_metadata(path):
    found = nbformat.read(path, as_version=4)
    assert set(found.metadata) == set(allow_list.NOTEBOOK)
    assert {key for cell in found.cells for key in cell.metadata} <= set(allow_list.CELL)
    for cell in found.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution"):
            assert "Your answer goes here" in cell.source
    assert not re.search(r"(BEGIN|END) (SOLUTION|HIDDEN)", path.read_text())


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_an_untouched_notebook_stops_at_the_first_stub_with_its_message(path, tmp_path):
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    found = nbformat.read(path, as_version=4)
    answers = [cell.id for cell in found.cells if cell.cell_type == "code" and STUB in cell.source]
    client = NotebookClient(found, timeout=60, resources={"metadata": {"path": str(tmp_path)}})
    with pytest.raises(CellExecutionError) as caught:
        client.execute(env=environment(tmp_path))
    assert (caught.value.ename, caught.value.evalue) == ("NotImplementedError", STUB)
    ran = [cell.id for cell in found.cells if cell.get("execution_count")]
    assert ran[-1].split("--")[0] == answers[0]
