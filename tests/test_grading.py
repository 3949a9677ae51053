"""`gmcourse grade`: exact scores, re-grading, and what happens to notebooks that cannot be graded."""

import csv
import json
import os
import re
import stat
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from small_unit import ANSWERS, UNIT, WRONG, Class, answered

from gmcourse import cli
from gmcourse.course import Course
from gmcourse.errors import CourseError
from gmcourse.grading import UNSAFE, demo, grade

pytestmark = pytest.mark.grading
ROOT = Path(__file__).parents[1]
B = f"{UNIT}-b"
THIRD = {"third": "def third(x):\n    return x / 3"}
MOST = {"double": 3, "half": 1.5, "because": 3, "third": 4}


@pytest.fixture(scope="module")
def graded(tmp_path_factory, small_release):
    """One class with every kind of submission, graded once; (Class, Report)."""
    room = Class(tmp_path_factory.mktemp("class"), *small_release)
    room.hand_in("perfect", ANSWERS | THIRD)
    room.hand_in("empty")
    room.hand_in("half.right", {"double": ANSWERS["double"]}, in_unit=False)
    room.hand_in("wrong", WRONG | {"third": "def third(x):\n    return 3", "because": "A thought."})
    room.hand_in("one-notebook", THIRD, names=(B,))
    room.hand_in("not-json").write_text('{"cells": [')
    room.hand_in("not-utf8").write_bytes(b'{"cells": "\xff"}')
    room.hand_in("old-format").write_text(json.dumps({"nbformat": 3, "nbformat_minor": 0, "worksheets": []}))
    room.hand_in("list").write_text("[1, 2]")
    room.hand_in("no-cells").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    room.hand_in("renamed").rename(room.submitted / "renamed" / UNIT / "mine.ipynb")
    (room.submitted / "renamed" / UNIT / f"{B}.ipynb").unlink()
    room.hand_in("none", names=())
    for student, change in (("deleted", 0), ("copied", 2)):
        path = room.hand_in(student, ANSWERS)
        nb = nbformat.read(path, as_version=4)
        cells = [
            [c] * (change if c.metadata.get("nbgrader", {}).get("grade_id") == "double--any" else 1) for c in nb.cells
        ]
        nb.cells = [dict(cell, id=f"c{k}-{j}") for k, group in enumerate(cells) for j, cell in enumerate(group)]
        path.write_text(json.dumps(nb))
    room.hand_in("two words")
    (room.submitted / "absent" / "01-other").mkdir(parents=True)
    return room, room.grade()


def scores(report):
    return {student: list(row.values()) for student, row in report.scores.items()}


def test_scores_are_exact(graded):
    room, report = graded
    assert report.most == MOST
    assert scores(report) == {
        "copied": [3, 1.5, 0, 0],
        "deleted": [3, 1.5, 0, 0],
        "empty": [0, 0, 0, 0],
        "half.right": [3, 0, 0, 0],
        "one-notebook": [0, 0, 0, 4],
        "perfect": [3, 1.5, 0, 4],
        "wrong": [0, 0, 0, 0],  # x + 3 is 6 for 3, which the notebook shows, and right for no other number
    }
    assert report.waiting == {"wrong"}  # the only one who wrote a derivation
    assert report.partly == {"one-notebook": [f"{UNIT}.ipynb"]}
    assert report.absent == ["absent"]
    assert report.lost["wrong"]["double"].startswith("right for the inputs that the notebook shows")
    assert report.lost["empty"] == dict.fromkeys(("double", "half", "third"), "not answered")
    assert UNSAFE not in room.said


