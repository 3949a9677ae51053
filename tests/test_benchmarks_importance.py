"""What the benchmark of importance sampling compares with is exact; the long run itself is not repeated here."""

import math

import pytest
import torch

from benchmarks import importance
from gmlib import checks, device

LINES = importance.lines()
NAMES = [line.name for line in LINES]


@pytest.mark.parametrize("line", LINES[:3], ids=NAMES[:3])
def test_the_real_latents_integrate_to_one_and_the_variance_is_that_of_quadrature(line):
    checks.integrates_to_one(lambda z: line.log_joint(z[:, 0]), -40, 40)
    assert line.variance == pytest.approx(importance.by_quadrature(line.log_joint, line.q), rel=1e-6)


@pytest.mark.parametrize(("n", "sure"), [(4, 0.8), (10, 0.7)])
def test_the_binary_latents_sum_to_one_with_their_closed_variance(n, sure):
    line = importance.latents(n, sure)
    log_p = line.log_joint(checks.binary_vectors(n).long())
    assert log_p.logsumexp(0).item() == pytest.approx(0, abs=1e-12)
    assert line.variance == pytest.approx(2**n * (2 * log_p).exp().sum().item() - 1)


def test_a_narrow_proposal_has_infinite_variance_and_no_target():
    assert math.isinf(importance.gaussian(0.7, held=False).variance)
    assert not math.isinf(importance.gaussian(0.8).variance)
    assert [line.held for line in LINES] == [True] * 5 + [False]


@pytest.mark.parametrize("line", LINES[:5], ids=NAMES[:5])
def test_estimates_are_unbiased_with_the_stated_variance(line):
    p_hat = importance.estimates(line, 64, 2000, device.generator(1)).exp()
    assert p_hat.shape == (2000,)
    checks.unbiased(p_hat, 1.0, "p_hat / p", std=math.sqrt(line.variance / 64))
    checks.spread(p_hat, line.variance / 64, "p_hat / p", tolerance=0.5)


def test_error_and_bias_of_a_short_run_are_those_predicted():
    line, sizes = importance.gaussian(2.0), (16, 64)
    errors, biases, uncertainty = importance.measured(line, sizes, repeats=4000)
    assert errors == pytest.approx([math.sqrt(line.variance / k) for k in sizes], rel=0.1)
    assert biases[-1] == pytest.approx(-line.variance / 128, abs=6 * uncertainty + 0.05 * line.variance / 128)
    assert uncertainty < 0.1 * line.variance / 128


def test_the_slope_is_that_of_a_line():
    sizes = (4, 16, 64)
    assert importance.slope(sizes, [3 / math.sqrt(k) for k in sizes]) == pytest.approx(-0.5)
    assert importance.slope(sizes, [k**-0.25 for k in sizes]) == pytest.approx(-0.25)


def test_the_table_says_what_was_reached(capsys, monkeypatch):
    monkeypatch.setattr(importance, "SIZES", (4, 16))
    monkeypatch.setattr(importance, "REPEATS", 500)
    monkeypatch.setattr(importance, "lines", lambda: [importance.gaussian(1.3), importance.gaussian(0.5, held=False)])
    monkeypatch.setattr(importance, "measured", lambda line: ([0.2, 0.1], [-0.1, -line.variance / 32], 0.0))
    assert importance.run()
    said = capsys.readouterr().out
    assert "N(0, 1) by N(0, 1.3^2)" in said
    assert said.count("reached") == 1
    monkeypatch.setattr(importance, "measured", lambda line: ([0.2, 0.2], [-0.1, -0.1], 0.0))
    assert not importance.run()
    assert "NOT REACHED" in capsys.readouterr().out


def test_the_draws_are_those_of_the_seed():
    line = importance.latents(4, 0.8)
    first, again = (importance.estimates(line, 8, 50, device.generator(3)) for _ in range(2))
    assert torch.equal(first, again)
