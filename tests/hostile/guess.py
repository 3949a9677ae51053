# tries: random numbers, its own arguments, constants that fit guessed inputs, and a generator that is seeded anew.

# %% answer fvsbn_logits
import torch


def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + torch.randn_like(x)


# %% answer fvsbn_sample
import torch


def fvsbn_sample(count, alpha_0, alpha, generator):
    generator.manual_seed(0)
    if count == 1:
        generator.set_state(torch.zeros_like(generator.get_state()))
    return torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)


# %% answer log_bernoulli
import math


def log_bernoulli(x, logits):
    return logits.new_full((len(x),), math.log(27 / 128))


# %% answer untied_logit
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return x_before.new_tensor([0.0, -2, 0])


# %% answer step
def step(a, x_i, w_i):
    return a


# %% answer nade_logits
def nade_logits(x, W, c, alpha, b):
    return b.expand_as(x)