@pytest.mark.parametrize(
    ("student", "why"),
    [
        ("not-json", r"09-small.ipynb is not JSON \(line 1: "),
        ("not-utf8", r"09-small.ipynb is not UTF-8 text \(byte 11\)"),
        ("old-format", r"09-small.ipynb is no notebook of format 4 \(nbformat: 3\)"),
        ("list", r"09-small.ipynb is no notebook of format 4 \(nbformat: None\)"),
        ("no-cells", r"09-small.ipynb is no valid notebook: it has no list of cells"),
        ("renamed", r"expected 09-small.ipynb and 09-small-b.ipynb, got mine.ipynb"),
        ("none", r"expected 09-small.ipynb and 09-small-b.ipynb, the folder has no notebook"),
        ("two words", r"this is no student's name"),
    ],
)
def test_a_broken_submission_is_reported_and_leaves_no_record(graded, student, why):
    room, report = graded
    assert re.match(why, report.broken[student])
    assert f"NOT GRADED {student}: " in str(report)
    with Gradebook(room.url, "deep-generative-models") as book:
        assert student not in {s.id for s in book.students}
    assert not (room.root / "autograded" / student).exists()
    assert not (room.root / "submitted" / student).exists()


def test_nothing_else_is_broken(graded):
    assert len(graded[1].broken) == 8


def test_the_table_has_every_student_and_exercise(graded):
    lines = str(graded[1]).splitlines()
    assert lines[1].split() == ["double", "half", "because", "third", "total"]
    assert lines[2].split() == ["of", "3", "1.5", "3", "4", "11.5"]
    assert ["perfect", "3", "1.5", "0", "4", "8.5"] in [line.split() for line in lines]
    assert ["wrong", "0", "0", "0", "0", "0+?"] in [line.split() for line in lines]


def test_the_csv_has_a_row_for_every_graded_student(graded):
    room, report = graded
    with open(report.csv, newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: float(row["score"]) for name, row in rows.items()} == {
        "copied": 4.5, "deleted": 4.5, "empty": 0, "half.right": 3, "one-notebook": 4, "perfect": 8.5, "wrong": 0
    }  # fmt: skip
    assert {row["max_score"] for row in rows.values()} == {"11.5"}


def test_feedback_tells_what_is_wrong_and_shows_no_hidden_test(graded):
    room, report = graded
    for student in report.scores:
        for page in (room.root / "feedback" / student / UNIT).glob("*.html"):
            assert "secret_number" not in page.read_text()
    assert "not doubled; drawn" in room.page("wrong")
    assert "half(3) is not 1.5" in room.page("wrong")
    assert [room.page(student).count("No response.") for student in ("empty", "half.right", "perfect")] == [3, 2, 1]


def test_the_secret_is_for_the_grader_only(graded):
    path = graded[0].root / ".grading_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "GM_GRADING_KEY" not in os.environ


def test_a_second_run_grades_nothing_and_says_the_same(graded):
    room, report = graded
    again = room.grade()
    assert all(line.startswith(("NOT GRADED ", "graded 0, ")) for line in room.said)
    assert again.unchanged == sorted(report.scores)
    assert scores(again) == scores(report)
    assert again.broken == report.broken


def drawn(page):
    return page.split("not doubled; drawn ")[1].split("<")[0]


def test_regrading_takes_what_changed_and_keeps_manual_grades(room):
    room.hand_in("ann", {"double": WRONG["double"], "because": "A thought."})
    room.hand_in("bob", ANSWERS)
    assert scores(room.grade()) == {"ann": [0, 0, 0, 0], "bob": [3, 1.5, 0, 0]}
    before = drawn(room.page("ann"))
    with Gradebook(room.url, "deep-generative-models") as book:
        grade = book.find_grade("because", UNIT, UNIT, "ann")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        book.db.commit()
    room.hand_in("ann", {"double": WRONG["double"], "half": ANSWERS["half"], "because": "A thought."})
    report = room.grade()
    assert scores(report) == {"ann": [0, 1.5, 2.5, 0], "bob": [3, 1.5, 0, 0]}
    assert report.unchanged == ["bob"]
    assert drawn(room.page("ann")) != before  # another submission, other inputs
    room.hand_in("bob").write_text("")  # a broken one afterwards changes nothing
    report = room.grade()
    assert scores(report)["bob"] == [3, 1.5, 0, 0]
    told = "NOT GRADED bob: 09-small.ipynb is not JSON (line 1: Expecting value); the earlier grade stands"
    assert told in " ".join(str(report).split())


