"""Run nbgrader's autograde on one submission, in a folder of its own with a gradebook of its own.

Whatever happens in there, the course's gradebook is written afterwards and once, by `gradebook.record`. This is not
isolated: the submission's code runs as the user who grades.
"""

import contextlib
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from gmcourse.errors import CourseError
from gmcourse.grading.place import Place, run

# stderr in a test cell costs its points in nbgrader, so neither warnings nor progress bars may get there
QUIET = {"PYTHONWARNINGS": "ignore", "TQDM_DISABLE": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}


@dataclass(frozen=True)
class Graded:
    """A submission after its tests have run. scores: {notebook: {cell: points or None}}, None for a person to grade."""

    student: str
    timestamp: str | None
    notebooks: dict[str, nbformat.NotebookNode]
    scores: dict[str, dict[str, float | None]]


@contextlib.contextmanager
def scratch(place):
    """A Place in a temporary folder, with the assignment registered, for `autograde`."""
    with tempfile.TemporaryDirectory(prefix="gmcourse-grade-") as folder:
        root = Path(folder).resolve()
        there: Place = replace(place, root=root, url=f"sqlite:///{root / 'gradebook.db'}")
        there.register()
        yield there


def autograde(there, submission, key, log):
    """Grade one Submission at the scratch Place `there`. CourseError when nbgrader cannot; its log is then at `log`."""
    folder = there.folder("submitted", submission.student)
    folder.mkdir(parents=True)
    for name, data in submission.notebooks.items():
        solution = nbformat.read(there.folder("source") / name, as_version=4)
        notebook = nbformat.reads(data.decode("utf-8"), as_version=4)
        nbformat.write(only_what_tests_need(notebook, solution), folder / name)
    with environment(QUIET | {"GM_GRADING_KEY": key}):
        run(there.api().autograde, there.unit, submission.student, doing="run its tests", log=log)
    done = there.folder("autograded", submission.student)
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path in sorted(done.glob("*.ipynb"))}
    missed = {Path(name).stem for name in submission.notebooks} - set(notebooks)
    if missed:
        raise CourseError(f"nbgrader left out {', '.join(sorted(missed))}")
    scores = {name: _scores(notebook) for name, notebook in notebooks.items()}
    return Graded(submission.student, submission.timestamp, notebooks, scores)


def only_what_tests_need(notebook, solution):
    """Mark the lesson's own demonstrations to be passed over, and nothing else.

    A student's tags go: with the same mark on a test cell, that test would not run, which nbgrader takes for success.
    """
    demos = {cell.source for cell in solution.cells if "demo" in cell.metadata.get("tags", [])}
    for cell in notebook.cells:
        is_demo = cell.source in demos and "nbgrader" not in cell.metadata
        cell.metadata["tags"] = ["skip-execution"] if is_demo else []
    return notebook


def _scores(notebook):
    from nbgrader.utils import determine_grade, is_grade

    return {cell.metadata.nbgrader.grade_id: determine_grade(cell)[0] for cell in notebook.cells if is_grade(cell)}


@contextlib.contextmanager
def environment(values):
    """Environment variables for the time of a `with`: kernels inherit them."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
