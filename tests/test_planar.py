"""Planar layers are invertible whatever their weights, state their determinant, and say what they cannot do."""

import math
import re

import pytest
import torch
import torch.nn.functional as F

import gmlib
from gmlib import checks, device
from gmlib.flows.flow import Flow, standard_normal_log_prob
from gmlib.flows.planar import Planar, PlanarFlow
from gmlib.flows.transform import Affine

DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
SIZES = pytest.mark.parametrize(("rows", "n"), [(1, 1), (4, 2), (3, 6)])


def points(rows, n, dtype=torch.float64, seed=0):
    return torch.randn(rows, n, generator=device.generator(seed), dtype=torch.float64).to(dtype)


def random_layer(n, scale=1.5, seed=0, dtype=torch.float64):
    layer = Planar(n).to(dtype)
    checks.randomise(layer, device.generator(seed), scale)
    return layer


def with_weights(u, w, b=0.0, dtype=torch.float64):
    layer = Planar(len(u)).to(dtype)
    layer.load_state_dict({"u": torch.tensor(u, dtype=dtype), "w": torch.tensor(w, dtype=dtype), "b": torch.tensor(b)})
    return layer


def found_again(layer, x):
    """z with layer(z) = x, by bisection: along w the map is a rising function of w.z alone."""
    with torch.no_grad():
        aim, bend, u_hat = x @ layer.w, layer.w @ layer.u_hat(), layer.u_hat()
        low, high = aim - bend.abs() - 1, aim + bend.abs() + 1
        for _ in range(200):
            middle = (low + high) / 2
            below = middle + bend * torch.tanh(middle + layer.b) < aim
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return x - torch.tanh(low + layer.b)[:, None] * u_hat


@SIZES
@pytest.mark.parametrize("seed", range(4))
def test_the_log_det_is_that_of_the_jacobian(rows, n, seed):
    layer = random_layer(n, seed=seed)
    checks.log_det(layer, points(rows, n, seed=seed + 1))


@SIZES
def test_a_flow_adds_the_log_dets_and_gives_the_density_of_its_samples(rows, n):
    flow, z = PlanarFlow(n, 3).double(), points(rows, n)
    checks.randomise(flow, device.generator(3), 1.0)
    checks.log_det(flow, z)
    x, log_q = flow.sample_and_log_prob(rows, device.generator(5))
    noise = torch.randn(rows, n, generator=device.generator(5), dtype=torch.float64)
    y, log_det = flow(noise)
    checks.close(x, y, "the samples")
    checks.close(log_q, standard_normal_log_prob(noise) - log_det, "log q")
    again = noise
    for layer in flow.transforms:
        again = layer(again)[0]
    checks.close(x, again, "layer after layer, f_1 first")


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("scale", [0.1, 1.0, 4.0])
def test_each_point_can_be_found_again(seed, scale):
    # the determinant may be as small as softplus(w.u), and bisection to 1e-15 leaves an error of that over it
    layer, z = random_layer(3, scale, seed), points(50, 3, seed=seed + 100)
    x, log_det = layer(z)
    assert torch.isfinite(log_det).all()
    smallest = F.softplus(layer.w @ layer.u).item()
    if smallest > 1e-6:
        checks.close(found_again(layer, x), z, "z", tolerance=1e-7)


def test_the_density_of_samples_integrates_to_one():
    """E_q[1 / q over a square that holds all of q] is the area reached: here E_N[|det| N(x) / N(z)] = 1 for any N."""
    flow = PlanarFlow(2, 4).double()
    checks.randomise(flow, device.generator(2), 0.8)
    line = torch.linspace(-9, 9, 801, dtype=torch.float64)
    z = torch.cartesian_prod(line, line)
    with torch.no_grad():
        x, log_det = flow(z)
    wide = standard_normal_log_prob(x / 1.5) - 2 * math.log(1.5)
    total = ((wide + log_det).exp().sum() * (line[1] - line[0]) ** 2).item()
    assert total == pytest.approx(1, abs=2e-3)  # a change of variables: the integral of a density over all x


def test_points_move_along_u_hat_and_planes_across_w_move_as_one():
    layer, z = random_layer(4, seed=3), points(6, 4)
    move = (layer(z)[0] - z).detach()
    u_hat = layer.u_hat().detach()
    checks.close(move, (move @ u_hat)[:, None] * u_hat / (u_hat @ u_hat), "the move")
    across = points(6, 4, seed=9)
    w = layer.w.detach()
    across = across - (across @ w)[:, None] * w / (w @ w)
    checks.close((layer(z + across)[0] - z - across).detach(), move, "the move after a step across w")


@pytest.mark.parametrize("size", [-1e3, -30.0, -3.0, 0.0, 0.5, 30.0, 1e3])
def test_the_constraint_holds_whatever_u_is(size):
    layer = with_weights([size, 0.7, -1.3], [2.0, 0.0, 0.0])
    u_hat, aim = layer.u_hat().detach(), torch.tensor(2 * size, dtype=torch.float64)
    assert u_hat @ layer.w.detach() >= -1
    checks.close(2 * u_hat[0], -1 + F.softplus(aim), "w.u_hat", tolerance=1e-12)
    checks.close(u_hat[1:], torch.tensor([0.7, -1.3], dtype=torch.float64), "what is orthogonal to w")
    x, log_det = layer(points(20, 3))
    assert torch.isfinite(log_det).all()
    assert torch.isfinite(x).all()


