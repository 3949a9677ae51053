"""Figures that the notebooks share. Each returns a matplotlib Figure and shows nothing by itself."""

import html
import io

import matplotlib.pyplot as plt
import numpy as np
import torch
from IPython.display import HTML, Image

from gmlib import _arguments


def _axes(ax, **size):
    return plt.subplots(layout="constrained", **size)[1] if ax is None else ax


def picture(figure):
    """The figure as a PNG that a notebook stores and shows; closes the figure. Returns IPython.display.Image."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=90)
    plt.close(figure)
    return Image(data=buffer.getvalue(), format="png")


def images(x, columns=10, shape=(8, 8), title=None, ax=None, low=0.0, high=1.0):
    """A sheet of images in rows of `columns`. x: (n, pixels), dark at `low` and light at `high`."""
    _arguments.tensor("x", x, ("n", shape[0] * shape[1] if len(shape) == 2 else shape[0] * shape[1] * shape[2]))
    columns = min(_arguments.count("columns", columns), len(x))
    rows = -(-len(x) // columns)
    sheet = np.full((rows * (shape[0] + 1) + 1, columns * (shape[1] + 1) + 1, *shape[2:]), 0.75)
    for k, image in enumerate(x.detach().cpu().to(torch.float64).reshape(-1, *shape).numpy()):
        top, left = (k // columns) * (shape[0] + 1) + 1, (k % columns) * (shape[1] + 1) + 1
        sheet[top : top + shape[0], left : left + shape[1]] = ((image - low) / (high - low)).clip(0, 1)
    ax = _axes(ax, figsize=(0.62 * columns + 0.2, 0.62 * rows + (0.45 if title else 0.2)))
    ax.imshow(sheet, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    ax.set_axis_off()
    if title:
        ax.set_title(title, fontsize=10)
    return ax.figure


def matrix(m, rows=None, columns=None, title=None, ax=None, xlabel=None, ylabel=None, numbers=None):
    """A small matrix as shaded squares. m: (rows, columns). rows, columns: their labels.

    numbers: whether each entry is written into its square; by default where there are at most 100.
    """
    values = np.asarray(m.detach().cpu().to(torch.float64) if isinstance(m, torch.Tensor) else m, dtype=float)
    if values.ndim != 2:
        _arguments.fail("m", f"{values.ndim} dimensions", "2")
    ax = _axes(ax, figsize=(max(2.2, 0.42 * values.shape[1] + 1), max(1.6, 0.42 * values.shape[0] + 0.9)))
    top = np.abs(values).max() or 1.0
    signed = bool((values < 0).any())  # then white is zero, and the colours run both ways from there
    ax.imshow(values, cmap="RdBu_r" if signed else "Blues", vmin=-1.6 * top if signed else 0, vmax=1.6 * top)
    for side, labels, size in (("x", columns, values.shape[1]), ("y", rows, values.shape[0])):
        marks = ([],) if labels is None else (range(size), labels)
        getattr(ax, f"set_{side}ticks")(*marks, **({} if labels is None else {"fontsize": 9}))
    if numbers or (numbers is None and values.size <= 100):
        for (i, j), entry in np.ndenumerate(values):
            ax.text(j, i, f"{entry:.3g}", ha="center", va="center", fontsize=8)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.title.set_fontsize(10)
    return ax.figure


def graph(parents, ordering=None, names=None, ax=None, title=None):
    """A directed graph with its nodes on a line, in the given order; arcs run from a parent to its child.

    parents: for each variable the list of its parents (0-based). ordering: from left to right; index order by default.
    """
    n = len(parents)
    ordering = _arguments.ordering("ordering", ordering, n)
    names = names or [f"$x_{{{i + 1}}}$" for i in range(n)]
    ax = _axes(ax, figsize=(1.1 * n + 0.6, 2.1))
    place = {variable: k for k, variable in enumerate(ordering)}
    for child, listed in enumerate(parents):
        for parent in listed:
            start, end = place[parent], place[child]
            bend = 0.0 if end - start == 1 else (-0.45 if (end - start) % 2 else 0.45)
            style = {
                "arrowstyle": "-|>",
                "color": "0.35",
                "connectionstyle": f"arc3,rad={bend}",
                "shrinkA": 15,
                "shrinkB": 15,
            }
            ax.annotate("", xy=(end, 0), xytext=(start, 0), arrowprops=style)
    for variable, k in place.items():
        ax.scatter(k, 0, s=760, color="white", edgecolor="tab:blue", linewidth=1.6, zorder=3)
        ax.text(k, 0, names[variable], ha="center", va="center", zorder=4)
    reach = max(0.55, 0.26 * (n - 1))
    ax.set(xlim=(-0.5, n - 0.5), ylim=(-reach, reach), title=title)
    ax.set_axis_off()
    ax.title.set_fontsize(10)
    return ax.figure


def results_table(rows, columns):
    """A table of results, shown as HTML in a notebook. rows: lists of cells, text or numbers; columns: the headings."""
    for k, row in enumerate(rows):
        if len(row) != len(columns):
            _arguments.fail(f"rows[{k}]", f"{len(row)} cells", f"{len(columns)}, one a column")
    head = "".join(f"<th>{html.escape(str(heading))}</th>" for heading in columns)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(_cell(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return HTML(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def _cell(cell):
    return f"{cell:.2f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else str(cell)
