"""Devices and seeds."""

import pytest
import torch

import gmlib
from gmlib import checks, device


def test_the_cpu_comes_first_and_every_listed_device_computes():
    assert gmlib.devices()[0] == torch.device("cpu")
    for found in gmlib.devices(mps=True):
        assert torch.ones(2, device=found).sum().item() == 2
        assert device.get(found) == found


def test_generators_repeat_themselves():
    draws = [torch.rand(3, generator=device.generator(7)) for _ in range(2)]
    assert torch.equal(*draws)
    assert not torch.equal(draws[0], torch.rand(3, generator=device.generator(8)))


@pytest.mark.bad_input
@pytest.mark.parametrize("name", ["gpu", "cuda:93", "xpu", None])
def test_a_device_that_is_not_there_is_named_with_what_is(name):
    with pytest.raises(ValueError, match=r"device: got .*, expected one of cpu"):
        device.get(name)


@pytest.mark.bad_input
def test_a_bad_seed_is_named():
    with pytest.raises(ValueError, match="seed: got -1, expected a whole number of at least 0"):
        device.generator(-1)


def normal(place="cpu", dtype=torch.float32):
    mean = torch.tensor([1.0, -2.0], device=place, dtype=dtype)
    return torch.distributions.Normal(mean, torch.ones_like(mean))


def test_draws_repeat_with_the_generator_and_move_it_on():
    for place in gmlib.devices():
        for home in {"cpu", place.type}:
            source = device.generator(3, home)
            first, later = (device.draw(normal(place), (4,), source) for _ in range(2))
            again = device.draw(normal(place), (4,), device.generator(3, home))
            assert torch.equal(first, again)
            assert not torch.equal(first, later)
            assert not torch.equal(first, device.draw(normal(place), (4,), device.generator(4, home)))


def test_draws_have_the_shape_dtype_and_device_of_the_distribution():
    for place in gmlib.devices():
        for dtype in (torch.float32, torch.float64):
            x = device.draw(normal(place, dtype), (3, 5), device.generator(0))
            assert (x.shape, x.dtype, x.device) == ((3, 5, 2), dtype, torch.empty(0, device=place).device)
            assert device.draw(normal(place), generator=device.generator(0)).shape == (2,)


def test_draws_follow_the_distribution():
    for place in gmlib.devices():
        x = device.draw(normal(place), (20_000,), device.generator(5))
        checks.unbiased(x, torch.tensor([1.0, -2.0]), std=1)
        checks.draws_from(x[:, 0] - 1, torch.special.ndtr)


def test_the_global_stream_stays_as_it_was_with_a_generator_and_serves_without():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    device.draw(normal(), (3,), device.generator(1))
    device.draw(normal(), (3,), device.generator(1), reparameterised=True)
    assert torch.equal(before, torch.get_rng_state())
    first = device.draw(normal(), (3,))
    assert not torch.equal(before, torch.get_rng_state())
    torch.manual_seed(0)
    assert torch.equal(first, device.draw(normal(), (3,)))


def test_the_global_stream_of_every_gpu_stays_as_it_was():
    for place in gmlib.devices()[1:]:
        before = torch.cuda.get_rng_state(place)
        device.draw(normal(place), (3,), device.generator(1))
        assert torch.equal(before, torch.cuda.get_rng_state(place))


def test_a_gradient_passes_through_reparameterised_draws_and_no_others():
    mean = torch.tensor([0.5, -1.0], requires_grad=True)
    q = torch.distributions.Normal(mean, 1.0)
    x = device.draw(q, (6,), device.generator(2), reparameterised=True)
    assert torch.equal(torch.autograd.grad(x.sum(), mean)[0], torch.full((2,), 6.0))
    assert not device.draw(q, (6,), device.generator(2)).requires_grad
    assert torch.equal(x, device.draw(q, (6,), device.generator(2)))


def test_what_has_no_path_can_still_be_drawn():
    x = device.draw(torch.distributions.Bernoulli(probs=torch.tensor(0.3)), (20_000,), device.generator(2))
    checks.unbiased(x, 0.3)


@pytest.mark.bad_input
def test_reparameterised_draws_of_a_bernoulli_are_refused():
    coin = torch.distributions.Bernoulli(probs=torch.tensor([0.3]))
    for q in (coin, torch.distributions.Independent(coin, 1)):
        with pytest.raises(ValueError, match="distribution: got a Bernoulli, expected one with rsample"):
            device.draw(q, (2,), device.generator(0), reparameterised=True)
