# %% wrong: the factor not detached | "log w - b has to be held fixed"
def score_loss(log_joint, log_q):
    log_w = log_joint - log_q
    baseline = (log_w.sum(0) - log_w) / (len(log_w) - 1)
    return -(log_joint + (log_w - baseline) * log_q).mean()

# %% wrong: only the baseline detached | "log w - b has to be held fixed"
def score_loss(log_joint, log_q):
    log_w = log_joint - log_q
    baseline = ((log_w.sum(0) - log_w) / (len(log_w) - 1)).detach()
    return -(log_joint + (log_w - baseline) * log_q).mean()

# %% wrong: the loss of reparameterised samples | "it is b - log w for each sample"
def score_loss(log_joint, log_q):
    return -(log_joint - log_q).mean()

# %% wrong: no baseline | "b is made of the others"
def score_loss(log_joint, log_q):
    log_w = (log_joint - log_q).detach()
    return -(log_joint + log_w * log_q).mean()

# %% wrong: the sample in its own baseline | "b is made of the others"
def score_loss(log_joint, log_q):
    log_w = (log_joint - log_q).detach()
    return -(log_joint + (log_w - log_w.mean(0)) * log_q).mean()

# %% wrong: a baseline over the rows | "the mean over the other samples of the same row"
def score_loss(log_joint, log_q):
    log_w = (log_joint - log_q).detach()
    baseline = (log_w.sum() - log_w) / (log_w.numel() - 1)
    return -(log_joint + (log_w - baseline) * log_q).mean()

# %% wrong: the term of the decoder forgotten | "the gradient for log p(x, z)"
def score_loss(log_joint, log_q):
    log_w = (log_joint - log_q).detach()
    baseline = (log_w.sum(0) - log_w) / (len(log_w) - 1)
    return -((log_w - baseline) * log_q).mean()

# %% wrong: uphill | "the gradient for log p(x, z)"
def score_loss(log_joint, log_q):
    log_w = (log_joint - log_q).detach()
    baseline = (log_w.sum(0) - log_w) / (len(log_w) - 1)
    return (log_joint + (log_w - baseline) * log_q).mean()

# %% wrong: the sum over the samples | "over their number"
def score_loss(log_joint, log_q):
    log_w = (log_joint - log_q).detach()
    baseline = (log_w.sum(0) - log_w) / (len(log_w) - 1)
    return -(log_joint + (log_w - baseline) * log_q).sum(0).mean()

# %% wrong: all of it detached | "detach only the factor log w - b"
def score_loss(log_joint, log_q):
    log_joint, log_q = log_joint.detach(), log_q.detach()
    log_w = log_joint - log_q
    baseline = (log_w.sum(0) - log_w) / (len(log_w) - 1)
    return -(log_joint + (log_w - baseline) * log_q).mean()

# %% wrong: one loss for each row | "the loss should have shape ()"
def score_loss(log_joint, log_q):
    log_w = (log_joint - log_q).detach()
    baseline = (log_w.sum(0) - log_w) / (len(log_w) - 1)
    return -(log_joint + (log_w - baseline) * log_q).mean(0)

# %% wrong: the weights for their logarithm | "it is b - log w for each sample"
def score_loss(log_joint, log_q):
    w = (log_joint - log_q).detach().exp()
    baseline = (w.sum(0) - w) / (len(w) - 1)
    return -(log_joint + (w - baseline) * log_q).mean()

# %% wrong: the other of two | "the mean over the other samples of the same row"
def score_loss(log_joint, log_q):
    log_w = (log_joint - log_q).detach()
    return -(log_joint + (log_w - log_w.flip(0)) * log_q).mean()

# %% wrong: divided by the standard deviation | "it is b - log w for each sample"
def score_loss(log_joint, log_q):
    log_w = (log_joint - log_q).detach()
    return -(log_joint + (log_w - log_w.mean(0)) / log_w.std(0) * log_q).mean()

# %% wrong: the logarithm of the mean weight | "the mean over the other samples of the same row"
def score_loss(log_joint, log_q):
    log_w, k = (log_joint - log_q).detach(), len(log_q)
    rest = [[j for j in range(k) if j != i] for i in range(k)]
    baseline = torch.stack([log_w[r].logsumexp(0) - math.log(k - 1) for r in rest])
    return -(log_joint + (log_w - baseline) * log_q).mean()

# %% wrong: the sum over the rows | "the mean is over all samples of all rows"
def score_loss(log_joint, log_q):
    log_w = (log_joint - log_q).detach()
    baseline = (log_w.sum(0) - log_w) / (len(log_w) - 1)
    return -(log_joint + (log_w - baseline) * log_q).mean(0).sum()

# %% wrong: log p(x, z) alone is the reward | "it is b - log w for each sample"
def score_loss(log_joint, log_q):
    f = log_joint.detach()
    return -(log_joint + (f - (f.sum(0) - f) / (len(f) - 1)) * log_q).mean()

# %% wrong: a number without a gradient | "no gradient passes through the loss"
def score_loss(log_joint, log_q):
    log_w = log_joint - log_q
    baseline = (log_w.sum(0) - log_w) / (len(log_w) - 1)
    return torch.tensor(-(log_joint + (log_w - baseline) * log_q).mean().item())

# %% right: no_grad and loops
def score_loss(log_joint, log_q):
    k = len(log_joint)
    with torch.no_grad():
        log_w = log_joint - log_q
        factor = torch.stack([log_w[i] - (log_w.sum(0) - log_w[i]) / (k - 1) for i in range(k)])
    return -(log_joint.mean() + (factor * log_q).mean())

# %% right: the whole mean, stretched
def score_loss(log_joint, log_q):
    k, batch = log_joint.shape
    log_w = (log_joint - log_q).detach()
    factor = (log_w - log_w.mean(0)) * k / (k - 1)
    return -(log_joint.sum() + torch.einsum("kb,kb->", factor, log_q)) / (k * batch)

# %% right: a matrix of others
def score_loss(log_joint, log_q):
    k = len(log_joint)
    log_w = log_joint.detach() - log_q.detach()
    others = (1 - torch.eye(k, dtype=log_w.dtype, device=log_w.device)) / (k - 1)
    return torch.mean(-log_joint - (log_w - others @ log_w) * log_q)

# %% right: row by row, through the others' indices
def score_loss(log_joint, log_q):
    k, batch = log_q.shape
    total = 0
    for n in range(batch):
        w = [float(log_joint[i, n] - log_q[i, n]) for i in range(k)]
        for i in range(k):
            b = sum(w[j] for j in range(k) if j != i) / (k - 1)
            total = total - log_joint[i, n] - (w[i] - b) * log_q[i, n]
    return total / (k * batch)

# %% right: a loss of another value with the same gradient
def score_loss(log_joint, log_q):
    k, log_w = len(log_q), (log_joint - log_q).detach()
    ahead = (k * log_w - log_w.sum(0)) / (k - 1)
    return -log_joint.mean() - (ahead * (log_q - log_q.detach())).mean()
