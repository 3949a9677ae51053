"""Explorer of depth and order: a density in the plane, the flow of 1, 2 or 4 layers nearest to it, a slice of both."""

import math
from functools import lru_cache

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch

from gmlib import _arguments, training
from gmlib.explore import explorer
from gmlib.flows.flow import Flow
from gmlib.flows.maf import MaskedAffine

LINE = torch.linspace(-6, 6, 241, dtype=torch.float64)
STEP = 12 / 240
PLANE = torch.cartesian_prod(LINE, LINE)  # row 241 i + j is the point (LINE[i], LINE[j])
ORDERS = {"x1, then x2": (0, 1), "x2, then x1": (1, 0)}
DEPTHS = (1, 2, 4)


def explore():
    """Show the explorer: choose a density, the number of layers and their order, and move the slice."""
    quick = {"continuous_update": False}
    explorer(
        draw_layers,
        density=widgets.Dropdown(options=list(DENSITIES), value="ring", description="density"),
        layers=widgets.Dropdown(options=DEPTHS, description="layers"),
        order=widgets.Dropdown(options=list(ORDERS), description="order"),
        at=widgets.FloatSlider(0.5, min=-3, max=3, step=0.25, description="slice at", **quick),
    )


def draw_layers(density="ring", layers=1, order="x1, then x2", at=0.5):
    """The figure of the explorer: the density, the flow's, and one conditional of both.

    density: a name in DENSITIES.
    layers:  1, 2 or 4. One layer is the best one there is, in closed form; more are trained once, in seconds.
    order:   a name in ORDERS: who comes first in the layer next to the data; the layers before it alternate.
    at:      where the one that comes first is held, from -3 to 3; the slice is the conditional of the other one.
    Errors: ValueError for an unknown name and for numbers out of range.
    """
    for name, value, known in (("density", density, DENSITIES), ("layers", layers, DEPTHS), ("order", order, ORDERS)):
        _arguments.choice(name, value, known)
    if not isinstance(at, (int, float)) or not -3 <= at <= 3:
        _arguments.fail("at", _arguments.describe(at), "a number from -3 to 3")
    first, second = ORDERS[order]
    log_p, log_q = log_density(density), fitted(density, layers, order)
    figure, axes = plt.subplots(1, 3, figsize=(10.6, 3.6), width_ratios=[1, 1, 1.15], layout="constrained")
    kind = f"{layers} layer{'s' * (layers > 1)}: {nats_above(log_p, log_q):.2f} nats above the truth"
    for axis, log_r, title in zip(axes[:2], (log_p, log_q), (f"the density: {density}", kind), strict=True):
        _plane(axis, log_r, title)
        (axis.axhline if first else axis.axvline)(at, color="black", linestyle="--", linewidth=1)
    _slice(axes[2], log_p, log_q, first, at)
    axes[2].set(xlabel=f"$x_{second + 1}$", title=f"$p(x_{second + 1} \\mid x_{first + 1} = {at:g})$")
    return figure


def crescent(x):
    """Unnormalised log-density of x1 ~ N(0, 1), x2 ~ N(x1^2 / 2 - 1/2, .3^2). x: (batch, 2); returns (batch,)."""
    return -(x[:, 0] ** 2) / 2 - ((x[:, 1] - x[:, 0] ** 2 / 2 + 0.5) / 0.3) ** 2 / 2


def ring(x):
    """Unnormalised log-density whose radius is near 2, up to .3. x: (batch, 2); returns (batch,)."""
    return -(((x.norm(dim=1) - 2) / 0.3) ** 2) / 2


def blobs(x):
    """Unnormalised log-density of four Gaussians of width .4 at (+-1.5, +-1.5). x: (batch, 2); returns (batch,)."""
    return (-(((x.abs() - 1.5) / 0.4) ** 2) / 2 + torch.log1p(torch.exp(-2 * 1.5 * x.abs() / 0.4**2))).sum(1)


