"""Explorer of independent components: turn two mixed signals until each axis sees one of them."""

import math
from functools import lru_cache

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch

from gmlib import _arguments, data
from gmlib.explore import explorer
from gmlib.flows.ica import source_log_prob, whitening

MIX = torch.tensor([[0.8, 0.6], [0.5, -0.9]], dtype=torch.float64)
DENSITIES = {"peaked": math.pi / 2, "flat": math.sqrt(2)}  # factors that give the source densities variance 1
COLOURS = ("#0072B2", "#D55E00")
POINTS = 800


def explore():
    """Show the explorer: an angle, two signals, two densities for the sources."""
    quick = {"continuous_update": False}
    explorer(
        draw_unmixing,
        signals=widgets.Dropdown(options=list(SIGNALS), description="signals"),
        density=widgets.Dropdown(options=list(DENSITIES), description="sources"),
        angle=widgets.IntSlider(40, 0, 180, 2, description="angle", **quick),
    )


def draw_unmixing(signals="two recordings", density="peaked", angle=40):
    """The figure of the explorer: white mixtures with two axes, what each axis sees, the likelihood of every angle.

    signals: a name in SIGNALS. density: of both sources, "peaked" or "flat", with variance 1. angle: of the first axis,
    in degrees from 0 to 180; the second one stands upright on it.
    Errors: ValueError for an unknown name and an angle out of range.
    """
    for name, value, known in (("signals", signals, SIGNALS), ("density", density, DENSITIES)):
        _arguments.choice(name, value, known)
    if not isinstance(angle, (int, float)) or not 0 <= angle <= 180:
        _arguments.fail("angle", _arguments.describe(angle), "a number from 0 to 180")
    y, R = _white(signals), rotation(angle)
    figure, axes = plt.subplot_mosaic("abd;acd", figsize=(10, 3.8), width_ratios=[1.25, 1, 1.25], layout="constrained")
    _cloud(axes["a"], y, R)
    for k, panel in enumerate("bc"):
        _marginal(axes[panel], (y @ R[k]).numpy(), density, k)
    _likelihood(axes["d"], signals, density, angle)
    return figure


def rotation(angle):
    """(2, 2): its rows are the axes at `angle` and at 90 degrees more."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return torch.tensor([[cos, sin], [-sin, cos]], dtype=torch.float64)


def mean_log_prob(y, density, angle):
    """The mean log-density of the white y, (k, 2), under independent sources along the two axes, in nats."""
    width, z = DENSITIES[density], y @ rotation(angle).T
    flat = torch.full((2,), density == "flat")
    return (source_log_prob(width * z, flat) + math.log(width)).sum(1).mean().item()


def _recordings():
    return torch.stack([data.eeg()[:, 0], data.membrane()[7::15]], 1).double()


def _drawn(draw):
    return lambda: draw(POINTS, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


SIGNALS = {"two recordings": _recordings, "two uniforms": _drawn(torch.rand), "two Gaussians": _drawn(torch.randn)}


@lru_cache
def _white(signals):
    """(POINTS, 2): the mixed signals with mean 0 and covariance I."""
    sources = SIGNALS[signals]()
    x = ((sources - sources.mean(0)) / sources.std(0)) @ MIX.T
    K, mean = whitening(x)
    return (x - mean) @ K.T


@lru_cache
def _curve(signals, density):
    return [mean_log_prob(_white(signals), density, angle) for angle in range(181)]


def _cloud(axis, y, R):
    axis.plot(*y.T.numpy(), ".", markersize=3, color="0.55")
    for k, style in enumerate(("-", "--")):
        ends = torch.stack([-4.4 * R[k], 4.4 * R[k]])
        axis.plot(*ends.T.numpy(), style, color=COLOURS[k], label=f"axis {k + 1}")
    axis.set(xlim=(-5, 5), ylim=(-5, 5), aspect="equal", xlabel="white mixture 1", ylabel="white mixture 2")
    axis.set_title("the mixtures, whitened")
    axis.legend(frameon=False, fontsize=8, loc="upper left")


def _marginal(axis, z, density, k):
    line = torch.linspace(-4.5, 4.5, 181, dtype=torch.float64)
    width, flat = DENSITIES[density], torch.tensor([density == "flat"])
    axis.hist(z, bins=45, range=(-4.5, 4.5), density=True, color=COLOURS[k], alpha=0.4)
    source = width * source_log_prob(width * line[:, None], flat).exp()[:, 0]
    axis.plot(line, source, color="black", linewidth=1.2, label=density)
    axis.plot(
        line, (-0.5 * line**2).exp() / math.sqrt(2 * math.pi), ":", color="black", linewidth=1.2, label="Gaussian"
    )
    axis.set(xlim=(-4.5, 4.5), ylim=(0, 0.95), ylabel="density", title=f"what axis {k + 1} sees")
    if k == 0:
        axis.legend(frameon=False, fontsize=8, loc="upper right")
    else:
        axis.set_xlabel("z")


def _likelihood(axis, signals, density, angle):
    """All angles in grey, the one shown as a point; the axis does not move with the angle."""
    curve = _curve(signals, density)
    now = mean_log_prob(_white(signals), density, angle)
    middle, half = (max(curve) + min(curve)) / 2, max(0.05, 0.6 * (max(curve) - min(curve)))
    axis.plot(range(181), curve, color="0.6")
    axis.plot([angle], [now], "o", color="black")
    axis.set(xlim=(0, 180), ylim=(middle - half, middle + half), xticks=range(0, 181, 45))
    axis.set(xlabel="angle of axis 1 (degrees)", ylabel="mean log p / nats", title=f"{now:.3f} nats a sample")
