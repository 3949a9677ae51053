"""Draws for every model: made on the generator's device, then moved to where the model is."""

import torch


def home(generator):
    """The device on which a generator draws; None is PyTorch's own, on the CPU."""
    return "cpu" if generator is None else generator.device


def uniform(*shape, generator, like):
    """Numbers from [0, 1): drawn on the generator's device, then moved to that of `like`."""
    return torch.rand(shape, generator=generator, device=home(generator), dtype=like.dtype).to(like.device)


def normal(*shape, generator, like):
    """Standard normal numbers: drawn on the generator's device, then moved to that of `like`."""
    return torch.randn(shape, generator=generator, device=home(generator), dtype=like.dtype).to(like.device)


def choose(u, probabilities):
    """Indices drawn from the last dimension of `probabilities` by inverting its cumulative sum at u, uniform draws."""
    below = u[..., None] >= probabilities.cumsum(-1)
    # rounding can leave the last cumulative sum below 1
    return below.sum(-1).clamp(max=probabilities.shape[-1] - 1)
