# %% wrong: the two swapped | "the sum of P(x) over both levels"
def bin_masses(heights):
    constant = math.log(len(heights))
    return heights.log().mean(1) - constant, heights.mean(1).log() - constant

# %% wrong: Jensen without the inequality | "log P(x) takes the mean of the heights, then the logarithm"
def bin_masses(heights):
    exact = heights.mean(1).log() - math.log(len(heights))
    return exact, exact + 0.1

# %% wrong: the mean of the logs twice | "the sum of P(x) over both levels"
def bin_masses(heights):
    bound = heights.log().mean(1) - math.log(len(heights))
    return bound, bound

# %% wrong: the exact one twice | "exp of the bound in the example by hand"
def bin_masses(heights):
    exact = heights.mean(1).log() - math.log(len(heights))
    return exact, exact

# %% wrong: no constant | "the mean height there times the width of the bin"
def bin_masses(heights):
    return heights.mean(1).log(), heights.log().mean(1)

# %% wrong: the constant left out of the bound | "the bound is too high"
def bin_masses(heights):
    return heights.mean(1).log() - math.log(len(heights)), heights.log().mean(1)

# %% wrong: the sum of the heights | "the mean height there"
def bin_masses(heights):
    constant = math.log(len(heights))
    return heights.sum(1).log() - constant, heights.log().mean(1) - constant

# %% wrong: the sum of the logs | "exp of the bound in the example by hand"
def bin_masses(heights):
    constant = math.log(len(heights))
    return heights.mean(1).log() - constant, heights.log().sum(1) - constant

# %% wrong: the levels are on the other axis | "the sum of P(x) over both levels"
def bin_masses(heights):
    constant = math.log(heights.shape[1])
    return heights.mean(0).log() - constant + math.log(1.25), heights.log().mean(0) - constant

# %% wrong: the number of parts in the constant | "the constant is that of the levels, not of the parts"
def bin_masses(heights):
    constant = math.log(heights.shape[1])
    return heights.mean(1).log() - constant, heights.log().mean(1) - constant

# %% wrong: log of all parts in the constant | "the sum of P(x) over both levels"
def bin_masses(heights):
    constant = math.log(heights.numel())
    return heights.mean(1).log() - constant, heights.log().mean(1) - constant

# %% wrong: probabilities, no logarithms | "what is returned is its logarithm, in nats"
def bin_masses(heights):
    levels = len(heights)
    return heights.mean(1) / levels, heights.log().mean(1).exp() / levels

# %% wrong: normalised over the levels | "P(x) times levels"
def bin_masses(heights):
    exact = torch.full((len(heights),), -math.log(len(heights)), dtype=heights.dtype)
    return exact, heights.log().mean(1) - math.log(len(heights))

# %% wrong: bits | "the sum of P(x) over both levels"
def bin_masses(heights):
    constant = math.log2(len(heights))
    return heights.mean(1).log2() - constant, heights.log2().mean(1) - constant

# %% wrong: one number for the pixel | "should have shape (2,)"
def bin_masses(heights):
    constant = math.log(len(heights))
    return heights.mean().log() - constant, heights.log().mean() - constant

# %% wrong: only the bound | "should be a list of 2 things"
def bin_masses(heights):
    return heights.log().mean(1) - math.log(len(heights))

# %% wrong: the mean under p, not over the noise | "the bound is too high"
def bin_masses(heights):
    constant = math.log(len(heights))
    bound = (heights * heights.log()).sum(1) / heights.sum(1)
    return heights.mean(1).log() - constant, bound - constant

# %% wrong: the heights taken for logarithms | "the sum of P(x) over both levels"
def bin_masses(heights):
    constant = math.log(heights.numel())
    return heights.logsumexp(1) - constant, heights.mean(1) - constant

# %% wrong: two levels whatever comes | "the constant is that of the levels"
def bin_masses(heights):
    return heights.mean(1).log() - math.log(2), heights.log().mean(1) - math.log(2)

# %% wrong: two parts whatever come | "the mean over the parts of one bin"
def bin_masses(heights):
    constant = math.log(len(heights))
    return (heights.sum(1) / 2).log() - constant, heights.log().sum(1) / 2 - constant

# %% wrong: the logarithms to base 2 | "what is returned is its logarithm, in nats"
def bin_masses(heights):
    levels = len(heights)
    return (heights.mean(1) / levels).log2(), heights.log2().mean(1) - math.log2(levels)

# %% right: the area part by part
def bin_masses(heights):
    levels, m = heights.shape
    area = torch.stack([sum(h / (levels * m) for h in row) for row in heights])
    bound = torch.stack([sum(torch.log(h) for h in row) / m for row in heights])
    return area.log(), bound - math.log(levels)

# %% right: logsumexp and geometric means
def bin_masses(heights):
    levels, m = heights.shape
    logs = heights.log()
    return logs.logsumexp(1) - math.log(m * levels), (logs.sum(1) / m).exp().log() - math.log(levels)

# %% right: numpy in double precision
def bin_masses(heights):
    import numpy as np

    h = heights.cpu().double().numpy()
    exact, bound = np.log(h.mean(1) / len(h)), (np.log(h) - np.log(len(h))).mean(1)
    return torch.from_numpy(exact).to(heights), torch.from_numpy(bound).to(heights)

# %% right: the gap apart
def bin_masses(heights):
    levels = heights.shape[0]
    mean = heights.mean(1, keepdim=True)
    exact = torch.log(mean[:, 0] / levels)
    return exact, exact + torch.log(heights / mean).mean(1)

# %% right: a matrix product with equal weights
def bin_masses(heights):
    levels, m = heights.shape
    equal = torch.full((m,), 1 / m, dtype=heights.dtype, device=heights.device)
    return (heights @ equal / levels).log(), (heights / levels).log() @ equal

# %% right: log P(x) by log-sum-exp, draw after draw
def bin_masses(heights):
    log_area = heights.log() - math.log(heights.numel())
    exact = log_area[:, 0]
    for part in log_area.T[1:]:
        exact = torch.logaddexp(exact, part)
    return exact, log_area.sum(1) / heights.shape[1] + math.log(heights.shape[1])
