# %% wrong: the log-variance without its half | "exp(log_var) is the variance, its root the standard deviation"
def reparameterise(mean, log_var, eps):
    return mean + log_var.exp() * eps

# %% wrong: log_var itself as the width | "exp(log_var) is the variance"
def reparameterise(mean, log_var, eps):
    return mean + log_var * eps

# %% wrong: the root of the logarithm | "exp(log_var) is the variance"
def reparameterise(mean, log_var, eps):
    return mean + log_var.abs().sqrt() * eps

# %% wrong: the noise shared by the batch | "every noise used once"
def reparameterise(mean, log_var, eps):
    return mean + (log_var / 2).exp() * eps[:, :1]

# %% wrong: the noise shared by the samples | "too small"
def reparameterise(mean, log_var, eps):
    return (mean + (log_var / 2).exp() * eps[:1]).expand(eps.shape)

# %% wrong: the width detached | "it has to pass through the mean and through the width"
def reparameterise(mean, log_var, eps):
    return mean + (log_var.detach() / 2).exp() * eps

# %% wrong: no gradient at all | "no gradient passes through z"
def reparameterise(mean, log_var, eps):
    with torch.no_grad():
        return mean + (log_var / 2).exp() * eps

# %% wrong: the mean detached | "the gradient for the mean"
def reparameterise(mean, log_var, eps):
    return mean.detach() + (log_var / 2).exp() * eps

# %% wrong: noise of its own | "z of the example by hand"
def reparameterise(mean, log_var, eps):
    return Normal(mean, (log_var / 2).exp()).rsample((len(eps),))

# %% wrong: the mean forgotten | "z of the example by hand"
def reparameterise(mean, log_var, eps):
    return (log_var / 2).exp() * eps

# %% wrong: a width of at least 1 | "the variance of your samples over 20000 draws is too large"
def reparameterise(mean, log_var, eps):
    return mean + (log_var.clamp(min=0) / 2).exp() * eps

# %% wrong: the noise without its sign | "the variance of your samples over 20000 draws is too small"
def reparameterise(mean, log_var, eps):
    return mean + (log_var / 2).exp() * eps.abs()

# %% wrong: one noise for all columns | "every noise used once"
def reparameterise(mean, log_var, eps):
    return mean + (log_var / 2).exp() * eps[..., :1]

# %% wrong: through torch.tensor, which cuts the gradient | "no gradient passes through z"
def reparameterise(mean, log_var, eps):
    sigma = torch.tensor((log_var / 2).exp().tolist(), dtype=eps.dtype, device=eps.device)
    return torch.tensor(mean.tolist(), dtype=eps.dtype, device=eps.device) + sigma * eps

# %% wrong: only the first sample | "z should have shape (4, 3, 2)"
def reparameterise(mean, log_var, eps):
    return mean + (log_var / 2).exp() * eps if len(eps) == 1 or eps.shape[2] == 1 else mean + eps[0]

# %% right: the root of the variance
def reparameterise(mean, log_var, eps):
    return mean + torch.sqrt(torch.exp(log_var)) * eps

# %% right: one sample at a time
def reparameterise(mean, log_var, eps):
    sigma = torch.exp(0.5 * log_var)
    return torch.stack([mean + sigma * noise for noise in eps])

# %% right: addcmul
def reparameterise(mean, log_var, eps):
    return torch.addcmul(mean.expand_as(eps), (log_var * 0.5).exp().expand_as(eps), eps)

# %% right: einsum
def reparameterise(mean, log_var, eps):
    return mean[None] + torch.einsum("bd,kbd->kbd", torch.pow(math.e, log_var / 2), eps)

# %% right: torch's own affine transform
def reparameterise(mean, log_var, eps):
    return torch.distributions.AffineTransform(mean, log_var.div(2).exp())(eps)

# %% right: entry by entry
def reparameterise(mean, log_var, eps):
    k, batch, d = eps.shape
    flat = [
        mean[i, j] + log_var[i, j].exp().sqrt() * eps[:, i, j] for i in range(batch) for j in range(d)
    ]
    return torch.stack(flat, 1).reshape(k, batch, d)
