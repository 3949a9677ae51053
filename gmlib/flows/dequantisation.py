"""Densities for what is counted: noise fills the bins of discrete images, and the constant that leads back to them."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gmlib import _arguments, _random

MOST = 2**16  # levels; with more of them float32 could not tell the noise in a bin


def dequantise(x: Int[Tensor, "batch n"], levels, generator=None, dtype=torch.float32) -> Float[Tensor, "batch n"]:
    """Noise that fills the bin of each level: y = (x + u) / levels, u uniform on (0, 1).

    x: (batch, n), whole numbers from 0 to levels - 1. u keeps levels * eps away from 0 and 1, so that no rounding puts
    y into a neighbouring bin: `quantise` gives x back.
    Raises ValueError for an x that is no such tensor, for levels below 2 or above 2^16, and for a dtype but float32 and
    float64.
    Source: Uria, Murray and Larochelle, RNADE (2013); Theis, van den Oord and Bethge, A note on the evaluation of
    generative models (2016).
    """
    levels = _levels(levels)
    _arguments.tensor("x", x, ("batch", "n"), "integer", low=0, high=levels - 1)
    if dtype not in (torch.float32, torch.float64):
        _arguments.fail("dtype", repr(dtype), "torch.float32 or torch.float64")
    u = _random.uniform(*x.shape, generator=generator, like=torch.empty(0, dtype=dtype, device=x.device))
    edge = levels * torch.finfo(dtype).eps
    return (x + u.clamp(edge, 1 - edge)) / levels


def quantise(y: Float[Tensor, "batch n"], levels) -> Int[Tensor, "batch n"]:
    """The level in whose bin y lies: floor(levels y), the first or the last one for a y outside [0, 1).

    Raises ValueError for a y that is no (batch, n) tensor of finite numbers and for levels below 2 or above 2^16.
    """
    levels = _levels(levels)
    _arguments.tensor("y", y, ("batch", "n"), "float")
    return (y * levels).floor().clamp(0, levels - 1).long()


class Dequantised(nn.Module):
    """Discrete images under a density p of dequantised ones. Their probability is the mass of a bin,

        P(x) = int p((x + u) / levels) du / levels^n,    log P(x) >= E_u[log p((x + u) / levels)] - n log levels

    (Jensen), with equality where p is flat in the bin. What is optimised and reported is the bound, so `elbo`, and no
    log_prob. All in nats of the whole image; training.bits_per_dim(nats, n) are bits a pixel.

    flow:   a module with `n`, `log_prob(y)` and `sample(n, generator)`, for example a Flow whose last transform is a
            Sigmoid. Mass that it puts outside [0, 1]^n is lost.
    levels: number of values of a pixel, 0 to levels - 1.
    Raises ValueError for a flow without these, and for levels below 2 or above 2^16.
    Source: lecture 000, "Normalizing Flows"; Theis et al. (2016); Dinh et al. (2017), section 4.1.
    """

    def __init__(self, flow, levels):
        super().__init__()
        if not isinstance(flow, nn.Module) or not all(hasattr(flow, name) for name in ("n", "log_prob", "sample")):
            _arguments.fail("flow", _arguments.describe(flow), "a module with n, log_prob and sample")
        self.n, self.levels, self.flow = flow.n, _levels(levels), flow
        home = next(
            (part for part in (*flow.parameters(), *flow.buffers()) if part.is_floating_point()), torch.empty(0)
        )
        self.register_buffer("_home", home.new_empty(0), persistent=False)  # what .to() and .double() did

    def elbo(self, x: Int[Tensor, "batch n"], k=1, generator=None) -> Float[Tensor, "batch"]:
        """The bound on log P(x), in nats, by the mean over k draws of the noise: unbiased for the bound at every k.

        Raises ValueError for a k below 1 and an x that is not (batch, n) whole numbers from 0 to levels - 1.
        """
        return self._log_weights(x, k, generator).mean(0)

    def iwae_bound(self, x: Int[Tensor, "batch n"], k, generator=None) -> Float[Tensor, "batch"]:
        """log 1/k sum_j p(y_j) / levels^n over k draws: on average above `elbo`, below log P(x), which it tends to.

        Raises ValueError as `elbo` does.
        """
        return self._log_weights(x, k, generator).logsumexp(0) - math.log(k)

    @torch.no_grad()
    def sample(self, n, generator=None) -> Int[Tensor, "samples n"]:
        """Draw n images. Raises ValueError for an n below 1."""
        return quantise(self.flow.sample(n, generator), self.levels)

    def _log_weights(self, x, k, generator):
        """log p(y) - n log levels of k dequantised copies of x: (k, batch)."""
        k = _arguments.count("k", k)
        _arguments.tensor("x", x, ("batch", self.n), "integer", low=0, high=self.levels - 1, device=self._home.device)
        y = dequantise(x.repeat(k, 1), self.levels, generator, self._home.dtype)
        return self.flow.log_prob(y).unflatten(0, (k, len(x))) - self.n * math.log(self.levels)


def _levels(levels):
    return _arguments.count("levels", levels, low=2, high=MOST)
