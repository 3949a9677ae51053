"""The explorer of layers: its densities are densities, one layer is the best one layer, and its slices are Gaussian."""

import math

import matplotlib.pyplot as plt
import pytest
import torch

from gmlib import checks, device
from gmlib.explore import layers

NAMES = pytest.mark.parametrize("name", layers.DENSITIES)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def moments(slices):
    """Mean, variance and excess kurtosis of each row of log-densities on the line."""
    weights = slices.softmax(1)
    mean = (weights * layers.LINE).sum(1, keepdim=True)
    second, fourth = ((weights * (layers.LINE - mean) ** k).sum(1) for k in (2, 4))
    return mean[:, 0], second, fourth / second**2 - 3


@NAMES
def test_a_density_is_normalised_on_the_grid_and_has_no_mass_at_its_edge(name):
    p = layers.log_density(name).exp()
    assert abs(float(p.sum()) * layers.STEP**2 - 1) < 1e-9
    assert max(float(edge.max()) for edge in (p[0], p[-1], p[:, 0], p[:, -1])) < 2e-3
    assert float(layers.log_density(name)[120, 130]) == pytest.approx(
        float(layers.DENSITIES[name](torch.tensor([[0.0, 0.5]]).double()))
        - float(layers.DENSITIES[name](layers.PLANE).logsumexp(0) + 2 * math.log(layers.STEP))
    )


@NAMES
def test_samples_follow_the_density(name):
    x = layers.sample(name, 20_000, device.generator(0)).double()
    weights = layers.log_density(name).flatten().exp() * layers.STEP**2
    for function in (lambda x: x[:, 0], lambda x: x[:, 1], lambda x: x[:, 1] ** 2, lambda x: x[:, 0] * x[:, 1]):
        aim = float((weights * function(layers.PLANE)).sum())
        spread = float((weights * (function(layers.PLANE) - aim) ** 2).sum()) ** 0.5
        checks.unbiased(function(x), aim, "a moment", std=1.01 * spread)


@NAMES
@pytest.mark.parametrize("order", layers.ORDERS)
def test_one_layer_is_the_best_one_layer_and_its_slices_are_gaussian(name, order):
    log_p, log_q = layers.log_density(name), layers.fitted(name, 1, order)
    turned = order.startswith("x2")
    p, q = (log.T if turned else log for log in (log_p, log_q))
    inner = slice(80, 161)
    mean, second, excess = moments(q[inner])
    whole = mean.abs() + 3.8 * second.sqrt() < 6  # the other slices end with the grid
    assert whole.sum() > 10
    assert excess[whole].abs().max() < 0.08
    for found, expected in zip((mean, second), moments(p[inner])[:2], strict=True):
        checks.close(found, expected, "a moment of the slice", tolerance=0.05)
    best = layers.nats_above(log_p, log_q)
    for k, bend in enumerate((0.2 * layers.LINE, torch.sin(layers.LINE))):
        mean, second, _ = moments(q)  # other means, other widths
        worse = torch.distributions.Normal(mean + bend, (second.sqrt() * (1 + 0.2 * k)))
        other = q.logsumexp(1, keepdim=True) + math.log(layers.STEP) + worse.log_prob(layers.LINE[:, None]).T
        assert layers.nats_above(p, other) > best + 0.001, k


@NAMES
def test_two_layers_beat_the_wrong_order_and_no_trained_layer_beats_the_best(name):
    order, log_p = "x2, then x1", layers.log_density(name)
    best = layers.nats_above(log_p, layers.fitted(name, 1, order))
    assert best > 0.6
    assert layers.nats_above(log_p, layers.fitted(name, 2, order)) < best - 0.1
    one = layers.train(name, 1, order, epochs=5)
    with torch.no_grad():
        found = layers.nats_above(log_p, one.log_prob(layers.PLANE.float()).double().reshape(log_p.shape))
    assert best - 1e-3 < found < best + 0.1
    assert layers.fitted(name, 2, order) is layers.fitted(name, 2, order)  # trained once


def test_the_layer_next_to_the_data_has_the_order_and_the_others_alternate():
    flow = layers.train("ring", 4, "x2, then x1", epochs=1)
    assert [layer.ordering for layer in flow.transforms] == [[0, 1], [1, 0]] * 2


def test_the_figure_shows_the_slice_of_the_one_that_comes_second():
    for order, along in (("x1, then x2", 0), ("x2, then x1", 1)):
        figure = layers.draw_layers("crescent", 1, order, 1.0)
        line = figure.axes[2].lines[0]
        place = int((layers.LINE - 1).abs().argmin())
        expected = layers.fitted("crescent", 1, order).select(along, place).softmax(0) / layers.STEP
        checks.close(torch.tensor(line.get_ydata()), expected, "the slice")
        assert figure.axes[2].get_xlabel() == f"$x_{2 - along}$"
        assert "nats above" in figure.axes[1].get_title()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"density": "star"}, "density: got 'star', expected 'crescent' or 'ring' or 'four blobs'"),
        ({"layers": 3}, "layers: got 3, expected 1 or 2 or 4"),
        ({"order": "both"}, "order: got 'both', expected 'x1, then x2' or 'x2, then x1'"),
        ({"at": 4}, "at: got 4, expected a number from -3 to 3"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        layers.draw_layers(**arguments)


def test_the_explorer_redraws(shown):
    layers.explore()
    controls = shown.displayed[0].children
    assert [control.description for control in controls] == ["density", "layers", "order", "slice at"]
    controls[3].value = -1.0
    controls[2].value = "x2, then x1"
    assert len(shown.updated) == 2
    assert shown.updated[0].data != shown.displayed[1].data
