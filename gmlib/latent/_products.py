"""One step of EM for Gaussian mixtures, a matrix product each for E and M.

With u = x - c, c the mean of the data, log p(x, z = k) is linear in the features phi(x) = (u_i u_j for i <= j, u, 1):

    E:  log p(x, z = k) = phi(x) . w_k,        M:  sum_x p(z = k | x) phi(x)

holds all that the new weights, means and covariances need. Rows go through in blocks that fit into the cache, and in
float64, whatever the module's dtype is.

What it costs in digits: the products cancel, so the log-density of component k loses about
eps (|mu_k - c|^2 + tr Sigma_k) tr Sigma_k^-1, eps = 2.2e-16. Where that would pass `LIMIT` times eps, 2e-10 nats, the
component is taken `apart`: whitened, |L^-1 (x - mu_k)|^2, and summed about its own mean, as slow as the plain form.
"""

import math
from dataclasses import dataclass

import torch

from gmlib.latent._em import blocks

WIDE = torch.float64
LIMIT = 1e6


@dataclass
class Gaussians:
    """What the E-step needs: log_weights (K,), means (K, n), whiteners L^-1 (K, n, n), or 1 / std (K, n), constants.

    log p(x, z = k) = constants_k - |whitener_k (x - means_k)|^2 / 2
    """

    log_weights: torch.Tensor
    means: torch.Tensor
    whiteners: torch.Tensor

    def __post_init__(self):
        diagonal = self.whiteners if self.whiteners.dim() == 2 else self.whiteners.diagonal(dim1=-2, dim2=-1)
        half = 0.5 * self.means.shape[1] * math.log(2 * math.pi)
        self.constants = self.log_weights + diagonal.log().sum(-1) - half

    def log_joint(self, x):
        """log p(x, z = k) the plain way, (batch, K)."""
        away = x - self.means[:, None]  # (K, batch, n)
        z = away * self.whiteners[:, None] if self.whiteners.dim() == 2 else away @ self.whiteners.mT
        return (self.constants[:, None] - 0.5 * z.square().sum(-1)).t()

    def log_joint_of(self, k, u):
        """log p(x, z = k), (batch,), from u, (n, batch)."""
        z, whitener = u - self.means[k, :, None], self.whiteners[k]
        z = z * whitener[:, None] if whitener.dim() == 1 else whitener @ z
        return self.constants[k] - 0.5 * z.square_().sum(0)

    def precisions(self):
        """Sigma_k^-1, (K, n, n), or its diagonal, (K, n)."""
        return self.whiteners.square() if self.whiteners.dim() == 2 else self.whiteners.mT @ self.whiteners

    def _trace_of_inverse(self):
        return self.whiteners.square().flatten(1).sum(1)  # |L^-1|^2

    def spread(self):
        """tr Sigma_k, (K,)."""
        if self.whiteners.dim() == 2:
            return self.whiteners.pow(-2).sum(1)
        return torch.linalg.inv(self.whiteners).square().flatten(1).sum(1)

    def is_delicate(self, spread, away):
        """Which components would lose digits in products: (|away|^2 + spread) tr Sigma^-1 is above LIMIT; (K,)."""
        return (away.square().sum(-1) + spread) * self._trace_of_inverse() > LIMIT

    def is_narrow(self, variance):
        """Which have a variance below this in some direction; (K,)."""
        if self.whiteners.dim() == 2:
            return (self.whiteners.square() * variance > 1).any(1)
        if not bool((self._trace_of_inverse() * variance > 1).any()):
            return torch.zeros(len(self.means), dtype=torch.bool, device=self.means.device)
        return torch.linalg.matrix_norm(self.whiteners, 2).square() * variance > 1


def whiten(covariances, scale=0.0):
    """L^-1 of Sigma = L L', and which are singular: (..., n, n), (...); of variances (..., n) 1 / std.

    scale: (n,), the variances of the data: what is narrower than sqrt(4 n eps) = 1e-7 of them, about, is singular.
    """
    n = covariances.shape[-1]
    is_diagonal = covariances.dim() == 2
    variances = covariances if is_diagonal else covariances.diagonal(dim1=-2, dim2=-1)
    least = 4 * n * torch.finfo(WIDE).eps * torch.maximum(variances, torch.as_tensor(scale).to(variances))
    if is_diagonal:
        singular = ~(variances > least).all(-1)
        return torch.where(singular[..., None], 1.0, covariances).rsqrt(), singular
    factor, info = torch.linalg.cholesky_ex(covariances)
    pivots = factor.diagonal(dim1=-2, dim2=-1).square()
    singular = (info > 0) | ~(pivots > least).all(-1)
    eye = torch.eye(n, dtype=covariances.dtype, device=covariances.device)
    factor = torch.where(singular[..., None, None], eye, factor)
    return torch.linalg.solve_triangular(factor, eye, upper=False), singular


@dataclass
class Sums:
    """Over the rows of x, with r_k = p(z = k | x) and v = x - shifts_k:

    log_prob: sum of log p(x), (); counts: of r_k, (K,); first: of r_k v, (K, n); second: of r_k v v', (K, n, n), or of
    r_k v^2, (K, n), or, for a tied covariance, of sum_k r_k v v', (n, n).
    """

    log_prob: torch.Tensor
    counts: torch.Tensor
    first: torch.Tensor
    second: torch.Tensor
    shifts: torch.Tensor


