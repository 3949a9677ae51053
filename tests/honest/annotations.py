# has: type annotations, dataclasses and docstrings of its own.

# %% extra after @3
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional

from jaxtyping import Float
from torch import Tensor

@dataclass
class Config:
    dropout: float = 0.0
    name: Optional[str] = None

CONFIG: Config = Config(name="mine")

# %% answer fvsbn_logits
def fvsbn_logits(x: Float[Tensor, "batch n"], alpha_0: Float[Tensor, "n"], alpha: Float[Tensor, "n n"]) -> Float[Tensor, "batch n"]:
    r"""My own docstring, \alpha and all."""
    z: Tensor = alpha_0 + x @ alpha.tril(-1).T
    return z

# %% answer step
def step(a: torch.Tensor, x_i: torch.Tensor, w_i: torch.Tensor, *, config: Config | None = CONFIG) -> torch.Tensor:
    assert config is not None and config.name == "mine"
    return a + x_i.unsqueeze(-1) * w_i

# %% answer log_bernoulli
log_bernoulli: Callable[[Tensor, Tensor], Tensor]

def log_bernoulli(x: Tensor, logits: Tensor, /) -> Tensor:
    return torch.where(x > 0.5, logsigmoid(logits), logsigmoid(-logits)).sum(-1)
