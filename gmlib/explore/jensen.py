"""Explorer of Jensen's inequality: points on the logarithm, the chord between them, and the gap above their mean."""

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, Layout

from gmlib import _arguments
from gmlib.explore import explorer


def explore():
    """Show the explorer: two points x and x', the weight p of the first, and the gap log E[X] - E[log X]."""
    wide = {"continuous_update": False, "style": {"description_width": "6em"}, "layout": Layout(width="24em")}
    explorer(
        lambda x, x_prime, p: draw_jensen((x, x_prime), (p, 1 - p)),
        x=FloatSlider(0.5, min=0.1, max=6, step=0.1, description="x", **wide),
        x_prime=FloatSlider(4.5, min=0.1, max=6, step=0.1, description="x'", **wide),
        p=FloatSlider(0.5, min=0, max=1, step=0.05, description="p, weight of x", **wide),
    )


def draw_jensen(values=(0.5, 4.5), weights=(0.5, 0.5)):
    """Left: X's values on the logarithm, the hull of these points, and their mean in it. Right: the gap by weight.

    values:  two or more positive numbers, the values of X. Two span a chord, more a polygon; it lies under the curve,
             and so does the mean (E[X], E[log X]). The gap is the way up from there to the curve.
    weights: their probabilities, which sum to 1.
    The curve on the right gives the first value every weight from 0 to 1; the others share the rest as they do now.
    Returns a Figure. Errors: ValueError for fewer than two values, values that are not positive, weights that are no
    probabilities.
    """
    values, weights = _checked(values, weights)
    top, mean_log = _sides(values, weights)
    mean = weights @ values
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.6), width_ratios=(1.7, 1), layout="constrained")
    _picture(left, values, weights, mean, top, mean_log)
    shares = np.linspace(0, 1, 101)
    others = (
        weights[1:] / weights[1:].sum() if weights[1:].sum() > 0 else np.full(len(weights) - 1, 1 / len(weights[1:]))
    )
    gaps = [np.subtract(*_sides(values, [share, *((1 - share) * others)])) for share in shares]
    right.plot(shares, gaps, color="tab:blue")
    right.plot(weights[0], top - mean_log, "D", color="black", clip_on=False)
    right.set(xlabel="weight of the first value", ylabel="gap (nats)", title=f"the gap here: {top - mean_log:.3f} nats")
    right.set_ylim(0, max(0.05, 1.15 * max(gaps)))
    for axis in (left, right):
        axis.spines[["top", "right"]].set_visible(False)
        axis.title.set_fontsize(10)
    return figure


def _sides(values, weights):
    """log E[X] and E[log X] in nats, of an X that takes `values` > 0 with probabilities `weights`; 0 log 0 is 0."""
    values, weights = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    return float(np.log(weights @ values)), float(weights @ np.log(values))


def _picture(axis, values, weights, mean, top, mean_log):
    low, high = values.min(), values.max()
    margin = 0.12 * (high - low) + 0.1 * high
    x = np.linspace(max(low - margin, 0.6 * low), high + margin, 300)
    axis.plot(x, np.log(x), color="tab:blue", label="log x")
    order = np.argsort(values)
    hull = order if len(values) == 2 else np.append(order, order[0])
    axis.fill(values[hull], np.log(values[hull]), color="0.9", zorder=0)
    name = "chord" if len(values) == 2 else "hull"
    axis.plot(values[hull], np.log(values[hull]), "--", color="0.45", linewidth=1, label=f"the {name} of the values")
    # areas in proportion to the weights; a faint edge shows those of weight 0
    axis.scatter(values, np.log(values), s=20 + 180 * weights, color="tab:blue", zorder=3)
    axis.plot([mean, mean], [mean_log, top], color="tab:red", linewidth=3, zorder=2, label="the gap")
    axis.plot(mean, top, "o", color="black", zorder=4, label="(E[X], log E[X])")
    axis.plot(mean, mean_log, "s", color="black", zorder=4, label="(E[X], E[log X])")
    axis.set(xlabel="x", ylabel="log x (nats)", title=f"log E[X] = {top:.3f} $\\geq$ E[log X] = {mean_log:.3f}")
    axis.legend(frameon=False, fontsize=9, loc="lower right")


def _checked(values, weights):
    values, weights = (np.asarray(list(map(float, listed))) for listed in (values, weights))
    _arguments.count("the number of values", len(values), low=2)
    if len(weights) != len(values):
        _arguments.fail("weights", f"{len(weights)} numbers", f"{len(values)}, one for each value")
    if not (np.isfinite(values).all() and (values > 0).all()):
        _arguments.fail("values", f"{values.tolist()}", "finite numbers above 0: the logarithm needs them")
    if not ((weights >= 0).all() and abs(weights.sum() - 1) <= 1e-5):
        _arguments.fail("weights", f"{weights.tolist()}", "probabilities that sum to 1")
    return values, weights
