"""A small course for the tests of grading: unit 09-small with two notebooks, quick to run, nothing but Python in it."""

import shutil
from pathlib import Path

import nbformat

from gmcourse import lesson, notebook
from gmcourse.grading import demo, grade, place

UNIT = "09-small"
LESSON = """\
# %% [markdown]
# # 9 A small unit

# %%
import os

# %% solution="double"
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% test="double--three" points=1
assert double(3) == 6, "double(3) is not 6"
print("double(3) is 6.")

# %% test="double--any" points=2
# Any number.
### BEGIN HIDDEN TESTS
secret_number = int(os.environ["GM_GRADING_KEY"][:6], 16)
assert double(secret_number) == 2 * secret_number, f"not doubled; drawn {secret_number}"
### END HIDDEN TESTS

# %% solution="half"
def half(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# %% test="half--three" points=1.5
assert half(3) == 1.5, "half(3) is not 1.5"

# %% [markdown] manual="because" points=3
# Why?
#
# ### BEGIN SOLUTION
# Because.
# ### END SOLUTION
"""
LESSON_B = """\
# %% solution="third"
def third(x):
    ### BEGIN SOLUTION
    return x / 3
    ### END SOLUTION

# %% test="third--three" points=4
assert third(3) == 1, "third(3) is not 1"
"""
answered = demo.filled  # a released notebook with some answers
ANSWERS = {"double": "def double(x):\n    return 2 * x", "half": "def half(x):\n    return x / 2"}
WRONG = {"double": "def double(x):\n    return x + 3", "half": "def half(x):\n    return x"}


def course(folder):
    """A course with the unit's solutions under `folder`; returns its path."""
    shutil.copy(Path(__file__).parents[1] / "nbgrader_config.py", folder)
    (folder / "solutions" / UNIT).mkdir(parents=True)
    for name, text in ((UNIT, LESSON), (f"{UNIT}-b", LESSON_B)):
        unit = lesson.parse(text, Path(f"{name}.py"))
        nbformat.write(notebook.unexecuted(unit), folder / "solutions" / UNIT / f"{name}.ipynb")
    return folder


def released(folder, scratch):
    """The notebooks that students of the course in `folder` get, by file stem; nbgrader works in `scratch`."""
    here = place.place(UNIT, f"sqlite:///{scratch}/gradebook.db", folder)
    here.register()
    return {path.stem: nbformat.read(path, as_version=4) for path in here.folder("release").glob("*.ipynb")}


class Class:
    """Submissions in one folder, graded into one gradebook."""

    def __init__(self, root, course, released):
        self.submitted, self.course, self.released = root / "submitted", course, released
        self.root, self.url = root / "grades", f"sqlite:///{root}/grades/gradebook.db"
        self.submitted.mkdir()

    def hand_in(self, student, answers=None, names=(UNIT, f"{UNIT}-b"), in_unit=True):
        folder = self.submitted / student / (UNIT if in_unit else ".")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in names:
            nbformat.write(answered(self.released[name], answers or {}), folder / f"{name}.ipynb")
        return folder / f"{UNIT}.ipynb"

    def grade(self, **options):
        self.said = []
        return grade(UNIT, self.submitted, self.url, self.course, say=self.said.append, **options)

    def page(self, student):
        return (self.root / "feedback" / student / UNIT / f"{UNIT}.html").read_text()
