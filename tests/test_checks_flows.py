"""The checks of flows: what each must accept, and a broken twin for each direction of its property."""

import re

import numpy as np
import pytest
import torch

from gmlib import checks, device

N = 4


def caught(sentence):
    return pytest.raises(AssertionError, match=re.escape(sentence))


def points(rows=6, n=N, seed=0):
    return torch.randn(rows, n, generator=device.generator(seed), dtype=torch.float64)


def triangular(z):
    """x_i = z_i^3 + 2 z_i + sum_{j < i} sin z_j: each entry sees those before it; and its log-determinant."""
    before = z.sin().cumsum(1) - z.sin()
    return z**3 + 2 * z + before, (3 * z**2 + 2).log().sum(1)


def by_numpy(z):
    inside = z.detach().numpy()
    return torch.from_numpy(inside**3 + 2 * inside), torch.from_numpy(np.log(3 * inside**2 + 2).sum(1))


def linear(z):
    """A fixed map with determinant -6, and its log-determinant."""
    A = torch.diag(torch.tensor([1.0, -2, 3, 1], dtype=z.dtype))
    return z @ A.T, z.new_full((len(z),), 6.0).log()


def linear_inverse(x):
    return x / torch.tensor([1.0, -2, 3, 1], dtype=x.dtype), -x.new_full((len(x),), 6.0).log()


# --- jacobian and log_det ------------------------------------------------------------------------------------------


def test_the_jacobian_is_that_of_each_row():
    z = points()
    found = checks.jacobian(triangular, z)
    for row, expected in zip(z, found, strict=True):
        alone = torch.autograd.functional.jacobian(lambda one: triangular(one[None])[0][0], row)
        checks.close(alone, expected, "the Jacobian of one row")
    assert not z.requires_grad
    assert tuple(checks.jacobian(lambda z: z[:, :2] * z[:, 2:], z).shape) == (6, 2, 4)
    assert not found.requires_grad


def test_the_jacobian_of_what_has_no_gradient_is_found_by_differences():
    z = points()
    exact = torch.diag_embed(3 * z**2 + 2)
    assert (checks.jacobian(by_numpy, z) - exact).abs().max() < 1e-8


def test_an_output_that_sees_nothing_has_a_row_of_zeros():
    found = checks.jacobian(lambda z: torch.cat([z[:, :1], torch.ones_like(z[:, :1])], 1), points())
    assert (found[:, 1] == 0).all()
    assert (found[:, 0, 0] == 1).all()


def test_log_det_takes_right_ones():
    checks.log_det(triangular, points())
    checks.log_det(by_numpy, points())
    checks.log_det(linear, points())  # a negative determinant
    checks.log_det(linear, points(rows=1))


