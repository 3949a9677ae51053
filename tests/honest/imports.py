# has: a first cell with imports of its own, used by the answers.

# %% edit @3
import math
import numpy as np
import torch.nn as nn
import torch.nn.functional as F
from math import *
from torch import *
from builtins import *
from torch.nn.functional import *
import torch
import matplotlib.pyplot as plt
from gmlib import *
import gmlib
from gmlib import autoregressive, checks, data, plotting, training

# %% answer fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    return F.linear(x, alpha * tril(ones_like(alpha), -1), alpha_0)

# %% answer log_bernoulli
def log_bernoulli(x, logits):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)

# %% answer step
def step(a, x_i, w_i):
    return a + einsum("b,d->bd", x_i, w_i)
