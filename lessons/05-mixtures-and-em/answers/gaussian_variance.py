# %% wrong: 1 not subtracted | "subtract 1 at the end"
def gaussian_variance(d, tau):
    a, b, c = 2 - 1 / tau**2, -d / tau**2, d**2 / (2 * tau**2)
    ratio = tau * a.clamp(min=1e-12).rsqrt() * torch.exp(b**2 / (2 * a) + c)
    return torch.where(a > 0, ratio, math.inf)

# %% wrong: NaN where it is infinite | "the integral is infinite"
def gaussian_variance(d, tau):
    a, b, c = 2 - 1 / tau**2, -d / tau**2, d**2 / (2 * tau**2)
    return tau / a.sqrt() * torch.exp(b**2 / (2 * a) + c) - 1

# %% wrong: infinite below tau = 1/2, not tau^2 = 1/2 | "the integral is infinite"
def gaussian_variance(d, tau):
    a, b, c = 2 - 1 / tau**2, -d / tau**2, d**2 / (2 * tau**2)
    ratio = tau * a.abs().rsqrt() * torch.exp(b**2 / (2 * a) + c)
    return torch.where(tau > 0.5, ratio - 1, math.inf)

# %% wrong: tau taken for a variance | "Var(w) / p(x)^2 of the examples"
def gaussian_variance(d, tau):
    a, b, c = 2 - 1 / tau, -d / tau, d**2 / (2 * tau)
    ratio = tau.sqrt() * a.clamp(min=1e-12).rsqrt() * torch.exp(b**2 / (2 * a) + c)
    return torch.where(a > 0, ratio - 1, math.inf)

# %% wrong: the posterior not squared | "Var(w) / p(x)^2 of the examples"
def gaussian_variance(d, tau):
    a, b, c = 1 - 1 / tau**2, -d / tau**2, d**2 / (2 * tau**2)
    ratio = tau * a.clamp(min=1e-12).rsqrt() * torch.exp(b**2 / (2 * a.clamp(min=1e-12)) + c)
    return torch.where(a > 0, ratio - 1, 0.0)

# %% wrong: tau in front forgotten | "Var(w) / p(x)^2 of the examples"
def gaussian_variance(d, tau):
    a, b, c = 2 - 1 / tau**2, -d / tau**2, d**2 / (2 * tau**2)
    ratio = a.clamp(min=1e-12).rsqrt() * torch.exp(b**2 / (2 * a) + c)
    return torch.where(a > 0, ratio - 1, math.inf)

# %% wrong: c forgotten | "Var(w) / p(x)^2 of the examples"
def gaussian_variance(d, tau):
    a, b = 2 - 1 / tau**2, -d / tau**2
    ratio = tau * a.clamp(min=1e-12).rsqrt() * torch.exp(b**2 / (2 * a))
    return torch.where(a > 0, ratio - 1, math.inf)

# %% wrong: the shift d ignored | "Var(w) / p(x)^2 of the examples"
def gaussian_variance(d, tau):
    a = 2 - 1 / tau**2
    return torch.where(a > 0, tau * a.clamp(min=1e-12).rsqrt() - 1, math.inf)

# %% wrong: infinite wherever q is narrower than the posterior | "Var(w) / p(x)^2 of the examples"
def gaussian_variance(d, tau):
    a, b, c = 2 - 1 / tau**2, -d / tau**2, d**2 / (2 * tau**2)
    ratio = tau * a.clamp(min=1e-12).rsqrt() * torch.exp(b**2 / (2 * a) + c)
    return torch.where(tau >= 1, ratio - 1, math.inf)

# %% wrong: a minus before c | "Var(w) / p(x)^2 of the examples"
def gaussian_variance(d, tau):
    a, b, c = 2 - 1 / tau**2, -d / tau**2, -(d**2) / (2 * tau**2)
    ratio = tau * a.clamp(min=1e-12).rsqrt() * torch.exp(b**2 / (2 * a) + c)
    return torch.where(a > 0, ratio - 1, math.inf)

# %% wrong: c over tau, not its square | "is the integral's exponent that of the text?"
def gaussian_variance(d, tau):
    a, b, c = 2 - 1 / tau**2, -d / tau**2, d**2 / (2 * tau)
    ratio = tau * a.clamp(min=1e-12).rsqrt() * torch.exp(b**2 / (2 * a) + c)
    return torch.where(a > 0, ratio - 1, math.inf)

# %% wrong: a large number where it is infinite | "Var(w) / p(x)^2 of"
def gaussian_variance(d, tau):
    a, b, c = 2 - 1 / tau**2, -d / tau**2, d**2 / (2 * tau**2)
    a = a.clamp(min=0.5)
    return tau * a.rsqrt() * torch.exp(b**2 / (2 * a) + c) - 1

# %% right: simplified by hand
def gaussian_variance(d, tau):
    e = 2 * tau**2 - 1
    ratio = tau**2 / e.clamp(min=1e-9).sqrt() * torch.exp(d**2 / e)
    return torch.where(e > 0, ratio - 1, torch.full_like(d, math.inf))

# %% right: one at a time
def gaussian_variance(d, tau):
    out = []
    for m, s in zip(d.tolist(), tau.tolist()):
        a = 2 - 1 / s**2
        if a <= 0:
            out.append(math.inf)
        else:
            out.append(s / math.sqrt(a) * math.exp((m / s**2) ** 2 / (2 * a) + m**2 / (2 * s**2)) - 1)
    return torch.tensor(out, dtype=d.dtype, device=d.device)

# %% right: numpy inside, expm1
def gaussian_variance(d, tau):
    import numpy as np

    m, s = d.cpu().double().numpy(), tau.cpu().double().numpy()
    e = 2 * s**2 - 1
    fine = np.where(e > 0, e, 1.0)
    found = np.expm1(2 * np.log(s) - np.log(fine) / 2 + m**2 / fine)
    return torch.from_numpy(np.where(e > 0, found, np.inf)).to(d)

# %% right: in the logarithm, filled afterwards
def gaussian_variance(d, tau):
    v = tau.square()
    a = 2 - 1 / v
    log_ratio = tau.log() - a.log() / 2 + (d / v) ** 2 / (2 * a) + d**2 / (2 * v)
    found = log_ratio.exp() - 1
    return found.masked_fill(a <= 0, math.inf)

# %% right: only where it is finite
def gaussian_variance(d, tau):
    found = torch.full_like(d, float("inf"))
    fine = 2 * tau * tau > 1
    m, s = d[fine], tau[fine]
    e = 2 * s * s - 1
    found[fine] = s * s * torch.rsqrt(e) * torch.exp(m * m / e) - 1
    return found
