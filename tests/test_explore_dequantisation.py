"""The explorer of dequantisation: its density is that of noisy levels, its nats are exact, its figure shows both."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from gmlib import checks, data, device
from gmlib.explore import dequantisation as shown_noise

WIDTHS = pytest.mark.parametrize("width", [0.05, 0.5, 1.0, 1.35, 2.0])


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("pixel", shown_noise.PIXELS)
@WIDTHS
def test_the_density_is_that_of_noisy_levels(pixel, width):
    p, k = shown_noise._probabilities(pixel), 20_000
    edges, height = shown_noise.smoothed(p, width)
    mass = height * edges.diff()
    assert abs(mass.sum().item() - 1) < 1e-12
    generator = device.generator(0)
    x = torch.multinomial(p, k, replacement=True, generator=generator)
    t = x + width * torch.rand(k, generator=generator, dtype=torch.float64)
    cumulative = np.concatenate([[0], mass.cumsum(0).numpy()])
    checks.draws_from(t, lambda t: torch.from_numpy(np.interp(t.numpy(), edges.numpy(), cumulative)))
    misread = (t.floor() != x).double().mean().item()
    assert abs(misread - shown_noise.misread(width)) < 6 * 0.5 / k**0.5


@pytest.mark.parametrize("pixel", shown_noise.PIXELS)
def test_only_the_width_of_a_bin_gives_the_entropy(pixel):
    p = shown_noise._probabilities(pixel)
    exact = shown_noise.entropy(p)
    assert abs(shown_noise.cost(p, 1.0) - exact) < 1e-12
    for width in (0.05, 0.3, 0.95):  # bins that do not touch: the density is higher by 1 / width
        assert abs(shown_noise.cost(p, width) - exact - math.log(width)) < 1e-12
    assert shown_noise.cost(p, 1.5) > exact
    for width in (0.05, 0.5, 1.0, 2.0):
        assert shown_noise.gaussian_cost(p, width) > shown_noise.cost(p, width)


def test_the_gaussian_is_the_best_one_by_moments():
    p = torch.tensor([0.75, 0.25], dtype=torch.float64)
    edges, height = shown_noise.smoothed(p, 0.6)
    t = torch.linspace(0, 1.6, 160_001, dtype=torch.float64)
    density = height[(torch.bucketize(t, edges, right=True) - 1).clamp(0, len(height) - 1)]
    mean = torch.trapezoid(density * t, t)
    variance = torch.trapezoid(density * (t - mean) ** 2, t).item()
    found = shown_noise.gaussian_cost(p, 0.6)
    assert abs(found - 0.5 * math.log(2 * math.pi * math.e * variance)) < 1e-3


def test_the_pixel_is_one_of_the_digits():
    counts = torch.bincount(data.digits(17).train.x[:, shown_noise.PLACE], minlength=17)
    assert (shown_noise._probabilities("a pixel of the digits") * counts.sum() - counts).abs().max() < 1e-9
    assert (counts > 0).all()


@pytest.mark.parametrize("pixel", shown_noise.PIXELS)
@WIDTHS
def test_the_figure_shows_this_density_and_these_nats(pixel, width):
    figure = shown_noise.draw_noise(pixel, width)
    left, right = figure.axes
    steps = next(patch for patch in left.patches if hasattr(patch, "get_data")).get_data()
    assert abs((np.diff(steps.edges) * steps.values).sum() - 1) < 1e-9
    p = shown_noise._probabilities(pixel)
    marker = next(line for line in right.lines if line.get_marker() == "o")
    assert marker.get_xydata().tolist() == [[width, shown_noise.cost(p, width)]]
    assert right.get_title() == f"reported {shown_noise.cost(p, width):.2f} nats, entropy {shown_noise.entropy(p):.2f}"
    share = shown_noise.misread(width)
    assert left.get_title().endswith("none misread by floor" if width <= 1 else f"{100 * share:.0f}% misread by floor")
    low, high = right.get_ylim()
    assert all(low < value < high for line in right.lines[:2] for value in line.get_ydata())


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pixel": "grey"}, "pixel: got 'grey', expected 'a pixel of the digits' or 'black or white' or 'four levels'"),
        ({"pixel": ["four levels"]}, "pixel: got .* expected 'a pixel of the digits'"),
        ({"width": math.nan}, "width: got nan, expected a number from 0.05 to 2"),
        ({"width": 0}, "width: got 0, expected a number from 0.05 to 2"),
        ({"width": 2.5}, "width: got 2.5, expected a number from 0.05 to 2"),
        ({"width": "one"}, "width: got 'one', expected a number from 0.05 to 2"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        shown_noise.draw_noise(**arguments)


def test_the_explorer_moves_the_width(shown):
    shown_noise.explore()
    pixel, width = shown.displayed[0].children
    assert [pixel.description, width.description] == ["pixel", "width"]
    before = shown.displayed[1].data
    width.value = 1.0
    assert len(shown.updated) == 1
    assert shown.updated[0].data != before
    pixel.value = "four levels"
    assert len(shown.updated) == 2
