# %% wrong: probabilities for densities | "the density is w / h"
def gaussian_gap(log_p, x):
    log_w = log_p.log_softmax(1)
    w = log_w.exp()
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1, keepdim=True)
    log_n = -((x - mean) ** 2) / variance - (2 * math.pi * variance).log()
    return (w * (log_w - log_n / 2)).sum(1)

# %% wrong: the divergence the other way round | "the average is over p"
def gaussian_gap(log_p, x):
    log_w = log_p.log_softmax(1)
    w, h = log_w.exp(), x[1] - x[0]
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1, keepdim=True)
    log_n = (-((x - mean) ** 2) / variance - (2 * math.pi * variance).log()) / 2
    return (log_n.exp() * h * (log_n - log_w + h.log())).sum(1)

# %% wrong: not normalised | "normalise"
def gaussian_gap(log_p, x):
    w, h = log_p.softmax(1), x[1] - x[0]
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1, keepdim=True)
    log_n = -((x - mean) ** 2) / variance - (2 * math.pi * variance).log()
    return (w * (log_p - log_n / 2)).sum(1)

# %% wrong: the standard normal for N | "the gap of three Gaussians"
def gaussian_gap(log_p, x):
    log_w = log_p.log_softmax(1)
    log_n = -(x**2) / 2 - math.log(2 * math.pi) / 2
    return (log_w.exp() * (log_w - (x[1] - x[0]).log() - log_n)).sum(1)

# %% wrong: the mean of N is 0 | "the gap of three Gaussians"
def gaussian_gap(log_p, x):
    log_w = log_p.log_softmax(1)
    w, h = log_w.exp(), x[1] - x[0]
    variance = (w * x**2).sum(1, keepdim=True)
    log_n = -(x**2) / variance - (2 * math.pi * variance).log()
    return (w * (log_w - h.log() - log_n / 2)).sum(1)

# %% wrong: in bits | "the gap of the example by hand is off"
def gaussian_gap(log_p, x):
    log_w = log_p.log_softmax(1)
    w, h = log_w.exp(), x[1] - x[0]
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1, keepdim=True)
    log_n = -((x - mean) ** 2) / variance - (2 * math.pi * variance).log()
    return (w * (log_w - h.log() - log_n / 2)).sum(1) / math.log(2)

# %% wrong: the variance where its root belongs | "whatever its mean and width"
def gaussian_gap(log_p, x):
    log_w = log_p.log_softmax(1)
    w, h = log_w.exp(), x[1] - x[0]
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1, keepdim=True)
    log_n = torch.distributions.Normal(mean, variance).log_prob(x)
    return (w * (log_w - h.log() - log_n)).sum(1)

# %% wrong: one number for all rows | "should have shape (3,), but it has shape ()"
def gaussian_gap(log_p, x):
    log_w = log_p.log_softmax(1)
    w, h = log_w.exp(), x[1] - x[0]
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1, keepdim=True)
    log_n = -((x - mean) ** 2) / variance - (2 * math.pi * variance).log()
    gaps = (w * (log_w - h.log() - log_n / 2)).sum(1)
    return gaps if len(gaps) == 1 else gaps.sum()

# %% wrong: the entropy only | "the gap of the example by hand"
def gaussian_gap(log_p, x):
    log_w = log_p.log_softmax(1)
    return -(log_w.exp() * (log_w - (x[1] - x[0]).log())).sum(1)

# %% wrong: N normalised on the grid, too | "the gap of the example by hand is off"
def gaussian_gap(log_p, x):
    log_w = log_p.log_softmax(1)
    w = log_w.exp()
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1, keepdim=True)
    return (w * (log_w - (-((x - mean) ** 2) / variance / 2).log_softmax(1))).sum(1)

# %% wrong: the whole table normalised | "normalise row by row"
def gaussian_gap(log_p, x):
    log_w = log_p - log_p.logsumexp((0, 1))
    w, h = log_w.exp(), x[1] - x[0]
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1, keepdim=True)
    log_n = -((x - mean) ** 2) / variance - (2 * math.pi * variance).log()
    return (w * (log_w - h.log() - log_n / 2)).sum(1)

# %% wrong: exponentials that underflow | "contains NaN or infinity"
def gaussian_gap(log_p, x):
    w = log_p.exp() / log_p.exp().sum(1, keepdim=True)
    h = x[1] - x[0]
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1, keepdim=True)
    log_n = -((x - mean) ** 2) / variance - (2 * math.pi * variance).log()
    return (w * (torch.where(w > 0, w, 1).log() - h.log() - log_n / 2)).sum(1)

# %% right: the Gaussian's entropy minus the density's
def gaussian_gap(log_p, x):
    log_w = log_p - log_p.logsumexp(1, keepdim=True)
    w, h = log_w.exp(), x[1] - x[0]
    entropy = h.log() - (w * log_w).sum(1)
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1)
    return (2 * math.pi * math.e * variance).log() / 2 - entropy

# %% right: torch's own Gaussian, one row at a time
def gaussian_gap(log_p, x):
    gaps = []
    for row in log_p:
        w = row.softmax(0)
        mean = w @ x
        normal = torch.distributions.Normal(mean, (w @ (x - mean) ** 2).sqrt())
        log_r = row.log_softmax(0) - torch.log(x[1] - x[0])
        gaps.append(w @ (log_r - normal.log_prob(x)))
    return torch.stack(gaps)

# %% right: numpy inside
def gaussian_gap(log_p, x):
    import numpy as np

    table, line = log_p.detach().cpu().double().numpy(), x.detach().cpu().double().numpy()
    w = np.exp(table - table.max(1, keepdims=True))
    w = w / w.sum(1, keepdims=True)
    mean = w @ line
    variance = (w * (line - mean[:, None]) ** 2).sum(1)
    h = line[1] - line[0]
    gap = 0.5 * np.log(2 * np.pi * np.e * variance) + (w * np.log(np.maximum(w, 1e-300) / h)).sum(1)
    return torch.tensor(gap, dtype=log_p.dtype, device=log_p.device)

# %% right: in units of the grid
def gaussian_gap(log_p, x):
    k = torch.arange(len(x)).to(x)  # the gap has no unit, so h may be 1
    log_w = torch.log_softmax(log_p, 1)
    w = log_w.exp()
    mean = torch.einsum("rp,p->r", w, k)
    variance = torch.einsum("rp,rp->r", w, (k - mean[:, None]) ** 2)
    return torch.einsum("rp,rp->r", w, log_w) + 0.5 * (1 + (2 * math.pi * variance).log())

# %% right: densities for weights
def gaussian_gap(log_p, x):
    h = (x[-1] - x[0]) / (len(x) - 1)
    log_r = log_p - torch.logsumexp(log_p, 1, keepdim=True) - torch.log(h)
    r = torch.exp(log_r)
    mu = h * (r * x).sum(1, keepdim=True)
    sigma = (h * (r * (x - mu) ** 2).sum(1, keepdim=True)).sqrt()
    return h * (r * (log_r - torch.distributions.Normal(mu, sigma).log_prob(x))).sum(1)
