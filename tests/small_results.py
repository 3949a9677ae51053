"""Results for the small course's submissions as the grader would give them, without running anything."""

import nbformat
from nbgrader.api import Comment, Grade, SubmittedAssignment
from small_unit import UNIT, answered
from sqlalchemy import select

from gmcourse.grading import rebuild
from gmcourse.grading.shown import filed

B = f"{UNIT}-b"


def sources(course):
    """The unit's notebooks with solutions, by file stem."""
    return {p.stem: nbformat.read(p, as_version=4) for p in sorted((course / "solutions" / UNIT).glob("*.ipynb"))}


def rebuilt(source, release, answers=None, extra=()):
    """The Rebuilt of a submission with these answers and, at its end, `extra` markdown or code cells."""
    cells = [
        rebuild.Cell(cell.cell_type, cell.source, cell.metadata.get("nbgrader", {}).get("grade_id"), cell.id)
        for cell in answered(release, answers or {}).cells
    ]
    return rebuild.rebuild(source, release, [*cells, *extra])


def result(rebuilt, wrong=None, outputs=None, **changes):
    """A result with all tests right but those in `wrong`, {test: message or dict of changes}."""
    grades = {}
    for cell in rebuilt.cells:
        if cell["kind"] == "test":
            change = (wrong or {}).get(cell["id"], {})
            lost = {"points": 0.0, "outcome": "wrong", "message": change} if isinstance(change, str) else change
            right = {"points": cell["points"], "outcome": "right", "message": "", "printed": ""}
            grades[cell["id"]] = right | lost
    return {"grades": grades, "outputs": outputs or {}, "notes": [], "seconds": {}, "fault": None} | changes


def submission(course, releases, student, answers=None, wrong=None, names=(UNIT, B), timestamp=None):
    """The Filed of one student."""
    parts = {name: rebuilt(sources(course)[name], releases[name], answers) for name in names}
    results = {name: result(part, wrong) for name, part in parts.items()}
    return filed(student, timestamp, parts, results, releases)


def rows(book):
    """All that the gradebook holds of the students, by table."""
    found = {}
    for table in (SubmittedAssignment, Grade, Comment):
        names = [column.name for column in table.__table__.columns]
        found[table.__name__] = sorted(
            tuple(row) for row in book.db.execute(select(*(getattr(table, n) for n in names)))
        )
    book.db.rollback()
    return found


def by_hand(book, student, cell="because", **values):
    """Grade a cell as Formgrader does."""
    grade = book.gradebook.find_grade(cell, UNIT, UNIT, student)
    for name, value in values.items():
        setattr(grade, name, value)
    book.db.commit()
    book.db.remove()
