"""Joint tables of binary variables, their chain-rule factors, and Bayes nets with tables for conditionals.

A joint table of n binary variables is a float tensor of shape (2, ..., 2), n axes: joint[x_1, ..., x_n] = p(x). A table
p(x_i | x_a, x_b) has the axes x_a, x_b, x_i, in this order. Variables are numbered from 0. All information is in nats.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments

MAX_PARENTS = 20  # a table of 2^20 entries; also keeps every row number exact in float32


def parents(ordering):
    """The parents of each variable when nothing is dropped: all that come before it in `ordering`.

    ordering: the variables 0 ... n-1, first generated first.
    Returns a list: entry i holds the parents of variable i, in the order in which they are generated. There are
    n (n - 1) / 2 of them in all, one for each arrow of the complete directed graph.
    Raises ValueError when `ordering` is not a permutation. Source: lecture 002, 'plate notation'.
    """
    size = len(ordering) if hasattr(ordering, "__len__") else 0
    ordering = _arguments.ordering("ordering", ordering, size)
    place = {variable: k for k, variable in enumerate(ordering)}
    return [ordering[: place[i]] for i in range(size)]


def marginal(joint: Float[Tensor, "..."], variables):
    """p(x_a, x_b, ...) of the listed variables: a table with one axis for each, in the listed order."""
    joint = _table("joint", joint)
    variables = _variables("variables", variables, joint.dim())
    rest = [j for j in range(joint.dim()) if j not in variables]
    return joint.permute(*variables, *rest).reshape([2] * len(variables) + [-1]).sum(-1)


def conditional(joint: Float[Tensor, "..."], i, given=()):
    """p(x_i | x_given): a table with one axis for each variable in `given`, in that order, and x_i on the last axis.

    Of all tables that see only x_given, this one is closest to the joint table in KL(joint, net). Where p(x_given) is
    0 the conditional is 0/0; by convention it is uniform there.
    """
    seen = marginal(joint, [*given, i])
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)


def conditionals(joint: Float[Tensor, "..."], ordering=None):
    """The factors of the chain rule, p(x) = prod_k p(x_o(k) | x_o(1), ..., x_o(k-1)), for the ordering o.

    joint:    a joint table of n binary variables.
    ordering: the variables, first generated first; None is index order.
    Returns n tables: factor k has k axes for the variables before it, in the ordering, and a last one for its own.
    Each sums to one over its last axis; at 0/0 it is uniform.
    Raises ValueError for a table that is not one of probabilities. Source: lecture 002, 'chain rule of probability'.
    """
    joint = _table("joint", joint)
    ordering = _arguments.ordering("ordering", ordering, joint.dim())
    return [conditional(joint, i, ordering[:k]) for k, i in enumerate(ordering)]


def joint(factors, ordering=None):
    """The joint table back from its chain-rule factors; the inverse of `conditionals`.

    factors:  n tables, factor k of shape (2, ..., 2) with k + 1 axes.
    Returns a table of shape (2, ..., 2) with its axes in index order x_1, ..., x_n.
    Raises ValueError for factors of other shapes, or that do not sum to one over the last axis.
    """
    if not isinstance(factors, (list, tuple)) or not factors:
        _arguments.fail("factors", _arguments.describe(factors), "a list of tables, one for each variable")
    ordering = _arguments.ordering("ordering", ordering, len(factors))
    product = None
    for k, factor in enumerate(factors):
        _arguments.tensor(f"factors[{k}]", factor, (2,) * (k + 1), "float", low=0, high=1)
        if not bool(((factor.sum(-1) - 1).abs() < 1e-4).all()):
            _arguments.fail(f"factors[{k}]", "sums over the last axis other than 1", "a conditional distribution")
        product = factor if product is None else product.unsqueeze(-1) * factor
    return product.permute([ordering.index(i) for i in range(len(factors))])


def kl(p: Float[Tensor, "..."], q: Float[Tensor, "..."]):
    """KL(p, q) = sum_x p(x) [log p(x) - log q(x)] of two tables of one shape: a tensor of shape (), in nats.

    Where p(x) = 0 the summand is 0; where q(x) = 0 < p(x) the divergence is infinite.
    """
    _arguments.tensor("p", p, tuple(p.shape) if isinstance(p, Tensor) else (), "float", low=0)
    _arguments.tensor("q", q, tuple(p.shape), p.dtype, low=0, device=p.device)
    return torch.where(p > 0, p * (p.log() - q.log()), 0).sum()


def conditional_information(joint: Float[Tensor, "..."], i, others, given=()):
    """I(X_i; X_others | X_given) = E[log p(x_i | x_others, x_given) - log p(x_i | x_given)], nats, shape ().

    It is what a Bayes net loses in KL when X_i keeps the parents `given` and drops the parents `others`.
    """
    p = marginal(joint, [*others, *given, i])
    full, less = conditional(joint, i, [*others, *given]), conditional(joint, i, given)
    return torch.where(p > 0, p * (full.log() - less.log()), 0).sum().clamp(min=0)


def closest(joint: Float[Tensor, "..."], parents):
    """The joint table of the Bayes net with these parents that is closest to `joint`: prod_i p(x_i | x_parents(i)).

    parents: for each variable the list of its parents, without a directed cycle.
    Returns a table of the shape of `joint`. KL(joint, closest) is the sum of `conditional_information` over the
    variables, of what each has dropped given what it has kept, in any ordering that the arrows follow.
    """
    joint = _table("joint", joint)
    n = joint.dim()
    parents = _parent_lists(parents, n)
    _ordering_of(parents)
    product = torch.ones_like(joint)
    for i in range(n):
        axes = [*parents[i], i]
        # put the table's axes into index order, and an axis of size 1 for every variable that it does not have
        table = conditional(joint, i, parents[i]).permute(sorted(range(len(axes)), key=axes.__getitem__))
        product = product * table.reshape([2 if j in axes else 1 for j in range(n)])
    return product


class BayesNet(nn.Module):
    """A Bayes net of n binary variables with conditional probability tables: p(x) = prod_i p_CPT(x_i | x_parents(i)).

    parents:  for each variable the list of its parents.
    ordering: an ordering in which every variable comes after its parents; None finds one.
    A fresh net has every conditional at 1/2. `table(i)` is p(x_i = 1 | parents), of shape (2, ..., 2) with one axis for
    each parent in the order of parents[i].
    Raises ValueError for a parent that is no variable, a cycle, or an ordering that puts a child before a parent.
    Source: lecture 001, 'Recap: Bayesian networks vs neural models'.
    """

    def __init__(self, parents, ordering=None):
        super().__init__()
        n = len(parents) if isinstance(parents, (list, tuple)) else 0
        self.parents = _parent_lists(parents, n)
        self.ordering = _ordering_of(self.parents) if ordering is None else _arguments.ordering("ordering", ordering, n)
        _after_parents(self.parents, self.ordering)
        # All tables in one flat tensor: variable i reads row offset_i + sum_k 2^(m - 1 - k) x_parent(k).
        weights, offsets, total = torch.zeros(n, n), torch.zeros(n), 0
        for i, listed in enumerate(self.parents):
            for k, parent in enumerate(listed):
                weights[parent, i] = 2 ** (len(listed) - 1 - k)
            offsets[i] = total
            total += 2 ** len(listed)
        if total >= 2**24:
            _arguments.fail("parents", f"tables of {total} entries together", "fewer than 2^24: drop some parents")
        self.register_buffer("weights", weights)
        self.register_buffer("offsets", offsets)
        self.register_buffer("probabilities", torch.full((total,), 0.5))

    def table_sizes(self):
        """How many free parameters each variable's table has, 2^(number of parents): a list of n."""
        return [2 ** len(listed) for listed in self.parents]

    def table(self, i):
        """p(x_i = 1 | parents): a view of shape (2, ..., 2), one axis for each parent of variable i."""
        i = _arguments.count("i", i, low=0, high=len(self.parents) - 1)
        size, start = 2 ** len(self.parents[i]), int(self.offsets[i])
        return self.probabilities[start : start + size].view([2] * len(self.parents[i]))

    def _rows(self, x):
        return (x.to(self.weights.dtype) @ self.weights + self.offsets).round().long()

    def _data(self, x):
        return _arguments.tensor(
            "x", x, ("batch", len(self.parents)), "float", values=(0, 1), device=self.probabilities.device
        )

    @torch.no_grad()
    def fit(self, x: Float[Tensor, "batch n"], pseudo_count=0.0):
        """Maximum likelihood by counting: p(x_i = 1 | row) = (ones + pseudo_count) / (examples + 2 pseudo_count).

        x: (batch, n) with entries 0 and 1. A row that no example visits is 0/0 without pseudo-count: 1/2 by convention.
        Returns the net.
        """
        x = self._data(x)
        if not isinstance(pseudo_count, (int, float)) or isinstance(pseudo_count, bool) or not 0 <= pseudo_count < 1e9:
            _arguments.fail("pseudo_count", _arguments.describe(pseudo_count), "a number of at least 0")
        rows, size = self._rows(x), len(self.probabilities)
        total = torch.bincount(rows.flatten(), minlength=size).to(self.probabilities.dtype)
        ones = torch.bincount(rows[x > 0.5], minlength=size).to(self.probabilities.dtype)
        seen = total + 2 * pseudo_count
        self.probabilities.copy_(torch.where(seen > 0, (ones + pseudo_count) / seen, 0.5))
        return self

    def conditionals(self, x: Float[Tensor, "batch n"]):
        """x_hat with x_hat_i = p(x_i = 1 | x_parents(i)), of shape (batch, n)."""
        return self.probabilities[self._rows(self._data(x))]

    def log_prob(self, x: Float[Tensor, "batch n"]):
        """log p(x) in nats, of shape (batch,); -inf where a table holds 0 for what happened."""
        x_hat = self.conditionals(x)
        return torch.where(x > 0.5, x_hat.log(), (-x_hat).log1p()).sum(-1)

    @torch.no_grad()
    def sample(self, n, generator=None):
        """Ancestral sampling, parents before children: (n, number of variables), entries 0 and 1."""
        n = _arguments.count("n", n)
        size, here = len(self.parents), self.probabilities.device
        drawn_on = generator.device if generator is not None else here
        noise = torch.rand(n, size, generator=generator, device=drawn_on).to(here)
        x = torch.zeros(n, size, dtype=self.probabilities.dtype, device=here)
        for i in self.ordering:
            rows = (x @ self.weights[:, i] + self.offsets[i]).round().long()
            x[:, i] = (noise[:, i] < self.probabilities[rows]).to(x.dtype)
        return x


