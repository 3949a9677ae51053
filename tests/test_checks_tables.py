"""For every check of unit 01: what it must accept, and broken twins that it must catch, with the sentence."""

import math
import re

import pytest
import torch

from gmlib import checks, device

ORDERING = [1, 2, 0]


def caught(sentence):
    return pytest.raises(AssertionError, match=re.escape(sentence))


@pytest.fixture(autouse=True)
def table():
    return checks.random_joint(3, checks.generator("test_checks_tables"), zeros=True)


def good_factors(table):
    """Written here once more, in the plainest way."""
    factors = []
    for k in range(3):
        seen = table.permute(ORDERING).reshape([2] * (k + 1) + [-1]).sum(-1)
        before = seen.sum(-1, keepdim=True)
        factors.append(torch.where(before > 0, seen / before, 0.5))
    return factors


@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_random_joint_is_a_table_with_or_without_impossible_settings(dtype, zeros):
    found = checks.random_joint(4, device.generator(0), dtype, zeros)
    assert found.dtype == dtype
    checks.probabilities(found, (2,) * 4)
    assert int((found == 0).sum()) == (4 if zeros else 0)


def test_probabilities_accepts_a_table_and_a_conditional():
    checks.probabilities(torch.tensor([0.25, 0.75]), (2,))
    checks.probabilities(torch.tensor([[0.25, 0.75], [0.5, 0.5]]), (2, 2), axis=-1)


@pytest.mark.parametrize(
    ("found", "axis", "sentence"),
    [
        (None, None, "the table is None"),
        ([0.5, 0.5], None, "the table should be a tensor, but it is a list of float"),
        (torch.ones(3) / 3, None, "the table should have shape (2,), but it has shape (3,)"),
        (torch.tensor([1, 0]), None, "the table should be a float tensor"),
        (torch.tensor([math.nan, 1.0]), None, "the table contains NaN or infinity in 1 of its 2 entries"),
        (torch.tensor([-0.5, 1.5]), None, "the table should not fall below"),
        (torch.tensor([0.5, 1.5]), None, "the table should not exceed 1"),
        (torch.tensor([0.5, 0.4]), None, "the table should sum to 1 over all its entries, but it sums to 0.9"),
        (torch.tensor([0.5, 0.4]), -1, "it sums to 0.9, so it is no conditional distribution"),
    ],
)
def test_probabilities_catches(found, axis, sentence):
    with caught(sentence):
        checks.probabilities(found, (2,), axis=axis)


def test_factors_accepts_the_right_ones_in_either_float_type(table):
    checks.factors(good_factors(table), table, ORDERING)
    checks.factors([factor.float() for factor in good_factors(table)], table, ORDERING)
    checks.factors(tuple(good_factors(table.float())), table.float(), ORDERING)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (lambda f, t: f[:2], "the list of factors should have 3 entries, but it has 2"),
        (lambda f, t: t, "the list of factors should be a list of 3 things"),
        (lambda f, t: [f[0], f[1], f[2].flatten()], "factor 2, p(x1 | x2, x3), should have shape (2, 2, 2)"),
        (lambda f, t: [f[0], t.permute(ORDERING).sum(2), f[2]], "factor 1, p(x3 | x2), should sum to 1"),
        (lambda f, t: [f[0], f[0].expand(2, 2), f[2]], "factor 1, p(x3 | x2), sums to one but is off by"),
        (lambda f, t: [f[0], t.sum((0, 1)).expand(2, 2), f[2]], "it is the marginal"),
        (lambda f, t: [t.sum((1, 2)), f[1], f[2]], "the ordering was not used"),
        (lambda f, t: [f[0], f[1].flip(0), f[2]], "its parents should be exactly the variables before it"),
    ],
)
def test_factors_catches(table, broken, sentence):
    with caught(sentence):
        checks.factors(broken(good_factors(table), table), table, ORDERING)


def test_factors_catches_another_convention_at_zero_over_zero():
    parity_like = torch.tensor([[[0.5, 0.0], [0.0, 0.0]], [[0.25, 0.25], [0.0, 0.0]]], dtype=torch.float64)
    factors = good_factors(parity_like)
    checks.factors(factors, parity_like, ORDERING)
    factors[2][1, 1] = torch.tensor([1.0, 0.0])
    with caught("should be 1/2 where the variables before it take values of probability zero (0/0)"):
        checks.factors(factors, parity_like, ORDERING)


