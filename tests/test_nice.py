"""NICE: exact both ways, one determinant for all of space, every entry moved, and able to learn what it should."""

import re

import pytest
import torch
from torch.distributions import MultivariateNormal

import gmlib
from gmlib import checks, device, training
from gmlib.flows.nice import NICE, Rescaling


def points(rows, n, dtype=torch.float64, seed=0):
    return torch.randn(rows, n, generator=device.generator(seed), dtype=torch.float64).to(dtype)


def build(n, couplings=4, scale=0.4, hidden=(16,)):
    model = NICE(n, couplings, hidden, device.generator(1))
    checks.randomise(model, device.generator(2), scale)
    return model


@pytest.mark.parametrize(("n", "couplings"), [(2, 1), (2, 4), (5, 3), (6, 4), (7, 2)])
@pytest.mark.parametrize("rows", [1, 5])
def test_both_directions(n, couplings, rows):
    model, z = build(n, couplings).double(), points(rows, n)
    checks.log_det(model, z)
    checks.inverts(model, model.inverse, z)
    checks.log_det(model.inverse, z)


def test_the_determinant_is_the_same_everywhere_and_the_rescaling_s_alone():
    model = build(5).double()
    _, log_det = model(points(50, 5))
    checks.close(log_det, model.transforms[-1].log_scale.sum().detach().expand(50), "the log-determinant")
    assert log_det[0].abs() > 0.1
    path = model.path(points(50, 5))
    assert len(path) == 6
    assert all((so_far == 0).all() for _, so_far in path[:-1])


def test_the_rescaling_is_held_to_the_jacobian():
    layer, z = Rescaling(3).double(), points(4, 3)
    checks.randomise(layer, device.generator(3))
    checks.log_det(layer, z)
    checks.inverts(layer, layer.inverse, z)
    checks.links_are(layer, z, torch.eye(3, dtype=torch.bool))


@pytest.mark.parametrize(("couplings", "reached"), [(1, False), (2, False), (3, True)])
def test_three_couplings_link_every_entry_with_every_other(couplings, reached):
    links = (checks.jacobian(build(5, couplings).double(), points(30, 5)).abs() > 1e-12).any(0)
    assert bool(links.all()) == reached
    assert bool((links.sum(1) > 1).all()) == (couplings > 1)  # with one coupling the first half stays


def test_it_integrates_to_one():
    model = build(2, hidden=(8,)).double()
    checks.area_is_one(model.log_prob, -14, 14)
    broken = model.transforms[-1].log_scale.detach().sum()
    with pytest.raises(AssertionError, match="integrate to 1"):
        checks.area_is_one(lambda x: model.log_prob(x) + broken, -14, 14)


def test_a_new_model_is_the_standard_normal():
    model, x = NICE(4, generator=device.generator(0)), points(5, 4, torch.float32)
    aim = MultivariateNormal(torch.zeros(4), torch.eye(4)).log_prob(x)
    checks.close(model.log_prob(x).detach(), aim, "log p")


def test_every_parameter_is_reached():
    model = build(5)
    model.log_prob(points(50, 5, torch.float32)).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("n", [2, 16, 64])
def test_the_round_trip_in_float32(n):
    model, z = build(n, scale=1 / n**0.5), points(100, n, torch.float32)
    checks.inverts(model, model.inverse, z, tolerance=1e-4)


@pytest.mark.parametrize("size", [1e4, 1e-8])
def test_hostile_sizes(size):
    """Back to within float32's rounding of the largest number on the way."""
    model, z = build(6), size * points(20, 6, torch.float32)
    path = [value for value, _ in model.path(z)]
    back, log_det = model.inverse(path[-1])
    checks.value(log_det)
    largest = max(value.abs().max().item() for value in path)
    assert (back - z).abs().max() <= 100 * largest * torch.finfo(torch.float32).eps


def test_samples_have_the_density_that_it_states():
    model = build(2, hidden=(8,)).double()
    x, log_p = model.sample_and_log_prob(50, device.generator(4))
    checks.close(log_p.detach(), model.log_prob(x).detach(), "log p of its own samples")
    assert torch.equal(model.sample(50, device.generator(4)), x.detach())


def test_it_learns_a_bent_density_that_only_couplings_can_straighten():
    """x_2 = z_2 + z_1^2: within .1 nats of the truth, where the best Gaussian stays .5 away."""
    z = points(2000, 2, torch.float32)
    x = torch.stack([z[:, 0], 0.5 * z[:, 1] + z[:, 0] ** 2], 1)
    truth = -(-0.5 * z.square().sum(1) - torch.log(torch.tensor(2 * torch.pi)) - torch.log(torch.tensor(0.5))).mean()
    gaussian = -MultivariateNormal(x.mean(0), x.T.cov()).log_prob(x).mean()
    model = NICE(2, 2, (32,), device.generator(0))
    training.fit(model, x, epochs=25, batch_size=100, generator=device.generator(1), progress=False)
    assert truth - 0.02 < training.nll(model, x) < truth + 0.1
    assert gaussian > truth + 0.5


def test_devices_agree():
    z = points(6, 5, torch.float32)
    for place in gmlib.devices():
        for k in range(2):
            expected, found = build(5)(z)[k], build(5).to(place)(z.to(place))[k]
            assert found.device.type == place.type
            checks.close(found, expected.detach(), "the result", tolerance=1e-4)


REFUSED = {
    "n: got 1, expected a whole number of at least 2": lambda: NICE(1),
    "n: got 0, expected a whole number of at least 1": lambda: Rescaling(0),
    "couplings: got 0, expected a whole number of at least 1": lambda: NICE(4, 0),
    "hidden: got 64, expected a list": lambda: NICE(4, hidden=64),
    "hidden[0]: got 0, expected a whole number of at least 1": lambda: NICE(4, hidden=(0,)),
    "x: got a float32 tensor of shape (2, 3), expected a float32 tensor of shape (batch, 4)": lambda: NICE(4).log_prob(
        torch.zeros(2, 3)
    ),
    "z: got a float32 tensor of shape (2, 3), expected a float32 tensor of shape (batch, 4)": lambda: Rescaling(4)(
        torch.zeros(2, 3)
    ),
}


@pytest.mark.bad_input
@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()
