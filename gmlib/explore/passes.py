"""Explorer of passes: sampling and density of MAF against IAF, dimension by dimension, with a counter."""

from functools import lru_cache

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch
from IPython.display import display
from matplotlib.collections import LineCollection

from gmlib import _arguments
from gmlib.explore import explorer

LARGEST = 8
TASKS = (("MAF", "density"), ("MAF", "sampling"), ("IAF", "density"), ("IAF", "sampling"))


def explore():
    """Show the explorer: passes done, how many variables, how many layers; what is known, and what it cost."""
    step = widgets.IntSlider(2, 0, LARGEST, description="passes done")
    run = widgets.Play(value=2, min=0, max=LARGEST, interval=900, show_repeat=False, description="run")
    widgets.link((run, "value"), (step, "value"))
    quick = {"continuous_update": False}
    n = widgets.IntSlider(5, 2, LARGEST, description="variables n", **quick)
    layers = widgets.IntSlider(1, 1, 5, description="layers K", **quick)
    display(run)
    explorer(draw_passes, step=step, n=n, layers=layers)


def draw_passes(step=2, n=5, layers=1):
    """The figure of the explorer: z and x of one layer after `step` passes, for each of the four tasks, and the totals.

    A pass is one run of the layer's network, on all variables at once. An entry that is known shows its number. Lines
    lead to what the last pass found: a thick one from its partner, thin ones from what its a_i and b_i looked at.

    step:   passes done; a task that needs fewer stands at its end. n: variables. layers: for the totals alone.
    Errors: ValueError for a step that is not from 0 to 8, n not from 2 to 8, layers not from 1 to 5.
    """
    step = _arguments.count("step", step, low=0, high=LARGEST)
    n = _arguments.count("n", n, low=2, high=LARGEST)
    layers = _arguments.count("layers", layers, high=5)
    figure = plt.figure(figsize=(10.4, 4.8), layout="constrained")
    axes = figure.subplot_mosaic([["a", "b", "e"], ["c", "d", "e"]], width_ratios=[1, 1, 0.62])
    for name, (flow, task) in zip("abcd", TASKS, strict=True):
        states = _walk(flow, task, n)
        _boxes(axes[name], flow, task, states, min(step, len(states) - 1))
    _totals(axes["e"], n, layers)
    return figure


def _conditioner(n):
    """(a, log b), each entry from those before it: any fixed, strictly triangular map will do."""
    generator = torch.Generator().manual_seed(n)
    below = torch.randn(2, n, n, generator=generator, dtype=torch.float64).tril(-1)
    own = torch.randn(2, n, generator=generator, dtype=torch.float64)
    return lambda v: (torch.tanh(v @ below[0].T + own[0]), 0.7 * torch.tanh(v @ below[1].T + own[1]))


@lru_cache
def _walk(flow, task, n):
    """The passes of one task, really made: [(z, x) after 0 passes, after 1, ...], NaN where an entry is not known.

    x_i = a_i + b_i z_i, where a_i and b_i look at x_<i in MAF and at z_<i in IAF.
    """
    network, source = _conditioner(n), torch.Generator().manual_seed(100 + n)
    start = torch.randn(n, generator=source, dtype=torch.float64)
    sampling, unknown = task == "sampling", torch.full((n,), torch.nan, dtype=torch.float64)
    z, x = (start, unknown) if sampling else (unknown, start)
    states = [(z, x)]
    while bool((z + x).isnan().any()):
        a, log_b = network((x if flow == "MAF" else z).nan_to_num())
        seen = (~(x if flow == "MAF" else z).isnan()).sum()
        ready = torch.arange(n) <= seen  # all that stands before these entries is known
        if sampling:
            x = torch.where(ready, a + log_b.exp() * z, unknown)
        else:
            z = torch.where(ready, (x - a) * (-log_b).exp(), unknown)
        states.append((z, x))
    return states


def _boxes(axis, flow, task, states, step):
    """A row of boxes for z, one for x, and lines to what the last pass found."""
    z, x = states[step]
    before = states[max(step - 1, 0)]
    n, top = len(z), {"z": 0.0, "x": 1.5}
    for name, values, old in (("z", z, before[0]), ("x", x, before[1])):
        for i in range(n):
            known, new = not values[i].isnan(), bool(old[i].isnan() and not values[i].isnan())
            box = plt.Rectangle(
                (i - 0.4, top[name] - 0.3),
                0.8,
                0.6,
                facecolor="#FFE0A0" if new else "#CFE3F5" if known else "white",
                edgecolor="black",
                linewidth=2.2 if new else 0.8,
                linestyle="-" if known else ":",
                zorder=3,
            )
            axis.add_patch(box)
            text = f"{values[i]:.1f}".replace("-0.0", "0.0") if known else "?"
            axis.text(i, top[name], text, ha="center", va="center", fontsize=9, zorder=4)
            side = top[name] + (0.48 if name == "x" else -0.5)
            axis.text(i, side, f"${name}_{{{i + 1}}}$", ha="center", va="center", fontsize=9)
            if new:
                _arrows(axis, flow, name, i, top)
    need = len(states) - 1
    axis.set_title(f"{flow}, {task}: {step} of {need} pass{'es' * (need > 1)}", fontsize=10)
    axis.set(xlim=(-0.7, n - 0.3), ylim=(-0.8, 2.3))
    axis.set_axis_off()


def _arrows(axis, flow, name, i, top):
    """An arrow from the partner of entry i; thin lines from all entries that its a_i and b_i look at."""
    other = "z" if name == "x" else "x"
    end = top[name] + (-0.3 if name == "x" else 0.3)
    start = top[other] + (0.3 if other == "z" else -0.3)
    style = {"arrowstyle": "-|>", "color": "0.35", "shrinkA": 2, "shrinkB": 2}
    axis.annotate("", xy=(i, end), xytext=(i, start), arrowprops=style | {"linewidth": 1.8}, zorder=2)
    if name != ("x" if flow == "MAF" else "z"):
        lines = [[(j, start), (i - 0.15, end)] for j in range(i)]
        axis.add_collection(LineCollection(lines, colors="0.35", linewidths=0.8, zorder=1))
        return
    bend = {"connectionstyle": f"arc3,rad={0.3 if name == 'x' else -0.3}", "linewidth": 0.8}
    for j in range(i):  # along the row
        axis.annotate("", xy=(i - 0.2, end), xytext=(j + 0.1, end), arrowprops=style | bend, zorder=1)


def passes_needed(flow, task, n, layers):
    """Passes through a network that a task takes with K layers, of which each runs one network, by plain evaluation.

    density: of data that came from elsewhere; the density of a flow's own samples costs IAF nothing more.
    """
    return layers * (len(_walk(flow, task, n)) - 1)


def _totals(axis, n, layers):
    counts = [passes_needed(flow, task, n, layers) for flow, task in TASKS]
    names = [f"{flow},\n{task}" for flow, task in TASKS]
    bars = axis.barh(names, counts, color=["#CFE3F5", "#0072B2"] * 2, edgecolor="black", linewidth=0.8)
    axis.bar_label(bars, padding=3, fontsize=9)
    axis.invert_yaxis()
    axis.set(xlim=(0, 1.18 * max(counts)), xlabel="passes in all")
    axis.set_title(f"{n} variables, {layers} layer{'s' * (layers > 1)}", fontsize=10)
    axis.spines[["top", "right"]].set_visible(False)
    axis.xaxis.get_major_locator().set_params(integer=True)
