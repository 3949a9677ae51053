"""A class's submissions, generated: no two alike, in a mix of right, wrong, blank and broken."""

import copy

import nbformat

from gmcourse import course
from gmcourse.grading import demo

KINDS = ["all-right", "half-right", "all-right", "all-wrong", "all-right", "all-right", "half-right", "untouched"]
BROKEN_EVERY = 50


def hand_in(folder, unit, students, names=None, kinds=KINDS):
    """Write FOLDER/STUDENT/UNIT/*.ipynb for so many students; names: files of the unit (default: all)."""
    made = demo.samples(course.find(), unit)
    for number in range(students):
        place = folder / f"student-{number:06}" / unit
        place.mkdir(parents=True)
        for name, notebook in made[kinds[number % len(kinds)]].items():
            if names is None or name in names:
                text = nbformat.writes(_own(notebook, number))
                is_broken = kinds is KINDS and number % BROKEN_EVERY == BROKEN_EVERY - 1
                (place / name).write_text(text[: len(text) // 2] if is_broken else text)


def _own(notebook, number):
    """The notebook with a comment in each code answer, so that nobody has another's."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source += f"\n# written by student {number}"
    return notebook
