# tries: os._exit in a call, and sys.exit, exit and SystemExit with odd codes, in cells and in calls.

# %% extra
import sys

sys.exit("all tests passed")

# %% answer step
import os


def step(a, x_i, w_i):
    os._exit(0)


# %% answer log_bernoulli
def log_bernoulli(x, logits):
    exit()


# %% answer fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    sys.exit(None)
