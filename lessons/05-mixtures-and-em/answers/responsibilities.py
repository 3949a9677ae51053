# %% wrong: normalised over the points | "shared out over the components"
def responsibilities(log_p, weights):
    return torch.softmax(log_p + weights.log(), 0)

# %% wrong: without the weights | "weight times density"
def responsibilities(log_p, weights):
    return torch.softmax(log_p, 1)

# %% wrong: exponentiates first | "0 / 0 is NaN"
def responsibilities(log_p, weights):
    p = log_p.exp() * weights
    return p / p.sum(1, keepdim=True)

# %% wrong: log-weights left as weights | "weight times density"
def responsibilities(log_p, weights):
    return torch.softmax(log_p + weights, 1)

# %% wrong: logarithms | "should not fall below 0"
def responsibilities(log_p, weights):
    return torch.log_softmax(log_p + weights.log(), 1)

# %% wrong: hard | "weight times density"
def responsibilities(log_p, weights):
    best = (log_p + weights.log()).argmax(1)
    return torch.nn.functional.one_hot(best, len(weights)).to(log_p)

# %% wrong: not normalised | "shared out over the components"
def responsibilities(log_p, weights):
    return log_p.exp() * weights

# %% wrong: a small number below | "p(z | x) of far points"
def responsibilities(log_p, weights):
    p = log_p.exp() * weights
    return p / (p.sum(1, keepdim=True) + 1e-30)

# %% wrong: the weights after the softmax | "shared out over the components"
def responsibilities(log_p, weights):
    return torch.softmax(log_p, 1) * weights

# %% wrong: one maximum for all points | "0 / 0 is NaN"
def responsibilities(log_p, weights):
    p = (log_p - log_p.max()).exp() * weights
    return p / p.sum(1, keepdim=True)

# %% wrong: transposed | "should have shape (3, 2)"
def responsibilities(log_p, weights):
    return torch.softmax(log_p + weights.log(), 1).T

# %% wrong: a tempered posterior | "weight times density"
def responsibilities(log_p, weights):
    return torch.softmax((log_p + weights.log()) / 2, 1)

# %% right: minus log p(x)
def responsibilities(log_p, weights):
    joint = log_p + weights.log()
    return (joint - joint.logsumexp(1, keepdim=True)).exp()

# %% right: a maximum a row
def responsibilities(log_p, weights):
    p = (log_p - log_p.amax(1, keepdim=True)).exp() * weights
    return p / p.sum(1, keepdim=True)

# %% right: a row at a time
def responsibilities(log_p, weights):
    return torch.stack([torch.softmax(row + torch.log(weights), -1) for row in log_p])

# %% right: one over a sum of ratios
def responsibilities(log_p, weights):
    joint = log_p + weights.log()
    K = len(weights)
    columns = []
    for k in range(K):
        odds = (joint - joint[:, k, None]).clamp(max=700 if log_p.dtype == torch.float64 else 80)
        columns.append(1 / odds.exp().nan_to_num(posinf=torch.inf).sum(1))
    found = torch.stack(columns, 1)
    return torch.where(weights > 0, found, torch.zeros_like(found))

# %% right: numpy inside
def responsibilities(log_p, weights):
    import numpy as np
    with np.errstate(divide="ignore"):
        a = log_p.double().cpu().numpy() + np.log(weights.double().cpu().numpy())
    p = np.exp(a - a.max(1, keepdims=True))
    return torch.from_numpy(p / p.sum(1, keepdims=True)).to(log_p)

# %% wrong: two components | "should have shape"
def responsibilities(log_p, weights):
    joint = log_p + weights.log()
    second = torch.sigmoid(joint[:, 1] - joint[:, 0])
    return torch.stack([1 - second, second], 1)

# %% wrong: the prior | "weight times density"
def responsibilities(log_p, weights):
    return weights.expand_as(log_p).clone()

# %% wrong: NaN filled with the prior | "p(z | x) of far points"
def responsibilities(log_p, weights):
    p = log_p.exp() * weights
    r = p / p.sum(1, keepdim=True)
    return torch.where(r.isnan(), weights, r)

# %% wrong: clamped far away | "p(z | x) of far points"
def responsibilities(log_p, weights):
    return torch.softmax(log_p.clamp(min=-700) + weights.log(), 1)

# %% wrong: weights kept above 0 | "p(z | x) of 7 points, 4 components"
def responsibilities(log_p, weights):
    return torch.softmax(log_p + weights.clamp(min=1e-12).log(), 1)

# %% wrong: over the largest | "shared out over the components"
def responsibilities(log_p, weights):
    joint = log_p + weights.log()
    return (joint - joint.amax(1, keepdim=True)).exp()

# %% right: exponential of log-softmax
def responsibilities(log_p, weights):
    return (log_p.T + torch.log(weights)[:, None]).log_softmax(0).exp().T

# %% right: PyTorch's categorical
def responsibilities(log_p, weights):
    return torch.distributions.Categorical(logits=log_p + weights.log()).probs
