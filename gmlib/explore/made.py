"""Explorer of MADE: ordering, hidden units and their numbers, and what becomes of the dependencies."""

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch

from gmlib import _arguments
from gmlib.autoregressive.made import made_masks
from gmlib.explore import explorer

ORDERINGS = {
    "x2, x3, x1 (the lecture's)": (1, 2, 0),
    "x1, x2, x3": (0, 1, 2),
    "x3, x1, x2": (2, 0, 1),
    "x1, x2, x3, x4, x5": (0, 1, 2, 3, 4),
    "x5, x4, x3, x2, x1": (4, 3, 2, 1, 0),
    "x3, x5, x1, x4, x2": (2, 4, 0, 3, 1),
}


def explore():
    """Show the explorer: the network, its masks, and which output sees which input."""
    quick = {"continuous_update": False}
    explorer(
        draw_made,
        ordering=widgets.Dropdown(options=ORDERINGS, description="ordering"),
        width=widgets.IntSlider(4, 1, 8, description="units a layer", **quick),
        depth=widgets.IntSlider(1, 1, 3, description="hidden layers", **quick),
        seed=widgets.IntSlider(0, 0, 20, description="seed", **quick),
    )


def draw_made(ordering=(1, 2, 0), width=4, depth=1, seed=0):
    """The figure of the explorer: the network, its masks, and the dependencies that they leave.

    ordering:     n >= 2 variable indices, first generated first.
    width, depth: hidden units a layer, hidden layers.
    seed:         of the numbers of the hidden units.
    Errors: ValueError for an ordering that is no permutation, counts below 1, fewer than two variables.
    """
    n = len(_arguments.ordering("ordering", list(ordering), len(ordering)))
    _arguments.count("the number of variables", n, low=2)
    width, depth = _arguments.count("width", width), _arguments.count("depth", depth)
    generator = torch.Generator().manual_seed(_arguments.count("seed", seed, low=0))
    degrees = [torch.randint(1, n, (width,), generator=generator) for _ in range(depth)]
    masks = made_masks(list(ordering), degrees)
    figure, axes = plt.subplots(
        1,
        depth + 3,
        figsize=(5.5 + 2 * (depth + 1), 3.4),
        width_ratios=[2.1, *[1.1] * (depth + 1), 1.4],
        layout="constrained",
    )
    place = (torch.argsort(torch.tensor(ordering)) + 1).tolist()
    variables = [f"$x_{{{i + 1}}}$" for i in range(n)]
    numbers = [place, *[layer.tolist() for layer in degrees], place]
    _network(axes[0], masks, numbers)
    ticks = [variables, *[[str(m) for m in layer] for layer in numbers[1:-1]], variables]
    for k, (axis, mask) in enumerate(zip(axes[1:-1], masks, strict=True)):
        _mask(axis, mask, ticks[k + 1], ticks[k])
        axis.set_title(f"mask {k + 1}", fontsize=10)
    _dependencies(axes[-1], masks, place, variables)
    return figure


def _network(axis, masks, numbers):
    """Circles with their numbers, inputs at the bottom, and a line for every connection that is kept."""
    last, widest = len(numbers) - 1, max(len(layer) for layer in numbers)
    at = [[(j - (len(layer) - 1) / 2, k) for j in range(len(layer))] for k, layer in enumerate(numbers)]
    for k, mask in enumerate(masks):
        for i, j in mask.nonzero().tolist():
            axis.plot(*zip(at[k][j], at[k + 1][i], strict=True), color="tab:blue", linewidth=0.8, zorder=1)
    for k, layer in enumerate(numbers):
        for j, number in enumerate(layer):
            axis.scatter(*at[k][j], s=260, color="white", edgecolor="black", zorder=2)
            axis.text(*at[k][j], str(number), ha="center", va="center", fontsize=9, zorder=3)
            if k in (0, last):
                name = f"$x_{{{j + 1}}}$" if k == 0 else rf"$\hat x_{{{j + 1}}}$"
                side = -0.22 if k == 0 else 0.22
                axis.text(at[k][j][0], k + side, name, ha="center", va="top" if k == 0 else "bottom")
    axis.set(xlim=(-widest / 2 - 0.3, widest / 2 + 0.3), ylim=(-0.65, last + 0.65))
    axis.set_title("the network: places and numbers m", fontsize=10)
    axis.set_axis_off()


def _mask(axis, mask, rows, columns):
    axis.imshow(mask.float().numpy(), cmap="Blues", vmin=0, vmax=1.6)
    axis.set_xticks(range(len(columns)), columns, fontsize=9)
    axis.set_yticks(range(len(rows)), rows, fontsize=9)
    axis.set(xlabel="from", ylabel="to")


def _dependencies(axis, masks, place, variables):
    """Blue where a path leads from the input (column) to the output (row), a cross where an allowed link has none."""
    reach = masks[0].float()
    for mask in masks[1:]:
        reach = mask.float() @ reach
    _mask(axis, reach > 0, [name.replace("x_", r"\hat x_") for name in variables], variables)
    missing = 0
    for i in range(len(place)):
        for j in range(len(place)):
            if place[j] < place[i] and reach[i, j] == 0:
                missing += 1
                axis.text(j, i, "×", ha="center", va="center", color="tab:red", fontsize=14)
    lost = "no allowed link lost" if missing == 0 else f"{missing} allowed link{'s' * (missing > 1)} lost (×)"
    axis.set_title(f"who sees whom:\n{lost}", fontsize=10)
    axis.set(xlabel="input", ylabel="output")
