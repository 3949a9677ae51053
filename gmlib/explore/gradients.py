"""Explorer of two gradient estimators: they race to the same number, 2 theta, and one arrives much later."""

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch

from gmlib import _arguments
from gmlib.device import generator
from gmlib.explore import explorer
from gmlib.latent.gradients import reparameterised_gradient, score_function_gradient

BASELINES = {"none": 0.0, "mean of the other draws": "mean", "the best": "best"}
DRAWS = [30, 100, 300, 1000, 3000, 10000]
STYLES = (("reparameterised", "tab:blue", "-"), ("score function", "tab:orange", "--"))


def explore():
    """Show the explorer: running means with error bars on the left, single draws on the right."""
    quick = {"continuous_update": False}
    explorer(
        draw_race,
        theta=widgets.FloatSlider(1.0, min=-3, max=3, step=0.25, description="theta", **quick),
        draws=widgets.SelectionSlider(value=1000, options=DRAWS, description="draws", **quick),
        baseline=widgets.Dropdown(options=list(BASELINES), description="baseline"),
        seed=widgets.IntSlider(0, 0, 20, description="seed", **quick),
    )


def race(theta, draws, baseline="none", seed=0):
    """Both estimates of d/dtheta E[x^2] for x ~ N(theta, 1), a draw each: two tensors (draws,) of float64."""

    def make_q(theta):
        return torch.distributions.Normal(theta, torch.ones_like(theta))

    start = torch.tensor(float(theta), dtype=torch.float64)
    through = reparameterised_gradient(torch.square, make_q, start, draws, generator(seed))
    score = score_function_gradient(torch.square, make_q, start, draws, generator(seed), BASELINES[baseline])
    return through, score


def draw_race(theta=1.0, draws=1000, baseline="none", seed=0):
    """The figure of the explorer: both estimators of d/dtheta E[x^2] = 2 theta on the same draws.

    theta:    the mean of the normal, a number. draws: at least 10. seed: of the draws.
    baseline: of the score function, one of BASELINES.
    Errors: ValueError for fewer draws, a baseline that is not in the list, a seed below 0.
    """
    draws = _arguments.count("draws", draws, low=10)
    _arguments.choice("baseline", baseline, BASELINES)
    found = race(theta, draws, baseline, _arguments.count("seed", seed, low=0))
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    counts = torch.arange(1, draws + 1)
    for gradients, (name, colour, line) in zip(found, STYLES, strict=True):
        mean, error = _running(gradients, counts)
        axes[0].plot(counts[9:], mean[9:], line, color=colour, label=f"{name}: {mean[-1]:.2f} ± {2 * error[-1]:.2f}")
        axes[0].fill_between(counts[9:], (mean - 2 * error)[9:], (mean + 2 * error)[9:], color=colour, alpha=0.2)
    axes[0].axhline(2 * theta, color="black", linewidth=1, label=f"truth: {2 * theta:.2f}")
    reach = 2.5 * found[1].std().item()
    axes[0].set(xscale="log", xlabel="draws", ylabel="running mean, ± 2 standard errors")
    axes[0].set(xlim=(10, draws), ylim=(2 * theta - 0.5 * reach, 2 * theta + 0.5 * reach))
    axes[0].set_title("how fast they find the gradient", fontsize=10)
    _histograms(axes[1], found, 2 * theta, reach)
    for axis in axes:
        axis.legend(frameon=False, fontsize=9, loc="upper right")
    return figure


def _running(gradients, counts):
    """The mean of the first 1, 2, ... draws and its standard error."""
    mean = gradients.cumsum(0) / counts
    variance = ((gradients**2).cumsum(0) / counts - mean**2).clamp(min=0)
    return mean, (variance / (counts - 1).clamp(min=1)) ** 0.5


def _histograms(axis, found, truth, reach):
    """How single draws spread; what lies beyond the edges is counted in the outermost bars."""
    for gradients, (name, colour, line) in zip(found, STYLES, strict=True):
        inside = gradients.clamp(truth - reach, truth + reach).numpy()
        label = f"{name}: variance {gradients.var():.1f}"
        axis.hist(inside, bins=41, density=True, histtype="step", color=colour, linestyle=line, label=label)
    axis.axvline(truth, ymax=0.77, color="black", linewidth=1)  # below the legend
    axis.set(xlabel="gradient from one draw", ylabel="density", ylim=(0, 1.3 * axis.get_ylim()[1]))  # for the legend
    axis.set_title("what single draws say (the edges hold all beyond)", fontsize=10)
