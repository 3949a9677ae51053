"""For every check: what it must accept, and a broken twin that it must catch, with the sentence that it says."""

import math
import re

import numpy as np
import pytest
import torch

from gmlib import checks, device

N = 4


def caught(sentence):
    return pytest.raises(AssertionError, match=re.escape(sentence))


# --- seeds ---------------------------------------------------------------------------------------------------------


def draw(*arguments, **options):
    return torch.rand(3, generator=checks.generator(*arguments, **options)).tolist()


def test_visible_inputs_are_fixed_and_fresh_ones_follow_the_grading_key(monkeypatch):
    monkeypatch.delenv("GM_GRADING_KEY", raising=False)
    assert draw("a--b") == draw("a--b") != draw("a--c")
    assert draw("a--b", fresh=True) != draw("a--b", fresh=True)
    monkeypatch.setenv("GM_GRADING_KEY", "one")
    assert draw("a--b", fresh=True) == draw("a--b", fresh=True) != draw("a--b")
    first = draw("a--b", fresh=True)
    monkeypatch.setenv("GM_GRADING_KEY", "two")
    assert draw("a--b", fresh=True) != first


def test_a_failure_names_the_seed_of_fresh_inputs_and_only_then():
    fresh = checks.generator("a--b", fresh=True)
    with caught(f"off (fresh inputs of a--b: seed {fresh.initial_seed()})"):
        checks.fail("off")
    checks.generator("a--b")
    with pytest.raises(AssertionError, match="^off$"):
        checks.require(False, "off")
    checks.require(True, "off")


def test_a_later_cell_does_not_name_the_seed_of_an_earlier_one():
    exec(compile('checks.generator("a--b", fresh=True)', "<one cell>", "exec"), {"checks": checks})
    with pytest.raises(AssertionError, match="^off$"):
        checks.fail("off")
    with caught("off (fresh inputs of a--b: seed"):
        exec(compile('checks.generator("a--b", fresh=True); checks.fail("off")', "<two>", "exec"), {"checks": checks})


# --- values --------------------------------------------------------------------------------------------------------


def test_value_gives_a_plain_copy_of_what_is_right():
    found = torch.ones(2, 3, requires_grad=True)
    plain = checks.value(found, (2, 3), "float", low=0, high=1)
    assert (plain.dtype, plain.requires_grad) == (torch.float64, False)
    assert checks.value(np.float64(2.5), ()).item() == 2.5
    assert checks.value(3, (), "integer").item() == 3
    assert checks.value(torch.tensor([True]), (1,), "bool").dtype == torch.bool


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "the result is None: is the last line of your function a `return`?"),
        ([1.0, 2.0], "the result should be a tensor, but it is a list of float"),
        (1.0, "the result should be a tensor, but it is a float"),
        (torch.ones(2, 1), "the result should have shape (2,), but it has shape (2, 1)"),
        (torch.ones(2).long(), "the result should be a float tensor, but it is an int64 tensor of shape (2,)"),
        (torch.tensor([1.0, math.nan]), "the result contains NaN or infinity in 1 of its 2 entries"),
        (torch.tensor([1.0, -0.25]), "the result should not fall below 0, but one entry is -0.25"),
        (torch.tensor([1.0, 1.5]), "the result should not exceed 1, but one entry is 1.5"),
    ],
)
def test_value_says_what_came(found, sentence):
    with caught(sentence):
        checks.value(found, (2,), "float", low=0, high=1)


def test_numbers():
    assert checks.number(torch.tensor(3.0), integer=True) == 3
    assert checks.number(np.int64(4)) == 4
    for found, sentence in [
        (None, "the count is None"),
        ("3", "the count should be one number, but it is a str"),
        (True, "the count should be one number, but it is a bool"),
        (torch.ones(1), "the count should be one number, but it is a float32 tensor of shape (1,)"),
        (math.nan, "the count is nan"),
        (2.5, "the count should be a whole number, but it is 2.5"),
        (-1, "the count should not fall below 0, but it is -1"),
        (10, "the count should not exceed 9, but it is 10"),
    ]:
        with caught(sentence):
            checks.number(found, "the count", integer=True, low=0, high=9)


