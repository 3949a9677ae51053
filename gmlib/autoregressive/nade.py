"""NADE: one hidden layer a conditional, with weights of its own (untied) or shared (tied, evaluated in O(nd))."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.autoregressive import _shared
from gmlib.autoregressive._binary import BinaryAutoregressive
from gmlib.autoregressive._sweep import sweep


def step(a: Float[Tensor, "batch d"], x_i: Float[Tensor, "batch"], w_i: Float[Tensor, "d"]) -> Float[Tensor, "batch d"]:
    """One step of the tied sweep: a_{i+1} = a_i + w_i x_i, in O(d) a row.

    a:   W_{., <i} x_<i + c, the input of the hidden units for x_i; the sweep starts at a_1 = c.
    x_i: the variable that has become known. w_i: its column of W.
    Source: lecture 001, "NADE: Neural Autoregressive Density Estimation" (tied weights).
    """
    return a + x_i[:, None] * w_i


class NADE(BinaryAutoregressive):
    """Neural autoregressive density estimator with tied weights, over n binary variables.

        h_i = sigmoid(W_{., <i} x_<i + c),    x_hat_i = p(x_i = 1 | x_<i) = sigmoid(alpha_i h_i + b_i)

    `W` is (d, n), `c` (d,), `alpha` (n, d) and `b` (n,). The last variable's column of W is never used.

    n:         number of variables.
    hidden:    d, the number of hidden units.
    ordering:  the n variable indices, first generated first; None is index order.
    generator: where the first weights come from.
    Raises ValueError for an n or hidden below 1 and an ordering that is no permutation.
    Source: lecture 001, "NADE: Neural Autoregressive Density Estimation"; Larochelle and Murray (2011).
    """

    def __init__(self, n, hidden, ordering=None, generator=None):
        super().__init__()
        self.n, self.hidden = _arguments.count("n", n), _arguments.count("hidden", hidden)
        self.ordering = _arguments.ordering("ordering", ordering, self.n)
        self.W = _shared.weights(self.hidden, self.n, inputs=self.n, generator=generator)
        self.c = nn.Parameter(torch.zeros(self.hidden))
        self.alpha = _shared.weights(self.n, self.hidden, inputs=self.hidden, generator=generator)
        self.b = nn.Parameter(torch.zeros(self.n))
        _shared.add_places(self, self.ordering)

    def logits(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch n"]:
        """alpha_i h_i + b_i for each i: the conditionals before the sigmoid, all in one O(nd) sweep."""
        x, order = _shared.binary(x, self.n, self.W), self.order
        o = sweep(x[:, order], self.W.t()[order], self.c, self.alpha[order, None], self.b[order, None])  # (n, 1, batch)
        return o[self.place, 0].t()

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors in O(nd) each, by one `step` a variable. Raises ValueError for an n below 1."""
        u = _random.uniform(_arguments.count("n", n), self.n, generator=generator, like=self.W)
        x, a = torch.empty_like(u), self.c.expand(n, -1)
        for i in self.ordering:
            x_hat = torch.sigmoid(torch.sigmoid(a) @ self.alpha[i] + self.b[i])
            x[:, i] = (u[:, i] < x_hat).to(x.dtype)
            a = step(a, x[:, i], self.W[:, i])
        return x

    def free_parameters(self) -> int:
        """How many numbers the distribution depends on: the last variable's column of W does not count."""
        return sum(p.numel() for p in self.parameters()) - self.hidden


class UntiedNADE(BinaryAutoregressive):
    """NADE as the lecture first writes it: every conditional has a hidden layer of its own.

        h_i = sigmoid(A_i x_<i + c_i),    x_hat_i = p(x_i = 1 | x_<i) = sigmoid(alpha_i h_i + b_i)

    `A` is (n, d, n): A[i] * mask[i] is A_i, with a zero column for each variable that x_i does not follow. `c` and
    `alpha` are (n, d), `b` is (n,). Evaluation costs O(n^2 d), and so do the parameters.

    n, hidden, ordering, generator, errors: as for NADE.
    Source: lecture 001, "NADE: Neural Autoregressive Density Estimation" (first slide).
    """

    def __init__(self, n, hidden, ordering=None, generator=None):
        super().__init__()
        self.n, self.hidden = _arguments.count("n", n), _arguments.count("hidden", hidden)
        self.ordering = _arguments.ordering("ordering", ordering, self.n)
        self.A = _shared.weights(self.n, self.hidden, self.n, inputs=self.n, generator=generator)
        self.c = nn.Parameter(torch.zeros(self.n, self.hidden))
        self.alpha = _shared.weights(self.n, self.hidden, inputs=self.hidden, generator=generator)
        self.b = nn.Parameter(torch.zeros(self.n))
        _shared.add_order(self, self.ordering)
        self.register_buffer("mask", _shared.precedes(self.ordering)[:, None], persistent=False)  # (n, 1, n)

    def logits(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch n"]:
        """alpha_i h_i + b_i for each i: the conditionals before the sigmoid."""
        x = _shared.binary(x, self.n, self.A)
        inside = F.linear(x, (self.A * self.mask).flatten(0, 1), self.c.flatten())  # (batch, n d)
        h = torch.sigmoid(inside).view(-1, self.n, self.hidden)
        return (h * self.alpha).sum(2) + self.b

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors, one variable at a time in the order of the model. Raises ValueError for an n below 1."""
        u = _random.uniform(_arguments.count("n", n), self.n, generator=generator, like=self.A)
        x = torch.zeros_like(u)
        for i in self.ordering:
            h_i = torch.sigmoid(F.linear(x, self.A[i] * self.mask[i], self.c[i]))
            x[:, i] = (u[:, i] < torch.sigmoid(h_i @ self.alpha[i] + self.b[i])).to(x.dtype)
        return x

    def free_parameters(self) -> int:
        """How many numbers the distribution depends on: the masked ones do not count."""
        return int(self.mask.sum()) * self.hidden + self.c.numel() + self.alpha.numel() + self.n
