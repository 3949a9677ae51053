"""Explorer of importance sampling: move the proposal, and see the weights, the estimate and what it says of itself."""

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

from gmlib import _arguments, device
from gmlib.explore import explorer
from gmlib.latent.inference import Importance

TRUTH = 0.5  # p(x), the area under p(x, z)
WEIGHTS, MEANS, STDS = (0.4, 0.6), (-3.5, 3.0), (0.8, 1.0)  # the two humps of p(z | x)
OTHERS = 40  # further estimates from draws of their own


def log_joint(z):
    """log p(x, z) = log p(x) + log p(z | x) in nats; p(z | x) = .4 N(-3.5, .8^2) + .6 N(3, 1) and p(x) = 1/2."""
    weights, means, stds = (torch.tensor(v, dtype=z.dtype, device=z.device) for v in (WEIGHTS, MEANS, STDS))
    humps = MixtureSameFamily(Categorical(weights), Normal(means, stds))
    return humps.log_prob(z) + torch.tensor(TRUTH).log().item()


def explore():
    """Show the explorer: p(x, z), the proposal, its weights, and the estimate of p(x)."""
    quick = {"continuous_update": False}
    explorer(
        draw_importance,
        mean=widgets.FloatSlider(0.0, min=-6, max=6, step=0.5, description="mean of q", **quick),
        width=widgets.FloatSlider(3.0, min=0.25, max=6, step=0.25, description="width of q", **quick),
        k=widgets.SelectionSlider(options=[10, 30, 100, 300, 1000], value=100, description="draws k", **quick),
        seed=widgets.IntSlider(0, 0, 20, description="seed", **quick),
    )


def draw_importance(mean=0.0, width=3.0, k=100, seed=0):
    """The figure of the explorer: p(x, z) and q(z) = N(mean, width^2), the weights as stems, p_hat beside the truth.

    mean, width: of q; the width is its standard deviation.    k: how many draws.    seed: of the draws.
    Errors: ValueError for a mean outside -100 to 100, a width outside .001 to 100, a k below 2, a seed below 0.
    """
    mean, width = _number("mean", mean, low=-100), _number("width", width, low=1e-3)
    k, seed = _arguments.count("k", k, low=2), _arguments.count("seed", seed, low=0)
    q = Normal(torch.tensor(mean, dtype=torch.float64), width)
    z = device.draw(q, (k, 1 + OTHERS), device.generator(seed))
    found = Importance(log_joint(z) - q.log_prob(z))
    figure = plt.figure(figsize=(9, 4), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=[2.4, 1])
    curves, right = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[:, 1])
    stems = figure.add_subplot(grid[1, 0], sharex=curves)
    _curves(curves, q)
    _stems(stems, z[:, 0], found.log_weights[:, 0].exp())
    _estimates(right, found, k)
    return figure


def _number(name, value, low):
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not low <= value <= 100:
        _arguments.fail(name, _arguments.describe(value), f"a number from {low:g} to 100")
    return float(value)


def _curves(axis, q):
    z = torch.linspace(-9, 9, 721, dtype=torch.float64)
    axis.fill_between(z, log_joint(z).exp(), color="0.8", label="$p(x, z)$, area 1/2")
    axis.plot(z, q.log_prob(z).exp(), color="tab:blue", label="$q(z)$, area 1")
    axis.set(ylabel="density", xlim=(-9, 9), ylim=(0, 0.36))
    axis.legend(frameon=False, fontsize=8, loc="upper left")
    axis.tick_params(labelbottom=False)


def _stems(axis, z, weights):
    axis.vlines(z, 0, weights, color="tab:blue", linewidth=1)
    axis.plot(z, weights, ".", color="tab:blue", markersize=4)
    axis.axhline(TRUTH, color="black", linestyle="--", linewidth=1)
    axis.set(xlabel="z", ylabel="weight $p(x, z) / q(z)$", ylim=(0, None))
    beyond = int((z.abs() > 9).sum())
    share = (weights.max() / weights.sum()).item()
    further = f"; {beyond} beyond the picture" if beyond else ""
    axis.set_title(f"{len(z)} draws; the largest weight has {share:.0%} of the sum{further}", fontsize=9)


def _estimates(axis, found, k):
    p_hat, error = found.log_p.exp(), found.relative_error[0] * found.log_p[0].exp()
    place = torch.linspace(0.75, 1.25, OTHERS)
    axis.plot(place, p_hat[1:], ".", color="0.6", label=f"{OTHERS} others")
    axis.errorbar(0.35, p_hat[0], yerr=error, fmt="o", color="tab:blue", capsize=4, label="these draws")
    axis.axhline(TRUTH, color="black", linestyle="--", linewidth=1, label="$p(x)$")
    axis.set(xlim=(0.1, 1.4), ylim=(0, 1.2), xticks=[], ylabel=r"$\hat p$, one standard error")
    size = found.effective_sample_size[0].item()
    axis.set_title(f"$\\hat p$ = {p_hat[0]:.2f}\neffective sample size {size:.0f} of {k}", fontsize=10)
    axis.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 0))
    high = int((p_hat > 1.2).sum())
    if high:
        axis.text(1.38, 1.17, f"{high} above", ha="right", va="top", fontsize=8)