def test_items():
    assert checks.items((1, 2), 2) == [1, 2]
    for found, sentence in [
        (None, "the result is None"),
        (torch.ones(2), "should be a list of 2 things, but it is a float32 tensor"),
        ([1], "should have 2 entries, but it has 1"),
    ]:
        with caught(sentence):
            checks.items(found, 2)


def test_close_takes_rounding_and_refuses_the_rest_without_telling_the_answer():
    aim = torch.linspace(1, 3, 6, dtype=torch.float64).view(2, 3)
    checks.close(aim + 1e-10, aim)
    checks.close(aim.float(), aim)
    checks.close(torch.zeros(0, 2), torch.zeros(0, 2))
    wrong = aim.clone()
    wrong[1, 2] += 0.5
    with pytest.raises(AssertionError) as failure:
        checks.close(wrong, aim, "log p(x)", "is the last factor missing?")
    assert str(failure.value) == "log p(x) is off by 0.5 at [1, 2]; 1 of 6 entries are off: is the last factor missing?"
    for broken in (torch.full((2, 3), math.nan), torch.zeros(0), aim.T, aim.tolist(), None):
        with pytest.raises(AssertionError):
            checks.close(broken, aim)
    with caught("is off by 1e-05"):
        checks.close(aim + 1e-5, aim)
    with caught("the hint; so small a difference suggests float32 inside"):
        checks.close(aim.float().double() + 1e-7, aim, hint="the hint")
    checks.close(aim + 1e-5, aim, tolerance=1e-4)
    with caught("should be a float64 tensor"):
        checks.close(aim.float(), aim, dtype=torch.float64)


# --- causality -----------------------------------------------------------------------------------------------------

WEIGHTS = torch.randn(N, N, generator=device.generator(0))


def linear(mask):
    return lambda x: torch.sigmoid(x @ (WEIGHTS * mask).T)


def strictly_before(ordering):
    place = torch.argsort(torch.tensor(ordering))
    return (place[None] < place[:, None]).float()


@pytest.mark.parametrize("ordering", [[0, 1, 2, 3], [2, 0, 3, 1]])
def test_causality_is_complete(ordering):
    x = checks.binary_vectors(N)
    mask = strictly_before(ordering)
    checks.causal(linear(mask), x, ordering)
    assert torch.equal(checks.links(linear(mask), x), mask.bool())
    names = ", ".join(f"x{i + 1}" for i in ordering)
    first, second, *_, last = ordering
    leak, missing, itself = mask.clone(), mask.clone(), mask.clone()
    leak[first, last], missing[last, second], itself[second, second] = 1, 0, 1
    with caught(
        f"the output for x{first + 1} sees x{last + 1}, which comes after x{first + 1} in the ordering {names}"
    ):
        checks.causal(linear(leak), x, ordering)
    with caught(f"the output for x{last + 1} cannot see x{second + 1}, although x{second + 1} comes before it"):
        checks.causal(linear(missing), x, ordering)
    with caught(f"the output for x{second + 1} sees x{second + 1}, which is that variable itself"):
        checks.causal(linear(itself), x, ordering)


def test_causality_of_real_values():
    x = torch.randn(8, N, generator=device.generator(1))
    checks.causal(linear(strictly_before([0, 1, 2, 3])), x, change=lambda x_j: x_j + 1)


