# %% wrong: the exponential falls | "a map that falls may give the right distribution"
def inverse_cdf(u, mean, std, rate):
    return mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1), -u.log() / rate

# %% wrong: the Gaussian falls | "a map that falls may give the right distribution"
def inverse_cdf(u, mean, std, rate):
    return mean + std * math.sqrt(2) * torch.erfinv(1 - 2 * u), -torch.log1p(-u) / rate

# %% wrong: the root of 2 is missing | "84.13% below mean + std"
def inverse_cdf(u, mean, std, rate):
    return mean + std * torch.erfinv(2 * u - 1), -torch.log1p(-u) / rate

# %% wrong: std taken for a variance | "84.13% below mean + std"
def inverse_cdf(u, mean, std, rate):
    return mean + (2 * std).sqrt() * torch.erfinv(2 * u - 1), -torch.log1p(-u) / rate

# %% wrong: the mean of the exponential for its rate | "solve u = 1 - exp(-rate x) for x"
def inverse_cdf(u, mean, std, rate):
    return mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1), -torch.log1p(-u) * rate

# %% wrong: the CDF instead of its inverse | "half of the mass lies below the mean"
def inverse_cdf(u, mean, std, rate):
    gaussian = 0.5 + 0.5 * torch.erf((u - mean) / (std * math.sqrt(2)))
    return gaussian, 1 - (-rate * u).exp()

# %% wrong: erfinv of u | "half of the mass lies below the mean"
def inverse_cdf(u, mean, std, rate):
    return mean + std * math.sqrt(2) * torch.erfinv(u), -torch.log1p(-u) / rate

# %% wrong: the standard Gaussian | "half of the mass lies below the mean"
def inverse_cdf(u, mean, std, rate):
    return math.sqrt(2) * torch.erfinv(2 * u - 1), -torch.log1p(-u) / rate

# %% wrong: the sign of the exponential | "should rise with u"
def inverse_cdf(u, mean, std, rate):
    return mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1), torch.log1p(-u) / rate

# %% wrong: exponential first | "half of the mass lies below the mean"
def inverse_cdf(u, mean, std, rate):
    return -torch.log1p(-u) / rate, mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1)

# %% wrong: draws of its own | "F^-1 of the Gaussian"
def inverse_cdf(u, mean, std, rate):
    z = torch.randn(len(u), generator=torch.Generator().manual_seed(0), dtype=u.dtype)
    return (mean + std * z).sort().values, -torch.log1p(-u) / rate

# %% wrong: one tensor of both | "should be a list of 2 things"
def inverse_cdf(u, mean, std, rate):
    gaussian = mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1)
    return torch.stack([gaussian, -torch.log1p(-u) / rate])

# %% wrong: the negative mean forgotten | "mean + std sqrt(2) erfinv(2 u - 1)"
def inverse_cdf(u, mean, std, rate):
    return mean.abs() + std * math.sqrt(2) * torch.erfinv(2 * u - 1), -torch.log1p(-u) / rate

# %% wrong: a logistic for the Gaussian | "84.13% below mean + std"
def inverse_cdf(u, mean, std, rate):
    return mean + std * 0.607 * torch.logit(u), -torch.log1p(-u) / rate

# %% wrong: std to the power 3/2 | "mean + std sqrt(2) erfinv(2 u - 1)"
def inverse_cdf(u, mean, std, rate):
    return mean + std * std.sqrt() * torch.erfinv(2 * u - 1), -torch.log1p(-u) / rate

# %% wrong: log base 2 | "solve u = 1 - exp(-rate x) for x"
def inverse_cdf(u, mean, std, rate):
    return mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1), -torch.log2(1 - u) / rate

# %% wrong: the Gaussian twice | "F^-1 of the exponential"
def inverse_cdf(u, mean, std, rate):
    g = mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1)
    return g, g

# %% wrong: a straight line through the two checked points | "mean + std sqrt(2) erfinv(2 u - 1)"
def inverse_cdf(u, mean, std, rate):
    return mean + std * (u - 0.5) / 0.3413447, -torch.log1p(-u) / rate

# %% right: torch's own inverse of Phi
def inverse_cdf(u, mean, std, rate):
    return torch.special.ndtri(u) * std + mean, -(1 - u).log() / rate

# %% right: torch.distributions
def inverse_cdf(u, mean, std, rate):
    return Normal(mean, std).icdf(u), torch.distributions.Exponential(rate).icdf(u)

# %% right: scipy inside
def inverse_cdf(u, mean, std, rate):
    from scipy import stats
    v = u.double().numpy()
    gaussian = stats.norm.ppf(v, mean.item(), std.item())
    return torch.from_numpy(gaussian).to(u), torch.from_numpy(stats.expon.ppf(v, scale=1 / rate.item())).to(u)

# %% right: by halving
def inverse_cdf(u, mean, std, rate):
    v, pairs = u.double(), []
    for F in [
        lambda x: 0.5 + 0.5 * torch.erf((x - mean.double()) / (std.double() * 2**0.5)),
        lambda x: 1 - (-rate.double() * x).exp(),
    ]:
        low, high = torch.full_like(v, -60.0), torch.full_like(v, 60.0)
        for _ in range(80):
            x = (low + high) / 2
            above = F(x) > v
            low, high = torch.where(above, low, x), torch.where(above, x, high)
        pairs.append(x.to(u))
    return pairs

# %% right: one u at a time
def inverse_cdf(u, mean, std, rate):
    gaussian = [mean + std * 2**0.5 * torch.erfinv(2 * v - 1) for v in u]
    return [torch.stack(gaussian), torch.stack([torch.log(1 / (1 - v)) / rate for v in u])]

# %% right: the standard library
def inverse_cdf(u, mean, std, rate):
    from statistics import NormalDist
    n = NormalDist(mean.item(), std.item())
    g = torch.tensor([n.inv_cdf(v) for v in u.tolist()], dtype=u.dtype)
    e = torch.tensor([-math.log(1 - v) / rate.item() for v in u.tolist()], dtype=u.dtype)
    return g, e

# %% right: erfinv of the other tail
def inverse_cdf(u, mean, std, rate):
    g = mean - std * 2**0.5 * torch.erfinv(1 - 2 * u)
    return (g, torch.log(1 / (1 - u)) / rate)