BROKEN = {
    "sign": lambda z: (triangular(z)[0], -triangular(z)[1]),
    "zero": lambda z: (triangular(z)[0], z.new_zeros(len(z))),
    "one entry short": lambda z: (triangular(z)[0], (3 * z**2 + 2).log()[:, 1:].sum(1)),
    "mean": lambda z: (triangular(z)[0], (3 * z**2 + 2).log().mean(1)),
    "of another row": lambda z: (triangular(z)[0], triangular(z)[1].roll(1)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_log_det_refuses_wrong_ones(name):
    with caught("the log-determinant is off by") as error:
        checks.log_det(BROKEN[name], points(), hint="which way round?")
    assert "which way round?" in str(error.value)


def test_log_det_wants_one_number_a_row():
    with caught("one number a row, should have shape (6,), but it has shape ()"):
        checks.log_det(lambda z: (triangular(z)[0], triangular(z)[1].sum()), points())
    with caught("should be a list of 2 things, but it is a float64 tensor"):
        checks.log_det(lambda z: triangular(z)[0], points())
    with caught("should have shape (6, 4), but it has shape (6, 3)"):
        checks.log_det(lambda z: (triangular(z)[0][:, :3], triangular(z)[1]), points())
    with caught("is None"):
        checks.log_det(lambda z: None, points())


def test_log_det_says_that_a_flat_map_is_not_invertible():
    with caught("the map is not invertible: its determinant is 0"):
        checks.log_det(lambda z: (z[:, :1].expand(-1, N) + 0, z.new_zeros(len(z))), points())


def half_numpy(z):
    """A right coupling whose moved half went through numpy; the log-determinant and the other half did not."""
    kept, moved = z[:, :2], z[:, 2:]
    s = torch.tanh(kept)
    moved = torch.from_numpy(moved.detach().numpy() * s.detach().exp().numpy())
    return torch.cat([kept, moved], 1), s.sum(1)


def test_a_right_answer_that_is_partly_numpy_passes_and_its_slips_do_not():
    z = points()
    checks.log_det(half_numpy, z)
    with caught("the log-determinant is off by"):
        checks.log_det(lambda z: (half_numpy(z)[0], -half_numpy(z)[1]), z)
    allowed = torch.eye(4, dtype=torch.bool)
    allowed[2, 0] = allowed[3, 1] = True
    checks.links_are(half_numpy, z, allowed)
    with caught("x3 depends on z1, which it must not"):
        checks.links_are(half_numpy, z, torch.eye(4, dtype=torch.bool))


# --- differentiable ------------------------------------------------------------------------------------------------


def layer(x, weights, b):
    """A map with a pair for its result, of which each part needs each of the arguments."""
    h = torch.tanh(x @ weights[0] + b) @ weights[1]
    return x * h.exp(), h.sum(1)


PARTS = [points(3), [points(N, seed=1), points(N, seed=2)], points(1, seed=3)[0].float()]


def test_differentiable_takes_what_gradients_pass_through():
    before = [PARTS[0].clone(), PARTS[2].clone()]
    checks.differentiable(layer, *PARTS)
    checks.differentiable(lambda x, f: f(x) ** 2, PARTS[0], torch.sin)  # through a function that it is given
    checks.differentiable(lambda x: (x, x.new_ones(3), 7), PARTS[0])  # itself, what is constant, and no tensor
    checks.differentiable(lambda *given: layer(*given)[1], *PARTS)
    assert torch.equal(PARTS[0], before[0])
    assert torch.equal(PARTS[2], before[1])
    assert not any(part.requires_grad for part in [PARTS[0], *PARTS[1], PARTS[2]])


LOST = {
    "numpy": lambda x, weights, b: torch.from_numpy(x.numpy() @ weights[0].numpy()),
    "detached numpy": lambda x, weights, b: torch.from_numpy(x.detach().numpy() ** 2),
    "a Python number": lambda x, weights, b: torch.tensor([float(one[0].detach()) ** 2 for one in x]),
    "no_grad": torch.no_grad()(layer),
    "detached": lambda x, weights, b: [part.detach() for part in layer(x, weights, b)],
}


@pytest.mark.parametrize("name", LOST)
def test_differentiable_refuses_what_stops_every_gradient(name):
    with caught("no gradient passes through your function: later cells ask for its gradients, so stay in torch"):
        checks.differentiable(LOST[name], *PARTS)


HALF = {
    "part 1 of the pair for x": lambda x, weights, b: (layer(x.detach(), weights, b)[0], layer(x, weights, b)[1]),
    "part 2 of the pair for x": lambda x, weights, b: (layer(x, weights, b)[0], layer(x, weights, b)[1].detach()),
    "part 1 of the pair for weights[1]": lambda x, weights, b: layer(x, [weights[0], weights[1].detach()], b),
    "part 1 of the pair for b": lambda x, weights, b: layer(x, weights, b.detach()),
}


@pytest.mark.parametrize("name", HALF)
def test_differentiable_refuses_a_gradient_that_lacks_a_part(name):
    with caught(f"the gradient of {name} does not show what a small step of") as error:
        checks.differentiable(HALF[name], *PARTS, what="the pair")
    assert "no detach" in str(error.value)


def test_differentiable_names_an_argument_by_its_number_where_there_is_no_signature():
    with caught("the gradient of the result for argument 2 does not show"):
        checks.differentiable(lambda *given: given[0] * given[1].detach(), points(), points(seed=1))


def test_differentiable_wants_a_float_tensor_and_passes_other_errors_on():
    for broken in (lambda x: None, lambda x: x.argmax(1), lambda x: (3, "x")):
        with caught("no gradient passes through your function"):
            checks.differentiable(broken, points())
    with pytest.raises(RuntimeError, match="must match"):
        checks.differentiable(lambda x: x + x[:, :3], points())


# --- inverts -------------------------------------------------------------------------------------------------------


def test_inverts_takes_a_pair_of_maps():
    checks.inverts(linear, linear_inverse, points())
    checks.inverts(linear, linear_inverse, points().float())


def test_inverts_refuses_what_does_not_come_back():
    with caught("what your inverse gives back is off by"):
        checks.inverts(linear, lambda x: (x / 2, linear_inverse(x)[1]), points(), "your inverse")


@pytest.mark.parametrize("wrong", [linear(points())[1], torch.zeros(6, dtype=torch.float64)])
def test_inverts_refuses_log_determinants_that_do_not_cancel(wrong):
    with caught("the sum of the two log-determinants, which should be 0, is off by"):
        checks.inverts(linear, lambda x: (linear_inverse(x)[0], wrong), points())


# --- links_are -----------------------------------------------------------------------------------------------------

LOWER = torch.ones(N, N).tril().bool()


def test_links_are_takes_the_whole_triangle():
    checks.links_are(triangular, points(), LOWER)


def test_links_are_refuses_a_link_too_many_and_one_missing():
    with caught("in the layer x3 depends on z2, which it must not"):
        allowed = LOWER.clone()
        allowed[2, 1] = False
        checks.links_are(triangular, points(), allowed, what="the layer")
    with caught("in the map z1 does not depend on x4, although it should"):
        allowed = LOWER.clone()
        allowed[0, 3] = True
        checks.links_are(triangular, points(), allowed, names=("z", "x"))
    with caught("should have 3 outputs, but it has 4"):
        checks.links_are(triangular, points(), LOWER[:3])


# --- area_is_one ---------------------------------------------------------------------------------------------------


def gaussian(x, scale=1.0):
    inside = torch.distributions.Normal(torch.zeros(2, dtype=x.dtype), scale)
    return inside.log_prob(x).sum(1)


def test_area_is_one_takes_a_density():
    checks.area_is_one(gaussian, -8, 8)
    checks.area_is_one(lambda x: gaussian(x, 0.1), -8, 8)


@pytest.mark.parametrize("shift", [0.01, -0.01])
def test_area_is_one_refuses_too_much_and_too_little(shift):
    with caught("p(x) should integrate to 1, but its integral is"):
        checks.area_is_one(lambda x: gaussian(x) + shift, -8, 8, "p(x)", "what changed?")
