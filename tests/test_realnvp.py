"""Real-NVP: every entry moves, every entry sees every other, exact both ways for every split, finite when hostile."""

import re

import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.flows.coupling import halves
from gmlib.flows.realnvp import RealNVP

UNEQUAL = [halves(5, 1), ~halves(5, 3), torch.tensor([True, False, True, False, True])]


def points(rows, n, dtype=torch.float64, seed=0):
    return torch.randn(rows, n, generator=device.generator(seed), dtype=torch.float64).to(dtype)


def build(n, couplings=4, hidden=(16,), masks=None, scale=0.3):
    flow = RealNVP(n, couplings, hidden, masks, device.generator(1))
    checks.randomise(flow, device.generator(2), scale)
    return flow


@pytest.mark.parametrize(("n", "masks"), [(2, None), (3, None), (7, None), (5, UNEQUAL)])
@pytest.mark.parametrize("rows", [1, 6])
def test_both_directions(n, masks, rows):
    flow, z = build(n, masks=masks).double(), points(rows, n)
    checks.log_det(flow, z)
    checks.log_det(flow.inverse, z)
    checks.inverts(flow, flow.inverse, z)
    checks.inverts(flow.inverse, flow, z)


@pytest.mark.parametrize("n", [2, 3, 4, 7])
def test_halves_take_turns(n):
    flow = RealNVP(n, 4)
    moved = [set(layer.moved.tolist()) for layer in flow.transforms]
    assert moved[0] == moved[2] == set(range(n // 2, n))
    assert moved[1] == moved[3] == set(range(n // 2))
    assert len(RealNVP(n, 1).transforms) == 1


def test_masks_are_kept_and_say_how_many_couplings():
    flow = RealNVP(5, masks=UNEQUAL)
    assert [layer.kept.tolist() for layer in flow.transforms] == [[0], [3, 4], [0, 2, 4]]


@pytest.mark.parametrize("n", [2, 5])
def test_who_sees_whom(n):
    """Two couplings let the first half see all and the second half what it saw before; three let all see all."""
    allowed = torch.ones(n, n, dtype=torch.bool)
    allowed[n // 2 :, n // 2 :] = torch.eye(n - n // 2, dtype=torch.bool)
    checks.links_are(build(n, 2, scale=0.6).double(), points(60, n), allowed)
    checks.links_are(build(n, 3, scale=0.6).double(), points(60, n), torch.ones(n, n, dtype=torch.bool))


def test_a_new_flow_is_the_identity():
    z = points(4, 5, torch.float32)
    x, log_det = RealNVP(5)(z)
    assert torch.equal(x, z)
    assert (log_det == 0).all()


def test_every_parameter_gets_a_gradient():
    flow = build(5, hidden=(24,))
    flow.log_prob(points(500, 5, torch.float32)).sum().backward()
    for name, parameter in flow.named_parameters():
        # a unit may be off for all points
        assert (parameter.grad != 0).float().mean() > 0.7, name


@pytest.mark.parametrize("n", [2, 16, 64])
def test_the_round_trip_in_float32(n):
    """Below 1e-4 for eight couplings whose scales reach a factor of e."""
    flow, z = build(n, 8, (64, 64), scale=0.08), points(500, n, torch.float32)
    checks.inverts(flow, flow.inverse, z, tolerance=1e-4)
    checks.inverts(flow.inverse, flow, z, tolerance=1e-4)


@pytest.mark.parametrize("size", [1e4, 1e-8])
@pytest.mark.parametrize("n", [2, 7])
def test_hostile_sizes_come_back(n, size):
    """To within what float32 keeps of the largest number on the way, times how much four couplings magnify it."""
    flow, z = build(n, 4, scale=0.1), size * points(20, n, torch.float32)
    x, log_det = flow(z)
    again, back = flow.inverse(x)
    for found in (x, log_det, again, back, flow.log_prob(x)):
        checks.value(found)
    largest = max(value.abs().max().item() for value, _ in flow.path(z))
    assert (again - z).abs().max() <= 1e3 * max(largest, size) * torch.finfo(torch.float32).eps


@pytest.mark.parametrize("size", [1e4, 1.0, 1e-8])
def test_saturated_scales_stay_finite(size):
    flow = build(5, 8, scale=3.0)
    for direction in (flow, flow.inverse):
        for found in direction(size * points(20, 5, torch.float32)):
            checks.value(found)


def test_the_density_integrates_to_one():
    checks.area_is_one(build(2, 3, (8,), scale=0.25).double().log_prob, -12, 12)


def test_the_generator_decides_and_devices_agree():
    one, two = (RealNVP(4, generator=device.generator(0)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    for place in gmlib.devices():
        z = points(6, 5, torch.float32)
        checks.close(build(5).to(place)(z.to(place))[0], build(5)(z)[0].detach(), "x", tolerance=1e-4)


REFUSED = {
    "n: got 1, expected a whole number of at least 2": lambda: RealNVP(1),
    "couplings: got 0, expected a whole number of at least 1": lambda: RealNVP(3, 0),
    "hidden: got 64, expected a list: the units of each hidden layer": lambda: RealNVP(3, hidden=64),
    "masks: got an empty list, expected a list of boolean tensors of shape (3,), one a coupling": lambda: RealNVP(
        3, masks=[]
    ),
    "masks: got a bool tensor of shape (3,), expected a list": lambda: RealNVP(3, masks=halves(3)),
    "masks[1]: got a bool tensor of shape (4,), expected a bool tensor of shape (3,)": lambda: RealNVP(
        3, masks=[halves(3), halves(4)]
    ),
    "masks[0]: got a list, expected a bool tensor of shape (3,)": lambda: RealNVP(3, masks=[[True, False, False]]),
    "mask: got 3 of 3 entries true, expected at least one of each kind": lambda: RealNVP(3, masks=[halves(3) | True]),
}


@pytest.mark.bad_input
@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()
