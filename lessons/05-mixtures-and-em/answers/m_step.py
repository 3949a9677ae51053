# %% wrong: the old means in the covariance | "around the new means: around the old they grow"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - old_means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N[:, None, None]

# %% wrong: the old means returned | "mu_k is the mean of x weighted"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = old_means
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N[:, None, None]

# %% wrong: covariances over N | "divide by N_k, and add nothing"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / len(x)

# %% wrong: means over N | "mu_k is the mean of x weighted"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / len(x)
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N[:, None, None]

# %% wrong: hard assignments | "N_k the sum of a column of r"
def m_step(x, r, old_means):
    r = torch.nn.functional.one_hot(r.argmax(1), r.shape[1]).to(x)
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N[:, None, None]

# %% wrong: N_k - 1 | "divide by N_k, and add nothing"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / (N - 1)[:, None, None]

# %% wrong: weights not normalised | "pi_k is N_k / N"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N, means, outer / N[:, None, None]

# %% wrong: weights summed over components | "should have shape (2,)"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return r.sum(1) / len(x), means, outer / N[:, None, None]

# %% wrong: without responsibilities in the covariance | "weigh (x - mu)(x - mu)^T by r"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ika,ikb->kab", d, d)
    return N / len(x), means, outer / N[:, None, None]

# %% wrong: squared responsibilities | "weigh (x - mu)(x - mu)^T by r"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r**2, d, d)
    return N / len(x), means, outer / N[:, None, None]

# %% wrong: only variances | "weigh (x - mu)(x - mu)^T by r"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    S = outer / N[:, None, None]
    return N / len(x), means, torch.diag_embed(S.diagonal(dim1=1, dim2=2))

# %% wrong: a floor | "weigh (x - mu)(x - mu)^T by r"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N[:, None, None] + 1e-3 * torch.eye(x.shape[1], dtype=x.dtype)

# %% wrong: equal weights | "pi_k is N_k / N"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return torch.full_like(N, 1 / len(N)), means, outer / N[:, None, None]

# %% wrong: around the mean of all points | "weigh (x - mu)(x - mu)^T by r"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - x.mean(0).expand_as(means)
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N[:, None, None]

# %% wrong: the second moment | "weigh (x - mu)(x - mu)^T by r"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None].expand(-1, len(means), -1)
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N[:, None, None]

# %% wrong: two parts | "should have 3 entries"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return means, outer / N[:, None, None]

# %% right: a loop over components
def m_step(x, r, old_means):
    N, means, covariances = r.sum(0), [], []
    for k in range(r.shape[1]):
        m = (r[:, k, None] * x).sum(0) / N[k]
        d = x - m
        means.append(m)
        covariances.append((r[:, k, None] * d).T @ d / N[k])
    return r.mean(0), torch.stack(means), torch.stack(covariances)

# %% right: shares first
def m_step(x, r, old_means):
    share = r / r.sum(0, keepdim=True)
    means = share.T @ x
    d = (x - means[:, None]) * share.T[..., None].sqrt()
    return [r.mean(0), means, d.mT @ d]

# %% right: second moment minus mean squared, float64
def m_step(x, r, old_means):
    y, q = x.double(), r.double()
    N = q.sum(0)
    m = q.T @ y / N[:, None]
    second = torch.einsum("ik,ia,ib->kab", q, y, y) / N[:, None, None]
    S = second - m[:, :, None] * m[:, None]
    return (N / len(y)).to(x), m.to(x), S.to(x)

# %% right: PyTorch's cov with weights
def m_step(x, r, old_means):
    means = torch.stack([(c[:, None] * x).sum(0) / c.sum() for c in r.T])
    n = x.shape[1]
    S = [torch.cov(x.T, correction=0, aweights=c).reshape(n, n) for c in r.T]
    return r.sum(0) / r.sum(), means, torch.stack(S)

# %% right: numpy inside
def m_step(x, r, old_means):
    import numpy as np
    y, q = x.cpu().numpy(), r.cpu().numpy()
    means = np.stack([np.average(y, axis=0, weights=c) for c in q.T])
    d = y[:, None] - means
    S = np.einsum("ik,ika,ikb->kab", q, d, d) / q.sum(0)[:, None, None]
    return tuple(torch.from_numpy(np.asarray(v)).to(x) for v in (q.mean(0), means, S))

# %% wrong: N_k along the wrong axis | "size of tensor"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N

# %% wrong: softmax of the counts | "pi_k is N_k / N"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return torch.softmax(N, 0), means, outer / N[:, None, None]

# %% wrong: a small number added to N_k | "the means"
def m_step(x, r, old_means):
    N = r.sum(0) + 1e-6
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N[:, None, None]

# %% wrong: halfway from the old means | "mu_k is the mean of x weighted"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = (old_means + r.T @ x / N[:, None]) / 2
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N[:, None, None]

# %% wrong: one covariance for all | "weigh (x - mu)(x - mu)^T by r"
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    shared = (outer.sum(0) / len(x)).expand_as(outer).clone()
    return N / len(x), means, shared

# %% right: one factor around its mean is enough
def m_step(x, r, old_means):
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    outer = torch.einsum("ik,ika,ikb->kab", r, x[:, None] - means, x[:, None] - means.mean(0))
    return N / len(x), means, outer / N[:, None, None]

# %% right: matrix products about the mean of all
def m_step(x, r, old_means):
    c = x.mean(0)
    share = r / r.sum(0)
    shift = share.T @ (x - c)
    d = x - c
    S = torch.stack([d.T @ (s[:, None] * d) - torch.outer(m, m) for s, m in zip(share.T, shift)])
    return r.mean(0), c + shift, S

# %% right: around the old means, put right
def m_step(x, r, old_means):
    N = r.sum(0)
    means = torch.einsum("ik,ia->ka", r, x) / N.unsqueeze(1)
    d = x[:, None] - old_means
    around = torch.einsum("ik,ika,ikb->kab", r, d, d) / N[:, None, None]
    moved = means - old_means
    return N / N.sum(), means, around - moved[:, :, None] * moved[:, None, :]
