"""MADE: complete masks, a distribution in any order, a sampler that gives what full passes give; orders mixed."""

import math

import binary_models as models
import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.autoregressive import FVSBN, MADE, OrderMixture, made_masks
from gmlib.autoregressive.made import made_degrees


def shallow(ordering, generator):
    return MADE(5, [64], ordering, generator)


def deep(ordering, generator):
    return MADE(5, (64, 48), ordering, generator)


BOTH = pytest.mark.parametrize("build", [shallow, deep])


@BOTH
def test_it_is_a_distribution_with_that_order(build):
    models.is_a_distribution_with_that_order(build)


@BOTH
def test_samples_have_its_probabilities(build):
    models.samples_have_its_probabilities(build)


@BOTH
@pytest.mark.parametrize("ordering", models.ORDERINGS)
def test_samples_are_those_of_full_passes(build, ordering):
    models.samples_are_those_of_full_passes(build(ordering, device.generator(0)))


# more samples than are drawn together; layers narrower than n - 1; one variable
@pytest.mark.parametrize(("n", "hidden", "number"), [(12, [30, 20, 30], 1100), (12, [5], 50), (1, [3, 3], 50)])
def test_samples_are_those_of_full_passes_whatever_the_sizes(n, hidden, number):
    ordering = torch.randperm(n, generator=device.generator(n)).tolist()
    models.samples_are_those_of_full_passes(MADE(n, hidden, ordering, device.generator(0)), number)


@BOTH
def test_the_generator_decides(build):
    models.the_generator_decides(build)


def test_every_weight_that_a_mask_keeps_gets_a_gradient():
    model = deep(models.ORDERINGS[1], device.generator(0))
    with torch.no_grad():  # no dead unit: each is on for some of the inputs
        for layer in model.layers[:-1]:
            layer.bias.fill_(1)
    exempt = {f"layers.{k}.weight": layer.mask == 0 for k, layer in enumerate(model.layers)}
    models.every_parameter_gets_a_gradient(model, exempt)


def test_the_lecture_s_ordering():
    # x2, x3, x1: the output for x2 sees nothing, that for x3 sees x2, that for x1 both
    masks = made_masks([1, 2, 0], [torch.tensor([1, 2, 2, 1])])
    checks.masks(masks, [(4, 3), (3, 4)])
    assert checks.paths(masks).tolist() == [[0, 4, 2], [0, 0, 0], [0, 2, 0]]


@pytest.mark.parametrize(("n", "hidden"), [(2, [1]), (3, [2, 2]), (6, [5, 9]), (9, [60, 8, 60]), (64, [63, 256])])
def test_masks_keep_every_allowed_link_and_no_other(n, hidden):
    for seed in range(3):
        ordering = torch.randperm(n, generator=device.generator(seed)).tolist()
        checks.dependencies(checks.paths(made_masks(ordering, made_degrees(n, hidden))), ordering)


@pytest.mark.parametrize(("n", "width"), [(5, 4), (5, 9), (64, 63), (64, 512)])
def test_each_number_occurs_and_about_equally_often(n, width):
    (degrees,) = made_degrees(n, [width])
    times = torch.bincount(degrees, minlength=n)[1:]
    assert len(times) == n - 1
    assert times.min() >= 1
    assert times.max() - times.min() <= 1


def test_narrow_layers_give_fewer_links_but_still_a_distribution():
    model = MADE(9, [3, 2], generator=device.generator(0))
    checks.sums_to_one(model.log_prob, 9)
    links = checks.links(model.conditionals, checks.binary_vectors(9))
    assert not links.triu().any()


def test_one_variable():
    for place in gmlib.devices():
        model = MADE(1, [4], generator=device.generator(0)).to(place)
        checks.sums_to_one(lambda x, model=model, place=place: model.log_prob(x.to(place)), 1)
        assert model.conditionals(torch.tensor([[0.0], [1.0]], device=place)).unique().numel() == 1


