"""The explorer of soft and hard clusters: its limit is k-means, its controls drive it."""

import re

import matplotlib.pyplot as plt
import pytest
import torch

from gmlib import checks
from gmlib.explore import clusters


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def numbers(figure):
    """(share of shared points in per cent, distance of the two steps), as the titles say them."""
    left, right = (axis.get_title() for axis in figure.axes)
    return int(re.search(r"(\d+)%", left)[1]), float(re.search(r"at most ([\d.]+) apart", right)[1])


def test_responsibilities_are_those_of_equal_gaussians():
    x, means = clusters.points(), torch.tensor([[0.0, 0.0], [3.0, 0.0], [1.0, 2.0]]).double()
    normal = torch.distributions.MultivariateNormal(means, 0.3 * torch.eye(2).double())
    expected = torch.softmax(normal.log_prob(x[:, None]), 1)
    checks.close(clusters.responsibilities(x, means, 0.3), expected, "r")


def test_at_variance_zero_they_are_the_nearest_mean():
    x, means = clusters.points(), torch.tensor([[0.0, 0.0], [3.0, 0.0], [1.0, 2.0]]).double()
    hard = clusters.nearest(x, means)
    checks.close(hard.sum(1), torch.ones(len(x)), "the sum")
    checks.close(clusters.responsibilities(x, means, 1e-7), hard, "r at s = 1e-7", tolerance=1e-6)
    assert (clusters.responsibilities(x, means, 1.0) - hard).abs().max() > 0.3
    # between two means the limit is one half each, and k-means takes the first
    tie = torch.tensor([[1.5, 0.0]]).double()
    checks.close(clusters.responsibilities(tie, means[:2], 1e-7), torch.tensor([[0.5, 0.5]]), "a tie")
    checks.close(clusters.nearest(tie, means[:2]), torch.tensor([[1.0, 0.0]]), "a tie")


@pytest.mark.parametrize("components", [2, 3, 4])
def test_fewer_points_are_shared_and_the_steps_agree_as_the_variance_falls(components):
    found = [numbers(clusters.draw_clusters(variance, components)) for variance in (10, 1, 0.1, 0.001)]
    shares, apart = zip(*found, strict=True)
    assert list(shares) == sorted(shares, reverse=True)
    assert shares[0] > 90
    assert shares[-1] <= 1
    assert apart[0] > 0.3
    assert apart[-1] <= 0.01


def test_a_component_without_points_stays():
    x, means = torch.zeros(3, 2).double(), torch.tensor([[0.0, 1.0], [9.0, 9.0]]).double()
    checks.close(clusters._moved(x, means, clusters.nearest(x, means)), torch.tensor([[0.0, 0], [9, 9]]), "the means")


def test_each_component_has_its_line():
    figure = clusters.draw_clusters(0.2, 4)
    lines = figure.axes[1].get_lines()[:4]
    assert len({line.get_linestyle() for line in lines}) == 4
    total = sum(torch.as_tensor(line.get_ydata()) for line in lines)
    checks.close(total, torch.ones(701), "the sum of the responsibilities along the line")


def test_borders_are_as_near_to_two_means_as_to_any():
    figure = clusters.draw_clusters(0.2, 4)
    means = torch.tensor([[0.6, 0.6], [2.0, 0.6], [1.6, 3.4], [3.4, 1.6]])
    borders = [part for part in figure.axes[0].collections if hasattr(part, "levels")]
    assert len(borders) == 5  # of six pairs: 1 and 4 do not meet
    for border in borders:
        points = torch.as_tensor(border.get_paths()[0].vertices).float()
        nearest = torch.cdist(points, means).sort(1).values
        checks.close(nearest[:, 0], nearest[:, 1], "the distances", tolerance=0.05)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variance": 0}, "variance: got 0, expected a finite number above 0"),
        ({"variance": -1.0}, "variance: got -1.0, expected a finite number above 0"),
        ({"variance": float("nan")}, "variance: got nan, expected a finite number above 0"),
        ({"variance": "small"}, "variance: got 'small', expected a finite number above 0"),
        ({"components": 1}, "components: got 1, expected a whole number from 2 to 4"),
        ({"components": 5}, "components: got 5, expected a whole number from 2 to 4"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        clusters.draw_clusters(**arguments)


def test_the_controls_reach_the_drawing(monkeypatch):
    seen = {}
    monkeypatch.setattr(clusters, "explorer", lambda draw, **controls: seen.update(draw=draw, controls=controls))
    clusters.explore()
    assert set(seen["controls"]) == {"variance", "components"}
    shown = {name: control.value for name, control in seen["controls"].items()}
    assert numbers(seen["draw"](**shown)) == numbers(clusters.draw_clusters())
    seen["controls"]["variance"].value = 0.001
    assert numbers(seen["draw"](0.001, 3)) != numbers(clusters.draw_clusters())
