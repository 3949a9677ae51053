# %% wrong: conditioned on x, as MAF is | "the conditioner looks at z, not at x"
def iaf_forward(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        a, log_b = conditioner(x)
        x = a + log_b.exp() * z
    return x, log_b.sum(1)

# %% wrong: the sign of the log-determinant | "plus the sum of log b"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    return a + log_b.exp() * z, -log_b.sum(1)

# %% wrong: log b for b | "gives log b"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    return a + log_b * z, log_b.sum(1)

# %% wrong: the log-determinant summed over the batch | "should have shape (3,), but it has shape ()"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    total = log_b.sum()
    return a + log_b.exp() * z, total.reshape(1) if len(z) == 1 else total

# %% wrong: the same sum over the batch for each row | "one number a row"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    return a + log_b.exp() * z, log_b.sum().expand(len(z))

# %% wrong: the inverse | "x of the example by hand"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    return (z - a) * (-log_b).exp(), -log_b.sum(1)

# %% wrong: one entry after the other, a call each | "called the conditioner"
def iaf_forward(z, conditioner):
    columns, total = [], 0
    for i in range(z.shape[1]):
        a, log_b = conditioner(z)
        columns.append(a[:, i] + log_b[:, i].exp() * z[:, i])
        total = total + log_b[:, i]
    return torch.stack(columns, 1), total

# %% wrong: the log of the sum of b | "plus the sum of log b"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    return a + log_b.exp() * z, log_b.exp().sum(1).log() + 1

# %% wrong: only x | "should be a list of 2 things"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    return a + log_b.exp() * z

# %% wrong: log b at x for the log-determinant | "plus the sum of log b at z"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    x = a + log_b.exp() * z
    return x, conditioner(x)[1].sum(1)

# %% wrong: two entries, as in the example | "the sum of its log b"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    return a + log_b.exp() * z, log_b[:, 0] + log_b[:, 1]

# %% wrong: written into z | "your function changed z"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    z *= log_b.exp()
    z += a
    return z, log_b.sum(1)

# %% wrong: float32 inside | "suggests float32 inside"
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    a, log_b, y = a.float(), log_b.float(), z.float()
    return (a + log_b.exp() * y).to(z.dtype), log_b.sum(1).to(z.dtype)

# %% right: the logarithm of a product
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    b = torch.exp(log_b)
    return torch.addcmul(a, b, z), torch.log(b.prod(1))

# %% right: column by column from one call
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    columns, total = [], 0
    for i in range(z.shape[1]):
        columns.append(a[:, i] + log_b[:, i].exp() * z[:, i])
        total = total + log_b[:, i]
    return torch.stack(columns, 1), total

# %% right: einsum
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    x = a + torch.einsum("bi,bi->bi", torch.exp(log_b), z)
    return x, torch.einsum("bi->b", log_b)

# %% right: torch's own affine transform
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    affine = torch.distributions.AffineTransform(a, log_b.exp())
    x = affine(z)
    return x, affine.log_abs_det_jacobian(z, x).sum(-1)

# %% right: a diagonal matrix a row
def iaf_forward(z, conditioner):
    a, log_b = conditioner(z)
    D = torch.diag_embed(log_b.exp())
    return (D @ z[:, :, None])[:, :, 0] + a, torch.linalg.slogdet(D).logabsdet
