# %% wrong: the factor forgotten | "cells of equal dr d(angle) grow with r"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r * angle.cos(), r * angle.sin()], 1)
    return Normal(mean, 1.0).log_prob(x).sum(1)

# %% wrong: the determinant not inverted | "which way up is it?"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r * angle.cos(), r * angle.sin()], 1)
    return Normal(mean, 1.0).log_prob(x).sum(1) - r.log()

# %% wrong: r for its logarithm | "which way up is it?"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r * angle.cos(), r * angle.sin()], 1)
    return Normal(mean, 1.0).log_prob(x).sum(1) + r

# %% wrong: the density at (r, angle) | "it is that of N(0, I) and a factor"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r, angle], 1)
    return Normal(mean, 1.0).log_prob(x).sum(1) + r.log()

# %% wrong: the mean forgotten | "the log-density of 5 points"
def polar_log_prob(r, angle, mean):
    return -(r**2) / 2 - math.log(2 * math.pi) + r.log()

# %% wrong: sine and cosine exchanged | "the log-density of 5 points"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r * angle.sin(), r * angle.cos()], 1)
    return Normal(mean, 1.0).log_prob(x).sum(1) + r.log()

# %% wrong: the logarithm of the factor summed over the batch | "it is that of N(0, I) and a factor"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r * angle.cos(), r * angle.sin()], 1)
    return Normal(mean, 1.0).log_prob(x).sum(1) + (r + 1e-9).log().sum()

# %% wrong: one Gaussian of r | "it is that of N(0, I) and a factor"
def polar_log_prob(r, angle, mean):
    return Normal(mean.norm(), 1.0).log_prob(r) + r.log()

# %% wrong: the area of the disc as factor | "it is that of N(0, I) and a factor"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r * angle.cos(), r * angle.sin()], 1)
    return Normal(mean, 1.0).log_prob(x).sum(1) + 2 * r.log()

# %% wrong: a determinant with a plus for a minus | "cells of equal dr d(angle) grow with r"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r * angle.cos(), r * angle.sin()], 1)
    return Normal(mean, 1.0).log_prob(x).sum(1) + (r * (2 * angle).cos()).abs().log()

# %% wrong: degrees | "the integral over all r and angles for the mean (1.5, -1.0)"
def polar_log_prob(r, angle, mean):
    turn = angle * math.pi / 180
    x = torch.stack([r * turn.cos(), r * turn.sin()], 1)
    return Normal(mean, 1.0).log_prob(x).sum(1) + r.log()

# %% wrong: the mean without its sign | "the mean may be anywhere"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r * angle.cos(), r * angle.sin()], 1)
    return Normal(mean.abs(), 1.0).log_prob(x).sum(1) + r.log()

# %% wrong: the mean's first entry twice | "the mean may be anywhere"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r * angle.cos(), r * angle.sin()], 1)
    return Normal(mean[0], 1.0).log_prob(x).sum(1) + r.log()

# %% wrong: squeezed, so that a batch of one is lost | "should have shape (1,)"
def polar_log_prob(r, angle, mean):
    x = torch.stack([r * angle.cos(), r * angle.sin()], 1)
    return Normal(mean, 1.0).log_prob(x).sum(1).add(r.log()).squeeze()

# %% right: squares by hand
def polar_log_prob(r, angle, mean):
    across, up = r * torch.cos(angle) - mean[0], r * torch.sin(angle) - mean[1]
    return torch.log(r / (2 * math.pi)) - (across**2 + up**2) / 2

# %% right: the determinant of the Jacobian, point by point
def polar_log_prob(r, angle, mean):
    found = []
    for one, a in zip(r, angle):
        x = torch.stack([one * a.cos(), one * a.sin()])
        J = torch.stack([torch.stack([a.cos(), -one * a.sin()]), torch.stack([a.sin(), one * a.cos()])])
        found.append(-((x - mean) ** 2).sum() / 2 - math.log(2 * math.pi) + J.det().abs().log())
    return torch.stack(found)

# %% right: numpy inside
def polar_log_prob(r, angle, mean):
    import numpy as np

    r, angle, mean = r.numpy(), angle.numpy(), mean.numpy()
    away = (r * np.cos(angle) - mean[0]) ** 2 + (r * np.sin(angle) - mean[1]) ** 2
    return torch.from_numpy(np.log(r) - away / 2 - np.log(2 * np.pi))

# %% right: a multivariate Gaussian
def polar_log_prob(r, angle, mean):
    x = r[:, None] * torch.stack([angle.cos(), angle.sin()], 1)
    return MultivariateNormal(mean, torch.eye(2, dtype=r.dtype)).log_prob(x) + r.log()

# %% right: the law of cosines
def polar_log_prob(r, angle, mean):
    m, where = mean.norm(), torch.atan2(mean[1], mean[0])
    away = r**2 + m**2 - 2 * r * m * torch.cos(angle - where)
    return r.log() - away / 2 - math.log(2 * math.pi)

# %% right: complex numbers
def polar_log_prob(r, angle, mean):
    away = (torch.polar(r, angle) - torch.complex(mean[0], mean[1])).abs()
    return (r / (2 * math.pi)).log() - away.square() / 2
