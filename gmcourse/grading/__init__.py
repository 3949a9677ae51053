"""Grading that cannot be fooled, stalled or lost: see `grade`.

From the outside in: `run` (one run of the command), `intake` and `rebuild` (what was handed in), `schedule` and
`worker` (who grades when), `checker` with its `proxies`, and `student`, with `protocol` and `wire` between them (the
two processes), `sandbox` (where the student's lives), `results` (what is done), `gradebook`, `shown`, `feedback` and
`pages` (where it goes), `report` (what the instructor sees).
"""

import contextlib
import functools
import os
import sys
import warnings
from pathlib import Path

from gmcourse.errors import CourseError

UNSAFE = (
    "Warning: --unsafe-no-sandbox: the code of every submission runs with your rights. It can read, change and send "
    "away all that you can, the gradebook and other submissions included. Use it only on submissions that you trust."
)


def grade(
    unit: str,
    submitted: Path,
    gradebook: str,
    course: Path,
    output: Path | None = None,
    say=None,
    jobs: int | None = None,
    scheduler: str | None = None,
    unsafe: bool = False,
    limits: dict | None = None,
):
    """Grade all submissions of a unit that are new or changed; returns a report.Report.

    unit: such as "01-chain-rule", a folder of COURSE/solutions. submitted: holds STUDENT/UNIT/*.ipynb, or
    STUDENT/*.ipynb. gradebook: nbgrader's database as a URL; the folder of an SQLite file becomes nbgrader's course
    folder, with feedback/, results/, the reports and all else; `output` names another. jobs: how many notebooks are
    graded at a time, by default one a core. scheduler: the address of a Dask cluster that grades instead. unsafe: no
    sandbox. limits: seconds, see `run.LIMITS`. say: called with each line of progress (default: a bar on stderr).
    CourseError for all that the user can put right; one student's broken notebook does not stop the others.
    """
    try:
        from gmcourse.grading import place, report, run, sandbox, schedule

        jobs = cores() if jobs is None else jobs
        if jobs < 1:
            raise CourseError(f"--jobs: got {jobs}, expected a whole number from 1")
        here = place.place(unit, gradebook, course, output)
        probe = (lambda: None) if scheduler else sandbox.probe  # a cluster's workers isolate, not this machine
        _check_isolation(unsafe, probe, say or functools.partial(print, file=sys.stderr, flush=True))
        with here.lock(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own code
            here.register()
            if scheduler:
                grader = functools.partial(schedule.cluster, address=scheduler, isolated=not unsafe)
            else:
                grader = functools.partial(schedule.local, count=jobs, isolated=not unsafe)
            found = run.Run(here, submitted, grader, jobs, limits, say).report()
            report.write(found, found.folder)
            return found
    except ModuleNotFoundError as error:
        raise CourseError(f"the package {error.name} is missing: pip install 'gmcourse[notebooks,grading]'") from None
    except OSError as error:
        raise CourseError(f"{error.filename or submitted}: {error.strerror or error}") from None


def cores():
    """How many cores this process may use."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_isolation(unsafe, probe, say):
    if unsafe:
        say(UNSAFE)
    elif trouble := probe():
        raise CourseError(f"{trouble} (or, at your own risk, --unsafe-no-sandbox)")
