"""Mixtures of Gaussians: a density, samples that follow it, EM that climbs, and the fast form is the plain one."""

import copy
import math
import warnings

import binary_models as models
import numpy as np
import pytest
import torch
from torch.distributions import MultivariateNormal, Normal

import gmlib
from gmlib import checks, device
from gmlib.latent import _em, _products
from gmlib.latent.gaussian_mixture import GaussianMixture, log_normal

KINDS = pytest.mark.parametrize("kind", ["full", "tied", "diagonal", "spherical"])
WIDE = torch.float64


def parameters(K, n, seed=0, dtype=WIDE):
    """Weights (K,), means (K, n) and full covariances (K, n, n), not close to anything singular."""
    generator = device.generator(seed)
    weights = torch.rand(K, generator=generator, dtype=WIDE) + 0.3
    means = 2 * torch.randn(K, n, generator=generator, dtype=WIDE)
    A = torch.randn(K, n, n, generator=generator, dtype=WIDE) / n**0.5
    covariances = A @ A.mT + 0.2 * torch.eye(n, dtype=WIDE)
    return [value.to(dtype) for value in (weights / weights.sum(), means, covariances)]


def restrict(kind, covariances):
    variances = covariances.diagonal(dim1=1, dim2=2)
    return {"full": covariances, "tied": covariances[0], "diagonal": variances, "spherical": variances.mean(1)}[kind]


def build(kind="full", K=3, n=4, seed=0, dtype=WIDE):
    weights, means, covariances = parameters(K, n, seed, dtype)
    return GaussianMixture(n, K, kind).to(dtype).set(weights, means, restrict(kind, covariances))


def points(number=400, n=4, K=3, seed=7, dtype=WIDE):
    """Draws of another mixture, so that one step of EM moves everything."""
    return build("full", K, n, seed).sample(number, device.generator(seed + 1)).to(dtype)


def narrow(low, number=4000, n=8, K=5, offset=0.0):
    """Data whose components have variances from 1 down to `low`, in random directions."""
    generator = device.generator(3)
    means = 3 * torch.randn(K, n, generator=generator, dtype=WIDE)
    turn = torch.linalg.qr(torch.randn(K, n, n, generator=generator, dtype=WIDE))[0]
    A = turn * torch.logspace(0, math.log10(low) / 2, n, dtype=WIDE)
    z = torch.randint(K, (number,), generator=generator)
    noise = torch.randn(number, n, 1, generator=generator, dtype=WIDE)
    return offset + means[z] + (A[z] @ noise)[..., 0]


def plain_step(kind, x, weights, means, full, floor):
    """EM as its equations say: the mean log-likelihood before, and the new weights, means, covariances."""
    joint = weights.log() + log_normal(x, means, full)
    log_prob = joint.logsumexp(1)
    r = (joint - log_prob[:, None]).exp()
    N = r.sum(0)
    means = (r.t() @ x) / N[:, None]
    away = x[:, None] - means
    covariances = torch.einsum("bk,bki,bkj->kij", r, away, away) / N[:, None, None]
    if kind == "tied":
        covariances = torch.einsum("k,kij->ij", N / len(x), covariances).expand_as(covariances)
    covariances = covariances + floor * torch.eye(x.shape[1], dtype=x.dtype)
    return log_prob.mean(), N / len(x), means, restrict(kind, covariances)


def state(model):
    return [model.weights, model.means, model.covariances]


def assert_step(model, x, floor, tolerance):
    expected = plain_step(model.covariance, x.double(), *(v.double().cpu() for v in plain_state(model)), floor)
    found = model.em_step(x.to(model.means.device), floor)
    assert abs(found - expected[0]) <= tolerance
    for name, ours, theirs in zip(("weights", "means", "covariances"), state(model), expected[1:], strict=True):
        checks.close(ours, theirs, name, tolerance=tolerance)


def plain_state(model):
    return model.weights, model.means, model.full_covariances()


