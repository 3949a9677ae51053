"""The infinite mixture: a density, its quadrature converged, samples that follow it, and what it refuses."""

import functools
import math

import binary_models as models
import numpy as np
import pytest
import torch
from torch.distributions import Normal

import gmlib
from gmlib import checks, device, training
from gmlib.latent.infinite_mixture import InfiniteMixture

CURVE = {"A": [2.5, -1.5], "B": [0.4, -0.3], "c": [0.3, 0.5], "d": [-5.0, -4.0]}


def build(nodes=257, **changes):
    """A curved mixture of two variables with standard deviations from .05 to .25."""
    model = InfiniteMixture(2, nodes)
    model.load_state_dict({name: torch.tensor(values) for name, values in (CURVE | changes).items()})
    return model


def points(number=40):
    return torch.rand(number, 2, generator=device.generator(3))


@torch.no_grad()
def test_the_density_integrates_to_one_whatever_the_grid():
    axis = torch.linspace(-2, 3, 301, dtype=torch.float64)
    for place in gmlib.devices():
        for nodes in (5, 257):
            model = build(nodes).to(place, torch.float64)
            x = torch.cartesian_prod(axis, axis).to(place)
            p = torch.cat([model.log_prob(part).exp() for part in x.split(5_000)]).view(301, 301).cpu()
            total = torch.trapezoid(torch.trapezoid(p, axis), axis)
            checks.close(total, torch.tensor(1.0), f"the integral with {nodes} nodes", tolerance=1e-6)


def test_the_quadrature_has_converged_and_a_coarse_one_has_not():
    x = points().double()
    fine = build(2049).double().log_prob(x)
    checks.close(build().double().log_prob(x), fine.detach(), "log p(x) with 257 nodes", tolerance=1e-10)
    assert (build(9).double().log_prob(x) - fine).abs().max() > 0.1


def test_it_is_the_integral_by_gauss_hermite_nodes():
    # of e^(-t^2): z = sqrt(2) t, weights over sqrt(pi); wide Gaussians, where 100 nodes give six digits
    t, w = (torch.tensor(part) for part in np.polynomial.hermite.hermgauss(100))
    for place in gmlib.devices():
        model, x = build(d=[-2.0, -1.0]).to(place, torch.float64), points().to(place, torch.float64)
        mean, log_variance = model.conditional(math.sqrt(2) * t.to(place))
        log_p = Normal(mean, torch.exp(log_variance / 2)).log_prob(x[:, None]).sum(-1)
        expected = torch.logsumexp(log_p + (w / math.sqrt(math.pi)).log().to(place), 1)
        checks.close(model.log_prob(x), expected.detach().cpu(), "log p(x)", tolerance=5e-6)


def test_without_slopes_it_is_one_gaussian():
    for place, dtype in models.everywhere():
        model = build(A=[0.0, 0.0], B=[0.0, 0.0]).to(place, dtype)
        x = points().to(place, dtype)
        one = Normal(torch.sigmoid(model.c), torch.exp(model.d / 2)).log_prob(x).sum(1)
        checks.close(model.log_prob(x), one.detach().cpu(), "log p(x)")


def test_float32_agrees_with_float64():
    x = points()
    checks.close(build().log_prob(x), build().double().log_prob(x.double()).detach(), "log p(x)", tolerance=1e-5)


def mixture_cdf(log_w, mean, std, v):
    return Normal(mean, std).cdf(v[:, None]) @ log_w.exp()


def test_samples_follow_the_density():
    for place in gmlib.devices():
        model = build().to(place)
        x = model.sample(20_000, device.generator(1, place)).double().cpu()
        plain = build().double()
        z, log_w = plain.grid()
        mean, log_variance = (part.detach() for part in plain.conditional(z))
        for i in range(2):
            cdf = functools.partial(mixture_cdf, log_w, mean[:, i], torch.exp(log_variance[:, i] / 2))
            checks.draws_from(x[:, i], cdf, f"the samples of x{i + 1}")
        # the latent variable ties the coordinates together: their covariance is that of the means
        centred = mean - log_w.exp() @ mean
        covariance = (log_w.exp() * centred[:, 0] * centred[:, 1]).sum()
        checks.unbiased((x - x.mean(0)).prod(1), covariance, "the covariance of the samples")
        assert covariance < -0.01


