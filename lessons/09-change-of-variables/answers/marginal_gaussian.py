# %% wrong: the determinant not inverted | "log F'(x) - log N(z; 0, 1)"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales), x[:, :, None]
    z = torch.special.ndtri((weights * parts.cdf(u)).sum(2))
    f = (weights * parts.log_prob(u).exp()).sum(2)
    return z, (Normal(0.0, 1.0).log_prob(z) - f.log()).sum(1)

# %% wrong: summed over the batch | "should have shape (2,)"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales), x[:, :, None]
    z = torch.special.ndtri((weights * parts.cdf(u)).sum(2))
    f = (weights * parts.log_prob(u).exp()).sum(2)
    return z, (f.log() - Normal(0.0, 1.0).log_prob(z)).sum()

# %% wrong: summed over the rows, not the entries | "summed over the entries of each row"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales), x[:, :, None]
    z = torch.special.ndtri((weights * parts.cdf(u)).sum(2))
    f = (weights * parts.log_prob(u).exp()).sum(2)
    return z, (f.log() - Normal(0.0, 1.0).log_prob(z)).sum().expand(len(x))

# %% wrong: the density of F(x) alone, uniform | "log F'(x) - log N(z; 0, 1)"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales), x[:, :, None]
    z = torch.special.ndtri((weights * parts.cdf(u)).sum(2))
    f = (weights * parts.log_prob(u).exp()).sum(2)
    return z, f.log().sum(1)

# %% wrong: the noise's density at x for z | "log F'(x) - log N(z; 0, 1)"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales), x[:, :, None]
    z = torch.special.ndtri((weights * parts.cdf(u)).sum(2))
    f = (weights * parts.log_prob(u).exp()).sum(2)
    return z, (f.log() - Normal(0.0, 1.0).log_prob(x)).sum(1)

# %% wrong: scales taken for variances | "scales are standard deviations"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales.sqrt()), x[:, :, None]
    z = torch.special.ndtri((weights * parts.cdf(u)).sum(2))
    f = (weights * parts.log_prob(u).exp()).sum(2)
    return z, (f.log() - Normal(0.0, 1.0).log_prob(z)).sum(1)

# %% wrong: only made uniform | "the probability F(x) first, then the z"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales), x[:, :, None]
    F = (weights * parts.cdf(u)).sum(2)
    f = (weights * parts.log_prob(u).exp()).sum(2)
    return F, f.log().sum(1)

# %% wrong: only standardised by the mixture's mean and spread | "the log-determinant there"
def marginal_gaussian(x, weights, means, scales):
    mean = (weights * means).sum(1)
    spread = ((weights * (scales**2 + means**2)).sum(1) - mean**2).sqrt()
    return (x - mean) / spread, -spread.log().sum().expand(len(x))

# %% wrong: the mean of log-densities | "log F'(x) - log N(z; 0, 1)"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales), x[:, :, None]
    z = torch.special.ndtri((weights * parts.cdf(u)).sum(2))
    log_f = (weights * parts.log_prob(u)).sum(2)
    return z, (log_f - Normal(0.0, 1.0).log_prob(z)).sum(1)

# %% wrong: weights ignored | "every column has its own F"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales), x[:, :, None]
    z = torch.special.ndtri(parts.cdf(u).mean(2))
    f = parts.log_prob(u).exp().mean(2)
    return z, (f.log() - Normal(0.0, 1.0).log_prob(z)).sum(1)

# %% wrong: one number an entry | "should have shape (2,)"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales), x[:, :, None]
    z = torch.special.ndtri((weights * parts.cdf(u)).sum(2))
    f = (weights * parts.log_prob(u).exp()).sum(2)
    return z, f.log() - Normal(0.0, 1.0).log_prob(z)

# %% wrong: a logistic bell for the normal | "the probability F(x) first"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means, scales), x[:, :, None]
    z = torch.logit((weights * parts.cdf(u)).sum(2)) / 1.702
    f = (weights * parts.log_prob(u).exp()).sum(2)
    return z, (f.log() - Normal(0.0, 1.0).log_prob(z)).sum(1)

