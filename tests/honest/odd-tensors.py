# has: tensors that are right and unusual: views, transposes, parameters, results that carry a graph.

# %% answer fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    weights = torch.nn.Parameter(alpha.detach().clone()) if not alpha.requires_grad else alpha
    return (weights.tril(-1) @ x.T + alpha_0[:, None]).T

# %% answer log_bernoulli
def log_bernoulli(x, logits):
    both = torch.stack([logsigmoid((2 * x - 1) * logits).sum(-1)] * 2, 1)
    return both[:, 0]

# %% answer step
def step(a, x_i, w_i):
    return (a.T + w_i[:, None] * x_i[None]).T

# %% answer untied_logit
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h = torch.sigmoid(x_before @ A_i.T + c_i)
    out = torch.empty(len(x_before), 2, dtype=h.dtype)
    out[:, 1] = h @ alpha_i + b_i
    return out[:, 1]
