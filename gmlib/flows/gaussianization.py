"""Iterative Gaussianisation: turn the data, make each column Gaussian, and again, until all of it is."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments
from gmlib.flows.flow import Flow
from gmlib.flows.ica import ICA, whitening
from gmlib.flows.transform import Transform

_TURNS = ("ica", "pca", "random")


class MarginalGaussianization(Transform):
    """z_i = Phi^-1(F_i(x_i)), one coordinate at a time; F_i the cdf of a mixture of K Gaussians, fitted by EM.

        log |det dz/dx| = sum_i log F_i'(x_i) - log N(z_i; 0, 1)

    The other way x_i solves F_i(x_i) = Phi(z_i), by bisection between min_k and max_k of mu_ik + sigma_ik z_i, which
    always enclose it. Both ways work with log F or log(1 - F), whichever is smaller, so that the tails are as exact as
    the middle: beyond the data z grows like (x - mu) / sigma, and neither 1e4 nor 1e-8 gives an infinity.
    Round trips z -> x -> z stray by less than 1e-9 in float64 and 1e-3 in float32, relative to max(1, |z|). The other
    way x is only as sure as F: in a gap between modes, where F is level to rounding, nothing says where x was.

    n: entries of a vector. components: K. Parameters `means`, `log_scales`, `logits`, (n, K), at first close to the
    identity for |x| below 2.
    Raises ValueError for counts below 1 and for input as `Transform` says.
    Source: lecture 002, "brief history"; Chen and Gopinath, Gaussianization (2001).
    """

    def __init__(self, n, components=8):
        super().__init__(n)
        K = self.components = _arguments.count("components", components)
        places = torch.special.ndtri((torch.arange(K) + 0.5) / K)
        width = (1 - places.square().mean()).clamp(min=1e-2).sqrt()
        self.means = nn.Parameter(places.repeat(self.n, 1))
        self.log_scales = nn.Parameter(width.log().expand(self.n, K).clone())
        self.logits = nn.Parameter(torch.zeros(self.n, K))

    @torch.no_grad()
    def fit(self, x: Float[Tensor, "batch n"], iterations=50, floor=0.1) -> "MarginalGaussianization":
        """Fit each F_i to column i of x by EM, from its quantiles; returns the transform. Deterministic.

        floor: added to every sigma in quadrature, as a share of the column's standard deviation: 0 would let a
        component close in on one point.
        Raises ValueError for a column whose entries are all the same, and a floor that is not above 0.
        """
        iterations, column = _arguments.count("iterations", iterations), self._check("x", x)
        floor = _arguments.positive("floor", floor)
        spread, mean = column.std(0, correction=0), column.mean(0)
        if not bool((spread > 0).all()):
            _arguments.fail("x", f"a constant column {int((~(spread > 0)).nonzero()[0, 0])}", "columns that vary")
        levels = (torch.arange(self.components, dtype=x.dtype, device=x.device) + 0.5) / self.components
        y = ((x - mean) / spread).T.contiguous()[:, None, :]  # (n, 1, batch): sums run along the batch
        means = torch.quantile(y[:, 0], levels, dim=1).T[:, :, None]  # (n, K, 1)
        variances = torch.full_like(means, 1 / self.components)
        weights = torch.full_like(means, 1 / self.components)
        for _ in range(iterations):
            log_joint = (y - means).square() / (-2 * variances) + (weights.log() - 0.5 * variances.log())
            shares = log_joint.softmax(1)  # (n, K, batch)
            total = shares.sum(2, keepdim=True).clamp(min=1e-6)
            weights, means = total / total.sum(1, keepdim=True), (shares * y).sum(2, keepdim=True) / total
            variances = (shares * (y - means).square()).sum(2, keepdim=True) / total + floor**2
        self.means.copy_(means[:, :, 0] * spread[:, None] + mean[:, None])
        self.log_scales.copy_(0.5 * variances[:, :, 0].log() + spread.log()[:, None])
        self.logits.copy_(weights[:, :, 0].log())
        return self

    def _standard(self, x):
        return (x[:, :, None] - self.means) * (-self.log_scales).exp()  # (batch, n, K)

    def _inverse(self, x):
        u, log_w = self._standard(x), self.logits.log_softmax(1)
        below, above = log_w + _LogNdtr.apply(u), log_w + _LogNdtr.apply(-u)
        upper = below.logsumexp(2) > above.logsumexp(2)
        side = torch.where(upper, -1.0, 1.0).to(x.dtype)  # in the upper half the same as below, mirrored
        tail = torch.where(upper[:, :, None], above, below)
        z = normal_quantile(tail.logsumexp(2))  # at most 0
        # dz/dx = (F'/F) / (phi/Phi): ratios, for the densities themselves underflow in the tails
        ratio = tail.log_softmax(2) + log_ratio(side[:, :, None] * u) - self.log_scales
        return side * z, (ratio.logsumexp(2) - log_ratio(z)).sum(1)

    def _forward(self, z):
        x = self._search(z)
        if torch.is_grad_enabled():
            again, _ = self._inverse(x)
            slope = _slope(self, x)
            move = (z - again) / slope
            x = x + (move - move.detach())  # the same value, with the gradient of the implicit function
        return x, -self._inverse(x)[1]

    @torch.no_grad()
    def _search(self, z):
        """x_i with F_i(x_i) = Phi(z_i), by halving to the last bit."""
        ends = self.means + self.log_scales.exp() * z[:, :, None]
        low, high = ends.min(2).values, ends.max(2).values
        upper = z > 0
        side, log_w = torch.where(upper, -1.0, 1.0).to(z.dtype), self.logits.log_softmax(1)
        aim = torch.special.log_ndtr(side * z)
        for _ in range(64 if z.dtype == torch.float64 else 36):
            x = low + (high - low) / 2
            tail = (log_w + torch.special.log_ndtr(side[:, :, None] * self._standard(x))).logsumexp(2)
            left = (tail < aim) ^ upper  # x lies left of what is sought
            low, high = torch.where(left, x, low), torch.where(left, high, x)
        return low + (high - low) / 2


def _slope(layer, x):
    """dz/dx of each entry on its own, without gradient."""
    with torch.enable_grad():
        free = x.detach().requires_grad_()
        return torch.autograd.grad(layer._inverse(free)[0].sum(), free)[0]


class _LogNdtr(torch.autograd.Function):
    """log Phi(u); PyTorch's own gradient is a difference of two large numbers where u is far below 0."""

    @staticmethod
    def forward(ctx, u):
        ctx.save_for_backward(u)
        return torch.special.log_ndtr(u)

    @staticmethod
    def backward(ctx, grad):
        return grad * log_ratio(ctx.saved_tensors[0]).exp()


