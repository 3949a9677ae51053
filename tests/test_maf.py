"""MAF: the lecture's equations entry by entry, a walk that equals n full passes, gradients through it, its bounds."""

import re

import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.flows.iaf import IAF
from gmlib.flows.maf import MAF, MaskedAffine

ORDERINGS = pytest.mark.parametrize("ordering", [[0, 1, 2, 3, 4], [2, 0, 4, 1, 3]])


def points(rows, n, dtype=torch.float64, seed=0):
    return torch.randn(rows, n, generator=device.generator(seed), dtype=torch.float64).to(dtype)


def build(n=5, hidden=(16, 16), ordering=None, scale=0.4, **options):
    """A layer that is far from its first weights."""
    layer = MaskedAffine(n, hidden, ordering, device.generator(1), **options)
    checks.randomise(layer, device.generator(2), scale)
    return layer


def by_full_passes(layer, z):
    """x from z by one whole pass of the network for each entry: what the walk must equal."""
    x = torch.zeros_like(z)
    for i in layer.ordering:
        a, log_b = layer.conditioner(x)
        x = x.index_copy(1, torch.tensor([i]), (a + log_b.exp() * z)[:, i : i + 1])
    return x


@ORDERINGS
@pytest.mark.parametrize("rows", [1, 6])
@pytest.mark.parametrize("hidden", [(16,), (9, 13), (1,), (2, 20, 3)])
def test_each_entry_follows_the_equation_both_ways(ordering, rows, hidden):
    layer, z = build(5, hidden, ordering).double(), points(rows, 5)
    x, log_det = layer(z)
    a, log_b = layer.conditioner(x)
    checks.close(x, a + log_b.exp() * z, "x")
    checks.close(log_det, log_b.sum(1), "log_det")
    checks.log_det(layer, z)
    checks.log_det(layer.inverse, z)
    checks.inverts(layer, layer.inverse, z)


@ORDERINGS
def test_the_triangle_is_whole_and_its_diagonal_is_b(ordering):
    layer, z = build(ordering=ordering).double(), points(60, 5)
    places = torch.argsort(torch.tensor(ordering))
    allowed = places[None, :] <= places[:, None]
    checks.links_are(layer, z, allowed)
    checks.links_are(layer.inverse, z, allowed, ("z", "x"))
    for part in range(2):  # a_i and log b_i see what comes before i, all of it, and not i itself
        sees = places[None, :] < places[:, None]
        checks.links_are(lambda x, part=part: layer.conditioner(x)[part], z, sees, ("a", "x"))
    x = layer(z)[0].detach()
    diagonal = checks.jacobian(layer, z).diagonal(dim1=1, dim2=2)
    checks.close(diagonal, layer.conditioner(x)[1].exp(), "the diagonal of the Jacobian")


@pytest.mark.parametrize("hidden", [(64,), (128, 128)])
@pytest.mark.parametrize("n", [1, 2, 16, 64])
def test_the_walk_is_n_full_passes_to_rounding(n, hidden):
    for place in gmlib.devices():
        layer = MaskedAffine(n, hidden, torch.randperm(n, generator=device.generator(3)), device.generator(1))
        z = points(1100, n, torch.float32)  # more than is walked together
        with torch.no_grad():
            expected, found = by_full_passes(layer, z), layer.to(place)(z.to(place))[0]
        # float32 carries seven digits; entries here are below ten
        assert (found.cpu() - expected).abs().max() <= 1e-5
        checks.close(found.cpu(), expected, "x", tolerance=1e-5)


def test_the_walk_makes_no_full_pass(monkeypatch):
    flow, passes = MAF(6, 3, (16,), device.generator(0)), []
    whole = type(flow.transforms[0].network).forward
    monkeypatch.setattr(
        type(flow.transforms[0].network), "forward", lambda net, x: (passes.append(net), whole(net, x))[1]
    )
    flow.sample(10, device.generator(1))
    assert passes == []
    flow.log_prob(points(10, 6, torch.float32))
    assert len(passes) == len(set(passes)) == 3


