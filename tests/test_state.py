"""Weights are loaded only into a model of the same ordering; of flows, see test_flow_properties."""

import pytest
import torch

from gmlib import device
from gmlib.autoregressive import FVSBN, MADE, NADE, CategoricalNADE, MixtureNADE, UntiedNADE

MAKE = {
    "FVSBN": lambda ordering, seed: FVSBN(4, ordering, device.generator(seed)),
    "NADE": lambda ordering, seed: NADE(4, 3, ordering, device.generator(seed)),
    "untied NADE": lambda ordering, seed: UntiedNADE(4, 3, ordering, device.generator(seed)),
    "MADE": lambda ordering, seed: MADE(4, (6,), ordering, device.generator(seed)),
    "categorical NADE": lambda ordering, seed: CategoricalNADE(4, 2, 3, ordering, device.generator(seed)),
    "mixture NADE": lambda ordering, seed: MixtureNADE(4, 3, 2, ordering=ordering, generator=device.generator(seed)),
}


@pytest.mark.parametrize("name", MAKE)
def test_weights_are_loaded_only_where_they_fit(name):
    x = torch.randint(2, (5, 4), generator=device.generator(0))
    x = x if name == "categorical NADE" else x.float()
    one, same, other = (
        MAKE[name](ordering, seed) for ordering, seed in (([2, 0, 3, 1], 1), ([2, 0, 3, 1], 2), ([0, 1, 2, 3], 1))
    )
    assert not torch.equal(same.log_prob(x), one.log_prob(x))
    same.load_state_dict(one.state_dict())
    assert torch.equal(same.log_prob(x), one.log_prob(x))
    before = other.log_prob(x)
    with pytest.raises(ValueError, match=r"order: got weights for \[2, 0, 3, 1\], expected those for .*\[0, 1, 2, 3\]"):
        other.load_state_dict(one.state_dict())
    assert torch.equal(other.log_prob(x), before)  # nothing was taken
    other.load_state_dict(dict(one.named_parameters()))  # a state without an ordering is taken to fit
