# %% wrong: alpha once in the denominator | "two values, alpha for each"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    return N / len(x), (r.T @ x + alpha) / (N[:, None] + alpha)

# %% wrong: alpha on top alone | "two values, alpha for each"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    return N / len(x), (r.T @ x + alpha) / N[:, None]

# %% wrong: divides by the number of images | "means at alpha = 0"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    return N / len(x), (r.T @ x + alpha) / (len(x) + 2 * alpha)

# %% wrong: counts for weights | "tensor of weights"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    return N, (r.T @ x + alpha) / (N[:, None] + 2 * alpha)

# %% wrong: equal weights | "other weight for component"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    weights = torch.full_like(N, 1 / len(N))
    return weights, (r.T @ x + alpha) / (N[:, None] + 2 * alpha)

# %% wrong: alpha for the weights too | "alpha joins the counts of the pixels alone"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    weights = (N + 2 * alpha) / (N + 2 * alpha).sum()
    return weights, (r.T @ x + alpha) / (N[:, None] + 2 * alpha)

# %% wrong: hard assignments | "tensor of means"
def bernoulli_m_step(x, r, alpha):
    hard = torch.nn.functional.one_hot(r.argmax(1), r.shape[1]).to(x.dtype)
    N = hard.sum(0)
    return r.mean(0), (hard.T @ x + alpha) / (N[:, None] + 2 * alpha)

# %% wrong: normalised over the pixels | "tensor of means"
def bernoulli_m_step(x, r, alpha):
    counts = r.T @ x + alpha
    return r.mean(0), counts / counts.sum(1, keepdim=True)

# %% wrong: always alpha one | "tensor of means"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    return N / len(x), (r.T @ x + 1) / (N[:, None] + 2)

# %% wrong: the means alone | "weights and means"
def bernoulli_m_step(x, r, alpha):
    return (r.T @ x + alpha) / (r.sum(0)[:, None] + 2 * alpha)

# %% wrong: the identity of an M-step | "means at alpha = 0"
def bernoulli_m_step(x, r, alpha):
    return r.mean(0), torch.full((r.shape[1], x.shape[1]), 0.5, dtype=x.dtype)

# %% wrong: alpha added to the answer | "tensor of means"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    return N / len(x), (r.T @ x) / N[:, None] + alpha

# %% wrong: n alpha below | "with other means for component"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    return N / len(x), (r.T @ x + alpha) / (N[:, None] + x.shape[1] * alpha)

# %% wrong: no pseudo-counts | "two values, alpha for each"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    return N / len(x), (r.T @ x) / N[:, None]

# %% wrong: the pixels in the rows | "should have shape"
def bernoulli_m_step(x, r, alpha):
    N = r.sum(0)
    return N / len(x), (x.T @ r + alpha) / (N + 2 * alpha)

# %% right: imagined images in the data
def bernoulli_m_step(x, r, alpha):
    n, K = x.shape[1], r.shape[1]
    both = torch.cat([x, torch.ones_like(x[:1]), torch.zeros_like(x[:1])])
    more = torch.cat([r, torch.full((2, K), float(alpha), dtype=r.dtype, device=r.device)])
    return r.mean(0), (more.T @ both) / more.sum(0)[:, None]

# %% right: loops
def bernoulli_m_step(x, r, alpha):
    rows = []
    for k in range(r.shape[1]):
        ones = sum(r[n, k] * x[n] for n in range(len(x)))
        rows.append((ones + alpha) / (r[:, k].sum() + 2 * alpha))
    return r.sum(0) / r.sum(), torch.stack(rows)

# %% right: einsum, ones and zeros apart
def bernoulli_m_step(x, r, alpha):
    ones = torch.einsum("bk,bi->ki", r, x) + alpha
    zeros = torch.einsum("bk,bi->ki", r, 1 - x) + alpha
    return r.mean(0), ones / (ones + zeros)

# %% right: numpy inside
def bernoulli_m_step(x, r, alpha):
    a, b = x.numpy(), r.numpy()
    N = b.sum(0)
    means = (b.T @ a + alpha) / (N[:, None] + 2 * alpha)
    return torch.from_numpy(N / N.sum()), torch.from_numpy(means)

# %% right: a list of components
def bernoulli_m_step(x, r, alpha):
    out = [((r[:, k, None] * x).sum(0) + alpha) / (r[:, k].sum() + 2 * alpha) for k in range(r.shape[1])]
    return [r.mean(0), torch.stack(out)]

# %% right: two pixel values as an axis
def bernoulli_m_step(x, r, alpha):
    both = torch.stack([1 - x, x], -1)
    counts = torch.tensordot(r, both, dims=([0], [0])) + alpha
    return r.sum(0) / r.sum(), (counts / counts.sum(-1, keepdim=True))[..., 1]