@ORDERINGS
def test_gradients_pass_through_the_walk(ordering):
    """To the noise and to every parameter, and equal to those of n full passes."""
    layer, z = build(ordering=ordering).double(), points(7, 5).requires_grad_()
    weights = points(7, 5, seed=4)

    def gradients(x):
        log_det = layer.conditioner(x)[1].sum(1) if isinstance(x, torch.Tensor) else x[1]
        x = x if isinstance(x, torch.Tensor) else x[0]
        loss = (weights * x).sum() + log_det.square().sum()
        return torch.autograd.grad(loss, [z, *layer.parameters()])

    for found, expected in zip(gradients(layer(z)), gradients(by_full_passes(layer, z)), strict=True):
        checks.close(found, expected, "the gradient")
        assert found.abs().sum() > 0
    with torch.no_grad():
        checks.close(layer(z)[0], by_full_passes(layer, z), "x without gradients")


@pytest.mark.parametrize("through", ["inverse", "forward"])
def test_every_weight_that_counts_gets_a_gradient(through):
    layer = build(4, (12, 12), [1, 3, 0, 2])
    x, log_det = getattr(layer, through)(points(300, 4, torch.float32))
    (x.square().sum() + log_det.square().sum()).backward()
    for part in layer.network.layers:
        reached = part.weight.grad != 0
        assert not reached[part.mask == 0].any()
        # a unit may be off for all points; the first variable's row of the last layer has no inputs at all
        assert (reached | (part.mask == 0)).float().mean() > 0.7
        assert (part.bias.grad != 0).float().mean() > 0.7


@pytest.mark.parametrize("n", [2, 16, 64])
def test_the_round_trip_in_float32(n):
    """Below 1e-4 for five layers with their first weights, and 1e-3 for far larger ones."""
    flow, z = MAF(n, generator=device.generator(0)), points(500, n, torch.float32)
    checks.inverts(flow, flow.inverse, z, tolerance=1e-4)
    checks.inverts(flow.inverse, flow, z, tolerance=1e-4)
    checks.randomise(flow, device.generator(1), 0.5 / n**0.5)
    checks.inverts(flow, flow.inverse, z, tolerance=1e-3)


@pytest.mark.parametrize("size", [1e4, 1e-8])
@pytest.mark.parametrize(("scale", "dtype"), [(0.1, torch.float32), (3.0, torch.float64)])
@pytest.mark.parametrize("n", [1, 2, 7])
def test_hostile_sizes_and_saturated_scales(n, scale, dtype, size):
    """Finite, with finite gradients, and back: to 1e-4 of the largest number on the way, in float32.

    Under weights of size 3, slopes are in the hundreds and an error grows from entry to entry: there float64 shows it.
    """
    layer, x = build(n, (16,), scale=scale).to(dtype), size * points(20, n, dtype)
    z, log_det = layer.inverse(x)
    (log_det.sum() - z.square().mean()).backward()
    again, _ = layer(z)
    for found in (z, log_det, again, *(p.grad for p in layer.parameters())):
        checks.value(found)
    assert log_det.abs().max() <= n * layer.bound
    a, _ = layer.conditioner(x)
    largest, limit = max(value.abs().max().item() for value in (a, x)), 1e-4 if scale == 0.1 else 1e-6
    assert (again - x).abs().max() <= limit * max(largest, size)


def test_a_flow_of_saturated_layers_has_a_finite_density():
    flow = MAF(5, 5, (16,), device.generator(0))
    checks.randomise(flow, device.generator(1), 3.0)
    for size in (1e4, 1.0, 1e-8):
        checks.value(flow.log_prob(size * points(20, 5, torch.float32)))


def test_orders_alternate_and_the_flow_is_its_layers():
    flow = MAF(5, 3, (16,), device.generator(0)).double()
    assert [layer.ordering for layer in flow.transforms] == [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [0, 1, 2, 3, 4]]
    checks.randomise(flow, device.generator(1), 0.4)
    z = points(6, 5)
    checks.log_det(flow, z)
    checks.inverts(flow, flow.inverse, z)
    x, total = z, 0
    for layer in flow.transforms:
        x, log_det = layer(x)
        total = total + log_det
    checks.close(flow(z)[0], x, "x")
    checks.close(flow(z)[1], total, "log_det")
    assert (checks.jacobian(flow, points(50, 5)).abs().amax(0) > 1e-8).all()  # every entry sees every other


