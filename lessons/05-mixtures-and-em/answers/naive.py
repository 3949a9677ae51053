# %% wrong: the number of values forgotten | "times the average over the draws"
def naive(log_joint, size):
    return torch.logsumexp(log_joint, 0) - math.log(len(log_joint))

# %% wrong: log k forgotten | "times the average over the draws"
def naive(log_joint, size):
    return torch.logsumexp(log_joint, 0) + math.log(size)

# %% wrong: the mean of the logarithms | "average the probabilities, not their logarithms"
def naive(log_joint, size):
    return log_joint.mean(0) + math.log(size)

# %% wrong: exp rounds to 0 | "where exp rounds to 0, contains NaN or infinity"
def naive(log_joint, size):
    return (size * log_joint.exp().mean(0)).log()

# %% wrong: the number of values outside the logarithm | "times the average over the draws"
def naive(log_joint, size):
    return size * (torch.logsumexp(log_joint, 0) - math.log(len(log_joint)))

# %% wrong: size taken for the number of latents | "times the average over the draws"
def naive(log_joint, size):
    return torch.logsumexp(log_joint, 0) - math.log(len(log_joint)) + size * math.log(2)

# %% wrong: the best draw | "times the average over the draws"
def naive(log_joint, size):
    return log_joint.max(0).values

# %% wrong: a small number against log 0 | "nothing clamped"
def naive(log_joint, size):
    return (size * log_joint.exp().mean(0) + 1e-300).log()

# %% wrong: over the images | "log p_hat"
def naive(log_joint, size):
    return torch.logsumexp(log_joint, 1) + math.log(size) - math.log(log_joint.shape[1])

# %% wrong: the probability, no logarithm | "times the average over the draws"
def naive(log_joint, size):
    return size * log_joint.exp().mean(0)

# %% wrong: subtracts in place | "your function changed log_joint"
def naive(log_joint, size):
    top = log_joint.amax(0)
    log_joint -= top
    return top + (size * log_joint.exp().mean(0)).log()

# %% wrong: one largest number for all images | "contains NaN or infinity"
def naive(log_joint, size):
    top = log_joint.max()
    return (log_joint - top).exp().mean(0).log() + top + math.log(size)

# %% wrong: bits, no nats | "times the average over the draws"
def naive(log_joint, size):
    return torch.logsumexp(log_joint, 0) + math.log2(size) - math.log2(len(log_joint))

# %% right: subtracts the largest by hand
def naive(log_joint, size):
    top = log_joint.amax(0)
    return top + (log_joint - top).exp().mean(0).log() + math.log(size)

# %% right: the weights inside
def naive(log_joint, size):
    return torch.logsumexp(log_joint + math.log(size / len(log_joint)), 0)

# %% right: a loop
def naive(log_joint, size):
    total = log_joint[0]
    for row in log_joint[1:]:
        total = torch.logaddexp(total, row)
    return total + math.log(size) - math.log(log_joint.shape[0])

# %% right: numpy inside
def naive(log_joint, size):
    import numpy as np

    rows = np.logaddexp.reduce(log_joint.cpu().numpy(), axis=0)
    return torch.from_numpy(rows + np.log(size / len(log_joint)).astype(rows.dtype)).to(log_joint)

# %% right: logarithms of tensors
def naive(log_joint, size):
    return log_joint.logsumexp(0) + torch.log(torch.tensor(size)) - torch.log(torch.tensor(len(log_joint)))

# %% right: one image at a time
def naive(log_joint, size):
    out = []
    for column in log_joint.unbind(1):
        out.append(math.log(size) + torch.logsumexp(column - math.log(column.numel()), 0))
    return torch.stack(out)

# %% right: the last of the running sums
def naive(log_joint, size):
    k = torch.tensor(float(len(log_joint))).to(log_joint)
    return torch.logcumsumexp(log_joint, 0)[-1] + math.log(size) - k.log()
