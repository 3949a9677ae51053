"""MADE: a fully connected network made autoregressive by masks, and mixtures over orderings."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.autoregressive import _shared
from gmlib.autoregressive._binary import BinaryAutoregressive

_ROWS = 1024  # samples drawn together: their hidden states stay in cache


def made_degrees(n, hidden) -> list[Int[Tensor, "_"]]:
    """The number m of each hidden unit, one tensor a layer: from 1 to n - 1, evenly spread, never falling.

    Each number occurs in every layer that has n - 1 units or more; then every allowed link has a path.

    n:      number of variables.
    hidden: units of each hidden layer.
    Raises ValueError for an n or hidden size below 1 and for hidden sizes that are not in a list.
    """
    highest = max(_arguments.count("n", n) - 1, 1)
    if not isinstance(hidden, (list, tuple)) or not hidden:
        got = "an empty list" if isinstance(hidden, (list, tuple)) else _arguments.describe(hidden)
        _arguments.fail("hidden", got, "a list: the units of each hidden layer")
    widths = [_arguments.count(f"hidden[{k}]", width) for k, width in enumerate(hidden)]
    return [1 + torch.arange(width) * highest // width for width in widths]


def made_masks(ordering, degrees) -> list[Bool[Tensor, "_ _"]]:
    """The masks that make a fully connected network autoregressive, one a weight matrix, inputs and outputs by index.

    From the variable at place p (1, ..., n) to hidden unit m: p <= m. From unit m' to m: m' <= m. From unit m to the
    output for the variable at place p: m < p.

    ordering: n variable indices, first generated first; [1, 2, 0] is x2, x3, x1.
    degrees:  one integer tensor a hidden layer, with the number m of each unit.
    Raises ValueError for an ordering that is no permutation and for degrees that are not whole numbers of at least 0.
    Source: lecture 001, "MADE: Masked Autoencoder for Distribution Estimation"; Germain et al. (2015).
    """
    if not hasattr(ordering, "__len__"):
        _arguments.fail("ordering", _arguments.describe(ordering), "a list of variable indices")
    ordering = _arguments.ordering("ordering", ordering, len(ordering))
    layers = [torch.argsort(torch.tensor(ordering)) + 1]
    layers += [_arguments.tensor(f"degrees[{k}]", d, ("units",), "integer", low=0) for k, d in enumerate(degrees)]
    masks = [m_in <= m_out[:, None] for m_in, m_out in zip(layers, layers[1:], strict=False)]
    return [*masks, layers[-1] < layers[0][:, None]]


class MaskedLinear(nn.Module):
    """y = (weight * mask) x + bias. The mask multiplies in the call: `forward` changes nothing."""

    def __init__(self, mask: Bool[Tensor, "units_out units_in"], generator=None):
        super().__init__()
        self.weight = _shared.weights(*mask.shape, inputs=mask.shape[1], generator=generator)
        self.bias = nn.Parameter(torch.zeros(len(mask)))
        self.register_buffer("mask", mask.to(self.weight.dtype), persistent=False)

    def masked(self) -> Float[Tensor, "units_out units_in"]:
        """The weights that count; the others are 0."""
        return self.weight * self.mask

    def forward(self, x: Float[Tensor, "batch units_in"]) -> Float[Tensor, "batch units_out"]:
        return F.linear(x, self.masked(), self.bias)


class MADE(BinaryAutoregressive):
    """Masked autoencoder for n binary variables: one network, all n conditionals in one pass.

        h^1 = relu((W^1 * M^1) x + b^1),  h^2 = relu((W^2 * M^2) h^1 + b^2),  ...
        x_hat_i = p(x_i = 1 | x_<i) = sigmoid((V * M)_i h^L + c_i)

    The masks M are those of `made_masks` for the degrees of `made_degrees`. Every conditional sees every variable
    before it as soon as each hidden layer has n - 1 units.

    n:         number of variables.
    hidden:    units of each hidden layer.
    ordering:  the n variable indices, first generated first; None is index order.
    generator: where the first weights come from.
    Raises ValueError for an n or hidden size below 1, hidden sizes not in a list, an ordering that is no permutation.
    Source: lecture 001, "MADE: Masked Autoencoder for Distribution Estimation"; Germain et al. (2015).
    """

    def __init__(self, n, hidden=(256,), ordering=None, generator=None):
        super().__init__()
        self.n = _arguments.count("n", n)
        self.ordering = _arguments.ordering("ordering", ordering, self.n)
        self.degrees = made_degrees(self.n, hidden)
        self.hidden = [len(degrees) for degrees in self.degrees]
        # for each hidden layer and place p: how many units have a number of at most p
        self._ends = [[int((d <= p).sum()) for p in range(1, self.n + 1)] for d in self.degrees]
        masks = made_masks(self.ordering, self.degrees)
        self.layers = nn.ModuleList(MaskedLinear(mask, generator) for mask in masks)
        _shared.add_order(self, self.ordering)

    def logits(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch n"]:
        """The conditionals before the sigmoid, in one pass."""
        h = _shared.binary(x, self.n, self.layers[0].weight)
        *hidden, output = self.layers
        for layer in hidden:
            h = layer(h).relu_()  # in place: the sum inside is not needed again
        return output(h)

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors; all n steps together cost about as much as one pass, because each evaluates only what is new.

        Once the variable at place p is known, the hidden units with number p can be computed, and no others became
        computable. The draws are those that n full passes would give. Raises ValueError for an n below 1.
        """
        u = _random.uniform(_arguments.count("n", n), self.n, generator=generator, like=self.layers[0].weight)
        return torch.cat([self._sample(part) for part in u.split(_ROWS)])

    def _sample(self, u):
        order = self.order
        # inputs and outputs by place: then what is known is a prefix, in every layer
        weights = [layer.masked() for layer in self.layers]
        weights[0], weights[-1] = weights[0][:, order], weights[-1][order]
        biases = [layer.bias[:, None] for layer in self.layers]
        # columns are samples: a prefix is then one block of memory
        states = [u.new_empty(width, len(u)) for width in (self.n, *self.hidden)]
        logits = biases[-1][order].expand(-1, len(u)).clone()  # grow with each hidden unit that becomes known
        u = u.t()[order].contiguous()
        known = [0] * len(states)
        for p in range(self.n):
            states[0][p] = u[p] < torch.sigmoid(logits[p])
            known[0] = p + 1
            for k, ends in enumerate(self._ends, start=1):
                start, known[k] = known[k], ends[p]
                w, inputs = weights[k - 1][start : ends[p], : known[k - 1]], states[k - 1][: known[k - 1]]
                torch.addmm(biases[k - 1][start : ends[p]], w, inputs, out=states[k][start : ends[p]]).relu_()
            logits[p + 1 :].addmm_(weights[-1][p + 1 :, start : known[-1]], states[-1][start : known[-1]])
        return states[0][torch.argsort(order)].t().contiguous()

    def free_parameters(self) -> int:
        """How many numbers the distribution depends on: the masked ones do not count."""
        return sum(int(layer.mask.sum()) + layer.bias.numel() for layer in self.layers)


