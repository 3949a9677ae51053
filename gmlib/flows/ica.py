"""Independent components: a linear flow whose noise is not Gaussian, fitted by maximum likelihood."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.flows.transform import Transform

_SCALES = 2.0 ** torch.linspace(-2, 2, 33, dtype=torch.float64)  # tried when a source changes its density


class ICA(Transform):
    """x = A z + b with independent, non-Gaussian sources z; with W = A^-1

        z = W (x - b),        log p(x) = sum_i log p_i(z_i) + log |det W|

    Each source has one of two densities, both symmetric and of fixed width (W takes up the width):

        peaked:  p(z) = 1 / (pi cosh z),                       heavy tails, score -tanh z
        flat:    p(z) = N(z; -1, 1) / 2 + N(z; 1, 1) / 2,      light tails, score tanh z - z

    With two or more Gaussian sources the likelihood would be the same under every rotation among them. Order, signs and
    widths of the sources are not identified: only the set of directions is. Parameters: `W`, (n, n), and `shift` b,
    (n,).

    n: entries of x, and sources. generator: draws the first W, a random rotation or reflection.
    Raises ValueError for an n below 1 and for input as `Transform` says; log_prob, sample as `Flow`'s.
    A round trip strays by rounding times the condition number of W.
    Source: lecture 002, "brief history"; Hyvarinen and Oja, Independent component analysis (2000), section 4.4; the
    choice of densities: Lee, Girolami and Sejnowski (1999).
    """

    def __init__(self, n, generator=None):
        super().__init__(n)
        rotation = torch.linalg.qr(_random.normal(self.n, self.n, generator=generator, like=self._home))[0]
        self.W, self.shift = nn.Parameter(rotation), nn.Parameter(torch.zeros(self.n))
        self.register_buffer("flat", torch.zeros(self.n, dtype=torch.bool))

    @property
    def A(self) -> Float[Tensor, "n n"]:
        """The mixing matrix, W^-1: column i is what source i adds to x."""
        return torch.linalg.inv(self.W)

    def _forward(self, z):
        return torch.linalg.solve(self.W, z.T).T + self.shift, -self._log_det(z)

    def _inverse(self, x):
        return (x - self.shift) @ self.W.T, self._log_det(x)

    def _log_det(self, rows):
        return torch.linalg.slogdet(self.W).logabsdet.expand(len(rows))

    def log_prob(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch"]:
        """log p(x), a density, in nats."""
        z, log_det = self.inverse(x)
        return source_log_prob(z, self.flat).sum(1) + log_det

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors. Raises ValueError for an n below 1."""
        shape = (_arguments.count("n", n), self.n)
        u = _random.uniform(*shape, generator=generator, like=self._home)
        eps = _random.normal(*shape, generator=generator, like=self._home)
        peaked = (torch.pi / 2 * u.clamp(min=2.0**-25)).tan().log()  # the cdf is 2/pi arctan(exp(z))
        return self._forward(torch.where(self.flat, eps + (u < 0.5).to(u.dtype) * 2 - 1, peaked))[0]

    @torch.no_grad()
    def fit(self, x: Float[Tensor, "batch n"], iterations=100, rounds=10) -> "ICA":
        """Maximise the likelihood of the rows of x, from the present rotation of the whitened x; returns the model.

        Each round climbs W by L-BFGS, then gives each source the density under which it is more likely; rounds end
        when none has changed. Deterministic; the likelihood has local maxima, so another first W may find another one.
        iterations: of L-BFGS in a round. rounds: at most so many.
        Raises ValueError for counts below 1 and for columns of x that are constant or linearly dependent.
        """
        iterations, rounds = _arguments.count("iterations", iterations), _arguments.count("rounds", rounds)
        K, mean = whitening(self._check("x", x))
        self.shift.copy_(mean)
        y = (x - mean) @ K.T
        V = torch.linalg.qr(self.W)[0]
        flat, scale = _densities(y @ V.T, self.flat)
        for _ in range(rounds):
            V, before = _climb(scale[:, None] * V, y, flat, iterations), flat
            flat, scale = _densities(y @ V.T, flat)
            if bool((flat == before).all()):
                break
        self.W.copy_(scale[:, None] * V @ K)
        self.flat.copy_(flat)
        return self


def source_log_prob(z: Float[Tensor, "batch n"], flat: Bool[Tensor, "n"]) -> Float[Tensor, "batch n"]:
    """The log-density of each source, in nats. flat: which of them have the flat density."""
    log_cosh = z.abs() + F.softplus(-2 * z.abs()) - math.log(2)  # no overflow
    return torch.where(flat, log_cosh - 0.5 * (z.square() + 1 + math.log(2 * math.pi)), -log_cosh - math.log(math.pi))


def whitening(x: Float[Tensor, "batch n"]) -> tuple[Float[Tensor, "n n"], Float[Tensor, "n"]]:
    """K and mean for which (x - mean) K^T has mean 0 and covariance I: the principal axes, each divided by its spread.

    Raises ValueError for columns that are constant or linearly dependent.
    """
    wide = x if x.device.type == "mps" else x.double()
    mean = wide.mean(0)
    covariance = (wide - mean).T @ (wide - mean) / len(x)
    spread = covariance.diagonal().sqrt()
    # judged by correlations: a column in another unit is no worse
    least = torch.linalg.eigvalsh((covariance / (spread[:, None] * spread)).nan_to_num())[0]
    if not bool(least > 10 * torch.finfo(x.dtype).eps):
        _arguments.fail("x", "columns that are constant or linearly dependent", "columns with an invertible covariance")
    variances, axes = torch.linalg.eigh(covariance)
    return (axes / variances.sqrt()).T.to(x), mean.to(x)


def _climb(V, y, flat, iterations):
    """V with a higher likelihood of the white y: L-BFGS; the old V where it did not climb."""
    V = V.clone(memory_format=torch.contiguous_format).requires_grad_()
    best = V.detach().clone()

    def loss():
        return -source_log_prob(y @ V.T, flat).sum(1).mean() - torch.linalg.slogdet(V).logabsdet

    small = torch.finfo(y.dtype).eps  # further down rounding alone decides
    optimiser = torch.optim.LBFGS(
        [V],
        max_iter=iterations,
        tolerance_grad=small**0.75,
        tolerance_change=10 * small,
        line_search_fn="strong_wolfe",
    )

    def closure():
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return value

    with torch.enable_grad():
        start = loss().detach()
        optimiser.step(closure)
    return V.detach() if bool(loss().detach() <= start) else best


def _densities(z, flat):
    """For each source the density under which it is more likely at its best width, and that width as a factor of z."""
    scales = _SCALES.to(z)
    both = []
    for kind in (torch.zeros_like(flat), torch.ones_like(flat)):
        both.append(torch.stack([source_log_prob(s * z, kind).mean(0) + s.log() for s in scales]))
    best = [likelihood.max(0) for likelihood in both]
    change = torch.where(flat, best[0].values > best[1].values, best[1].values > best[0].values)
    scale = torch.where(flat, scales[best[0].indices], scales[best[1].indices])
    return flat ^ change, torch.where(change, scale, torch.ones_like(scale))
