"""The one writer of the course's gradebook, of autograded/ and of submitted/.

Rows are read and written in one statement a table, through nbgrader's own classes, so that a submission costs the same
however many cells it has and however many came before it; nothing is kept in memory from one to the next.
"""

import contextlib
import json
import os
import shutil

import nbformat

from gmcourse.errors import CourseError
from gmcourse.grading import database, grades, sanitise, shown
from gmcourse.grading.place import write
from gmcourse.grading.shown import filed as filed


def record(place, filed):
    """File one submission; see Writer.record."""
    with Writer(place) as book:
        book.record(filed)


class Writer:
    """The unit's part of the gradebook of a Place, open for many submissions. Use it in a `with`.

    Its rows: unit_id, notebooks {id: name}, cells {id: (notebook id, name, kind)}, most {cell id: points}. db: the
    session of nbgrader's Gradebook.
    """

    def __init__(self, place):
        self.place = place

    def __enter__(self):
        from nbgrader.api import Assignment, BaseCell, GradeCell, Notebook
        from sqlalchemy import select

        with self._said():
            self.gradebook = self.place.gradebook()
            self.db = self.gradebook.db
            database.index(self.gradebook)
            rows = self.db.execute(
                select(Assignment.id, Notebook.id, Notebook.name, BaseCell.id, BaseCell.name, BaseCell.type)
                .join(Notebook, Notebook.assignment_id == Assignment.id)
                .join(BaseCell, BaseCell.notebook_id == Notebook.id)
                .where(Assignment.name == self.place.unit)
            ).all()
            self.most = dict(self.db.execute(select(GradeCell.id, GradeCell.max_score)).all())
            self.db.rollback()
        if not rows:
            raise CourseError(f"{self.place.unit} is not in the gradebook {database.masked(self.place.url)}")
        self.unit_id = rows[0][0]
        self.notebooks = {row[1]: row[2] for row in rows}
        self.cells = {row[3]: (row[1], row[4], row[5]) for row in rows}
        return self

    def __exit__(self, *_):
        self.gradebook.close()

    @contextlib.contextmanager
    def _said(self):
        from sqlalchemy.exc import DBAPIError

        try:
            yield
        except DBAPIError as error:
            raise CourseError(database.said(self.place.url, error)) from None

    def record(self, filed):
        """File one submission: all rows in one commit, then the notebooks by rename. Again is the same.

        Manual scores and comments stay. Where an answer with a manual score has changed since, it is marked for
        another look; it shows in the notebook that was filed the last time.
        """
        from sqlalchemy.exc import OperationalError

        with self._said():
            try:
                self._commit(filed)
            except OperationalError:  # the server was started anew, or Formgrader wrote at the same time
                self.db.rollback()
                self._commit(filed)
        folder = self.place.folder("autograded", filed.student)
        folder.mkdir(parents=True, exist_ok=True)
        for name, notebook in filed.notebooks.items():
            write(folder / f"{name}.ipynb", json.dumps(notebook, ensure_ascii=False))  # nbformat's own takes 10 ms
        for stale in folder.glob("*.ipynb"):
            if stale.stem not in filed.notebooks:
                stale.unlink()

    def _commit(self, filed):
        from nbgrader.api import Comment, Grade

        notebooks = self._submitted(filed)
        grades = self._rows(Grade, notebooks, ("GradeCell", "TaskCell"))
        comments = self._rows(Comment, notebooks, ("SolutionCell", "TaskCell"))
        by_hand = any(row["manual_score"] is not None for row in grades)
        changed = self._changed(filed) if by_hand else set()
        for row in grades:
            notebook, name = notebooks[row["notebook_id"]], self.cells[row["cell_id"]][1]
            score = filed.scores[notebook].get(name) if notebook in filed.notebooks else 0.0
            if row["manual_score"] is None:
                look = score is None
            else:
                exercise = name.split("--")[0]
                look = row["needs_manual_grade"] or row["auto_score"] != score or (notebook, exercise) in changed
            row |= {"auto_score": score, "needs_manual_grade": look}
        for row in comments:
            notebook, name = notebooks[row["notebook_id"]], self.cells[row["cell_id"]][1]
            handed_in = notebook in filed.notebooks
            text = filed.comments[notebook].get(name) if handed_in else shown.NO_RESPONSE
            row["auto_comment"] = sanitise.comment(text) if text else None
        self._save(Grade, grades)
        self._save(Comment, comments)
        self.db.commit()

    def _submitted(self, filed):
        """Have the student, the submission and its notebooks in the gradebook: {their ids: notebook names}."""
        from nbgrader.api import Student, SubmittedAssignment, SubmittedNotebook, new_uuid
        from sqlalchemy import insert, select, update

        run, unit, student = self.db.execute, self.unit_id, filed.student
        when = _parsed(filed.timestamp)
        if run(select(Student.id).where(Student.id == student)).first() is None:
            run(insert(Student).values(id=student))
        here = (SubmittedAssignment.assignment_id == unit) & (SubmittedAssignment.student_id == student)
        found = run(select(SubmittedAssignment.id, SubmittedAssignment.timestamp).where(here)).first()
        submission = found.id if found else new_uuid()
        if not found:
            new = {"id": submission, "assignment_id": unit, "student_id": student, "timestamp": when}
            run(insert(SubmittedAssignment).values(**new))
        elif when is not None and found.timestamp != when:
            run(update(SubmittedAssignment).where(SubmittedAssignment.id == submission).values(timestamp=when))
        rows = select(SubmittedNotebook.id, SubmittedNotebook.notebook_id)
        rows = run(rows.where(SubmittedNotebook.assignment_id == submission)).all()
        ids = {row.notebook_id: row.id for row in rows}
        new = {notebook: new_uuid() for notebook in self.notebooks if notebook not in ids}
        if new:
            values = [{"id": i, "notebook_id": notebook, "assignment_id": submission} for notebook, i in new.items()]
            run(insert(SubmittedNotebook), values)
        return {i: self.notebooks[notebook] for notebook, i in (ids | new).items()}

    def _rows(self, table, notebooks, kinds):
        """The rows of a submission's Grades or Comments as dicts, those that are still to be made without an id."""
        from nbgrader.api import Grade
        from sqlalchemy import select

        names = ["id", "cell_id", "notebook_id"]
        names += ["auto_score", "manual_score", "needs_manual_grade"] if table is Grade else ["auto_comment"]
        query = select(*(getattr(table, name) for name in names)).where(table.notebook_id.in_(notebooks))
        rows = [dict(row._mapping) for row in self.db.execute(query)]
        for row in rows:
            row["before"] = dict(row)
        there = {row["cell_id"] for row in rows}
        submitted = {name: i for i, name in notebooks.items()}
        for cell, (notebook, _, kind) in self.cells.items():
            if kind in kinds and cell not in there:
                new = dict.fromkeys(names) | {"cell_id": cell, "notebook_id": submitted[self.notebooks[notebook]]}
                rows.append(new | {"before": None})
        return rows

    def _save(self, table, rows):
        """Insert and update what differs from what was read, a statement each."""
        from nbgrader.api import new_uuid
        from sqlalchemy import insert, update

        before = [row.pop("before") for row in rows]
        new = [row | {"id": new_uuid()} for row, old in zip(rows, before, strict=True) if old is None]
        changed = [row for row, old in zip(rows, before, strict=True) if old is not None and old != row]
        if new:
            self.db.execute(insert(table).execution_options(render_nulls=True), new)  # one statement
        if changed:
            self.db.execute(update(table), changed)

    def _changed(self, filed):
        """{(notebook, exercise)} of the answers that are not what was filed the last time."""
        folder, changed = self.place.folder("autograded", filed.student), set()
        for stem in self.notebooks.values():
            path = folder / f"{stem}.ipynb"
            old = _answers(nbformat.read(path, as_version=4)) if path.is_file() else {}
            new = _answers(filed.notebooks[stem]) if stem in filed.notebooks else {}
            names = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
            changed |= {(stem, name.split("--")[0]) for name in names}
        return changed

    def marks(self, student):
        """{notebook: grades.Marks}: what stands on this student's feedback pages."""
        with self._said():
            return grades.marks(self, student)

    def recorded(self):
        """The students who have a submission of the unit in the gradebook."""
        with self._said():
            return grades.recorded(self)

    def scores(self, releases):
        """({exercise: points}, {student: {exercise: score}}, {students with answers to grade by hand}) of the unit."""
        with self._said():
            return grades.scores(self, releases)

    def export(self):
        """Write nbgrader's CSV of the unit's grades; returns its path."""
        with self._said():
            return grades.export(self)


def _parsed(timestamp):
    """The time that a submission's timestamp.txt names, or None: the file may hold anything."""
    from nbgrader import utils

    with contextlib.suppress(ValueError, OverflowError, TypeError):
        return utils.parse_utc(timestamp)


def _answers(notebook):
    about = [(cell.metadata.get("nbgrader", {}), cell) for cell in notebook.cells]
    return {marks["grade_id"]: (cell.source, cell.get("attachments")) for marks, cell in about if marks.get("solution")}


def keep_submission(place, student, files, timestamp=None):
    """Put {file name: bytes} under submitted/, where Formgrader counts who handed in."""
    folder = place.folder("submitted", student)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        part = folder / f"{name}.part"
        part.write_bytes(data)
        os.replace(part, folder / name)
    if timestamp:
        write(folder / "timestamp.txt", timestamp + "\n")
    for stale in folder.iterdir():
        if stale.name not in files and stale.name != "timestamp.txt":
            shutil.rmtree(stale) if stale.is_dir() and not stale.is_symlink() else stale.unlink()
