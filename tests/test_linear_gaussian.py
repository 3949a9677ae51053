"""The linear-Gaussian model: one joint Gaussian, its exact posterior, the best diagonal q, a fit in closed form."""

import math

import pytest
import torch
from torch.distributions import Independent, MultivariateNormal, Normal, kl_divergence

import gmlib
from gmlib import checks, device
from gmlib.latent.elbo import elbo
from gmlib.latent.linear_gaussian import LinearGaussian

DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def build(n=5, latents=2, seed=0, dtype=torch.float64, place="cpu"):
    generator = device.generator(seed)
    W = torch.randn(n, latents, generator=generator, dtype=torch.float64)
    b = torch.randn(n, generator=generator, dtype=torch.float64)
    model = LinearGaussian(n, latents).to(place, dtype)
    return model.set(W.to(place, dtype), b.to(place, dtype), 0.5 + seed / 4)


def points(number=7, n=5, dtype=torch.float64):
    return 2 * torch.randn(number, n, generator=device.generator(9), dtype=torch.float64).to(dtype)


def the_joint(model):
    """The mean and covariance of (x, z), from the definition: one Gaussian of n + d entries."""
    W, b, sigma = (part.detach().cpu().double() for part in (model.W, model.b, model.sigma))
    A = torch.cat([W, torch.eye(model.latents, dtype=W.dtype)])
    noise = torch.cat([sigma**2 * torch.ones(model.n), torch.zeros(model.latents)]).double()
    return torch.cat([b, b.new_zeros(model.latents)]), A @ A.T + noise.diag()


@DTYPES
@pytest.mark.parametrize(("n", "latents"), [(5, 2), (1, 1), (3, 4), (8, 1)])
def test_it_is_one_joint_gaussian(dtype, n, latents):
    for place in gmlib.devices():
        model, x = build(n, latents, dtype=dtype, place=place), points(n=n, dtype=dtype)
        mean, covariance = the_joint(model)
        expected = MultivariateNormal(mean[:n], covariance[:n, :n]).log_prob(x.double())
        checks.close(model.log_prob(x.to(place)), expected.to(dtype), "log p(x)", tolerance=1e-4 if n > 1 else None)
        z = torch.randn(3, 7, latents, generator=device.generator(1), dtype=torch.float64)
        pair = torch.cat([x.double().expand(3, -1, -1), z], -1)
        if n + latents < 8:  # log p(x, z) of the whole
            joint = MultivariateNormal(mean, covariance).log_prob(pair)
            checks.close(model.log_joint(x.to(place), z.to(place, dtype)), joint.to(dtype), "log p(x, z)")
        cross = covariance[n:, :n] @ torch.linalg.inv(covariance[:n, :n])
        q = model.posterior(x.to(place))
        checks.close(q.mean, ((x.double() - mean[:n]) @ cross.T).to(dtype), "the posterior mean")
        inside = covariance[n:, n:] - cross @ covariance[:n, n:]
        checks.close(q.covariance_matrix, inside.expand(7, -1, -1).to(dtype), "the posterior covariance")


def test_bayes_rule_holds_at_every_z():
    model, x = build(), points()
    z = torch.randn(4, 7, 2, generator=device.generator(2), dtype=torch.float64)
    found = model.log_joint(x, z) - model.posterior(x).log_prob(z)
    checks.close(found, model.log_prob(x).detach().expand(4, -1), "log p(x, z) - log p(z | x)")


def test_the_bound_is_tight_at_the_posterior_and_short_by_the_family_gap_at_the_best_diagonal_q():
    for place in gmlib.devices():
        model, x = build(seed=2, place=place), points().to(place)
        found = elbo(lambda z: model.log_joint(x, z), model.posterior(x), k=3, generator=device.generator(6))  # noqa: B023
        checks.close(found.detach(), model.log_prob(x).detach().cpu(), "the ELBO at the posterior")
        q = model.mean_field(x)
        z = device.draw(q, (20_000,), device.generator(7))
        terms = model.log_joint(x, z) - q.log_prob(z)
        gap = kl_divergence(_full(q), model.posterior(x))
        checks.unbiased(
            terms.detach().cpu(), (model.log_prob(x) - gap).detach().cpu(), "the ELBO of the best diagonal q"
        )


def test_the_best_diagonal_q_has_the_precisions_diagonal():
    model, x = build(seed=2), points()
    q, p = model.mean_field(x), model.posterior(x)
    best = kl_divergence(_full(q), p)
    precision = model.precision()
    gap = 0.5 * (precision.diagonal().log().sum() - precision.logdet())
    checks.close(best.detach(), gap.detach().expand(7), "the family gap")
    assert gap > 1e-3
    for k, change in enumerate([0.9, 1.1]):  # every variance moved either way, and every mean: worse
        for i in range(2):
            factor = torch.ones(2, dtype=torch.float64)
            factor[i] = change
            moved = Independent(Normal(q.base_dist.loc, q.base_dist.scale * factor), 1)
            assert (kl_divergence(_full(moved), p) > best).all()
            moved = Independent(Normal(q.base_dist.loc + (factor - 1) * (-1) ** k, q.base_dist.scale), 1)
            assert (kl_divergence(_full(moved), p) > best).all()
    marginal = Independent(Normal(p.mean, p.variance.sqrt()), 1)
    assert (kl_divergence(_full(marginal), p) > best).all()


