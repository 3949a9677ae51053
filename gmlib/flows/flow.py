"""A flow: transforms one after the other, from noise to data, and the density that they give it."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.flows.transform import Pair, Transform


class Flow(Transform):
    """x = f_K(... f_2(f_1(z))), z ~ N(0, I): an exact density and exact samples.

        log p(x) = log N(f^-1(x); 0, I) + log |det df^-1/dx|,    log |det df/dz| = sum_k log |det df_k/dz_{k-1}|

    A flow is a Transform itself: a flow of flows is one too.

    transforms: f_1 first, the one next to the noise; all of the same n.
    Raises ValueError for what is no list, for an empty one, for an entry that is no Transform, and for transforms of
    different n.
    Source: lecture 000, "Normalizing Flows" and problem 7; lecture 002, "compositions".
    """

    def __init__(self, transforms):
        if isinstance(transforms, Transform) or not hasattr(transforms, "__iter__"):
            _arguments.fail("transforms", _arguments.describe(transforms), "a list of Transforms")
        transforms = list(transforms)
        if not transforms:
            _arguments.fail("transforms", "an empty list", "at least one Transform")
        for k, transform in enumerate(transforms):
            if not isinstance(transform, Transform):
                _arguments.fail(f"transforms[{k}]", _arguments.describe(transform), "a Transform")
            if transform.n != transforms[0].n:
                _arguments.fail(f"transforms[{k}]", f"n = {transform.n}", f"n = {transforms[0].n}, as in transforms[0]")
        super().__init__(transforms[0].n)
        self._home = transforms[0]._home.new_empty(0)
        self.transforms = nn.ModuleList(transforms)

    def _forward(self, z):
        x, total = z, 0.0
        for transform in self.transforms:
            x, log_det = transform._forward(x)
            total = total + log_det
        return x, total

    def _inverse(self, x):
        z, total = x, 0.0
        for transform in reversed(self.transforms):
            z, log_det = transform._inverse(z)
            total = total + log_det
        return z, total

    def path(self, z: Float[Tensor, "batch n"]) -> list[Pair]:
        """What each transform makes of z: [(z, 0), (f_1(z), log_det so far), ..., (f(z), log |det df/dz|)]."""
        found = [(self._check("z", z), z.new_zeros(len(z)))]
        for transform in self.transforms:
            x, log_det = transform._forward(found[-1][0])
            found.append((x, found[-1][1] + log_det))
        return found

    def log_prob(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch"]:
        """log p(x), a density, in nats."""
        z, log_det = self.inverse(x)
        return standard_normal_log_prob(z) + log_det

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors. Raises ValueError for an n below 1."""
        return self._forward(self._noise(n, generator))[0]

    def sample_and_log_prob(self, n, generator=None) -> Pair:
        """Draw n vectors x with their log p(x), in nats, through the forward direction alone.

        Gradients pass through both: the draws are reparameterised. Raises ValueError for an n below 1.
        """
        z = self._noise(n, generator)
        x, log_det = self._forward(z)
        return x, standard_normal_log_prob(z) - log_det

    def _noise(self, n, generator):
        return _random.normal(_arguments.count("n", n), self.n, generator=generator, like=self._home)


def standard_normal_log_prob(z: Float[Tensor, "batch n"]) -> Float[Tensor, "batch"]:
    """log N(z; 0, I) in nats."""
    return -0.5 * (z.square().sum(-1) + z.shape[-1] * math.log(2 * math.pi))
