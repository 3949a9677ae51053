# has: an answer cell split in two, so that both halves carry its id, and two answers merged into one.

# %% repeat log_bernoulli
# %% edit log_bernoulli
def log_bernoulli(x, logits):
    return total(logsigmoid((2 * x - 1) * logits))

def total(terms):
    return terms.sum(-1)

# %% answer untied_logit
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return torch.sigmoid(x_before @ A_i.T + c_i) @ alpha_i + b_i

def step(a, x_i, w_i):
    return a + x_i[:, None] * w_i

# %% drop step
