"""The explorer of ICA draws the likelihood of each angle, highest where each axis sees one signal."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from gmlib import checks
from gmlib.explore import unmixing


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("signals", unmixing.SIGNALS)
def test_the_mixtures_are_white(signals):
    y = unmixing._white(signals)
    assert y.shape == (unmixing.POINTS, 2)
    checks.close(y.mean(0), torch.zeros(2, dtype=torch.float64), "the mean")
    checks.close(y.T @ y / len(y), torch.eye(2, dtype=torch.float64), "the covariance")


@pytest.mark.parametrize("density", unmixing.DENSITIES)
def test_source_densities_have_area_and_variance_one(density):
    line = torch.linspace(-30, 30, 20001, dtype=torch.float64)
    width, flat = unmixing.DENSITIES[density], torch.tensor([density == "flat"])
    p = width * unmixing.source_log_prob(width * line[:, None], flat).exp()[:, 0]
    assert abs(torch.trapezoid(p, line) - 1) < 1e-6
    assert abs(torch.trapezoid(p * line**2, line) - 1) < 1e-6


@pytest.mark.parametrize(("signals", "density"), [("two recordings", "peaked"), ("two uniforms", "flat")])
def test_the_best_angle_unmixes(signals, density):
    curve = unmixing._curve(signals, density)
    best = int(np.argmax(curve[:90]))
    assert curve[best] == pytest.approx(curve[best + 90], abs=1e-9)  # a quarter turn swaps the axes
    z = unmixing._white(signals) @ unmixing.rotation(best).T
    sources = unmixing.SIGNALS[signals]()
    across = np.abs(np.corrcoef(torch.cat([sources, z], 1).T.numpy())[:2, 2:])
    assert across.max(1).min() > 0.99
    assert across.min(1).max() < 0.1


def test_the_wrong_density_prefers_mixtures_and_gaussians_prefer_nothing():
    right, wrong = (unmixing._curve("two uniforms", density) for density in ("flat", "peaked"))
    assert abs((np.argmax(right[:90]) - np.argmin(wrong[:90]) + 45) % 90 - 45) <= 5
    plain = unmixing._curve("two Gaussians", "peaked")
    assert max(plain) - min(plain) < 0.02 < max(right) - min(right)


@pytest.mark.parametrize("angle", [0, 20, 180])
def test_the_figure_shows_what_it_says(angle):
    figure = unmixing.draw_unmixing(angle=angle)
    cloud, first, likelihood, second = figure.axes
    y, R = unmixing._white("two recordings"), unmixing.rotation(angle)
    np.testing.assert_allclose(np.stack(cloud.lines[0].get_data(), 1), y.numpy())
    for k, line in enumerate(cloud.lines[1:]):
        np.testing.assert_allclose(line.get_xydata()[1] / 4.4, R[k].numpy(), atol=1e-12)
    for axis, row in ((first, R[0]), (second, R[1])):
        heights = np.histogram((y @ row).numpy(), 45, (-4.5, 4.5), density=True)[0]
        np.testing.assert_allclose([patch.get_height() for patch in axis.patches], heights, atol=1e-9)
    x, value = likelihood.lines[1].get_xydata()[0]
    assert x == angle
    assert value == pytest.approx(unmixing._curve("two recordings", "peaked")[angle])
    assert f"{value:.3f} nats" in likelihood.get_title()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"signals": "radio"}, "signals: got 'radio', expected 'two recordings' or 'two uniforms' or 'two Gaussians'"),
        ({"density": "round"}, "density: got 'round', expected 'peaked' or 'flat'"),
        ({"angle": 181}, "angle: got 181, expected a number from 0 to 180"),
        ({"angle": "up"}, "angle: got 'up', expected a number from 0 to 180"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        unmixing.draw_unmixing(**arguments)


def test_the_explorer_redraws(shown):
    unmixing.explore()
    controls = shown.displayed[0].children
    assert [control.description for control in controls] == ["signals", "sources", "angle"]
    controls[2].value = 60
    controls[0].value = "two Gaussians"
    assert len(shown.updated) == 2
    assert shown.updated[0].data != shown.updated[1].data
