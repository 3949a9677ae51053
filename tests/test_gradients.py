"""Gradients of expectations: both estimators beside closed forms, autograd and enumeration.

The closed forms are those of E[x^2] under N(theta, 1). With 100,000 draws six standard errors of a sample variance,
sqrt((kurtosis - 1) / k) each, are below .03 for the reparameterised estimator (kurtosis 3) and below .18 for the
score function with any baseline (kurtosis up to 88 at |theta| of at least 1/2, by quadrature): SMALL and LARGE.
"""

import re

import binary_models as models
import pytest
import torch
from torch.distributions import Bernoulli, Categorical, Independent, MultivariateNormal, Normal

import gmlib
from gmlib import checks, device
from gmlib.latent.gradients import reparameterised_gradient, score_function_gradient

K, SMALL, LARGE = 100_000, 0.04, 0.2
THETAS = [0.5, -0.7, 1.5, -2.0]
BASELINES = [
    (0.0, lambda t: t**4 + 14 * t**2 + 15),
    ("mean", lambda t: 8 * t**2 + 10),
    ("best", lambda t: 8 * t**2 + 6),
]


def square(x):
    return x**2


def unit_normal(theta):
    return Normal(theta, torch.ones_like(theta))


def coins(theta):
    return Bernoulli(probs=theta)


def normal(theta):
    """theta: (..., 2), the mean and the logarithm of the standard deviation."""
    return Normal(theta[..., 0], theta[..., 1].exp())


@pytest.mark.parametrize("theta", THETAS)
def test_the_reparameterised_gradient_of_a_square_has_mean_2_theta_and_variance_4(theta):
    for place, dtype in models.everywhere():
        start = torch.tensor(theta, device=place, dtype=dtype)
        found = reparameterised_gradient(square, unit_normal, start, K, device.generator(1))
        assert (found.dtype, found.device, found.requires_grad) == (dtype, start.device, False)
        checks.unbiased(found, 2 * theta, std=2)
        checks.spread(found, 4, tolerance=SMALL)


@pytest.mark.parametrize(("baseline", "variance"), BASELINES)
@pytest.mark.parametrize("theta", THETAS)
def test_the_score_function_has_mean_2_theta_and_the_variance_of_its_baseline(theta, baseline, variance):
    for place, dtype in models.everywhere():
        start = torch.tensor(theta, device=place, dtype=dtype)
        found = score_function_gradient(square, unit_normal, start, K, device.generator(2), baseline)
        assert (found.dtype, found.device, found.requires_grad) == (dtype, start.device, False)
        checks.unbiased(found, 2 * theta, std=variance(theta) ** 0.5)
        checks.spread(found, variance(theta), tolerance=LARGE)


def test_a_number_as_baseline_is_subtracted():
    theta = torch.tensor(1.5, dtype=torch.float64)
    parts = [score_function_gradient(square, unit_normal, theta, 50, device.generator(3), b) for b in (0, 3.25, 1)]
    score = parts[0] - parts[2]
    checks.close(parts[1], parts[0] - 3.25 * score)
    found = score_function_gradient(square, unit_normal, theta, K, device.generator(3), 1.5**2 + 3)
    checks.spread(found, 8 * 1.5**2 + 6, tolerance=LARGE)


def test_two_draws_are_enough_and_no_baseline_sees_its_own_draw():
    theta = torch.full((20_000,), 1.5, dtype=torch.float64)
    for baseline in ("mean", "best"):
        found = score_function_gradient(square, unit_normal, theta, 2, device.generator(4), baseline)
        assert found.shape == (2, 20_000)
        # the batch mean would give half of the gradient, 1.5; heavy tails under "best", so the limit is by hand
        assert abs(found[0].clamp(-200, 200).mean() - 3) < 0.5


