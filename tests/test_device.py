"""Devices and seeds."""

import pytest
import torch

import gmlib
from gmlib import device


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
