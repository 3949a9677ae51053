"""Real-NVP: affine couplings whose halves take turns."""

import torch

from gmlib import _arguments
from gmlib.flows.coupling import AffineCoupling, halves
from gmlib.flows.flow import Flow


class RealNVP(Flow):
    """Affine couplings one after the other; an entry that stays in one moves in another.

        x_A = z_A,  x_B = exp(s(z_A)) * z_B + t(z_A),    log |det df/dz| = sum of all s of all couplings

    Densities and samples both take one pass of each coupling's network.

    n:         entries of a vector, at least 2: one stays, one moves.
    couplings: how many. hidden: units of each hidden layer of each network.
    masks:     one (n,) tensor of booleans a coupling, true where an entry stays; None is the first half (n // 2
               entries) and the rest in turn. `couplings` is then their number.
    generator: where the first weights come from.
    Raises ValueError for an n below 2, couplings or a hidden size below 1, an empty list of masks, and a mask that is
    not (n,) booleans with at least one of each kind.
    Source: lecture 000, "Real-NVP"; Dinh et al. (2017).
    """

    def __init__(self, n, couplings=4, hidden=(64, 64), masks=None, generator=None):
        n, couplings = _arguments.count("n", n, low=2), _arguments.count("couplings", couplings)
        if masks is None:
            masks = [halves(n) if k % 2 == 0 else ~halves(n) for k in range(couplings)]
        if not isinstance(masks, (list, tuple)) or not masks:
            got = "an empty list" if isinstance(masks, (list, tuple)) else _arguments.describe(masks)
            _arguments.fail("masks", got, f"a list of boolean tensors of shape ({n},), one a coupling")
        for k, mask in enumerate(masks):
            _arguments.tensor(f"masks[{k}]", mask, (n,), torch.bool)
        super().__init__(AffineCoupling(mask, hidden, generator=generator) for mask in masks)