def test_every_row_is_the_gradient_of_its_own_sample():
    theta = torch.tensor([0.3, -0.4], dtype=torch.float64)
    eps = device.draw(Normal(torch.zeros(7).double(), 1.0), (), device.generator(5), reparameterised=True)
    sigma = theta[1].exp()
    x = theta[0] + sigma * eps
    found = reparameterised_gradient(torch.sin, normal, theta, 7, device.generator(5))
    checks.close(found, torch.stack([x.cos(), x.cos() * sigma * eps], 1), "cos(x) dx/dtheta")
    found = score_function_gradient(torch.sin, normal, theta, 7, device.generator(5))
    checks.close(found, torch.stack([x.sin() * eps / sigma, x.sin() * (eps**2 - 1)], 1), "sin(x) s(x)")


@pytest.mark.parametrize("baseline", [None, 0.0, "mean", "best"])
def test_mean_and_log_sigma_of_a_normal(baseline):
    """E[x^2] = mu^2 + sigma^2: gradients 2 mu and, for log sigma, 2 sigma^2."""
    for place in gmlib.devices():
        theta = torch.tensor([0.8, -0.3], dtype=torch.float64, device=place)
        if baseline is None:
            found = reparameterised_gradient(square, normal, theta, K, device.generator(6))
        else:
            found = score_function_gradient(square, normal, theta, K, device.generator(6), baseline)
        checks.unbiased(found, torch.stack([2 * theta[0], 2 * (2 * theta[1]).exp()]).cpu())


def test_events_of_several_dimensions_and_matrices_of_parameters():
    """E[x'Ax] under N(mu, LL') with theta = (mu, L) as a (3, 4) matrix: gradients (A + A')mu and (A + A')L."""
    generator = device.generator(7)
    theta, A = (torch.randn(3, n, generator=generator, dtype=torch.float64) for n in (4, 3))
    theta[:, 1:] = theta[:, 1:].tril() + 2 * torch.eye(3)

    def make_q(theta):
        return MultivariateNormal(theta[..., 0], scale_tril=theta[..., 1:].tril())

    def f(x):
        return torch.einsum("...i,ij,...j", x, A, x)

    right = (A + A.t()) @ theta
    right[:, 1:] = right[:, 1:].tril()
    found = reparameterised_gradient(f, make_q, theta, 20_000, generator)
    checks.unbiased(found, right, std=found.std(0) + 1e-9)
    found = score_function_gradient(f, make_q, theta, K, generator, "mean")
    checks.unbiased(found, right, std=found.std(0) + 1e-9)


@pytest.mark.parametrize("baseline", [0.0, 3.0, "mean", "best"])
def test_a_bernoulli_by_its_score(baseline):
    """d/dp E[f(x)] = f(1) - f(0) for each coin; with one coin the best baseline takes all variance away."""
    for place, dtype in models.everywhere():
        p = torch.tensor([0.2, 0.7], device=place, dtype=dtype)
        found = score_function_gradient(lambda x: (x - 3) ** 2, coins, p, K, device.generator(8), baseline)
        checks.unbiased(found, torch.full((2,), -5.0), std=found.std(0).clamp(min=0.1).cpu())
    if baseline == "best":
        assert found.std() < 0.1


def test_a_categorical_by_its_score_beside_enumeration():
    logits, f = torch.tensor([0.5, -1.0, 0.2], dtype=torch.float64), torch.tensor([1.0, 4.0, -2.0]).double()
    right = torch.autograd.functional.jacobian(lambda t: (t.softmax(0) * f).sum(), logits)
    found = score_function_gradient(
        lambda x: f[x], lambda t: Categorical(logits=t), logits, K, device.generator(9), "mean"
    )
    checks.unbiased(found, right)


@pytest.mark.parametrize("baseline", [0.0, 0.5, "mean", "best"])
def test_the_score_function_takes_a_step_of_bools_or_integers(baseline):
    """P(x > 1) under N(theta, 1) has the derivative N(1; theta, 1)."""
    for place, dtype in models.everywhere():
        theta = torch.tensor(0.4, device=place, dtype=dtype)
        found = [
            score_function_gradient(f, unit_normal, theta, K, device.generator(10), baseline)
            for f in (lambda x: x > 1, lambda x: (x > 1).long(), lambda x: (x > 1).double())
        ]
        assert {one.dtype for one in found} == {dtype}
        assert torch.equal(found[0], found[1])
        assert torch.equal(found[0], found[2])
        checks.unbiased(found[0], unit_normal(theta).log_prob(torch.ones_like(theta)).exp().item())


