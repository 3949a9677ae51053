"""The bound: unbiased, below log p(x), tight at the posterior; its gradients; the KL divergence of two Gaussians."""

import math

import binary_models as models
import pytest
import torch
from torch.distributions import Bernoulli, Categorical, Independent, MultivariateNormal, Normal, OneHotCategorical
from torch.distributions import kl_divergence as torch_kl

import gmlib
from gmlib import checks, device
from gmlib.latent.elbo import elbo, gaussian_kl, iwae_bound

REPEATS = 4000


def linear_gaussian(place="cpu", dtype=torch.float64):
    """z ~ N(0, I), x given z ~ N(W z, 0.5^2 I): x (4, 3), z (2,). Returns log_joint, log p(x), the exact posterior."""
    generator = device.generator(0)
    W, x = (torch.randn(*size, generator=generator, dtype=torch.float64).to(place, dtype) for size in ((3, 2), (4, 3)))
    eye = torch.eye(3, device=place, dtype=dtype)
    prior = Independent(Normal(x.new_zeros(2), x.new_ones(2)), 1)

    def log_joint(z):
        return prior.log_prob(z) + Normal(z @ W.T, 0.5).log_prob(x).sum(-1)

    log_p = MultivariateNormal(x.new_zeros(3), W @ W.T + 0.25 * eye).log_prob(x)
    precision = torch.eye(2, device=place, dtype=dtype) + W.T @ W / 0.25
    posterior = MultivariateNormal(torch.linalg.solve(precision, W.T @ x.T / 0.25).T, precision_matrix=precision)
    return log_joint, log_p, posterior


def guess(place="cpu", dtype=torch.float64):
    """A diagonal q that is not the posterior, one for each of the four x."""
    mean = torch.tensor([[0.2, 0.1], [-0.5, 0.3], [0.0, 0.0], [1.0, -0.4]], device=place, dtype=dtype)
    return Independent(Normal(mean, torch.full_like(mean, 0.4)), 1)


def many(q, number):
    """`number` copies of q side by side, so that one call gives as many independent estimates."""
    return q.expand((number, *q.batch_shape))


def test_the_mean_is_log_p_minus_the_kl():
    for place in gmlib.devices():
        log_joint, log_p, posterior = linear_gaussian(place)
        q = guess(place)
        exact = log_p - torch_kl(MultivariateNormal(q.mean, torch.diag_embed(q.variance)), posterior)
        for k in (1, 7):
            estimates = elbo(log_joint, many(q, REPEATS), k, device.generator(1, place))
            assert estimates.shape == (REPEATS, 4)
            checks.unbiased(estimates, exact.cpu(), "the ELBO")
        assert (exact < log_p - 0.1).all()


def test_at_the_posterior_every_draw_gives_log_p():
    for place, dtype in models.everywhere():
        log_joint, log_p, posterior = linear_gaussian(place, dtype)
        # float32: terms near 30, one unit in their last place is 4e-6, and the Cholesky factor amplifies it
        tolerance = 1e-3 if dtype == torch.float32 else 1e-9
        for bound in (elbo, iwae_bound):
            found = bound(log_joint, posterior, 3, device.generator(2))
            checks.close(found, log_p.cpu(), "the bound at the posterior", tolerance=tolerance, dtype=dtype)


def test_more_samples_tighten_the_bound_up_to_log_p():
    log_joint, log_p, _ = linear_gaussian()
    q = guess()
    one = iwae_bound(log_joint, many(q, REPEATS), 1, device.generator(3))
    checks.close(one, elbo(log_joint, many(q, REPEATS), 1, device.generator(3)), "k = 1")
    means = [one.mean(0)]
    for k in (4, 16, 64):
        draws = iwae_bound(log_joint, many(q, REPEATS), k, device.generator(k))
        means.append(draws.mean(0))
        checks.at_most(means[-1], log_p, "the mean of the bound", tolerance=6 * (draws.std(0) / REPEATS**0.5).max())
    assert all((later > sooner).all() for sooner, later in zip(means, means[1:], strict=False))
    # a wide q, so that the weights are bounded: the error falls like 1 / k
    wide = Independent(Normal(q.mean, torch.full_like(q.mean, 3.0)), 1)
    many_draws = iwae_bound(log_joint, wide, 100_000, device.generator(4))
    checks.close(many_draws, log_p, "the bound with many samples", tolerance=0.05)


def test_gradients_through_the_draws_are_those_of_the_exact_bound():
    log_joint, log_p, posterior = linear_gaussian()
    mean = guess().mean.clone().requires_grad_()
    log_std = torch.full_like(mean, math.log(0.4)).requires_grad_()
    q = MultivariateNormal(mean, torch.diag_embed((2 * log_std).exp()))
    wanted = torch.autograd.grad((log_p - torch_kl(q, posterior)).sum(), (mean, log_std))
    means = mean.detach().expand(REPEATS, 4, 2).clone().requires_grad_()
    log_stds = log_std.detach().expand(REPEATS, 4, 2).clone().requires_grad_()
    bound = elbo(log_joint, Independent(Normal(means, log_stds.exp()), 1), 2, device.generator(5))
    found = torch.autograd.grad(bound.sum(), (means, log_stds))
    for gradient, exact in zip(found, wanted, strict=True):
        assert (exact.abs() > 1e-3).all()
        checks.unbiased(gradient, exact, "the gradient")