def test_parents_accepts_lists_tuples_and_sets():
    checks.parents([[2, 1], [], [1]], ORDERING)
    checks.parents(({1, 2}, set(), (1,)), ORDERING)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "the list of parents is None"),
        ([[], []], "the list of parents should have 3 entries, but it has 2"),
        ([[1, 2], [], 1], "parents[2], the parents of x3, should be a list of variable numbers, but it is an int"),
        ([[1, 2, 0], [], [1]], "contain x1, which is that variable itself in the ordering x2, x3, x1"),
        ([[1, 2], [0], [1]], "the parents of x2, contain x1, which comes after x2 in the ordering x2, x3, x1"),
        ([[1], [], [1]], "lack x3, although x3 comes before x1 in the ordering x2, x3, x1"),
        ([[1, 2, 2], [], [1]], "the parents of x1, names a variable twice"),
        ([[1, 3], [], [1]], "an entry of parents[0] should not exceed 2"),
    ],
)
def test_parents_catches(found, sentence):
    with caught(sentence):
        checks.parents(found, ORDERING)


def test_edges_accepts_pairs_in_any_order_and_form():
    checks.edges([(1, 0), (2, 0), (1, 2)], [[1, 2], [], [1]])
    checks.edges({(1, 2), (2, 0), (1, 0)}, [[1, 2], [], [1]])
    checks.edges([], [[], []])


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "the edges are None"),
        (3, "the edges should be a list of pairs, but it is an int"),
        ([1, 2, 3], "each edge should be a pair (parent, child)"),
        ([(0, 1), (0, 2), (2, 1)], "every edge points the wrong way"),
        ([(1, 0), (2, 0)], "one edge for each parent, 3 in all, but there are 2"),
        ([(1, 0), (2, 0), (0, 2)], "the edge (0, 2) is in the list, but variable 0 is no parent of variable 2"),
        ([(1, 0), (2, 0), (2, 0)], "an edge is listed twice"),
    ],
)
def test_edges_catches(found, sentence):
    with caught(sentence):
        checks.edges(found, [[1, 2], [], [1]])


def test_count_accepts_whole_numbers_of_any_size():
    checks.count(2**784 - 1, 2**784 - 1, "the count")
    checks.count(torch.tensor(7), 7, "the count")


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "the count is None"),
        (7.0, "the count is a float, which has 16 digits only"),
        (torch.tensor(7.0), "the count is a float, which has 16 digits only"),
        ("7", "the count should be one number"),
        (8, "the count is too large: think"),
        (6, "the count is too small: think"),
    ],
)
def test_count_catches(found, sentence):
    with caught(sentence):
        checks.count(found, 7, "the count", "think")


P = torch.tensor([0.5, 0.25, 0.25, 0.0])
LOGS = torch.tensor([2.0, 0.0, -1.0, math.inf])


def test_summands_accepts_the_terms_with_0_where_the_weight_is_0():
    checks.summands(torch.tensor([1.0, 0.0, -0.25, 0.0]), P, LOGS, "the terms")
    checks.summands(torch.tensor([1.0, 0.0, -0.25, 0.0], dtype=torch.float64), P, LOGS, "the terms")


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "the terms is None"),
        (torch.tensor(0.75), "the terms should have shape (4,), but it has shape ()"),
        (torch.tensor([1.0, 0.0, -0.25, math.nan]), "the terms contain NaN or infinity: mind 0"),
        (torch.tensor([-1.0, 0.0, 0.25, 0.0]), "the terms have the wrong sign"),
        (torch.full((4,), 0.75 / 4), "the terms add up to the right number, but one is off by 0.812"),
        (torch.tensor([1.0, 0.0, -0.5, 0.0]), "the terms are off by up to 0.25: mind 0"),
    ],
)
def test_summands_catches(found, sentence):
    with caught(sentence):
        checks.summands(found, P, LOGS, "the terms", "mind 0")
