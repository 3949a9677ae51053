"""Explorer of a planar map: a grid that it bends, its determinant as colour, and what becomes of a Gaussian."""

import math

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.colors import ListedColormap

from gmlib import _arguments
from gmlib.explore import explorer
from gmlib.flows.flow import standard_normal_log_prob
from gmlib.flows.planar import Planar

REACH, SQUARES = 3.0, 48  # the grid of the left panel
FINE, BINS, WIDTH = 600, 90, 4.5  # the points and the bins of the right panel, and half its width, at least
DARK = 0.22  # the density of the darkest colour; the peak of a standard Gaussian has .16
FOLDED = "#D55E00"


def explore():
    """Show the explorer: w by its angle and length, u by its parts along and across w, b, and the constraint."""
    quick = {"continuous_update": False}

    def slider(value, low, high, step, name):
        return widgets.FloatSlider(value, min=low, max=high, step=step, description=name, **quick)

    explorer(
        draw_planar,
        angle=widgets.IntSlider(30, 0, 180, 5, description="angle of w", **quick),
        length=slider(2.0, 0.5, 5, 0.5, "|w|"),
        along=slider(4.0, -8, 8, 0.5, "w.u"),
        across=slider(0.5, -2, 2, 0.25, "u across"),
        b=slider(0.0, -4, 4, 0.5, "b"),
        constrained=widgets.Checkbox(True, description="keep it invertible"),
    )


def planar_map(angle, length, along, across, b, constrained=True):
    """(map, w, u): the map takes (batch, 2) of float64 to the moved points and the determinant, with its sign.

    u is what moves the points: u_hat where the constraint is on.
    """
    turn = math.radians(angle)
    w = length * torch.tensor([math.cos(turn), math.sin(turn)], dtype=torch.float64)
    side = torch.tensor([-math.sin(turn), math.cos(turn)], dtype=torch.float64)
    layer = Planar(2, torch.Generator()).double()  # its own weights are not used
    u = along * w / length**2 + across * side
    layer.load_state_dict({"u": u, "w": w, "b": torch.tensor(float(b), dtype=torch.float64)})
    u = layer.u_hat().detach() if constrained else u

    def move(z):
        h = torch.tanh(z @ w + b)
        return z + h[:, None] * u, 1 + (1 - h**2) * (w @ u)

    return move, w, u


def pushed_density(move, half=WIDTH):
    """(BINS, BINS): the density, first axis x_2, of move(z) for z ~ N(0, I): where it folds, all sheets count.

    half: the square goes from -half to half.
    """
    line = torch.linspace(-WIDTH, WIDTH, FINE, dtype=torch.float64)
    z = torch.cartesian_prod(line, line)
    x = move(z)[0].numpy()
    weights = standard_normal_log_prob(z).exp().numpy() * (line[1] - line[0]).item() ** 2
    edges = np.linspace(-half, half, BINS + 1)
    mass = np.histogram2d(x[:, 1], x[:, 0], bins=(edges, edges), weights=weights)[0]
    return mass / (2 * half / BINS) ** 2


def draw_planar(angle=30, length=2.0, along=4.0, across=0.5, b=0.0, constrained=True):
    """The figure of the explorer: a bent grid whose colour is the determinant, and a Gaussian pushed through the map.

    angle: of w, in degrees. length: of w, above 0. along: w.u. across: the length of the part of u across w.
    b: a number. constrained: whether u_hat takes the place of u.
    Errors: ValueError for a length that is not above 0 and for what is no finite number.
    """
    for name, value in {"angle": angle, "length": length, "along": along, "across": across, "b": b}.items():
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            _arguments.fail(name, _arguments.describe(value), "a finite number")
    if length <= 0:
        _arguments.fail("length", _arguments.describe(length), "a number above 0")
    move, w, u = planar_map(angle, length, along, across, b, constrained)
    figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.4), layout="constrained", sharey=True)
    _grid(axes[0], move)
    lowest = min(1.0, 1 + (w @ u).item())  # where w.z = -b, which may lie beyond the grid; 1 is far away
    half = max(WIDTH, 2.5 + u.abs().max().item())  # nothing moves by more than u: it stays in sight
    _density(axes[1], move, w, b, half)
    name = r"$w \cdot \hat u$" if constrained else r"$w \cdot u$"
    word = "it folds" if lowest < 0 else "invertible"
    axes[0].set_title(f"{name} = {(w @ u).item():.2f}, lowest determinant {lowest:.2f}: {word}", fontsize=10)
    axes[1].set_title("where a standard Gaussian goes (darker: denser)", fontsize=10)
    for axis in axes:
        axis.set(xlim=(-half, half), ylim=(-half, half), aspect="equal", xlabel="$z'_1$")
    axes[0].set_ylabel("$z'_2$")
    return figure


def _grid(axis, move):
    """Squares of z where they went, coloured by the determinant."""
    line = torch.linspace(-REACH, REACH, SQUARES + 1, dtype=torch.float64)
    corners = torch.cartesian_prod(line, line)
    middle = (line[1:] + line[:-1]) / 2
    x = move(corners)[0].reshape(SQUARES + 1, SQUARES + 1, 2).numpy()
    determinant = move(torch.cartesian_prod(middle, middle))[1].reshape(SQUARES, SQUARES)
    colours = plt.get_cmap("cividis")
    shown = np.ma.masked_where(determinant.numpy() <= 0, determinant.clamp(min=1e-9).log2().numpy())
    mesh = axis.pcolormesh(x[..., 0], x[..., 1], shown, cmap=colours, vmin=-3, vmax=3, rasterized=True)
    if bool((determinant <= 0).any()):
        folded = np.ma.masked_where(determinant.numpy() > 0, np.ones((SQUARES, SQUARES)))
        axis.pcolormesh(x[..., 0], x[..., 1], folded, cmap=ListedColormap([FOLDED]), alpha=0.75)
        axis.plot([], [], "s", color=FOLDED, label="determinant below 0: turned over")
        axis.legend(loc="upper left", fontsize=8)
    for k in range(0, SQUARES + 1, 6):
        for one in (x[k], x[:, k]):
            axis.plot(*one.T, color="white", linewidth=0.9)
    bar = axis.figure.colorbar(mesh, ax=axis, shrink=0.85, ticks=[-3, -2, -1, 0, 1, 2, 3])
    bar.ax.set_yticklabels(["1/8", "1/4", "1/2", "1", "2", "4", "8"])
    bar.set_label("determinant")


def _density(axis, move, w, b, half):
    """The pushed Gaussian, and where the plane w.z + b = 0, the middle of the bend, went: it stays where it is."""
    density = pushed_density(move, half)
    axis.imshow(
        density,
        origin="lower",
        extent=(-half, half, -half, half),
        cmap="Blues",
        vmin=0,
        vmax=DARK,
        interpolation="bilinear",
    )
    foot, along = -b * w / (w @ w), torch.stack([-w[1], w[0]]) / w.norm()
    ends = torch.stack([foot - 40 * along, foot + 40 * along])
    axis.plot(*ends.T.numpy(), "--", color="black", linewidth=0.9, label=r"$w \cdot z + b = 0$: does not move")
    axis.legend(loc="upper left", fontsize=8)