# the density


@pytest.mark.parametrize("dtype", models.DTYPES)
def test_log_normal_is_the_normal_distribution(dtype):
    _, means, covariances = parameters(3, 4, dtype=dtype)
    x = points(50, dtype=dtype)
    found = log_normal(x, means, covariances)
    assert found.dtype == dtype
    checks.close(found, MultivariateNormal(means, covariances).log_prob(x[:, None]), "log N(x; mu, Sigma)")


@KINDS
def test_log_prob_is_the_sum_over_components(kind):
    for place, dtype in models.everywhere():
        model, x = build(kind, dtype=dtype).to(place), points(50, dtype=dtype).to(place)
        full = model.full_covariances()
        assert full.shape == (3, 4, 4)
        joint = model.weights.log() + log_normal(x, model.means, full)
        checks.close(model.log_joint(x), joint.cpu(), "log p(x, z)", dtype=dtype)
        checks.close(model.log_prob(x), joint.logsumexp(1).cpu(), "log p(x)", dtype=dtype)
        r = model.responsibilities(x)
        assert (r >= 0).all()
        checks.close(r.sum(1), torch.ones(50, dtype=dtype), "the sum of the responsibilities")
        checks.close(r, (joint - joint.logsumexp(1, keepdim=True)).exp().cpu(), "p(z | x)")


@KINDS
def test_it_integrates_to_one(kind):
    model = build(kind, n=1)
    checks.integrates_to_one(model.log_prob, -30, 30)
    flat = build(kind, n=2)
    axis = torch.linspace(-15, 15, 601, dtype=WIDE)
    p = flat.log_prob(torch.cartesian_prod(axis, axis)).exp().view(601, 601)
    total = torch.trapezoid(torch.trapezoid(p, axis), axis)
    checks.close(total, torch.tensor(1.0, dtype=WIDE), "the integral of p(x)", tolerance=1e-6)


@KINDS
def test_equal_covariances_are_the_same_mixture_in_every_type(kind):
    weights, means, _ = parameters(3, 4)
    eye = 0.7 * torch.eye(4, dtype=WIDE).expand(3, 4, 4)
    one, other = (
        GaussianMixture(4, 3, name).double().set(weights, means, restrict(name, eye)) for name in ("full", kind)
    )
    torch.testing.assert_close(one.log_prob(points(20)), other.log_prob(points(20)))


def test_the_order_of_components_does_not_matter():
    model, order = build(), torch.tensor([2, 0, 1])
    other = copy.deepcopy(model).set(*(value[order] for value in state(model)))
    x = points(20)
    torch.testing.assert_close(model.log_prob(x), other.log_prob(x))
    torch.testing.assert_close(model.responsibilities(x)[:, order], other.responsibilities(x))
    assert model.em_step(x) == pytest.approx(other.em_step(x), abs=1e-12)
    for ours, theirs in zip(state(model), state(other), strict=True):
        torch.testing.assert_close(ours[order], theirs)


def test_far_away_the_log_density_and_its_gradient_are_finite():
    model, x = build(), torch.full((1, 4), 1e6, dtype=WIDE, requires_grad=True)
    model.log_prob(x).sum().backward()
    assert torch.isfinite(x.grad).all()


@KINDS
def test_its_gradient_is_the_posterior_mean_of_the_gradients(kind):
    model, x = build(kind), points(20).requires_grad_()
    (found,) = torch.autograd.grad(model.log_prob(x).sum(), x)
    each = torch.linalg.solve(model.full_covariances(), (model.means - x[:, None])[..., None])[..., 0]
    checks.close(found, (model.responsibilities(x)[..., None] * each).sum(1), "grad log p(x)")


# samples


