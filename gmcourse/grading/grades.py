"""What stands in the gradebook of a unit: for feedback pages, for the report, as nbgrader's CSV.

`book` is an open gradebook.Writer. All of it in a few statements, whatever the number of students.
"""

import csv
import io
from dataclasses import dataclass

from gmcourse.grading.place import write

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


@dataclass(frozen=True)
class Marks:
    """What stands on one notebook's feedback page. scores: {cell: (points, of)}; comments: {cell: markdown}."""

    scores: dict[str, tuple[float, float]]
    comments: dict[str, str]
    penalty: float = 0.0


def marks(book, student):
    """{notebook: Marks} of one student, of the notebooks that are in the gradebook."""
    from nbgrader.api import BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook
    from sqlalchemy import select

    def of(*columns):
        here = (SubmittedAssignment.assignment_id == book.unit_id) & (SubmittedAssignment.student_id == student)
        rows = select(SubmittedNotebook.notebook_id, *columns).where(here)
        return rows.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)

    def cells(table, value):
        rows = of(table.cell_id, BaseCell.name, value).join(table, table.notebook_id == SubmittedNotebook.id)
        return book.db.execute(rows.join(BaseCell, BaseCell.id == table.cell_id)).all()

    found = {
        notebook: Marks({}, {}, penalty or 0.0)
        for notebook, penalty in book.db.execute(of(SubmittedNotebook.late_submission_penalty))
    }
    for notebook, cell, name, score in sorted(cells(Grade, Grade.score)):
        found[notebook].scores[name] = score, book.most[cell]
    for notebook, _, name, comment in sorted(cells(Comment, Comment.comment), key=lambda row: row[:3]):
        if comment:
            found[notebook].comments[name] = comment
    book.db.rollback()  # nothing was changed: let go of the database
    return {book.notebooks[notebook]: marks for notebook, marks in found.items() if notebook in book.notebooks}


def recorded(book):
    """The students who have a submission of the unit in the gradebook."""
    from nbgrader.api import SubmittedAssignment
    from sqlalchemy import select

    rows = select(SubmittedAssignment.student_id).where(SubmittedAssignment.assignment_id == book.unit_id)
    found = set(book.db.scalars(rows))
    book.db.rollback()
    return found


def scores(book, releases):
    """({exercise: points}, {student: {exercise: score}}, {students with answers to grade by hand}) of the unit.

    An exercise is what stands before `--` in the ids of its cells; they come in the order of the released notebooks.
    """
    from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook
    from sqlalchemy import select

    most, found, waiting = {}, {}, set()
    for release in releases.values():
        for cell in release.cells:
            about = cell.metadata.get("nbgrader", {})
            if about.get("grade"):
                exercise = about["grade_id"].split("--")[0]
                most[exercise] = most.get(exercise, 0.0) + about["points"]
    rows = (
        select(SubmittedAssignment.student_id, Grade.cell_id, Grade.score, Grade.needs_manual_grade)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .where(SubmittedAssignment.assignment_id == book.unit_id)
    )
    for student, cell, score, look in book.db.execute(rows):
        row = found.setdefault(student, dict.fromkeys(most, 0.0))
        exercise = book.cells[cell][1].split("--")[0]
        row[exercise] = row.get(exercise, 0.0) + score
        if look:
            waiting.add(student)
    book.db.rollback()
    return most, dict(sorted(found.items())), waiting


def export(book):
    """Write the unit's grades as nbgrader's own export writes them; returns the path of the CSV.

    nbgrader asks the gradebook four times a student, which takes minutes for 10,000; this asks once.
    """
    from nbgrader.api import Assignment, Student, SubmittedAssignment
    from sqlalchemy import select

    handed_in = (SubmittedAssignment.student_id == Student.id) & (SubmittedAssignment.assignment_id == book.unit_id)
    about = [Student.id, Student.last_name, Student.first_name, Student.email]
    scores = [SubmittedAssignment.timestamp, SubmittedAssignment.score, SubmittedAssignment.late_submission_penalty]
    unit = select(Assignment.name, Assignment.duedate, Assignment.max_score).where(Assignment.id == book.unit_id)
    name, due, most = book.db.execute(unit).one()
    rows = book.db.execute(select(*about, *scores).outerjoin(SubmittedAssignment, handed_in).order_by(Student.id)).all()
    book.db.rollback()
    path = book.place.root / f"{book.place.unit}.csv"
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for student, last, first, email, when, raw, penalty in rows:
        raw, penalty = raw or 0.0, penalty or 0.0
        table.writerow([name, due, when, student, last, first, email, raw, penalty, max(0.0, raw - penalty), most])
    write(path, text.getvalue())
    return path
