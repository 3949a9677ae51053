"""Joint tables, chain-rule factors and Bayes nets: the properties that unit 01 teaches, and every refusal."""

import itertools
import math
import re

import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.autoregressive import bayes_net
from gmlib.autoregressive.bayes_net import BayesNet

WEATHER = torch.tensor([[[0.45, 0.05], [0, 0]], [[0.15, 0.15], [0.02, 0.18]]], dtype=torch.float64)
PARITY = torch.tensor([[[1.0, 0], [0, 1]], [[0, 1], [1, 0]]], dtype=torch.float64) / 4
GRAPH = [[3], [0, 3], [], [2], [1, 0, 2]]  # ordering 2, 3, 0, 1, 4


def refused(sentence):
    return pytest.raises(ValueError, match=re.escape(sentence))


def data(number=300, n=5, dtype=torch.float32):
    x = torch.rand(number, n, generator=device.generator(0)) < torch.linspace(0.2, 0.8, n)
    x[:, 1] |= x[:, 0]
    return x.to(dtype)


# --- tables --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ordering", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("joint", [WEATHER, PARITY])
def test_factors_are_conditionals_and_multiply_to_the_joint_in_every_ordering(joint, ordering):
    factors = bayes_net.conditionals(joint, ordering)
    checks.factors(factors, joint, list(ordering))
    checks.close(bayes_net.joint(factors, ordering), joint, "the joint")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_factors_of_larger_tables_on_every_device(dtype):
    for place in gmlib.devices():
        table = checks.random_joint(6, device.generator(1), dtype, zeros=True)
        factors = bayes_net.conditionals(table.to(place), [4, 2, 5, 0, 3, 1])
        assert all(factor.device == place and factor.dtype == dtype for factor in factors)
        checks.factors(factors, table, [4, 2, 5, 0, 3, 1])
        checks.close(bayes_net.joint(factors, [4, 2, 5, 0, 3, 1]), table, "the joint")


def test_parents_are_those_before_and_the_graph_has_all_arrows():
    for ordering in ([0], [1, 2, 0], [3, 0, 4, 1, 2]):
        checks.parents(bayes_net.parents(ordering), ordering)
        assert sum(map(len, bayes_net.parents(ordering))) == len(ordering) * (len(ordering) - 1) // 2


def test_marginals_keep_the_listed_order():
    checks.close(bayes_net.marginal(WEATHER, [2, 1]), WEATHER.sum(0).T, "p(x3, x2)")
    checks.close(bayes_net.marginal(WEATHER, []), torch.tensor(1.0, dtype=torch.float64), "the sum")


def test_a_dropped_parent_is_summed_out_by_its_weight_not_averaged():
    expected = torch.tensor([0.25, 0.9], dtype=torch.float64)
    checks.close(bayes_net.conditional(WEATHER, 2, [1])[:, 1], expected, "p(umbrella | rain)")


def test_the_kl_of_a_net_is_the_sum_of_the_conditional_informations_of_what_was_dropped():
    table = checks.random_joint(5, device.generator(2), zeros=True)
    ordering = [2, 3, 0, 1, 4]
    full = bayes_net.parents(ordering)
    costs = [
        bayes_net.conditional_information(table, i, [j for j in full[i] if j not in GRAPH[i]], GRAPH[i])
        for i in range(5)
    ]
    net = bayes_net.closest(table, GRAPH)
    checks.probabilities(net, (2,) * 5)
    checks.close(sum(costs), bayes_net.kl(table, net).item(), "the KL")
    assert all(cost > 0 for cost in costs[1:] if cost != 0)


def test_no_other_table_of_the_same_graph_is_closer():
    table = checks.random_joint(3, device.generator(3))
    best = bayes_net.kl(table, bayes_net.closest(table, [[], [0], [1]]))
    generator = device.generator(4)
    for _ in range(20):
        near = 0.9 * table + 0.1 * checks.random_joint(3, generator)
        assert bayes_net.kl(table, bayes_net.closest(near, [[], [0], [1]])) > best


def test_nothing_dropped_costs_nothing_and_parity_costs_log_2():
    assert bayes_net.kl(WEATHER, bayes_net.closest(WEATHER, [[1, 2], [2], []])) == pytest.approx(0, abs=1e-12)
    assert bayes_net.conditional_information(PARITY, 2, [0]) == pytest.approx(0, abs=1e-12)
    assert bayes_net.conditional_information(PARITY, 2, [0], [1]) == pytest.approx(math.log(2))
    assert bayes_net.conditional_information(PARITY, 2, [0, 1]) == pytest.approx(math.log(2))


