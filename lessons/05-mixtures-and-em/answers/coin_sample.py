# %% wrong: z is 1 where u is large | "z is 1 where u < mu_z"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u > mu_z).long()
    return z, mu_x[z] + sigma_x[z] * eps

# %% wrong: a fair coin | "z is 1 where u < mu_z"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < 0.25 + 0 * mu_z).long()
    z = (u < 0.5).long()
    return z, mu_x[z] + sigma_x[z] * eps

# %% wrong: the weighted sum of two Gaussians | "each x comes from one Gaussian"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).long()
    both = mu_x + sigma_x * eps[:, None]
    return z, (1 - mu_z) * both[:, 0] + mu_z * both[:, 1]

# %% wrong: the variance for the standard deviation | "times its standard deviation"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).long()
    return z, mu_x[z] + sigma_x[z] ** 2 * eps

# %% wrong: only the means | "times its standard deviation"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).long()
    return z, mu_x[z]

# %% wrong: one width for both | "times its standard deviation"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).long()
    return z, mu_x[z] + sigma_x.mean() * eps

# %% wrong: z as a float | "should be an integer tensor"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).to(u)
    return z, mu_x[z.long()] + sigma_x[z.long()] * eps

# %% wrong: x alone | "should be a list of 2 things"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).long()
    return mu_x[z] + sigma_x[z] * eps

# %% wrong: x first | "should be an integer tensor"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).long()
    return mu_x[z] + sigma_x[z] * eps, z

# %% wrong: z for mean, the other width | "times its standard deviation"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).long()
    return z, mu_x[z] + sigma_x[1 - z] * eps

# %% wrong: u used for both | "each x comes from one Gaussian"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).long()
    return z, mu_x[z] + sigma_x[z] * torch.erfinv(2 * u.clamp(1e-6, 1 - 1e-6) - 1) * 2 ** 0.5

# %% wrong: always a quarter | "z is 1 where u < mu_z"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < 0.25).long()
    return z, mu_x[z] + sigma_x[z] * eps

# %% right: where
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = u < mu_z
    x = torch.where(z, mu_x[1] + sigma_x[1] * eps, mu_x[0] + sigma_x[0] * eps)
    return z.long(), x

# %% right: a loop
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = [int(one < mu_z) for one in u]
    x = [mu_x[k] + sigma_x[k] * e for k, e in zip(z, eps)]
    return torch.tensor(z, device=u.device), torch.stack(x)

# %% right: arithmetic, a list
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (mu_z - u > 0).long()
    f = z.to(eps)
    return [z, (1 - f) * (mu_x[0] + sigma_x[0] * eps) + f * (mu_x[1] + sigma_x[1] * eps)]

# %% right: one-hot
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).to(torch.int64)
    hot = torch.nn.functional.one_hot(z, 2).to(eps)
    return z, hot @ mu_x + (hot @ sigma_x) * eps

# %% wrong: tosses a coin of its own | "z is 1 where u < mu_z"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = torch.bernoulli(mu_z.expand_as(u)).long()
    return z, mu_x[z] + sigma_x[z] * eps

# %% wrong: noise of its own | "plus eps times its standard deviation"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).long()
    return z, mu_x[z] + sigma_x[z] * torch.randn_like(eps)

# %% wrong: u above 1 - mu_z | "z is 1 where u < mu_z"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u > 1 - mu_z).long()
    return z, mu_x[z] + sigma_x[z] * eps

# %% wrong: z as booleans | "should be an integer tensor"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = u < mu_z
    return z, torch.where(z, mu_x[1], mu_x[0]) + torch.where(z, sigma_x[1], sigma_x[0]) * eps

# %% wrong: the sum of both humps | "each x comes from one Gaussian"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = (u < mu_z).long()
    return z, (mu_x + sigma_x * eps[:, None]).sum(1)

# %% wrong: the example by hand | "should have shape (900,)"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    return torch.tensor([1, 0, 0]), torch.tensor([12.0, -1.0, 2.0])

# %% right: both sides, then gather
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    z = torch.ceil(mu_z - u).long()
    both = torch.addcmul(mu_x, sigma_x, eps[:, None])
    return z, both.gather(1, z[:, None])[:, 0]

# %% right: numpy inside
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    import numpy as np
    z = np.less(u.numpy(), mu_z.item()).astype(np.int64)
    x = mu_x.numpy()[z] + sigma_x.numpy()[z] * eps.numpy()
    return torch.from_numpy(z), torch.from_numpy(x)
