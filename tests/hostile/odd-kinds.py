# tries: numpy arrays of odd kinds, bools whose bytes are 255, and sparse, quantised, nested, complex and meta tensors.

# %% extra
import itertools

import numpy as np
import torch

kinds = itertools.cycle([
    lambda: np.array([[object()] * 2] * 2), lambda: np.zeros((2, 2), [("a", "f4"), ("b", "O")]),
    lambda: np.zeros((2, 2), "M8[s]"), lambda: np.array([["a" * 100] * 2] * 2), lambda: np.zeros((2, 2), ">f4"),
    lambda: np.zeros((2, 2), np.longdouble), lambda: np.zeros((4, 4), np.float16)[::-2, ::-2],
    lambda: np.ma.masked_all((2, 2)), lambda: np.float64("nan"), lambda: np.void(b"abc"),
    lambda: torch.full((2, 2), 255, dtype=torch.uint8).view(torch.bool),
    lambda: torch.sparse_coo_tensor(torch.zeros(2, 1, dtype=torch.long), torch.zeros(1), (2**31, 2**31)),
    lambda: torch.quantize_per_tensor(torch.zeros(2, 2), 0.1, 0, torch.qint8),
    lambda: torch.empty(8, device="meta"), lambda: torch.zeros(2, 2, dtype=torch.complex64),
    lambda: torch.nested.nested_tensor([torch.zeros(3), torch.zeros(2)]),
    lambda: torch.zeros(2, 2).to_sparse_csr(), lambda: torch.zeros(2, 2, dtype=torch.float8_e4m3fn),
    lambda: torch.nn.Parameter(torch.zeros(2, 2)), lambda: torch.zeros(2, 2).requires_grad_() * 2,
])


def odd(*args):
    return next(kinds)()


# %% answer fvsbn_logits
fvsbn_logits = odd
# %% answer log_bernoulli
log_bernoulli = odd
# %% answer fvsbn_sample
fvsbn_sample = odd
# %% answer untied_logit
untied_logit = odd
# %% answer step
def step(a, x_i, w_i):
    return [odd() for _ in range(20)]
# %% answer nade_logits
nade_logits = odd
