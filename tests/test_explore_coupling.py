"""The explorer of couplings draws the grid and the draws that its model makes, stage by stage."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.collections import LineCollection, QuadMesh

from gmlib import checks, training
from gmlib.explore import coupling

BOTH = pytest.mark.parametrize("masks", coupling.MASKS)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def mesh(figure):
    return next(part for part in figure.axes[0].collections if isinstance(part, QuadMesh))


@BOTH
def test_the_model_has_learned_the_moons(masks):
    """A Gaussian costs 2.5 nats or more; where x1 always stays, the model is a Gaussian in x2 given x1."""
    x = coupling._moons()
    gaussian = torch.distributions.MultivariateNormal(x.mean(0), x.T.cov()).log_prob(x).mean()
    nats = training.nll(coupling._model(masks), x)
    assert nats < -gaussian - (0.3 if masks == "halves take turns" else 0.1)


def test_who_stays_never_moves():
    for masks, stays in coupling.MASKS.items():
        stages = coupling._bent(masks)[0]
        for k, (before, after) in enumerate(zip(stages, stages[1:], strict=False)):
            kept = 0 if stays[k % 2] else 1
            assert (before[..., kept] == after[..., kept]).all()
            assert np.abs(before[..., 1 - kept] - after[..., 1 - kept]).max() > 0.1


@BOTH
@pytest.mark.parametrize("couplings", [0, 1, 4, 6])
def test_the_colour_is_the_log_determinant_of_autograd_s_jacobian(masks, couplings):
    model = coupling._model(masks)
    line = torch.linspace(-coupling.REACH, coupling.REACH, coupling.CELLS * coupling.FINE + 1, dtype=torch.float64)
    grid, colours, _ = (part[couplings] for part in coupling._bent(masks))
    places = [(0, 0), (50, 50), (13, 88)]
    z = torch.stack([torch.stack([line[i], line[j]]) for i, j in places])
    x = torch.tensor(np.array([grid[place] for place in places]))
    found = torch.tensor([colours[place] for place in places])
    checks.close(x, model.path(z)[couplings][0].detach(), "the points of the grid")
    determinant = torch.linalg.slogdet(checks.jacobian(lambda z: model.path(z)[couplings][0], z)).logabsdet
    checks.close(found, determinant, "the colours", tolerance=1e-6)


def test_what_is_computed_is_what_is_drawn():
    figure = coupling.draw_coupling(3)
    grid, colours, draws = (part[3] for part in coupling._bent("halves take turns"))
    drawn = mesh(figure)
    np.testing.assert_allclose(drawn.get_coordinates(), grid)
    np.testing.assert_allclose(np.asarray(drawn.get_array()).reshape(colours.shape), colours)
    lines = [part for part in figure.axes[0].collections if isinstance(part, LineCollection)]
    assert sum(len(part.get_segments()) for part in lines) == 2 * (coupling.CELLS + 1)
    data, cloud = figure.axes[1].lines
    np.testing.assert_allclose(cloud.get_xydata(), draws)
    assert len(data.get_xydata()) == len(cloud.get_xydata()) == coupling.DRAWS
    assert figure.axes[0].get_title() == "after coupling 3, which moved $x_2$"


def test_titles_say_who_moved():
    titles = [coupling._title(k, coupling.MASKS["halves take turns"]) for k in range(3)]
    assert titles == ["the noise itself", "after coupling 1, which moved $x_2$", "after coupling 2, which moved $x_1$"]
    assert coupling._title(2, coupling.MASKS["x1 always stays"]) == "after coupling 2, which moved $x_2$"


def test_the_axes_and_the_colours_stay_from_stage_to_stage():
    early, late = (coupling.draw_coupling(k) for k in (0, 6))
    assert early.axes[0].get_xlim() == late.axes[0].get_xlim()
    assert mesh(early).get_clim() == mesh(late).get_clim() == (-3, 1)
    assert (np.asarray(mesh(early).get_array()) == 0).all()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"couplings": 7}, "couplings: got 7, expected a whole number from 0 to 6"),
        ({"couplings": -1}, "couplings: got -1, expected a whole number from 0 to 6"),
        ({"masks": "none"}, "masks: got 'none', expected 'halves take turns' or 'x1 always stays'"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        coupling.draw_coupling(**arguments)


def test_the_explorer_shows_its_controls_and_redraws(shown):
    coupling.explore()
    controls = shown.displayed[0].children
    assert [control.description for control in controls] == ["couplings", "masks"]
    controls[0].value = 1
    assert len(shown.updated) == 1
    assert shown.updated[0].data != shown.displayed[1].data
    controls[1].value = "x1 always stays"
    assert len(shown.updated) == 2
