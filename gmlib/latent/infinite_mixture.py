"""An infinite mixture of Gaussians: one real latent variable, whose integral is a sum over a fine grid."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments, _random

REACH = 8.0  # the grid runs from -8 to 8: N(0, 1) has 1e-15 outside


class InfiniteMixture(nn.Module):
    """A Gaussian for every real number z, all of them weighted by N(z; 0, 1).

        z ~ N(0, 1),    p(x | z) = N(x; mu(z), Sigma(z)),    p(x) = int N(z; 0, 1) p(x | z) dz
        mu(z) = sigmoid(A z + c),    Sigma(z) = diag(exp(B z + d))

    exp(B z + d) are variances. The means run along a curve inside the unit cube: data should be scaled to [0, 1]. A, B,
    c and d are parameters, (n,) each, 4n numbers in all. p(x) is a sum over a grid of z,

        log p(x) = logsumexp_j (log w_j + log p(x | z_j)),    w_j = exp(-z_j^2 / 2) / sum_i exp(-z_i^2 / 2),

    itself a mixture of so many Gaussians, which integrates to one whatever the grid. It agrees with the integral once
    mu moves by less than about one standard deviation from node to node; twice the nodes tell. Samples are drawn from
    a continuous z. Time and memory grow with batch * nodes * n.

    n:         number of variables.
    nodes:     how many values of z the grid has, evenly spaced from -8 to 8.
    generator: where the first A comes from.
    Raises ValueError for an n below 1 and fewer than 2 nodes.
    Source: lecture 004, "Variational Autoencoder": a mixture of an infinite number of Gaussians.
    """

    def __init__(self, n, nodes=257, generator=None):
        super().__init__()
        self.n, self.nodes = _arguments.count("n", n), _arguments.count("nodes", nodes, low=2)
        drawn = _random.normal(self.n, generator=generator, like=torch.empty(0))
        self.A, self.B = nn.Parameter(drawn), nn.Parameter(torch.zeros(self.n))  # at A = 0 z would be of no use
        self.c, self.d = nn.Parameter(torch.zeros(self.n)), nn.Parameter(torch.full((self.n,), -3.0))

    def conditional(self, z: Float[Tensor, " batch"]) -> tuple[Float[Tensor, "batch n"], Float[Tensor, "batch n"]]:
        """The mean and the log-variances of p(x | z) for each z. Raises ValueError for a z that is not (batch,)."""
        _arguments.tensor("z", z, ("batch",), self.A.dtype, device=self.A.device)
        return torch.sigmoid(z[:, None] * self.A + self.c), z[:, None] * self.B + self.d

    def grid(self) -> tuple[Float[Tensor, " nodes"], Float[Tensor, " nodes"]]:
        """The nodes z_j and the logarithms of their weights w_j, which sum to one."""
        z = torch.linspace(-REACH, REACH, self.nodes, dtype=self.A.dtype, device=self.A.device)
        return z, torch.log_softmax(-0.5 * z**2, 0)

    def log_joint(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch nodes"]:
        """log w_j + log p(x | z_j) in nats, for each node of the grid.

        Raises ValueError for an x that is not (batch, n) finite numbers of the model's dtype on the model's device.
        """
        _arguments.tensor("x", x, ("batch", self.n), self.A.dtype, device=self.A.device)
        z, log_w = self.grid()
        mean, log_variance = self.conditional(z)
        distance = (x[:, None] - mean) * torch.exp(-0.5 * log_variance)  # (batch, nodes, n)
        return log_w - 0.5 * (distance**2 + log_variance + math.log(2 * math.pi)).sum(-1)

    def log_prob(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, " batch"]:
        """log p(x), a density, in nats, by quadrature over z. Raises ValueError as `log_joint` does."""
        return torch.logsumexp(self.log_joint(x), 1)

    def posterior(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch nodes"]:
        """p(z_j | x) on the grid: each row sums to one. Raises ValueError as `log_joint` does."""
        return torch.softmax(self.log_joint(x), 1)

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors: first z, then x given z. Raises ValueError for an n below 1."""
        n = _arguments.count("n", n)
        noise = _random.normal(n, 1 + self.n, generator=generator, like=self.A)
        mean, log_variance = self.conditional(noise[:, 0])
        return mean + torch.exp(0.5 * log_variance) * noise[:, 1:]
