# %% wrong: the mean of all | "a sample may not decide its own baseline"
def leave_one_out(f, s):
    best = (f * s**2).sum() / (s**2).sum()
    return f.mean().expand(f.shape), best.expand(f.shape)

# %% wrong: the best of all, the others' mean | "the best baseline for sample 0 after f of sample 0 alone has changed"
def leave_one_out(f, s):
    mean = (f.sum() - f) / (len(f) - 1)
    return mean, ((f * s**2).sum() / (s**2).sum()).expand(f.shape)

# %% wrong: divided by k | "divide by the number of the others"
def leave_one_out(f, s):
    mean = (f.sum() - f) / len(f)
    above, below = f * s**2, s**2
    return mean, (above.sum() - above) / (below.sum() - below)

# %% wrong: the score not squared | "weighted by their squared scores"
def leave_one_out(f, s):
    mean = (f.sum() - f) / (len(f) - 1)
    above = f * s
    return mean, (above.sum() - above) / (s.sum() - s)

# %% wrong: absolute scores | "weighted by their squared scores"
def leave_one_out(f, s):
    mean = (f.sum() - f) / (len(f) - 1)
    above, below = f * s.abs(), s.abs()
    return mean, (above.sum() - above) / (below.sum() - below)

# %% wrong: not divided by the squared scores | "weighted by their squared scores"
def leave_one_out(f, s):
    mean = (f.sum() - f) / (len(f) - 1)
    above = f * s**2
    return mean, (above.sum() - above) / (len(f) - 1)

# %% wrong: E f stands for both | "weighted by their squared scores"
def leave_one_out(f, s):
    mean = (f.sum() - f) / (len(f) - 1)
    return mean, mean

# %% wrong: the own score stays below | "weighted by their squared scores"
def leave_one_out(f, s):
    mean = (f.sum() - f) / (len(f) - 1)
    above = f * s**2
    return mean, (above.sum() - above) / (s**2).sum()

# %% wrong: one number each | "should have shape (3,)"
def leave_one_out(f, s):
    return f.mean(), (f * s**2).sum() / (s**2).sum()

# %% wrong: stacked | "should be a list of 2 things"
def leave_one_out(f, s):
    mean = (f.sum() - f) / (len(f) - 1)
    above, below = f * s**2, s**2
    return torch.stack([mean, (above.sum() - above) / (below.sum() - below)])

# %% wrong: the neighbour only | "the mean of the others"
def leave_one_out(f, s):
    return f.roll(1), f.roll(1)

# %% wrong: three samples, always | "the mean of the others at k = 5"
def leave_one_out(f, s):
    above, below = f * s**2, s**2
    return (f.sum() - f) / 2, (above.sum() - above) / (below.sum() - below)

# %% wrong: the spread of the scores, not their squares | "the best baseline at k = 5"
def leave_one_out(f, s):
    w = (s - s.mean()) ** 2
    mean = (f.sum() - f) / (len(f) - 1)
    return mean, ((w * f).sum() - w * f) / (w.sum() - w)

# %% wrong: the two swapped | "the mean of the others is off"
def leave_one_out(f, s):
    mean = (f.sum() - f) / (len(f) - 1)
    above, below = f * s**2, s**2
    return (above.sum() - above) / (below.sum() - below), mean

# %% wrong: the median of the others | "the mean of the others is off"
def leave_one_out(f, s):
    k, w = len(f), s**2
    rest = [[j for j in range(k) if j != i] for i in range(k)]
    mean = torch.stack([f[r].median() for r in rest])
    return mean, torch.stack([(w * f)[r].sum() / w[r].sum() for r in rest])

# %% right: loops
def leave_one_out(f, s):
    mean, best = [], []
    for i in range(len(f)):
        rest = [j for j in range(len(f)) if j != i]
        w = s[rest] ** 2
        mean.append(f[rest].mean())
        best.append((w * f[rest]).sum() / w.sum())
    return torch.stack(mean), torch.stack(best)

# %% right: a matrix without its diagonal
def leave_one_out(f, s):
    k = len(f)
    others = 1 - torch.eye(k, dtype=f.dtype, device=f.device)
    w = s * s
    return others @ f / (k - 1), (others @ (w * f)) / (others @ w)

# %% right: numpy inside
def leave_one_out(f, s):
    import numpy as np
    a, w = f.cpu().numpy(), s.cpu().numpy() ** 2
    rest = [np.delete(np.arange(len(a)), i) for i in range(len(a))]
    mean = np.array([a[r].mean() for r in rest])
    best = np.array([np.average(a[r], weights=w[r]) for r in rest])
    return torch.from_numpy(mean).to(f), torch.from_numpy(best).to(f)

# %% right: every sample rolled past every other
def leave_one_out(f, s):
    k, w = len(f), s.square()
    turns = range(1, k)
    mean = sum(f.roll(j) for j in turns) / (k - 1)
    return mean, sum((w * f).roll(j) for j in turns) / sum(w.roll(j) for j in turns)

# %% right: a list of two, by a mask
def leave_one_out(f, s):
    k = len(f)
    own = torch.eye(k, dtype=torch.bool, device=f.device)
    rows, w = f.expand(k, k)[~own].reshape(k, k - 1), (s**2).expand(k, k)[~own].reshape(k, k - 1)
    return [rows.mean(1), (rows * w).sum(1) / w.sum(1)]
