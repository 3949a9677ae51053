"""What the benchmark of flows compares with is exact; the long training itself is not repeated here."""

import math

import pytest
import torch

from benchmarks.flows import digits, moons, speed
from benchmarks.flows.recipes import Recipe, zuko
from gmlib import checks, data, device, training
from gmlib.flows.maf import MAF

PARTS = data.digits(digits.LEVELS)


def short(build=lambda generator: MAF(2, 1, (8,), generator), **settings):
    return Recipe("short", build, [{"epochs": 1, "batch_size": 256, "learning_rate": 1e-2} | settings], 5.0)


def test_the_true_density_of_the_moons_integrates_to_one_and_is_finite_far_away():
    checks.area_is_one(lambda x: moons.true_log_prob(x, points=300), -1.6, 2.6, points=101)
    assert torch.isfinite(moons.true_log_prob(torch.tensor([[1e3, 0.0]]))).all()


def test_the_true_density_is_that_of_the_draws():
    """Its cross entropy on draws is its entropy by quadrature, and draws of another noise fit it less well."""
    line = torch.linspace(-1.6, 2.6, 141, dtype=torch.float64)
    log_p = moons.true_log_prob(torch.cartesian_prod(line, line), points=300)
    by_quadrature = -(log_p.exp() * log_p).sum().item() * 0.03**2
    assert moons.entropy(10_000) == pytest.approx(by_quadrature, abs=5 * 0.75 / math.sqrt(10_000))
    wider = -moons.true_log_prob(data.two_moons(5_000, 0.06, device.generator(0)), points=300).mean().item()
    assert wider > by_quadrature + 0.1


def test_the_parts_of_the_moons_are_10_000_points_and_other_ones_for_another_seed():
    train, test = moons.moons_parts(0)
    assert (len(train), len(test)) == (8000, 2000)
    assert not torch.equal(test, moons.moons_parts(1)[1])


def test_nats_of_the_moons_are_those_of_the_original_units():
    model = short().train(moons.fitted_moons, 0)
    checks.area_is_one(model.double().log_prob, -8, 9)


def test_the_histogram_counts():
    x, test = torch.tensor([[0] * 64, [16] * 64, [16] * 64]), torch.tensor([[16] * 64])
    assert digits.histogram_nats(x, test, 1.0) == pytest.approx(-64 * math.log(3 / 20))


def test_the_nats_of_digits_are_those_of_17_levels():
    """A flow that knows nothing is close to uniform pixels, and the bounds are in order."""
    model = digits.fitted_digits(
        lambda generator: MAF(64, 1, (8,), generator),
        digits.digits_setting(1, 1e-5, 0.0),
        0,
        PARTS.train.x[:128],
        PARTS.validation.x[:50],
    )
    x = PARTS.test.x[:50]
    with torch.no_grad():
        mean, tighter = (bound(x, 4, device.generator(0)).mean().item() for bound in (model.elbo, model.iwae_bound))
    assert mean < tighter < 0
    assert -mean < 64 * math.log(17)
    assert model.sample(3, device.generator(0)).shape == (3, 64)


def test_full_passes_and_the_walk_agree():
    off, share = speed.difference(n=9, layers=2, hidden=(16,), number=50)
    assert share <= min(off, 1e-6)


def test_the_table_of_the_moons_says_what_was_reached(capsys, monkeypatch):
    monkeypatch.setattr(moons, "entropy", lambda: 0.29)
    line = short()
    assert moons.table([line], seeds=(0,))
    line.target = 0.1
    assert not moons.table([line], seeds=(0,))
    said = capsys.readouterr().out
    assert said.count("NOT REACHED") == 1
    assert "the true density, same points" in said


def test_the_table_of_the_digits_says_what_was_reached(capsys, monkeypatch):
    line = short(lambda generator: MAF(64, 1, (8,), generator))
    line.target = 200
    assert digits.table([line], seeds=(0,))
    line.target = 20
    assert not digits.table([line], seeds=(0,))
    monkeypatch.setattr(digits, "SECONDS", 0)
    assert not digits.table([line], seeds=(0,))
    said = capsys.readouterr().out
    assert "independent histogram" in said
    assert "108.0" in said
    assert said.count("NOT REACHED") == 1
    assert said.count("over 0 s") == 1


def test_the_table_of_speed_says_what_was_reached(capsys, monkeypatch):
    pytest.importorskip("zuko")
    line = speed.Comparison("nothing / nothing", 1e9, lambda: None, lambda: None, 1)
    monkeypatch.setattr(speed, "comparisons", lambda: [line])
    monkeypatch.setattr(speed, "difference", lambda: (0.0, 0.0))
    assert not speed.table()
    assert "NOT REACHED" in capsys.readouterr().out


def test_the_peers_compute_what_ours_do():
    pytest.importorskip("zuko")
    for kind in ("MAF", "NICE"):
        one, same = (zuko(kind, 3, 2, (8,))(device.generator(5)) for _ in range(2))
        x = torch.randn(4, 3, generator=device.generator(0))
        assert torch.equal(one.log_prob(x), same.log_prob(x))
        assert one.sample(6).shape == (6, 3)


def test_every_setting_of_the_moons_is_printed_with_its_mean_and_its_worst_seed(capsys):
    line = short()
    line.settings = [line.settings[0], line.settings[0] | {"epochs": 2}]
    moons.select([line], seeds=(5, 6))
    first, second = capsys.readouterr().out.strip().split("\n")
    nats = [training.nll(line.train(moons.fitted_moons, seed), moons.moons_parts(seed)[1]) for seed in (5, 6)]
    assert f"{sum(nats) / 2:.3f} nats, worst {max(nats):.3f}" in first
    assert "'epochs': 2" in second
