"""Honest but untidy submissions: none loses a point that it earned."""

import dataclasses
from pathlib import Path

import pytest
import submissions

from gmcourse.grading import grade

pytestmark = pytest.mark.grading
ROOT = Path(__file__).parents[1]
HONEST = submissions.read_all("honest")
UNIT = "02-fvsbn-nade-made"
BLANK = submissions.Recipe("blank", "nothing filled in")
WRONG = "def step(a, x_i, w_i):\n    return a + x_i[:, None]"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One class of all honest submissions and of two others, graded in one run; (its folder, the Report)."""
    room = tmp_path_factory.mktemp("class")
    wrong = dataclasses.replace(HONEST["magics"], name="wrong")
    wrong.sections = [*wrong.sections, ("answer", "step", WRONG)]
    for recipe in [*HONEST.values(), BLANK, wrong]:
        submissions.write(recipe, room / "in")
    gradebook = f"sqlite:///{room}/grades/gradebook.db"
    return room, grade(UNIT, room / "in", gradebook, ROOT, jobs=2, say=lambda line: None)


@pytest.mark.parametrize("recipe", HONEST.values(), ids=HONEST.keys())
def test_an_honest_submission_gets_every_point(graded, recipe):
    room, report = graded
    assert report.broken.get(recipe.name) is None
    lost = {name: said for name, said in report.lost[recipe.name].items() if said}
    assert (sum(report.scores[recipe.name].values()), lost) == (recipe.expect, {})
    assert recipe.expect == submissions.most(recipe.notebook)
    page = room / "grades" / "feedback" / recipe.name / UNIT / f"{recipe.notebook}.html"
    text = page.read_text(encoding="utf-8")
    assert "</html>" in text
    assert not [path for path in (str(ROOT), str(room)) if path in text]


def test_the_others_in_the_class_do_not(graded):
    report = graded[1]
    assert sum(report.scores["blank"].values()) == 0
    assert report.scores["wrong"]["step"] == 0
    assert 0 < sum(report.scores["wrong"].values()) < submissions.most(submissions.NOTEBOOK)


def test_there_are_enough_of_them():
    assert len(HONEST) >= 40
    assert {recipe.notebook for recipe in HONEST.values()} == {UNIT, f"{UNIT}-b", f"{UNIT}-c"}
