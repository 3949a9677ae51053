"""Explorer of a push-forward: a curve bends the uniform distribution into a density, and each colour keeps its area."""

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import torch
from jaxtyping import Float
from scipy.interpolate import PchipInterpolator
from torch import Tensor

from gmlib import _arguments
from gmlib.explore import explorer

BINS, PIECES, REACH = 100, 960, 4.0  # of x, of the curve, of the axis of the density
PARABOLA = (0.0, 1 / 16, 1 / 4, 9 / 16, 1.0)
NAMES = ("f(0)", "f(1/4)", "f(1/2)", "f(3/4)", "f(1)")


def explore():
    """Show the explorer: five heights of the map f, and the density of x = f(z) for z uniform on (0, 1)."""
    quick = {"min": 0.0, "max": 1.0, "step": 1 / 16, "readout_format": ".2f", "continuous_update": False}
    sliders = {
        f"f{k}": widgets.FloatSlider(height, description=name, **quick)
        for k, (height, name) in enumerate(zip(PARABOLA, NAMES, strict=True))
    }
    slices = widgets.IntSlider(8, 1, 12, description="slices", continuous_update=False)
    explorer(draw_push_forward, **sliders, slices=slices)


def curve(heights, z: Float[Tensor, "points"]) -> Float[Tensor, "points"]:
    """x = f(z), the smooth curve through the heights at z = 0, 1/4, 1/2, 3/4, 1; it turns only where they turn.

    heights: five numbers from 0 to 1. z: from 0 to 1. Source: Fritsch and Butland (1984), as in scipy.
    """
    through = PchipInterpolator(np.linspace(0, 1, len(heights)), np.asarray(heights, dtype=float))
    return torch.from_numpy(through(z.numpy()))


def masses(heights, slices, bins=BINS) -> Float[Tensor, "slices bins"]:
    """How much of each slice of z lands in each bin of x = f(z), z uniform on (0, 1), x from 0 to 1.

    The curve is taken as a chain of straight pieces. A piece of z keeps its mass and spreads it evenly over its image,
    one that is flat leaves all of it in one place: so each row sums to 1 / slices, whatever the curve.
    """
    pieces = slices * (PIECES // slices)
    x = curve(heights, torch.linspace(0, 1, pieces + 1, dtype=torch.float64))
    low, high = torch.minimum(x[:-1], x[1:]), torch.maximum(x[:-1], x[1:])
    high = torch.maximum(high, low + 1e-9)
    edges = torch.linspace(0, 1, bins + 1, dtype=torch.float64)
    edges[-1] += 1e-6  # a flat piece at the very top is inside
    below = ((edges - low[:, None]) / (high - low)[:, None]).clamp(0, 1)  # share of each piece below each edge
    return below.diff(dim=1).reshape(slices, -1, bins).sum(1) / pieces


def draw_push_forward(f0=PARABOLA[0], f1=PARABOLA[1], f2=PARABOLA[2], f3=PARABOLA[3], f4=PARABOLA[4], slices=8):
    """The figure of the explorer: the uniform distribution of z, the map x = f(z), and the density of x on its side.

    f0 to f4: the heights of f at z = 0, 1/4, 1/2, 3/4, 1, from 0 to 1. slices: of equal mass, from 1 to 12.
    Errors: ValueError for a height or a number of slices out of range.
    """
    heights = [f0, f1, f2, f3, f4]
    for k, height in enumerate(heights):
        if not isinstance(height, (int, float)) or not 0 <= height <= 1:
            _arguments.fail(f"f{k}", _arguments.describe(height), "a number from 0 to 1")
    slices = _arguments.count("slices", slices, high=12)
    figure, axes = plt.subplot_mosaic(
        [["map", "x"], ["z", "note"]],
        figsize=(8.4, 5.2),
        width_ratios=[1.1, 1],
        height_ratios=[3, 1],
        layout="constrained",
    )
    colours = plt.get_cmap("viridis")(np.linspace(0.05, 0.95, slices))
    _map(axes["map"], heights, colours)
    peak = _density(axes["x"], masses(heights, slices), colours)
    for k, colour in enumerate(colours):
        axes["z"].bar((k + 0.5) / slices, 1, width=1 / slices, color=colour, edgecolor="white")
    axes["z"].set(xlim=(0, 1), ylim=(0, 1.3), xlabel="z", ylabel="density of z")
    axes["note"].set_axis_off()
    lines = [f"Each colour has the area 1/{slices}", "in both pictures of a density."]
    if peak > REACH:
        lines.append(f"A bin of width {1 / BINS:g} reaches {peak:.1f}, beyond the axis.")
    axes["note"].text(0, 0.5, "\n".join(lines), va="center")
    return figure


def _map(axis, heights, colours):
    """The curve, and under each slice of z its colour: up to the curve, then across to the density."""
    slices = len(colours)
    for k, colour in enumerate(colours):
        z = torch.linspace(k / slices, (k + 1) / slices, 60, dtype=torch.float64)
        x = curve(heights, z)
        axis.fill_between(z, 0, x, color=colour, alpha=0.35, linewidth=0)
        axis.plot(z, x, color=colour, linewidth=4)
        axis.hlines(x[-1], z[-1], 1, color="0.75", linewidth=0.7, zorder=0)
    axis.plot(np.linspace(0, 1, len(heights)), heights, "o", color="black", markersize=4)
    axis.set(xlim=(0, 1), ylim=(-0.02, 1.02), ylabel="x = f(z)", title="the map")


def _density(axis, mass, colours):
    """The density of x, drawn sideways: the slices stacked in their colours. Returns its largest value."""
    edges, base = np.linspace(0, 1, BINS + 1), np.zeros(BINS)
    for part, colour in zip(mass.numpy() * BINS, colours, strict=True):
        axis.stairs(base + part, edges, baseline=base, orientation="horizontal", fill=True, color=colour)
        base = base + part
    axis.stairs(base, edges, orientation="horizontal", color="black", linewidth=0.8)
    axis.set(xlim=(0, REACH), ylim=(-0.02, 1.02), xlabel="density of x", title="where the mass went")
    return base.max()
