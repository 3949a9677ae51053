"""The P L U layer is the matrix it says, its determinant is read off, its inverse undoes it; refusals."""

import re

import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.flows.flow import Flow
from gmlib.flows.linear import Linear


def build(n, dtype=torch.float64, seed=0):
    layer = Linear(n, device.generator(seed))
    checks.randomise(layer, device.generator(seed + 1), scale=0.5)
    return layer.to(dtype)


def points(rows, n, dtype=torch.float64):
    return torch.randn(rows, n, generator=device.generator(9), dtype=torch.float64).to(dtype)


@pytest.mark.parametrize(("rows", "n"), [(1, 1), (4, 2), (3, 7)])
def test_each_direction_has_its_own_log_det(rows, n):
    for place in gmlib.devices():
        layer, z = build(n).to(place), points(rows, n).to(place)
        x, log_det = layer(z)
        checks.close(x.detach(), (z @ layer.W.T + layer.shift).detach().cpu(), "W z + b")
        checks.close(log_det, torch.linalg.slogdet(layer.W).logabsdet.expand(rows).cpu(), "log |det W|")
        checks.inverts(layer, layer.inverse, z)
    layer = build(n)
    checks.log_det(layer, z.cpu())
    checks.log_det(layer.inverse, z.cpu())


def test_the_first_matrix_is_a_rotation_and_the_generator_decides_which():
    first, again, other = (Linear(5, device.generator(seed)) for seed in (0, 0, 1))
    checks.close(first.W @ first.W.T, torch.eye(5), "W W^T")
    checks.close(first.W, again.W, "the same seed")
    assert (first.W - other.W).abs().max() > 0.1
    checks.close(first(points(3, 5, torch.float32))[1], torch.zeros(3), "log |det| of a rotation", tolerance=1e-5)


def test_any_invertible_matrix_can_be_set_and_loaded():
    W, b = points(6, 6), points(1, 6)[0]
    for sign in (1, -1):
        W[0] *= sign
        layer = Linear(6).double().set(W, b)
        checks.close(layer.W, W, "W")
        checks.close(layer.shift, b, "b")
        other = Linear(6, device.generator(3)).double()
        other.load_state_dict(layer.state_dict())
        checks.close(other.W, W, "W from a saved state: permutation and signs belong to it")


def test_every_parameter_has_a_gradient():
    layer = build(6)
    z, log_det = layer.inverse(points(5, 6))
    (z.sin().sum() + log_det.sum()).backward()
    for name, parameter in layer.named_parameters():
        assert (parameter.grad != 0).all(), name


@pytest.mark.parametrize("n", [2, 16, 64])
def test_round_trips_stay_within_the_stated_tolerance(n):
    for dtype, limit in ((torch.float32, 1e-5), (torch.float64, 1e-13)):
        layer, z = Linear(n, device.generator(n)).to(dtype), points(50, n, dtype)
        for size in (1e-8, 1.0, 1e4):
            again = layer.inverse(layer(size * z)[0])[0] / size
            assert (again - z).abs().max() < limit * z.abs().max()


def test_it_is_one_layer_of_a_flow_and_its_density_integrates_to_one():
    flow = Flow([build(2)]).double()
    checks.area_is_one(flow.log_prob, -12, 12)
    assert flow.sample(3, device.generator(0)).shape == (3, 2)


def test_a_matrix_of_lower_rank_is_refused_and_nothing_is_changed():
    for seed in range(20):
        left, right = (torch.randn(16, 15, generator=device.generator(seed + k)) for k in (0, 50))
        with pytest.raises(ValueError, match="determinant is 0 to rounding"):
            Linear(16).set(left @ right.T)
    layer = Linear(3)
    with pytest.raises(ValueError, match="determinant is 0 to rounding"):
        layer.set(torch.ones(3, 3), torch.ones(3))
    assert (layer.shift == 0).all()


@pytest.mark.bad_input
def test_bad_input():
    layer = Linear(3)
    for call, message in [
        (lambda: Linear(0), "n: got 0, expected a whole number of at least 1"),
        (
            lambda: layer.set(torch.ones(3, 3)),
            "W: got a matrix whose determinant is 0 to rounding, expected a matrix that has an inverse",
        ),
        (
            lambda: layer.set(torch.eye(2)),
            "W: got a float32 tensor of shape (2, 2), expected a float32 tensor of shape",
        ),
        (lambda: layer.set(torch.eye(3), torch.zeros(2)), "b: got a float32 tensor of shape (2,), expected"),
        (lambda: layer(torch.zeros(4, 2)), "z: got a float32 tensor of shape (4, 2), expected"),
        (lambda: layer.inverse(torch.full((1, 3), torch.nan)), "x: got 3 entries that are NaN or infinite"),
    ]:
        with pytest.raises(ValueError, match=re.escape(message)):
            call()
