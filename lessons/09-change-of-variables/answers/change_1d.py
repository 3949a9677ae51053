# %% wrong: the slope not inverted | "is the slope on the right side of the fraction"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) + slope(z).abs().log()

# %% wrong: no absolute value | "only its size counts"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) - slope(z).log()

# %% wrong: the slope at x | "log p_Z and the slope are taken at z = f^-1(x)"
def change_1d(x, inverse, slope, log_p_z):
    return log_p_z(inverse(x)) - slope(x).abs().log()

# %% wrong: the density at x | "log p_Z and the slope are taken at z = f^-1(x)"
def change_1d(x, inverse, slope, log_p_z):
    return log_p_z(x) - slope(inverse(x)).abs().log()

# %% wrong: everything at x | "log p_Z and the slope are taken at z = f^-1(x)"
def change_1d(x, inverse, slope, log_p_z):
    return log_p_z(x) - slope(x).abs().log()

# %% wrong: no slope at all | "the same mass on twice the length"
def change_1d(x, inverse, slope, log_p_z):
    return log_p_z(inverse(x))

# %% wrong: no logarithm of the slope | "the same mass on twice the length"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) - slope(z).abs()

# %% wrong: the density, not its logarithm | "the same mass on twice the length"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z).exp() / slope(z).abs()

# %% wrong: divided by the slope outside of the logarithm | "the same mass on twice the length"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) / slope(z).abs()

# %% wrong: the slope clamped | "the same mass on three times the length"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) - slope(z).clamp(min=1e-6).log()

# %% wrong: summed over the batch | "should have shape"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return (log_p_z(z) - slope(z).abs().log()).sum()

# %% wrong: the slope summed over the batch | "the same mass on twice the length"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) - slope(z).abs().log().sum()

# %% wrong: a Gaussian always | "the same mass on twice the length"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return Normal(0.0, 1.0).log_prob(z) - slope(z).abs().log()

# %% wrong: the absolute value around the logarithm | "one below 1 makes p_X larger"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) - slope(z).abs().log().abs()

# %% wrong: the mean of the log-slopes | "each x has a slope of its own"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) - slope(z).abs().log().mean()

# %% wrong: the volume term twice | "the same mass on twice the length"
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) - torch.log(slope(z) ** 2)

# %% wrong: the slope of the inverse taken for df/dz at z(x) | "is the slope on the right side of the fraction"
def change_1d(x, inverse, slope, log_p_z):
    return log_p_z(inverse(x)) + slope(x).abs().log()

# %% right: by the slope of the inverse
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) + torch.log(1 / torch.abs(slope(z)))

# %% right: half the logarithm of the square
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    return log_p_z(z) - 0.5 * torch.log(slope(z) ** 2)

# %% right: one x at a time
def change_1d(x, inverse, slope, log_p_z):
    rows = []
    for k in range(len(x)):
        z = inverse(x[k : k + 1])
        rows.append(log_p_z(z) - slope(z).abs().log())
    return torch.cat(rows)

# %% right: numpy inside
def change_1d(x, inverse, slope, log_p_z):
    import numpy
    z = inverse(x)
    stretch = numpy.log(numpy.abs(slope(z).detach().numpy()))
    return log_p_z(z) - torch.from_numpy(stretch).to(x)

# %% right: through the density
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x).double()
    return (log_p_z(z).exp() / slope(z).abs()).log().to(x)

# %% right: the slope of the inverse by autograd
def change_1d(x, inverse, slope, log_p_z):
    at = x.detach().clone().requires_grad_()
    z = inverse(at)
    (rise,) = torch.autograd.grad(z.sum(), at)
    return (log_p_z(z) + rise.abs().log()).detach()

# %% right: xlogy
def change_1d(x, inverse, slope, log_p_z):
    z = inverse(x)
    size = slope(z).abs()
    return torch.sub(log_p_z(z), torch.xlogy(torch.ones_like(size), size))
