"""Every answer beside every lesson gets the same verdict when it is graded.

A file of its own: with --dist loadfile it then runs beside test_answers.
"""

import os

import pytest
from test_answers import REPEAT, UNITS

from gmcourse import answers
from gmcourse.grading import sandbox


@pytest.mark.grading
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_answer_gets_the_same_verdict_when_it_is_graded(unit, monkeypatch):
    """In the sandbox, tests in the checker: the same cell fails, with the message that the file says."""
    monkeypatch.setenv("TQDM_DISABLE", "1")
    if trouble := sandbox.probe():
        assert not os.environ.get("CI"), trouble
        pytest.skip(trouble)
    here = list(answers.verdicts(unit))
    there = list(answers.verdicts(unit, repeat=min(REPEAT, 5), isolated=True))
    assert [v.answer for v in here] == [v.answer for v in there]
    missed = [str(verdict) for verdict in there if not verdict.as_expected]
    assert not missed, "\n".join(missed)
    elsewhere = [f"{a}\n{b}" for a, b in zip(here, there, strict=True) if a.at != b.at]
    assert not elsewhere, "\n".join(elsewhere)
