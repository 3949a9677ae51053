"""NADE: a distribution, in any order; the sweep is the plain loop; untied is tied where weights agree."""

import binary_models as models
import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.autoregressive import NADE, UntiedNADE, _sweep
from gmlib.autoregressive.nade import step


def tied(ordering, generator):
    return NADE(5, 7, ordering, generator)


def untied(ordering, generator):
    return UntiedNADE(5, 7, ordering, generator)


BOTH = pytest.mark.parametrize("build", [tied, untied])


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


@BOTH
def test_the_generator_decides(build):
    models.the_generator_decides(build)


def test_every_parameter_gets_a_gradient_but_the_last_column_of_w():
    model = tied(models.ORDERINGS[1], device.generator(0))
    last = torch.zeros(7, 5, dtype=torch.bool)
    last[:, models.ORDERINGS[1][-1]] = True
    models.every_parameter_gets_a_gradient(model, {"W": last})


def test_every_parameter_gets_a_gradient_but_the_masked_columns_of_a():
    model = untied(models.ORDERINGS[1], device.generator(0))
    models.every_parameter_gets_a_gradient(model, {"A": ~model.mask.expand(5, 7, 5)})


def plain_logits(model, x):
    """The loop of the literature, for autograd to differentiate."""
    a, logits = model.c.expand(len(x), -1), [None] * model.n
    for i in model.ordering:
        logits[i] = torch.sigmoid(a) @ model.alpha[i] + model.b[i]
        a = step(a, x[:, i], model.W[:, i])
    return torch.stack(logits, 1)


# shorter than a block, one block exactly, blocks and a rest
@pytest.mark.parametrize("n", [1, 3, _sweep.BLOCK, 2 * _sweep.BLOCK + 3])
def test_the_sweep_is_the_plain_loop_values_and_gradients(n):
    for place, dtype in models.everywhere():
        ordering = torch.randperm(n, generator=device.generator(n)).tolist()
        model = NADE(n, 6, ordering, device.generator(1)).to(place, dtype)
        x = torch.bernoulli(torch.full((9, n), 0.5), generator=device.generator(2)).to(place, dtype)
        found, expected = model.logits(x), plain_logits(model, x)
        checks.close(found, expected.cpu(), "the logits")
        parameters = dict(model.named_parameters())
        fast_ones, slow_ones = (
            torch.autograd.grad(logits.pow(2).sum(), parameters.values(), allow_unused=True)
            for logits in (found, expected)
        )
        for name, fast, slow in zip(parameters, fast_ones, slow_ones, strict=True):
            slow = torch.zeros_like(parameters[name]) if slow is None else slow
            checks.close(fast, slow.cpu(), f"the gradient at {name}")


@pytest.mark.parametrize(("q", "K"), [(1, 1), (1, 3), (3, 2)])
def test_the_hand_written_backward_pass(q, K):
    n, d, generator = _sweep.BLOCK + 2, 3, device.generator(0)
    shapes = [(4, n * q), (n * q, d), (d,), (n, K, d), (n, K)]
    for place in gmlib.devices():
        drawn = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
        arguments = [value.to(place).requires_grad_() for value in drawn]
        assert torch.autograd.gradcheck(_sweep.sweep, arguments)


def test_one_step_by_hand():
    a = torch.tensor([[1.0, 2.0], [1.0, 2.0]])
    found = step(a, torch.tensor([0.0, 1.0]), torch.tensor([10.0, 20.0]))
    assert found.tolist() == [[1, 2], [11, 22]]
    assert a.tolist() == [[1, 2], [1, 2]]


def test_untied_is_tied_where_the_weights_agree():
    for place, dtype in models.everywhere():
        for ordering in models.ORDERINGS:
            one = tied(ordering, device.generator(0)).to(place, dtype)
            other = untied(ordering, device.generator(1)).to(place, dtype)
            with torch.no_grad():
                other.A.copy_(one.W.expand(5, 7, 5))
                other.c.copy_(one.c.expand(5, 7))
                other.alpha.copy_(one.alpha)
                other.b.copy_(one.b)
            x = checks.binary_vectors(5, dtype).to(place)
            checks.close(other.log_prob(x), one.log_prob(x).cpu(), "log p(x), untied")


def test_parameter_counts():
    # tied: d (n - 1) for W, d for c, n (d + 1) for alpha and b
    assert NADE(64, 128).free_parameters() == 128 * 63 + 128 + 64 * 129
    # untied: d (1 + ... + (n - 1)) for the A_i, n d for the c_i, n (d + 1) for alpha and b
    assert UntiedNADE(6, 10).free_parameters() == 10 * 15 + 6 * 10 + 6 * 11


@pytest.mark.bad_input
@pytest.mark.parametrize("kind", [NADE, UntiedNADE])
def test_bad_input(kind):
    models.refuses_bad_input(kind(5, 7))
    models.refuses_bad_orderings(lambda ordering: kind(5, 7, ordering))
    models.refuses(lambda: kind(0, 7), "n: got 0, expected a whole number of at least 1")
    models.refuses(lambda: kind(5, "7"), "hidden: got '7', expected a whole number of at least 1")
