"""NADE for real numbers: a mixture of K Gaussians for each conditional."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.autoregressive import _shared
from gmlib.autoregressive._sweep import sweep
from gmlib.autoregressive.nade import step


class MixtureNADE(nn.Module):
    """NADE over n real variables, with K Gaussians for each conditional.

        h_i = sigmoid(W_{., <i} x_<i + c),    p(x_i | x_<i) = sum_j pi_i^j N(x_i; mu_i^j, sigma_i^j)
        (mu_i, log sigma_i, log pi_i) = f(h_i) = V_i h_i + b_i, with a softmax over the last part

    sigma is the standard deviation, exp of what the network gives. Without learned weights pi_i^j = 1 / K, as in the
    lecture. `W` is (d, n), `c` (d,), `V` (n, 3K, d) and `b` (n, 3K), or 2K. Data of about unit scale train best.

    n:               number of variables.
    hidden:          d, the number of hidden units.
    components:      K, the number of Gaussians.
    learned_weights: whether the weights pi are learned.
    ordering:        the n variable indices, first generated first; None is index order.
    generator:       where the first weights come from.
    Raises ValueError for an n, hidden or components below 1 and an ordering that is no permutation.
    Source: lecture 001, "How to model continuous random variables"; Uria, Murray and Larochelle, RNADE (2013).
    """

    def __init__(self, n, hidden, components, learned_weights=True, ordering=None, generator=None):
        super().__init__()
        self.n, self.hidden = _arguments.count("n", n), _arguments.count("hidden", hidden)
        self.components, self.learned_weights = _arguments.count("components", components), bool(learned_weights)
        self.ordering = _arguments.ordering("ordering", ordering, self.n)
        parts = 3 if self.learned_weights else 2
        self.W = _shared.weights(self.hidden, self.n, inputs=self.n, generator=generator)
        self.c = nn.Parameter(torch.zeros(self.hidden))
        self.V = _shared.weights(self.n, parts * self.components, self.hidden, inputs=self.hidden, generator=generator)
        b = torch.zeros(self.n, parts, self.components)
        b[:, 0] = _random.normal(self.n, self.components, generator=generator, like=b)  # Gaussians that start apart
        self.b = nn.Parameter(b.flatten(1))
        _shared.add_places(self, self.ordering)

    def _split(self, outputs):
        """(..., 3K or 2K) outputs of f to log_weights, means, log_stds, each (..., K)."""
        parts = outputs.unflatten(-1, (-1, self.components)).unbind(-2)
        if self.learned_weights:
            return torch.log_softmax(parts[2], -1), parts[0], parts[1]
        return torch.full_like(parts[0], -math.log(self.components)), parts[0], parts[1]

    def conditionals(self, x: Float[Tensor, "batch n"]) -> tuple[Float[Tensor, "batch n components"], ...]:
        """log_weights, means and log_stds of the Gaussians of p(x_i | x_<i) for each i, in one O(nKd) sweep.

        Raises ValueError for an x that is not (batch, n) finite numbers of the model's dtype on the model's device.
        """
        _arguments.tensor("x", x, ("batch", self.n), self.W.dtype, device=self.W.device)
        order = self.order
        o = sweep(x[:, order], self.W.t()[order], self.c, self.V[order], self.b[order])
        return self._split(o[self.place].permute(2, 0, 1))

    def log_prob(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch"]:
        """log p(x) = sum_i log p(x_i | x_<i), a density, in nats. Raises ValueError as `conditionals` does."""
        log_weights, means, log_stds = self.conditionals(x)
        z = (x[..., None] - means) * torch.exp(-log_stds)
        log_normal = -0.5 * z**2 - log_stds - 0.5 * math.log(2 * math.pi)
        return torch.logsumexp(log_weights + log_normal, -1).sum(1)

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors, one `step` a variable. Raises ValueError for an n below 1."""
        u = _random.uniform(_arguments.count("n", n), self.n, generator=generator, like=self.W)
        noise = _random.normal(n, self.n, generator=generator, like=self.W)
        x, a = torch.empty_like(u), self.c.expand(n, -1)
        for i in self.ordering:
            log_weights, means, log_stds = self._split(torch.sigmoid(a) @ self.V[i].t() + self.b[i])
            j = _random.choose(u[:, i], log_weights.exp())[:, None]
            x[:, i] = (means.gather(1, j) + noise[:, i, None] * log_stds.gather(1, j).exp())[:, 0]
            a = step(a, x[:, i], self.W[:, i])
        return x

    def free_parameters(self) -> int:
        """How many numbers there are: the last variable's column of W does not count."""
        return sum(p.numel() for p in self.parameters()) - self.hidden
