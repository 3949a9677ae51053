# %% wrong: the root of k forgotten | "over the root of k"
def relative_error(log_weights):
    return (len(log_weights) * torch.softmax(log_weights, 0)).std(0)

# %% wrong: over k, not its root | "over the root of k"
def relative_error(log_weights):
    k = len(log_weights)
    return (k * torch.softmax(log_weights, 0)).std(0) / k

# %% wrong: the variance, no root | "the standard deviation of a weight"
def relative_error(log_weights):
    k = len(log_weights)
    return (k * torch.softmax(log_weights, 0)).var(0) / math.sqrt(k)

# %% wrong: k in place of k - 1 | "with k - 1"
def relative_error(log_weights):
    k = len(log_weights)
    return (k * torch.softmax(log_weights, 0)).std(0, unbiased=False) / math.sqrt(k)

# %% wrong: not divided by p_hat | "over p_hat"
def relative_error(log_weights):
    return log_weights.exp().std(0) / math.sqrt(len(log_weights))

# %% wrong: overflows | "near 3000 and -3000 contains NaN or infinity"
def relative_error(log_weights):
    w = log_weights.exp()
    return w.std(0) / w.mean(0) / math.sqrt(len(w))

# %% wrong: of the log weights | "the relative error of weights 3 and 1"
def relative_error(log_weights):
    return log_weights.std(0) / math.sqrt(len(log_weights))

# %% wrong: scaled by the largest, not by p_hat | "over p_hat"
def relative_error(log_weights):
    w = (log_weights - log_weights.amax(0)).exp()
    return w.std(0) / math.sqrt(len(w))

# %% wrong: over the images | "the relative error of weights 3 and 1"
def relative_error(log_weights):
    k = len(log_weights)
    return (k * torch.softmax(log_weights, 0)).std(1) / math.sqrt(k)

# %% wrong: the sum in place of the mean | "over p_hat"
def relative_error(log_weights):
    return torch.softmax(log_weights, 0).std(0) / math.sqrt(len(log_weights))

# %% wrong: one largest number for all images | "contains NaN or infinity"
def relative_error(log_weights):
    w = (log_weights - log_weights.max()).exp()
    return w.std(0) / w.mean(0) / math.sqrt(len(w))

# %% wrong: one over the root of the effective size | "the relative error of weights 3 and 1"
def relative_error(log_weights):
    return torch.softmax(log_weights, 0).square().sum(0).sqrt()

# %% wrong: over the root of two, whatever k is | "the relative error of"
def relative_error(log_weights):
    return (len(log_weights) * torch.softmax(log_weights, 0)).std(0) / math.sqrt(2)

# %% wrong: its square | "the standard deviation of a weight"
def relative_error(log_weights):
    k = len(log_weights)
    return (k * torch.softmax(log_weights, 0)).var(0) / k

# %% right: subtracts the largest
def relative_error(log_weights):
    w = (log_weights - log_weights.amax(0)).exp()
    return w.std(0) / w.mean(0) / len(w) ** 0.5

# %% right: from the effective sample size
def relative_error(log_weights):
    k, share = len(log_weights), torch.softmax(log_weights, 0)
    return ((k * share.square().sum(0) - 1).clamp(min=0) / (k - 1)).sqrt()

# %% right: a loop
def relative_error(log_weights):
    out = []
    for column in log_weights.T:
        w = torch.exp(column - column.max())
        p_hat = w.mean()
        s2 = sum((v - p_hat) ** 2 for v in w) / (len(w) - 1)
        out.append((s2 / len(w)).sqrt() / p_hat)
    return torch.stack(out)

# %% right: numpy inside
def relative_error(log_weights):
    import numpy as np

    rows = log_weights.cpu().numpy()
    w = np.exp(rows - rows.max(0))
    return torch.from_numpy(w.std(0, ddof=1) / w.mean(0) / np.sqrt(len(w)).astype(w.dtype)).to(log_weights)

# %% right: the standard deviation of the mean, by a dot product
def relative_error(log_weights):
    k = log_weights.shape[0]
    v = torch.softmax(log_weights, 0) - 1 / k
    return torch.sqrt(k / (k - 1) * torch.einsum("kb,kb->b", v, v))

# %% right: in the logarithm to the end
def relative_error(log_weights):
    k = len(log_weights)
    log_p = torch.logsumexp(log_weights, 0) - math.log(k)
    square = torch.expm1(log_weights - log_p).square()
    return (square.sum(0) / (k * (k - 1))) ** 0.5
