"""Explorers of unit 06: a Gaussian q against a posterior with two humps; the two gaps of an encoder."""

import math

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch
from torch.distributions import Normal

from gmlib import _arguments
from gmlib.explore import explorer

LOG_P_X = math.log(0.05)  # of the x that was seen: any number would do
GRID = (-40.0, 40.0, 8001)


def log_posterior(z, apart=0.0):
    """log p(z | x) in nats: 1/4 N(-2 - apart, 1) + 3/4 N(2.5 + apart, 1.3^2), with standard deviations 1 and 1.3."""
    left = Normal(z.new_tensor(-2.0 - apart), z.new_tensor(1.0)).log_prob(z)
    right = Normal(z.new_tensor(2.5 + apart), z.new_tensor(1.3)).log_prob(z)
    return torch.logaddexp(math.log(0.25) + left, math.log(0.75) + right)


def measures(mean, std, apart=0.0):
    """What the explorer shows, by the trapezium rule, all in nats.

    mean, std: of q, a Gaussian; std is the standard deviation. apart: how far each hump is moved outwards.
    Returns a dict: elbo, log_p_x, reverse = KL(q, p(z | x)), forward = KL(p(z | x), q), and the curves on the grid z:
    log_q, log_p, reverse_terms = q log(q / p), forward_terms = p log(p / q).
    Errors: ValueError for numbers outside the grid: |mean| up to 8, std from 0.2 to 5, apart from 0 to 4.
    """
    for name, value, low, high in (("mean", mean, -8, 8), ("std", std, 0.2, 5), ("apart", apart, 0, 4)):
        if not low <= value <= high:
            _arguments.fail(name, value, f"a number from {low} to {high}")
    z = torch.linspace(*GRID[:2], GRID[2], dtype=torch.float64)
    log_q, log_p = Normal(z.new_tensor(mean), z.new_tensor(std)).log_prob(z), log_posterior(z, apart)
    reverse_terms, forward_terms = log_q.exp() * (log_q - log_p), log_p.exp() * (log_p - log_q)
    elbo = torch.trapezoid(log_q.exp() * (LOG_P_X + log_p - log_q), z).item()
    reverse, forward = (torch.trapezoid(terms, z).item() for terms in (reverse_terms, forward_terms))
    return {
        "z": z,
        "log_q": log_q,
        "log_p": log_p,
        "reverse_terms": reverse_terms,
        "forward_terms": forward_terms,
        "elbo": elbo,
        "log_p_x": LOG_P_X,
        "reverse": reverse,
        "forward": forward,
    }


def draw_elbo(mean=-1.0, std=1.0, apart=0.0):
    """The figure of the explorer: q and the posterior, log p(x) = ELBO + gap, and both KL divergences as areas.

    mean, std, apart: as for `measures`, whose errors it raises.
    """
    found = measures(mean, std, apart)
    z = found["z"]
    figure, axes = plt.subplots(2, 2, figsize=(10, 5), layout="constrained", width_ratios=(1.6, 1))
    densities, bars, reverse, forward = axes[0, 0], axes[0, 1], axes[1, 0], axes[1, 1]
    densities.fill_between(z, found["log_p"].exp(), color="tab:blue", alpha=0.3)
    densities.plot(z, found["log_p"].exp(), color="tab:blue", label="posterior p(z | x)")
    densities.plot(z, found["log_q"].exp(), color="tab:orange", linestyle="--", linewidth=2, label="q(z)")
    densities.set(xlabel="z", ylabel="density", xlim=(-10, 10), title="q and the posterior")
    densities.legend(frameon=False)
    _bars(bars, found)
    _areas(reverse, z, found["reverse_terms"], f"gap: KL(q, p(z | x)) = {found['reverse']:.2f} nats", "q log (q / p)")
    _areas(forward, z, found["forward_terms"], f"KL(p(z | x), q) = {found['forward']:.2f} nats", "p log (p / q)")
    for axis in axes.flat:
        axis.title.set_fontsize(10)
    return figure


def _bars(axis, found):
    """Two bars that end at the same height, drawn downwards from 0: log p(x), and the ELBO with the gap above it."""
    log_p_x, elbo = found["log_p_x"], found["elbo"]
    axis.bar(["log p(x)"], [log_p_x], color="tab:blue", alpha=0.5)
    axis.bar(["ELBO"], [elbo], color="tab:orange", alpha=0.4)
    axis.bar(["ELBO"], [elbo - log_p_x], bottom=log_p_x, color="white", edgecolor="black", hatch="//", label="gap")
    axis.axhline(log_p_x, color="black", linewidth=1, linestyle=":")
    axis.set(ylabel="nats", ylim=(1.15 * min(elbo, 2 * log_p_x), 0))
    axis.set_title(f"log p(x) {log_p_x:.2f} = ELBO {elbo:.2f} + gap {found['reverse']:.2f}")
    axis.legend(frameon=False, loc="lower left")