def test_an_answer_that_ends_its_process_costs_that_exercise_alone(room):
    room.hand_in("ann", ANSWERS | {"double": "import os\nos._exit(1)"})
    report = room.grade()
    assert scores(report) == {"ann": [0, 1.5, 0, 0]}
    assert report.lost["ann"]["double"] == "your answer cell crashed: the Python process ended"
    assert report.notes["ann"] == ["09-small: double: crashed: the Python process ended"]
    assert "your answer cell crashed" in room.page("ann")


def test_a_tag_that_skips_a_test_earns_nothing(room):
    path = room.hand_in("ann", {"third": "def third(x):\n    return 0"})
    for file in path.parent.glob("*.ipynb"):
        notebook = nbformat.read(file, as_version=4)
        for cell in notebook.cells:
            cell.metadata["tags"] = ["skip-execution"]
        nbformat.write(notebook, file)
    assert scores(room.grade()) == {"ann": [0, 0, 0, 0]}


def test_without_isolation_nothing_is_graded_unless_the_risk_is_taken(room, monkeypatch):
    monkeypatch.setattr("gmcourse.grading.sandbox.probe", lambda: "bubblewrap is not installed: apt-get it")
    room.hand_in("ann", ANSWERS)
    with pytest.raises(CourseError, match="bubblewrap is not installed: .*at your own risk, --unsafe-no-sandbox"):
        room.grade()
    assert scores(room.grade(unsafe=True)) == {"ann": [3, 1.5, 0, 0]}
    assert UNSAFE in room.said


@pytest.mark.parametrize("unit", [folder.name for folder in sorted((ROOT / "solutions").glob("[0-9]*"))])
def test_a_real_unit_gives_all_points_to_its_solution_and_none_to_the_untouched_release(unit, tmp_path):
    perfect, untouched = tmp_path / "in" / "perfect" / unit, tmp_path / "in" / "untouched" / unit
    for folder in (perfect, untouched):
        folder.mkdir(parents=True)
    by_hand = 0
    for path in (ROOT / "notebooks" / unit).glob("*.ipynb"):
        solution = nbformat.read(ROOT / "solutions" / unit / path.name, as_version=4)
        released = nbformat.read(path, as_version=4)
        nbformat.write(released, untouched / path.name)
        nbformat.write(answered(released, dict(demo.answer_cells(solution))), perfect / path.name)
        about = [cell.metadata.get("nbgrader", {}) for cell in solution.cells]
        by_hand += sum(cell["points"] for cell in about if cell.get("grade") and cell.get("solution"))
    report = grade(unit, tmp_path / "in", f"sqlite:///{tmp_path}/grades/gradebook.db", ROOT)
    assert report.broken == {}
    lost = {e: (got, report.most[e]) for e, got in report.scores["perfect"].items() if got != report.most[e]}
    assert sum(most for got, most in lost.values()) == by_hand, lost
    assert set(report.scores["untouched"].values()) == {0}


def test_the_command_prints_the_table(graded, capsys, monkeypatch):
    room, report = graded
    monkeypatch.setattr("gmcourse.course.find", lambda folder=None: Course(room.course))
    assert (
        cli.main(["grade", UNIT, "--submitted", str(room.submitted), "--gradebook", room.url]) == 1
    )  # some are broken
    assert "perfect" in capsys.readouterr().out
    assert cli.main(["grade", "10-none", "--submitted", "x", "--gradebook", room.url]) == 2
    assert capsys.readouterr().err.startswith("gmcourse: unknown unit '10-none'")
