"""A linear-Gaussian latent model: the one with continuous latents whose posterior can be written down."""

import math
import numbers

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Independent, MultivariateNormal, Normal

from gmlib import _arguments, _random


class LinearGaussian(nn.Module):
    """x = W z + b + sigma eps, with z ~ N(0, I) of d entries and eps ~ N(0, I) of n.

        p(x) = N(b, W W^T + sigma^2 I)
        p(z | x) = N(mu, Lambda^-1),   Lambda = I + W^T W / sigma^2,   mu = Lambda^-1 W^T (x - b) / sigma^2

    All three are exact, in O(n d^2) for the model and O(n d) for each x. The precision Lambda is the same for each x,
    and the mean is linear in x: a linear encoder with a full covariance is exact. sigma is a standard deviation.
    `W` is (n, d), `b` (n,) and `log_sigma` (); they can be trained, or set, or fitted in closed form.

    n:         number of variables.
    latents:   d, the number of latent variables.
    generator: where the first W comes from.
    Raises ValueError for an n or latents below 1.
    Source: lecture 002, principal components as a linear-Gaussian model; Tipping and Bishop, Probabilistic principal
    component analysis (1999).
    """

    def __init__(self, n, latents, generator=None):
        super().__init__()
        self.n, self.latents = _arguments.count("n", n), _arguments.count("latents", latents)
        self.W = nn.Parameter(
            _random.normal(self.n, self.latents, generator=generator, like=torch.empty(0)) / math.sqrt(self.latents)
        )
        self.b = nn.Parameter(torch.zeros(self.n))
        self.log_sigma = nn.Parameter(torch.zeros(()))

    @property
    def sigma(self) -> Float[Tensor, ""]:
        """The standard deviation of the noise."""
        return self.log_sigma.exp()

    @torch.no_grad()
    def set(self, W: Float[Tensor, "n d"], b: Float[Tensor, "n"], sigma) -> "LinearGaussian":
        """Replace the parameters, all or none.

        Raises ValueError for other shapes or dtypes, NaN, and a sigma that is no number above 0.
        """
        home = {"dtype": self.W.dtype, "device": self.W.device}
        W, b = _arguments.tensor("W", W, (self.n, self.latents), **home), _arguments.tensor("b", b, (self.n,), **home)
        if not isinstance(sigma, (Tensor, numbers.Real, list, tuple)):
            _arguments.fail("sigma", _arguments.describe(sigma), "one positive number")
        sigma = torch.as_tensor(sigma, **home)
        if sigma.dim() or not bool(torch.isfinite(sigma) & (sigma > 0)):
            got = f"{sigma.item():g}" if sigma.dim() == 0 else _arguments.describe(sigma)
            _arguments.fail("sigma", got, "one positive number")
        self.W.copy_(W)
        self.b.copy_(b)
        self.log_sigma.copy_(sigma.log())
        return self

    @torch.no_grad()
    def fit(self, x: Float[Tensor, "batch n"]) -> float:
        """Maximum likelihood in closed form; returns the mean log-likelihood of x, in nats.

        b is the mean of x. With the eigenvalues l_1 >= l_2 >= ... of its covariance (divided by the number of rows) and
        their eigenvectors U, sigma^2 is the mean of the n - d smallest and W = U_d (diag(l_1 ... l_d) - sigma^2 I)^1/2.
        W R is as good for each rotation R: p(x) is the same.
        Raises ValueError where d is not below n, and for rows that lie in d dimensions, so that sigma would be 0.
        """
        self._check(x)
        if self.latents >= self.n:
            _arguments.fail(
                "latents", self.latents, f"at most n - 1 = {self.n - 1}, so that a direction is left for sigma"
            )
        b = x.mean(0)
        values, vectors = torch.linalg.eigh((x - b).T @ (x - b) / len(x))  # ascending
        variance = values[: -self.latents].mean()
        if not variance > 10 * torch.finfo(x.dtype).eps * values[-1]:
            got = f"{len(x)} rows that lie in {self.latents} dimensions"
            _arguments.fail("x", got, "rows that spread in more directions than there are latents")
        scale = (values[-self.latents :] - variance).clamp(min=0).sqrt()
        self.set((vectors[:, -self.latents :] * scale).flip(1), b, variance.sqrt())
        return self.log_prob(x).mean().item()

    def precision(self) -> Float[Tensor, "d d"]:
        """Lambda = I + W^T W / sigma^2, the inverse of the posterior covariance of every x."""
        W = self.W / self.sigma
        return torch.eye(self.latents, dtype=W.dtype, device=W.device) + W.T @ W

    def _mean(self, x, precision):
        y = (x - self.b) @ self.W / self.sigma**2
        return torch.cholesky_solve(y.T, torch.linalg.cholesky(precision)).T

    def log_prob(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch"]:
        """log p(x), a density, in nats. Raises ValueError for an x that is not (batch, n) finite numbers."""
        precision = self.precision()
        mean = self._mean(self._check(x), precision)
        # the quadratic form as two sums of squares: nothing cancels
        squares = ((x - self.b - mean @ self.W.T) / self.sigma).square().sum(-1) + mean.square().sum(-1)
        log_det = 2 * self.n * self.log_sigma + torch.logdet(precision)
        return -0.5 * (squares + log_det + self.n * math.log(2 * math.pi))

    def log_joint(self, x: Float[Tensor, "batch n"], z: Float[Tensor, "*k batch d"]) -> Float[Tensor, "*k batch"]:
        """log p(x, z) = log p(z) + log p(x | z), in nats, for draws z of each x. Raises ValueError for other shapes."""
        self._check(x)
        shape = [f"axis {i}" for i in range(z.dim() - 2)] if isinstance(z, Tensor) else []
        _arguments.tensor("z", z, (*shape, len(x), self.latents), self.W.dtype, device=self.W.device)
        log_prior = Normal(torch.zeros_like(z), 1.0, validate_args=False).log_prob(z).sum(-1)
        decoded = Normal(z @ self.W.T + self.b, self.sigma, validate_args=False)
        return log_prior + decoded.log_prob(x).sum(-1)

    def posterior(self, x: Float[Tensor, "batch n"]) -> MultivariateNormal:
        """The exact p(z | x), one Gaussian with full covariance a row of x. Raises ValueError as `log_prob` does."""
        precision = self.precision()
        mean = self._mean(self._check(x), precision)
        covariance = torch.cholesky_inverse(torch.linalg.cholesky(precision))
        return MultivariateNormal(mean, covariance.expand(len(x), -1, -1))

    def mean_field(self, x: Float[Tensor, "batch n"]) -> Independent:
        """The q with diagonal covariance of highest ELBO: the posterior's means, variances 1 / Lambda_ii.

        KL(q || p(z | x)) = 1/2 (sum_i log Lambda_ii - log det Lambda), the family gap, whatever x. The variances are
        not those on the diagonal of the posterior's covariance, which are larger. Raises ValueError as `log_prob` does.
        """
        precision = self.precision()
        mean = self._mean(self._check(x), precision)
        return Independent(Normal(mean, precision.diagonal().rsqrt().expand(len(x), -1)), 1)

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors x. Raises ValueError for an n below 1."""
        n = _arguments.count("n", n)
        z = _random.normal(n, self.latents, generator=generator, like=self.W)
        return z @ self.W.T + self.b + self.sigma * _random.normal(n, self.n, generator=generator, like=self.W)

    def _check(self, x):
        return _arguments.tensor("x", x, ("batch", self.n), self.W.dtype, device=self.W.device)
