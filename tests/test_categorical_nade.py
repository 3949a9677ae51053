"""NADE over K values: a distribution, in any order, the plain loop, and samples that follow it."""

import itertools
import math

import binary_models as models
import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.autoregressive import NADE, CategoricalNADE

ORDERINGS = [[0, 1, 2, 3], [2, 0, 3, 1]]
EVERY = torch.tensor(list(itertools.product(range(3), repeat=4)))  # (81, 4)


def build(ordering=None, seed=0):
    return CategoricalNADE(4, 3, 6, ordering, device.generator(seed))


def plain_log_prob(model, x):
    """One conditional after the other, by the lecture's equations."""
    log_prob, known = 0, []
    for i in model.ordering:
        h = torch.sigmoid(model.c + sum(model.W[:, j, x[:, j]].t() for j in known))  # (batch, d) or (d,)
        p = torch.softmax(h @ model.A[i].t() + model.b[i], -1).expand(len(x), -1)
        log_prob = log_prob + p.gather(1, x[:, i, None])[:, 0].log()
        known.append(i)
    return log_prob


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_it_is_a_distribution_and_the_plain_loop(ordering):
    for place, dtype in models.everywhere():
        model, x = build(ordering).to(place, dtype), EVERY.to(place)
        log_prob = model.log_prob(x)
        checks.close(log_prob.exp().sum(), torch.ones((), dtype=dtype), "the sum of p(x)")
        checks.close(log_prob, plain_log_prob(model, x).cpu(), "log p(x)")
        checks.close(model.conditionals(x).sum(2), torch.ones(81, 4, dtype=dtype), "the sum over the values of x_i")


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_each_output_sees_what_comes_before_it(ordering):
    for place in gmlib.devices():
        model = build(ordering).to(place)
        for k in range(3):
            # another value of x_j changes every p(x_i = k | x_<i) after it
            checks.causal(
                lambda x, k=k, model=model, place=place: model.conditionals(x.long().to(place))[..., k],
                EVERY.float(),
                ordering,
                change=lambda x_j: (x_j + 1) % 3,
            )


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_samples_have_its_probabilities(ordering):
    number = 20_000
    for place in gmlib.devices():
        model = build(ordering).to(place)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter *= 3
        samples = model.sample(number, device.generator(1, place)).cpu()
        assert samples.dtype == torch.long
        share = torch.bincount(samples @ torch.tensor([27, 9, 3, 1]), minlength=81) / number
        p = model.log_prob(EVERY.to(place)).exp().cpu()
        # Bernstein's inequality with a false alarm rate below 1e-7 for all 81 together
        log_rate = math.log(2 * 81 / 1e-7)
        limit = log_rate / (3 * number) + (2 * log_rate * p * (1 - p) / number + (log_rate / (3 * number)) ** 2).sqrt()
        assert ((share - p).abs() <= limit).all()


def test_every_parameter_gets_a_gradient_but_the_last_columns():
    model = build(ORDERINGS[1])
    (model.log_prob(EVERY) * torch.rand(81, generator=device.generator(2))).sum().backward()
    last = torch.zeros_like(model.W, dtype=torch.bool)
    last[:, ORDERINGS[1][-1]] = True
    assert (model.W.grad[last] == 0).all()
    assert (model.W.grad[~last] != 0).all()
    assert all((p.grad != 0).all() for p in (model.c, model.A, model.b))


def test_with_two_values_it_is_binary_nade():
    one = CategoricalNADE(5, 2, 7, [3, 1, 4, 0, 2], device.generator(0))
    other = NADE(5, 7, [3, 1, 4, 0, 2])
    with torch.no_grad():  # the column of value 0 goes into c; a softmax over two is a sigmoid of the difference
        other.c.copy_(one.c)
        one.W[:, :, 0] = 0
        other.W.copy_(one.W[:, :, 1])
        other.alpha.copy_(one.A[:, 1] - one.A[:, 0])
        other.b.copy_(one.b[:, 1] - one.b[:, 0])
    x = checks.binary_vectors(5)
    checks.close(one.log_prob(x.long()), other.log_prob(x), "log p(x)")


def test_the_generator_decides():
    assert torch.equal(build(seed=3).W, build(seed=3).W)
    assert not torch.equal(build(seed=3).W, build(seed=4).W)
    samples = [build().sample(50, device.generator(5)) for _ in range(2)]
    assert torch.equal(*samples)


def test_parameter_count():
    assert CategoricalNADE(64, 17, 100).free_parameters() == 100 * 17 * 63 + 100 + 64 * 17 * 101


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([[0] * 4], "x: got a list, expected an int64 tensor of shape (batch, 4)"),
        (torch.zeros(2, 4), "x: got a float32 tensor of shape (2, 4), expected an int64 tensor of shape (batch, 4)"),
        (
            torch.zeros(2, 3).long(),
            "x: got an int64 tensor of shape (2, 3), expected an int64 tensor of shape (batch",
        ),
        (
            torch.zeros(0, 4).long(),
            "x: got an empty tensor of shape (0, 4), expected an int64 tensor of shape (batch",
        ),
        (torch.full((1, 4), 3), "x: got an entry 3, expected entries from 0 to 2"),
        (torch.full((1, 4), -1), "x: got an entry -1, expected entries from 0 to 2"),
        (torch.zeros(1, 4, device="meta").long(), "x: got a tensor on meta, expected a tensor on cpu"),
    ],
)
def test_bad_input(x, message):
    for door in (build().log_prob, build().conditionals, build().logits):
        models.refuses(lambda door=door: door(x), message)


@pytest.mark.bad_input
def test_bad_sizes():
    models.refuses(lambda: CategoricalNADE(0, 3, 6), "n: got 0, expected a whole number of at least 1")
    models.refuses(lambda: CategoricalNADE(4, 1, 6), "levels: got 1, expected a whole number of at least 2")
    models.refuses(lambda: CategoricalNADE(4, 3, 0), "hidden: got 0, expected a whole number of at least 1")
    models.refuses(lambda: build([0, 1]), "ordering: got [0, 1], expected each index from 0 to 3 once")
    models.refuses(lambda: build().sample(0), "n: got 0, expected a whole number of at least 1")
