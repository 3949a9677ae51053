"""Coupling layers: some entries stay and say how the others move; both directions and the determinant are cheap."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from gmlib import _arguments, _random, _state
from gmlib.flows.transform import Transform, bounded


def halves(n, d=None) -> Bool[Tensor, "n"]:
    """The mask of the lectures: true for the first d entries, which stay. d is n // 2 where it is not given.

    Raises ValueError for an n below 2 and a d that is not from 1 to n - 1.
    """
    n = _arguments.count("n", n, low=2)
    return torch.arange(n) < (n // 2 if d is None else _arguments.count("d", d, high=n - 1))


def network(inputs, hidden, outputs, generator=None) -> nn.Sequential:
    """Linear layers with ReLU between them. The last one starts at 0, so that a coupling starts as the identity.

    The other first weights have variance 1 / inputs, and the first biases let the units bend at different places.

    hidden: units of each hidden layer. Raises ValueError for sizes that are no whole numbers of at least 1.
    """
    if not isinstance(hidden, (list, tuple)):
        _arguments.fail("hidden", _arguments.describe(hidden), "a list: the units of each hidden layer")
    sizes = [inputs, *(_arguments.count(f"hidden[{k}]", width) for k, width in enumerate(hidden)), outputs]
    layers = []
    for units_in, units_out in zip(sizes, sizes[1:], strict=False):
        # the layer's own first weights would come from PyTorch's global numbers
        layer = nn.utils.skip_init(nn.Linear, units_in, units_out, device=torch.get_default_device())
        drawn = torch.rand(units_out, units_in + 1, generator=generator, device=_random.home(generator))
        with torch.no_grad():
            layer.weight.copy_((2 * drawn[:, 1:] - 1) * (3 / units_in) ** 0.5)
            layer.bias.copy_((2 * drawn[:, 0] - 1) / units_in**0.5)
        layers += [layer, nn.ReLU()]
    nn.init.zeros_(layers[-2].weight)
    nn.init.zeros_(layers[-2].bias)
    return nn.Sequential(*layers[:-1])


class Coupling(Transform):
    """What the couplings share: which entries stay (A, the mask is true) and which move (B), and the network from A.

    mask:      (n,) of booleans, at least one of each kind.
    Raises ValueError for a mask that is not, and for bad hidden sizes.
    """

    def __init__(self, mask, hidden, outputs, generator):
        _arguments.tensor("mask", mask, ("n",), torch.bool)
        if bool(mask.all()) or not bool(mask.any()):
            _arguments.fail("mask", f"{int(mask.sum())} of {len(mask)} entries true", "at least one of each kind")
        super().__init__(len(mask))
        mask = mask.to(self._home.device)
        _state.settle(self, "kept", mask.nonzero()[:, 0])
        self.register_buffer("moved", (~mask).nonzero()[:, 0], persistent=False)
        self.network = network(len(self.kept), hidden, outputs * len(self.moved), generator)

    def _merge(self, whole, moved):
        """`whole` with its entries in B replaced by `moved`, as a new tensor."""
        return whole.index_copy(1, self.moved, moved)


class AdditiveCoupling(Coupling):
    """NICE's coupling: volume stays as it is.

        x_A = z_A,  x_B = z_B + t(z_A)        z_A = x_A,  z_B = x_B - t(x_A)        log |det df/dz| = 0

    mask: (n,) of booleans, true for A. hidden: units of each hidden layer of the network t.
    Raises ValueError for a mask without one of each kind and for bad hidden sizes.
    Source: lecture 000, "NICE", whose inverse has another letter for the same network; Dinh et al. (2014).
    """

    def __init__(self, mask: Bool[Tensor, "n"], hidden=(64, 64), generator=None):
        super().__init__(mask, hidden, 1, generator)

    def _forward(self, z):
        return self._merge(z, z[:, self.moved] + self.network(z[:, self.kept])), z.new_zeros(len(z))

    def _inverse(self, x):
        return self._merge(x, x[:, self.moved] - self.network(x[:, self.kept])), x.new_zeros(len(x))


class AffineCoupling(Coupling):
    """Real-NVP's coupling: the entries that stay scale and shift the others.

        x_A = z_A,  x_B = exp(s(z_A)) * z_B + t(z_A)        log |det df/dz| = sum_B s(z_A)
        z_A = x_A,  z_B = exp(-s(x_A)) * (x_B - t(x_A))     log |det df^-1/dx| = -sum_B s(x_A)

    The two networks s and t share their hidden layers. Each s is bounded, s = bound tanh(raw / bound), so that no input
    makes a scale overflow or vanish.

    mask:  (n,) of booleans, true for A. hidden: units of each hidden layer.
    bound: the largest |s|, above 0.
    Raises ValueError for a mask without one of each kind, for bad hidden sizes, and for a bound that is not above 0.
    Source: lecture 000, "Real-NVP" and problem 8, which writes one network h for both; Dinh et al. (2017).
    """

    def __init__(self, mask: Bool[Tensor, "n"], hidden=(64, 64), bound=2.0, generator=None):
        super().__init__(mask, hidden, 2, generator)
        self.bound = _arguments.positive("bound", bound)

    def scale_and_shift(self, kept: Float[Tensor, "batch kept"]) -> tuple[Tensor, Tensor]:
        """s and t, (batch, moved) each, from the entries that stay."""
        raw, t = self.network(kept).chunk(2, 1)
        return bounded(raw, self.bound), t

    def _forward(self, z):
        s, t = self.scale_and_shift(z[:, self.kept])
        return self._merge(z, s.exp() * z[:, self.moved] + t), s.sum(1)

    def _inverse(self, x):
        s, t = self.scale_and_shift(x[:, self.kept])
        return self._merge(x, (-s).exp() * (x[:, self.moved] - t)), -s.sum(1)
