"""The checks of what is random or only bounded: what each must accept, and a broken twin on either side."""

import math
import re

import pytest
import torch

from gmlib import checks, device

K = 20_000


def caught(sentence):
    return pytest.raises(AssertionError, match=re.escape(sentence))


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=device.generator(seed), dtype=torch.float64)


# --- unbiased ------------------------------------------------------------------------------------------------------


def test_unbiased_takes_what_has_the_right_mean():
    checks.unbiased(3 + 2 * normal(K), 3)
    checks.unbiased(3 + 2 * normal(K), 3.0, std=2)
    checks.unbiased((3 + 2 * normal(K)).float().requires_grad_(), torch.tensor(3.0))
    expected = torch.tensor([[1.0, -2, 0], [5, 1e3, 1e-3]])
    scale = torch.tensor([[1.0, 10, 0.1], [1, 100, 1]])
    checks.unbiased(expected + scale * normal(K, 2, 3), expected)
    checks.unbiased(expected + scale * normal(K, 2, 3), expected, std=scale)
    checks.unbiased(torch.full((50,), 2.0), 2)  # a constant: spread is for that


@pytest.mark.parametrize("shift", [0.2, -0.2])
@pytest.mark.parametrize("std", [None, 2.0])
def test_unbiased_refuses_a_mean_that_is_off_on_either_side(shift, std):
    # 14 standard errors, 2.4 times the six that are allowed
    message = r"the slope is biased: its mean over 20000 draws is [\d.]+ times further off than chance allows: which"
    with pytest.raises(AssertionError, match=message):
        checks.unbiased(3 + shift + 2 * normal(K), 3, "the slope", "which?", std)


def test_unbiased_looks_at_every_entry():
    estimates = normal(K, 3)
    estimates[:, 2] += 1
    with caught("the estimate is biased"):
        checks.unbiased(estimates, torch.zeros(3))
    with caught("the estimate is biased"):
        checks.unbiased(torch.full((50,), 2.01), 2)


def test_unbiased_fails_a_right_estimate_hardly_ever():
    worst = normal(2000, 100).mean(1).abs().max() * 10  # in standard errors, the worst of 2000 means of 100 draws
    assert worst < 5


# --- spread --------------------------------------------------------------------------------------------------------


def test_spread_takes_the_right_variance():
    checks.spread(5 + 2 * normal(K), 4)
    checks.spread((5 + 2 * normal(K)).float().requires_grad_(), torch.tensor(4.0))
    checks.spread(normal(K, 2) * torch.tensor([0.1, 30]), torch.tensor([0.01, 900]))
    checks.spread(torch.full((50,), 2.0), 0)
    checks.spread(normal(K, 2) * torch.tensor([0.0, 1]), torch.tensor([0.0, 1]))


@pytest.mark.parametrize(("scale", "side"), [(1.1, "large"), (0.9, "small"), (0.0, "small")])
def test_spread_refuses_too_much_and_too_little(scale, side):
    with caught(f"the variance of the slope over 20000 draws is too {side}: one number a draw"):
        checks.spread(5 + 2 * scale * normal(K), 4, "the slope", "one number a draw")


def test_spread_where_no_variance_is_expected():
    with caught("the variance of the estimate over 20000 draws is too large"):
        checks.spread(2 + 1e-3 * normal(K), 0)


def test_spread_looks_at_every_entry_and_keeps_to_its_tolerance():
    two = normal(K, 2) * torch.tensor([1.0, 1.2])
    with caught("is too large"):
        checks.spread(two, torch.ones(2))
    checks.spread(two, torch.ones(2), tolerance=0.6)


# --- draws_from ----------------------------------------------------------------------------------------------------


def cdf(x):
    return torch.special.ndtr(x)


def test_draws_from_takes_samples_of_its_distribution():
    checks.draws_from(normal(K), cdf)
    checks.draws_from(normal(K).float(), cdf)
    checks.draws_from(normal(2), cdf)
    checks.draws_from(torch.rand(K, generator=device.generator(1)), lambda x: x.clamp(0, 1))


@pytest.mark.parametrize(
    "broken",
    [lambda x: x + 0.1, lambda x: x - 0.1, lambda x: 1.1 * x, lambda x: 0.9 * x, torch.abs, lambda x: 0 * x],
)
def test_draws_from_refuses_another_place_width_or_shape(broken):
    message = r"the share of z below -?[\d.e-]+ is off by 0\.\d+, [\d.]+ times more than chance allows for 20000 draws"
    with pytest.raises(AssertionError, match=message):
        checks.draws_from(broken(normal(K)), cdf, "z", "q?")


def test_draws_from_fails_a_right_sampler_hardly_ever():
    # 3000 samples of 50 draws; that one of them is refused has a chance below 3000 * 5e-7
    for x in normal(3000, 50, seed=3):
        checks.draws_from(x, cdf)


# --- at_most -------------------------------------------------------------------------------------------------------


