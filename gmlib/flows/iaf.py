"""Inverse autoregressive flow: the mirror of MAF, conditioned on the noise; samples take one pass."""

from jaxtyping import Float
from torch import Tensor

from gmlib import _arguments
from gmlib.flows.flow import Flow
from gmlib.flows.maf import MaskedAffine, orders_of


class InverseMaskedAffine(MaskedAffine):
    """One layer: each entry of the noise is moved and scaled by what came before it in the noise.

        x_i = a_i(z_<i) + b_i(z_<i) z_i        z_i = (x_i - a_i(z_<i)) / b_i(z_<i)
        log |det df/dz| = sum_i log b_i(z_<i)

    A masked network gives all a_i and log b_i from z in one pass, so that `forward` takes one pass. `inverse` finds the
    entries of z one after the other, as `MaskedAffine` does in its forward direction.

    Arguments and errors are those of `MaskedAffine`.
    Source: lecture 002, "masked autoregressive flow (MAF)", which refers to it; Kingma et al. (2016).
    """

    def conditioner(self, z: Float[Tensor, "batch n"]) -> tuple[Tensor, Tensor]:
        """a and log b, (batch, n) each, in one pass; row by row a_i and log b_i depend on z_<i alone."""
        a, raw = self.network(self._check("z", z))
        return a, self._log_b(raw)

    def _forward(self, z):
        a, raw = self.network(z)
        log_b = self._log_b(raw)
        return a + log_b.exp() * z, log_b.sum(1)

    def _inverse(self, x):
        z, _, raw = self.network.walk(x, lambda x_i, a, raw: (x_i - a) / self._log_b(raw).exp())
        return z, -self._log_b(raw).sum(1)


class IAF(Flow):
    """Inverse autoregressive flow: layers of `InverseMaskedAffine` in different orders.

    One pass a layer for samples and their density (`sample_and_log_prob`): what an approximate posterior needs. The
    density of an x from elsewhere takes the incremental walk.

    n:          entries of a vector.
    transforms: how many layers. hidden: units of each hidden layer in each of them.
    generator:  where the first weights come from, and random orders.
    orders:     as for `MAF`: None is index order and its reverse in turn.
    Raises ValueError as `MAF` does.
    Source: lecture 002, "masked autoregressive flow (MAF)", which refers to it; Kingma et al. (2016).
    """

    def __init__(self, n, transforms=2, hidden=(64,), generator=None, orders=None):
        n, transforms = _arguments.count("n", n), _arguments.count("transforms", transforms)
        orders = orders_of(n, transforms, orders, generator)
        super().__init__(InverseMaskedAffine(n, hidden, order, generator) for order in orders)
