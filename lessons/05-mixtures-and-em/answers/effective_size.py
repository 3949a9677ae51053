# %% wrong: overflows | "near 3000 and -3000 contains NaN"
def effective_size(log_weights):
    w = log_weights.exp()
    return w.sum(0) ** 2 / (w**2).sum(0)

# %% wrong: upside down | "and not its inverse"
def effective_size(log_weights):
    return torch.softmax(log_weights, 0).square().sum(0)

# %% wrong: not normalised | "the effective size of weights 3 and 1"
def effective_size(log_weights):
    return len(log_weights) ** 2 / log_weights.exp().square().sum(0)

# %% wrong: the sum not squared | "5 equal weights"
def effective_size(log_weights):
    w = (log_weights - log_weights.amax(0)).exp()
    return w.sum(0) / (w**2).sum(0)

# %% wrong: the exponential of the entropy | "the effective size of weights 3 and 1"
def effective_size(log_weights):
    share = torch.softmax(log_weights, 0)
    return torch.exp(-(share * share.log()).sum(0))

# %% wrong: one over the largest share | "the effective size of weights 3 and 1"
def effective_size(log_weights):
    return 1 / torch.softmax(log_weights, 0).amax(0)

# %% wrong: normalised over the images | "the effective size of 5 equal weights"
def effective_size(log_weights):
    return 1 / torch.softmax(log_weights, 1).square().sum(0)

# %% wrong: the number of draws | "the effective size of weights 3 and 1"
def effective_size(log_weights):
    return torch.full_like(log_weights[0], len(log_weights))

# %% wrong: its logarithm | "the effective size of 5 equal weights"
def effective_size(log_weights):
    return 2 * torch.logsumexp(log_weights, 0) - torch.logsumexp(2 * log_weights, 0)

# %% wrong: the log weights taken for weights | "the effective size of 5 equal weights"
def effective_size(log_weights):
    return log_weights.sum(0) ** 2 / (log_weights**2).sum(0)

# %% wrong: as a share of k | "the effective size of 5 equal weights"
def effective_size(log_weights):
    return 1 / torch.softmax(log_weights, 0).square().sum(0) / len(log_weights)

# %% wrong: one largest number for all images | "near 3000 and -3000 contains NaN"
def effective_size(log_weights):
    w = (log_weights - log_weights.max()).exp()
    return w.sum(0) ** 2 / (w**2).sum(0)

# %% wrong: the variance with k - 1 | "the effective size of weights 3 and 1"
def effective_size(log_weights):
    k = len(log_weights)
    return k / (1 + (k * torch.softmax(log_weights, 0)).var(0))

# %% wrong: a whole number | "the effective size of weights 3 and 1"
def effective_size(log_weights):
    return (1 / torch.softmax(log_weights, 0).square().sum(0)).round()

# %% right: two logsumexps
def effective_size(log_weights):
    return torch.exp(2 * torch.logsumexp(log_weights, 0) - torch.logsumexp(2 * log_weights, 0))

# %% right: subtracts the largest
def effective_size(log_weights):
    w = (log_weights - log_weights.max(0).values).exp()
    return w.sum(0) ** 2 / (w**2).sum(0)

# %% right: one column at a time
def effective_size(log_weights):
    out = []
    for j in range(log_weights.shape[1]):
        share = torch.softmax(log_weights[:, j], 0)
        out.append(1 / (share @ share))
    return torch.stack(out)

# %% right: numpy inside
def effective_size(log_weights):
    import numpy as np

    rows = log_weights.cpu().numpy()
    w = np.exp(rows - rows.max(0))
    return torch.from_numpy(w.sum(0) ** 2 / np.einsum("kb,kb->b", w, w)).to(log_weights)

# %% right: from the variance of the shares
def effective_size(log_weights):
    k = len(log_weights)
    share = k * torch.softmax(log_weights, 0)
    return k / (1 + share.var(0, unbiased=False))

# %% right: the share of two draws being one and the same
def effective_size(log_weights):
    share = torch.softmax(log_weights, 0)
    return torch.einsum("kb,kb->b", share, share).reciprocal()

# %% right: divided by p_hat first
def effective_size(log_weights):
    w = torch.exp(log_weights - torch.logsumexp(log_weights, 0) + math.log(len(log_weights)))
    return len(w) / (w * w).mean(0)
