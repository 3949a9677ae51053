"""ICA's density is one, follows the change of variables, its fit unmixes up to order, sign and width; refusals."""

import re

import pytest
import torch

import gmlib
from gmlib import checks, data, device
from gmlib.flows.ica import ICA, source_log_prob, whitening

MIX = torch.tensor([[0.8, 0.6], [0.5, -0.9]], dtype=torch.float64)


def build(n, seed=0):
    model = ICA(n, device.generator(seed)).double()
    checks.randomise(model, device.generator(seed + 1))
    model.flat[::2] = True
    return model


def points(rows, n):
    return torch.randn(rows, n, generator=device.generator(9), dtype=torch.float64)


def sources(rows=2000):
    """A flat, a peaked and a skewed source, each of variance 1."""
    u = torch.rand(rows, 3, generator=device.generator(5), dtype=torch.float64)
    peaked = (u[:, 1] - 0.5).sign() * (1 - 2 * (u[:, 1] - 0.5).abs()).log()
    s = torch.stack([u[:, 0], peaked, -u[:, 2].log()], 1)
    return (s - s.mean(0)) / s.std(0)


def mixed_up(model, A):
    """How far W A is from a matrix with one entry a row and column: 0 for perfectly unmixed."""
    G = (model.W @ A.to(model.W)).abs().detach()
    largest = G.max(1)
    if len(set(largest.indices.tolist())) < len(G):
        return float("inf")  # two rows found the same source
    return ((G.sum(1) - largest.values) / largest.values).max().item()


@pytest.mark.parametrize("kind", [False, True])
def test_each_source_density_integrates_to_one(kind):
    checks.integrates_to_one(lambda z: source_log_prob(z, torch.tensor([kind]))[:, 0], -40, 40)


@pytest.mark.parametrize(("rows", "n"), [(1, 1), (4, 2), (3, 5)])
def test_each_direction_has_its_own_log_det(rows, n):
    model, z = build(n), points(rows, n)
    checks.log_det(model, z)
    checks.log_det(model.inverse, z)
    checks.inverts(model, model.inverse, z)
    checks.close(model(z)[0], (z @ model.A.T + model.shift).detach(), "A z + b", tolerance=1e-6)


def test_the_density_of_two_integrates_to_one():
    for place in gmlib.devices():
        model = ICA(2, device.generator(2)).double().to(place)
        model.flat[0] = True
        checks.area_is_one(lambda x, model=model, place=place: model.log_prob(x.to(place)), -25, 25)


def test_samples_follow_the_density_of_the_sources():
    model = ICA(2, device.generator(2)).double()
    model.flat[1] = True
    z = model.inverse(model.sample(20000, device.generator(0)))[0]
    checks.draws_from(z[:, 0].detach(), lambda z: 2 / torch.pi * z.exp().arctan(), "the peaked source")
    Phi = torch.special.ndtr
    checks.draws_from(z[:, 1].detach(), lambda z: (Phi(z - 1) + Phi(z + 1)) / 2, "the flat source")
    checks.repeats(lambda generator: model.sample(4, generator), "ica--repeats")


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_fit_unmixes_up_to_order_sign_and_width(seed):
    A = torch.linalg.qr(points(3, 3))[0] * torch.tensor([3.0, 1.0, 0.2]) + 0.1
    x = sources() @ A.T
    model = ICA(3, device.generator(seed)).double().fit(x)
    assert mixed_up(model, A) < 0.12
    assert model.flat.sum() == 1
    assert mixed_up(ICA(3, device.generator(seed)).double(), A) > 0.2  # unfitted


@pytest.mark.parametrize("seed", [0, 1])
def test_two_recordings_are_unmixed(seed):
    cell = data.membrane()[7::15]
    s = torch.stack([data.eeg()[:, 0], (cell - cell.mean()) / cell.std()], 1)
    model = ICA(2, device.generator(seed)).fit(s @ MIX.float().T)
    assert mixed_up(model, MIX) < 0.05


def test_the_fit_climbs_is_deterministic_and_a_maximum():
    x = sources(500) @ torch.tensor([[2.0, 1, 0], [0, 1, 1], [1, 0, -1]], dtype=torch.float64)
    model, again = (ICA(3, device.generator(0)).double().fit(x) for _ in range(2))
    checks.close(model.W, again.W.detach(), "the same start gives the same fit", tolerance=0)
    K, mean = whitening(x)
    start = ICA(3, device.generator(0)).double()
    start.W.data, start.shift.data = start.W.data @ K, mean
    assert model.log_prob(x).mean() > start.log_prob(x).mean() + 0.01
    model.log_prob(x).mean().backward()
    assert (model.W.grad @ model.W.T).abs().max() < 1e-4  # the relative gradient, free of the width of x


def test_every_parameter_has_a_gradient():
    model = build(4)
    model.log_prob(points(5, 4)).sum().backward()
    for name, parameter in model.named_parameters():
        assert (parameter.grad != 0).all(), name


def test_whitening_leaves_no_covariance():
    x = points(300, 4) @ points(4, 4) + 5
    K, mean = whitening(x)
    checks.close(((x - mean) @ K.T).T.cov(correction=0), torch.eye(4, dtype=torch.float64), "the covariance")


@pytest.mark.parametrize("size", [1e-8, 1e4])
def test_hostile_sizes_stay_finite(size):
    for dtype, limit in ((torch.float32, 1e-4), (torch.float64, 1e-12)):
        model, x = build(5).to(dtype), (size * points(9, 5)).to(dtype)
        checks.value(model.log_prob(x), (9,))
        assert (model.inverse(model(x)[0])[0] - x).abs().max() < limit * x.abs().max().clamp(min=1)


def test_columns_in_any_unit_are_whitened_and_dependent_ones_refused():
    x = points(500, 3).float()
    with pytest.raises(ValueError, match="constant or linearly dependent"):
        whitening(torch.cat([x, x.sum(1, keepdim=True)], 1))
    x = x * torch.tensor([1, 1e-3, 1e3])
    white, mean = whitening(x)
    checks.close(((x - mean) @ white.T).T.cov(correction=0), torch.eye(3), "the covariance", tolerance=1e-4)


def test_a_single_gaussian_source_is_found_too():
    """Of independent sources one may be Gaussian: the likelihood still has its maximum at the right directions."""
    generator = device.generator(4)
    uniform = (torch.rand(4000, 1, generator=generator, dtype=torch.float64) * 2 - 1) * 3**0.5
    z = torch.cat([uniform, torch.randn(4000, 1, generator=generator, dtype=torch.float64)], 1)
    model = ICA(2, device.generator(0)).double()
    model.fit(z @ MIX.T)
    mixed = model.W.detach() @ MIX
    large = mixed.abs() / mixed.abs().amax(1, keepdim=True)
    assert (large.sort(1).values[:, 0] < 0.1).all()


@pytest.mark.bad_input
def test_bad_input():
    model, x = ICA(2), torch.ones(5, 2)
    for call, message in [
        (lambda: ICA(0), "n: got 0, expected a whole number of at least 1"),
        (lambda: model.sample(0), "n: got 0, expected a whole number of at least 1"),
        (lambda: model.fit(x), "x: got columns that are constant or linearly dependent, expected columns with an inv"),
        (lambda: model.fit(x, iterations=0), "iterations: got 0, expected a whole number of at least 1"),
        (lambda: model.fit(x, rounds=0), "rounds: got 0, expected a whole number of at least 1"),
        (lambda: model.log_prob(torch.ones(5, 3)), "x: got a float32 tensor of shape (5, 3), expected"),
    ]:
        with pytest.raises(ValueError, match=re.escape(message)):
            call()