def test_parameter_count():
    # ordering x1, x2, x3 and numbers 1, 1, 2, 2: 2 units see x1, 2 see x1 and x2; x2 sees 2 units, x3 all 4
    assert MADE(3, [4]).free_parameters() == (2 * 1 + 2 * 2) + 4 + (2 + 4) + 3


def members(generator):
    return [MADE(5, [32], ordering, generator) for ordering in models.ORDERINGS] + [FVSBN(5, None, generator)]


def test_mixture_of_orders_is_the_mean_of_the_probabilities():
    for place, dtype in models.everywhere():
        parts = [member.to(place, dtype) for member in members(device.generator(0))]
        mixture = OrderMixture(parts)
        x = checks.binary_vectors(5, dtype).to(place)
        mean = torch.stack([part.log_prob(x).exp() for part in parts]).mean(0)
        checks.close(mixture.log_prob(x).exp(), mean.cpu(), "p(x)")
        checks.sums_to_one(lambda x, mixture=mixture, place=place: mixture.log_prob(x.to(place)), 5, dtype=dtype)
    assert mixture.free_parameters() == sum(part.free_parameters() for part in parts)


def test_mixture_of_one_is_that_one_and_far_away_nothing_overflows():
    model = MADE(5, [32], generator=device.generator(0))
    x = checks.binary_vectors(5)
    torch.testing.assert_close(OrderMixture([model, model]).log_prob(x), model.log_prob(x))
    with torch.no_grad():
        model.layers[-1].bias.fill_(1000)
    assert math.isclose(OrderMixture([model]).log_prob(torch.zeros(1, 5)).item(), -5000, rel_tol=1e-3)


def test_mixture_samples_have_its_probabilities():
    for place in gmlib.devices():
        mixture = OrderMixture(members(device.generator(0))).to(place)
        with torch.no_grad():
            for parameter in mixture.parameters():
                parameter *= 3
        samples = mixture.sample(20_000, device.generator(3, place)).cpu()
        checks.sampler(samples, mixture.to("cpu", torch.float64).log_prob, 5)
        assert mixture.sample(1, device.generator(3)).shape == (1, 5)


@pytest.mark.bad_input
def test_bad_input():
    models.refuses_bad_input(MADE(5, [8]))
    models.refuses_bad_input(OrderMixture([MADE(5, [8])]))
    models.refuses_bad_orderings(lambda ordering: MADE(5, [8], ordering))
    models.refuses(lambda: MADE(0), "n: got 0, expected a whole number of at least 1")
    models.refuses(lambda: MADE(5, 64), "hidden: got 64, expected a list: the units of each hidden layer")
    models.refuses(lambda: MADE(5, []), "hidden: got an empty list, expected a list: the units of each hidden layer")
    models.refuses(lambda: MADE(5, [8, 0]), "hidden[1]: got 0, expected a whole number of at least 1")
    models.refuses(lambda: OrderMixture([]), "models: got an empty list, expected at least one model")
    models.refuses(lambda: OrderMixture([MADE(5), MADE(4)]), "models[1]: got 4 variables, expected 5, as in models[0]")


@pytest.mark.bad_input
def test_bad_input_of_the_masks():
    degrees = [torch.tensor([1, 2])]
    models.refuses(lambda: made_masks([0, 2], degrees), "ordering: got [0, 2], expected each index from 0 to 1 once")
    models.refuses(lambda: made_masks(3, degrees), "ordering: got 3, expected a list of variable indices")
    expected = "expected an integer tensor of shape (units,)"
    models.refuses(lambda: made_masks([0, 1], [[1, 2]]), f"degrees[0]: got a list, {expected}")
    floats = [degrees[0], torch.ones(2)]
    models.refuses(lambda: made_masks([0, 1], floats), f"degrees[1]: got a float32 tensor of shape (2,), {expected}")
    negative = "degrees[0]: got an entry -1, expected entries of at least 0"
    models.refuses(lambda: made_masks([0, 1], [torch.tensor([-1])]), negative)