def test_gradients_reach_the_model():
    theta = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    q = Normal(torch.zeros(5, dtype=torch.float64), 1.0)
    for bound in (elbo, iwae_bound):
        (gradient,) = torch.autograd.grad(bound(lambda z: Normal(theta, 1.0).log_prob(z), q, 3).sum(), theta)
        assert gradient.abs() > 0


TABLE = torch.tensor([0.02, 0.1, 0.05, 0.03], dtype=torch.float64).log()
LOGITS = torch.tensor([0.3, -0.2, 0.8, 0.1], dtype=torch.float64)


@pytest.mark.parametrize("kind", ["categorical", "one-hot"])
def test_discrete_q_in_value_and_gradient(kind):
    logits = LOGITS.clone().requires_grad_()
    log_q = logits.log_softmax(0)
    exact = (log_q.exp() * (TABLE - log_q)).sum()
    (wanted,) = torch.autograd.grad(exact, logits, retain_graph=True)
    if kind == "categorical":
        family, log_joint = Categorical, lambda z: TABLE[z]
    else:
        family, log_joint = OneHotCategorical, lambda z: z @ TABLE
    copies = LOGITS.expand(20_000, 4).clone().requires_grad_()
    bound = elbo(log_joint, family(logits=copies), 2, device.generator(6))
    checks.unbiased(bound, exact.detach(), "the ELBO")
    checks.unbiased(torch.autograd.grad(bound.sum(), copies)[0], wanted, "the score-function gradient")
    posterior = family(logits=TABLE)
    log_p = TABLE.logsumexp(0)
    checks.close(elbo(log_joint, posterior, 3), log_p, "the ELBO at the posterior")
    # exact for k = 2 by enumeration, in value and gradient
    pairs = torch.cartesian_prod(torch.arange(4), torch.arange(4))
    log_w = (TABLE - log_q)[pairs]
    exact = (log_q[pairs].sum(1).exp() * (log_w.logsumexp(1) - math.log(2))).sum()
    (wanted,) = torch.autograd.grad(exact, logits)
    bound = iwae_bound(log_joint, family(logits=copies), 2, device.generator(7))
    checks.unbiased(bound, exact.detach(), "the bound with two samples")
    checks.unbiased(torch.autograd.grad(bound.sum(), copies)[0], wanted, "its gradient")


def test_bernoulli_pixels_as_one_event():
    table = torch.randn(2, 2, 2, generator=device.generator(8), dtype=torch.float64)
    probs = torch.tensor([[0.2, 0.5, 0.9], [0.6, 0.3, 0.5]], dtype=torch.float64)
    q = Independent(Bernoulli(probs), 1)
    z = checks.binary_vectors(3, torch.float64)
    log_q = q.log_prob(z[:, None])
    exact = (log_q.exp() * (table.flatten()[:, None] - log_q)).sum(0)

    def log_joint(z):
        return table[tuple(z.long().unbind(-1))]

    checks.unbiased(elbo(log_joint, many(q, 20_000), 1, device.generator(9)), exact, "the ELBO")
    assert iwae_bound(log_joint, q, 4).shape == (2,)


def test_an_impossible_z_gives_minus_infinity_and_no_nan():
    logits = torch.zeros(2, requires_grad=True)
    bound = elbo(lambda z: torch.where(z == 0, 0.0, -math.inf), Categorical(logits=logits), 50, device.generator(0))
    assert bound == -math.inf
    many_draws = iwae_bound(
        lambda z: torch.where(z == 0, 0.0, -math.inf), Categorical(logits=logits), 50, device.generator(0)
    )
    assert torch.isfinite(many_draws)


def test_the_generator_decides():
    log_joint, _, _ = linear_gaussian()
    for bound in (elbo, iwae_bound):
        before = torch.get_rng_state()
        first, again, other = (bound(log_joint, guess(), 3, device.generator(seed)) for seed in (1, 1, 2))
        assert torch.equal(first, again)
        assert not torch.equal(first, other)
        assert torch.equal(before, torch.get_rng_state())


def test_gaussian_kl_agrees_with_torch():
    for place, dtype in models.everywhere():
        generator = device.generator(10)
        mean, log_var, mean_p, log_var_p = torch.randn(4, 5, 3, generator=generator, dtype=torch.float64).to(
            place, dtype
        )
        first, second = Normal(mean, (log_var / 2).exp()), Normal(mean_p, (log_var_p / 2).exp())
        found = gaussian_kl(mean, log_var, mean_p, log_var_p)
        checks.close(found, torch_kl(first, second).sum(-1).cpu(), "KL", dtype=dtype)
        standard = torch_kl(first, Normal(torch.zeros_like(mean), 1.0)).sum(-1).cpu()
        checks.close(gaussian_kl(mean, log_var), standard, "KL to N(0, I)", dtype=dtype)
        one = torch_kl(first, Normal(mean_p[:1], (log_var_p[0, :1] / 2).exp())).sum(-1).cpu()
        checks.close(gaussian_kl(mean, log_var, mean_p[0], log_var_p[0, :1]), one, "KL, broadcast", dtype=dtype)


