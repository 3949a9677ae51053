"""The gradebook's writer, on SQLite and on a real PostgreSQL server: exact, the same again, and the same cost each."""

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import nbformat
import pytest
import small_unit
from nbgrader.api import Comment
from nbgrader.plugins import CsvExportPlugin
from small_results import B, by_hand, rows, submission
from small_unit import ANSWERS, UNIT
from sqlalchemy import event, inspect

from gmcourse import lesson, notebook
from gmcourse.grading import database, gradebook, place

pytestmark = pytest.mark.grading
ROOT = Path(__file__).parents[1]
THOUGHT = {"because": "A thought."}
LOST = {"double--any": "not doubled; drawn <7>"}


@pytest.fixture(params=["sqlite", "postgresql"])
def here(request, registered, tmp_path, small_release):
    """The small unit in a gradebook of its own, without students."""
    root = shutil.copytree(registered(request.param), tmp_path / "grades")
    url = f"sqlite:///{root}/gradebook.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").create(f"test-{uuid.uuid4().hex}", "registered")
    return place.place(UNIT, url, small_release[0], root)


def by_cell(book, student):
    """{cell: (automatic score, manual score, to be looked at)}, {cell: comment}"""
    of = book.gradebook.find_submission(UNIT, student).notebooks
    grades = {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for nb in of for g in nb.grades}
    comments = {c.name: c.comment for nb in of for c in nb.comments}
    book.db.remove()
    return grades, comments


class Statements(list):
    """The statements and commits that a gradebook's database is given."""

    def __init__(self, book):
        event.listen(
            book.gradebook.engine, "before_cursor_execute", lambda c, cur, statement, *_: self.append(statement)
        )
        event.listen(book.gradebook.engine, "commit", lambda _: self.append("COMMIT"))


def test_scores_and_reasons_are_exact(here, hand_in):
    with gradebook.Writer(here) as book:
        book.record(hand_in("ann", ANSWERS | THOUGHT, LOST | {"third--three": "not a third"}))
        grades, comments = by_cell(book, "ann")
        assert grades == {
            "double--three": (1, None, False),
            "double--any": (0, None, False),
            "half--three": (1.5, None, False),
            "because": (None, None, True),
            "third--three": (0, None, False),
        }
        assert comments == {
            "double": "double--any, 0 of 2 points: not doubled; drawn <7>",
            "half": None,
            "because": None,
            "third": "No response.",
        }
        assert book.recorded() == {"ann"}
        marks = book.marks("ann")
        assert marks[UNIT].scores["double--any"] == (0, 2)
        assert marks[UNIT].comments == {"double": comments["double"]}
        assert marks[B].scores == {"third--three": (0, 4)}


def test_recording_again_changes_nothing_and_writes_nothing(here, hand_in):
    with gradebook.Writer(here) as book:
        filed = hand_in("ann", ANSWERS | THOUGHT, LOST, timestamp="2026-03-01 12:00:00 UTC")
        book.record(filed)
        by_hand(book, "ann", manual_score=2.0, needs_manual_grade=False)
        before, statements = rows(book), Statements(book)
        book.record(filed)
        assert not [s for s in statements if not s.startswith(("SELECT", "COMMIT", "BEGIN"))]
        assert rows(book) == before
    gradebook.record(here, filed)
    with gradebook.Writer(here) as book:
        assert rows(book) == before


def test_a_submission_is_one_commit_and_costs_the_same_each_time(here, hand_in):
    with gradebook.Writer(here) as book:
        statements, counts = Statements(book), []
        for number in range(40):
            statements.clear()
            book.record(hand_in(f"student{number}", ANSWERS, LOST))
            counts.append(len(statements))
            assert statements.count("COMMIT") == 1
        assert set(counts) == {counts[0]}
        assert counts[0] <= 12
        assert len(book.db.identity_map) == 0  # nothing is kept from one to the next
        statements.clear()
        most, scores, waiting = book.scores({})
        assert len(scores) == 40
        assert statements.count("COMMIT") == 0
        assert len(statements) == 1