@pytest.mark.parametrize("kind", [MAF, IAF])
def test_orders_may_be_drawn_or_given(kind):
    drawn = [kind(9, 3, generator=device.generator(seed), orders="random") for seed in (0, 0, 1)]
    one, same, other = ([layer.ordering for layer in flow.transforms] for flow in drawn)
    assert one == same != other
    assert len({tuple(order) for order in one}) == 3
    assert all(sorted(order) == list(range(9)) for order in one)
    given = [[1, 0, 2], torch.tensor([2, 1, 0])]
    assert [layer.ordering for layer in kind(3, 2, orders=given).transforms] == [[1, 0, 2], [2, 1, 0]]


def test_the_density_integrates_to_one():
    flow = MAF(2, 2, (8,), device.generator(0)).double()
    checks.area_is_one(flow.log_prob, -9, 9)


def test_the_generator_decides():
    one, two, other = (MAF(4, generator=device.generator(seed)) for seed in (0, 0, 1))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert torch.equal(one.sample(9, device.generator(3)), two.sample(9, device.generator(3)))


def test_a_double_model_and_other_devices():
    for place in gmlib.devices():
        flow = MAF(3, 2, (8,), device.generator(0)).to(place, torch.float64)
        x = flow.sample(4, device.generator(0))
        assert x.dtype == torch.float64
        assert x.device.type == place.type


REFUSED = {
    "n: got 0, expected a whole number of at least 1": lambda: MAF(0),
    "transforms: got 0, expected a whole number of at least 1": lambda: MAF(3, 0),
    "hidden: got 64, expected a list: the units of each hidden layer": lambda: MAF(3, hidden=64),
    "hidden: got an empty list, expected a list: the units of each hidden layer": lambda: MaskedAffine(3, ()),
    "hidden[1]: got 0, expected a whole number of at least 1": lambda: MaskedAffine(3, (4, 0)),
    "ordering: got [0, 0, 1], expected each index from 0 to 2 once": lambda: MaskedAffine(3, ordering=[0, 0, 1]),
    "orders: got 'reverse', expected None, 'random' or a list of 5 orders, one a layer": lambda: MAF(
        3, orders="reverse"
    ),
    "orders: got 1 orders, expected None, 'random' or a list of 2 orders": lambda: MAF(3, 2, orders=[[0, 1, 2]]),
    "orders[1]: got [0, 1], expected each index from 0 to 2 once": lambda: MAF(3, 2, orders=[[0, 1, 2], [0, 1]]),
    "bound: got 0, expected a number above 0": lambda: MaskedAffine(3, bound=0),
    "bound: got inf, expected a number above 0": lambda: MaskedAffine(3, bound=float("inf")),
    "bound: got 'large', expected a number above 0": lambda: MaskedAffine(3, bound="large"),
    "x: got a float32 tensor of shape (2, 4), expected a float32 tensor of shape (batch, 3)": lambda: MaskedAffine(
        3
    ).conditioner(torch.zeros(2, 4)),
    "z: got a float64 tensor of shape (2, 3), expected a float32 tensor of shape (batch, 3)": lambda: MAF(3)(
        torch.zeros(2, 3, dtype=torch.float64)
    ),
    "x: got 1 entry that is NaN or infinite (the first is inf), expected finite numbers": lambda: MAF(3).log_prob(
        torch.tensor([[0, float("inf"), 0]])
    ),
}


def test_first_weights_have_the_stated_spread():
    first, *rest = MaskedAffine(50, (400, 300), None, device.generator(0)).network.layers
    assert first.weight.var().item() * 50 == pytest.approx(1 / 3, rel=0.05)
    for layer in rest:
        assert layer.weight.var().item() * layer.weight.shape[1] == pytest.approx(1, rel=0.05)
    for layer in (first, *rest):
        assert layer.bias.var().item() * layer.weight.shape[1] == pytest.approx(1 / 3, rel=0.25)


@pytest.mark.bad_input
@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()