def test_samples_that_forget_the_latent_variable_are_caught():
    x = build(A=[0.0, 0.0]).sample(20_000, device.generator(1)).double()
    mean, log_variance = build().double().conditional(torch.zeros(1).double())
    with pytest.raises(AssertionError, match="more than chance allows"):
        checks.draws_from(x[:, 0], lambda v: Normal(mean[0, 0] + 0.05, torch.exp(log_variance[0, 0] / 2)).cdf(v))


def test_the_posterior_is_a_distribution_and_finds_z():
    model = build().double()
    z, _ = model.grid()
    mean, _ = model.conditional(z[64:193:32])  # z = -4, -2, 0, 2, 4
    posterior = model.posterior(mean.detach())
    checks.close(posterior.sum(1), torch.ones(5), "the sum of p(z | x)")
    # what was made at z = -2, 0, 2 is explained by a z nearby; the posterior is narrow, but not a point
    checks.close((posterior @ z)[1:4], torch.tensor([-2.0, 0, 2]), "the posterior mean", tolerance=0.3)
    variance = posterior @ z**2 - (posterior @ z) ** 2
    assert ((variance > 1e-3) & (variance < 0.5)).all()


def test_every_parameter_gets_a_gradient_and_far_away_it_is_finite():
    for x in (points(), torch.full((1, 2), 1e3)):
        model = build()
        model.log_prob(x).sum().backward()
        assert all(torch.isfinite(p.grad).all() and (p.grad != 0).all() for p in model.parameters())
    assert sum(p.numel() for p in build().parameters()) == 8


def test_it_learns_the_density_that_made_the_data():
    x = build().sample(3000, device.generator(5))
    model = InfiniteMixture(2, generator=device.generator(0))
    training.fit(model, x, epochs=12, learning_rate=0.05, generator=device.generator(0), progress=False)
    # the maximum of the likelihood lies above the truth by about 8 / 2 nats in all
    assert training.nll(model, x) < training.nll(build(), x) + 0.02


def test_the_generator_decides():
    first = [InfiniteMixture(3, generator=device.generator(seed)).A for seed in (0, 0, 1)]
    assert torch.equal(first[0], first[1])
    assert not torch.equal(first[0], first[2])
    samples = [build().sample(9, device.generator(seed)) for seed in (0, 0, 1)]
    assert torch.equal(samples[0], samples[1])
    assert not torch.equal(samples[0], samples[2])


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([[0.0, 0.0]], "x: got a list, expected a float32 tensor of shape (batch, 2)"),
        (torch.zeros(2), "x: got a float32 tensor of shape (2,), expected a float32 tensor of shape (batch, 2)"),
        (torch.zeros(4, 3), "x: got a float32 tensor of shape (4, 3), expected a float32 tensor of shape (batch, 2)"),
        (torch.zeros(4, 2).double(), "x: got a float64 tensor of shape (4, 2), expected a float32 tensor"),
        (torch.zeros(0, 2), "x: got an empty tensor of shape (0, 2), expected a float32 tensor of shape"),
        (torch.full((1, 2), math.nan), "x: got 2 entries that are NaN or infinite (the first is nan), expected finite"),
        (torch.zeros(1, 2, device="meta"), "x: got a tensor on meta, expected a tensor on cpu"),
    ],
)
def test_bad_input(x, message):
    for door in (build().log_prob, build().posterior, build().log_joint):
        models.refuses(lambda door=door: door(x), message)


@pytest.mark.bad_input
def test_bad_sizes():
    models.refuses(lambda: InfiniteMixture(0), "n: got 0, expected a whole number of at least 1")
    models.refuses(lambda: InfiniteMixture(2, nodes=1), "nodes: got 1, expected a whole number of at least 2")
    models.refuses(lambda: build().sample(0), "n: got 0, expected a whole number of at least 1")
    wrong = torch.zeros(3, 1)
    models.refuses(
        lambda: build().conditional(wrong),
        "z: got a float32 tensor of shape (3, 1), expected a float32 tensor of shape (batch,)",
    )
