"""The explorer of a push-forward moves mass and loses none: each colour keeps its area, whatever the curve."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from gmlib import checks
from gmlib.explore import push_forward

CURVES = {
    "parabola": push_forward.PARABOLA,
    "straight": (0.0, 0.25, 0.5, 0.75, 1.0),
    "falling": (1.0, 0.75, 0.5, 0.25, 0.0),
    "folded": (1.0, 0.25, 0.0, 0.25, 1.0),
    "flat at the top": (0.0, 0.5, 1.0, 1.0, 1.0),
    "all in one place": (0.5,) * 5,
}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("heights", CURVES.values(), ids=CURVES)
@pytest.mark.parametrize("slices", [1, 7, 8, 12])
def test_each_slice_keeps_its_mass(heights, slices):
    mass = push_forward.masses(heights, slices)
    assert mass.shape == (slices, push_forward.BINS)
    assert mass.min() >= 0
    checks.close(mass.sum(1), torch.full((slices,), 1 / slices, dtype=torch.float64), "the mass of a slice")


@pytest.mark.parametrize("name", ["straight", "falling"])
def test_a_straight_map_keeps_the_density_flat(name):
    mass = push_forward.masses(CURVES[name], 8).sum(0)
    checks.close(mass, torch.full((100,), 0.01, dtype=torch.float64), "the mass of a bin", tolerance=1e-7)


@pytest.mark.parametrize("name", ["parabola", "folded", "flat at the top"])
def test_the_masses_are_those_of_draws(name):
    u = torch.rand(400_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    counts = torch.histc(push_forward.curve(CURVES[name], u), bins=10, min=0, max=1 + 1e-6)
    mass = push_forward.masses(CURVES[name], 5).sum(0).reshape(10, 10).sum(1)
    # a share's standard error is at most 0.5 / sqrt(400000) = 8e-4: six of them
    checks.close(counts / len(u), mass, "the mass of ten bins", tolerance=5e-3)


def test_a_fold_puts_two_slices_in_the_same_place_and_a_rising_map_does_not():
    for name, most in [("folded", 2), ("parabola", 1)]:
        owners = (push_forward.masses(CURVES[name], 4, bins=4000) > 1e-6).sum(0)
        assert owners.median() == most, name


def test_the_curve_passes_through_its_heights_and_turns_only_where_they_do():
    generator = torch.Generator().manual_seed(1)
    z = torch.linspace(0, 1, 401, dtype=torch.float64)
    for _ in range(20):
        heights = torch.rand(5, generator=generator).sort().values
        x = push_forward.curve(heights.tolist(), z)
        checks.close(x[::100], heights, "the heights")
        assert x.diff().min() >= 0
    x = push_forward.curve(CURVES["parabola"], z)
    checks.close(x, z**2, "the parabola, nearly", tolerance=0.01)


@pytest.mark.parametrize("heights", CURVES.values(), ids=CURVES)
def test_the_colours_have_the_same_area_on_both_sides(heights):
    figure = push_forward.draw_push_forward(*heights, slices=5)
    density, uniform = figure.axes[1], figure.axes[2]
    for k, (patch, bar) in enumerate(zip(density.patches[:5], uniform.patches, strict=True)):
        values, edges, baseline = patch.get_data()
        area = ((values - baseline) * np.diff(edges)).sum()
        assert area == pytest.approx(0.2)
        assert bar.get_width() * bar.get_height() == pytest.approx(0.2)
        assert patch.get_facecolor() == bar.get_facecolor(), k


def test_a_peak_beyond_the_axis_is_said():
    low = push_forward.draw_push_forward(*CURVES["straight"]).axes[3].texts[0].get_text()
    assert low == "Each colour has the area 1/8\nin both pictures of a density."
    high = push_forward.draw_push_forward(*CURVES["all in one place"]).axes[3].texts[0].get_text()
    assert high.endswith("A bin of width 0.01 reaches 100.0, beyond the axis.")


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"f2": 1.5}, "f2: got 1.5, expected a number from 0 to 1"),
        ({"f4": float("nan")}, "f4: got nan, expected a number from 0 to 1"),
        ({"slices": 13}, "slices: got 13, expected a whole number from 1 to 12"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        push_forward.draw_push_forward(**arguments)


def test_the_explorer_has_a_slider_a_height_and_redraws(shown):
    push_forward.explore()
    controls = shown.displayed[0].children
    assert [control.description for control in controls] == [*push_forward.NAMES, "slices"]
    assert [control.value for control in controls] == [*push_forward.PARABOLA, 8]
    controls[1].value = 0.5
    assert len(shown.updated) == 1
    assert shown.updated[0].data != shown.displayed[1].data
