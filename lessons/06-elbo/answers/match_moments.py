# %% wrong: not normalised | "do not add up to 1 yet"
def match_moments(log_joint, z):
    p = log_joint.exp()
    mean = (p * z).sum()
    return mean, (p * (z - mean) ** 2).sum().sqrt()

# %% wrong: the variance | "the root of the mean squared distance"
def match_moments(log_joint, z):
    p = torch.softmax(log_joint, 0)
    mean = (p * z).sum()
    return mean, (p * (z - mean) ** 2).sum()

# %% wrong: about zero | "the root of the mean squared distance from the mean"
def match_moments(log_joint, z):
    p = torch.softmax(log_joint, 0)
    return (p * z).sum(), (p * z**2).sum().sqrt()

# %% wrong: the highest point | "the mean"
def match_moments(log_joint, z):
    p = torch.softmax(log_joint, 0)
    mean = z[log_joint.argmax()]
    return mean, (p * (z - mean) ** 2).sum().sqrt()

# %% wrong: weights that are logarithms | "the mean"
def match_moments(log_joint, z):
    p = log_joint / log_joint.sum()
    mean = (p * z).sum()
    return mean, (p * (z - mean) ** 2).sum().sqrt()

# %% wrong: the moments of the grid | "the standard deviation"
def match_moments(log_joint, z):
    return z.mean(), z.std()

# %% wrong: the mean distance | "standard deviation of the mixture"
def match_moments(log_joint, z):
    p = torch.softmax(log_joint, 0)
    mean = (p * z).sum()
    return mean, (p * (z - mean).abs()).sum()

# %% wrong: the points of highest density, averaged | "the mean of the mixture"
def match_moments(log_joint, z):
    best = z[log_joint >= log_joint.max() - 1e-6]
    return best.mean(), best.std(correction=0)

# %% wrong: divided by m - 1 | "the standard deviation"
def match_moments(log_joint, z):
    p = torch.softmax(log_joint, 0)
    mean = (p * z).sum()
    return mean, ((p * (z - mean) ** 2).sum() * len(z) / (len(z) - 1)).sqrt()

# %% wrong: the first point for a start | "the mean"
def match_moments(log_joint, z):
    p = torch.exp(log_joint - log_joint.max())
    mean = (p * z).mean() + z[0]
    return mean, (p * (z - mean) ** 2).mean().sqrt()

# %% wrong: one tensor of two numbers | "the pair of mean and deviation"
def match_moments(log_joint, z):
    p = torch.softmax(log_joint, 0)
    mean = (p * z).sum()
    return torch.stack([mean, (p * (z - mean) ** 2).sum().sqrt()])

# %% right: subtracts the square of the mean
def match_moments(log_joint, z):
    p = (log_joint - log_joint.logsumexp(0)).exp()
    mean = p @ z
    return mean, (p @ z**2 - mean**2).sqrt()

# %% right: divides by the sum
def match_moments(log_joint, z):
    w = torch.exp(log_joint - log_joint.max())
    mean = torch.sum(w * z) / torch.sum(w)
    return mean, torch.sqrt(torch.sum(w * (z - mean) ** 2) / torch.sum(w))

# %% right: numpy inside
def match_moments(log_joint, z):
    import numpy as np
    w, x = np.exp((log_joint - log_joint.max()).double().numpy()), z.double().numpy()
    mean = np.average(x, weights=w)
    std = np.sqrt(np.average((x - mean) ** 2, weights=w))
    return torch.tensor(mean).to(z.dtype), torch.tensor(std).to(z.dtype)

# %% right: torch.cov with weights
def match_moments(log_joint, z):
    p = torch.softmax(log_joint, 0)
    return p @ z, torch.cov(z, correction=0, aweights=p) ** 0.5

# %% right: moments by a sum over all pairs
def match_moments(log_joint, z):
    p = (log_joint - torch.logsumexp(log_joint, 0)).exp()
    squares = (z[:, None] - z) ** 2
    return torch.dot(p, z), torch.sqrt(p @ squares @ p / 2)