# %% wrong: the first column's mixture for all | "a column each"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means[0], scales[0]), x[:, :, None]
    z = torch.special.ndtri((weights[0] * parts.cdf(u)).sum(2))
    f = (weights[0] * parts.log_prob(u).exp()).sum(2)
    return z, (f.log() - Normal(0.0, 1.0).log_prob(z)).sum(1)

# %% wrong: the parameters transposed, seen only for K = n | "a column each"
def marginal_gaussian(x, weights, means, scales):
    parts, u = Normal(means.T, scales.T), x[:, :, None]
    z = torch.special.ndtri((weights * parts.cdf(u)).sum(2))
    f = (weights * parts.log_prob(u).exp()).sum(2)
    return z, (f.log() - Normal(0.0, 1.0).log_prob(z)).sum(1)

# %% wrong: every component made Gaussian, then averaged | "the log-determinant there"
def marginal_gaussian(x, weights, means, scales):
    u = (x[:, :, None] - means) / scales
    return (weights * u).sum(2), (weights / scales).sum(1).log().sum().expand(len(x))

# %% wrong: the density without 1 / scale | "log F'(x) - log N(z; 0, 1)"
def marginal_gaussian(x, weights, means, scales):
    u = (x[:, :, None] - means) / scales
    z = torch.special.ndtri((weights * torch.special.ndtr(u)).sum(2))
    f = (weights * Normal(0.0, 1.0).log_prob(u).exp()).sum(2)
    return z, (f.log() - Normal(0.0, 1.0).log_prob(z)).sum(1)

# %% right: column by column
def marginal_gaussian(x, weights, means, scales):
    columns, total = [], 0
    for i in range(x.shape[1]):
        u = (x[:, i : i + 1] - means[i]) / scales[i]
        F = (weights[i] * torch.special.ndtr(u)).sum(1)
        f = (weights[i] / scales[i] * (-(u**2) / 2).exp()).sum(1)
        columns.append(torch.special.ndtri(F))
        total = total + f.log() + columns[-1] ** 2 / 2
    return torch.stack(columns, 1), total

# %% right: a mixture of torch.distributions
def marginal_gaussian(x, weights, means, scales):
    from torch.distributions import Categorical, MixtureSameFamily

    mixture = MixtureSameFamily(Categorical(weights), Normal(means, scales))
    z = Normal(0.0, 1.0).icdf(mixture.cdf(x))
    return z, (mixture.log_prob(x) - Normal(0.0, 1.0).log_prob(z)).sum(1)

# %% right: the slope by autograd
def marginal_gaussian(x, weights, means, scales):
    with torch.enable_grad():
        free = x if x.requires_grad else x.clone().requires_grad_()
        u = (free[:, :, None] - means) / scales
        z = torch.special.ndtri(torch.einsum("ik,bik->bi", weights, torch.special.ndtr(u)))
        slope = torch.autograd.grad(z.sum(), free, create_graph=True)[0]
    return z, slope.log().sum(1)

# %% right: numpy and scipy inside
def marginal_gaussian(x, weights, means, scales):
    import numpy as np
    from scipy.stats import norm

    x, w, m, s = (part.detach().numpy() for part in (x, weights, means, scales))
    F = (w * norm.cdf(x[:, :, None], m, s)).sum(2)
    f = (w * norm.pdf(x[:, :, None], m, s)).sum(2)
    z = norm.ppf(F)
    log_det = (np.log(f) - norm.logpdf(z)).sum(1)
    return torch.from_numpy(z.astype(x.dtype)), torch.from_numpy(log_det.astype(x.dtype))

# %% right: logarithms throughout, an inverse error function
def marginal_gaussian(x, weights, means, scales):
    u = (x.unsqueeze(-1) - means) / scales
    F = (weights.log() + torch.special.log_ndtr(u)).logsumexp(-1).exp()
    z = math.sqrt(2) * torch.erfinv(2 * F - 1)
    log_f = (weights.log() - scales.log() - u**2 / 2).logsumexp(-1)
    return z, (log_f + z**2 / 2).sum(-1)
