"""Planar flow: a bend across one direction, cheap to walk forward, without an inverse in closed form."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.flows.flow import Flow
from gmlib.flows.transform import Transform

_STILL = 0.5413248546129181  # log(e - 1): there softplus is 1, and the layer moves nothing along w


class Planar(Transform):
    """One layer: every point moves along one direction, by an amount that changes across planes orthogonal to w.

        x = z + u_hat h(w.z + b),  h = tanh        log |det df/dz| = log(1 + h'(w.z + b) w.u_hat)

    The map is invertible as long as w.u_hat > -1, since 0 < h' <= 1. The vector u is free, and what moves the points is

        u_hat = u + (m(w.u) - w.u) w / |w|^2,  m(a) = -1 + softplus(a), so that w.u_hat = m(w.u) > -1.

    A layer starts close to the identity. Forward only: samples, and the density at these samples. The inverse has no
    closed form (a search along w would find it).

    n:         entries of a vector.
    generator: where the first weights come from.
    Raises ValueError for an n below 1; NotImplementedError for the inverse.
    Source: lecture 002, "normalizing flows (NF)"; Rezende and Mohamed, Variational inference with normalizing flows
    (2015), equations 10 to 12 and appendix A.
    """

    def __init__(self, n, generator=None):
        super().__init__(n)
        w = _random.normal(self.n, generator=generator, like=self._home)
        w = w / w.norm().clamp(min=0.1)
        small = 0.1 * _random.normal(self.n, generator=generator, like=self._home)
        self.w = nn.Parameter(w)
        self.u = nn.Parameter(small + (_STILL - small @ w) * w / (w @ w))
        self.b = nn.Parameter(_random.normal(1, generator=generator, like=self._home)[0])

    def u_hat(self) -> Float[Tensor, "n"]:
        """The vector along which points move; w.u_hat > -1."""
        return self._constrained()[0]

    def _constrained(self):
        """u_hat and 1 + w.u_hat = softplus(w.u), which keeps its digits where w.u_hat is nearly -1."""
        along, tiny = self.w @ self.u, torch.finfo(self.w.dtype).tiny
        above = F.softplus(along).clamp(min=tiny)
        square = (self.w @ self.w).clamp(min=tiny)  # w = 0 moves all points alike: no 0 / 0
        return self.u + (above - 1 - along) * self.w / square, above

    def _forward(self, z):
        u_hat, above = self._constrained()
        h = torch.tanh(z @ self.w + self.b)
        # 1 + h' w.u_hat with h' = 1 - h^2: a sum of two numbers that are not negative
        return z + h[:, None] * u_hat, torch.log(h.square() + (1 - h.square()) * above)

    def _inverse(self, x):
        raise NotImplementedError(
            "Planar has no inverse in closed form: it gives samples and the density at these samples "
            "(`sample_and_log_prob` of a flow), not the density of an x from elsewhere"
        )


class PlanarFlow(Flow):
    """K planar layers, one after the other; as an approximate posterior of a latent vector.

        x = f_K(... f_1(z)),  z ~ N(0, I),   log q(x) = log N(z; 0, I) - sum_k log(1 + h'(w_k.z_k-1 + b_k) w_k.u_hat_k)

    `sample_and_log_prob` gives both; `inverse` and `log_prob` raise NotImplementedError.

    n:          entries of a vector.
    transforms: how many layers, K.
    Raises ValueError for an n or a number of transforms below 1.
    Source: as for `Planar`.
    """

    def __init__(self, n, transforms=8, generator=None):
        n, transforms = _arguments.count("n", n), _arguments.count("transforms", transforms)
        super().__init__(Planar(n, generator) for _ in range(transforms))