def weights(kind, old):
    """w, (K, size): log p(x, z = k) = w_k . phi(x)."""
    precisions, n = old.precisions(), old.means.shape[1]
    if kind == "diagonal":
        products, linear = -0.5 * precisions, precisions * old.means
    else:
        linear = (precisions @ old.means[..., None])[..., 0]
        if kind == "tied":
            products = linear.new_full((len(linear), 1), -0.5)
        else:
            i, j = torch.triu_indices(n, n, device=linear.device)
            products = -precisions[:, i, j] * torch.where(i == j, 0.5, 1.0).to(linear)
    return torch.cat([products, linear, (old.constants - 0.5 * (linear * old.means).sum(1))[:, None]], 1)


def fill(kind, phi, u, old):
    """The products, (size - n - 1, rows), in the first rows of phi, from u, (n, rows)."""
    n = len(u)
    if kind == "diagonal":
        torch.mul(u, u, out=phi[:n])
    elif kind == "tied":
        phi[0] = (old.whiteners[0] @ u).square_().sum(0)
    else:
        start = 0
        for i in range(n):  # u_i u_j for j >= i, in the order of triu_indices
            torch.mul(u[i : i + 1], u[i:], out=phi[start : start + n - i])
            start += n - i


def both_steps(x, kind, old, centre, apart, shifts):
    """E-step under `old`, and the Sums for the M-step, in one pass over x, (batch, n).

    kind:    "full", "tied" or "diagonal".
    centre:  (n,), c; the means of `old` and the shifts are about it.
    apart:   numbers of the components that are whitened and summed about their shifts; all or none if tied.
    shifts:  (K, n); 0 for the components that are not apart.
    """
    K, n = old.means.shape
    fast = len(apart) < K
    size = n + 1 + ({"full": n * (n + 1) // 2, "tied": 1, "diagonal": n}[kind] if fast else 0)
    w = weights(kind, old) if fast else None
    sums, log_prob, phi = old.means.new_zeros(K, size), old.means.new_zeros(()), None
    second = sums.new_zeros({"full": (K, n, n), "tied": (n, n), "diagonal": (K, n)}[kind])
    first = sums.new_zeros(K, n)
    for rows in blocks(x, size + 2 * K):
        if phi is None or phi.shape[1] != len(rows):
            phi = sums.new_ones(size, len(rows))
        u = phi[-n - 1 : -1]
        torch.sub(rows.t(), centre[:, None], out=u)
        if fast:
            fill(kind, phi, u, old)
        logits = w @ phi if fast else sums.new_empty(K, len(rows))
        for k in apart:
            logits[k] = old.log_joint_of(k, u)
        top = logits.amax(0)
        r = logits.sub_(top).exp_()
        total = r.sum(0)
        r.div_(total)
        log_prob += top.add_(total.log_()).sum()
        sums.addmm_(r, phi.t())
        if kind == "tied" and fast:
            second.addmm_(u, u.t())
        for k in apart:
            v = u - shifts[k, :, None]
            weighted = v * r[k]
            first[k] += weighted.sum(1)
            if kind == "diagonal":
                second[k] += weighted.mul_(v).sum(1)
            else:
                (second if kind == "tied" else second[k]).addmm_(weighted, v.t())
    if fast:
        unpack(kind, sums, first, second, apart)
    return Sums(log_prob, sums[:, -1], first, second, shifts)


def unpack(kind, sums, first, second, apart):
    """Move the sums of the components that are not apart into `first` and `second`."""
    K, n = first.shape
    together = torch.ones(K, dtype=torch.bool, device=sums.device)
    together[apart] = False
    first[together] = sums[together, -n - 1 : -1]
    if kind == "diagonal":
        second[together] = sums[together, :n]
    elif kind == "full":
        i, j = torch.triu_indices(n, n, device=sums.device)
        square = sums.new_empty(K, n, n)
        square[:, i, j] = square[:, j, i] = sums[:, : len(i)]
        second[together] = square[together]


def maximise(kind, found, old, floor):
    """The M-step: weights (K,), means about the centre (K, n), covariances in the shape of `second`, who is empty (K,).

    A component with less than 1e-10 of a point is empty. It keeps its mean; its covariance says nothing.
    """
    counts = found.counts
    empty = counts < 1e-10
    safe = torch.where(empty, 1.0, counts)[:, None]
    move = found.first / safe
    means = found.shifts + move
    if kind == "full":
        covariances = found.second / safe[..., None] - move[:, :, None] * move[:, None]
        covariances.diagonal(dim1=-2, dim2=-1).add_(floor)
    elif kind == "tied":
        covariances = (found.second - (counts[:, None] * move).t() @ move) / counts.sum()
        covariances.diagonal().add_(floor)
    else:
        covariances = found.second / safe - move.square() + floor
    return counts / counts.sum(), torch.where(empty[:, None], old.means, means), covariances, empty


def storable(covariances, dtype):
    """Matrices, (..., n, n), in this dtype; and whose diagonal it raised to be positive definite in it, too, (...)."""
    stored, n = covariances.to(dtype), covariances.shape[-1]
    _, singular = whiten(stored.to(WIDE).reshape(-1, n, n))
    singular = singular.view(stored.shape[:-2])
    if bool(singular.any()):
        raised = 4 * n * torch.finfo(dtype).eps * singular.to(dtype)
        stored.diagonal(dim1=-2, dim2=-1).mul_(1 + raised[..., None])
    return stored, singular