def _table(name, value):
    """A joint table: (2, ..., 2), entries from 0 to 1 that sum to one."""
    n = max(1, value.dim()) if isinstance(value, Tensor) else 1
    _arguments.tensor(name, value, (2,) * n, "float", low=0, high=1)
    if not abs(float(value.sum()) - 1) < 1e-4:
        _arguments.fail(name, f"a sum of {float(value.sum()):.6g}", "probabilities that sum to 1")
    return value


def _variables(name, listed, n):
    listed = [_arguments.count(name, j, low=0, high=n - 1) for j in listed]
    if len(set(listed)) < len(listed):
        _arguments.fail(name, repr(listed), "each variable at most once")
    return listed


def _parent_lists(parents, n):
    if not isinstance(parents, (list, tuple)) or len(parents) != n or n == 0:
        _arguments.fail("parents", _arguments.describe(parents), "a list with the parents of each variable")
    for i, listed in enumerate(parents):
        if not isinstance(listed, (list, tuple, set, range)) or len(listed) > MAX_PARENTS:
            _arguments.fail(f"parents[{i}]", _arguments.describe(listed), f"a list of at most {MAX_PARENTS} variables")
    return [_variables(f"parents[{i}]", listed, n) for i, listed in enumerate(parents)]


def _ordering_of(parents):
    """An ordering in which parents come first, the smallest index first where there is a choice."""
    ordering = []
    while len(ordering) < len(parents):
        ready = [i for i, listed in enumerate(parents) if i not in ordering and set(listed) <= set(ordering)]
        if not ready:
            _arguments.fail("parents", "a directed cycle", "a graph without one")
        ordering.append(ready[0])
    return ordering


def _after_parents(parents, ordering):
    place = {variable: k for k, variable in enumerate(ordering)}
    for i, listed in enumerate(parents):
        for j in listed:
            if place[j] >= place[i]:
                _arguments.fail("ordering", f"variable {i} before its parent {j}", "parents before their children")
