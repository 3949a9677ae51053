# %% wrong: all entries in one pass | "x of the example by hand"
def ar_sample(z, conditioner):
    mu, log_sigma = conditioner(torch.zeros_like(z))
    return mu + log_sigma.exp() * z

# %% wrong: conditioned on z | "mu_2 and sigma_2 look at x_1, not at z_1"
def ar_sample(z, conditioner):
    mu, log_sigma = conditioner(z)
    return mu + log_sigma.exp() * z

# %% wrong: two passes, enough for two entries | "one pass is not enough"
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(2):
        mu, log_sigma = conditioner(x)
        x = mu + log_sigma.exp() * z
    return x

# %% wrong: the last entry left out | "x of the example by hand"
def ar_sample(z, conditioner):
    x = z.clone()
    for i in range(z.shape[1] - 1):
        mu, log_sigma = conditioner(x)
        x[:, i] = mu[:, i] + log_sigma[:, i].exp() * z[:, i]
    return x

# %% wrong: the log for the width | "sigma is the exponential of what the conditioner gives"
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for i in range(z.shape[1]):
        mu, sigma = conditioner(x)
        x[:, i] = mu[:, i] + sigma[:, i] * z[:, i]
    return x

# %% wrong: the variance for the width | "x of the example by hand"
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for i in range(z.shape[1]):
        mu, log_sigma = conditioner(x)
        x[:, i] = mu[:, i] + (2 * log_sigma[:, i]).exp() * z[:, i]
    return x

# %% wrong: from the last entry to the first | "x of the example by hand"
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for i in reversed(range(z.shape[1])):
        mu, log_sigma = conditioner(x)
        x[:, i] = mu[:, i] + log_sigma[:, i].exp() * z[:, i]
    return x

# %% wrong: written into the noise | "your function changed z"
def ar_sample(z, conditioner):
    for i in range(z.shape[1]):
        mu, log_sigma = conditioner(z)
        z[:, i] = mu[:, i] + log_sigma[:, i].exp() * z[:, i]
    return z

# %% wrong: the inverse | "x of the example by hand"
def ar_sample(z, conditioner):
    mu, log_sigma = conditioner(z)
    return (z - mu) / log_sigma.exp()

# %% wrong: noise of its own | "x of the example by hand"
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for i in range(z.shape[1]):
        mu, log_sigma = conditioner(x)
        x[:, i] = torch.normal(mu[:, i], log_sigma[:, i].exp())
    return x

# %% wrong: the first row for the batch | "x of four variables"
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for i in range(z.shape[1]):
        mu, log_sigma = conditioner(x[:1])
        x[:, i] = mu[:, i] + log_sigma[:, i].exp() * z[:, i]
    return x

# %% right: in place, on a copy
def ar_sample(z, conditioner):
    x = z.clone()
    for i in range(z.shape[1]):
        mu, log_sigma = conditioner(x)
        x[:, i] = mu[:, i] + log_sigma[:, i].exp() * z[:, i]
    return x

# %% right: all entries n times, a fixed point
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, log_sigma = conditioner(x)
        x = torch.addcmul(mu, log_sigma.exp(), z)
    return x

# %% right: columns collected in a list, padded
def ar_sample(z, conditioner):
    columns = []
    for i in range(z.shape[1]):
        x = torch.stack(columns + [torch.zeros(len(z), dtype=z.dtype, device=z.device)] * (z.shape[1] - i), 1)
        mu, log_sigma = conditioner(x)
        columns.append(mu[:, i] + torch.exp(log_sigma)[:, i] * z[:, i])
    return torch.stack(columns, dim=1)

# %% right: where, with a mask of the entry
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for i in range(z.shape[1]):
        mu, log_sigma = conditioner(x)
        here = torch.arange(z.shape[1], device=z.device) == i
        x = torch.where(here, mu + z * log_sigma.exp(), x)
    return x

# %% right: row by row, numpy inside
def ar_sample(z, conditioner):
    import numpy as np

    rows = []
    for row in z:
        x = np.zeros((1, len(row)), dtype=row.numpy().dtype)
        for i in range(len(row)):
            mu, log_sigma = (part.detach().numpy() for part in conditioner(torch.from_numpy(x.copy())))
            x[0, i] = mu[0, i] + np.exp(log_sigma[0, i]) * row[i].item()
        rows.append(torch.from_numpy(x[0]))
    return torch.stack(rows)

# %% wrong: only as many passes as the example has variables, plus two | "x of 7 variables"
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(4):
        mu, log_sigma = conditioner(x)
        x = mu + log_sigma.exp() * z
    return x

# %% wrong: only what is known is handed over | "out of bounds for dimension 1 with size 0"
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for i in range(z.shape[1]):
        mu, log_sigma = conditioner(x[:, :i])
        x[:, i] = mu[:, i] + log_sigma[:, i].exp() * z[:, i]
    return x

# %% wrong: rows for columns | "x of the example by hand"
def ar_sample(z, conditioner):
    x = torch.zeros_like(z)
    for i in range(len(z)):
        mu, log_sigma = conditioner(x)
        x[i] = mu[i] + log_sigma[i].exp() * z[i]
    return x

# %% wrong: zeros of the default float type | "to have the same dtype"
def ar_sample(z, conditioner):
    x = torch.zeros(z.shape)
    for i in range(z.shape[1]):
        mu, log_sigma = conditioner(x)
        x[:, i] = mu[:, i] + log_sigma[:, i].exp() * z[:, i]
    return x

# %% right: recursion over the entries
def ar_sample(z, conditioner, i=0, x=None):
    if i == z.shape[1]:
        return x
    x = torch.zeros_like(z) if x is None else x
    mu, log_sigma = conditioner(x)
    new = (mu + log_sigma.exp() * z)[:, :i + 1]
    return ar_sample(z, conditioner, i + 1, torch.nn.functional.pad(new, (0, z.shape[1] - i - 1)))

# %% right: until nothing changes
def ar_sample(z, conditioner):
    x, old = z + 1, z
    while not torch.equal(x, old):
        old = x
        mu, log_sigma = conditioner(old)
        x = mu + z * torch.exp(log_sigma)
    return x