def test_a_constant_has_gradient_zero():
    theta = torch.tensor(1.0)
    assert (reparameterised_gradient(lambda x: torch.ones_like(x).detach(), unit_normal, theta, 3) == 0).all()
    found = score_function_gradient(torch.ones_like, unit_normal, theta, 3, baseline="mean")
    assert (found == 0).all()


def test_nothing_is_left_behind():
    theta = torch.tensor([0.3, 0.1], requires_grad=True)
    before, state = theta.detach().clone(), torch.get_rng_state()
    for estimate in (reparameterised_gradient, score_function_gradient):
        first, again, other = (estimate(square, normal, theta, 5, device.generator(s)) for s in (1, 1, 2))
        assert torch.equal(first, again)
        assert not torch.equal(first, other)
        with torch.no_grad():
            assert torch.equal(first, estimate(square, normal, theta, 5, device.generator(1)))
    assert theta.grad is None
    assert torch.equal(theta, before)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.bad_input
@pytest.mark.parametrize("make_q", [coins, lambda t: Independent(Bernoulli(probs=t[..., None]), 1)])
def test_a_bernoulli_has_no_path(make_q):
    message = "make_q: got a Bernoulli, whose samples no gradient passes through, expected one with rsample; "
    with pytest.raises(ValueError, match=re.escape(message + "score_function_gradient takes any")):
        reparameterised_gradient(square, make_q, torch.tensor(0.5), 3)


ONE, ONE_IS = torch.tensor(1.0), "a float32 tensor of shape ()"


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("f", "make_q", "theta", "k", "message"),
    [
        (square, unit_normal, 1.0, 3, "theta: got 1.0, expected a float tensor of shape (...,)"),
        (square, unit_normal, torch.tensor(1), 3, "theta: got an int64 tensor of shape (), expected a float tensor"),
        (square, unit_normal, ONE / 0, 3, "theta: got 1 entry that is NaN or infinite (the first is inf)"),
        (square, unit_normal, ONE, 0, "k: got 0, expected a whole number of at least 1"),
        (square, unit_normal, ONE, 2.5, "k: got 2.5, expected a whole number of at least 1"),
        (square, lambda t: t, ONE, 3, "make_q: got a float32 tensor of shape (3,), expected a function that returns"),
        (
            square,
            lambda _: Normal(torch.zeros(2), 1.0),
            ONE,
            3,
            "make_q: got a Normal of batch shape (2,), expected batch shape (3, ...), one distribution for each",
        ),
        (square, lambda _: Normal(torch.zeros(3), 1.0), ONE, 3, "make_q: got a Normal that does not depend on theta"),
        (lambda x: x.sum(), unit_normal, ONE, 3, "f: got a float32 tensor of shape () from it, expected a tensor of"),
        (lambda _: 1.0, unit_normal, ONE, 3, "f: got 1.0 from it, expected a tensor of shape (3,)"),
    ],
)
def test_bad_input(f, make_q, theta, k, message):
    for door in (reparameterised_gradient, score_function_gradient):
        models.refuses(lambda door=door: door(f, make_q, theta, k), message)


@pytest.mark.bad_input
def test_bad_baselines():
    for baseline, what in [
        ("median", "'median'"),
        (None, "None"),
        (True, "True"),
        (float("nan"), "nan"),
        (ONE, "a float32 tensor of shape ()"),
    ]:
        message = f'baseline: got {what}, expected a finite number, "mean" or "best"'
        models.refuses(lambda b=baseline: score_function_gradient(square, unit_normal, ONE, 3, None, b), message)
    for baseline in ("mean", "best"):
        message = "k: got 1, expected a whole number of at least 2"
        models.refuses(lambda b=baseline: score_function_gradient(square, unit_normal, ONE, 1, None, b), message)