def _full(q):
    return MultivariateNormal(q.mean, scale_tril=torch.diag_embed(q.stddev))


@DTYPES
def test_the_fit_is_the_maximum(dtype):
    x = build(6, 3).sample(400, device.generator(3)).to(dtype)
    model = LinearGaussian(6, 2, device.generator(0)).to(dtype)
    found = model.fit(x)
    assert found == pytest.approx(model.log_prob(x).mean().item(), abs=1e-5)
    loss = -model.log_prob(x).mean()
    loss.backward()
    for name, parameter in model.named_parameters():
        checks.close(parameter.grad, torch.zeros_like(parameter), f"the gradient of {name}", tolerance=1e-4)
    generator = device.generator(4)
    for _ in range(10):
        other = LinearGaussian(6, 2).to(dtype)
        step = 0.05 * torch.randn(6, 2, generator=generator, dtype=dtype)
        other.set(model.W.detach() + step, model.b.detach(), model.sigma.detach())
        assert other.log_prob(x).mean() < found


def test_a_rotation_of_the_latents_changes_the_family_gap_but_not_p_of_x():
    model, x = build(6, 2), points(50, 6)
    model.fit(x)
    gap = kl_divergence(_full(model.mean_field(x)), model.posterior(x)).detach()
    checks.close(gap, torch.zeros(50, dtype=torch.float64), "the family gap at the fit, where W^T W is diagonal")
    before = model.log_prob(x).detach()
    turn = torch.tensor([[1.0, -1.0], [1.0, 1.0]], dtype=torch.float64) / math.sqrt(2)
    model.set((model.W @ turn).detach(), model.b.detach(), model.sigma.detach())
    checks.close(model.log_prob(x).detach(), before, "log p(x) after a rotation")
    assert (kl_divergence(_full(model.mean_field(x)), model.posterior(x)) > 1e-3).all()


def test_samples_follow_the_marginal():
    for place in gmlib.devices():
        model = build(place=place)
        x = model.sample(40_000, device.generator(5)).cpu()
        mean, covariance = (part[:5] if part.dim() == 1 else part[:5, :5] for part in the_joint(model))
        checks.unbiased(x, mean, "a sample")
        checks.unbiased((x - mean)[:, :, None] * (x - mean)[:, None], covariance, "the square of a sample")
        checks.repeats(lambda g, model=model: model.sample(5, g), "test")


def test_gradients_reach_every_parameter_and_forward_changes_nothing():
    model = LinearGaussian(4, 2, device.generator(0))
    before = {name: p.clone() for name, p in model.state_dict().items()}
    model.log_prob(points(n=4, dtype=torch.float32)).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad.abs().sum() > 0, name
        assert torch.equal(parameter, before[name])


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: LinearGaussian(0, 1), "n: got 0, expected a whole number of at least 1"),
        (lambda m: LinearGaussian(3, 0), "latents: got 0, expected a whole number of at least 1"),
        (lambda m: m.log_prob(torch.zeros(2, 4)), r"x: got a float32 tensor of shape \(2, 4\), expected a float64"),
        (lambda m: m.log_prob(torch.full((2, 5), torch.nan).double()), "x: got 10 entries that are NaN"),
        (lambda m: m.posterior(torch.zeros(5).double()), r"x: got a float64 tensor of shape \(5,\)"),
        (lambda m: m.mean_field(None), "x: got None"),
        (lambda m: m.log_joint(points(), torch.zeros(7, 3).double()), r"z: got a float64 tensor of shape \(7, 3\)"),
        (lambda m: m.log_joint(points(), torch.zeros(2).double()), r"z: got a float64 tensor of shape \(2,\)"),
        (lambda m: m.log_joint(points(), 3), "z: got 3"),
        (lambda m: m.sample(0), "n: got 0, expected a whole number of at least 1"),
        (lambda m: m.set(m.W.detach().T, m.b.detach(), 1.0), r"W: got a float64 tensor of shape \(2, 5\)"),
        (lambda m: m.set(m.W.detach(), m.b.detach()[:2], 1.0), r"b: got a float64 tensor of shape \(2,\)"),
        (lambda m: m.set(m.W.detach(), m.b.detach(), 0.0), "sigma: got 0, expected one positive number"),
        (lambda m: m.set(m.W.detach(), m.b.detach(), [1.0, 2.0]), "sigma: got a float64 tensor"),
        (lambda m: m.set(m.W.detach(), m.b.detach(), "wide"), "sigma: got 'wide', expected one positive number"),
        (lambda m: m.set(m.W.detach(), m.b.detach(), None), "sigma: got None, expected one positive number"),
        (lambda m: m.fit(torch.ones(9, 5).double()), "x: got 9 rows that lie in 2 dimensions"),
        (lambda m: LinearGaussian(2, 2).fit(torch.ones(9, 2)), "latents: got 2, expected at most n - 1 = 1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(build())


@pytest.mark.bad_input
def test_a_refused_call_of_set_changes_nothing():
    model = build()
    before = {name: part.clone() for name, part in model.state_dict().items()}
    with pytest.raises(ValueError, match="sigma"):
        model.set(2 * model.W.detach(), model.b.detach() + 1, -1.0)
    assert all(torch.equal(part, before[name]) for name, part in model.state_dict().items())
