"""The network inside masked flows: numbers for each variable from those before it, at once or bit by bit."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.autoregressive import _shared
from gmlib.autoregressive.made import MaskedLinear, made_degrees, made_masks

_COLUMNS = 1024  # vectors walked together: their hidden states stay in cache
_BLOCK = 8  # places


class MaskedNetwork(nn.Module):
    """`outputs` numbers for each of n variables, each a function of the variables before it in `ordering` alone.

    The layers are those of a MADE, with ReLU between them. Its two doors agree to rounding:

    network(x)             all numbers of all variables from a known x, in one pass;
    network.walk(z, entry) x itself where x_i = entry(z_i, numbers of i), one entry after the other. All n steps
                           together cost about as much as one pass, because each evaluates only what is new.

    ordering: the n variable indices, first generated first. hidden: units of each hidden layer, at least one layer.
    """

    def __init__(self, n, hidden, outputs, ordering, generator=None):
        super().__init__()
        self.n, self.outputs = n, outputs
        self.ordering = _arguments.ordering("ordering", ordering, n)
        degrees = made_degrees(n, hidden)
        # for each hidden layer and place p: how many units have a number of at most p
        self._ends = [[int((d <= p).sum()) for p in range(1, n + 1)] for d in degrees]
        *masks, last = made_masks(self.ordering, degrees)
        self.layers = nn.ModuleList(MaskedLinear(mask, generator) for mask in [*masks, last.repeat(outputs, 1)])
        self._spread(generator)
        _shared.add_places(self, self.ordering)

    @torch.no_grad()
    def _spread(self, generator):
        """First weights under which units bend at different places, and signals keep their size from layer to layer."""
        for k, layer in enumerate(self.layers):
            inputs = layer.weight.shape[1]
            drawn = torch.rand(len(layer.bias), generator=generator, device=_random.home(generator))
            layer.bias.copy_((2 * drawn - 1) / inputs**0.5)
            if k:
                layer.weight.mul_(3**0.5)  # of variance 1 / inputs

    def forward(self, x: Float[Tensor, "batch n"]) -> tuple[Float[Tensor, "batch n"], ...]:
        *hidden, last = self.layers
        h = x
        for layer in hidden:
            h = layer(h).relu_()  # in place: the sum inside is not needed again
        return last(h).chunk(self.outputs, 1)

    def walk(self, z: Float[Tensor, "batch n"], entry) -> tuple[Float[Tensor, "batch n"], ...]:
        """(x, and all numbers of all variables) with x_i = entry(z_i, numbers of i), each (batch,)."""
        gradients = torch.is_grad_enabled() and (z.requires_grad or any(p.requires_grad for p in self.parameters()))
        steps = self._recorded if gradients else self._in_place
        weights, biases = self._by_place()
        found = [steps(part.t()[self.order], entry, weights, biases) for part in z.split(_COLUMNS)]
        return tuple(torch.cat(parts, 1)[self.place].t().contiguous() for parts in zip(*found, strict=True))

    def _by_place(self):
        """Weights and biases with inputs and outputs by place: then what is known is a prefix, in every layer."""
        weights = [layer.masked() for layer in self.layers]
        weights[0] = weights[0][:, self.order]
        weights[-1] = weights[-1].unflatten(0, (self.outputs, self.n))[:, self.order].transpose(0, 1)
        biases = [layer.bias[:, None] for layer in self.layers]
        biases[-1] = biases[-1].unflatten(0, (self.outputs, self.n))[:, self.order].transpose(0, 1)
        return weights, biases

    def _in_place(self, z, entry, weights, biases):
        """The walk without gradients. Columns are vectors: a prefix is then one block of memory.

        What was known before a block of places reaches all of the block by one product of matrices a layer; inside the
        block only what is new is added.
        """
        *hidden, last = weights
        last = last.flatten(0, 1)  # the numbers of the first place, then those of the second, ...
        states = [torch.empty_like(z), *(bias.expand(-1, z.shape[1]).clone() for bias in biases[:-1])]
        numbers = biases[-1].flatten(0, 1).expand(-1, z.shape[1]).clone()
        known, outputs = [0] * len(states), self.outputs
        for first in range(0, self.n, _BLOCK):
            end, before = min(first + _BLOCK, self.n), list(known)
            if first:
                for k, (w, ends) in enumerate(zip(hidden, self._ends, strict=True), start=1):
                    new, old = slice(known[k], ends[end - 1]), slice(before[k - 1])
                    states[k][new].addmm_(w[new, old], states[k - 1][old])
                new, old = slice(first * outputs, end * outputs), slice(before[-1])
                numbers[new].addmm_(last[new, old], states[-1][old])
            for p in range(first, end):
                new, old = slice(p * outputs, (p + 1) * outputs), slice(before[-1], known[-1])
                if p > first:
                    numbers[new].addmm_(last[new, old], states[-1][old])
                states[0][p] = entry(z[p], *numbers[new])
                known[0] = p + 1
                for k, (w, ends) in enumerate(zip(hidden, self._ends, strict=True), start=1):
                    new, old = slice(known[k], ends[p]), slice(before[k - 1], known[k - 1])
                    known[k] = ends[p]
                    if new.start < new.stop:
                        states[k][new].addmm_(w[new, old], states[k - 1][old]).relu_()
        return states[0], *numbers.unflatten(0, (self.n, outputs)).unbind(1)

    def _recorded(self, z, entry, weights, biases):
        """The same walk for autograd: nothing is overwritten."""
        states, known, numbers = [[z[:0]], *([z.new_empty(0, z.shape[1])] for _ in self._ends)], [0] * len(weights), []
        for p in range(self.n):
            h = torch.cat(states[-1])
            numbers.append(torch.addmm(biases[-1][p], weights[-1][p, :, : len(h)], h))
            states[0].append(entry(z[p], *numbers[p])[None])
            for k, ends in enumerate(self._ends, start=1):
                start, known[k] = known[k], ends[p]
                if start < ends[p]:
                    h = torch.cat(states[k - 1])
                    w = weights[k - 1][start : ends[p], : len(h)]
                    states[k].append(torch.addmm(biases[k - 1][start : ends[p]], w, h).relu_())
        return torch.cat(states[0]), *torch.stack(numbers).unbind(1)