def log_ratio(u: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """log of phi(u) / Phi(u) for the standard normal, without the difference of two large numbers for u far below 0."""
    low, high = u.clamp(max=1), u.clamp(min=1)
    tail = 0.5 * math.log(2 / math.pi) - torch.special.erfcx(-low / math.sqrt(2)).log()
    rest = -0.5 * (high.square() + math.log(2 * math.pi)) - torch.special.log_ndtr(high)
    return torch.where(u < 1, tail, rest)


class _Quantile(torch.autograd.Function):
    """z from log Phi(z), with the gradient of the solution in the place of Newton's steps."""

    @staticmethod
    def forward(ctx, log_p):
        far = log_p.clamp(max=-20)
        start = -(-2 * far - (-2 * far).log() - math.log(2 * math.pi)).sqrt()
        z = torch.where(log_p > -20, torch.special.ndtri(log_p.clamp(min=-20).exp()), start)
        for _ in range(4):  # Newton's method on a concave function
            z = z - (torch.special.log_ndtr(z) - log_p) * (-log_ratio(z)).exp()
        ctx.save_for_backward(z)
        return z

    @staticmethod
    def backward(ctx, grad):
        return grad * (-log_ratio(ctx.saved_tensors[0])).exp()  # dz/dlog_p = Phi / phi


def normal_quantile(log_p: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """z with log Phi(z) = log_p, for a log_p of at most log(1/2), however small exp(log_p) is."""
    return _Quantile.apply(log_p)


class Gaussianization(Flow):
    """Layers z <- M(W (z - b)): a linear map that unmixes, then every coordinate made Gaussian; repeated.

    A Flow with transforms [M_K, W_K, ..., M_1, W_1]: log p(x) = log N(z; 0, I) + the sum of all log-determinants. `fit`
    builds it layer by layer without a gradient through the layers: what one leaves is what the next one sees. An exact
    M takes the sum of the marginals' KL to N(0, 1) off the KL of z to N(0, I); W changes how it is shared out. All of
    it can be trained further by `training.fit`.

    layers: K. components: of each marginal. turn: how W is chosen: "ica" (independent components), "pca" (whitened
    principal axes), "random" (a random rotation, the first layer still "pca"). generator: of the rotations.
    Raises ValueError for counts below 1 and another turn. Round trips: each layer adds its marginals' error.
    Source: lecture 002, "brief history"; Chen and Gopinath (2001); Laparra, Camps-Valls and Malo (2011).
    """

    def __init__(self, n, layers=5, components=8, turn="ica", generator=None):
        if turn not in _TURNS:
            _arguments.fail("turn", _arguments.describe(turn), "one of " + ", ".join(_TURNS))
        pairs = [
            (MarginalGaussianization(n, components), ICA(n, generator))
            for _ in range(_arguments.count("layers", layers))
        ]
        super().__init__([layer for pair in pairs for layer in pair])
        self.turn = turn

    @torch.no_grad()
    def fit(
        self, x: Float[Tensor, "batch n"], held_out: Float[Tensor, "held n"] | None = None, floor=0.1
    ) -> list[float]:
        """Fit layer after layer to the rows of x. Returns -log p in nats after 0 layers (whitening alone), 1, ..., K,
        the mean over `held_out`, or over x where none is given; held_out chooses nothing.

        floor: of the marginals. Raises ValueError for columns that are constant or linearly dependent.
        """
        judged = self._check("x", x) if held_out is None else self._check("held_out", held_out)
        K, mean = whitening(x)
        log_det = torch.linalg.slogdet(K).logabsdet
        curve = [self._nats((judged - mean) @ K.T, log_det)]
        log_det, layers = torch.zeros_like(log_det), list(reversed(self.transforms))
        for k, (turn, marginals) in enumerate(zip(layers[::2], layers[1::2], strict=True)):
            if self.turn == "ica":
                turn.fit(x, iterations=30, rounds=3)
            elif self.turn == "pca" or k == 0:
                K, mean = whitening(x)
                turn.W.copy_(K), turn.shift.copy_(mean)
            x, judged, log_det = turn._inverse(x)[0], *_add(turn, judged, log_det)
            marginals.fit(x, floor=floor)
            x, judged, log_det = marginals._inverse(x)[0], *_add(marginals, judged, log_det)
            curve.append(self._nats(judged, log_det))
        return curve

    @staticmethod
    def _nats(z, log_det):
        log_p = -0.5 * (z.square().sum(1) + z.shape[1] * math.log(2 * math.pi)) + log_det
        return -log_p.double().mean().item()


def _add(transform, x, log_det):
    z, more = transform._inverse(x)
    return z, log_det + more
