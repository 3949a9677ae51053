"""Explorer of couplings: a grid of noise bent by a trained Real-NVP, layer by layer, its determinant as colour."""

from functools import lru_cache

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize

from gmlib import _arguments, data, training
from gmlib.explore import explorer
from gmlib.flows.coupling import AffineCoupling, halves
from gmlib.flows.flow import Flow

COUPLINGS = 6
REACH = 2.5  # the grid covers the noise from -REACH to REACH, 99% of it along each axis
CELLS, DRAWS = 20, 600  # squares of the grid along each axis; draws
FINE = 5  # points along each side of a square: its sides may bend
MASKS = {"halves take turns": (True, False), "x1 always stays": (True, True)}  # does x1 stay in odd, in even couplings?
COLOUR = Normalize(-3, 1)  # nats of log |det|; beyond that the colours stay at their ends


def explore():
    """Show the explorer: how many couplings, and which entry stays in them."""
    explorer(
        draw_coupling,
        couplings=widgets.IntSlider(COUPLINGS, 0, COUPLINGS, description="couplings"),
        masks=widgets.Dropdown(options=list(MASKS), description="masks"),
    )


def draw_coupling(couplings=COUPLINGS, masks="halves take turns"):
    """The figure of the explorer: a grid of noise, and 600 draws, after so many couplings of a trained Real-NVP.

    couplings: from 0 (the noise as it is) to 6 (the model).
    masks:     a name in MASKS: the two entries take turns in staying, or the first one always stays.
    The colour is log |det| of all couplings so far, in nats: light where areas have grown, dark where they shrank.
    The model learns two moons, each entry shifted and scaled to mean 0 and standard deviation 1.
    Errors: ValueError for a number out of range and for an unknown name.
    """
    couplings = _arguments.count("couplings", couplings, low=0, high=COUPLINGS)
    _arguments.choice("masks", masks, MASKS)
    grid, colours, draws = (part[couplings] for part in _bent(masks))
    figure, axes = plt.subplots(1, 2, figsize=(9.4, 4.3), width_ratios=[1.17, 1], layout="constrained")
    _grid(axes[0], grid, colours)
    axes[1].plot(*_moons()[:DRAWS].T.numpy(), ".", color="0.75", markersize=4, label="data")
    axes[1].plot(*draws.T.numpy(), ".", color="black", markersize=2.5, label=f"{DRAWS} draws, so far")
    axes[1].legend(frameon=False, loc="upper right", fontsize=8)
    axes[0].set_title(_title(couplings, MASKS[masks]))
    for axis in axes:
        axis.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-3.2, 3.2), ylim=(-3.2, 3.2))
    return figure


def _title(couplings, stays):
    if couplings == 0:
        return "the noise itself"
    return f"after coupling {couplings}, which moved $x_{2 if stays[(couplings - 1) % 2] else 1}$"


@lru_cache
def _moons():
    """(2000, 2) of float64, with means 0 and standard deviations 1."""
    x = data.two_moons(2000, 0.1, torch.Generator().manual_seed(0)).double()
    return (x - x.mean(0)) / x.std(0)


@lru_cache
def _model(masks):
    """A Real-NVP of COUPLINGS couplings, trained in two seconds; float64, so that processors agree on the figure."""
    generator = torch.Generator().manual_seed(0)
    layers = [
        AffineCoupling(halves(2) == MASKS[masks][k % 2], (16, 16), 1.0, generator).double() for k in range(COUPLINGS)
    ]
    model = Flow(layers).double()
    training.fit(model, _moons(), epochs=90, batch_size=500, learning_rate=0.015, generator=generator, progress=False)
    return model


@lru_cache
def _bent(masks):
    """After 0 to COUPLINGS couplings: the grid (side, side, 2), log |det| at its points (side, side), the draws."""
    line = torch.linspace(-REACH, REACH, CELLS * FINE + 1, dtype=torch.float64)
    draws = torch.randn(DRAWS, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    model = _model(masks)
    with torch.no_grad():
        grid, cloud = (model.path(z) for z in (torch.cartesian_prod(line, line), draws))
    side = (len(line), len(line))
    return (
        [x.reshape(*side, 2).numpy() for x, _ in grid],
        [log_det.reshape(side).numpy() for _, log_det in grid],
        [x for x, _ in cloud],
    )


def _grid(axis, grid, log_det):
    """The squares of the grid where they are now, coloured, and their sides as lines."""
    mesh = axis.pcolormesh(grid[..., 0], grid[..., 1], log_det, norm=COLOUR, cmap="viridis", shading="gouraud")
    for lines in (grid[::FINE], grid.swapaxes(0, 1)[::FINE]):
        axis.add_collection(LineCollection(lines, color="black", linewidth=0.5))
    axis.figure.colorbar(mesh, ax=axis, extend="both", label="log |det| so far (nats)")
