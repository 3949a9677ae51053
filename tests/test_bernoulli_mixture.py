"""Mixtures of Bernoulli vectors: a distribution, samples that follow it, and EM that climbs."""

import copy
import math
import warnings

import binary_models as models
import pytest
import torch

import gmlib
from gmlib import checks, data, device
from gmlib.latent import _em
from gmlib.latent.bernoulli_mixture import BernoulliMixture

WIDE = torch.float64


def build(n=5, K=3, seed=0, dtype=torch.float32):
    generator = device.generator(seed)
    weights = torch.rand(K, generator=generator, dtype=WIDE) + 0.3
    means = 0.02 + 0.96 * torch.rand(K, n, generator=generator, dtype=WIDE)
    return BernoulliMixture(n, K, generator).to(dtype).set(weights / weights.sum(), means)


def points(number=400, n=5, seed=7, dtype=torch.float32):
    """Draws of another mixture, so that one step of EM moves everything."""
    return build(n, 3, seed).sample(number, device.generator(seed + 1)).to(dtype)


def plain_log_joint(model, x):
    each = torch.distributions.Bernoulli(model.means).log_prob(x[:, None]).sum(-1)
    return model.weights.log() + each


def plain_step(model, x, alpha):
    joint = plain_log_joint(model, x)
    log_prob = joint.logsumexp(1)
    r = (joint - log_prob[:, None]).exp()
    N = r.sum(0)
    zeros, ones = alpha.double() if isinstance(alpha, torch.Tensor) else (alpha, alpha)
    return log_prob.mean(), N / len(x), (r.t() @ x + ones) / (N[:, None] + ones + zeros)


# the distribution


def test_the_probabilities_sum_to_one():
    for place, dtype in models.everywhere():
        model = build(dtype=dtype).to(place)
        checks.sums_to_one(lambda x, model=model, place=place: model.log_prob(x.to(place)), 5, dtype=dtype)


def test_log_joint_is_that_of_independent_pixels():
    for place, dtype in models.everywhere():
        model, x = build(dtype=dtype).to(place), checks.binary_vectors(5, dtype).to(place)
        joint = plain_log_joint(model, x)
        checks.close(model.log_joint(x), joint.cpu(), "log p(x, z)", dtype=dtype)
        checks.close(model.log_prob(x), joint.logsumexp(1).cpu(), "log p(x)", dtype=dtype)
        r = model.responsibilities(x)
        assert (r >= 0).all()
        checks.close(r.sum(1), torch.ones(32, dtype=dtype), "the sum of the responsibilities")
        checks.close(r, torch.softmax(joint, 1).cpu(), "p(z | x)")


def certain():
    """A pixel that is never 1 in one component and always in the other."""
    means = torch.tensor([[0.0, 0.5, 0.2], [1.0, 0.5, 0.7]])
    return BernoulliMixture(3, 2).set(torch.tensor([0.25, 0.75]), means)


def test_means_of_0_and_1_are_certain():
    model, x = certain(), checks.binary_vectors(3)
    checks.close(model.log_prob(x).exp().sum(), torch.tensor(1.0), "the sum of p(x)")
    joint = model.log_joint(x)
    assert torch.equal(torch.isneginf(joint), torch.stack([x[:, 0] == 1, x[:, 0] == 0], 1))
    checks.close(joint.exp()[7], torch.tensor([0.0, 0.75 * 0.5 * 0.7]), "p(x = 111, z)")
    r = model.responsibilities(x)
    checks.close(r[:, 0], (x[:, 0] == 0).float(), "p(z = 0 | x)")
    assert torch.isfinite(torch.tensor(model.em_step(x)))


def test_a_weight_of_0_counts_for_nothing():
    model, x = certain(), checks.binary_vectors(3)
    model.set(torch.tensor([0.0, 1.0]), model.means)
    assert torch.equal(model.log_prob(x).isneginf(), x[:, 0] == 0)
    torch.testing.assert_close(model.responsibilities(x[4:]), torch.tensor([[0.0, 1.0]]).expand(4, 2))