def test_gaussian_kl_by_quadrature():
    z = torch.linspace(-15, 15, 20_001, dtype=torch.float64)
    first, second = Normal(z.new_tensor(0.7), 0.6), Normal(z.new_tensor(-1.0), 1.5)
    integrand = first.log_prob(z).exp() * (first.log_prob(z) - second.log_prob(z))
    values = [torch.tensor([v], dtype=torch.float64) for v in (0.7, 2 * math.log(0.6), -1.0, 2 * math.log(1.5))]
    checks.close(gaussian_kl(*values), torch.trapezoid(integrand, z), "KL")
    swapped = gaussian_kl(*values[2:], *values[:2])
    assert (swapped - gaussian_kl(*values)).abs() > 0.5


def test_gaussian_kl_is_zero_where_they_agree_and_never_negative_nearby():
    mean, log_var = torch.randn(2, 1000, 1, generator=device.generator(11))
    assert (gaussian_kl(mean, log_var, mean, log_var) == 0).all()
    # a difference d in log variance costs d^2 / 4: float32's exp(d) - 1 - d would lose all digits of it
    near = gaussian_kl(torch.zeros(3, 1), torch.tensor([[1e-2], [-1e-2], [1e-3]]))
    checks.close(near / torch.tensor([2.5e-5, 2.5e-5, 2.5e-7]), torch.ones(3), "KL nearby", tolerance=5e-3)
    assert (near > 0).all()


@pytest.mark.bad_input
def test_bad_input_of_the_bounds():
    log_joint, _, _ = linear_gaussian()
    for bound in (elbo, iwae_bound):
        message = "log_joint: got a float32 tensor of shape (4,), expected a function of z that returns log p(x, z)"
        models.refuses(lambda bound=bound: bound(torch.zeros(4), guess(), 1), message)
        models.refuses(
            lambda bound=bound: bound(log_joint, None, 1), "q: got None, expected a torch.distributions object"
        )
        for k in (0, 2.5, None):
            message = f"k: got {k!r}, expected a whole number of at least 1"
            models.refuses(lambda bound=bound, k=k: bound(log_joint, guess(), k), message)
        expected = "expected a float tensor of shape (2, 4), one number for each draw and entry of q's batch_shape"
        for values, got in (
            (lambda z: z, "a float64 tensor of shape (2, 4, 2)"),
            (lambda z: z[..., 0].long(), "an int64 tensor of shape (2, 4)"),
            (lambda z: None, "None"),
            (lambda z: [0.0], "a list"),
        ):
            message = f"log_joint(z): got {got}, {expected}"
            models.refuses(lambda bound=bound, values=values: bound(values, guess(), 2), message)
        for number in (math.nan, math.inf):
            message = "log_joint(z): got 8 values that are NaN or +inf, expected log p(x, z) in nats"
            off = lambda z, number=number: torch.full_like(z[..., 0], number)  # noqa: E731
            models.refuses(lambda bound=bound, off=off: bound(off, guess(), 2), message)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, torch.zeros(2)), "mean: got None, expected a float tensor of shape (n,)"),
        (
            (torch.zeros(()), torch.zeros(())),
            "mean: got a float32 tensor of shape (), expected a float tensor of shape",
        ),
        ((torch.zeros(2).long(), torch.zeros(2)), "mean: got an int64 tensor of shape (2,), expected a float tensor"),
        ((torch.zeros(0), torch.zeros(0)), "mean: got an empty tensor of shape (0,), expected a float tensor"),
        ((torch.full((2,), math.nan), torch.zeros(2)), "mean: got 2 entries that are NaN or infinite"),
        (
            (torch.zeros(3, 2), torch.zeros(2)),
            "log_var: got a float32 tensor of shape (2,), expected a float tensor of",
        ),
        ((torch.zeros(2), torch.full((2,), -math.inf)), "log_var: got 2 entries that are NaN or infinite"),
        ((torch.zeros(2), torch.zeros(2), 1.0), "mean_p: got 1.0, expected a float tensor of shape (n,)"),
        (
            (torch.zeros(3, 2), torch.zeros(3, 2), torch.zeros(3)),
            "mean_p: got a float32 tensor of shape (3,), expected a shape that broadcasts to (3, 2), that of mean",
        ),
        (
            (torch.zeros(2), torch.zeros(2), None, torch.zeros(3, 2)),
            "log_var_p: got a float32 tensor of shape (3, 2), expected a shape that broadcasts to (2,), that of mean",
        ),
        (
            (torch.zeros(2), torch.zeros(2), None, torch.full((2,), math.inf)),
            "log_var_p: got 2 entries that are NaN or infinite",
        ),
    ],
)
def test_bad_input_of_gaussian_kl(arguments, message):
    models.refuses(lambda: gaussian_kl(*arguments), message)
