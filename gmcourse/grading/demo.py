"""Grade four sample submissions in a temporary course, to see grading at work: `make grade`.

    python -m gmcourse.grading.demo 01-chain-rule

all-right has the solution's answers, half-right every other one, all-wrong wrong ones, and untouched none.
"""

import copy
import sys
import tempfile
from pathlib import Path

import nbformat

from gmcourse import answers, course
from gmcourse.errors import CourseError
from gmcourse.grading import grade


def samples(here, unit):
    """{student: {file name: notebook}}: the unit's release, filled in four ways."""
    right = {}
    for path in here.solutions(unit).glob("*.ipynb"):
        right |= {cell: source for cell, source in answer_cells(nbformat.read(path, as_version=4))}
    wrong = {name: _wrong(here, unit, name) for name in right}
    half = {name: source for k, (name, source) in enumerate(right.items()) if k % 2 == 0}
    released = {path.name: nbformat.read(path, as_version=4) for path in here.notebooks(unit).glob("*.ipynb")}
    fillings = {"all-right": right, "half-right": half, "all-wrong": wrong, "untouched": {}}
    return {student: {name: filled(nb, text) for name, nb in released.items()} for student, text in fillings.items()}


def answer_cells(notebook):
    """(id, source) of the cells that a student writes."""
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution"):
            yield about["grade_id"], cell.source


def filled(notebook, texts):
    """A copy of a released notebook with these answers, by id."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution") and about["grade_id"] in texts:
            cell.source = texts[about["grade_id"]]
    return notebook


def _wrong(here, unit, exercise):
    path = here.lessons(unit) / "answers" / f"{exercise}.py"
    found = [answer.source for answer in answers.read(path) if answer.message] if path.is_file() else []
    return found[0] if found else "It is so because it is so."


def main(units):
    here = course.find()
    for unit in here.chosen(units):
        folder = Path(tempfile.mkdtemp(prefix="gmcourse-demo-"))
        print(f"Grading four sample submissions of {unit} in {folder}", flush=True)
        for student, notebooks in samples(here, unit).items():
            place = folder / "submitted" / student / unit
            place.mkdir(parents=True)
            for name, notebook in notebooks.items():
                nbformat.write(notebook, place / name)
        print(grade(unit, folder / "submitted", f"sqlite:///{folder}/grades/gradebook.db", here.root))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CourseError as error:
        sys.exit(f"gmcourse: {error}")
