"""Real-valued NADE: a density by quadrature, in any order, the plain loop, and samples that follow it."""

import math

import binary_models as models
import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

import gmlib
from gmlib import checks, device
from gmlib.autoregressive import MixtureNADE

ORDERINGS = [[0, 1, 2, 3], [2, 0, 3, 1]]
WEIGHTS = pytest.mark.parametrize("learned_weights", [True, False])


def build(learned_weights, ordering=None, n=4, seed=0):
    return MixtureNADE(n, 6, 3, learned_weights, ordering, device.generator(seed))


def points(number=50, n=4):
    return torch.randn(number, n, generator=device.generator(9))


def plain_log_prob(model, x):
    """One conditional after the other, by the lecture's equations and torch.distributions."""
    log_prob, known = 0, []
    for i in model.ordering:
        h = torch.sigmoid(x[:, known] @ model.W[:, known].t() + model.c)
        parts = (h @ model.V[i].t() + model.b[i]).split(model.components, dim=1)
        logits = parts[2] if model.learned_weights else torch.zeros_like(parts[0])
        mixture = MixtureSameFamily(Categorical(logits=logits), Normal(parts[0], parts[1].exp()))
        log_prob = log_prob + mixture.log_prob(x[:, i])
        known.append(i)
    return log_prob


@WEIGHTS
@pytest.mark.parametrize("ordering", ORDERINGS)
def test_it_is_the_plain_loop_in_that_order(learned_weights, ordering):
    for place, dtype in models.everywhere():
        model, x = build(learned_weights, ordering).to(place, dtype), points().to(place, dtype)
        checks.close(model.log_prob(x), plain_log_prob(model, x).cpu(), "log p(x)")
        for part in range(0 if learned_weights else 1, 3):
            checks.causal(
                lambda x, part=part, model=model, place=place: model.conditionals(x.to(place))[part].sum(2),
                x.cpu(),
                ordering,
                change=lambda x_j: x_j + 1,
            )


@WEIGHTS
def test_the_density_integrates_to_one(learned_weights):
    for place in gmlib.devices():
        model = build(learned_weights, [1, 0], n=2).to(place, torch.float64)
        axis = torch.linspace(-12, 12, 601, dtype=torch.float64, device=place)
        p = model.log_prob(torch.cartesian_prod(axis, axis)).exp().view(601, 601)
        total = torch.trapezoid(torch.trapezoid(p, axis), axis)
        checks.close(total, torch.tensor(1.0), "the integral of p(x)", tolerance=1e-6)


@WEIGHTS
def test_samples_follow_the_density(learned_weights):
    number = 20_000
    for place in gmlib.devices():
        model = build(learned_weights, ORDERINGS[1]).to(place)
        x = model.sample(number, device.generator(1, place))
        log_weights, means, log_stds = model.conditionals(x)
        # the distribution function of each conditional turns samples of it into uniform numbers, independent of x_<i
        cdf = (log_weights.exp() * Normal(means, log_stds.exp()).cdf(x[..., None])).sum(2).detach().cpu()
        ranks = (torch.arange(number) + 0.5) / number
        # Dvoretzky-Kiefer-Wolfowitz: beyond this with probability below 1e-8 for each of the four variables
        limit = math.sqrt(math.log(2 / 1e-8) / (2 * number))
        for i in range(4):
            assert (cdf[:, i].sort().values - ranks).abs().max() <= limit
        # six pairs; each correlation of independent uniforms has standard deviation 1 / sqrt(number)
        correlations = torch.corrcoef(cdf.t()) - torch.eye(4)
        assert correlations.abs().max() <= 6.5 / math.sqrt(number)


@WEIGHTS
def test_every_parameter_gets_a_gradient_but_the_last_column(learned_weights):
    model = build(learned_weights, ORDERINGS[1])
    model.log_prob(points()).sum().backward()
    last = torch.zeros_like(model.W, dtype=torch.bool)
    last[:, ORDERINGS[1][-1]] = True
    assert (model.W.grad[last] == 0).all()
    assert (model.W.grad[~last] != 0).all()
    assert all((p.grad != 0).all() for p in (model.c, model.V, model.b))


def test_far_away_the_log_density_is_finite_and_its_gradient_too():
    model = build(True)
    log_prob = model.log_prob(torch.full((1, 4), 1e4))
    log_prob.sum().backward()
    assert torch.isfinite(log_prob).all()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters())


def test_equal_weights_are_equal():
    log_weights, _, _ = build(False).conditionals(points())
    torch.testing.assert_close(log_weights.exp(), torch.full((50, 4, 3), 1 / 3))


def test_the_generator_decides():
    assert torch.equal(build(True, seed=3).W, build(True, seed=3).W)
    assert not torch.equal(build(True, seed=3).b, build(True, seed=4).b)
    samples = [build(True).sample(50, device.generator(5)) for _ in range(2)]
    assert torch.equal(*samples)


def test_parameter_counts():
    assert MixtureNADE(9, 32, 5).free_parameters() == 32 * 8 + 32 + 9 * 15 * 33
    assert MixtureNADE(9, 32, 5, learned_weights=False).free_parameters() == 32 * 8 + 32 + 9 * 10 * 33


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([[0.0] * 4], "x: got a list, expected a float32 tensor of shape (batch, 4)"),
        (torch.zeros(4), "x: got a float32 tensor of shape (4,), expected a float32 tensor of shape (batch, 4)"),
        (torch.zeros(2, 4).double(), "x: got a float64 tensor of shape (2, 4), expected a float32 tensor"),
        (
            torch.zeros(0, 4),
            "x: got an empty tensor of shape (0, 4), expected a float32 tensor of shape",
        ),
        (torch.full((1, 4), math.nan), "x: got 4 entries that are NaN or infinite (the first is nan), expected finite"),
        (
            torch.full((1, 4), -math.inf),
            "x: got 4 entries that are NaN or infinite (the first is -inf), expected",
        ),
        (torch.zeros(1, 4, device="meta"), "x: got a tensor on meta, expected a tensor on cpu"),
    ],
)
def test_bad_input(x, message):
    for door in (build(True).log_prob, build(False).conditionals):
        models.refuses(lambda door=door: door(x), message)


@pytest.mark.bad_input
def test_bad_sizes():
    models.refuses(lambda: MixtureNADE(0, 6, 3), "n: got 0, expected a whole number of at least 1")
    models.refuses(lambda: MixtureNADE(4, 0, 3), "hidden: got 0, expected a whole number of at least 1")
    models.refuses(lambda: MixtureNADE(4, 6, 0), "components: got 0, expected a whole number of at least 1")
    models.refuses(lambda: build(True, [0, 1]), "ordering: got [0, 1], expected each index from 0 to 3 once")
    models.refuses(lambda: build(True).sample(0), "n: got 0, expected a whole number of at least 1")
