"""The fully visible sigmoid belief network: one logistic regression a variable, all in one masked matrix."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.autoregressive import _shared
from gmlib.autoregressive._binary import BinaryAutoregressive


class FVSBN(BinaryAutoregressive):
    """Fully visible sigmoid belief network over n binary variables.

        x_hat_i = p(x_i = 1 | x_<i) = sigmoid(alpha^i_0 + sum_{j before i} alpha^i_j x_j)

    Row i of `alpha` holds the regression of x_i on the variables before it: with the variables taken in their order,
    alpha * mask is a strictly lower-triangular matrix. 1 + 2 + ... + n = n(n + 1) / 2 numbers count.

    n:         number of variables.
    ordering:  the n variable indices, first generated first; None is index order.
    generator: where the first weights come from.
    Raises ValueError for an n below 1 and an ordering that is no permutation.
    Source: lecture 001, "Fully Visible Sigmoid Belief Network (FVSBN)".
    """

    def __init__(self, n, ordering=None, generator=None):
        super().__init__()
        self.n = _arguments.count("n", n)
        self.ordering = _arguments.ordering("ordering", ordering, self.n)
        self.alpha = _shared.weights(n, n, inputs=n, generator=generator)
        self.alpha_0 = nn.Parameter(torch.zeros(n))
        _shared.add_order(self, self.ordering)
        self.register_buffer("mask", _shared.precedes(self.ordering), persistent=False)

    def logits(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch n"]:
        """alpha^i_0 + sum_j alpha^i_j x_j for each i: the conditionals before the sigmoid."""
        return F.linear(_shared.binary(x, self.n, self.alpha), self.alpha * self.mask, self.alpha_0)

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors, one variable at a time in the order of the model. Raises ValueError for an n below 1."""
        u = _random.uniform(_arguments.count("n", n), self.n, generator=generator, like=self.alpha)
        x = torch.zeros_like(u)
        alpha = self.alpha * self.mask
        for i in self.ordering:
            x[:, i] = (u[:, i] < torch.sigmoid(x @ alpha[i] + self.alpha_0[i])).to(x.dtype)
        return x

    def free_parameters(self) -> int:
        """How many numbers the distribution depends on: the masked ones do not count."""
        return int(self.mask.sum()) + self.n
