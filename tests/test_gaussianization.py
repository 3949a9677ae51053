"""Marginals become Gaussian, tails included; layers lower the held-out nats; both are flows; refusals."""

import re

import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

import gmlib
from gmlib import checks, data, device
from gmlib.flows.flow import Flow
from gmlib.flows.gaussianization import Gaussianization, MarginalGaussianization, log_ratio, normal_quantile

DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def marginal(n, components=3, seed=0):
    layer = MarginalGaussianization(n, components).double()
    checks.randomise(layer, device.generator(seed), scale=0.7)
    return layer


def gaussianization(n, layers=2):
    flow = Gaussianization(n, layers, 3, generator=device.generator(0)).double()
    checks.randomise(flow, device.generator(1), scale=0.5)
    return flow


def points(rows, n, dtype=torch.float64):
    return torch.randn(rows, n, generator=device.generator(9), dtype=torch.float64).to(dtype)


def moons(rows, seed):
    return data.two_moons(rows, 0.05, device.generator(seed))


@pytest.mark.parametrize("make", [marginal, gaussianization])
@pytest.mark.parametrize(("rows", "n"), [(1, 1), (4, 3), (3, 6)])
def test_each_direction_has_its_own_log_det(make, rows, n):
    layer, z = make(n), points(rows, n)
    checks.log_det(layer, z)
    checks.inverts(layer, layer.inverse, z)
    checks.log_det(layer.inverse, layer(z)[0].detach())


@pytest.mark.parametrize("make", [marginal, gaussianization])
@DTYPES
def test_it_runs_where_its_module_is(make, dtype):
    for place in gmlib.devices():
        layer, z = make(5).to(place, dtype), points(7, 5, dtype).to(place)
        x, log_det = layer(z)
        assert x.dtype == log_det.dtype == dtype
        assert x.device.type == log_det.device.type == place.type
        checks.inverts(layer, layer.inverse, z, tolerance=1e-3 if dtype == torch.float32 else 1e-9)


def test_the_marginals_move_one_coordinate_each():
    allowed = torch.eye(4, dtype=torch.bool)
    checks.links_are(marginal(4), points(5, 4), allowed)
    checks.links_are(marginal(4).inverse, points(5, 4), allowed)


def test_the_density_is_that_of_the_mixture():
    layer = marginal(2)
    x, mixture = points(20, 2), Categorical(logits=layer.logits)
    mixture = MixtureSameFamily(mixture, Normal(layer.means, layer.log_scales.exp()))
    z, log_det = layer.inverse(x)
    aim = mixture.log_prob(x).sum(1).detach()
    checks.close(Normal(0, 1).log_prob(z).sum(1) + log_det, aim, "log p(x)")
    checks.close(torch.special.ndtr(z), mixture.cdf(x).detach(), "F(x)")


@DTYPES
@pytest.mark.parametrize("size", [1e-8, 30.0, 1e4])
def test_the_tails_are_finite_and_invertible(dtype, size):
    """Beyond 30 everything but the widest component is forgotten: z = (x - mu) / sigma, to logarithms."""
    layer = marginal(3).to(dtype)
    x = torch.tensor([[size, -size, size], [-size, size, 0.0]], dtype=dtype)
    z, log_det = layer.inverse(x)
    checks.value(z, (2, 3))
    checks.value(log_det, (2,))
    again, there = layer(z)
    limit = 1e-6 if dtype == torch.float64 else 1e-3
    assert ((again - x).abs() / x.abs().clamp(min=1)).max() < limit
    checks.close(there, -log_det.detach(), "the log-determinant back", tolerance=10 * limit)
    checks.inverts(layer, layer.inverse, x, tolerance=limit)
    if size == 1e4:
        widest = layer.log_scales.exp().max(1).values
        checks.close((z / x)[0], (1 / widest).detach(), "the slope of the tail", tolerance=1e-2)


@DTYPES
def test_it_is_strictly_monotone_from_minus_1e4_to_1e4(dtype):
    layer = marginal(1).to(dtype)
    line = torch.cat([torch.linspace(-1e4, -20, 500), torch.linspace(-19, 19, 1001), torch.linspace(20, 1e4, 500)])
    z, _ = layer.inverse(line[:, None].to(dtype))
    assert (z[1:] > z[:-1]).all()


