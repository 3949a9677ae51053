"""The explorer of gradient estimators draws what the estimators give, for every setting of its controls."""

import re

import matplotlib.pyplot as plt
import pytest

from gmlib import checks
from gmlib.explore import gradients


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def legend(axis):
    return [text.get_text() for text in axis.get_legend().get_texts()]


@pytest.mark.parametrize("baseline", gradients.BASELINES)
@pytest.mark.parametrize(("theta", "draws", "seed"), [(-3.0, 30, 0), (0.0, 100, 20), (2.5, 3000, 3)])
def test_the_curves_end_at_the_means_of_the_draws(theta, draws, baseline, seed):
    figure = gradients.draw_race(theta, draws, baseline, seed)
    found = gradients.race(theta, draws, baseline, seed)
    means, histograms = figure.axes
    for line, one in zip(means.lines[:2], found, strict=True):
        assert line.get_ydata()[-1] == pytest.approx(one.mean().item())
        assert list(line.get_xdata()) == list(range(10, draws + 1))
    assert set(means.lines[2].get_ydata()) == {2 * theta}
    for text, one in zip(legend(histograms), found, strict=True):
        assert text.endswith(f"variance {one.var():.1f}")
    for text, one in zip(legend(means)[:2], found, strict=True):
        error = 2 * ((one**2).mean() - one.mean() ** 2).sqrt() / (draws - 1) ** 0.5
        assert text.endswith(f"{one.mean():.2f} ± {error:.2f}")


def test_the_band_holds_the_truth_as_often_as_it_should():
    held = [0, 0]
    for seed in range(60):
        for k, one in enumerate(gradients.race(1.0, 300, "mean of the other draws", seed)):
            held[k] += abs(one.mean() - 2) <= 2 * one.std() / 300**0.5
    # of 60 bands of two standard errors 95% hold the truth; fewer than 50 would be beyond four standard deviations
    assert min(held) >= 50


def test_both_race_on_the_same_draws():
    through, score = gradients.race(1.5, 50, "none", 4)
    x = through / 2
    checks.close(score, x**2 * (x - 1.5), "x^2 (x - theta)")


def test_the_default_figure():
    figure = gradients.draw_race()
    assert [axis.get_title() for axis in figure.axes] == [
        "how fast they find the gradient",
        "what single draws say (the edges hold all beyond)",
    ]
    assert [text.split(":")[0] for text in legend(figure.axes[0])] == ["reparameterised", "score function", "truth"]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draws": 9}, "draws: got 9, expected a whole number of at least 10"),
        ({"baseline": "median"}, "baseline: got 'median', expected 'none' or 'mean of the other draws' or 'the best'"),
        ({"seed": -1}, "seed: got -1, expected a whole number of at least 0"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        gradients.draw_race(**arguments)


def test_the_explorer_shows_controls_and_a_picture_that_follows_them(shown):
    gradients.explore()
    controls, picture = shown.displayed
    assert [control.description for control in controls.children] == ["theta", "draws", "baseline", "seed"]
    for control, setting in zip(controls.children, [2.0, 300, "the best", 3], strict=True):
        before = len(shown.updated)
        control.value = setting
        assert len(shown.updated) == before + 1
    assert shown.updated[-1].data != picture.data
