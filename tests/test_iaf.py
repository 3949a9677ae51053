"""IAF: the mirror of MAF. One pass for a sample, the walk for its inverse, and the same numbers as MAF turned round."""

import re

import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.flows.iaf import IAF, InverseMaskedAffine
from gmlib.flows.maf import MaskedAffine

ORDERINGS = pytest.mark.parametrize("ordering", [[0, 1, 2, 3, 4], [2, 0, 4, 1, 3]])


def points(rows, n, dtype=torch.float64, seed=0):
    return torch.randn(rows, n, generator=device.generator(seed), dtype=torch.float64).to(dtype)


def build(n=5, hidden=(16, 16), ordering=None, scale=0.4, kind=InverseMaskedAffine):
    layer = kind(n, hidden, ordering, device.generator(1))
    checks.randomise(layer, device.generator(2), scale)
    return layer


@ORDERINGS
@pytest.mark.parametrize("rows", [1, 6])
@pytest.mark.parametrize("hidden", [(16,), (9, 13), (1,)])
def test_each_entry_follows_the_equation_both_ways(ordering, rows, hidden):
    layer, z = build(5, hidden, ordering).double(), points(rows, 5)
    a, log_b = layer.conditioner(z)
    x, log_det = layer(z)
    checks.close(x, a + log_b.exp() * z, "x")
    checks.close(log_det, log_b.sum(1), "log_det")
    checks.log_det(layer, z)
    checks.log_det(layer.inverse, z)
    checks.inverts(layer, layer.inverse, z)


@ORDERINGS
def test_the_triangle_is_whole_and_the_conditioner_reads_the_noise(ordering):
    layer, z = build(ordering=ordering).double(), points(60, 5)
    places = torch.argsort(torch.tensor(ordering))
    checks.links_are(layer, z, places[None, :] <= places[:, None])
    checks.links_are(layer.inverse, z, places[None, :] <= places[:, None], ("z", "x"))
    sees = places[None, :] < places[:, None]
    for part in range(2):
        checks.links_are(lambda z, part=part: layer.conditioner(z)[part], z, sees, ("a", "z"))


def test_it_is_a_maf_walked_the_other_way():
    """(x - a) / b of MAF's inverse is a' + b' x with b' = 1 / b: equal where a = 0."""
    maf, iaf = (build(kind=kind).double() for kind in (MaskedAffine, InverseMaskedAffine))
    for layer, sign in ((maf, 1), (iaf, -1)):
        last = layer.network.layers[-1]
        with torch.no_grad():
            last.weight[:5] = 0
            last.bias[:5] = 0
            last.weight *= sign
            last.bias *= sign
    z = points(6, 5)
    for k in range(2):
        checks.close(maf.inverse(z)[k], iaf(z)[k], "one pass")
        checks.close(maf(z)[k], iaf.inverse(z)[k], "the walk")


def test_samples_take_one_pass_a_layer(monkeypatch):
    flow, passes = IAF(6, 3, (16,), device.generator(0)), []
    kind = type(flow.transforms[0].network)
    whole = kind.forward
    monkeypatch.setattr(kind, "forward", lambda net, x: (passes.append(net), whole(net, x))[1])
    flow.sample_and_log_prob(10, device.generator(1))
    assert len(passes) == len(set(passes)) == 3
    flow.inverse(points(10, 6, torch.float32))
    assert len(passes) == 3


@pytest.mark.parametrize("through", ["inverse", "forward"])
def test_every_weight_that_counts_gets_a_gradient(through):
    layer = build(4, (12, 12), [1, 3, 0, 2])
    moved, log_det = getattr(layer, through)(points(300, 4, torch.float32))
    (moved.square().sum() + log_det.square().sum()).backward()
    for part in layer.network.layers:
        reached = part.weight.grad != 0
        assert not reached[part.mask == 0].any()
        assert (reached | (part.mask == 0)).float().mean() > 0.7
        assert (part.bias.grad != 0).float().mean() > 0.7


