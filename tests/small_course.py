"""A course of one small unit, for the tests of what builds courses."""

import shutil
from pathlib import Path

from gmcourse import cli

ROOT = Path(__file__).parents[1]
UNIT = "01-small"
SOURCE = f"lessons/{UNIT}/{UNIT}.py"
SOLUTION, STUDENT = f"solutions/{UNIT}/{UNIT}.ipynb", f"notebooks/{UNIT}/{UNIT}.ipynb"
LESSON = '''\
# %% [markdown]
# # Small

# %% install=True

# %% [markdown]
# What is imported:

# %%
from gmlib import checks

# %% [markdown]
# ### Exercise 1.1: double (3 points)

# %% solution="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    marker_of_the_solution = 2 * x
    return marker_of_the_solution
    ### END SOLUTION


# %% test="double--two" points=1
checks.number(double(2), "double(2)", low=4, high=4)
print("double(2) is what it should be.")

# %% test="double--any" points=2
# Other numbers.
### BEGIN HIDDEN TESTS
hidden_mark = 7
_ = checks.number(double(hidden_mark), "double(7)", low=14, high=14)
### END HIDDEN TESTS

# %% [markdown] manual="why" points=3
# Why is that so?
#
# ### BEGIN SOLUTION
# Because marker of the manual answer.
# ### END SOLUTION

# %% [markdown]
# A drawing:

# %% tags=["demo"] exempt="marker of a reason that students need not read"
print("marker of", "the output")
assert True
'''


def write(root, lesson=LESSON, unit=UNIT):
    """A course in folder `root` with one unit that holds `lesson`."""
    folder = root / "lessons" / unit
    folder.mkdir(parents=True)
    (folder / f"{unit}.py").write_text(lesson)
    if not (root / "nbgrader_config.py").exists():
        shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


def gmcourse(root, command, *arguments):
    """The exit code of `gmcourse COMMAND ... --course ROOT`."""
    return cli.main([command, *arguments, "--course", str(root)])


def files(root):
    """{path: bytes} of all files of a course."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def edit(root, old, new, name=SOURCE):
    """Replace a piece of a file of the course."""
    path = root / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def says(capsys, *pieces, lines=1):
    """The last command said on stderr all `pieces`, in `lines` lines (None for any number), without a traceback."""
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert lines is None or len(said.strip().split("\n")) == lines, said
    for piece in pieces:
        assert piece in said
