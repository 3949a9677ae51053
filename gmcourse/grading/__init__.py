"""Grading, first form: nbgrader's own autograde and feedback, with everything around them done.

Not isolated yet: the code of a submission runs as the user who grades, and can reach what that user can.
"""

import sys
import warnings
from pathlib import Path

from gmcourse.errors import CourseError

WARNING = (
    "Warning: this form of grading is not isolated. The code of every submission runs with your rights, sees the tests "
    "and the gradebook: use it only on submissions that you trust."
)


def grade(unit: str, submitted: Path, gradebook: str, course: Path, output: Path | None = None, say=None):
    """Grade all submissions of a unit that are new or changed; returns a report.Report.

    unit: such as "01-chain-rule", a folder of COURSE/solutions. submitted: holds STUDENT/UNIT/*.ipynb, or
    STUDENT/*.ipynb. gradebook: nbgrader's database as a URL; the folder of an SQLite file becomes nbgrader's course
    folder, with feedback/, the CSV and all else; `output` names another. say: called with each line of progress
    (default: print it on stderr).
    CourseError for all that the user can put right; one student's broken notebook does not stop the others.
    """
    say = say or (lambda line: print(line, file=sys.stderr, flush=True))
    try:
        from gmcourse.grading import intake, place
        from gmcourse.grading.report import Report

        here = place.place(unit, gradebook, course, output)
        say(WARNING)
        with here.lock(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own code
            here.register()
            released = _released(here)
            found = intake.collect(submitted, unit, released)
            unchanged = _grade_all(here, found, released, Path(submitted).resolve(), say)
            return _report(Report, here, found, released, unchanged)
    except ModuleNotFoundError as error:
        raise CourseError(f"the package {error.name} is missing: pip install 'gmcourse[notebooks,grading]'") from None
    except OSError as error:
        raise CourseError(f"{error.filename or gradebook}: {error.strerror or error}") from None


def _released(here):
    import nbformat

    return {path.name: nbformat.read(here.folder("release") / path.name, as_version=4) for path in here.solutions}


def _grade_all(here, found, released, submitted, say):
    """Grade what changed; failures go to `found.broken`. Returns the students with nothing new."""
    from gmcourse.grading import autograde, feedback, gradebook

    done, solutions = here.graded(), here.digest()
    wanted = {s.student: s.digest(solutions) for s in found.submissions}
    new = [
        s for s in found.submissions if done.get(s.student) != wanted[s.student] or not gradebook.has(here, s.student)
    ]
    if not new:
        return sorted(wanted)
    with autograde.scratch(here) as scratch:
        for count, submission in enumerate(new, 1):
            student = submission.student
            say(f"{count}/{len(new)} {student}")
            try:
                log = here.root / "logs" / f"{here.unit}-{student}.txt"
                graded = autograde.autograde(scratch, submission, here.key(student), log)
            except CourseError as error:
                found.broken[student] = str(error)
                continue
            if submitted != here.root / "submitted":
                gradebook.keep_submission(here, submission)
            gradebook.record(here, graded, released)
            feedback.write_feedback(here, student)
            done[student] = wanted[student]
            here.remember(done)
    return sorted(set(wanted) - {s.student for s in new})


def _report(kind, here, found, released, unchanged):
    from gmcourse.grading import feedback, gradebook

    most, scores, waiting = gradebook.scores(here, released)
    lacking = {s.student: sorted(set(released) - set(s.notebooks)) for s in found.submissions}
    return kind(
        unit=here.unit,
        most=most,
        scores=scores,
        broken=found.broken,
        csv=feedback.export(here),
        feedback=here.root / "feedback",
        folder=here.root,
        waiting=waiting,
        unchanged=unchanged,
        absent=found.absent,
        partly={student: names for student, names in lacking.items() if names},
    )
