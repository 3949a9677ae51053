"""The one writer of the course's gradebook and of autograded/, and the one reader of scores."""

import os
import shutil

import nbformat

from gmcourse.grading.place import write


def record(place, graded, released):
    """File a Graded submission: all rows in one commit, then the notebooks by rename.

    Manual scores and comments stay; nbgrader marks a changed answer that has them for another look. released: {file
    name: released notebook}.
    """
    from nbgrader import utils

    with place.gradebook() as book:
        book.update_or_create_student(graded.student)
        when = {"timestamp": utils.parse_utc(graded.timestamp)} if graded.timestamp else {}
        submission = book.update_or_create_submission(place.unit, graded.student, **when)
        for notebook in submission.notebooks:
            handed_in = graded.notebooks.get(notebook.name)
            scores = graded.scores.get(notebook.name, {})
            for grade in notebook.grades:
                grade.auto_score = scores[grade.name] if handed_in else 0
                grade.needs_manual_grade = bool(handed_in) and (
                    grade.manual_score is not None or grade.auto_score is None
                )
            untouched = _untouched(handed_in) if handed_in else None
            for comment in notebook.comments:
                is_empty = untouched is None or comment.name in untouched
                comment.auto_comment = "No response." if is_empty else None
        book.db.commit()
    _file(place, graded, released)


def _untouched(notebook):
    """The answer cells that are as they were handed out."""
    from nbgrader import utils

    cells = [cell for cell in notebook.cells if utils.is_solution(cell)]
    return {
        cell.metadata.nbgrader.grade_id
        for cell in cells
        if cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
    }


def _file(place, graded, released):
    from gmcourse.grading.feedback import without_hidden_tests

    folder = place.folder("autograded", graded.student)
    folder.mkdir(parents=True, exist_ok=True)
    for name, notebook in graded.notebooks.items():
        file = f"{name}.ipynb"
        write(folder / file, nbformat.writes(without_hidden_tests(notebook, released[file])))
    for stale in folder.glob("*.ipynb"):
        if stale.stem not in graded.notebooks:
            stale.unlink()


def keep_submission(place, submission):
    """Put what was graded under submitted/, where formgrader looks for it, unless it came from there."""
    folder = place.folder("submitted", submission.student)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in submission.notebooks.items():
        (folder / f"{name}.part").write_bytes(data)
        os.replace(folder / f"{name}.part", folder / name)
    if submission.timestamp:
        write(folder / "timestamp.txt", submission.timestamp + "\n")


def has(place, student):
    """Whether the gradebook has this student's submission of the unit."""
    from nbgrader.api import MissingEntry

    with place.gradebook() as book:
        try:
            book.find_submission(place.unit, student)
        except MissingEntry:
            return False
        return True


def scores(place, released):
    """({exercise: points}, {student: {exercise: score}}, {students with answers to grade by hand}) of the unit.

    An exercise is what stands before `--` in the ids of its cells; they come in the order of the released notebooks.
    """
    most, found, waiting = {}, {}, set()
    for notebook in released.values():
        for cell in notebook.cells:
            about = cell.metadata.get("nbgrader", {})
            if about.get("grade"):
                exercise = about["grade_id"].split("--")[0]
                most[exercise] = most.get(exercise, 0.0) + about["points"]
    with place.gradebook() as book:
        for submission in book.assignment_submissions(place.unit):
            row = found.setdefault(submission.student_id, dict.fromkeys(most, 0.0))
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    row[grade.name.split("--")[0]] += grade.score or 0.0
                    if grade.needs_manual_grade:
                        waiting.add(submission.student_id)
    return most, dict(sorted(found.items())), waiting
