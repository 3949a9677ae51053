"""What every layer of a flow is: an invertible map with a log-determinant each way; and the plainest such maps."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments, _state

Pair = tuple[Float[Tensor, "batch n"], Float[Tensor, "batch"]]


def bounded(raw, bound):
    """bound tanh(raw / bound), of any tensor, strictly rising and within +-bound; by the sigmoid, in half the time."""
    return 2 * bound * torch.sigmoid(raw * (2 / bound)) - bound


class Transform(nn.Module):
    """An invertible, differentiable map x = f(z) of vectors with n entries, whose inverse is differentiable too.

        forward(z) -> (f(z), log |det df/dz|)        inverse(x) -> (f^-1(x), log |det df^-1/dx|)

    z is on the base distribution's side, x on the data's. Each log-determinant, (batch,) in nats, belongs to its own
    direction: at z = f^-1(x) the two sum to zero. A subclass writes `_forward` and `_inverse`, which take what has been
    checked; neither may change anything in the module. One that has no inverse in closed form leaves `_inverse` out.

    n: entries of a vector.
    Raises ValueError for an n below 1 and for input that is not (batch, n) finite numbers of the module's dtype, on its
    device; NotImplementedError for a direction that has no closed form.
    Source: lecture 000, "Normalizing Flows"; lecture 002, "change of variables".
    """

    def __init__(self, n):
        super().__init__()
        self.n = _arguments.count("n", n)
        self.register_buffer("_home", torch.empty(0), persistent=False)  # what .to() and .double() did to the module

    def forward(self, z: Float[Tensor, "batch n"]) -> Pair:
        """x = f(z) and log |det df/dz|."""
        return self._forward(self._check("z", z))

    def inverse(self, x: Float[Tensor, "batch n"]) -> Pair:
        """z = f^-1(x) and log |det df^-1/dx|."""
        return self._inverse(self._check("x", x))

    def _forward(self, z):
        raise NotImplementedError(f"{type(self).__name__} has no forward map in closed form")

    def _inverse(self, x):
        raise NotImplementedError(f"{type(self).__name__} has no inverse in closed form")

    def _check(self, name, value):
        return _arguments.tensor(name, value, ("batch", self.n), self._home.dtype, device=self._home.device)


class Inverse(Transform):
    """The same map, walked the other way: its forward is the inverse of `transform`, and the reverse.

    Raises ValueError where `transform` is no Transform.
    """

    def __init__(self, transform):
        if not isinstance(transform, Transform):
            _arguments.fail("transform", _arguments.describe(transform), "a Transform")
        super().__init__(transform.n)
        self._home = transform._home.new_empty(0)
        self.transform = transform

    def _forward(self, z):
        return self.transform._inverse(z)

    def _inverse(self, x):
        return self.transform._forward(x)


class Permutation(Transform):
    """x_i = z_order[i]: the entries in another order; the log-determinant is 0 both ways.

    order: each index from 0 to n - 1 once. Raises ValueError for anything else.
    """

    def __init__(self, order):
        if not hasattr(order, "__len__") or getattr(order, "ndim", 1) != 1:
            _arguments.fail("order", _arguments.describe(order), "a list of indices")
        super().__init__(len(order))
        order = torch.tensor(_arguments.ordering("order", order, len(order)))
        _state.settle(self, "order", order)
        self.register_buffer("place", torch.argsort(order), persistent=False)

    def _forward(self, z):
        return z[:, self.order], z.new_zeros(len(z))

    def _inverse(self, x):
        return x[:, self.place], x.new_zeros(len(x))


class Affine(Transform):
    """x_i = exp(s_i) z_i + t_i, the same for every vector; log |det df/dz| = sum_i s_i.

    `log_scale` s and `shift` t are parameters, (n,), at first 0: the identity.
    """

    def __init__(self, n):
        super().__init__(n)
        self.log_scale, self.shift = nn.Parameter(torch.zeros(self.n)), nn.Parameter(torch.zeros(self.n))

    def _forward(self, z):
        return z * self.log_scale.exp() + self.shift, self.log_scale.sum().expand(len(z))

    def _inverse(self, x):
        return (x - self.shift) * (-self.log_scale).exp(), -self.log_scale.sum().expand(len(x))

    @torch.no_grad()
    def standardise(self, x: Float[Tensor, "batch n"]) -> "Affine":
        """Set shift and scale to the mean and the standard deviation of the columns of x; returns the transform.

        Raises ValueError for a column whose entries are all the same.
        """
        spread = self._check("x", x).std(0, correction=0)
        if not bool((spread > 0).all()):
            _arguments.fail("x", f"a constant column {int((~(spread > 0)).nonzero()[0])}", "columns that vary")
        self.log_scale.copy_(spread.log())
        self.shift.copy_(x.mean(0))
        return self


class Sigmoid(Transform):
    """From the line to the unit interval and a little beyond; its inverse is the logit of what is moved off the ends.

        x = (sigmoid(z) - alpha) / (1 - 2 alpha),        z = logit(alpha + (1 - 2 alpha) x)
        log |det df/dz| = sum_i log sigmoid(z_i) + log sigmoid(-z_i) - log(1 - 2 alpha)

    alpha: from 0 to below 1/2. Above 0, an x of exactly 0 or 1 has a finite z, and f takes some z outside [0, 1].
    Raises ValueError for another alpha, and for an x whose logit is not finite.
    Source: Dinh et al., Density estimation using Real NVP (2017), section 4.1.
    """

    def __init__(self, n, alpha=0.05):
        super().__init__(n)
        if not isinstance(alpha, (int, float)) or not 0 <= alpha < 0.5:
            _arguments.fail("alpha", _arguments.describe(alpha), "a number from 0 to below 1/2")
        self.alpha = float(alpha)

    def _log_det(self, z):
        return (F.logsigmoid(z) + F.logsigmoid(-z)).sum(1) - self.n * math.log1p(-2 * self.alpha)

    def _forward(self, z):
        return (torch.sigmoid(z) - self.alpha) / (1 - 2 * self.alpha), self._log_det(z)

    def _inverse(self, x):
        inside = self.alpha + (1 - 2 * self.alpha) * x
        if not bool(((inside > 0) & (inside < 1)).all()):
            low, high = 0.0 - self.alpha / (1 - 2 * self.alpha), (1 - self.alpha) / (1 - 2 * self.alpha)
            bad = x[~((inside > 0) & (inside < 1))][0].item()
            _arguments.fail("x", f"an entry {bad:g}", f"entries above {low:.4g} and below {high:.4g}")
        z = torch.logit(inside)
        return z, -self._log_det(z)
