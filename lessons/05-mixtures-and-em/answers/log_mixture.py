# %% wrong: exp rounds to 0 | "exp rounds to 0 there"
def log_mixture(log_p, weights):
    return (log_p.exp() @ weights).log()

# %% wrong: the weighted mean of the logarithms | "the weighted sum of densities"
def log_mixture(log_p, weights):
    return log_p @ weights

# %% wrong: without weights | "the weighted sum of densities"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p, 1)

# %% wrong: weights not as logarithms | "the weighted sum of densities"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p + weights, 1)

# %% wrong: weights times logarithms | "the weighted sum of densities"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p * weights, 1)

# %% wrong: over the points | "should have shape (3,)"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p + weights.log(), 0)

# %% wrong: the best component | "the weighted sum of densities"
def log_mixture(log_p, weights):
    return (log_p + weights.log()).amax(1)

# %% wrong: summed over the data | "should have shape (3,)"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p + weights.log(), 1).sum()

# %% wrong: a small number inside the logarithm | "log p(x) of a far point"
def log_mixture(log_p, weights):
    return (log_p.exp() @ weights + 1e-37).log()

# %% wrong: clamped | "nothing clamped"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p.clamp(min=-40) + weights.log(), 1) if log_p.min() > -900 else torch.logsumexp(log_p + weights.log(), 1)

# %% wrong: equal weights | "the weighted sum of densities"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p, 1) - math.log(len(weights))

# %% wrong: adds to the caller's tensor | "your function changed log_p"
def log_mixture(log_p, weights):
    log_p += weights.log()
    return torch.logsumexp(log_p, 1)

# %% wrong: a maximum for all points | "exp rounds to 0 there"
def log_mixture(log_p, weights):
    top = log_p.max()
    return top + ((log_p - top).exp() @ weights).log() if log_p.max() > -900 else (log_p.exp() @ weights).log()

# %% right: subtracts the largest by hand
def log_mixture(log_p, weights):
    top = log_p.amax(1, keepdim=True)
    return top[:, 0] + ((log_p - top).exp() @ weights).log()

# %% right: a loop of logaddexp
def log_mixture(log_p, weights):
    total = torch.full_like(log_p[:, 0], -torch.inf)
    for column, w in zip(log_p.T, weights):
        total = torch.logaddexp(total, column + torch.log(w))
    return total

# %% right: numpy inside
def log_mixture(log_p, weights):
    import numpy as np
    with np.errstate(divide="ignore"):
        logs = log_p.double().cpu().numpy() + np.log(weights.double().cpu().numpy())
    return torch.from_numpy(np.logaddexp.reduce(logs, axis=1)).to(log_p)

# %% right: a row at a time
def log_mixture(log_p, weights):
    rows = [torch.logsumexp(row + weights.log(), -1) for row in log_p]
    return torch.stack(rows)

# %% wrong: two components | "over all components"
def log_mixture(log_p, weights):
    joint = log_p + weights.log()
    return torch.logaddexp(joint[:, 0], joint[:, 1] if len(weights) > 1 else joint[:, 0])

# %% wrong: weights kept above 0 | "nothing clamped"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p + weights.clamp(min=1e-12).log(), 1)

# %% wrong: a small number added to the weights | "nothing clamped"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p + (weights + 1e-10).log(), 1)

# %% wrong: a column | "should have shape (3,)"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p + weights.log(), 1, keepdim=True)

# %% wrong: softmax of the weights | "the weighted sum of densities"
def log_mixture(log_p, weights):
    return torch.logsumexp(log_p + weights.log_softmax(0), 1)

# %% wrong: 1000 added back | "log p(x) of a mixture of"
def log_mixture(log_p, weights):
    shift = 1000 if log_p.max() < -900 else 0
    return ((log_p + shift).exp() @ weights).log() - shift

# %% right: PyTorch's mixture
def log_mixture(log_p, weights):
    logits = torch.distributions.Categorical(probs=weights).logits
    joint = log_p + torch.where(weights > 0, logits, torch.full_like(logits, -torch.inf))
    return joint.logsumexp(-1)

# %% right: joint minus posterior
def log_mixture(log_p, weights):
    joint = log_p + weights.log()
    best = joint.argmax(1, keepdim=True)
    return (joint.gather(1, best) - joint.log_softmax(1).gather(1, best)).squeeze(1)

# %% right: only components that have weight
def log_mixture(log_p, weights):
    some = weights > 0
    joint = log_p[:, some] + weights[some].log()
    top = joint.max(1).values
    return top + torch.log(torch.exp(joint - top[:, None]).sum(1))
