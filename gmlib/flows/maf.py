"""Masked autoregressive flow: each entry moves and scales the next by what came before; densities take one pass."""

import torch
from jaxtyping import Float
from torch import Tensor

from gmlib import _arguments, _random
from gmlib.flows._masked import MaskedNetwork
from gmlib.flows.flow import Flow
from gmlib.flows.transform import Transform, bounded


class MaskedAffine(Transform):
    """One layer: a Gaussian autoregression, read as a map from noise to data.

        x_i = a_i(x_<i) + b_i(x_<i) z_i        z_i = (x_i - a_i(x_<i)) / b_i(x_<i)
        log |det df/dz| = sum_i log b_i(x_<i)

    A masked network gives all a_i and log b_i from x in one pass, so that `inverse` takes one pass. `forward` finds the
    entries one after the other, and evaluates at each step only the units that became known: all n steps together cost
    about as much as one pass. log b is bounded, log b = bound tanh(raw / bound): no input makes b overflow or vanish.
    Rounding grows from entry to entry and from layer to layer: far from the data, or with large weights and many
    entries, a round trip in float32 can be lost where one in float64 is not.

    n:         entries of a vector.
    hidden:    units of each hidden layer; each conditional sees all entries before it once a layer has n - 1 units.
    ordering:  the n indices, first generated first; None is index order.
    generator: where the first weights come from.
    bound:     the largest |log b|, above 0.
    Raises ValueError for an n or hidden size below 1, hidden sizes not in a list, an ordering that is no permutation,
    and a bound that is not above 0.
    Source: lecture 002, "masked autoregressive flow"; Papamakarios et al. (2017).
    """

    def __init__(self, n, hidden=(64,), ordering=None, generator=None, bound=3.0):
        super().__init__(n)
        self.ordering = _arguments.ordering("ordering", ordering, self.n)
        self.network = MaskedNetwork(self.n, hidden, 2, self.ordering, generator)
        self.bound = _arguments.positive("bound", bound)

    def conditioner(self, x: Float[Tensor, "batch n"]) -> tuple[Tensor, Tensor]:
        """a and log b, (batch, n) each, in one pass; row by row a_i and log b_i depend on x_<i alone."""
        a, raw = self.network(self._check("x", x))
        return a, self._log_b(raw)

    def _log_b(self, raw):
        return bounded(raw, self.bound)

    def _inverse(self, x):
        a, raw = self.network(x)
        log_b = self._log_b(raw)
        return (x - a) / log_b.exp(), -log_b.sum(1)

    def _forward(self, z):
        x, _, raw = self.network.walk(z, lambda z_i, a, raw: a + self._log_b(raw).exp() * z_i)
        return x, self._log_b(raw).sum(1)


def orders_of(n, count, orders, generator) -> list[list[int]]:
    """One ordering a layer. orders: as for `MAF`."""
    if orders is None:
        return [list(range(n))[:: -1 if k % 2 else 1] for k in range(count)]
    if isinstance(orders, str) and orders == "random":
        return [torch.randperm(n, generator=generator, device=_random.home(generator)).tolist() for _ in range(count)]
    if not isinstance(orders, (list, tuple)) or len(orders) != count:
        got = f"{len(orders)} orders" if isinstance(orders, (list, tuple)) else _arguments.describe(orders)
        _arguments.fail("orders", got, f"None, 'random' or a list of {count} orders, one a layer")
    return [_arguments.ordering(f"orders[{k}]", order, n) for k, order in enumerate(orders)]


class MAF(Flow):
    """Masked autoregressive flow: layers of `MaskedAffine` in different orders.

        x = f_K(... f_1(z)),  log p(x) = log N(z; 0, I) - sum_k sum_i log b_i^k

    One pass a layer for a density; samples by the incremental walk, never n passes. With one layer each conditional is
    a single Gaussian; with more it is not.

    n:          entries of a vector.
    transforms: how many layers. hidden: units of each hidden layer in each of them.
    generator:  where the first weights come from, and random orders.
    orders:     None is index order and its reverse in turn: what comes last in one layer comes first in the next.
                "random" draws one for each layer, often better for many variables. Or a list of one ordering a layer.
    Raises ValueError for an n, transforms or hidden size below 1, for hidden sizes not in a list and for other orders.
    Source: lecture 002, "masked autoregressive flow"; Papamakarios et al. (2017).
    """

    def __init__(self, n, transforms=5, hidden=(64,), generator=None, orders=None):
        n, transforms = _arguments.count("n", n), _arguments.count("transforms", transforms)
        orders = orders_of(n, transforms, orders, generator)
        super().__init__(MaskedAffine(n, hidden, order, generator) for order in orders)