class OrderMixture(nn.Module):
    """Equal mixture of models of the same variables, for example MADEs with different orderings.

        log p(x) = log (1 / K) sum_k p_k(x) = logsumexp_k log p_k(x) - log K

    models: K modules with `n`, `log_prob` and `sample`.
    Raises ValueError for an empty list and for models that differ in n.
    Source: Germain et al., MADE (2015), section 4.2; Uria et al., A Deep and Tractable Density Estimator (2014).
    """

    def __init__(self, models):
        super().__init__()
        models = list(models)
        if not models:
            _arguments.fail("models", "an empty list", "at least one model")
        for k, model in enumerate(models):
            if model.n != models[0].n:
                _arguments.fail(f"models[{k}]", f"{model.n} variables", f"{models[0].n}, as in models[0]")
        self.n = models[0].n
        self.models = nn.ModuleList(models)

    def log_prob(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch"]:
        """log p(x) in nats: the log of the mean of the probabilities. Raises ValueError as the members do."""
        return torch.stack([model.log_prob(x) for model in self.models]).logsumexp(0) - math.log(len(self.models))

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors, each from a member chosen at random. Raises ValueError for an n below 1."""
        n = _arguments.count("n", n)
        device = "cpu" if generator is None else generator.device
        member = torch.randint(len(self.models), (n,), generator=generator, device=device).to("cpu")
        drawn = [(member == k).nonzero()[:, 0] for k in range(len(self.models))]
        parts = [model.sample(len(at), generator) for model, at in zip(self.models, drawn, strict=True) if len(at)]
        x = torch.cat(parts)
        return x[torch.argsort(torch.cat(drawn)).to(x.device)]

    def free_parameters(self) -> int:
        """The sum over the members."""
        return sum(model.free_parameters() for model in self.models)
