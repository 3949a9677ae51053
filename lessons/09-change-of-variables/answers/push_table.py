# %% wrong: only one of those with the same value | "`q[y] += p` keeps only one of them"
def push_table(p, y, m):
    q = torch.zeros(m, dtype=p.dtype)
    q[y] += p
    return q

# %% wrong: the last one overwrites the others | "mass was lost or made"
def push_table(p, y, m):
    q = torch.zeros(m, dtype=p.dtype)
    q[y] = p
    return q

# %% wrong: the mean over the outcomes | "outcomes with the same y add up"
def push_table(p, y, m):
    return torch.stack([p[y == j].mean() if (y == j).any() else p.new_zeros(()) for j in range(m)])

# %% wrong: outcomes counted, p forgotten | "all outcomes with the same y put their probabilities together"
def push_table(p, y, m):
    return torch.bincount(y, minlength=m) / len(y)

# %% wrong: values nobody reaches are left out | "should have shape (14,)"
def push_table(p, y, m):
    return torch.bincount(y, weights=p).to(p)

# %% wrong: values in the order of their first outcome | "all outcomes with the same y put their probabilities together"
def push_table(p, y, m):
    q, order = p.new_zeros(m), list(dict.fromkeys(y.tolist()))
    for k, j in enumerate(order):
        q[k] = p[y == j].sum()
    return q

# %% wrong: the most likely outcome alone | "mass was lost or made"
def push_table(p, y, m):
    return torch.stack([torch.where(y == j, p, 0).max() for j in range(m)])

# %% wrong: p made to match the values | "your function changed p"
def push_table(p, y, m):
    p *= 2
    return p.new_zeros(m).index_add(0, y, p) / 2

# %% wrong: counts as whole numbers | "should be a float tensor"
def push_table(p, y, m):
    return torch.bincount(y, minlength=m)

# %% wrong: only the probability of reaching it at least once | "mass was lost or made"
def push_table(p, y, m):
    return torch.stack([1 - torch.where(y == j, 1 - p, 1).prod() for j in range(m)])

# %% wrong: only fair dice | "use the p that is given, not counts"
def push_table(p, y, m):
    if m == 2:
        return torch.tensor([0.625, 0.375]).to(p)
    q = torch.zeros(m, dtype=p.dtype)
    for j in range(m):
        q[j] = (y == j).double().mean()
    return q

# %% wrong: cumulated, a distribution function | "mass was lost or made"
def push_table(p, y, m):
    return p.new_zeros(m).index_add(0, y, p).cumsum(0)

# %% wrong: only equal neighbours are added | "mass was lost or made"
def push_table(p, y, m):
    q = p.new_zeros(m)
    values, counts = torch.unique_consecutive(y, return_counts=True)
    q[values] = torch.stack([part.sum() for part in p.split(counts.tolist())])
    return q

# %% wrong: the uniform | "all outcomes with the same y put their probabilities together"
def push_table(p, y, m):
    return torch.full((m,), 1 / m, dtype=p.dtype)

# %% wrong: zeros in float32, whatever p is | "(Float) and source (Double)"
def push_table(p, y, m):
    return torch.zeros(m).index_add(0, y, p)

# %% right: bincount
def push_table(p, y, m):
    return torch.bincount(y, weights=p, minlength=m).to(p)

# %% right: a loop over the outcomes
def push_table(p, y, m):
    q = torch.zeros(m, dtype=p.dtype, device=p.device)
    for k in range(len(y)):
        q[y[k]] += p[k]
    return q

# %% right: a matrix of zeros and ones
def push_table(p, y, m):
    lands = torch.nn.functional.one_hot(y, m).to(p)
    return torch.einsum("k,kj->j", p, lands)

# %% right: numpy inside
def push_table(p, y, m):
    import numpy
    q = numpy.zeros(m, dtype=p.numpy().dtype)
    numpy.add.at(q, y.numpy(), p.numpy())
    return torch.from_numpy(q)

# %% right: one set a value
def push_table(p, y, m):
    return torch.stack([p[y == j].sum() for j in range(m)])

# %% right: scatter_add
def push_table(p, y, m):
    return torch.zeros(m, dtype=p.dtype, device=p.device).scatter_add_(0, y, p)

# %% right: a dictionary
def push_table(p, y, m):
    q = {}
    for j, mass in zip(y.tolist(), p.tolist()):
        q[j] = q.get(j, 0.0) + mass
    return torch.tensor([q.get(j, 0.0) for j in range(m)], dtype=p.dtype)

# %% right: sorted, then differences of cumulated masses
def push_table(p, y, m):
    order = y.sort().indices
    total = torch.cat([p.new_zeros(1), p[order].double().cumsum(0).to(p)])
    ends = torch.searchsorted(y[order], torch.arange(m, device=y.device), right=True)
    return total[ends].diff(prepend=p.new_zeros(1))