def test_the_order_of_components_does_not_matter():
    model, order, x = build(dtype=WIDE), torch.tensor([2, 0, 1]), points(dtype=WIDE)
    other = copy.deepcopy(model).set(model.weights[order], model.means[order])
    torch.testing.assert_close(model.log_prob(x), other.log_prob(x))
    torch.testing.assert_close(model.responsibilities(x)[:, order], other.responsibilities(x))
    assert model.em_step(x, 0.5) == pytest.approx(other.em_step(x, 0.5), abs=1e-12)
    torch.testing.assert_close(model.means[order], other.means)


def test_samples_have_its_probabilities():
    for place in gmlib.devices():
        model = build().to(place)
        samples = model.sample(20_000, device.generator(3, place)).cpu()
        assert samples.dtype == torch.float32
        checks.sampler(samples, copy.deepcopy(model).to("cpu", WIDE).log_prob, 5)


def test_the_generator_decides():
    one, two, other = (BernoulliMixture(5, 3, device.generator(seed)) for seed in (6, 6, 7))
    assert torch.equal(one.means, two.means)
    assert not torch.equal(one.means, other.means)
    x, before = points(), torch.get_rng_state()
    assert torch.equal(one.sample(50, device.generator(8)), two.sample(50, device.generator(8)))
    assert one.fit(x, 5, generator=device.generator(4)) == two.fit(x, 5, generator=device.generator(4))
    assert torch.equal(torch.get_rng_state(), before)
    assert one.sample(3).shape == (3, 5)


def test_buffers_move_and_are_saved():
    model, x = build(), points(20)
    assert list(model.parameters()) == []
    assert list(model.state_dict()) == ["weights", "means"]
    other = BernoulliMixture(5, 3, device.generator(9))
    other.load_state_dict(model.state_dict())
    assert torch.equal(model.log_prob(x), other.log_prob(x))
    for place, dtype in models.everywhere():
        moved, y = copy.deepcopy(model).to(place, dtype), x.to(place, dtype)
        moved.fit(y, 2, start="current")
        found = (moved.log_prob(y), moved.sample(2), moved.weights, moved.means)
        assert {value.device for value in found} == {place}
        assert {value.dtype for value in found} == {dtype}


def test_parameter_counts():
    assert BernoulliMixture(5, 3).free_parameters() == 2 + 15


# EM


EACH = torch.tensor([[0.0, 0.1, 0.2, 0.3, 0.4], [0.0, 3.0, 2.0, 1.0, 0.0]])  # pseudo-counts of zeros, of ones


@pytest.mark.parametrize("alpha", [0.0, 0.5, EACH], ids=["0", "0.5", "each"])
@pytest.mark.parametrize("block", [1, 2**17])
def test_a_step_is_the_plain_step(alpha, block, monkeypatch):
    monkeypatch.setitem(_em.BLOCK, "cpu", block)  # blocks of 256 rows, or all at once
    for place, dtype in models.everywhere():
        model, x = build(dtype=dtype).to(place), points(1000, dtype=dtype)
        expected = plain_step(copy.deepcopy(model).cpu().double(), x.double(), alpha)
        tolerance = 1e-11 if dtype == WIDE else 1e-5
        assert model.em_step(x.to(place), alpha) == pytest.approx(expected[0].item(), abs=tolerance)
        checks.close(model.weights, expected[1], "weights", tolerance=tolerance, dtype=dtype)
        checks.close(model.means, expected[2], "means", tolerance=tolerance, dtype=dtype)


@pytest.mark.parametrize("dtype", models.DTYPES)
def test_the_likelihood_never_falls(dtype):
    x = data.digits().train.x[:400].to(dtype)
    for seed in range(3):
        model = BernoulliMixture(64, 8).to(dtype)
        curve = model.fit(x, 40, 0.0, 0.0, device.generator(seed))
        assert curve[-1] > curve[1] + 0.5
        worst = min(after - before for before, after in zip(curve, curve[1:], strict=False))
        assert worst >= (-1e-4 if dtype == torch.float32 else -1e-10)


