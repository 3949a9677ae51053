"""Explorer of dequantisation: how wide is the noise, and what do the nats of the density then say of the pixel?"""

import math
from functools import lru_cache

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch

from gmlib import _arguments, data
from gmlib.explore import explorer

WIDTHS = torch.linspace(0.05, 2, 79, dtype=torch.float64)  # in bins; 1.0 is one of them
PLACE = 3 * 8 + 4  # a pixel near the middle of the digits


def explore():
    """Show the explorer: choose a pixel, move the width of the noise."""
    explorer(
        draw_noise,
        pixel=widgets.Dropdown(options=list(PIXELS), description="pixel"),
        width=widgets.FloatSlider(0.5, min=0.05, max=2, step=0.05, description="width"),
    )


def draw_noise(pixel="a pixel of the digits", width=0.5):
    """The figure of the explorer: the density of (x + width u) / levels, and the nats that its entropy gives the pixel.

    pixel: a name in PIXELS. width: of the uniform noise, in bins, from 0.05 to 2.
    Errors: ValueError for an unknown name and a width out of range.
    """
    _arguments.choice("pixel", pixel, PIXELS)
    if not isinstance(width, (int, float)) or not 0.05 <= width <= 2:
        _arguments.fail("width", _arguments.describe(width), "a number from 0.05 to 2")
    probabilities = _probabilities(pixel)
    figure, axes = plt.subplots(1, 2, figsize=(9.6, 3.6), width_ratios=[1.3, 1], layout="constrained")
    _density(axes[0], probabilities, width)
    _cost(axes[1], pixel, probabilities, width)
    return figure


def smoothed(probabilities, width):
    """The density of t = x + width u as steps: the edges, (m + 1,), and the height between two of them, (m,).

    probabilities: (levels,) of x = 0, 1, ... u: uniform on [0, 1).
    """
    starts = torch.arange(len(probabilities), dtype=torch.float64)
    edges = torch.cat([starts, starts + width]).sort().values
    middle = (edges[1:] + edges[:-1]) / 2
    over = (starts <= middle[:, None]) & (middle[:, None] < starts + width)
    return edges, over.double() @ probabilities / width


def cost(probabilities, width):
    """-E log p(y) + log levels in nats, where p is the density of y = (x + width u) / levels itself: its best model."""
    edges, height = smoothed(probabilities, width)
    mass = edges.diff() * height
    return -(mass * torch.where(mass > 0, height, 1).log()).sum().item()


def gaussian_cost(probabilities, width):
    """The same for the best Gaussian, which has the mean and the variance of y."""
    x = torch.arange(len(probabilities), dtype=torch.float64)
    mean = (probabilities * x).sum()
    variance = (probabilities * (x - mean) ** 2).sum().item() + width**2 / 12
    return 0.5 * math.log(2 * math.pi * math.e * variance)


def entropy(probabilities):
    """H(x) in nats: what no honest code of the pixel goes below."""
    return -(probabilities * torch.where(probabilities > 0, probabilities, 1).log()).sum().item()


def misread(width):
    """The share of noisy pixels that floor puts into another level: those whose noise is a bin or more."""
    return max(0.0, 1 - 1 / width)


def _digits_pixel():
    return torch.bincount(data.digits(levels=17).train.x[:, PLACE], minlength=17)


PIXELS = {
    "a pixel of the digits": _digits_pixel,
    "black or white": lambda: torch.tensor([3, 1]),
    "four levels": lambda: torch.tensor([4, 2, 1, 1]),
}


@lru_cache
def _probabilities(pixel):
    counts = PIXELS[pixel]().double()
    return counts / counts.sum()


@lru_cache
def _curves(pixel):
    probabilities = _probabilities(pixel)
    return [[price(probabilities, width) for width in WIDTHS.tolist()] for price in (cost, gaussian_cost)]


def _density(axis, probabilities, width):
    levels = len(probabilities)
    edges, height = smoothed(probabilities, width)
    axis.stairs(levels * height, edges / levels, fill=True, color="#56B4E9")
    for edge in range(levels + 1):
        axis.axvline(edge / levels, color="0.7", linewidth=0.6, zorder=0)
    axis.set(xlim=(-0.03, (levels + 1) / levels + 0.03), xlabel="y = (x + width u) / levels", ylabel="density")
    wrong = misread(width)
    axis.set_title(f"width {width:.2f}; {f'{100 * wrong:.0f}%' if wrong else 'none'} misread by floor", fontsize=10)


def _cost(axis, pixel, probabilities, width):
    best, gaussian = _curves(pixel)
    exact, found = entropy(probabilities), cost(probabilities, width)
    axis.axhspan(min(best) - 1, exact, color="0.9", label="below the entropy of x")
    axis.plot(WIDTHS, best, color="#0072B2", label="density of y")
    axis.plot(WIDTHS, gaussian, "--", color="#D55E00", label="best Gaussian")
    axis.plot(width, found, "o", color="black")
    axis.axvline(1, color="0.5", linewidth=0.8, linestyle=":")
    axis.set(xlim=(0, 2.05), ylim=(min(best) - 0.2, max(best + gaussian) + 0.2), xlabel="width of the noise (bins)")
    axis.set(ylabel="reported nats of the pixel")
    axis.set_title(f"reported {found:.2f} nats, entropy {exact:.2f}", fontsize=10)
    axis.legend(fontsize=8, loc="lower right")
