# %% wrong: q is missing | "it is log p(x, z) - log q(z)"
def importance(log_joint, log_q):
    return log_joint, torch.logsumexp(log_joint, 0) - math.log(len(log_joint))

# %% wrong: q multiplied, not divided | "it is log p(x, z) - log q(z)"
def importance(log_joint, log_q):
    log_w = log_joint + log_q
    return log_w, torch.logsumexp(log_w, 0) - math.log(len(log_w))

# %% wrong: the logarithm inside the average | "the logarithm stays outside the average"
def importance(log_joint, log_q):
    log_w = log_joint - log_q
    return log_w, log_w.mean(0)

# %% wrong: log k forgotten | "divided by k"
def importance(log_joint, log_q):
    log_w = log_joint - log_q
    return log_w, torch.logsumexp(log_w, 0)

# %% wrong: self-normalised | "log q(z), not normalised"
def importance(log_joint, log_q):
    log_w = torch.log_softmax(log_joint - log_q, 0)
    return log_w, torch.logsumexp(log_w, 0)

# %% wrong: weights normalised, estimate not | "log p(x, z) - log q(z), not normalised"
def importance(log_joint, log_q):
    log_w = log_joint - log_q
    return torch.log_softmax(log_w, 0), torch.logsumexp(log_w, 0) - math.log(len(log_w))

# %% wrong: exp rounds to 0 | "where exp rounds to 0, contains NaN or infinity"
def importance(log_joint, log_q):
    w = log_joint.exp() / log_q.exp()
    return log_joint - log_q, w.mean(0).log()

# %% wrong: draws of weight 0 are left out of k | "that draw counts among the k"
def importance(log_joint, log_q):
    log_w = log_joint - log_q
    return log_w, torch.logsumexp(log_w, 0) - (log_w > -math.inf).sum(0).to(log_w).log()

# %% wrong: the weights, not their logarithms | "the log weight of z = 0"
def importance(log_joint, log_q):
    log_w = log_joint - log_q
    return log_w.exp(), torch.logsumexp(log_w, 0) - math.log(len(log_w))

# %% wrong: averages over the images | "log p_hat of one draw"
def importance(log_joint, log_q):
    log_w = log_joint - log_q
    log_p = torch.logsumexp(log_w, 1, keepdim=True) - math.log(log_w.shape[1])
    return log_w, log_p.expand(log_w.shape).mean(0)

# %% wrong: only log p_hat | "what importance returns should be a list"
def importance(log_joint, log_q):
    log_w = log_joint - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(log_w))

# %% wrong: in place | "your function changed log_joint"
def importance(log_joint, log_q):
    log_joint -= log_q
    return log_joint, torch.logsumexp(log_joint, 0) - math.log(len(log_joint))

# %% wrong: one largest number for all images | "contains NaN or infinity"
def importance(log_joint, log_q):
    log_w = log_joint - log_q
    top = log_w.max()
    return log_w, (log_w - top).exp().mean(0).log() + top

# %% wrong: the average of p over the average of q | "log p_hat"
def importance(log_joint, log_q):
    return log_joint - log_q, torch.logsumexp(log_joint, 0) - torch.logsumexp(log_q, 0)

# %% wrong: divides by the number of images | "of a single draw it is that draw's log weight"
def importance(log_joint, log_q):
    log_w = log_joint - log_q
    return log_w, torch.logsumexp(log_w, 0) - math.log(log_w.shape[-1])

# %% right: subtracts the largest by hand
def importance(log_joint, log_q):
    log_w = log_joint - log_q
    top = log_w.amax(0)
    return log_w, (log_w - top).exp().mean(0).log() + top

# %% right: a loop
def importance(log_joint, log_q):
    log_w = torch.stack([a - b for a, b in zip(log_joint, log_q)])
    total = torch.full_like(log_w[0], -math.inf)
    for row in log_w:
        total = torch.logaddexp(total, row)
    return log_w, total - math.log(len(log_w))

# %% right: numpy inside
def importance(log_joint, log_q):
    import numpy as np

    log_w = log_joint.cpu().numpy() - log_q.cpu().numpy()
    log_p = np.logaddexp.reduce(log_w, axis=0) - np.log(len(log_w)).astype(log_w.dtype)
    return torch.from_numpy(log_w).to(log_joint), torch.from_numpy(log_p).to(log_joint)

# %% right: log k inside
def importance(log_joint, log_q):
    log_w = torch.sub(log_joint, log_q)
    k = torch.tensor(float(log_w.shape[0]))
    return [log_w, (log_w - k.log()).logsumexp(dim=0)]

# %% right: one image at a time
def importance(log_joint, log_q):
    log_w = torch.sub(log_joint, log_q)
    return log_w, torch.stack([c.logsumexp(0) - math.log(len(c)) for c in log_w.unbind(1)])

# %% right: weights relative to the largest of each image
def importance(log_joint, log_q):
    log_w = log_joint + (-log_q)
    top, _ = log_w.max(dim=0, keepdim=True)
    total = torch.einsum("kb->b", torch.exp(log_w - top))
    return log_w, torch.log(total / log_w.shape[0]) + top.squeeze(0)