def test_with_pseudo_counts_the_posterior_never_falls():
    x, alpha = points(60, dtype=WIDE), 2.0
    model = build(dtype=WIDE)
    values = []
    for _ in range(30):
        prior = alpha * (model.means.log() + torch.log1p(-model.means)).sum().item()
        values.append(len(x) * model.em_step(x, alpha) + prior)
    checks.never_falls(values, "the log-posterior", tolerance=1e-11)
    assert values[-1] > values[0] + 1


def test_an_m_step_parameter_is_the_best():
    """Moving any of them lowers E_q[log p(x, z)]."""
    model, x = build(dtype=WIDE), points(dtype=WIDE)
    r = model.responsibilities(x)

    def expected(changed):
        return (r * changed.log_joint(x)).sum(1).mean()

    model.em_step(x)
    best, generator = expected(model), device.generator(5)
    for size in (1e-3, 0.1):
        for name in ("weights", "means"):
            for _ in range(10):
                new = {key: value.clone() for key, value in model.state_dict().items()}
                new[name] *= 1 + size * torch.randn(new[name].shape, generator=generator, dtype=WIDE).clamp(-2, 2)
                new["weights"] /= new["weights"].sum()
                new["means"].clamp_(1e-3, 1 - 1e-3)
                assert expected(copy.deepcopy(model).set(**new)) < best


def test_fit_says_what_it_reached():
    x, model = points(600, dtype=WIDE), BernoulliMixture(5, 3).double()
    curve = model.fit(x, 500, 1e-5, generator=device.generator(2))
    assert 2 < len(curve) < 500
    assert abs(curve[-1] - curve[-2]) < 1e-5
    assert model.log_prob(x).mean().item() == pytest.approx(curve[-1], abs=1e-5)
    assert len(model.fit(x, 3, 0.0, start="current")) == 3


def test_one_component_is_independent_pixels():
    x = data.digits().train.x
    model = BernoulliMixture(64, 1)
    model.fit(x, 2, alpha=1.0, generator=device.generator(0))
    torch.testing.assert_close(model.means[0], (x.sum(0) + 1) / (len(x) + 2))


def test_it_finds_the_classes_of_digits():
    parts = data.digits()
    model = BernoulliMixture(64, 10)
    model.fit(parts.train.x, alpha=0.3, generator=device.generator(0))
    nats = -model.log_prob(parts.validation.x).mean()
    independent = BernoulliMixture(64, 1)
    independent.fit(parts.train.x, 2, alpha=0.3, generator=device.generator(0))
    assert nats < -independent.log_prob(parts.validation.x).mean() - 4
    z = model.responsibilities(parts.train.x).argmax(1)
    most = sum(int((parts.train.y[z == k]).bincount().max()) for k in range(10) if (z == k).any())
    assert most / len(parts.train) > 0.6  # purity


# what goes wrong


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_an_empty_component_makes_no_nan(alpha):
    x = torch.cat([points(100), torch.ones(100, 1)], 1)
    model = build(6)
    means = model.means.clone()
    means[1, 5] = 0.0  # it cannot have given any of these
    model.set(model.weights, means)
    with pytest.warns(UserWarning, match=r"BernoulliMixture.fit, iteration 1: component 1 lost all points$") as caught:
        model.fit(x, 5, 0.0, alpha, start="current")
    assert len(caught) == 1
    assert model.weights[1] == 0
    assert torch.equal(model.means[1], means[1] if alpha == 0 else torch.full((6,), 0.5))
    found = (model.weights, model.means, model.log_prob(x), model.responsibilities(x), model.sample(10))
    assert all(torch.isfinite(value).all() for value in found)


@pytest.mark.bad_input
def test_the_warning_points_at_the_caller():
    model = BernoulliMixture(2, 2).set(torch.tensor([0.5, 0.5]), torch.tensor([[0.0, 0.5], [0.5, 0.5]]))
    with pytest.warns(UserWarning, match="component 0 lost") as caught:
        model.fit(torch.tensor([[1.0, 0.0], [1.0, 1.0]]), 2, start="current")
    assert caught[0].filename == __file__


