# has: answer cells that were copied with their metadata, below an unfinished first try.

# %% repeat fvsbn_logits
# %% edit fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + x @ alpha.T  # TODO

# %% repeat step
# %% repeat fvsbn_logits--lecture
# %% repeat log_bernoulli--fresh