def test_kl_is_no_distance_and_infinite_off_the_support():
    p, q = torch.tensor([0.5, 0.25, 0.25, 0]), torch.tensor([0.125, 0.25, 0.5, 0.125])
    assert bayes_net.kl(p, q).item() == pytest.approx(0.75 * math.log(2))
    assert bayes_net.kl(q, p) == math.inf


# --- the net -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_fitted_net_is_a_distribution_on_every_device(dtype):
    for place in gmlib.devices():
        net = BayesNet(GRAPH).to(place, dtype).fit(data(dtype=dtype).to(place), pseudo_count=0.5)
        checks.sums_to_one(lambda x, net=net, place=place: net.log_prob(x.to(place)), 5, dtype=dtype)
        here = BayesNet(GRAPH).fit(data(), 0.5)
        checks.close(net.log_prob(data(dtype=dtype).to(place)), here.log_prob(data()), "log p(x)", tolerance=1e-5)


def test_fitting_is_counting():
    x = data()
    net = BayesNet(GRAPH).fit(x)
    for i, listed in enumerate(GRAPH):
        for values in itertools.product((0, 1), repeat=len(listed)):
            rows = (x[:, listed] == torch.tensor(values)).all(1)
            expected = x[rows, i].mean().item() if rows.any() else 0.5
            assert net.table(i)[values].item() == pytest.approx(expected, abs=1e-6)
    smooth = BayesNet([[], [0]]).fit(torch.tensor([[1.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), pseudo_count=1)
    assert smooth.table(1).tolist() == pytest.approx([0.5, 0.6])


def test_counting_is_maximum_likelihood_and_gives_the_closest_table():
    x = data()
    net = BayesNet(GRAPH).fit(x)
    best = net.log_prob(x).sum()
    for shift in (0.01, -0.01):
        for k in range(len(net.probabilities)):
            moved = BayesNet(GRAPH).fit(x)
            moved.probabilities[k] = (moved.probabilities[k] + shift).clamp(0.001, 0.999)
            assert moved.log_prob(x).sum() <= best + 1e-4
    shares = torch.zeros((2,) * 5).index_put_(tuple(x.long().T), torch.ones(len(x)) / len(x), accumulate=True)
    found = net.log_prob(checks.binary_vectors(5)).exp().reshape((2,) * 5)
    checks.close(found, bayes_net.closest(shares, GRAPH), "the joint of the fitted net")


def test_a_conditional_sees_its_parents_and_nothing_else():
    net = BayesNet(GRAPH)
    net.probabilities.uniform_(generator=device.generator(5))
    x = checks.binary_vectors(5)
    for j in range(5):
        flipped = x.clone()
        flipped[:, j] = 1 - flipped[:, j]
        moved = (net.conditionals(flipped) != net.conditionals(x)).any(0)
        assert moved.tolist() == [j in listed for listed in GRAPH]


def test_log_prob_is_the_product_of_the_conditionals_and_minus_infinity_where_one_forbids():
    net = BayesNet(GRAPH).fit(data())
    x = data(20)
    product = torch.where(x == 1, net.conditionals(x), 1 - net.conditionals(x)).prod(1)
    checks.close(net.log_prob(x).exp(), product, "p(x)")
    assert net.log_prob(torch.tensor([[1.0, 0, 0, 0, 0]])).item() == -math.inf


def test_samples_have_its_probabilities():
    for place in gmlib.devices():
        net = BayesNet(GRAPH).fit(data(), 1.0).to(place)
        samples = net.sample(20_000, device.generator(6, place))
        assert samples.shape == (20_000, 5)
        assert samples.dtype == torch.float32
        checks.sampler(samples, lambda x, net=net, place=place: net.log_prob(x.to(place, torch.float32)), 5)


def test_the_generator_decides():
    net = BayesNet(GRAPH).fit(data(), 1.0)
    draws = [net.sample(50, device.generator(seed)) for seed in (7, 7, 8)]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


def test_sizes_orderings_and_a_fresh_net():
    net = BayesNet(GRAPH)
    assert net.table_sizes() == [2, 4, 1, 2, 8]
    assert net.ordering == [2, 3, 0, 1, 4]
    assert BayesNet([[], [], [0]], ordering=[1, 0, 2]).ordering == [1, 0, 2]
    assert net.log_prob(data(4)).tolist() == pytest.approx([5 * math.log(0.5)] * 4)
    assert [tuple(net.table(i).shape) for i in range(5)] == [(2,) * len(listed) for listed in GRAPH]
    again = BayesNet(GRAPH)
    again.load_state_dict(net.fit(data()).state_dict())
    assert torch.equal(again.conditionals(data(9)), net.conditionals(data(9)))


# --- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: bayes_net.parents([0, 2]), "ordering: got [0, 2], expected each index from 0 to 1 once"),
        (lambda: bayes_net.conditionals([0.5, 0.5]), "joint: got a list, expected a float tensor of shape (2,)"),
        (lambda: bayes_net.conditionals(torch.ones(2, 3) / 6), "joint: got a float32 tensor of shape (2, 3)"),
        (lambda: bayes_net.conditionals(torch.ones(2, 2)), "joint: got a sum of 4, expected probabilities that sum to"),
        (lambda: bayes_net.conditionals(WEATHER - 0.1), "joint: got an entry -0.05, expected entries from 0 to 1"),
        (lambda: bayes_net.conditionals(WEATHER * math.nan), "joint: got 8 entries that are NaN or infinite"),
        (
            lambda: bayes_net.conditionals(WEATHER, [0, 1, 1]),
            "ordering: got [0, 1, 1], expected each index",
        ),
        (lambda: bayes_net.joint([]), "factors: got a list, expected a list of tables"),
        (lambda: bayes_net.joint([WEATHER]), "factors[0]: got a float64 tensor of shape (2, 2, 2), expected"),
        (lambda: bayes_net.joint([torch.tensor([0.5, 0.4])]), "factors[0]: got sums over the last axis other than 1"),
        (lambda: bayes_net.kl(torch.ones(2) / 2, torch.ones(3) / 3), "q: got a float32 tensor of shape (3,), expected"),
        (lambda: bayes_net.kl([1.0], torch.ones(1)), "p: got a list, expected a float tensor"),
        (lambda: bayes_net.marginal(WEATHER, [3]), "variables: got 3, expected a whole number from 0 to 2"),
        (lambda: bayes_net.conditional(WEATHER, 1, [1]), "variables: got [1, 1], expected each variable at most once"),
        (
            lambda: bayes_net.closest(WEATHER, [[1], [0], []]),
            "parents: got a directed cycle, expected a graph without one",
        ),
        (lambda: BayesNet([]), "parents: got a list, expected a list with the parents of each variable"),
        (lambda: BayesNet([[], 0]), "parents[1]: got 0, expected a list of at most 20 variables"),
        (lambda: BayesNet([[], [2]]), "parents[1]: got 2, expected a whole number from 0 to 1"),
        (lambda: BayesNet([[0]]), "parents: got a directed cycle, expected a graph without one"),
        (lambda: BayesNet([[], [0]], [1, 0]), "ordering: got variable 1 before its parent 0, expected parents before"),
        (lambda: BayesNet([list(range(min(i, 20))) for i in range(40)]), "parents: got tables of 2"),
        (lambda: BayesNet(GRAPH).fit(data(), -1.0), "pseudo_count: got -1.0, expected a number of at least 0"),
        (lambda: BayesNet(GRAPH).fit(data(), math.nan), "pseudo_count: got nan, expected a number of at least 0"),
        (lambda: BayesNet(GRAPH).fit(data(0)), "x: got an empty tensor of shape (0, 5), expected"),
        (lambda: BayesNet(GRAPH).log_prob(data(n=4)), "x: got a float32 tensor of shape (300, 4), expected"),
        (lambda: BayesNet(GRAPH).log_prob(data().long()), "x: got an int64 tensor of shape (300, 5), expected a float"),
        (lambda: BayesNet(GRAPH).log_prob(data() / 2), "x: got an entry 0.5, expected only 0 or 1"),
        (lambda: BayesNet(GRAPH).sample(0), "n: got 0, expected a whole number of at least 1"),
        (lambda: BayesNet(GRAPH).table(5), "i: got 5, expected a whole number from 0 to 4"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with refused(sentence):
        call()