DENSITIES = {"crescent": crescent, "ring": ring, "four blobs": blobs}


@lru_cache
def log_density(name):
    """The log-density on the grid, normalised there: (241, 241), entry (i, j) at x = (LINE[i], LINE[j])."""
    log_p = DENSITIES[name](PLANE).reshape(len(LINE), len(LINE))
    return log_p - log_p.logsumexp((0, 1)) - 2 * math.log(STEP)


def sample(name, n, generator=None):
    """Draw n points of a density: a cell of the grid by its probability, a place in it by chance. (n, 2), float32."""
    home = generator.device if generator is not None else "cpu"
    weights = log_density(name).flatten().exp().to(home)
    cells = torch.multinomial(weights, n, replacement=True, generator=generator).cpu()
    inside = STEP * (torch.rand(n, 2, generator=generator, device=home).cpu() - 0.5)
    return PLANE[cells].float() + inside


def nats_above(log_p, log_q):
    """KL(p, q) in nats of two densities on the grid: how much more than the entropy of p held-out points cost."""
    return float((log_p.exp() * (log_p - log_q)).sum() * STEP**2)


def train(name, layers, order, seed=0, epochs=10):
    """A masked autoregressive flow fitted to 20,000 points of a density; `order` as in ORDERS, next to the data."""
    last = list(ORDERS[order])
    flow = Flow(
        MaskedAffine(2, (32,), last[:: -1 if k % 2 else 1], generator=torch.Generator().manual_seed(seed + k))
        for k in reversed(range(layers))
    )
    points, shuffle = (torch.Generator().manual_seed(seed + k) for k in (100, 101))
    x = sample(name, 20_000, points)
    settings = {"epochs": epochs, "batch_size": 256, "learning_rate": 0.02, "average": 0.99, "progress": False}
    training.fit(flow, x, generator=shuffle, **settings)
    return flow


@lru_cache(maxsize=32)
def fitted(name, layers, order):
    """The log-density on the grid of the nearest flow: one layer in closed form, more of them trained."""
    if layers > 1:
        flow = train(name, layers, order)
        with torch.no_grad():
            return flow.log_prob(PLANE.float()).double().reshape(len(LINE), len(LINE))
    turn = ORDERS[order] == (1, 0)
    log_q = _one_layer(log_density(name).T if turn else log_density(name))
    return log_q.T if turn else log_q


def _one_layer(log_p):
    """The best Gaussian for x1, and the best one for x2 given each x1: those with the same mean and variance."""
    p1 = log_p.exp().sum(1) * STEP
    conditional = log_p.softmax(1)
    return _gaussian(p1 * STEP, LINE)[:, None] + _gaussian(conditional, LINE)


def _gaussian(weights, x):
    """log N(x) with the mean and variance of the weights, which sum to 1 along the last dimension."""
    mean = (weights * x).sum(-1, keepdim=True)
    variance = (weights * (x - mean) ** 2).sum(-1, keepdim=True)
    return -((x - mean) ** 2) / (2 * variance) - (2 * math.pi * variance).log() / 2


def _plane(axis, log_r, title):
    values = log_r.exp().T.numpy()
    axis.contourf(LINE.numpy(), LINE.numpy(), values, levels=8, cmap="Greys")
    axis.set(xlim=(-3.6, 3.6), ylim=(-3.6, 3.6), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    axis.set_title(title, fontsize=10)


def _slice(axis, log_p, log_q, first, at):
    """The two conditionals at the grid's line nearest to `at`."""
    place = int((LINE - at).abs().argmin())
    true, ours = (log_r.select(first, place).softmax(0).numpy() / STEP for log_r in (log_p, log_q))
    axis.fill_between(LINE.numpy(), true, color="0.8", label="the density")
    axis.plot(LINE.numpy(), ours, color="black", label="the flow")
    axis.set(xlim=(-4, 4), ylim=(0, 1.3 * max(true.max(), ours.max())), ylabel="density")
    axis.legend(frameon=False, fontsize=8, loc="upper right")