@ORDERINGS
def test_gradients_pass_through_the_inverse(ordering):
    """dz/dx is the inverse of dx/dz at z, whole: the walk forgets no path."""
    layer, z = build(ordering=ordering).double(), points(6, 5)
    x = layer(z)[0].detach()
    checks.close(torch.linalg.inv(checks.jacobian(layer, z)), checks.jacobian(layer.inverse, x), "dz / dx")


def test_the_density_of_samples_is_that_of_log_prob():
    flow = IAF(4, 3, (12,), device.generator(0)).double()
    x, log_q = flow.sample_and_log_prob(50, device.generator(1))
    checks.close(log_q.detach(), flow.log_prob(x.detach()).detach(), "log q")
    checks.area_is_one(IAF(2, 2, (8,), device.generator(0)).double().log_prob, -9, 9)


@pytest.mark.parametrize("n", [2, 16, 64])
def test_the_round_trip_in_float32(n):
    """Below 1e-4 with the first weights, and 1e-3 for far larger ones."""
    flow, z = IAF(n, 5, generator=device.generator(0)), points(500, n, torch.float32)
    checks.inverts(flow, flow.inverse, z, tolerance=1e-4)
    checks.randomise(flow, device.generator(1), 0.5 / n**0.5)
    checks.inverts(flow, flow.inverse, z, tolerance=1e-3)


@pytest.mark.parametrize("size", [1e4, 1e-8])
@pytest.mark.parametrize(("scale", "dtype"), [(0.1, torch.float32), (3.0, torch.float64)])
@pytest.mark.parametrize("n", [1, 2, 7])
def test_hostile_sizes_and_saturated_scales(n, scale, dtype, size):
    layer, z = build(n, (16,), scale=scale).to(dtype), size * points(20, n, dtype)
    x, log_det = layer(z)
    (log_det.sum() - x.square().mean()).backward()
    again, _ = layer.inverse(x)
    for found in (x, log_det, again, *(p.grad for p in layer.parameters())):
        checks.value(found)
    assert log_det.abs().max() <= n * layer.bound
    # z_i carries the rounding of x_i divided by b_i >= e^-3; under weights of size 3 the next entries magnify it
    largest, limit = max(x.abs().max().item(), z.abs().max().item()), 1e-4 if scale == 0.1 else 1e-6
    assert (again - z).abs().max() <= limit * largest


def test_orders_alternate():
    flow = IAF(3, 3, generator=device.generator(0))
    assert [layer.ordering for layer in flow.transforms] == [[0, 1, 2], [2, 1, 0], [0, 1, 2]]


def test_devices_agree():
    for place in gmlib.devices():
        z = points(6, 5, torch.float32)
        for direction in ("forward", "inverse"):
            for k in range(2):
                expected = getattr(build(), direction)(z)[k].detach()
                checks.close(getattr(build().to(place), direction)(z.to(place))[k], expected, "it", tolerance=1e-4)


REFUSED = {
    "n: got 0, expected a whole number of at least 1": lambda: IAF(0),
    "transforms: got None, expected a whole number of at least 1": lambda: IAF(3, None),
    "hidden: got 64, expected a list: the units of each hidden layer": lambda: IAF(3, hidden=64),
    "ordering: got [0, 1], expected each index from 0 to 2 once": lambda: InverseMaskedAffine(3, ordering=[0, 1]),
    "bound: got -1, expected a number above 0": lambda: InverseMaskedAffine(3, bound=-1),
    "z: got a float32 tensor of shape (2, 4), expected a float32 tensor of shape (batch, 3)": (
        lambda: InverseMaskedAffine(3).conditioner(torch.zeros(2, 4))
    ),
    "x: got a float32 tensor of shape (3,), expected a float32 tensor of shape (batch, 3)": (
        lambda: IAF(3).inverse(torch.zeros(3))
    ),
}


@pytest.mark.bad_input
@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()
