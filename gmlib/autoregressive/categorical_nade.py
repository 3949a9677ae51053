"""NADE for variables with K values: a softmax for each conditional."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.autoregressive import _shared
from gmlib.autoregressive._sweep import sweep


class CategoricalNADE(nn.Module):
    """NADE over n variables that each take one of K values.

        h_i = sigmoid(W_{., <i} x_<i + c),    (p_i^1, ..., p_i^K) = softmax(A_i h_i + b_i)

    Each x_j enters W as a one-hot vector, so that every value has a column of its own: `W` is (d, n, K). `A` is
    (n, K, d), `c` (d,) and `b` (n, K). Values are numbered 0 to K - 1.

    n:         number of variables.
    levels:    K, the number of values.
    hidden:    d, the number of hidden units.
    ordering:  the n variable indices, first generated first; None is index order.
    generator: where the first weights come from.
    Raises ValueError for an n or hidden below 1, fewer than 2 levels and an ordering that is no permutation.
    Source: lecture 001, "General discrete distributions".
    """

    def __init__(self, n, levels, hidden, ordering=None, generator=None):
        super().__init__()
        self.n, self.levels = _arguments.count("n", n), _arguments.count("levels", levels, low=2)
        self.hidden = _arguments.count("hidden", hidden)
        self.ordering = _arguments.ordering("ordering", ordering, self.n)
        # one entry of each one-hot vector is 1: n inputs are at work at a time, not n K
        self.W = _shared.weights(self.hidden, self.n, self.levels, inputs=self.n, generator=generator)
        self.c = nn.Parameter(torch.zeros(self.hidden))
        self.A = _shared.weights(self.n, self.levels, self.hidden, inputs=self.hidden, generator=generator)
        self.b = nn.Parameter(torch.zeros(self.n, self.levels))
        _shared.add_places(self, self.ordering)

    def logits(self, x: Int[Tensor, "batch n"]) -> Float[Tensor, "batch n levels"]:
        """A_i h_i + b_i for each i: the conditionals before the softmax, all in one O(nKd) sweep."""
        high = self.levels - 1
        _arguments.tensor("x", x, ("batch", self.n), torch.long, low=0, high=high, device=self.W.device)
        order = self.order
        one_hot = F.one_hot(x[:, order], self.levels).to(self.W.dtype).flatten(1)  # (batch, n K)
        columns = self.W[:, order].flatten(1).t()  # (n K, d)
        return sweep(one_hot, columns, self.c, self.A[order], self.b[order])[self.place].permute(2, 0, 1)

    def conditionals(self, x: Int[Tensor, "batch n"]) -> Float[Tensor, "batch n levels"]:
        """x_hat: entry [., i, k] is p(x_i = k | x_<i).

        Raises ValueError for an x that is not (batch, n) of long from 0 to K - 1 on the model's device.
        """
        return torch.softmax(self.logits(x), -1)

    def log_prob(self, x: Int[Tensor, "batch n"]) -> Float[Tensor, "batch"]:
        """log p(x) = sum_i log p(x_i | x_<i), in nats. Raises ValueError as `conditionals` does."""
        return torch.log_softmax(self.logits(x), -1).gather(2, x[..., None])[..., 0].sum(1)

    @torch.no_grad()
    def sample(self, n, generator=None) -> Int[Tensor, "samples n"]:
        """Draw n vectors, in O(nKd) each. Raises ValueError for an n below 1."""
        u = _random.uniform(_arguments.count("n", n), self.n, generator=generator, like=self.W)
        x, a = torch.empty(u.shape, dtype=torch.long, device=u.device), self.c.expand(n, -1)
        for i in self.ordering:
            x[:, i] = _random.choose(u[:, i], torch.softmax(torch.sigmoid(a) @ self.A[i].t() + self.b[i], -1))
            a = a + self.W[:, i, x[:, i]].t()  # W times a one-hot vector is a column of W
        return x

    def free_parameters(self) -> int:
        """How many numbers there are: the last variable's columns of W do not count, a softmax's spare row does."""
        return sum(p.numel() for p in self.parameters()) - self.hidden * self.levels