def test_helpers_hold_far_below_zero():
    z = -torch.tensor([0.0, 0.5, 1, 3, 6, 6.4, 20, 37, 300, 1e5], dtype=torch.float64)
    checks.close(normal_quantile(torch.special.log_ndtr(z)), z, "the quantile of log Phi(z)")
    u = torch.tensor([-1e5, -40.0, -1, 0.5, 0.999, 1.001, 3, 30], dtype=torch.float64)
    checks.close(log_ratio(u[1:]), Normal(0, 1).log_prob(u[1:]) - torch.special.log_ndtr(u[1:]), "log phi/Phi")
    checks.close(log_ratio(u[:1]), (-u[:1]).log(), "log phi/Phi far out, close to log |u|", tolerance=1e-9)


def test_every_parameter_has_a_gradient_both_ways():
    flow = gaussianization(3)
    for call in (lambda: flow.log_prob(points(5, 3)), lambda: sum(flow(points(5, 3))[0].sin())):
        flow.zero_grad()
        call().sum().backward()
        for name, parameter in flow.named_parameters():
            assert (parameter.grad != 0).all(), name


def test_the_gradient_of_forward_for_a_parameter_is_a_difference_quotient():
    layer, z, step = marginal(2), points(4, 2), 1e-6
    x, log_det = layer(z)
    (x.sum() + log_det.sum()).backward()
    for parameter in layer.parameters():
        found = parameter.grad[1, 0].item()
        values = []
        with torch.no_grad():
            for side in (step, -2 * step):
                parameter[1, 0] += side
                x, log_det = layer(z)
                values.append((x.sum() + log_det.sum()).item())
            parameter[1, 0] += step
        assert abs(found - (values[0] - values[1]) / (2 * step)) < 1e-5 * max(1, abs(found))


def test_the_fit_makes_columns_gaussian():
    x = data.image_patches(4000, 2, generator=device.generator(0)).double()
    z, _ = MarginalGaussianization(4, 12).double().fit(x).inverse(x)
    for column in z.detach().T:
        checks.draws_from(column, torch.special.ndtr, "a column")
    with pytest.raises(AssertionError, match="share of a column"):
        checks.draws_from((x[:, 0] - x[:, 0].mean()) / x[:, 0].std(), torch.special.ndtr, "a column")


def test_the_fit_knows_no_unit():
    """Another unit of x: the same z, and log_det lower by its logarithm."""
    x = moons(500, 0).double()
    z, log_det = MarginalGaussianization(2).double().fit(x).inverse(x)
    other, there = MarginalGaussianization(2).double().fit(1e3 * x - 5).inverse(1e3 * x - 5)
    checks.close(other, z.detach(), "z", tolerance=1e-6)
    checks.close(there, log_det.detach() - 2 * torch.tensor(1e3).double().log(), "log det", tolerance=1e-6)


@pytest.mark.parametrize("turn", ["ica", "pca", "random"])
def test_layers_lower_the_held_out_nats(turn):
    x = data.image_patches(2000, 2, generator=device.generator(0))
    held_out = data.image_patches(1000, 2, generator=device.generator(1))
    flow = Gaussianization(4, 3, turn=turn, generator=device.generator(2))
    curve = flow.fit(x, held_out)
    assert len(curve) == 4
    assert curve[0] > curve[1] + 2 > curve[3] + 2.2
    nats = -flow.log_prob(held_out).mean()
    checks.close(nats, torch.tensor(curve[-1]), "the last value is the flow's own", tolerance=1e-3)


def test_two_moons_beat_the_gaussian_and_the_plain_marginals():
    flow = Gaussianization(2, 12, turn="random", generator=device.generator(0))
    curve = flow.fit(moons(2000, 0), moons(2000, 1))
    assert abs(curve[0] - 1.9) < 0.05
    assert curve[-1] < 1.0
    z = flow.inverse(moons(2000, 1))[0]
    assert z.mean(0).abs().max() < 0.1
    assert (z.T.cov() - torch.eye(2)).abs().max() < 0.1


