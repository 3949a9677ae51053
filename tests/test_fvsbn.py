"""FVSBN: a distribution, in any order, with n(n + 1) / 2 numbers."""

import binary_models as models
import pytest
import torch

from gmlib import device
from gmlib.autoregressive import FVSBN


def build(ordering, generator):
    return FVSBN(5, ordering, generator)


def test_it_is_a_distribution_with_that_order():
    models.is_a_distribution_with_that_order(build)


def test_samples_have_its_probabilities():
    models.samples_have_its_probabilities(build)


@pytest.mark.parametrize("ordering", models.ORDERINGS)
def test_samples_are_those_of_full_passes(ordering):
    models.samples_are_those_of_full_passes(build(ordering, device.generator(0)))


def test_every_weight_below_the_diagonal_gets_a_gradient():
    model = build(models.ORDERINGS[1], device.generator(0))
    models.every_parameter_gets_a_gradient(model, {"alpha": ~model.mask})


def test_the_generator_decides():
    models.the_generator_decides(build)


def test_the_masked_matrix_is_strictly_lower_triangular_in_the_ordering():
    ordering = models.ORDERINGS[1]
    mask = build(ordering, None).mask[ordering][:, ordering]
    assert torch.equal(mask, torch.ones(5, 5).tril(-1).bool())


def test_the_lecture_s_numbers():
    # p(0, 1, 1, 0) = (1 - x_hat_1) x_hat_2 x_hat_3 (1 - x_hat_4), with weights that a person can check
    model = FVSBN(4)
    with torch.no_grad():
        model.alpha.fill_(torch.log(torch.tensor(2.0)))
        model.alpha_0.zero_()
    x = torch.tensor([[0.0, 1.0, 1.0, 0.0]])
    # odds 1, 1, 2, 4: each variable that is on doubles them
    torch.testing.assert_close(model.conditionals(x), torch.tensor([[1 / 2, 1 / 2, 2 / 3, 4 / 5]]))
    torch.testing.assert_close(model.log_prob(x).exp(), torch.tensor([1 / 2 * 1 / 2 * 2 / 3 * 1 / 5]))


@pytest.mark.parametrize("n", [1, 2, 784])
def test_parameter_count(n):
    assert FVSBN(n).free_parameters() == n * (n + 1) // 2


def test_one_variable():
    model = FVSBN(1)
    assert model.log_prob(torch.ones(2, 1)).exp().tolist() == [0.5, 0.5]


@pytest.mark.bad_input
def test_bad_input():
    models.refuses_bad_input(FVSBN(5))
    models.refuses_bad_orderings(lambda ordering: FVSBN(5, ordering))
    models.refuses(lambda: FVSBN(0), "n: got 0, expected a whole number of at least 1")
