"""What every autoregressive model of binary variables must do; each model's test file calls these."""

import pytest
import torch

import gmlib
from gmlib import checks, device

ORDERINGS = [[0, 1, 2, 3, 4], [3, 1, 4, 0, 2]]
DTYPES = [torch.float32, torch.float64]


def everywhere():
    """Every device, each with both float types."""
    return [(place, dtype) for place in gmlib.devices() for dtype in DTYPES]


def is_a_distribution_with_that_order(build):
    """The probabilities sum to one, and each output sees what comes before it, all of it and nothing else.

    build(ordering, generator): a fresh model of five variables.
    """
    for place, dtype in everywhere():
        for ordering in ORDERINGS:
            model = build(ordering, device.generator(1)).to(place, dtype)
            checks.sums_to_one(lambda x, model=model, place=place: model.log_prob(x.to(place)), 5, dtype=dtype)
            x = checks.binary_vectors(5, dtype).to(place)
            checks.causal(lambda x, model=model, place=place: model.conditionals(x.to(place)), x.cpu(), ordering)
            product = torch.distributions.Bernoulli(model.conditionals(x)).log_prob(x).sum(1)
            checks.close(model.log_prob(x), product.cpu(), "log p(x) against the product of the conditionals")


def samples_have_its_probabilities(build):
    for place in gmlib.devices():
        for ordering in ORDERINGS:
            model = build(ordering, device.generator(2)).to(place)
            with torch.no_grad():  # far from 1/2, so that a wrong order would show
                for parameter in model.parameters():
                    parameter *= 3
            samples = model.sample(20_000, device.generator(3, place)).cpu()
            assert samples.shape == (20_000, 5)
            assert samples.dtype == torch.float32
            plain = model.to("cpu", torch.float64)
            checks.sampler(samples, plain.log_prob, 5)


def samples_are_those_of_full_passes(model, number=200):
    """One uniform number for each entry, and x_i = 1 where it is below x_hat_i: the sampler may only be faster."""
    for place in gmlib.devices():
        model = model.to(place)
        u = torch.rand(number, model.n, generator=device.generator(4)).to(place)
        x = torch.zeros_like(u)
        with torch.no_grad():
            for i in model.ordering:
                x[:, i] = (u[:, i] < model.conditionals(x)[:, i]).float()
        assert torch.equal(model.sample(number, device.generator(4)), x)


def every_parameter_gets_a_gradient(model, exempt):
    """exempt: name -> boolean tensor of the entries that get none. All others must, and forward changes no weight."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    x = checks.binary_vectors(model.n, next(model.parameters()).dtype)
    # weights that are no function of x, so that no gradient is zero by chance
    (model.log_prob(x) * torch.rand(len(x), generator=device.generator(5))).sum().backward()
    for name, parameter in model.named_parameters():
        silent = exempt.get(name, torch.zeros_like(parameter, dtype=torch.bool))
        assert (parameter.grad[silent] == 0).all(), f"{name} has a gradient where it should not count"
        assert (parameter.grad[~silent] != 0).all(), f"{name} has no gradient at {(parameter.grad == 0).nonzero()[0]}"
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def the_generator_decides(build):
    one, two, other = (build(None, device.generator(seed)) for seed in (6, 6, 7))
    weights = [torch.cat([p.flatten() for p in m.parameters()]) for m in (one, two, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(one.sample(50, device.generator(8)), one.sample(50, device.generator(8)))
    before = torch.get_rng_state()
    one.sample(3, device.generator(9))
    assert torch.equal(torch.get_rng_state(), before)
    assert one.sample(3).shape == (3, one.n)


EXPECTED = "expected a float32 tensor of shape (batch, 5)"
BAD_INPUTS = [
    ([[0.0] * 5], f"x: got a list, {EXPECTED}"),
    (None, f"x: got None, {EXPECTED}"),
    (torch.zeros(5), f"x: got a float32 tensor of shape (5,), {EXPECTED}"),
    (torch.zeros(2, 4), f"x: got a float32 tensor of shape (2, 4), {EXPECTED}"),
    (torch.zeros(2, 5).double(), f"x: got a float64 tensor of shape (2, 5), {EXPECTED}"),
    (torch.zeros(2, 5).long(), f"x: got an int64 tensor of shape (2, 5), {EXPECTED}"),
    (torch.full((2, 5), 0.25), "x: got an entry 0.25, expected only 0 or 1"),
    (torch.full((2, 5), -1.0), "x: got an entry -1, expected only 0 or 1"),
    (torch.full((1, 5), float("nan")), "x: got 5 entries that are NaN or infinite (the first is nan), expected finite"),
    (torch.zeros(0, 5), f"x: got an empty tensor of shape (0, 5), {EXPECTED} with at least one entry"),
    (torch.zeros(2, 5, device="meta"), "x: got a tensor on meta, expected a tensor on cpu, where the model is"),
]


def refuses_bad_input(model):
    """A model of five variables; each door names the argument, what came and what was expected."""
    for door in (getattr(model, name) for name in ("log_prob", "conditionals", "logits") if hasattr(model, name)):
        for x, message in BAD_INPUTS:
            refuses(lambda x=x, door=door: door(x), message)
    for n in (0, -3, 2.5, None, True):
        refuses(lambda n=n: model.sample(n), f"n: got {n!r}, expected a whole number of at least 1")


def refuses(call, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 the whole beginning is compared
        call()
    assert str(caught.value).startswith(message), f"{caught.value}\nshould begin with\n{message}"


def refuses_bad_orderings(build):
    """build(ordering): a model of five variables."""
    for ordering in ([0, 1, 2], [1, 2, 3, 4, 5], [0, 0, 1, 2, 3]):
        refuses(lambda o=ordering: build(o), f"ordering: got {ordering!r}, expected each index from 0 to 4 once")
