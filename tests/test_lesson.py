"""Reading a lesson: what each marker means, and errors that name file, line and cell."""

from pathlib import Path

import jupytext
import pytest
from small_course import LESSON, ROOT

from gmcourse import lesson
from gmcourse.errors import CourseError

REAL = sorted(ROOT.glob("lessons/*/*.py"))


def parse(text):
    return lesson.parse(text, Path("unit.py"))


def test_kinds_ids_points_and_what_else_a_marker_carries():
    text = LESSON.replace('solution="double"', 'solution="double" withhold="autoregressive.made, training"')
    cells = parse(text).cells
    kinds = "markdown install markdown given markdown answer test test manual markdown demo"
    assert " ".join(cell.kind for cell in cells) == kinds
    assert [cell.id for cell in cells if cell.exercise] == ["double", "double--two", "double--any", "why"]
    assert [cell.exercise for cell in cells if cell.exercise] == ["double", "double", "double", "why"]
    assert [cell.points for cell in cells if cell.points is not None] == [1, 2, 3]
    assert cells[5].withhold == ("autoregressive.made", "training")
    assert cells[-1].exempt == "marker of a reason that students need not read"
    assert cells[0].id == "ea6b2e9d"


def test_what_a_student_sees_and_what_stays_inside():
    cells = {cell.id: cell for cell in parse(LESSON)}
    assert cells["double"].visible == 'def double(x):\n    """Twice x."""'
    assert cells["double"].inside[-1] == "    return marker_of_the_solution"
    assert cells["double--any"].visible == "# Other numbers."
    assert cells["why"].inside == ["Because marker of the manual answer."]
    assert cells["why"].visible == "Why is that so?\n"


def test_a_cell_knows_the_line_of_its_source():
    lines = LESSON.split("\n")
    for cell in parse(LESSON):
        if cell.kind != "install":
            assert cell.source.split("\n")[0] in lines[cell.line - 1]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_jupytext_gives_a_lesson_back_as_it_was(path):
    """So a lesson that is opened and saved in JupyterLab changes only where it was edited."""
    text = path.read_text()
    again = jupytext.writes(jupytext.reads(text, fmt="py:percent"), fmt="py:percent")
    assert again.replace("# %% install=true", "# %% install=True") == text


CODE = "# %%\nx = 1\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\n", "no cell"),
        ("x = 1\n" + CODE, "is there code before the first"),
        (CODE + "\n" + CODE, "line 5: cell 8ff436de is there already on line 2"),
        ("# %% points=2\nx = 1\n", "'points' does not belong on a cell of kind given"),
        ('# %% test="a--b"\nx = 1\n', "points: got None, expected a number"),
        ('# %% test="a--b" points=-1\nx = 1\n', "points: got -1"),
        ('# %% test="a--b" points="2"\nx = 1\n', "points: got '2'"),
        ('# %% test="a b" points=2\nx = 1\n', "test: got 'a b', expected an id"),
        ('# %% test="a--b" solution="a"\nx = 1\n', "got solution and test"),
        ('# %% solution="a"\nx = 1\n', "no ### BEGIN SOLUTION in this answer cell"),
        ('# %% [markdown] solution="a"\n# x\n', "solution belongs on a code cell"),
        ('# %% manual="a" points=2\nx = 1\n', "manual belongs on a [markdown] cell"),
        ("# %% install=True\nx = 1\n", "leave the install cell empty"),
        ('# %% install="yes"\n', "install: got 'yes', expected True"),
        ("# %%\n\n# %%\nx = 1\n", "the cell is empty"),
        ('# %% tags=["nbval-skip"]\nx = 1\n', 'the only tag is tags=["demo"]'),
        ('# %% solution="a" tags=["demo"]\nx = 1\n', 'the only tag is tags=["demo"]'),
        ('# %% exempt="because"\nx = 1\n', "expected the reason in a few words"),
        ("# %% exempt=True\nx = 1\n", "expected the reason in a few words"),
        ('# %% solution="a" withhold="Made!"\n### BEGIN SOLUTION\n### END SOLUTION\n', "expected modules of gmlib"),
        ("# %%\n### BEGIN SOLUTION\n### END SOLUTION\n", "line 2: BEGIN SOLUTION in a cell of kind given"),
        ('# %% solution="a"\n### BEGIN HIDDEN TESTS\n', "BEGIN HIDDEN TESTS in a cell of kind answer"),
        ('# %% solution="a"\n### BEGIN SOLUTION\nx = 1\n', "no ### END SOLUTION in this cell"),
        ('# %% solution="a"\n### END SOLUTION\nx = 1\n', "END SOLUTION without a BEGIN"),
        ('# %% solution="a"\n### BEGIN SOLUTION\n### BEGIN SOLUTION\n', "BEGIN SOLUTION inside another"),
        ('# %% solution="a"\nx = 1  # BEGIN SOLUTION\n', "expected '### BEGIN SOLUTION' alone"),
    ],
)
def test_what_cannot_be_read_is_named(text, told):
    with pytest.raises(CourseError) as caught:
        parse(text)
    assert str(caught.value).startswith("unit.py: ")
    assert told in str(caught.value)


def test_files_that_are_not_there_or_not_text(tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        lesson.read(tmp_path / "none.py")
    (tmp_path / "bytes.py").write_bytes(b"# %%\n\xff\n")
    with pytest.raises(CourseError, match="not UTF-8 text"):
        lesson.read(tmp_path / "bytes.py")