def test_the_number_of_statements_does_not_depend_on_the_number_of_cells(tmp_path, here, hand_in):
    def statements(at, filed):
        with gradebook.Writer(at) as book:
            found = Statements(book)
            book.record(filed)
            book.marks(filed.student)
            return len(found)

    few = statements(here, hand_in("ann", ANSWERS, LOST))
    answer = '# %% solution="e{0}"\n### BEGIN SOLUTION\ne{0} = 1\n### END SOLUTION\n\n'
    cells = "".join((answer + '# %% test="e{0}--one" points=1\nassert e{0}\n\n').format(k) for k in range(30))
    large = shutil.copytree(here.course, tmp_path / "large")
    unit = notebook.unexecuted(lesson.parse(small_unit.LESSON + "\n" + cells, Path(f"{UNIT}.py")))
    nbformat.write(unit, large / "solutions" / UNIT / f"{UNIT}.ipynb")
    there = place.place(UNIT, f"sqlite:///{tmp_path}/large-grades/gradebook.db", large)
    there.register()
    releases = {path.stem: nbformat.read(path, as_version=4) for path in there.folder("release").glob("*.ipynb")}
    filed = submission(large, releases, "ann", ANSWERS, LOST)
    assert len(filed.scores[UNIT]) == 34
    assert statements(there, filed) == few


def test_look_ups_by_submission_have_an_index(here):
    with gradebook.Writer(here) as book, gradebook.Writer(here):  # made once
        for table, column in database.LOOKED_UP.items():
            found = [index["column_names"] for index in inspect(book.gradebook.engine).get_indexes(table)]
            assert [column] in found


def test_a_manual_grade_stays_and_a_changed_answer_is_looked_at_again(here, hand_in):
    with gradebook.Writer(here) as book:
        book.record(hand_in("ann", ANSWERS | THOUGHT, LOST))
        by_hand(book, "ann", manual_score=2.5, needs_manual_grade=False)
        comment = book.gradebook.find_comment("because", UNIT, UNIT, "ann")
        comment.manual_comment = "Well said."
        book.db.commit()
        book.record(hand_in("ann", ANSWERS | THOUGHT))  # another answer was put right
        grades, comments = by_cell(book, "ann")
        assert grades["because"] == (None, 2.5, False)
        assert grades["double--any"] == (2, None, False)
        assert comments["because"] == "Well said."
        for _ in range(2):
            book.record(hand_in("ann", ANSWERS | {"because": "Another thought."}))
            grades, comments = by_cell(book, "ann")
            assert grades["because"] == (None, 2.5, True)
            assert comments["because"] == "Well said."
        assert book.scores({UNIT: nbformat.read(here.folder("release") / f"{UNIT}.ipynb", as_version=4)})[1:] == (
            {"ann": {"double": 3, "half": 1.5, "because": 2.5, "third": 4}},
            {"ann"},
        )


def test_a_test_that_was_graded_by_hand_is_looked_at_when_its_answer_or_score_changed(here, hand_in):
    with gradebook.Writer(here) as book:
        book.record(hand_in("ann", ANSWERS, LOST))
        by_hand(book, "ann", "double--any", manual_score=1.0, needs_manual_grade=False)
        book.record(hand_in("ann", ANSWERS | THOUGHT, LOST))
        assert by_cell(book, "ann")[0]["double--any"] == (0, 1, False)
        book.record(hand_in("ann", ANSWERS | THOUGHT))
        assert by_cell(book, "ann")[0]["double--any"] == (2, 1, True)


def test_a_notebook_that_was_not_handed_in_has_no_points_and_leaves_no_file(here, hand_in):
    with gradebook.Writer(here) as book:
        book.record(hand_in("ann", ANSWERS | {"third": "def third(x):\n    return x / 3"}))
        assert by_cell(book, "ann")[0]["third--three"] == (4, None, False)
        book.record(hand_in("ann", ANSWERS, names=(UNIT,)))
        grades, comments = by_cell(book, "ann")
        assert grades["third--three"] == (0, None, False)
        assert comments["third"] == "No response."
        assert [path.name for path in here.folder("autograded", "ann").iterdir()] == [f"{UNIT}.ipynb"]


