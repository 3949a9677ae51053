"""Importance sampling: exact with the posterior, unbiased otherwise, and honest about what it can know."""

import math

import pytest
import torch
from torch.distributions import Bernoulli, Categorical, Independent, MixtureSameFamily, Normal

from gmlib import checks
from gmlib.device import devices, generator
from gmlib.latent.inference import Importance, importance_sampling, log_marginal

WEIGHTS, MEANS, STDS = (torch.tensor(v, dtype=torch.float64) for v in ([0.3, 0.7], [-2.0, 2.5], [1.0, 1.3]))
LOG_P = -20.0


def humps(device="cpu"):
    parts = Normal(MEANS.to(device), STDS.to(device))
    return MixtureSameFamily(Categorical(WEIGHTS.to(device)), parts)


def normal(mean, std):
    return Normal(torch.tensor(mean, dtype=torch.float64), torch.tensor(std, dtype=torch.float64))


def two_humps(z):
    """log p(x, z) of one real latent: the posterior is a mixture of two Gaussians, and log p(x) = -20."""
    return LOG_P + humps(z.device).log_prob(z)


def table(batch, m, seed=0):
    """log p(x, z) of `batch` observations and m outcomes, (m, batch)."""
    return torch.randn(m, batch, generator=generator(seed), dtype=torch.float64) * 2 - 5


def from_table(log_p):
    """log_joint of a table (m, batch) for draws z (k, batch) of Categorical."""
    return lambda z: log_p[z, torch.arange(log_p.shape[1])]


def test_the_sum_over_the_support_is_the_table_s():
    log_p = table(3, 8)
    found = log_marginal(lambda z: log_p[z], torch.arange(8))
    torch.testing.assert_close(found, log_p.exp().sum(0).log())
    alone = log_marginal(lambda z: log_p[z, 0], torch.arange(8))
    torch.testing.assert_close(alone, found[0])


def test_every_completion_of_missing_pixels_counts_once():
    z = checks.binary_vectors(10, torch.float64)
    coins = Independent(Bernoulli(torch.linspace(0.1, 0.9, 10, dtype=torch.float64)), 1)
    assert log_marginal(coins.log_prob, z).abs() < 1e-12


def test_an_impossible_outcome_adds_nothing():
    log_p = torch.tensor([-1.0, -torch.inf, -2.0])
    found = log_marginal(lambda z: log_p[z], torch.arange(3))
    torch.testing.assert_close(found, torch.tensor([-1.0, -2.0]).logsumexp(0))
    assert log_marginal(lambda z: log_p[z], torch.tensor([1])) == -torch.inf


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_posterior_is_exact_with_one_draw(dtype):
    log_p = table(5, 7).to(dtype)
    found = importance_sampling(from_table(log_p), Categorical(logits=log_p.T), 1, generator(1))
    assert found.log_weights.shape == (1, 5)
    torch.testing.assert_close(found.log_p, log_p.logsumexp(0))
    assert found.log_p.dtype == dtype


def test_the_posterior_has_every_weight_equal():
    found = importance_sampling(two_humps, humps(), 50, generator(2))
    torch.testing.assert_close(found.log_weights, torch.full((50,), LOG_P, dtype=torch.float64))
    torch.testing.assert_close(found.effective_sample_size, torch.tensor(50.0, dtype=torch.float64))
    assert found.relative_error < 1e-12


def test_the_estimate_is_unbiased_with_the_closed_variance():
    """q = N(0, 3^2) is wider than either hump: E w = p, and Var(w) by quadrature."""
    q = normal(0.0, 3.0)
    z = torch.linspace(-40, 40, 200001, dtype=torch.float64)
    log_w = two_humps(z) - q.log_prob(z)
    variance = torch.trapezoid((2 * log_w + q.log_prob(z)).exp(), z) / math.exp(2 * LOG_P) - 1
    found = importance_sampling(two_humps, q.expand((4000,)), 25, generator(3))
    p_hat = (found.log_p - LOG_P).exp()
    checks.unbiased(p_hat, 1.0, "p_hat / p", std=(variance / 25).sqrt())
    checks.spread(p_hat, variance / 25, "p_hat / p", tolerance=0.2)
    # the estimated relative error is about the true one
    torch.testing.assert_close(found.relative_error.mean(), (variance / 25).sqrt(), atol=0, rtol=0.1)


