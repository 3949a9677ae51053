"""Every check of gmlib.checks.networks passes what is right and refuses a broken twin, with the sentence for it."""

import math

import pytest
import torch

from gmlib import autoregressive, checks


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def refuses(sentence):
    return pytest.raises(AssertionError, match=sentence)


def test_random_bits_are_bits_of_the_shape_and_dtype_asked_for():
    x = checks.random_bits(50, 4, generator(), torch.float64)
    assert x.shape == (50, 4)
    assert x.dtype == torch.float64
    assert set(x.unique().tolist()) == {0, 1}


def test_randomise_changes_every_parameter_and_nothing_else():
    model = autoregressive.MADE(4, (6,))
    before = {name: p.clone() for name, p in model.named_parameters()}
    masks = [layer.mask.clone() for layer in model.layers]
    checks.randomise(model, generator())
    assert all((p != before[name]).all() for name, p in model.named_parameters())
    assert all(torch.equal(layer.mask, mask) for layer, mask in zip(model.layers, masks, strict=True))


@pytest.mark.parametrize("found", [torch.ones(3), torch.tensor(0.0), 2.5])
def test_finite_passes_numbers(found):
    checks.finite(found, "it", "why")


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (torch.tensor([0.0, math.inf]), "it contains NaN or infinity: why"),
        (torch.tensor(math.nan), "it contains NaN or infinity: why"),
        (-math.inf, "it contains NaN or infinity: why"),
        (None, "it is None"),
        ([1.0], "it should be a tensor, but it is a list of float"),
    ],
)
def test_finite_refuses(found, sentence):
    with refuses(sentence):
        checks.finite(found, "it", "why")


def test_unchanged():
    a = torch.arange(3)
    checks.unchanged(a.clone(), a, "a", "because")
    with refuses("changed a, which it was given: compute a new tensor, because"):
        checks.unchanged(a.clone(), a.add_(1), "a", "because")


def test_untouched_passes_on_what_the_function_returns():
    a, rows = torch.ones(2), [torch.ones(2)]
    assert checks.untouched(lambda a, rows, n: n + 1, a, rows, 3) == 4


@pytest.mark.parametrize("change", [lambda a, rows: rows[0].mul_(2), lambda a, rows: rows.pop()])
def test_untouched_refuses_a_changed_argument(change):
    with refuses("your function changed rows"):
        checks.untouched(change, torch.ones(2), [torch.ones(2), torch.ones(3)])
    with refuses("your function changed a"):
        checks.untouched(lambda a: a.add_(1), torch.ones(2))


def test_repeats_passes_a_draw_from_its_generator():
    checks.repeats(lambda g: torch.rand(5, generator=g), "part")


def test_repeats_refuses_a_draw_from_elsewhere():
    with refuses("pass `generator=generator` to every draw"):
        checks.repeats(lambda g: torch.rand(5), "part")


def test_repeats_refuses_a_seed_for_the_global_numbers():
    with refuses("or seeded them: pass `generator=generator` to every draw"):
        checks.repeats(lambda g: torch.manual_seed(g.initial_seed()) and torch.rand(5), "part")


def test_repeats_refuses_a_generator_that_stands_still():
    with refuses("called a second time with the same generator"):
        checks.repeats(lambda g: torch.rand(5, generator=g.clone_state()), "part")


def test_repeats_refuses_what_is_not_drawn():
    with refuses("is anything drawn at all"):
        checks.repeats(lambda g: torch.ones(5), "part")


def uniform(x):
    return torch.full((len(x),), -2 * math.log(3))


def test_levels_sum_to_one():
    checks.levels_sum_to_one(uniform, 2, 3)
    with refuses("should sum to 1 over all 3\\^2 = 9 vectors, but it sums to 0.5: the hint"):
        checks.levels_sum_to_one(lambda x: uniform(x) - math.log(2), 2, 3, hint="the hint")
    with refuses("but it sums to 2"):
        checks.levels_sum_to_one(lambda x: uniform(x) + math.log(2), 2, 3)
    with refuses("log p\\(x\\) is None"):
        checks.levels_sum_to_one(lambda x: None, 2, 3)
    with refuses("too many to enumerate"):
        checks.levels_sum_to_one(uniform, 20, 3)


def normal(x, sigma=1.0):
    return torch.distributions.Normal(0.5, sigma).log_prob(x[:, 0])


def test_integrates_to_one():
    checks.integrates_to_one(normal, -12, 12)
    checks.integrates_to_one(lambda x: normal(x, 0.02), -12, 12)
    with refuses("should integrate to 1, but its integral is 2"):
        checks.integrates_to_one(lambda x: normal(x) + math.log(2), -12, 12)
    with refuses("its integral is 0.5: the hint"):
        checks.integrates_to_one(lambda x: normal(x) - math.log(2), -12, 12, hint="the hint")
    with refuses("NaN or infinity"):
        checks.integrates_to_one(lambda x: normal(x).exp().sub(1).log(), -12, 12)


def test_degrees():
    checks.degrees(torch.arange(160) % 4 + 1, 5, 160)
    checks.degrees(torch.tensor([1, 4]), 5, 2)  # too narrow to hold every number
    with refuses("but one is 0: it would see no variable"):
        checks.degrees(torch.arange(160) % 5, 5, 160)
    with refuses("but one is 5: no output may use"):
        checks.degrees(torch.arange(160) % 5 + 1, 5, 160)
    with refuses("none has the number 4"):
        checks.degrees(torch.arange(160) % 3 + 1, 5, 160)
    with refuses("integer tensor"):
        checks.degrees(torch.ones(160), 5, 160)


def test_same_on_devices():
    x = torch.rand(4, generator=generator())
    checks.same_on_devices(lambda x, rows: x + rows[0], x, [x])
    checks.same_on_devices(lambda x, k: x * k, x, 3)
    checks.same_on_devices(lambda x: x.sum().item(), x)
    with refuses("the result on the CPU is None"):
        checks.same_on_devices(lambda x: None, x)


def test_same_on_devices_refuses_results_that_differ():
    calls = []

    def drifting(x):
        calls.append(1)
        return x + len(calls)

    with refuses("the result on cpu is off by 1"):
        checks.same_on_devices(drifting, torch.zeros(2))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_same_on_devices_refuses_a_function_that_stays_on_the_cpu():
    with refuses("your function returned one on cpu"):
        checks.same_on_devices(lambda x: x.cpu() + 1, torch.zeros(2))