def test_no_warning_where_nothing_is_wrong():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        BernoulliMixture(5, 3).fit(points(), 10, generator=device.generator(0))


@pytest.mark.bad_input
def test_bad_points():
    model = build()
    for door in (model.log_joint, model.log_prob, model.responsibilities, model.em_step, model.fit):
        for x, message in models.BAD_INPUTS:
            models.refuses(lambda x=x, door=door: door(x), message)
    for door in (model.em_step, model.fit):
        few = "x: got 2 points, expected at least 3, the number of components"
        models.refuses(lambda door=door: door(points(2)), few)
    same = torch.tensor([[0.0, 1, 0, 1, 0]]).repeat(9, 1)
    models.refuses(lambda: model.fit(same), "x: got 1 distinct points, expected at least 3, the number of components")


@pytest.mark.bad_input
def test_points_of_probability_0_have_no_posterior():
    model = BernoulliMixture(2, 2).set(torch.tensor([0.5, 0.5]), torch.tensor([[0.0, 0.5], [0.0, 0.1]]))
    x = torch.tensor([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    assert model.log_prob(x).isneginf().tolist() == [True, False, True]
    before = copy.deepcopy(model.state_dict())
    for door in (model.responsibilities, model.em_step):
        models.refuses(lambda door=door: door(x), "x: got 2 rows of probability 0, expected rows that some component")
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@pytest.mark.bad_input
def test_bad_settings():
    whole = "expected a whole number of at least 1"
    for n in (0, 2.5, None, True):
        models.refuses(lambda n=n: BernoulliMixture(n, 3), f"n: got {n!r}, {whole}")
        models.refuses(lambda n=n: BernoulliMixture(5, n), f"components: got {n!r}, {whole}")
        models.refuses(lambda n=n: build().sample(n), f"n: got {n!r}, {whole}")
        models.refuses(lambda n=n: build().fit(points(), n), f"iterations: got {n!r}, {whole}")
    for value in (-0.1, math.nan, math.inf, None, "a"):
        expected = f"got {value!r}, expected a number of at least 0"
        models.refuses(lambda v=value: build().em_step(points(), v), f"alpha: {expected}")
        models.refuses(lambda v=value: build().fit(points(), alpha=v), f"alpha: {expected}")
        models.refuses(lambda v=value: build().fit(points(), tolerance=v), f"tolerance: {expected}")
    for alpha, message in [
        (EACH[0], "alpha: got a float32 tensor of shape (5,), expected a float tensor of shape (2, 5)"),
        (-EACH, "alpha: got an entry -0.1, expected entries of at least 0"),
    ]:
        models.refuses(lambda alpha=alpha: build().em_step(points(), alpha), message)
    models.refuses(lambda: build().fit(points(), start="kmeans"), "start: got 'kmeans', expected 'data' or 'current'")


@pytest.mark.bad_input
def test_bad_parameters():
    model = build()
    w, m = model.weights.clone(), model.means.clone()
    for weights, means, message in [
        (2 * w, m, "weights: got a sum of 2, expected weights that sum to 1"),
        (torch.tensor([-0.5, 1.0, 0.5]), m, "weights: got an entry -0.5, expected entries of at least 0"),
        (w[:2], m, "weights: got a float32 tensor of shape (2,), expected a float tensor of shape (3,)"),
        (w, m[:, :3], "means: got a float32 tensor of shape (3, 3), expected a float tensor of shape (3, 5)"),
        (w, m.long(), "means: got an int64 tensor of shape (3, 5), expected a float tensor of shape (3, 5)"),
        (w, m + 1, "means: got an entry 1."),
        (w, m * math.nan, "means: got 15 entries that are NaN or infinite (the first is nan), expected finite"),
    ]:
        models.refuses(lambda weights=weights, means=means: model.set(weights, means), message)
    assert torch.equal(model.weights, w)
    assert torch.equal(model.means, m)