def test_the_logarithm_is_too_low_by_half_the_relative_variance():
    log_p = torch.tensor([0.2, 0.8], dtype=torch.float64).log()
    ratio = 0.5 * (0.4**2 + 1.6**2) - 1  # Var(w) / p^2 of the uniform proposal
    k, repeats = 64, 40000
    q = Categorical(torch.ones(repeats, 2, dtype=torch.float64))
    found = importance_sampling(lambda z: log_p[z], q, k, generator(4)).log_p
    error = found.std() / repeats**0.5
    assert -ratio / (2 * k) == pytest.approx(found.mean().item(), abs=6 * error.item() + 1 / k**2)
    assert found.mean() < -6 * error


def test_the_effective_size_and_error_by_hand():
    found = Importance(torch.tensor([[3.0, 1.0], [1.0, 1.0]], dtype=torch.float64).log())
    torch.testing.assert_close(found.effective_sample_size, torch.tensor([1.6, 2.0], dtype=torch.float64))
    torch.testing.assert_close(found.log_p.exp(), torch.tensor([2.0, 1.0], dtype=torch.float64))
    torch.testing.assert_close(found.relative_error, torch.tensor([0.5, 0.0], dtype=torch.float64))


def test_error_and_effective_size_say_the_same():
    log_w = torch.randn(30, 4, generator=generator(5), dtype=torch.float64) * 1.5
    found = Importance(log_w)
    expected = ((30 / found.effective_sample_size - 1) / 29).sqrt()
    torch.testing.assert_close(found.relative_error, expected)


@pytest.mark.parametrize("shift", [-5000.0, 5000.0])
def test_the_diagnostics_do_not_overflow(shift):
    log_w = torch.randn(9, 2, generator=generator(6))
    plain, moved = Importance(log_w), Importance(log_w + shift)
    torch.testing.assert_close(moved.log_p, plain.log_p + shift)
    torch.testing.assert_close(moved.effective_sample_size, plain.effective_sample_size, rtol=5e-3, atol=0)
    torch.testing.assert_close(moved.relative_error, plain.relative_error, rtol=5e-3, atol=0)


def test_the_effective_size_stays_from_1_to_k_in_float32_far_from_zero():
    for log_w in (torch.full((7, 2), -900.0), torch.tensor([[-900.0] * 2] + [[-9000.0] * 2] * 6)):
        found = Importance(log_w).effective_sample_size
        torch.testing.assert_close(found, torch.full((2,), 7.0 if log_w[1, 0] == -900 else 1.0), atol=1e-5, rtol=0)


def test_weights_that_are_all_zero_say_so():
    found = Importance(torch.full((3, 2), -torch.inf))
    assert (found.log_p == -torch.inf).all()
    assert (found.effective_sample_size == 0).all()
    assert (found.relative_error == torch.inf).all()


def test_one_draw_knows_nothing_of_its_error():
    found = Importance(torch.zeros(1, 3))
    assert (found.relative_error == torch.inf).all()
    assert (found.effective_sample_size == 1).all()


def test_a_missed_hump_is_not_noticed():
    """The broken direction: q covers the right hump alone, so the weights are nearly equal, and half of p is gone."""
    halves = MixtureSameFamily(
        Categorical(torch.ones(2, dtype=torch.float64)), Normal(torch.tensor([-5.0, 5.0]).double(), 0.7)
    )
    found = importance_sampling(halves.log_prob, normal(5.0, 0.8), 2000, generator(7))
    assert found.effective_sample_size > 0.9 * 2000
    assert found.relative_error < 0.01
    assert found.log_p.item() == pytest.approx(-math.log(2), abs=0.05)


def test_the_same_seed_gives_the_same_draws_and_leaves_torch_s_own_alone():
    state = torch.get_rng_state()
    first, second, third = (importance_sampling(two_humps, normal(0.0, 3.0), 5, generator(s)) for s in (8, 8, 9))
    assert torch.equal(first.log_weights, second.log_weights)
    assert not torch.equal(first.log_weights, third.log_weights)
    assert torch.equal(state, torch.get_rng_state())


