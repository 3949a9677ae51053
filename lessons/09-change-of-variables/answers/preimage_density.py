# %% wrong: slopes not inverted | "a stretch by 2 makes everything half as dense"
def preimage_density(p_z, slope):
    return (p_z * slope.abs()).sum(1)

# %% wrong: no absolute value | "the size of each slope counts, not its sign"
def preimage_density(p_z, slope):
    return (p_z / slope).sum(1)

# %% wrong: the absolute value of the sum | "the size of each slope counts, not its sign"
def preimage_density(p_z, slope):
    return (p_z / slope).sum(1).abs()

# %% wrong: the mean over the preimages | "both add"
def preimage_density(p_z, slope):
    return (p_z / slope.abs()).mean(1)

# %% wrong: the first preimage alone | "both add"
def preimage_density(p_z, slope):
    return p_z[:, 0] / slope[:, 0].abs()

# %% wrong: sum of densities over the sum of slopes | "both add"
def preimage_density(p_z, slope):
    return p_z.sum(1) / slope.abs().sum(1)

# %% wrong: sum of densities times the mean of one over the slope | "sum over the preimages p_Z / |slope|"
def preimage_density(p_z, slope):
    return p_z.sum(1) * (1 / slope.abs()).mean(1)

# %% wrong: one slope for all preimages | "sum over the preimages p_Z / |slope|"
def preimage_density(p_z, slope):
    return p_z.sum(1) / slope[:, 0].abs()

# %% wrong: the product | "both add"
def preimage_density(p_z, slope):
    return (p_z / slope.abs()).prod(1)

# %% wrong: the sum over the batch, too | "should have shape (2,)"
def preimage_density(p_z, slope):
    return (p_z / slope.abs()).sum()

# %% wrong: no sum | "should have shape (2,)"
def preimage_density(p_z, slope):
    return p_z / slope.abs()

# %% wrong: the logarithm | "a stretch by 2 makes everything half as dense"
def preimage_density(p_z, slope):
    return (p_z.log() - slope.abs().log()).logsumexp(1)

# %% wrong: only those that rise | "both add"
def preimage_density(p_z, slope):
    return torch.where(slope > 0, p_z / slope, 0).sum(1)

# %% wrong: two preimages at most | "sum over the preimages p_Z / |slope|"
def preimage_density(p_z, slope):
    return (p_z / slope.abs())[:, :2].sum(1)

# %% wrong: signs of the slopes alternate | "whatever the signs of its slopes"
def preimage_density(p_z, slope):
    sign = (-1.0) ** torch.arange(p_z.shape[1])
    return (p_z / slope * sign).sum(1).abs()

# %% wrong: the mean times two | "sum over the preimages p_Z / |slope|"
def preimage_density(p_z, slope):
    k = p_z.shape[1]
    return (p_z / slope.abs()).mean(1) * min(k, 2)

# %% wrong: first and last only | "sum over the preimages p_Z / |slope|"
def preimage_density(p_z, slope):
    q = p_z / slope.abs()
    return q[:, 0] + (q[:, -1] if q.shape[1] > 1 else 0)

# %% wrong: slope at least one | "each p_Z is divided by its own |slope|"
def preimage_density(p_z, slope):
    return (p_z / slope.abs().clamp(min=1)).sum(1)

# %% right: a loop
def preimage_density(p_z, slope):
    total = torch.zeros_like(p_z[:, 0])
    for j in range(p_z.shape[1]):
        total = total + p_z[:, j] / slope[:, j].abs()
    return total

# %% right: einsum
def preimage_density(p_z, slope):
    return torch.einsum("bk,bk->b", p_z, slope.abs().reciprocal())

# %% right: numpy inside
def preimage_density(p_z, slope):
    import numpy
    return torch.from_numpy(numpy.sum(p_z.numpy() / numpy.abs(slope.numpy()), axis=1)).to(p_z)

# %% right: in logarithms
def preimage_density(p_z, slope):
    return (p_z.log() - slope.abs().log()).logsumexp(1).exp()

# %% right: the sign taken off by a square
def preimage_density(p_z, slope):
    return (p_z / (slope**2).sqrt()).sum(dim=-1)

# %% right: where on the sign
def preimage_density(p_z, slope):
    return torch.where(slope > 0, p_z / slope, -p_z / slope).sum(-1)

# %% right: batched inner product
def preimage_density(p_z, slope):
    return torch.bmm(p_z[:, None], (1 / slope.abs())[:, :, None]).flatten()
