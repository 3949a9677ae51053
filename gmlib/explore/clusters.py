"""Explorer of unit 05: one variance for all components goes to zero, and soft clusters become k-means' hard ones."""

import itertools
import math
import numbers

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch

from gmlib import _arguments
from gmlib.explore import explorer

COLOURS = torch.tensor([[0.98, 0.75, 0.45], [0.45, 0.70, 0.90], [0.80, 0.93, 0.80], [0.80, 0.60, 0.80]])
LINES = ("-", "--", "-.", ":")
SURE = 0.9  # a point is shared when its largest responsibility is below


def points():
    """Three round heaps of 60 points that touch, (180, 2), float64; the same ones each time."""
    generator = torch.Generator().manual_seed(2)
    centres = torch.tensor([[0.0, 0.0], [3.0, 0.3], [1.3, 2.4]], dtype=torch.float64)
    return torch.cat([c + 0.7 * torch.randn(60, 2, generator=generator, dtype=torch.float64) for c in centres])


def responsibilities(x, means, variance):
    """r_nk of equal spherical components, (n, K): softmax over k of -|x_n - mu_k|^2 / (2 s)."""
    return torch.softmax(-(torch.cdist(x, means, compute_mode="donot_use_mm_for_euclid_dist") ** 2) / (2 * variance), 1)


def nearest(x, means):
    """The same for s = 0: 1 for the nearest mean, the first of equals, and 0 for the others, (n, K)."""
    distance = torch.cdist(x, means, compute_mode="donot_use_mm_for_euclid_dist")
    return torch.nn.functional.one_hot(distance.argmin(1), len(means)).to(x.dtype)


def _moved(x, means, r):
    """The means after an M-step; a component without points stays."""
    total = r.sum(0)[:, None]
    return torch.where(total > 0, r.T @ x / total.clamp(min=1e-300), means)


def draw_clusters(variance=0.5, components=3):
    """Who is responsible where, and where one EM step and one k-means step would put the means. Returns a Figure.

    variance:   s > 0, of every component in every direction. components: K, from 2 to 4, of equal weights.
    Errors: ValueError for a variance that is not above 0, and for other numbers of components.
    """
    known = isinstance(variance, numbers.Real) and 0 < variance < math.inf
    if not known:
        _arguments.fail("variance", _arguments.describe(variance), "a finite number above 0")
    components = _arguments.count("components", components, low=2, high=4)
    x = points()
    means = torch.tensor([[0.6, 0.6], [2.0, 0.6], [1.6, 3.4], [3.4, 1.6]], dtype=x.dtype)[:components]
    r = responsibilities(x, means, variance)
    soft, hard = _moved(x, means, r), _moved(x, means, nearest(x, means))
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained", width_ratios=(1.25, 1))
    _plane(left, x, means, variance, soft, hard)
    shared = (r.max(1).values < SURE).double().mean().item()
    left.set_title(f"s = {variance:.3g}: {shared:.0%} of the points are shared", fontsize=10)
    _cut(right, means, variance)
    apart = (soft - hard).norm(dim=1).max().item()
    right.set_title(f"EM's and k-means' new means: at most {apart:.2f} apart", fontsize=10)
    return figure


def _plane(axis, x, means, variance, soft, hard):
    """Colours mixed by responsibility, dashed borders of k-means, and both steps."""
    across, up = torch.linspace(-2, 5, 211, dtype=x.dtype), torch.linspace(-3, 4.5, 226, dtype=x.dtype)
    grid = torch.cartesian_prod(up, across).flip(1)
    colour = responsibilities(grid, means, variance) @ COLOURS[: len(means)].to(x.dtype)
    axis.imshow(colour.view(226, 211, 3).numpy(), extent=(-2, 5, -3, 4.5), origin="lower", aspect="equal")
    square = torch.cdist(grid, means).square()
    for j, k in itertools.combinations(range(len(means)), 2):  # one line a pair, only where no third mean is nearer
        third = square.clone()
        third[:, [j, k]] = math.inf
        ours = square[:, [j, k]].amax(1) <= third.amin(1) + 0.1
        border = torch.where(ours, square[:, j] - square[:, k], math.nan).view(226, 211)
        if border.nan_to_num(1).amin() < 0 < border.nan_to_num(-1).amax():
            axis.contour(across, up, border, [0.0], colors="black", linestyles="--", linewidths=0.9)
    axis.scatter(*x.T.tolist(), s=5, color="0.25")
    for k, (old, new) in enumerate(zip(means.tolist(), soft.tolist(), strict=True)):
        axis.annotate("", xy=new, xytext=old, arrowprops={"arrowstyle": "->", "linewidth": 1.4}, zorder=4)
        axis.annotate(str(k + 1), old, (6, 6), textcoords="offset points", fontweight="bold", zorder=5)
    style = {"zorder": 4, "color": "black"}
    axis.scatter(*means.T.tolist(), marker="x", s=45, label="mean now", **style)
    axis.scatter(*soft.T.tolist(), marker="o", s=32, label="after an EM step", **style)
    axis.scatter(
        *hard.T.tolist(), marker="s", s=90, facecolor="none", edgecolor="black", label="after a k-means step", zorder=4
    )
    axis.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-2, 5), ylim=(-3, 4.5))
    axis.legend(fontsize=8, loc="lower right")


def _cut(axis, means, variance):
    """The responsibilities along the horizontal line through means 1 and 2."""
    across = torch.linspace(-2, 5, 701, dtype=means.dtype)
    r = responsibilities(torch.stack([across, torch.full_like(across, 0.6)], 1), means, variance)
    for k in range(len(means)):
        axis.plot(across, r[:, k], LINES[k], color="black", label=f"component {k + 1}")
    axis.axvline(1.3, color="0.6", linewidth=0.8)
    axis.text(1.35, 1.02, "border of 1 and 2", fontsize=8, color="0.3")
    axis.set(xlabel="$x_1$, where $x_2 = 0.6$", ylabel="responsibility $r_k$", ylim=(-0.03, 1.1), xlim=(-2, 5))
    axis.legend(fontsize=8, loc="center left")


def explore():
    """Show the explorer: the variance s on a logarithmic slider, and the number of components."""
    quick = {"continuous_update": False, "style": {"description_width": "initial"}}
    explorer(
        draw_clusters,
        variance=widgets.FloatLogSlider(0.5, base=10, min=-3, max=1, step=0.1, description="variance s", **quick),
        components=widgets.IntSlider(3, 2, 4, description="components K", **quick),
    )
