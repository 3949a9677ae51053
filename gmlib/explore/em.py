"""Explorer of EM: a Gaussian mixture in the plane, step by step, with the likelihood that climbs."""

from functools import lru_cache

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch
from IPython.display import display
from matplotlib.colors import to_rgb
from matplotlib.patches import Ellipse

from gmlib import _arguments, data
from gmlib.explore import explorer
from gmlib.latent.gaussian_mixture import GaussianMixture

STEPS = 40
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#555555")
MARKERS = "os^Dv"  # of the component with the largest responsibility: colour is not needed to tell them
FLOOR = 1e-4  # keeps a component that falls on one point drawable


def explore():
    """Show the explorer: reset, step, run; ellipses, responsibilities as colours, and the likelihood curve."""
    quick = {"continuous_update": False}
    steps = widgets.IntSlider(4, 0, STEPS, description="EM steps")
    run = widgets.Play(value=4, min=0, max=STEPS, interval=700, show_repeat=False, description="run")
    widgets.link((run, "value"), (steps, "value"))
    reset, step = widgets.Button(description="reset"), widgets.Button(description="one step")
    reset.on_click(lambda _: setattr(steps, "value", 0))
    step.on_click(lambda _: setattr(steps, "value", min(steps.value + 1, STEPS)))
    controls = {
        "points": widgets.Dropdown(options=list(POINTS), description="data"),
        "components": widgets.IntSlider(3, 1, len(COLOURS), description="K", **quick),
        "seed": widgets.IntSlider(0, 0, 20, description="seed", **quick),
    }
    for control in controls.values():
        control.observe(lambda _: setattr(steps, "value", 0), "value")
    display(widgets.HBox([reset, step, run]))
    explorer(draw_em, **controls, steps=steps)


def draw_em(points="three clouds", components=3, seed=0, steps=4):
    """The figure of the explorer: the mixture after so many EM steps, and the mean log-likelihood so far.

    points:     a name in POINTS.
    components: K, from 1 to 5.
    seed:       of the first means, which are K distinct points; weights start equal, covariances as that of the data.
    steps:      how many EM steps, from 0 to 40.
    Errors: ValueError for an unknown name and for numbers out of range.
    """
    _arguments.choice("points", points, POINTS)
    components = _arguments.count("components", components, high=len(COLOURS))
    seed, steps = _arguments.count("seed", seed, low=0), _arguments.count("steps", steps, low=0, high=STEPS)
    states, curve = _climb(points, components, seed)
    figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.2), width_ratios=[1.5, 1], layout="constrained")
    _mixture(axes[0], _points(points), states[: steps + 1])
    _curve(axes[1], curve, steps)
    axes[0].set_title(f"after {steps} step{'s' * (steps != 1)}")
    axes[0].set(**LABELS.get(points, {"xlabel": "$x_1$", "ylabel": "$x_2$"}))
    return figure


def _clouds():
    """(150, 2): 50 points of each of three Gaussians, two of them long."""
    generator = torch.Generator().manual_seed(4)
    means = torch.tensor([[-2.0, 0.0], [2.0, 0.5], [0.5, 3.0]]).repeat_interleave(50, 0)
    shapes = torch.tensor([[[0.5, 0.0], [0.6, 0.7]], [[0.9, 0.0], [-0.5, 0.4]], [[0.5, 0.0], [0.0, 0.5]]])
    noise = torch.randn(150, 2, generator=generator)
    return means + (shapes.repeat_interleave(50, 0) @ noise[:, :, None])[:, :, 0]


POINTS = {
    "three clouds": _clouds,
    "two moons": lambda: data.two_moons(150, 0.1, torch.Generator().manual_seed(0)),
    "iris petals": lambda: data.iris().train.x[:, 2:],
}
LABELS = {"iris petals": {"xlabel": f"{data.IRIS_COLUMNS[2]} / cm", "ylabel": f"{data.IRIS_COLUMNS[3]} / cm"}}


@lru_cache
def _points(name):
    return POINTS[name]().double()


@lru_cache(maxsize=64)
def _climb(name, components, seed):
    """[(weights, means, covariances, responsibilities)] after 0 to STEPS steps, and the mean log-likelihood of each.

    The floor may lower the likelihood near its maximum, by less than 1e-5 nats a point on these data.
    """
    x, generator = _points(name), torch.Generator().manual_seed(seed)
    mixed = x[torch.randperm(len(x), generator=generator)]
    again = (mixed[:, None] == mixed).all(-1).triu(1).any(0)  # equal means would stay equal for ever
    means = mixed[~again][:components]
    model = GaussianMixture(2, components).double()
    model.set(x.new_full((components,), 1 / components), means, x.T.cov().expand(components, 2, 2).clone())
    states, curve = [], []
    for _ in range(STEPS + 1):
        now = model.weights, model.means, model.covariances, model.responsibilities(x)
        states.append([part.clone() for part in now])
        curve.append(float(model.em_step(x, floor=FLOOR)))
    return states, curve


def _mixture(axis, x, states):
    """Points in the mixed colours of their responsibilities, ellipses at one and two standard deviations, trails."""
    weights, means, covariances, shares = states[-1]
    palette = torch.tensor([to_rgb(COLOURS[k]) for k in range(len(weights))], dtype=x.dtype)
    mixed, best = (shares @ palette).clamp(0, 1), shares.argmax(1)
    for k, colour in enumerate(COLOURS[: len(weights)]):
        own = best == k
        axis.scatter(*x[own].T.numpy(), s=20, marker=MARKERS[k], color=mixed[own].numpy(), linewidth=0)
        lengths, directions = torch.linalg.eigh(covariances[k])
        angle = torch.rad2deg(torch.atan2(directions[1, 1], directions[0, 1])).item()
        for size in (1, 2):
            width, height = (2 * size * lengths.flip(0).sqrt()).tolist()
            style = {"edgecolor": colour, "facecolor": "none", "linewidth": 2.2 - 0.7 * size}
            axis.add_patch(Ellipse(means[k].tolist(), width, height, angle=angle, **style))
        trail = torch.stack([state[1][k] for state in states])
        axis.plot(*trail.T.numpy(), color="black", linewidth=0.8)
        box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": colour}
        axis.text(*means[k].tolist(), f"{weights[k]:.2f}", ha="center", va="center", fontsize=9, bbox=box)
    low, high = x.min(0).values, x.max(0).values
    margin = 0.12 * (high - low)
    (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
    axis.set(xlim=(left, right), ylim=(bottom, top))


def _curve(axis, curve, steps):
    """The likelihood of all steps in grey, those done in black: the axis does not move while EM runs."""
    axis.plot(range(len(curve)), curve, color="0.8", linewidth=1.2)
    axis.plot(range(steps + 1), curve[: steps + 1], "o-", color="black", markersize=3.5)
    span = max(curve) - min(curve) or 1.0
    axis.set(xlim=(-1, STEPS + 1), ylim=(min(curve) - 0.08 * span, max(curve) + 0.08 * span))
    axis.set(xlabel="EM steps", ylabel="mean log p(x) / nats", title=f"{curve[steps]:.3f} nats a point")
