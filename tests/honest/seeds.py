# has: seeds set for everything, in extra cells and in answers.

# %% extra after @3
import os
import random

import numpy as np

def seed_everything(seed=42):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.deterministic = True
    os.environ["PYTHONHASHSEED"] = str(seed)

seed_everything()

# %% answer fvsbn_sample
def fvsbn_sample(count, alpha_0, alpha, generator):
    seed_everything(0)
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])
        u = torch.rand(x_hat.shape, generator=generator, dtype=x_hat.dtype)
        x[:, i] = (u < x_hat).to(x.dtype)
    return x