def test_a_submission_that_is_stopped_half_way_is_not_there_and_comes_whole_the_next_time(here, hand_in, monkeypatch):
    with gradebook.Writer(here) as book:
        save = book._save

        def stop(table, rows):
            if table is Comment:
                raise KeyboardInterrupt
            save(table, rows)

        monkeypatch.setattr(book, "_save", stop)
        with pytest.raises(KeyboardInterrupt):
            book.record(hand_in("ann", ANSWERS, LOST))
    with gradebook.Writer(here) as book:
        assert book.recorded() == set()
        assert rows(book) == {"SubmittedAssignment": [], "Grade": [], "Comment": []}
        book.record(hand_in("ann", ANSWERS, LOST))
        assert by_cell(book, "ann")[0]["half--three"] == (1.5, None, False)


def test_timestamps_are_kept_and_nonsense_is_none(here, hand_in):
    def when(student):
        found = book.gradebook.find_submission(UNIT, student).timestamp
        book.db.remove()
        return found and found.isoformat()

    with gradebook.Writer(here) as book:
        book.record(hand_in("ann", timestamp="2026-03-01 12:00:00 UTC"))
        book.record(hand_in("bob", timestamp="\x00 tomorrow"))
        book.record(hand_in("cyd"))
        assert [when(name) for name in ("ann", "bob", "cyd")] == ["2026-03-01T12:00:00", None, None]
        book.record(hand_in("ann", timestamp="2026-03-02 12:00:00 UTC"))
        assert when("ann") == "2026-03-02T12:00:00"


def test_the_export_is_nbgraders(here, hand_in, tmp_path):
    with gradebook.Writer(here) as book:
        book.record(hand_in("ann", ANSWERS, timestamp="2026-03-01 12:00:00 UTC"))
        book.record(hand_in("bob", ANSWERS, LOST))
        book.gradebook.update_or_create_assignment(UNIT, duedate="2026-02-01 12:00:00 UTC")
        book.gradebook.update_or_create_student("cyd", last_name="None", email="cyd@example.org")
        book.gradebook.find_submission_notebook(UNIT, UNIT, "ann").late_submission_penalty = 1.5
        book.db.commit()
        statements = Statements(book)
        ours = book.export()
        assert len(statements) == 2
        CsvExportPlugin(to=str(tmp_path / "nbgraders.csv"), assignment=[UNIT]).export(book.gradebook)
    assert sorted(ours.read_text().splitlines()) == sorted((tmp_path / "nbgraders.csv").read_text().splitlines())
    assert ",ann,,,,8.5,1.5,7.0,11.5" in ours.read_text()


def test_nbgraders_own_commands_go_on_working(here, hand_in):
    with gradebook.Writer(here) as book:
        book.record(hand_in("ann", ANSWERS | THOUGHT, LOST))
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    commands = [["db", "upgrade"], ["export", "--to", "all.csv"], ["generate_feedback", UNIT]]
    is_sqlite = here.url.startswith("sqlite")
    for command in commands if is_sqlite else commands[2:]:  # each takes seconds
        subprocess.run(["nbgrader", *command], cwd=here.root, env=environment, check=True, capture_output=True)
    assert not is_sqlite or f"{UNIT},," in (here.root / "all.csv").read_text()
    page = (here.folder("feedback", "ann") / f"{UNIT}.html").read_text()
    assert "not doubled; drawn &lt;7&gt;" in page
    api = here.api()  # what Formgrader calls
    assert api.get_submission(UNIT, "ann")["score"] == 6.5
    assert api.get_submission(UNIT, "ann")["needs_manual_grade"]
    assert {nb["name"] for nb in api.get_student_notebook_submissions("ann", UNIT)} == {UNIT, B}
    with gradebook.Writer(here) as book:
        book.record(hand_in("bob"))  # after nbgrader's own migrations, too


def test_submitted_holds_what_was_handed_in_and_nothing_else(here):
    gradebook.keep_submission(here, "ann", {"a.ipynb": b"1", "b.ipynb": b"2"}, "2026-03-01 12:00:00 UTC")
    gradebook.keep_submission(here, "ann", {"a.ipynb": b"3"})
    folder = here.folder("submitted", "ann")
    assert {path.name: path.read_bytes() for path in folder.glob("*.ipynb")} == {"a.ipynb": b"3"}
