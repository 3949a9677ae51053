"""The explorer of importance sampling shows the weights that its draws have, and the truth beside the estimate."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch.distributions import Normal

from gmlib.explore import importance


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def stems(figure):
    """(z, w) of the stems of a figure."""
    (dots,) = [line for line in figure.axes[2].lines if line.get_marker() == "."]
    return torch.from_numpy(np.stack(dots.get_data()))


def said(figure):
    """(p_hat, effective sample size, k) in the title of the estimate."""
    title = figure.axes[1].get_title()
    found = re.fullmatch(r"\$\\hat p\$ = ([\d.]+)\neffective sample size (\d+) of (\d+)", title)
    return float(found[1]), int(found[2]), int(found[3])


def estimates(figure):
    return np.concatenate([line.get_ydata() for line in figure.axes[1].lines if line.get_marker() in (".", "o")])


def test_the_area_under_the_joint_is_the_truth():
    z = torch.linspace(-12, 12, 4001, dtype=torch.float64)
    area = torch.trapezoid(importance.log_joint(z).exp(), z)
    torch.testing.assert_close(area, torch.tensor(importance.TRUTH).double())


@pytest.mark.parametrize(("mean", "width", "k", "seed"), [(0.0, 3.0, 100, 0), (-3.5, 0.25, 10, 3), (6, 6, 1000, 20)])
def test_the_stems_are_the_weights_and_the_title_is_theirs(mean, width, k, seed):
    figure = importance.draw_importance(mean, width, k, seed)
    z, w = stems(figure)
    assert len(z) == k
    log_q = Normal(torch.tensor(mean, dtype=torch.float64), width).log_prob(z)
    torch.testing.assert_close(w, (importance.log_joint(z) - log_q).exp())
    p_hat, size, number = said(figure)
    assert p_hat == pytest.approx(w.mean().item(), abs=0.0051)
    assert size == pytest.approx((w.sum() ** 2 / (w**2).sum()).item(), abs=0.51)
    assert number == k
    assert f"{k} draws; the largest weight has {(w.max() / w.sum()).item():.0%}" in figure.axes[2].get_title()


def test_the_forty_others_scatter_about_the_truth_when_q_is_wide():
    found = estimates(importance.draw_importance(0.0, 4.0, 300, 1))
    assert len(found) == 1 + importance.OTHERS
    assert abs(found.mean() - importance.TRUTH) < 6 * found.std() / len(found) ** 0.5


def test_a_missed_hump_looks_good_and_is_wrong():
    figure = importance.draw_importance(3.0, 1.25, 100, 0)
    p_hat, size, _ = said(figure)
    assert size > 85
    assert p_hat == pytest.approx(importance.WEIGHTS[1] * importance.TRUTH, abs=0.03)


def test_a_narrow_proposal_in_the_middle_says_that_it_is_bad():
    figure = importance.draw_importance(0.0, 1.0, 100, 0)
    assert said(figure)[1] < 10
    assert [text.get_text() for text in figure.axes[1].texts] == ["3 above"]


def test_draws_beyond_the_picture_are_counted():
    figure = importance.draw_importance(6, 6, 1000, 0)
    z, _ = stems(figure)
    assert f"; {int((z.abs() > 9).sum())} beyond the picture" in figure.axes[2].get_title()


def test_the_seed_changes_the_draws():
    first, second, again = (stems(importance.draw_importance(seed=seed)) for seed in (0, 1, 0))
    assert not torch.equal(first, second)
    assert torch.equal(first, again)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mean": "left"}, "mean: got 'left', expected a number from -100 to 100"),
        ({"mean": float("nan")}, "mean: got nan, expected a number from -100 to 100"),
        ({"width": 0}, "width: got 0, expected a number from 0.001 to 100"),
        ({"width": 200.0}, "width: got 200.0, expected a number from 0.001 to 100"),
        ({"k": 1}, "k: got 1, expected a whole number of at least 2"),
        ({"seed": -1}, "seed: got -1, expected a whole number of at least 0"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        importance.draw_importance(**arguments)


def test_the_explorer_shows_controls_and_a_picture_that_follows_them(shown):
    importance.explore()
    controls, picture = shown.displayed
    assert [control.description for control in controls.children] == ["mean of q", "width of q", "draws k", "seed"]
    controls.children[0].value = 3.0
    controls.children[2].value = 1000
    assert len(shown.updated) == 2
    assert shown.updated[0].data != picture.data