def _areas(axis, z, terms, title, name):
    """The summands of a KL divergence: what is above zero counts, what is below is taken off."""
    axis.plot(z, terms, color="black", linewidth=1)
    axis.fill_between(z, terms.clamp(min=0), color="0.55", label="counts")
    axis.fill_between(z, terms.clamp(max=0), facecolor="white", edgecolor="0.4", hatch="///", label="is taken off")
    axis.axhline(0, color="black", linewidth=0.8)
    axis.set(xlabel="z", ylabel=name, xlim=(-10, 10), title=title)
    axis.legend(frameon=False)


def explore():
    """Show the explorer: drag the mean and the width of q, and pull the humps of the posterior apart."""
    quick = {"continuous_update": False}
    explorer(
        draw_elbo,
        mean=widgets.FloatSlider(-1.0, min=-8, max=8, step=0.25, description="mean of q", **quick),
        std=widgets.FloatSlider(1.0, min=0.25, max=5, step=0.05, description="its width", **quick),
        apart=widgets.FloatSlider(0.0, min=0, max=4, step=0.5, description="humps apart", **quick),
    )


def gaps(angle, ratio, width=1.0, shift=0.0):
    """The family gap and the amortisation gap of a diagonal q, in nats, where the posterior is a Gaussian in the plane.

    The posterior has mean 0 and the precision Lambda = R diag(1, ratio) R^T, R a rotation by `angle` degrees.
    The best diagonal q has the variances 1 / Lambda_ii; the encoder's q has `width` times their roots, and its mean is
    `shift` too far to the right.
    Returns (Lambda, family gap, amortisation gap).
    Errors: ValueError for an angle outside 0 to 90, a ratio outside 1 to 50, a width outside 0.2 to 4, a shift outside
    -2 to 2.
    """
    ranges = (("angle", angle, 0, 90), ("ratio", ratio, 1, 50), ("width", width, 0.2, 4), ("shift", shift, -2, 2))
    for name, value, low, high in ranges:
        if not low <= value <= high:
            _arguments.fail(name, value, f"a number from {low} to {high}")
    a = math.radians(angle)
    R = torch.tensor([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]], dtype=torch.float64)
    precision = R @ torch.tensor([1.0, ratio], dtype=torch.float64).diag() @ R.T
    family = 0.5 * (precision.diagonal().log().sum() - precision.logdet())
    rest = width**2 - 1 - 2 * math.log(width) + 0.5 * shift**2 * precision[0, 0]
    return precision, family.item(), rest.item()


def draw_gaps(angle=30.0, ratio=9.0, width=1.4, shift=0.2):
    """The figure of the explorer: the posterior, the best diagonal q and the encoder's q, and both gaps as bars.

    angle, ratio, width, shift: as for `gaps`, whose errors it raises.
    """
    precision, family, rest = gaps(angle, ratio, width, shift)
    stds = precision.diagonal().rsqrt()
    figure, (plane, bars) = plt.subplots(1, 2, figsize=(8.5, 3.6), layout="constrained", width_ratios=(1.5, 1))
    root = torch.linalg.cholesky(torch.linalg.inv(precision))
    plane.fill(*_ellipse(root), color="tab:blue", alpha=0.3, label="posterior")
    plane.plot(*_ellipse(stds.diag()), "k--", label="best diagonal q")
    encoder = _ellipse((width * stds).diag(), shift)
    plane.plot(*encoder, color="tab:orange", linewidth=2, label="the encoder's q")
    plane.set(xlabel="$z_1$", ylabel="$z_2$", xlim=(-5, 5), ylim=(-3, 3), aspect="equal", title="at two deviations")
    plane.legend(frameon=False, loc="lower right", fontsize=9)
    shown = bars.bar(["family gap", "amortisation gap"], [family, rest], color=["0.45", "white"], edgecolor="black")
    shown[1].set_hatch("//")
    bars.set(ylabel="nats", ylim=(0, max(2.0, 1.1 * max(family, rest))))
    bars.set_title(f"log p(x) - ELBO = {family:.2f} + {rest:.2f} nats")
    for axis in (plane, bars):
        axis.title.set_fontsize(10)
    return figure


def _ellipse(root, shift=0.0):
    """Where a Gaussian with covariance root root^T is two standard deviations from its mean, (shift, 0)."""
    turn = torch.linspace(0, 2 * math.pi, 121, dtype=torch.float64)
    x, y = 2 * root @ torch.stack([turn.cos(), turn.sin()])
    return x + shift, y


def explore_gaps():
    """Show the explorer: turn and stretch the posterior, widen and shift the q of the encoder."""
    quick = {"continuous_update": False}
    explorer(
        draw_gaps,
        angle=widgets.FloatSlider(30, min=0, max=90, step=5, description="angle", **quick),
        ratio=widgets.FloatSlider(9, min=1, max=50, step=1, description="stretch", **quick),
        width=widgets.FloatSlider(1.4, min=0.2, max=4, step=0.1, description="width of q", **quick),
        shift=widgets.FloatSlider(0.2, min=-2, max=2, step=0.1, description="shift of q", **quick),
    )
