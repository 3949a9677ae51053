"""Every answer beside every lesson gets the verdict that its file says, in process and when it is graded."""

import os
import textwrap
from pathlib import Path

import pytest

from gmcourse import answers
from gmcourse.errors import CourseError
from gmcourse.grading import sandbox

UNITS = sorted(path for path in (Path(__file__).parents[1] / "lessons").iterdir() if path.is_dir())
REPEAT = int(os.environ.get("GM_REPEAT", "5"))  # `make test-long` sets 200


def missed(verdicts):
    return "\n".join(str(verdict) for verdict in verdicts if not verdict.as_expected)


@pytest.mark.grading
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_answer_gets_its_verdict_here_and_when_it_is_graded(unit, monkeypatch):
    """Then in the sandbox, tests in the checker: the same cell fails, with the message that the file says."""
    monkeypatch.setenv("TQDM_DISABLE", "1")
    here = list(answers.verdicts(unit, repeat=REPEAT))
    assert here
    assert not missed(here)
    if trouble := sandbox.probe():
        assert not os.environ.get("CI"), trouble
        pytest.skip(trouble)
    there = list(answers.verdicts(unit, repeat=max(1, REPEAT // 40), isolated=True))
    assert [v.answer for v in here] == [v.answer for v in there]
    assert not missed(there)
    elsewhere = [f"{a}\n{b}" for a, b in zip(here, there, strict=True) if a.at != b.at]
    assert not elsewhere, "\n".join(elsewhere)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_exercise_has_five_wrong_and_three_right_answers(unit):
    exercises = {cell.id for path in unit.glob("*.py") for cell in answers.lesson.read(path) if cell.kind == "answer"}
    assert exercises == {path.stem for path in (unit / "answers").glob("*.py")}
    for exercise in sorted(exercises):
        found = answers.read(unit / "answers" / f"{exercise}.py")
        assert sum(answer.message is not None for answer in found) >= 5, exercise
        assert sum(answer.message is None for answer in found) >= 3, exercise


LESSON = """\
# %%
import torch
from gmlib import checks

# %% solution="double"
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% test="double--here" points=1
checks.close(double(torch.ones(2)), 2 * torch.ones(2), "2x", "add x to itself")

# %%
def four(x):
    return double(double(x))

# %% test="double--later" points=1
x = torch.rand(3, generator=checks.generator("double--later", fresh=True))
checks.close(four(x), 4 * x, "4x")
"""


def unit_with(tmp_path, answer):
    unit = tmp_path / "09-double"
    (unit / "answers").mkdir(parents=True)
    (unit / "09-double.py").write_text(LESSON)
    (unit / "answers" / "double.py").write_text(textwrap.dedent(answer))
    return unit


def test_a_wrong_answer_that_passes_and_a_right_one_that_fails_are_found(tmp_path):
    unit = unit_with(
        tmp_path,
        """\
        # %% wrong: right in truth | "is off by"
        def double(x):
            return x + x
        # %% right: wrong in truth
        def double(x):
            return 3 * x
        """,
    )
    solution, wrong, right = answers.verdicts(unit)
    assert solution.as_expected
    assert (wrong.told, wrong.as_expected) == (None, False)
    assert right.at == "double--here"
    assert not right.as_expected
    assert "2x is off by 1 at [0]; 2 of 2 entries are off: add x to itself" in right.told


def test_another_answer_reaches_the_given_cells_and_the_tests_after_it(tmp_path):
    unit = unit_with(
        tmp_path,
        """\
        # %% wrong: right once, wrong when called again | "4x is off by"
        calls = []
        def double(x):
            calls.append(x)
            return 2 * x if len(calls) == 1 else x
        """,
    )
    solution, wrong = answers.verdicts(unit)
    assert solution.as_expected
    assert wrong.as_expected
    assert wrong.at == "double--later"


def test_a_marker_without_a_message_is_named_by_its_line(tmp_path):
    path = tmp_path / "double.py"
    path.write_text("# %% right: fine\npass\n# %% wrong: says nothing\npass\n")
    with pytest.raises(CourseError, match="line 3"):
        answers.read(path)