def test_masks_and_paths():
    one, two = torch.tensor([[1, 0], [1, 1], [0, 1]]), torch.ones(2, 3, dtype=torch.bool)
    checks.masks((one, two.float()), [(3, 2), (2, 3)])
    assert checks.paths([one, two]).tolist() == [[2, 2], [2, 2]]
    for found, sentence in [
        (None, "the list of masks, one a weight matrix, is None"),
        ([one], "should have 2 entries, but it has 1"),
        ([one.tolist(), two], "mask 0 should be a tensor, but it is a list of list"),
        ([one, two.T], "mask 1 should have shape (2, 3), which is (units out, units in), but it has (3, 2)"),
        ([one * 3, two], "mask 0 contains 3"),
        ([one, two * math.nan], "mask 1 contains NaN"),
    ]:
        with caught(sentence):
            checks.masks(found, [(3, 2), (2, 3)])


# --- distributions -------------------------------------------------------------------------------------------------


def bernoulli(p):
    return lambda x: torch.distributions.Bernoulli(p.to(x.dtype)).log_prob(x).sum(1)


P = torch.tensor([0.1, 0.6, 0.5], dtype=torch.float64)


def test_binary_vectors_count():
    assert checks.binary_vectors(2).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    with caught("2^17 vectors are too many"):
        checks.binary_vectors(17)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_sums_to_one(dtype):
    checks.sums_to_one(bernoulli(P), 3, dtype=dtype)
    for shift in (0.01, -0.01):
        with caught("p(x) should sum to 1 over all 2^3 = 8 vectors, but it sums to"):
            checks.sums_to_one(lambda x, s=shift: bernoulli(P)(x) + s, 3, dtype=dtype)
    with caught("log p(x) should have shape (8,)"):
        checks.sums_to_one(lambda x: bernoulli(P)(x).sum(), 3, dtype=dtype)


def test_samplers():
    right = torch.bernoulli(P.expand(4000, 3), generator=device.generator(3))
    checks.sampler(right, bernoulli(P), 3)
    for broken, sentence in [
        (None, "the samples is None"),
        (right * 0.5, "should be 0 or 1"),
        (right[:, :2], "should have shape (4000, 3)"),
        (1 - right, "x1 is 1 in"),
        (right[:, [1, 0, 2]], "x1 is 1 in"),
        (right[:1].expand(4000, 3), "times further from its probability than chance allows: hint"),
    ]:
        with caught(sentence):
            checks.sampler(broken, bernoulli(P), 3, hint="hint")


def test_right_rates_with_the_wrong_joint_are_caught():
    fair = torch.tensor([0.1, 0.5, 0.5], dtype=torch.float64)
    copies = torch.bernoulli(fair.expand(4000, 3), generator=device.generator(4))
    copies[:, 2] = copies[:, 1]
    with caught("in the samples, x is (0, 0, 0) in"):
        checks.sampler(copies, bernoulli(fair), 3)


def test_right_samples_pass_whatever_the_seed():
    for seed in range(200):
        checks.sampler(torch.bernoulli(P.expand(500, 3), generator=device.generator(seed)), bernoulli(P), 3)


# --- own work ------------------------------------------------------------------------------------------------------


def helper(x):
    return device.generator(x)


def imports_by_name(x):
    return device.generator(x)


def through_a_helper(x):
    return [helper(k) for k in x]


def imports_inside(x):
    from gmlib.device import generator as mine

    return mine(x)


def by_attribute(x):
    import gmlib

    return gmlib.device.generator(x)


def its_own(x):
    """A method of another object that happens to have the same name is the student's business."""
    return x.generator + torch.ones(1).get_device()


@pytest.mark.parametrize("function", [imports_by_name, through_a_helper, imports_inside, by_attribute])
def test_gmlibs_own_version_is_not_an_answer(function):
    with caught(f"{function.__name__} uses gmlib's own gmlib.device"):
        checks.own_work(function, "device")
    checks.own_work(function, "data")


def test_ones_own_work_passes_and_so_does_what_has_no_code():
    checks.own_work(its_own, "device", "data")
    checks.own_work(torch.nn.Linear(1, 1), "device")
    checks.own_work(len, "device")