def test_a_batch_and_an_event():
    """Ten missing pixels of three images: q (3,) of events (10,)."""
    q = Independent(Bernoulli(torch.full((3, 10), 0.4)), 1)
    found = importance_sampling(lambda z: q.log_prob(z) - torch.arange(3.0), q, 4, generator(10))
    assert found.log_weights.shape == (4, 3)
    torch.testing.assert_close(found.log_p, -torch.arange(3.0), atol=1e-5, rtol=0)


def test_gradients_pass_through_the_model():
    theta = torch.tensor(0.3, requires_grad=True)
    found = importance_sampling(lambda z: theta * z, Bernoulli(torch.tensor(0.5)), 100, generator(11))
    found.log_p.backward()
    assert 0 < theta.grad < 1


def test_every_device():
    for device in devices():
        q = Normal(torch.zeros((), dtype=torch.float64, device=device), 3.0)
        found = importance_sampling(two_humps, q, 20000, generator(12))
        assert found.log_p.device.type == device.type
        assert found.log_p.item() == pytest.approx(LOG_P, abs=0.05)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"log_joint": 3}, r"log_joint: got 3, expected a function of z"),
        ({"q": torch.zeros(3)}, r"q: got a float32 tensor of shape \(3,\), expected a torch.distributions object"),
        ({"k": 0}, "k: got 0, expected a whole number of at least 1"),
        ({"k": 2.0}, "k: got 2.0, expected a whole number of at least 1"),
        ({"log_joint": lambda z: z.sum()}, r"log_joint\(z\): got a float32 tensor of shape \(\), expected .*\(4,\)"),
        ({"log_joint": lambda z: z > 0}, r"log_joint\(z\): got a bool tensor of shape \(4,\), expected a float tensor"),
        ({"log_joint": lambda z: None}, r"log_joint\(z\): got None"),
        ({"log_joint": lambda z: z * torch.nan}, r"log_joint\(z\): got NaN or \+inf in 4 of 4 entries"),
        ({"log_joint": lambda z: z * 0 + torch.inf}, r"log_joint\(z\): got NaN or \+inf in 4 of 4 entries"),
    ],
)
def test_bad_input_to_importance_sampling(arguments, message):
    given = {"log_joint": lambda z: -z, "q": Normal(torch.tensor(0.0), 1.0), "k": 4} | arguments
    with pytest.raises(ValueError, match=message):
        importance_sampling(**given)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("log_weights", "message"),
    [
        ([0.0], r"log_weights: got a list, expected a float tensor \(k, \*batch\) with k of at least 1"),
        (torch.zeros(()), r"log_weights: got a float32 tensor of shape \(\), expected a float tensor"),
        (
            torch.zeros(3, dtype=torch.int64),
            r"log_weights: got an int64 tensor of shape \(3,\), expected a float tensor",
        ),
        (torch.zeros(0, 2), r"log_weights: got an empty tensor of shape \(0, 2\)"),
        (torch.tensor([0.0, torch.nan]), r"log_weights: got NaN or \+inf in 1 of 2 entries, expected numbers, or -inf"),
        (torch.tensor([0.0, torch.inf]), r"log_weights: got NaN or \+inf in 1 of 2 entries"),
    ],
)
def test_bad_log_weights(log_weights, message):
    with pytest.raises(ValueError, match=message):
        Importance(log_weights)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("log_joint", "support", "message"),
    [
        (None, torch.zeros(3), "log_joint: got None, expected a function"),
        (torch.abs, [1.0], r"support: got a list, expected a tensor \(m, \*event\)"),
        (torch.abs, torch.zeros(()), r"support: got a float32 tensor of shape \(\)"),
        (torch.abs, torch.zeros(0, 2), r"support: got an empty tensor of shape \(0, 2\)"),
        (lambda z: z[:2], torch.zeros(3), r"log_joint\(support\): got a float32 tensor of shape \(2,\), .*\(3,\)"),
        (lambda z: z / 0, torch.zeros(3), r"log_joint\(support\): got NaN or \+inf in 3 of 3"),
    ],
)
def test_bad_input_to_log_marginal(log_joint, support, message):
    with pytest.raises(ValueError, match=message):
        log_marginal(log_joint, support)
