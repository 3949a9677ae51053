# %% wrong: the log-determinant of the other direction | "it is that of x -> z"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) * (-log_sigma).exp(), log_sigma.sum(1)

# %% wrong: the variance for the width | "z of the example by hand"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / (2 * log_sigma).exp(), -log_sigma.sum(1)

# %% wrong: the mean of the logs | "minus the sum of all log sigma"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma.mean(1)

# %% wrong: summed over the batch | "one number a row"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma.sum()

# %% wrong: summed over the batch, not over the entries | "one number a row"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma.sum(0)

# %% wrong: scaled before the mean is taken off | "take mu off first"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return x / log_sigma.exp() - mu, -log_sigma.sum(1)

# %% wrong: the forward map | "z of the example by hand"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return mu + log_sigma.exp() * x, log_sigma.sum(1)

# %% wrong: conditioned on z, one by one | "conditioned on x"
def ar_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for i in range(x.shape[1]):
        mu, log_sigma = conditioner(z)
        z[:, i] = (x[:, i] - mu[:, i]) / log_sigma[:, i].exp()
    return z, -log_sigma.sum(1)

# %% wrong: one entry after the other, as in sampling | "one call for the whole batch is enough"
def ar_inverse(x, conditioner):
    z, total = [], 0
    for i in range(x.shape[1]):
        mu, log_sigma = conditioner(x)
        z.append((x[:, i] - mu[:, i]) / log_sigma[:, i].exp())
        total = total - log_sigma[:, i]
    return torch.stack(z, 1), total

# %% wrong: the determinant itself | "the log-determinant of the example by hand"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), (-log_sigma).exp().prod(1)

# %% wrong: no log-determinant | "a vector and its log-determinant"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp()

# %% wrong: the first entry's width forgotten | "the log-determinant of the example by hand"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma[:, 1:].sum(1)

# %% wrong: log-determinant as a column | "one number a row"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma.sum(1, keepdim=True)

# %% right: divide
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    sigma = torch.exp(log_sigma)
    return (x - mu) / sigma, (1 / sigma).log().sum(-1)

# %% right: by a distribution's own inverse
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    affine = torch.distributions.AffineTransform(mu, log_sigma.exp())
    z = affine.inv(x)
    return z, -affine.log_abs_det_jacobian(z, x).sum(1)

# %% right: entry by entry after one call
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    z = torch.stack([(x[:, i] - mu[:, i]) / log_sigma[:, i].exp() for i in range(x.shape[1])], 1)
    return z, -torch.einsum("bn->b", log_sigma)

# %% right: einsum with inverse widths
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    narrow = (-log_sigma).exp()
    return torch.einsum("bn,bn->bn", x - mu, narrow), narrow.prod(1).log()

# %% wrong: the network called for each of its results | "called the conditioner 2 times"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)[0], conditioner(x)[1]
    return (x - mu) / log_sigma.exp(), -log_sigma.sum(1)

# %% wrong: absolute values in the wrong place | "the log-determinant of four variables"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma.abs().sum(1)

# %% wrong: x moved by one place first | "z of the example by hand"
def ar_inverse(x, conditioner):
    before = torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], 1)
    mu, log_sigma = conditioner(before)
    return (x - mu) / log_sigma.exp(), -log_sigma.sum(1)

# %% wrong: times sigma | "z of the example by hand"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) * log_sigma.exp(), log_sigma.sum(1)

# %% wrong: the log-determinant in bits | "the log-determinant of the example by hand"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -(log_sigma / math.log(2)).sum(1)

# %% wrong: the determinant of two entries, whatever n | "the log-determinant of four variables"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma[:, 0] - log_sigma[:, 1]

# %% wrong: the first row's determinant for all | "the log-determinant of four variables"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma[0].sum().expand(len(x))

# %% right: the log-determinant as what two densities differ by
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    z = (x - mu) / log_sigma.exp()
    return z, (Normal(mu, log_sigma.exp()).log_prob(x) - Normal(0.0, 1.0).log_prob(z)).sum(1)

# %% right: diagonal matrices, solved
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    widths = torch.diag_embed(log_sigma.exp())
    z = torch.linalg.solve(widths, (x - mu)[..., None])[..., 0]
    return [z, torch.linalg.slogdet(widths).logabsdet.neg()]

# %% wrong: numpy inside | "no gradient passes through your function"
def ar_inverse(x, conditioner):
    import numpy as np

    mu, log_sigma = (part.numpy() for part in conditioner(x))
    return torch.from_numpy((x.numpy() - mu) / np.exp(log_sigma)), torch.from_numpy(-log_sigma.sum(1))

# %% wrong: no_grad around it all | "no gradient passes through your function"
@torch.no_grad()
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma.sum(1)

# %% wrong: the conditioner held fixed | "the gradient of part 1 of the result for x"
def ar_inverse(x, conditioner):
    with torch.no_grad():
        mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma.sum(1)

# %% wrong: the log-determinant detached | "the gradient of part 2 of the result for x"
def ar_inverse(x, conditioner):
    mu, log_sigma = conditioner(x)
    return (x - mu) / log_sigma.exp(), -log_sigma.detach().sum(1)
