"""A run that was stopped, at whatever moment, is taken up by the next: nothing lost, nothing graded or filed twice."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import recorded
from nbgrader.api import Gradebook
from small_unit import ANSWERS, UNIT, WRONG, Class

from gmcourse.errors import CourseError
from gmcourse.grading import grade, place, sandbox, schedule, watch

pytestmark = pytest.mark.grading
B = f"{UNIT}-b"
THIRD = {"third": "def third(x):\n    return x / 3"}
THOUGHT = {"because": "A thought."}
POINTS = {"ann": [3, 1.5, 0, 4], "bob": [1, 0, 0, 0], "cat": [0, 0, 0, 4], "dan": [3, 1.5, 0, 0]}


@pytest.fixture(scope="module")
def registered(tmp_path_factory, small_release):
    """A folder of grades with the unit in it, and no student."""
    root = tmp_path_factory.mktemp("registered")
    place.place(UNIT, f"sqlite:///{root}/gradebook.db", small_release[0]).register()
    return root


@pytest.fixture
def room(tmp_path, small_release, registered):
    """A class of four that has handed in, with a course of its own."""
    course, released = small_release
    room = Class(tmp_path, shutil.copytree(course, tmp_path / "course"), released)
    (room.course / "lessons").mkdir(exist_ok=True)
    shutil.copytree(registered, room.root)
    room.hand_in("ann", ANSWERS | THIRD)
    room.hand_in("bob", WRONG | THOUGHT)
    room.hand_in("cat", THIRD, names=(B,))
    room.hand_in("dan", ANSWERS)
    return room


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """The folder for temporary files of this test."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def grader(monkeypatch):
    """A Recorded in place of the programs that grade."""
    grader = recorded.Recorded()
    monkeypatch.setattr(schedule, "local", grader)
    monkeypatch.setattr(sandbox, "probe", lambda: None)
    return grader


def points(report):
    return {student: list(row.values()) for student, row in report.scores.items()}


def stored(room):
    """{result file: (when it was written, content)}"""
    files = (room.root / "results" / UNIT).glob("*/*.json")
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def counts(room):
    """How many students, submissions, notebooks, grades and comments the gradebook has."""
    from nbgrader import api

    tables = (api.Student, api.SubmittedAssignment, api.SubmittedNotebook, api.Grade, api.Comment)
    with Gradebook(room.url, "deep-generative-models") as book:
        return [book.db.query(table).count() for table in tables]


def solution(room, name, old, new):
    path = room.course / "solutions" / UNIT / f"{name}.ipynb"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


ALL = sorted([("ann", UNIT), ("ann", B), ("bob", UNIT), ("bob", B), ("cat", B), ("dan", UNIT), ("dan", B)])


def test_what_is_graded_again_is_what_changed(room, grader):
    assert points(room.grade()) == POINTS
    assert grader.since() == ALL
    first = stored(room)
    assert len(first) == len(ALL)
    assert room.grade().unchanged == sorted(POINTS)
    assert grader.since() == []

    solution(room, UNIT, "A small unit", "A tiny unit")  # a typo
    room.grade()
    assert grader.since() == []
    assert stored(room) == first
    assert "A tiny unit" in room.page("ann")

    by_hand(room, "bob", 2.5)
    solution(room, B, "third(3) == 1,", "third(6) == 2,")  # another test
    assert points(room.grade()) == POINTS | {"bob": [1, 0, 2.5, 0]}
    assert grader.since() == [task for task in ALL if task[1] == B]

    room.hand_in("dan", ANSWERS | THIRD)
    assert points(room.grade())["dan"] == [3, 1.5, 0, 4]
    assert grader.since() == [("dan", B)]

    before = stored(room)
    room.hand_in("bob", WRONG | {"because": "Another thought."})
    report = room.grade()
    assert grader.since() == []  # it was filed only
    assert stored(room) == before
    assert points(report)["bob"] == [1, 0, 2.5, 0]
    assert report.waiting == {"bob"}  # for another look
    assert "Another thought." in room.page("bob")


def by_hand(room, student, score):
    with Gradebook(room.url, "deep-generative-models") as book:
        grade = book.find_grade("because", UNIT, UNIT, student)
        grade.manual_score, grade.needs_manual_grade = score, False
        book.db.commit()


def test_a_damaged_result_is_graded_again(room, grader):
    room.grade()
    first, path = stored(room), room.root / "results" / UNIT / "ann" / f"{B}.json"
    for damage in (b"", b"{", b"null", b"[]", b"[[" * 9999, b'{"digest": 1}', b"\xff", first[path][1][:-9], None):
        grader.since()
        path.unlink() if damage is None else path.write_bytes(damage)
        assert points(room.grade()) == POINTS
        assert grader.since() == [("ann", B)]
        assert path.read_bytes() == first[path][1]
    path.unlink()
    assert stored(room) == {name: seen for name, seen in first.items() if name != path}