def test_the_density_of_a_fitted_flow_integrates_to_one_and_samples_follow_it():
    flow = Gaussianization(2, 2, generator=device.generator(0)).double()
    flow.fit(points(500, 2) + 0.3 * points(500, 2).flip(1) ** 2)
    with torch.no_grad():
        checks.area_is_one(flow.log_prob, -12, 24, points=301)
    z = flow.inverse(flow.sample(5000, device.generator(1)))[0].detach()
    checks.draws_from(z[:, 0], torch.special.ndtr)


@pytest.mark.parametrize("n", [2, 16, 64])
def test_round_trips_stay_within_the_stated_tolerance(n):
    for dtype, limit in ((torch.float32, 1e-3), (torch.float64, 1e-9)):
        layer, z = marginal(n).to(dtype), 2 * points(50, n, dtype)
        with torch.no_grad():
            again = layer.inverse(layer(z)[0])[0]
        assert ((again - z).abs() / z.abs().clamp(min=1)).max() < limit


def test_the_floor_keeps_components_wide():
    x = torch.cat([torch.zeros(50, 1), torch.randn(50, 1, generator=device.generator(0))])
    spread = x.std(correction=0).item()
    for floor, most in ((0.01, 0.1), (0.3, 1.0)):
        alone = MarginalGaussianization(1, 4).fit(x, floor=floor)
        flow = Gaussianization(1, 1, 4)
        flow.fit(x, floor=floor)
        for layer in (alone, *(part for part in flow.transforms if isinstance(part, MarginalGaussianization))):
            assert tuple(layer.means.shape) == (1, 4)
        assert floor * spread <= alone.log_scales.exp().min().item() < most * spread
        inside = next(part for part in flow.transforms if isinstance(part, MarginalGaussianization))
        assert floor * 0.9 <= inside.log_scales.exp().min().item() < most  # of whitened columns


@pytest.mark.parametrize("components", [1, 2, 8, 64])
def test_new_marginals_are_close_to_the_identity_in_the_middle(components):
    x = torch.linspace(-1.5, 1.5, 31)[:, None]
    assert (MarginalGaussianization(1, components).inverse(x)[0] - x).abs().max() < 0.4


@pytest.mark.parametrize("size", [20.0, 300.0, 5e3, 1e5])
def test_gradients_in_the_tails_are_those_of_float64(size):
    found = []
    for dtype in (torch.float32, torch.float64):
        flow = Flow([MarginalGaussianization(2).to(dtype)])
        flow.log_prob(torch.full((1, 2), size, dtype=dtype)).sum().backward()
        found.append([p.grad / size**2 for p in flow.parameters()])
    for ours, exact in zip(*found, strict=True):
        checks.close(ours, exact.float(), "the gradient", tolerance=1e-4)


def test_second_derivatives_are_right():
    layer = marginal(2)
    x = torch.tensor([[-6.0, 0.3], [1.2, 9.0]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer._inverse, x)
    assert torch.autograd.gradgradcheck(layer._inverse, x)


@pytest.mark.bad_input
def test_bad_input():
    layer, flow, flat = MarginalGaussianization(2), Gaussianization(2, 1), torch.ones(5, 2)
    for call, message in [
        (lambda: MarginalGaussianization(2, 0), "components: got 0, expected a whole number of at least 1"),
        (lambda: Gaussianization(2, 0), "layers: got 0, expected a whole number of at least 1"),
        (lambda: Gaussianization(2, turn="left"), "turn: got 'left', expected one of ica, pca, random"),
        (lambda: layer.fit(flat), "x: got a constant column 0, expected columns that vary"),
        (lambda: layer.fit(flat, floor=0), "floor: got 0, expected a number above 0"),
        (lambda: layer.fit(flat, floor=True), "floor: got True, expected a number above 0"),
        (lambda: layer.fit(flat, iterations=0), "iterations: got 0, expected a whole number of at least 1"),
        (
            lambda: flow.fit(flat),
            "x: got columns that are constant or linearly dependent, expected columns with an inv",
        ),
        (lambda: flow.fit(flat, flat[:, :1]), "held_out: got a float32 tensor of shape (5, 1), expected"),
        (lambda: flow.fit(flat[:, :1]), "x: got a float32 tensor of shape (5, 1), expected"),
    ]:
        with pytest.raises(ValueError, match=re.escape(message)):
            call()