def test_without_the_constraint_points_would_meet():
    """What the constraint is for: with w.u = -3 the plain map sends two points to one, u_hat does not."""
    u, w = torch.tensor([-3.0, 0.0]), torch.tensor([1.0, 0.0])
    line = torch.stack([torch.linspace(-3, 3, 601), torch.zeros(601)], 1)
    plain = line + torch.tanh(line @ w)[:, None] * u
    assert (plain[1:, 0] < plain[:-1, 0]).any()
    kept = with_weights([-3.0, 0.0], [1.0, 0.0])(line.double())[0]
    assert (kept[1:, 0] > kept[:-1, 0]).all()


@DTYPES
@pytest.mark.parametrize("weights", [(0.0, 0.0), (0.0, 1e-25), (1e-20, 1.0), (1e4, 1e4), (-1e4, 1e4), (-200.0, 1.0)])
@pytest.mark.parametrize("size", [0.0, 1e-8, 1.0, 1e4])
def test_hostile_numbers_stay_finite(dtype, weights, size):
    u, w = weights
    layer = with_weights([u, 0.0], [w, 0.0], dtype=dtype)
    x, log_det = layer(size * points(5, 2, dtype))
    assert torch.isfinite(x).all()
    assert torch.isfinite(log_det).all()


@DTYPES
def test_a_layer_starts_near_the_identity_and_not_on_it(dtype):
    for seed in range(20):
        layer, z = Planar(3, device.generator(seed)).to(dtype), points(30, 3, dtype)
        x, log_det = layer(z)
        assert 1e-4 < (x - z).abs().max() < 1
        assert log_det.abs().max() < 1e-3


def test_every_parameter_has_a_gradient():
    flow = PlanarFlow(3, 3, device.generator(0))
    x, log_q = flow.sample_and_log_prob(50, device.generator(1))
    (log_q + x.square().sum(1) + x[:, 0].sin()).mean().backward()
    for name, parameter in flow.named_parameters():
        assert (parameter.grad.abs() > 0).all(), name


def test_it_learns_a_posterior_that_no_gaussian_matches():
    """KL(q, p) of a Gaussian from a banana, and of a flow of 8 layers: the flow's is less than half."""

    def log_p(x):
        return standard_normal_log_prob(torch.stack([x[:, 0], 2 * (x[:, 1] - x[:, 0] ** 2)], 1)) + math.log(2)

    found = {}
    for name, flow in [("Gaussian", Affine(2)), ("planar", PlanarFlow(2, 8, device.generator(0)))]:
        q, noise = Flow([Affine(2), flow]), device.generator(1)
        optimiser = torch.optim.Adam(q.parameters(), lr=0.02)
        for _ in range(400):
            optimiser.zero_grad()
            x, log_q = q.sample_and_log_prob(128, noise)
            (log_q - log_p(x)).mean().backward()
            optimiser.step()
        with torch.no_grad():
            x, log_q = q.sample_and_log_prob(20_000, noise)
            found[name] = (log_q - log_p(x)).mean().item()
    assert 0 < found["planar"] < 0.5 * found["Gaussian"], found


def test_a_seed_decides_the_weights_and_runs_where_its_module_is():
    first, again, other = (PlanarFlow(3, 2, device.generator(seed)) for seed in (0, 0, 1))
    for a, b, c in zip(first.parameters(), again.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
        assert not torch.equal(a, c)
    for place in gmlib.devices():
        flow = PlanarFlow(3, 2, device.generator(0)).to(place)
        x, log_q = flow.sample_and_log_prob(4, device.generator(0))
        assert x.device.type == log_q.device.type == place.type
        assert (x.shape, log_q.shape) == ((4, 3), (4,))


@pytest.mark.parametrize("call", [Planar(2).inverse, PlanarFlow(2, 3).inverse, PlanarFlow(2, 3).log_prob])
def test_the_other_direction_says_that_it_is_not_there(call):
    with pytest.raises(NotImplementedError, match="no inverse in closed form.*sample_and_log_prob"):
        call(torch.zeros(1, 2))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: Planar(0), "n: got 0, expected a whole number of at least 1"),
        (lambda: PlanarFlow(0, 2), "n: got 0, expected a whole number of at least 1"),
        (lambda: PlanarFlow(2, 0), "transforms: got 0, expected a whole number of at least 1"),
        (lambda: PlanarFlow(2, 1.5), "transforms: got 1.5, expected a whole number of at least 1"),
        (lambda: Planar(2)(torch.zeros(3, 3)), "z: got a float32 tensor of shape (3, 3), expected a float32 tensor of"),
        (lambda: Planar(2)(torch.full((1, 2), math.nan)), "z: got 2 entries that are NaN or infinite"),
        (lambda: PlanarFlow(2, 1).sample(0), "n: got 0, expected a whole number of at least 1"),
    ],
)
def test_bad_input_is_refused(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()