def test_hidden_inputs_repeat_themselves(room, grader):
    room.grade()
    first, drawn = stored(room), "not doubled; drawn "
    page = room.page("bob").split(drawn)[1].split("<")[0]
    shutil.rmtree(room.root / "results")
    room.grade()
    assert grader.since() == sorted([*ALL, *ALL])
    assert {path: data for path, (_, data) in stored(room).items()} == {p: data for p, (_, data) in first.items()}
    assert room.page("bob").split(drawn)[1].split("<")[0] == page


def test_a_lost_gradebook_is_filled_from_the_results(room, grader, registered):
    room.grade()
    before, first = counts(room), stored(room)
    grader.since()
    shutil.copy(registered / "gradebook.db", room.root)
    assert points(room.grade()) == POINTS
    assert grader.since() == []
    assert (counts(room), stored(room)) == (before, first)


def test_a_run_stopped_after_any_job_is_taken_up(room, grader):
    grader.stop_after = 1
    for number in range(len(ALL)):
        assert len(stored(room)) == number
        with contextlib.suppress(KeyboardInterrupt):
            room.grade()
        assert len(grader.since()) == 1
    assert points(room.grade()) == POINTS
    assert grader.since() == []


def test_a_run_killed_before_any_of_its_files_is_there_is_taken_up(room, grader, tmp_path, scratch):
    shutil.copytree(room.root, tmp_path / "fresh")
    number = 0
    while died_at_file(room, number):
        there = stored(room)
        grader.since()
        report = room.grade()
        assert points(report) == POINTS, number
        assert len(grader.since()) == len(ALL) - len(there), number
        assert there.items() <= stored(room).items()
        assert counts(room) == [4, 4, 8, 4 * 5, 4 * 4], number
        left = [path for path in room.root.rglob("*") if path.suffix == ".part" or path.name.startswith("tmp")]
        assert left == [], number
        for student, (name, *_) in {"ann": (UNIT, B), "bob": (UNIT, B), "cat": (B,), "dan": (UNIT, B)}.items():
            assert (room.root / "feedback" / student / UNIT / f"{name}.html").exists()
        shutil.rmtree(room.root)
        shutil.copytree(tmp_path / "fresh", room.root)
        number += 1
    assert number > 5 * len(ALL)  # results, submitted, autograded, pages, marks
    assert list(scratch.iterdir()) == []


def died_at_file(room, number):
    """Grade in a process that kills itself instead of putting its file `number` into place; whether it came so far."""
    pid = os.fork()
    if pid == 0:
        replace, there = os.replace, iter(range(10_000))

        def kill(*names):
            if next(there) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            replace(*names)

        os.replace = kill
        try:
            room.grade()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


# The command itself, with all that it starts


def command(room):
    words = ["--submitted", str(room.submitted), "--gradebook", room.url, "--course", str(room.course), "--jobs", "2"]
    pipe = subprocess.PIPE
    program = [sys.executable, "-m", "gmcourse.cli", "grade", UNIT, *words]
    return subprocess.Popen(program, stdout=pipe, stderr=pipe, text=True, cwd=Path(__file__).parents[1])


def test_the_command_killed_again_and_again_grades_everyone_once(room, scratch):
    for student in ("eve", "fay", "gus", "hal"):
        room.hand_in(student, {name: f"{text}\n# {student}" for name, text in (ANSWERS | THIRD).items()})
    there = {}
    with recorded.no_strays():
        for number, end in ((0, signal.SIGKILL), (2, signal.SIGKILL), (7, signal.SIGINT)):
            running = command(room)
            recorded.wait_for(lambda: recorded.below(running.pid, "bwrap") and len(stored(room)) >= number, 120)  # noqa: B023
            if number == 2:
                with pytest.raises(CourseError, match="another `gmcourse grade` is at work here"):
                    grade(UNIT, room.submitted, room.url, room.course)
            running.send_signal(end)
            said = running.communicate()[1]
            assert running.returncode == (130 if end == signal.SIGINT else -signal.SIGKILL), said
            assert "Traceback" not in said
            assert there.items() <= stored(room).items()
            there = stored(room)
        running = command(room)
        one, other = recorded.wait_for(lambda: at_work(running.pid), 120)
        for pid in [*recorded.below(one, "gmcourse.grading.worker"), other]:  # a checker, a program
            os.kill(pid, signal.SIGKILL)
        out, said = running.communicate()
    assert running.returncode == 0, out + said
    assert there.items() <= stored(room).items()
    # x + 3 is right for the shown input only, which earns nothing
    others = dict.fromkeys(("eve", "fay", "gus", "hal"), [3, 1.5, 0, 4]) | {"bob": [0, 0, 0, 0]}
    assert points(room.grade()) == POINTS | others
    assert counts(room) == [8, 8, 16, 8 * 5, 8 * 4]
    assert len(stored(room)) == 15
    assert [path for path in room.root.rglob("*") if path.suffix == ".part"] == []
    assert list(scratch.iterdir()) == []


def at_work(pid):
    """The two programs of a run that both have a checker with a sandbox, or None."""
    programs = [one for one in watch.children(pid) if recorded.below(one, "bwrap")]
    return programs if len(programs) == 2 else None
