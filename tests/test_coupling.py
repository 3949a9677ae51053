"""Couplings: exact both ways for every split, complete in what moves what, finite for hostile numbers."""

import re

import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.flows.coupling import AdditiveCoupling, AffineCoupling, halves, network

KINDS = pytest.mark.parametrize("kind", [AdditiveCoupling, AffineCoupling])
MASKS = {
    "halves of 4": halves(4),
    "halves of 5": halves(5),
    "first of 5": halves(5, 1),
    "all but one of 6": halves(6, 5),
    "the others": ~halves(5, 3),
    "scattered": torch.tensor([True, False, False, True, False, True, True]),
    "two": halves(2),
}


def points(rows, n, dtype=torch.float64, seed=0):
    return torch.randn(rows, n, generator=device.generator(seed), dtype=torch.float64).to(dtype)


def build(kind, mask, scale=0.4, hidden=(16,)):
    layer = kind(mask, hidden, generator=device.generator(1))
    checks.randomise(layer, device.generator(2), scale)
    return layer


def test_halves_keep_the_first():
    assert halves(5).tolist() == [True, True, False, False, False]
    assert halves(5, 4).tolist() == [True, True, True, True, False]


@KINDS
@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("rows", [1, 5])
def test_both_directions_of_every_split(kind, name, rows):
    mask = MASKS[name]
    layer, z = build(kind, mask).double(), points(rows, len(mask))
    checks.log_det(layer, z)
    checks.inverts(layer, layer.inverse, z)
    checks.log_det(layer.inverse, z)


@KINDS
@pytest.mark.parametrize("name", MASKS)
def test_who_moves_whom_is_complete(kind, name):
    mask = MASKS[name]
    # entries that move see themselves and all that stay
    allowed = torch.eye(len(mask), dtype=torch.bool) | (~mask[:, None] & mask[None, :])
    layer = build(kind, mask).double()
    checks.links_are(layer, points(20, len(mask)), allowed)
    checks.links_are(layer.inverse, points(20, len(mask)), allowed, ("z", "x"))


@KINDS
def test_what_stays_stays_exactly(kind):
    layer, z = build(kind, MASKS["scattered"]), points(5, 7, torch.float32)
    for move in (layer, layer.inverse):
        assert torch.equal(move(z)[0][:, MASKS["scattered"]], z[:, MASKS["scattered"]])


def test_an_additive_coupling_keeps_the_volume():
    assert (build(AdditiveCoupling, halves(5))(points(3, 5, torch.float32))[1] == 0).all()


@KINDS
def test_a_new_coupling_is_the_identity(kind):
    z = points(4, 5, torch.float32)
    x, log_det = kind(halves(5))(z)
    assert torch.equal(x, z)
    assert (log_det == 0).all()


@KINDS
def test_every_parameter_is_reached(kind):
    layer = build(kind, halves(5, 2))
    x, log_det = layer(points(50, 5, torch.float32))
    (x.square().sum() + log_det.sum()).backward()
    for name, parameter in layer.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


@KINDS
@pytest.mark.parametrize("n", [2, 16, 64])
def test_the_round_trip_in_float32(kind, n):
    layer, z = build(kind, halves(n), scale=1 / n**0.5), points(100, n, torch.float32)
    checks.inverts(layer, layer.inverse, z, tolerance=1e-4)


@KINDS
@pytest.mark.parametrize("size", [1e4, 1e-8])
@pytest.mark.parametrize("scale", [0.1, 3.0])
def test_hostile_sizes_and_saturated_scales(kind, size, scale):
    """Finite both ways, and back to within float32's rounding of the largest number on the way."""
    layer, z = build(kind, halves(6), scale), size * points(20, 6, torch.float32)
    x, log_det = layer(z)
    back, _ = layer.inverse(x)
    for found in (x, log_det, back):
        checks.value(found)
    largest = max(x.abs().max().item(), z.abs().max().item(), 1)
    # a number of this size has lost so much when the scale shrinks it by at most e^5
    assert (back - z).abs().max() <= 200 * largest * torch.finfo(torch.float32).eps


def test_devices_agree():
    mask, z = halves(5, 2), points(6, 5, torch.float32)
    for place in gmlib.devices():
        for k in range(2):
            expected = build(AffineCoupling, mask)(z)[k]
            found = build(AffineCoupling, mask).to(place)(z.to(place))[k]
            assert found.device.type == place.type
            checks.close(found, expected.detach(), "the result", tolerance=1e-4)


def test_the_network_is_drawn_from_the_generator():
    one, two = (network(3, (4,), 2, device.generator(0)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert one[0].weight.std() > 0.1


REFUSED = {
    "n: got 1, expected a whole number of at least 2": lambda: halves(1),
    "d: got 4, expected a whole number from 1 to 3": lambda: halves(4, 4),
    "mask: got 3 of 3 entries true, expected at least one of each kind": lambda: AffineCoupling(halves(3) | True),
    "mask: got 0 of 3 entries true, expected at least one of each kind": lambda: AdditiveCoupling(halves(3) & False),
    "mask: got an int64 tensor of shape (2,), expected a bool tensor of shape (n,)": lambda: AffineCoupling(
        torch.tensor([0, 1])
    ),
    "hidden: got 64, expected a list": lambda: AffineCoupling(halves(4), 64),
    "hidden[1]: got 0, expected a whole number of at least 1": lambda: AdditiveCoupling(halves(4), (5, 0)),
    "bound: got 0, expected a number above 0": lambda: AffineCoupling(halves(4), bound=0),
    "bound: got None, expected a number above 0": lambda: AffineCoupling(halves(4), bound=None),
    "z: got a float32 tensor of shape (2, 3), expected a float32 tensor of shape (batch, 4)": lambda: AffineCoupling(
        halves(4)
    )(torch.zeros(2, 3)),
}


@pytest.mark.parametrize("bound", [0.5, 2.0, 7.0])
def test_the_bound_is_that_of_the_formula(bound):
    layer, kept = AffineCoupling(halves(4), (16,), bound, device.generator(0)).double(), points(50, 2)
    for scale in (0.1, 3.0):
        checks.randomise(layer, device.generator(1), scale)
        raw = layer.network(kept)[:, :2]
        s, _ = layer.scale_and_shift(kept)
        checks.close(s.detach(), (bound * torch.tanh(raw / bound)).detach(), "s")
        assert s.abs().max() <= bound


def test_first_weights_have_the_stated_spread():
    layers = [layer for layer in network(50, (400, 300), 2, device.generator(0)) if hasattr(layer, "weight")]
    for layer in layers[:-1]:
        inputs = layer.weight.shape[1]
        assert layer.weight.var().item() * inputs == pytest.approx(1, rel=0.05)
        assert layer.bias.var().item() * inputs == pytest.approx(1 / 3, rel=0.2)
    assert all((part == 0).all() for part in layers[-1].parameters())


def test_building_with_a_generator_draws_nothing_from_the_global_numbers():
    before = torch.get_rng_state()
    AffineCoupling(halves(4), generator=device.generator(0))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.bad_input
@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()
