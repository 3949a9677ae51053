# %% wrong: the data not sorted | "were the data sorted?"
def empirical_inverse(u, sample):
    return sample[(u * len(sample)).ceil().long() - 1]

# %% wrong: interpolation | "no interpolation, no mean"
def empirical_inverse(u, sample):
    return torch.quantile(sample, u)

# %% wrong: rounded down | "k / n >= u"
def empirical_inverse(u, sample):
    place = (u * len(sample)).floor().long().clamp(max=len(sample) - 1)
    return sample.sort().values[place]

# %% wrong: one place too high | "between the steps"
def empirical_inverse(u, sample):
    place = (u * len(sample)).ceil().long().clamp(max=len(sample) - 1)
    return sample.sort().values[place]

# %% wrong: rounded to the nearest | "between the steps"
def empirical_inverse(u, sample):
    place = (u * len(sample)).round().long().clamp(min=1)
    return sample.sort().values[place - 1]

# %% wrong: quantile's nearest | "F^-1(u)"
def empirical_inverse(u, sample):
    return torch.quantile(sample, u, interpolation="nearest")

# %% wrong: quantile's lower | "F^-1(u)"
def empirical_inverse(u, sample):
    return torch.quantile(sample, u, interpolation="lower")

# %% wrong: quantile's higher | "F^-1(u)"
def empirical_inverse(u, sample):
    return torch.quantile(sample, u, interpolation="higher")

# %% wrong: equal data counted once | "F^-1(u)"
def empirical_inverse(u, sample):
    values = sample.unique()
    return values[(u * len(values)).ceil().long() - 1]

# %% wrong: from the largest down | "should never fall as u grows"
def empirical_inverse(u, sample):
    return sample.sort(descending=True).values[(u * len(sample)).ceil().long() - 1]

# %% wrong: a Gaussian through mean and deviation | "none of the data"
def empirical_inverse(u, sample):
    return Normal(sample.mean(), sample.std()).icdf(u.clamp(0.01, 0.99))

# %% wrong: F instead of its inverse | "none of the data"
def empirical_inverse(u, sample):
    return (sample <= u[:, None]).to(sample).mean(1)

# %% wrong: k / n > u | "at u = k / n exactly it is still the k-th"
def empirical_inverse(u, sample):
    x, n = sample.sort().values, len(sample)
    levels = torch.arange(1, n + 1, dtype=u.dtype) / n
    return x[torch.searchsorted(levels, u, right=True).clamp(max=n - 1)]

# %% wrong: sorted in place | "your function changed sample"
def empirical_inverse(u, sample):
    sample[:] = sample.sort().values
    return sample[(u * len(sample)).ceil().long() - 1]

# %% wrong: the nearest step | "u = .26 to the second"
def empirical_inverse(u, sample):
    x = sample.sort().values
    F = torch.arange(1, len(x) + 1, dtype=u.dtype) / len(x)
    return x[(F - u[:, None]).abs().argmin(1)]

# %% wrong: rounded down, and place 0 wraps round | "F^-1 should never fall"
def empirical_inverse(u, sample):
    return sample.sort().values[(u * len(sample)).long() - 1]

# %% wrong: u sorted too | "the u come in any order"
def empirical_inverse(u, sample):
    place = (u.sort().values * len(sample)).ceil().long()
    return sample.sort().values[place - 1]

# %% wrong: n - 1 steps | "u = .2 belongs to the smallest"
def empirical_inverse(u, sample):
    return sample.sort().values[(u * (len(sample) - 1)).ceil().long()]

# %% right: searchsorted
def empirical_inverse(u, sample):
    n = len(sample)
    levels = torch.arange(1, n + 1, dtype=torch.float64, device=u.device) / n
    return sample.sort().values[torch.searchsorted(levels, u.double())]

# %% right: numpy's convention of the same name
def empirical_inverse(u, sample):
    import numpy
    found = numpy.quantile(sample.numpy(), u.double().numpy(), method="inverted_cdf")
    return torch.from_numpy(numpy.asarray(found)).to(sample)

# %% right: the definition, word for word
def empirical_inverse(u, sample):
    x, n = sorted(sample.tolist()), len(sample)
    found = [next(x[k - 1] for k in range(1, n + 1) if k >= v * n) for v in u.double().tolist()]
    return torch.tensor(found, dtype=sample.dtype)

# %% right: how many steps lie below u
def empirical_inverse(u, sample):
    steps = torch.arange(1, len(sample) + 1, device=u.device)
    below = (steps < u[:, None] * len(sample)).sum(1)
    return torch.sort(sample)[0][below]

# %% right: kthvalue
def empirical_inverse(u, sample):
    return torch.stack([sample.kthvalue(math.ceil(v * len(sample))).values for v in u.tolist()])

# %% right: first index where the staircase has reached u
def empirical_inverse(u, sample):
    x, n = sample.sort().values, len(sample)
    F = torch.arange(1, n + 1, device=u.device).to(u) / n
    return x[(F >= u[:, None]).to(torch.int).argmax(1)]

# %% right: F as the share of the data
def empirical_inverse(u, sample):
    x = sample.unique()
    F = (sample <= x[:, None]).sum(1) / len(sample)
    return x[(F.to(u) < u[:, None]).sum(1)]
