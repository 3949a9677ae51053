# %% wrong: summed over the batch | "one number a row, should have shape (2,)"
def rescale(z, s):
    return z * s.exp(), s.sum()

# %% wrong: the batch counts in | "not over the rows"
def rescale(z, s):
    return z * s.exp(), (s.sum() * len(z)).expand(len(z))

# %% wrong: volume is preserved | "by how much areas grow in the example"
def rescale(z, s):
    return z * s.exp(), z.new_zeros(len(z))

# %% wrong: s as scales | "the scales are exp(s)"
def rescale(z, s):
    return z * s, s.sum().expand(len(z))

# %% wrong: the determinant, without its logarithm | "needs no further logarithm"
def rescale(z, s):
    return z * s.exp(), s.exp().prod().expand(len(z))

# %% wrong: a logarithm too many | "needs no further logarithm"
def rescale(z, s):
    return z * s.exp(), s.abs().log().sum().expand(len(z))

# %% wrong: absolute values of s | "negative where volume shrinks"
def rescale(z, s):
    return z * s.exp(), s.abs().sum().expand(len(z))

# %% wrong: the sign of the inverse | "by how much areas grow in the example"
def rescale(z, s):
    return z * s.exp(), -s.sum().expand(len(z))

# %% wrong: the mean of s | "s adds up over the entries of a vector"
def rescale(z, s):
    return z * s.exp(), s.mean().expand(len(z))

# %% wrong: one number an entry | "one number a row, should have shape (2,)"
def rescale(z, s):
    return z * s.exp(), s.expand(len(z), len(s))

# %% wrong: the inverse | "x of the example"
def rescale(z, s):
    return z * (-s).exp(), -s.sum().expand(len(z))

# %% wrong: two entries, always | "the log-determinant"
def rescale(z, s):
    return z * s.exp(), (s[0] + s[-1]).expand(len(z))

# %% wrong: read off the entries, which may be 0 | "contains NaN or infinity"
def rescale(z, s):
    x = z * s.exp()
    return x, (x / z).abs().log().sum(1)

# %% wrong: the log of the sum of the scales | "by how much areas grow in the example"
def rescale(z, s):
    return z * s.exp(), s.logsumexp(0).expand(len(z))

# %% wrong: one scale a row, not a column | "one a column"
def rescale(z, s):
    return s.exp()[: len(z), None] * z, s.sum().expand(len(z))

# %% right: a diagonal matrix and its slogdet
def rescale(z, s):
    S = torch.diag(s.exp())
    return z @ S, torch.linalg.slogdet(S).logabsdet.repeat(len(z))

# %% right: loops
def rescale(z, s):
    x = torch.stack([torch.stack([z_i * torch.exp(s_i) for z_i, s_i in zip(row, s)]) for row in z])
    return x, torch.stack([sum(s) for _ in z])

# %% right: einsum, a list
def rescale(z, s):
    return [torch.einsum("bi,i->bi", z, s.exp()), s.expand_as(z).sum(1)]

# %% right: numpy inside
def rescale(z, s):
    import numpy as np
    x = z.detach().cpu().numpy() * np.exp(s.detach().cpu().numpy())
    return torch.from_numpy(x).to(z), z.new_full((len(z),), float(s.sum()))

# %% right: the log of the product of the scales
def rescale(z, s):
    scale = torch.exp(s)
    return z.mul(scale), torch.ones_like(z[:, 0]) * scale.prod().log()

# %% right: torch's affine transform
def rescale(z, s):
    f = torch.distributions.AffineTransform(0.0, s.exp(), event_dim=1)
    x = f(z)
    return x, f.log_abs_det_jacobian(z, x)
