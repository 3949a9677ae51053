"""Noise that fills bins and gives the levels back; the bound against exact masses of bins; what is refused."""

import itertools
import math
import re

import pytest
import torch
from torch import nn

import gmlib
from gmlib import checks, device
from gmlib.flows.dequantisation import MOST, Dequantised, dequantise, quantise
from gmlib.flows.flow import Flow
from gmlib.flows.transform import Affine, Sigmoid

DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


class Piecewise(nn.Module):
    """n independent entries, each with the density `heights[j]` on part j of [0, 1], all parts of the same length."""

    def __init__(self, n, heights):
        super().__init__()
        self.n = n
        self.register_buffer("heights", heights)

    def log_prob(self, y):
        part = (y * len(self.heights)).floor().long().clamp(0, len(self.heights) - 1)
        return self.heights[part].log().sum(1)

    def sample(self, n, generator=None):
        mass = torch.multinomial(self.heights.expand(n, -1), self.n, replacement=True, generator=generator)
        return (mass + torch.rand(n, self.n, generator=generator)) / len(self.heights)


def all_images(n, levels):
    return torch.tensor(list(itertools.product(range(levels), repeat=n)))


@pytest.mark.parametrize("levels", [2, 17, 256, 4096, MOST])
@DTYPES
def test_quantise_gives_every_level_back(levels, dtype):
    for place in gmlib.devices():
        x = torch.arange(levels, device=place).repeat(2000 // levels + 20)[:, None]
        y = dequantise(x, levels, device.generator(0), dtype)
        assert (y.dtype, y.device.type) == (dtype, place.type)
        assert y.min() > 0
        assert y.max() < 1
        assert (quantise(y, levels) == x).all()


@pytest.mark.parametrize("u", [0.0, 1 - 2**-24, 1 - 2**-53])
@DTYPES
def test_the_ends_of_the_noise_do_not_leave_the_bin(u, dtype, monkeypatch):
    """Without the margin rounding does: (48 + 0) / 49 * 49 < 48, and 255 + (1 - 2^-24) is 256 in float32."""
    monkeypatch.setattr(
        "gmlib._random.uniform", lambda *shape, generator, like: torch.full(shape, u).to(like).clamp(max=1 - 2**-53)
    )
    for levels in (2, 3, 17, 49, 256, 1000, MOST):
        x = torch.arange(levels)[:, None]
        assert (quantise(dequantise(x, levels, None, dtype), levels) == x).all()


def test_the_noise_is_uniform_in_the_bin():
    y = dequantise(torch.full((20_000, 1), 3), 5, device.generator(1), torch.float64)
    checks.draws_from(y[:, 0] * 5 - 3, lambda u: u.clamp(0, 1))
    noise = dequantise(torch.zeros(4000, 3, dtype=torch.long), 5, device.generator(2))
    assert (torch.corrcoef(noise.T) - torch.eye(3)).abs().max() < 6 / 4000**0.5


def test_quantise_keeps_what_is_outside_in_the_last_bins():
    y = torch.tensor([[-0.3, 0.0, 0.249, 0.25, 0.999, 1.0, 7.0]])
    assert quantise(y, 4).tolist() == [[0, 0, 0, 1, 3, 3, 3]]


def test_a_generator_decides_the_noise():
    x = torch.zeros(5, 4, dtype=torch.long)
    checks.repeats(lambda generator: dequantise(x, 17, generator), "dequantise")
    model = Dequantised(Flow([Sigmoid(4)]), 17)
    checks.repeats(lambda generator: model.elbo(x, 2, generator), "elbo")
    checks.repeats(lambda generator: model.sample(6, generator).double(), "sample")


@pytest.mark.parametrize("levels", [2, 17])
def test_a_uniform_density_costs_log_levels_a_pixel(levels):
    model = Dequantised(Piecewise(6, torch.ones(1)), levels)
    x = torch.randint(levels, (5, 6), generator=device.generator(0))
    for bound in (model.elbo(x, 3), model.iwae_bound(x, 3)):
        checks.close(-bound, torch.full((5,), 6 * math.log(levels)), "the nats of an image")


def test_the_bound_is_exact_where_the_density_is_flat_in_each_bin():
    heights = torch.tensor([0.2, 1.0, 2.4, 0.4])
    model, x = Dequantised(Piecewise(2, heights), 4), all_images(2, 4)
    exact = (heights / 4).log()[x].sum(1)
    checks.close(exact.exp().sum(), torch.tensor(1.0), "the sum of P(x)")
    for bound in (model.elbo(x, 1, device.generator(1)), model.iwae_bound(x, 3, device.generator(2))):
        checks.close(bound, exact, "log P(x)")


def test_the_gap_of_a_density_with_two_parts_a_bin():
    """Bins [0, 1/2) and [1/2, 1) with heights 2a, 2 - 2a inside each: P = 1/2 and the gap -1/2 log(4 a (1 - a))."""
    a = 0.1
    model = Dequantised(Piecewise(1, torch.tensor([2 * a, 2 - 2 * a] * 2)), 2)
    x = torch.tensor([[0], [1]])
    draws = torch.stack([model.elbo(x, 50, device.generator(seed)) for seed in range(2000)])
    gap = -0.5 * math.log(4 * a * (1 - a))
    checks.unbiased(draws, torch.full((2,), math.log(0.5) - gap), "the bound")
    many = model.iwae_bound(x, 200_000, device.generator(3))
    checks.close(many, torch.full((2,), math.log(0.5)), "the bound with many draws", tolerance=0.01)
    means = [
        torch.stack([model.iwae_bound(x, k, device.generator(seed)) for seed in range(2000)]).mean() for k in (1, 3, 30)
    ]
    checks.never_falls(torch.stack(means), "the bound", tolerance=0.02)
    assert means[0] + 0.1 < means[1] < means[2] + 0.02
    assert means[2] < math.log(0.5) + 0.02


def test_probabilities_of_all_images_sum_to_what_the_flow_puts_inside():
    flow = Flow([Affine(2), Sigmoid(2, 0.05)]).double()
    checks.randomise(flow, device.generator(0))
    model, x = Dequantised(flow, 5), all_images(2, 5)
    total = model.iwae_bound(x, 4000, device.generator(1)).exp().sum()
    y = flow.sample(200_000, device.generator(2))
    inside = ((y > 0) & (y < 1)).all(1).double().mean()
    checks.close(total, inside, "the sum of P(x)", tolerance=0.01)
    assert inside < 0.99  # alpha leaves some mass outside, and the bound pays for it
    below = model.elbo(x, 4000, device.generator(3)).exp().sum()
    assert below < total


def test_samples_have_the_probabilities():
    heights = torch.tensor([0.2, 1.0, 2.4, 0.4])
    model, k = Dequantised(Piecewise(2, heights), 4), 20_000
    x = model.sample(k, device.generator(0))
    assert (x.dtype, x.shape) == (torch.long, (k, 2))
    exact = (heights[:, None] * heights).flatten() / 16
    shares = torch.bincount(4 * x[:, 0] + x[:, 1], minlength=16) / k
    assert ((shares - exact).abs() <= 6 * (exact * (1 - exact) / k).sqrt()).all()


@pytest.mark.parametrize("name", ["elbo", "iwae_bound"])
def test_draws_are_averaged_as_the_name_says_and_in_the_order_of_the_images(name):
    flow = Flow([Affine(3), Sigmoid(3)]).double()
    checks.randomise(flow, device.generator(5))
    model, x = Dequantised(flow, 9), torch.randint(9, (4, 3), generator=device.generator(1))
    found = getattr(model, name)(x, 7, device.generator(2))
    y = dequantise(x.repeat(7, 1), 9, device.generator(2), torch.float64)
    terms = flow.log_prob(y).view(7, 4) - 3 * math.log(9)
    expected = terms.mean(0) if name == "elbo" else terms.exp().mean(0).log()
    checks.close(found, expected, name)


@DTYPES
def test_it_runs_where_the_flow_is(dtype):
    for place in gmlib.devices():
        moved = Dequantised(Flow([Affine(4), Sigmoid(4)]), 17).to(place, dtype)
        built = Dequantised(Flow([Affine(4), Sigmoid(4)]).to(place, dtype), 17)
        x = torch.randint(17, (3, 4), generator=device.generator(0)).to(place)
        for model in (moved, built):
            bound = model.elbo(x, 2, device.generator(1))
            assert (bound.dtype, bound.device.type, bound.shape) == (dtype, place.type, (3,))
            assert model.sample(2, device.generator(1)).device.type == place.type
            model.elbo(x, 1, device.generator(2)).sum().backward()
            assert all(bool((p.grad != 0).all()) for p in model.parameters())


def flat(n=3):
    return Dequantised(Flow([Sigmoid(n)]), 5)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dequantise([1], 5), "x: got a list, expected an integer tensor of shape (batch, n)"),
        (
            lambda: dequantise(torch.zeros(2, 3), 5),
            "x: got a float32 tensor of shape (2, 3), expected an integer tensor",
        ),
        (lambda: dequantise(torch.full((1, 1), 5), 5), "x: got an entry 5, expected entries from 0 to 4"),
        (lambda: dequantise(torch.full((1, 1), -1), 5), "x: got an entry -1, expected entries from 0 to 4"),
        (lambda: dequantise(torch.zeros(1, 1).long(), 1), "levels: got 1, expected a whole number from 2 to 65536"),
        (lambda: dequantise(torch.zeros(1, 1).long(), 2**17), "levels: got 131072, expected a whole number from 2 to"),
        (
            lambda: dequantise(torch.zeros(1, 1).long(), 5, dtype=torch.float16),
            "dtype: got torch.float16, expected torch.float32 or torch.float64",
        ),
        (
            lambda: quantise(torch.zeros(3), 5),
            "y: got a float32 tensor of shape (3,), expected a float tensor of shape",
        ),
        (lambda: quantise(torch.full((1, 2), math.nan), 5), "y: got 2 entries that are NaN or infinite"),
        (lambda: quantise(torch.zeros(1, 1), 0), "levels: got 0, expected a whole number from 2 to 65536"),
        (lambda: Dequantised("flow", 5), "flow: got 'flow', expected a module with n, log_prob and sample"),
        (lambda: Dequantised(nn.Linear(2, 2), 5), "flow: got a Linear, expected a module with n, log_prob and sample"),
        (lambda: Dequantised(Flow([Sigmoid(2)]), 1), "levels: got 1, expected a whole number from 2 to 65536"),
        (lambda: flat().elbo(torch.zeros(2, 4).long()), "x: got an int64 tensor of shape (2, 4), expected an integer"),
        (lambda: flat().elbo(torch.zeros(2, 3)), "x: got a float32 tensor of shape (2, 3), expected an integer tensor"),
        (lambda: flat().elbo(torch.full((1, 3), 5)), "x: got an entry 5, expected entries from 0 to 4"),
        (lambda: flat().elbo(torch.zeros(2, 3).long(), 0), "k: got 0, expected a whole number of at least 1"),
        (lambda: flat().iwae_bound(torch.zeros(2, 3).long(), 1.5), "k: got 1.5, expected a whole number of at least 1"),
        (lambda: flat().sample(0), "n: got 0, expected a whole number of at least 1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