def test_at_most_takes_what_lies_below_and_rounding():
    checks.at_most(torch.tensor([1.0, -3]), torch.tensor([1.0, -2]))
    checks.at_most(-2.0, -2.0)
    checks.at_most(torch.tensor(-2.0 + 1e-10).double(), torch.tensor(-2.0).double())
    checks.at_most(torch.tensor([-2.0001]), torch.tensor([-2.0002]))  # float32
    checks.at_most(torch.tensor([-1.9]).double(), torch.tensor([-2.0]).double(), tolerance=0.2)


def test_at_most_refuses_what_lies_above_anywhere():
    with caught("the ELBO is too high by 0.5: log p(x) is a bound"):
        checks.at_most(torch.tensor([-3.0, -0.5]), torch.tensor([-2.0, -1]), "the ELBO", "log p(x) is a bound")
    with caught("the bound is too high by 1e-05"):
        checks.at_most(torch.tensor(1e-5).double(), torch.tensor(0.0).double())


# --- never_falls ---------------------------------------------------------------------------------------------------


def test_never_falls_takes_what_rises_or_stays():
    checks.never_falls([-3.0, -3.0, -2.5])
    checks.never_falls(torch.tensor([1, 2, 3]))
    checks.never_falls([-2.0, -2.0 - 1e-12, 5])
    checks.never_falls([-2.0, -2.05], tolerance=0.03)


def test_never_falls_refuses_a_fall_and_names_the_step():
    with caught("the likelihood should never fall, but it falls by 0.5 at step 2: old means?"):
        checks.never_falls([0.5, 1.0, 0.5, 3.0], "the likelihood", "old means?")
    with caught("the curve should never fall, but it falls by 0.1 at step 1"):
        checks.never_falls([-20.0, -22.0, -10.0], tolerance=0.03)


# --- kinds ---------------------------------------------------------------------------------------------------------


ONE = torch.tensor(1.0)
DRAWS = [
    lambda x: checks.unbiased(x, torch.zeros(3), "z"),
    lambda x: checks.spread(x, torch.ones(3), "z"),
]


@pytest.mark.parametrize("check", DRAWS)
@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "z is None: is the last line of your function a `return`?"),
        ([0.0, 1.0], "z should be a tensor, but it is a list of float"),
        (1.0, "z should be a tensor, but it is a float"),
        (torch.ones(5, 3).long(), "z should be a float tensor, but it is an int64 tensor of shape (5, 3)"),
        (ONE, "z should have shape (k, 3), one entry for each of k draws, but it has shape ()"),
        (torch.ones(5), "z should have shape (k, 3), one entry for each of k draws, but it has shape (5,)"),
        (torch.ones(3, 5), "z should have shape (k, 3), one entry for each of k draws, but it has shape (3, 5)"),
        (torch.full((5, 3), math.nan), "z contains NaN or infinity in 15 of its 15 entries"),
        (torch.zeros(1, 3), "z: 1 came back, and one draw says nothing about the others"),
        (torch.zeros(0, 3), "z: 0 came back, and one draw says nothing about the others"),
    ],
)
def test_draws_of_the_wrong_kind(check, found, sentence):
    with caught(sentence):
        check(found)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "the samples is None"),
        ([0.0], "the samples should be a tensor, but it is a list of float"),
        (torch.ones(4, 1), "should have shape (k,), one entry for each of k draws, but it has shape (4, 1)"),
        (torch.tensor([math.inf, 1]), "the samples contains NaN or infinity in 1 of its 2 entries"),
        (ONE, "the samples should have shape (k,), one entry for each of k draws, but it has shape ()"),
    ],
)
def test_samples_of_the_wrong_kind(found, sentence):
    with caught(sentence):
        checks.draws_from(found, cdf)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "the bound is None"),
        ([0.0, 1.0], "the bound should be a tensor, but it is a list of float"),
        (torch.zeros(3), "the bound should have shape (2,), but it has shape (3,)"),
        (torch.zeros(2).long(), "the bound should be a float tensor"),
        (torch.tensor([0.0, math.nan]), "the bound contains NaN or infinity in 1 of its 2 entries"),
    ],
)
def test_bounds_of_the_wrong_kind(found, sentence):
    with caught(sentence):
        checks.at_most(found, torch.ones(2))


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "the curve is None"),
        ("up", "the curve should be a tensor, but it is a str"),
        ([1.0, None], "entry 1 of the curve is None"),
        (3.0, "the curve should be a tensor, but it is a float"),
        ([1.0, [2.0]], "entry 1 of the curve should be one number, but it is a list of float"),
        ([3.0], "the curve should have at least two values, one a step"),
        (torch.ones(2, 2), "the curve should have at least two values, one a step"),
        ([1.0, math.nan], "entry 1 of the curve is nan"),
    ],
)
def test_curves_of_the_wrong_kind(found, sentence):
    with caught(sentence):
        checks.never_falls(found)