@KINDS
def test_samples_follow_the_density(kind):
    for place in gmlib.devices():
        model = build(kind, dtype=torch.float32).to(place)
        x = model.sample(20_000, device.generator(1, place)).cpu().double()
        full, plain = model.full_covariances().cpu().double(), copy.deepcopy(model).cpu().double()
        directions = [*torch.eye(4, dtype=WIDE), torch.tensor([1.0, -1.0, 0.5, 2.0], dtype=WIDE)]
        for a in directions:  # a projection of a mixture is the mixture of the projections
            each = Normal(plain.means @ a, torch.einsum("i,kij,j->k", a, full, a).sqrt())
            checks.draws_from(x @ a, lambda t, each=each, pi=plain.weights: (each.cdf(t[:, None]) * pi).sum(1))


def test_the_generator_decides():
    one, two, other = (GaussianMixture(4, 3, generator=device.generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(one.means, two.means)
    assert not torch.equal(one.means, other.means)
    x, before = points(dtype=torch.float32), torch.get_rng_state()
    assert torch.equal(one.sample(50, device.generator(8)), two.sample(50, device.generator(8)))
    assert one.fit(x, 5, generator=device.generator(4)) == two.fit(x, 5, generator=device.generator(4))
    assert torch.equal(torch.get_rng_state(), before)
    assert one.sample(3).shape == (3, 4)


# the module


@KINDS
def test_buffers_move_and_are_saved(kind):
    model = build(kind, dtype=torch.float32)
    assert list(model.parameters()) == []
    assert list(model.state_dict()) == ["weights", "means", "covariances"]
    other = GaussianMixture(4, 3, kind, device.generator(9))
    other.load_state_dict(model.state_dict())
    x = points(20, dtype=torch.float32)
    assert torch.equal(model.log_prob(x), other.log_prob(x))
    double = copy.deepcopy(model).double()
    assert double.log_prob(x.double()).dtype == double.sample(2).dtype == double.full_covariances().dtype == WIDE
    for place, dtype in models.everywhere():
        moved = copy.deepcopy(model).to(place, dtype)
        y = x.to(place, dtype)
        assert {value.device for value in (moved.log_prob(y), moved.sample(2), *state(moved))} == {place}
        moved.fit(y, 2, start="current")
        assert {value.dtype for value in state(moved)} == {dtype}


def test_a_fresh_mixture_can_be_used():
    model = GaussianMixture(4, 3, generator=device.generator(0))
    torch.testing.assert_close(model.weights, torch.full((3,), 1 / 3))
    torch.testing.assert_close(model.full_covariances(), torch.eye(4).expand(3, 4, 4))
    assert torch.isfinite(model.log_prob(model.sample(5))).all()


def test_evaluating_changes_nothing():
    model, x = build(), points(20)
    before = copy.deepcopy(model.state_dict())
    model.log_prob(x), model.responsibilities(x), model.sample(3)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@pytest.mark.parametrize(("kind", "count"), [("full", 44), ("tied", 24), ("diagonal", 26), ("spherical", 17)])
def test_parameter_counts(kind, count):
    assert GaussianMixture(4, 3, kind).free_parameters() == count


# EM


@KINDS
@pytest.mark.parametrize("floor", [0.0, 0.01])
@pytest.mark.parametrize(("number", "n", "K"), [(400, 4, 3), (40, 1, 2), (9000, 3, 1)])
def test_the_fast_step_is_the_plain_step(kind, floor, number, n, K):
    for place, dtype in models.everywhere():
        model = build(kind, K, n, dtype=dtype).to(place)
        assert_step(model, points(number, n, max(K, 2), dtype=dtype), floor, 1e-10 if dtype == WIDE else 1e-5)


@KINDS
@pytest.mark.parametrize("limit", [0.0, math.inf])
def test_so_it_is_with_all_components_apart_and_with_none(kind, limit, monkeypatch):
    monkeypatch.setattr(_products, "LIMIT", limit)
    assert_step(build(kind), points(), 0.0, 1e-10)


def test_so_it_is_with_some_apart():
    model, x = build(), points()
    scaled = model.covariances.clone()
    scaled[1] *= 1e-7  # only this one is delicate
    model.set(model.weights, model.means, scaled)
    x = torch.cat([x, model.means[1] + 3e-4 * torch.randn(400, 4, generator=device.generator(0), dtype=WIDE)])
    current = model._current()
    assert current.is_delicate(current.spread(), model.means).tolist() == [False, True, False]
    assert_step(model, x, 0.0, 1e-9)


@pytest.mark.parametrize(("limit", "low", "high"), [(_products.LIMIT, 0.0, 1e-9), (math.inf, 1e-7, 1e-3)])
def test_without_them_narrow_components_far_apart_would_be_blurred(limit, low, high, monkeypatch):
    """Two of standard deviation 1e-5 at +-1: by products alone eps |mu|^2 tr(1 / Sigma) = 3e-5 is lost."""
    means = torch.tensor([[1.0], [-1.0]], dtype=WIDE).expand(2, 4)
    noise = torch.randn(2, 500, 4, generator=device.generator(0), dtype=WIDE)
    x = (means[:, None] + 1e-5 * noise).flatten(0, 1)
    model = GaussianMixture(4, 2).double()
    model.set(torch.tensor([0.5, 0.5]), means, 1e-10 * torch.eye(4, dtype=WIDE).expand(2, 4, 4).clone())
    monkeypatch.setattr(_products, "LIMIT", limit)
    model.em_step(x)
    away = x.view(2, 500, 4) - means[:, None]
    away = away - away.mean(1, keepdim=True)
    error = (model.covariances - away.mT @ away / 500).abs().max() / 1e-10
    assert low <= error <= high


@KINDS
def test_blocks_of_rows_add_up(kind, monkeypatch):
    monkeypatch.setitem(_em.BLOCK, "cpu", 1)  # blocks of 256 rows
    assert_step(build(kind), points(1000), 0.0, 1e-10)
    x = points(1000)
    few = build(kind).log_prob(x)
    monkeypatch.undo()
    torch.testing.assert_close(few, build(kind).log_prob(x), rtol=0, atol=1e-12)


@KINDS
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_where_the_data_lie_does_not_matter(kind, offset):
    """Sums of squares about 0 would lose eps offset^2 / variance = 2e-8 at 1e4; about the mean nothing is lost."""
    x, model = points(2000), build(kind)
    moved = copy.deepcopy(model).set(model.weights, model.means + offset, model.covariances)
    for _ in range(3):
        # the moved points themselves are rounded to eps 1e4 = 2e-12
        assert model.em_step(x) == pytest.approx(moved.em_step(x + offset), abs=1e-10)
    torch.testing.assert_close(model.covariances, moved.covariances, rtol=0, atol=1e-10)
    torch.testing.assert_close(model.means + offset, moved.means, rtol=0, atol=1e-10)


def by_scikit_learn(kind, model, x, iterations, floor):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture as Peer

    start = model.covariances.numpy()
    precisions = np.linalg.inv(start) if kind in ("full", "tied") else 1 / start
    peer = Peer(
        model.components,
        covariance_type={"diagonal": "diag"}.get(kind, kind),
        reg_covar=floor,
        tol=0,
        max_iter=iterations,
        weights_init=model.weights.numpy().copy(),
        means_init=model.means.numpy().copy(),
        precisions_init=precisions.copy(),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return peer.fit(x.numpy())


@KINDS
@pytest.mark.parametrize("floor", [0.0, 1e-6, 0.1])
def test_thirty_iterations_are_those_of_scikit_learn(kind, floor):
    x, model = points(3000, 5, 4), build(kind, 4, 5)
    peer = by_scikit_learn(kind, model, x, 30, floor)
    curve = model.fit(x, 30, tolerance=0.0, floor=floor, start="current")
    assert len(curve) == 30
    for ours, theirs in zip(state(model), (peer.weights_, peer.means_, peer.covariances_), strict=True):
        torch.testing.assert_close(ours, torch.from_numpy(theirs), rtol=0, atol=1e-9)
    torch.testing.assert_close(model.log_prob(x), torch.from_numpy(peer.score_samples(x.numpy())), rtol=0, atol=1e-8)


@KINDS
def test_the_likelihood_never_falls_without_a_floor(kind):
    for seed in range(4):
        model = GaussianMixture(4, 3, kind).double()
        curve = model.fit(points(300), 60, 0.0, 0.0, device.generator(seed))
        checks.never_falls(curve, "the likelihood", tolerance=1e-9)
        assert curve[-1] > curve[0] + 0.05
        worst = min(after - before for before, after in zip(curve, curve[1:], strict=False))
        assert worst >= -1e-9


@pytest.mark.parametrize("low", [1e-4, 1e-8])
def test_nor_where_components_are_thin(low):
    curve = GaussianMixture(8, 5).double().fit(narrow(low), 40, 0.0, 0.0, device.generator(0))
    checks.never_falls(curve, "the likelihood", tolerance=1e-9)


@KINDS
def test_a_floor_costs_no_more_than_it_takes_from_the_m_step(kind):
    """Sigma + floor I in place of the best Sigma lowers E_q[log p(x, z)] by what is computed here, and no more."""
    floor, x = 0.05, points(300)
    model = GaussianMixture(4, 3, kind).double()
    model.fit(x, 1, 0.0, floor, device.generator(1))
    before = model.log_prob(x).mean()
    for _ in range(40):
        model.em_step(x, floor)
        after = model.log_prob(x).mean()
        eigenvalues = torch.linalg.eigvalsh(model.full_covariances())
        ratio = floor / eigenvalues
        loss = 0.5 * (model.weights[:, None] * (-torch.log1p(-ratio) - ratio)).sum()
        assert after >= before - loss - 1e-9
        before = after


@KINDS
def test_an_m_step_parameter_is_the_best(kind):
    """Moving any of them lowers E_q[log p(x, z)]."""
    model, x = build(kind), points()
    r = model.responsibilities(x)

    def expected(changed):
        return (r * changed.log_joint(x)).sum(1).mean()

    model.em_step(x)
    best = expected(model)
    generator = device.generator(5)
    for size in (1e-3, 0.1):
        for _ in range(10):
            for name in ("weights", "means", "covariances"):
                new = {key: value.clone() for key, value in model.state_dict().items()}
                new[name] *= 1 + size * torch.randn(new[name].shape, generator=generator, dtype=WIDE).clamp(-2, 2)
                if name == "weights":
                    new[name] /= new[name].sum()
                if new[name].dim() >= 2 and name == "covariances" and kind in ("full", "tied"):
                    new[name] = 0.5 * (new[name] + new[name].mT)
                other = copy.deepcopy(model)
                try:
                    other.set(**new)
                except ValueError:  # a large change can leave the positive definite matrices
                    continue
                assert expected(other) < best


@KINDS
def test_fit_says_what_it_reached(kind):
    x = points(600)
    model = GaussianMixture(4, 3, kind).double()
    curve = model.fit(x, 200, 1e-5, generator=device.generator(2))
    assert 2 < len(curve) < 200
    assert abs(curve[-1] - curve[-2]) < 1e-5 <= min(abs(a - b) for a, b in zip(curve[:-2], curve[1:-1], strict=True))
    assert model.log_prob(x).mean().item() == pytest.approx(curve[-1], abs=1e-5)
    again = model.fit(x, 3, 0.0, start="current")
    assert len(again) == 3
    assert again[0] >= curve[-1] - 1e-9


def test_the_start_is_at_distinct_points_of_the_data():
    x = points(30)
    crowd = torch.cat([x[:1].expand(500, -1), x])  # one point again and again
    model = GaussianMixture(4, 20).double()
    model._start(crowd, 0.01, device.generator(0))
    assert len(model.means.unique(dim=0)) == 20
    assert all((crowd == mean).all(1).any() for mean in model.means)
    expected = torch.cov(crowd.t(), correction=0) + 0.01 * torch.eye(4, dtype=WIDE)
    torch.testing.assert_close(model.covariances, expected.expand(20, 4, 4))


# float32


@pytest.mark.parametrize(("low", "limit"), [(1.0, 1e-6), (1e-4, 1e-6), (1e-6, 1e-2), (1e-8, 1e-2)])
@pytest.mark.parametrize("offset", [0.0, 100.0])
def test_the_error_of_float32(low, limit, offset):
    """The limits of the docstring; eigenvalues of the last two come as near to the floor as they can."""
    x, floor = narrow(low, offset=offset).float(), 1e-6
    single, double = GaussianMixture(8, 5), GaussianMixture(8, 5).double()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        curves = [model.fit(x.to(model.means.dtype), 40, 0.0, floor, device.generator(3)) for model in (single, double)]
    smallest = torch.linalg.eigvalsh(double.covariances).min().item()
    assert smallest < 3 * floor if low <= 1e-6 else smallest > 50 * floor
    assert abs(curves[0][-1] - curves[1][-1]) <= limit
    own = single.log_prob(x).double().mean() - double.log_prob(x.double()).mean()
    assert abs(own) <= limit


def test_float32_keeps_what_it_can_hold_positive_definite():
    """Variances of 1e4 and 1e-8 in one matrix: float32 has 7 digits. With a floor it is raised, and that is said."""
    x = (100 * narrow(1e-10)).float()
    model = GaussianMixture(8, 5)
    with pytest.warns(UserWarning, match="held up by the floor"):
        model.fit(x, 5, generator=device.generator(0))
    assert torch.isfinite(model.log_prob(x)).all()
    with pytest.raises(ValueError, match="once rounded to torch.float32"):
        GaussianMixture(8, 5).fit(x, 5, floor=0.0, generator=device.generator(0))


# what goes wrong


def crowd(number=200):
    """Points of a mixture, and 50 copies of one point far away."""
    return torch.cat([points(number), torch.full((50, 4), 30.0, dtype=WIDE)])


@KINDS
def test_a_collapsing_component_is_held_up_and_warned_of_once(kind):
    for place in gmlib.devices():
        model, x = GaussianMixture(4, 3, kind).double().to(place), crowd().to(place)
        model.set(model.weights, torch.stack([x[-1], x[0], x[1]]), model.covariances)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model.fit(x, 20, 0.0, start="current")
        assert all(torch.isfinite(value).all() for value in state(model))
        if kind == "tied":  # one covariance for all: nobody collapses alone
            assert caught == []
            continue
        assert len(caught) == 1
        said = str(caught[0].message)
        assert said.startswith("GaussianMixture.fit, iteration 1: component 0 collapsed onto few points or a plane, ")
        torch.testing.assert_close(model.full_covariances()[0].cpu(), 1e-6 * torch.eye(4, dtype=WIDE))


@pytest.mark.bad_input
@pytest.mark.parametrize("kind", ["full", "diagonal", "spherical"])
def test_without_a_floor_it_is_refused_and_nothing_changes(kind):
    model, x = GaussianMixture(4, 3, kind).double(), crowd()
    model.set(model.weights, torch.stack([x[0], x[1], x[-1]]), model.covariances)
    before = copy.deepcopy(model.state_dict())
    message = (
        "covariances: got a singular one for component 2 after the M-step, expected a positive definite one: take a"
    )
    models.refuses(lambda: model.em_step(x), message)
    models.refuses(lambda: model.fit(x, floor=0.0, start="current"), message)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@pytest.mark.parametrize("start", [1.0, 1e-3, 1e3])
def test_an_empty_component_stays_where_it_is(start):
    for kind in ("full", "tied", "diagonal", "spherical"):
        model, x = GaussianMixture(4, 3, kind).double(), points()
        far = torch.full((1, 4), 1e5, dtype=WIDE)
        model.set(model.weights, torch.cat([x[:1], far, x[1:2]]), start * model.covariances)
        with pytest.warns(
            UserWarning, match="iteration 1: component 1 lost all points, and stays where it was"
        ) as all_:
            model.fit(x, 10, 0.0, start="current")
        assert len(all_) == 1
        assert model.weights[1] == 0
        assert torch.equal(model.means[1], far[0])
        assert all(torch.isfinite(value).all() for value in (*state(model), model.log_prob(x), model.sample(100)))
        torch.testing.assert_close(model.responsibilities(x)[:, 1], torch.zeros(len(x), dtype=WIDE))


def test_one_component_a_point():
    x = points(5)
    model = GaussianMixture(4, 5).double()
    with pytest.warns(UserWarning, match="held up by the floor"):
        model.fit(x, 50, floor=1e-6, generator=device.generator(0))
    assert all(torch.isfinite(value).all() for value in state(model))


EXPECTED = "expected a float64 tensor of shape (batch, 4)"
BAD = [
    ([[0.0] * 4], f"x: got a list, {EXPECTED}"),
    (None, f"x: got None, {EXPECTED}"),
    (torch.zeros(4, dtype=WIDE), f"x: got a float64 tensor of shape (4,), {EXPECTED}"),
    (torch.zeros(5, 3, dtype=WIDE), f"x: got a float64 tensor of shape (5, 3), {EXPECTED}"),
    (torch.zeros(5, 4), f"x: got a float32 tensor of shape (5, 4), {EXPECTED}"),
    (torch.zeros(5, 4).long(), f"x: got an int64 tensor of shape (5, 4), {EXPECTED}"),
    (torch.zeros(0, 4, dtype=WIDE), f"x: got an empty tensor of shape (0, 4), {EXPECTED}"),
    (
        torch.full((1, 4), math.nan, dtype=WIDE),
        "x: got 4 entries that are NaN or infinite (the first is nan), expected",
    ),
    (
        torch.full((1, 4), -math.inf, dtype=WIDE),
        "x: got 4 entries that are NaN or infinite (the first is -inf), expected",
    ),
    (
        torch.zeros(5, 4, dtype=WIDE, device="meta"),
        "x: got a tensor on meta, expected a tensor on cpu, where the model",
    ),
]


@pytest.mark.bad_input
@pytest.mark.parametrize(("x", "message"), BAD)
def test_bad_points(x, message):
    model = build()
    for door in (model.log_joint, model.log_prob, model.responsibilities, model.em_step, model.fit):
        models.refuses(lambda door=door: door(x), message)


@pytest.mark.bad_input
def test_too_few_points():
    model = build()
    few = points(2)
    for door in (model.em_step, model.fit):
        models.refuses(lambda door=door: door(few), "x: got 2 points, expected at least 3, the number of components")
    same = few.repeat(4, 1)
    models.refuses(lambda: model.fit(same), "x: got 2 distinct points, expected at least 3, the number of components")


@pytest.mark.bad_input
def test_bad_settings():
    for n in (0, 2.5, None, True):
        models.refuses(lambda n=n: GaussianMixture(n, 3), f"n: got {n!r}, expected a whole number of at least 1")
        models.refuses(lambda n=n: GaussianMixture(4, n), f"components: got {n!r}, expected a whole number of at")
        models.refuses(lambda n=n: build().sample(n), f"n: got {n!r}, expected a whole number of at least 1")
        models.refuses(lambda n=n: build().fit(points(), n), f"iterations: got {n!r}, expected a whole number of at")
    message = "covariance: got 'diag', expected 'full' or 'tied' or 'diagonal' or 'spherical'"
    models.refuses(lambda: GaussianMixture(4, 3, "diag"), message)
    for floor in (-0.1, math.nan, math.inf, None, "a"):
        for door in (build().em_step, build().fit):
            expected = f"floor: got {floor!r}, expected a number of at least 0"
            models.refuses(lambda floor=floor, door=door: door(points(), floor=floor), expected)
    for tolerance in (-0.1, math.nan, None):
        expected = f"tolerance: got {tolerance!r}, expected a number of at least 0"
        models.refuses(lambda t=tolerance: build().fit(points(), tolerance=t), expected)
    models.refuses(lambda: build().fit(points(), start="kmeans"), "start: got 'kmeans', expected 'data' or 'current'")


@pytest.mark.bad_input
def test_bad_parameters():
    w, m, S = parameters(3, 4)
    model = build()

    def set_(message, weights=w, means=m, covariances=S, model=model):
        models.refuses(lambda: model.set(weights, means, covariances), message)

    set_("weights: got a sum of 2, expected weights that sum to 1", weights=2 * w)
    set_("weights: got an entry -0.5, expected entries of at least 0", weights=torch.tensor([-0.5, 1.0, 0.5]))
    set_("weights: got a float64 tensor of shape (2,), expected a float tensor of shape (3,)", weights=w[:2])
    set_("means: got a float64 tensor of shape (3, 3), expected a float tensor of shape (3, 4)", means=m[:, :3])
    set_("means: got an int64 tensor of shape (3, 4), expected a float tensor", means=m.long())
    set_("means: got 12 entries that are NaN or infinite (the first is nan), expected finite", means=m * math.nan)
    set_("covariances: got a float64 tensor of shape (4, 4), expected a float tensor of shape (3,", covariances=S[0])
    skew, flat, flatter = S.clone(), S.clone(), S.clone()
    skew[1, 0, 1] += 0.1
    set_("covariances: got one of component 1 that is not symmetric, expected symmetric matrices", covariances=skew)
    v = torch.tensor([1.0, 2.0, 3.0, 0.1], dtype=WIDE)
    flat[2], flatter[0] = torch.outer(v, v), -torch.eye(4)
    expected = "expected a positive definite one: add a floor to its diagonal"
    set_(f"covariances: got a singular one for component 2, {expected}", covariances=flat)
    set_(f"covariances: got a singular one for component 0, {expected}", covariances=flatter)
    thin = torch.tensor([[1.0, 1, 1, 1], [1, 0, 1, 1], [1, 1, 1, 1]])
    set_(f"covariances: got a singular one for component 1, {expected}", covariances=thin, model=build("diagonal"))
    before = build().state_dict()
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@pytest.mark.bad_input
def test_bad_input_of_log_normal():
    _, m, S = parameters(3, 4)
    x = points(5)
    models.refuses(lambda: log_normal(x[0], m, S), "x: got a float64 tensor of shape (4,), expected a float tensor of")
    models.refuses(lambda: log_normal(x, m[:, :2], S), "means: got a float64 tensor of shape (3, 2), expected")
    models.refuses(
        lambda: log_normal(x, m.float(), S), "means: got a float32 tensor of shape (3, 4), expected a float64"
    )
    models.refuses(lambda: log_normal(x, m, S[:2]), "covariances: got a float64 tensor of shape (2, 4, 4), expected")
    flat = S.clone()
    flat[1] = 0
    message = "covariances: got a singular one for component 1, expected a positive definite one"
    models.refuses(lambda: log_normal(x, m, flat), message)


@pytest.mark.bad_input
def test_points_out_of_all_reach_and_flat_data():
    model = build()
    models.refuses(lambda: model.em_step(points() * 1e160), "x: got points so far from all components that")
    flat = points()
    flat[:, 2] = 1.0
    message = "covariances: got a singular one for every component, which is that of all data at the start, "
    models.refuses(lambda: model.fit(flat, floor=0.0), message)
    with pytest.warns(UserWarning, match="components 0, 1, 2 collapsed") as caught:
        model.fit(flat, 3)
    assert caught[0].filename == __file__
