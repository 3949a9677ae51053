# %% wrong: the constant forgotten | "take n log levels off"
def dequantised_bounds(log_p, n, levels):
    return log_p.mean(0), log_p.logsumexp(0) - math.log(len(log_p))

# %% wrong: the constant added | "take n log levels off"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean(0) + constant, log_p.logsumexp(0) - math.log(len(log_p)) + constant

# %% wrong: the sum of p for the mean | "not the sum"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean(0) - constant, log_p.logsumexp(0) - constant

# %% wrong: plain exponentials | "use logsumexp"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean(0) - constant, log_p.exp().mean(0).log() - constant

# %% wrong: the mean of the logs twice | "exp of the tighter bound"
def dequantised_bounds(log_p, n, levels):
    bound = log_p.mean(0) - n * math.log(levels)
    return bound, bound

# %% wrong: the two swapped | "average log p over the draws of one image"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.logsumexp(0) - math.log(len(log_p)) - constant, log_p.mean(0) - constant

# %% wrong: over the images, not the draws | "average log p over the draws of one image"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean(1) - constant, log_p.logsumexp(1) - math.log(log_p.shape[1]) - constant

# %% wrong: the best draw | "not the sum, then the logarithm"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean(0) - constant, log_p.max(0).values - constant

# %% wrong: the constant of one pixel | "the constant is n log levels"
def dequantised_bounds(log_p, n, levels):
    constant = math.log(levels)
    return log_p.mean(0) - constant, log_p.logsumexp(0) - math.log(len(log_p)) - constant

# %% wrong: the constant once for each draw | "of the tighter bound"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    tighter = log_p.logsumexp(0) - math.log(len(log_p)) - len(log_p) * constant
    return log_p.mean(0) - constant, tighter

# %% wrong: divided by k after the logarithm | "of the tighter bound"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean(0) - constant, log_p.logsumexp(0) / len(log_p) - constant

# %% wrong: divided by the images in place of the draws | "the tighter bound from 3 draws"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean(0) - constant, log_p.logsumexp(0) - math.log(log_p.shape[1]) - constant

# %% wrong: the mean over the batch as well | "should have shape (2,)"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean() - constant, log_p.flatten().logsumexp(0) - math.log(log_p.numel()) - constant

# %% wrong: the smallest taken off and not given back | "exp of the tighter bound"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean(0) - constant, (log_p - log_p.min()).exp().mean(0).log() - constant

# %% wrong: two draws whatever comes | "the bound by the mean of 3 draws"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.sum(0) / 2 - constant, log_p.logsumexp(0) - math.log(2) - constant

# %% wrong: plain exponentials in double precision | "use logsumexp"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean(0) - constant, log_p.double().exp().mean(0).log().to(log_p.dtype) - constant

# %% wrong: the largest of all images taken off | "over the draws of one image"
def dequantised_bounds(log_p, n, levels):
    constant, top = n * math.log(levels), log_p.max()
    return log_p.mean(0) - constant, (log_p - top).exp().mean(0).log() + top - constant

# %% wrong: the smallest of each image taken off | "take the largest off before exp"
def dequantised_bounds(log_p, n, levels):
    constant, low = n * math.log(levels), log_p.min(0).values
    return log_p.mean(0) - constant, (log_p - low).exp().mean(0).log() + low - constant

# %% wrong: exponentials held in range | "both bounds move as log p does"
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    return log_p.mean(0) - constant, log_p.clamp(-80, 80).exp().mean(0).log() - constant

# %% wrong: one of the two for the other by a Gaussian's rule | "exp of the tighter bound"
def dequantised_bounds(log_p, n, levels):
    bound = log_p.mean(0) - n * math.log(levels)
    return bound, bound + log_p.var(0, correction=0) / 2

# %% wrong: the constant divided among the draws | "of the tighter bound"
def dequantised_bounds(log_p, n, levels):
    constant, k = n * math.log(levels), len(log_p)
    return log_p.mean(0) - constant, log_p.logsumexp(0) - math.log(k) - constant / k

# %% right: the largest taken off by hand
def dequantised_bounds(log_p, n, levels):
    top = log_p.max(0).values
    tighter = top + (log_p - top).exp().mean(0).log()
    return log_p.mean(0) - n * math.log(levels), tighter - n * math.log(levels)

# %% right: draw after draw
def dequantised_bounds(log_p, n, levels):
    log_P = log_p - n * math.log(levels)
    total, longest = 0 * log_P[0], log_P[0]
    for k, one in enumerate(log_P):
        total = total + one
        longest = torch.logaddexp(longest, one) if k else one
    return total / len(log_P), longest - math.log(len(log_P))

# %% right: numpy in double precision
def dequantised_bounds(log_p, n, levels):
    import numpy as np

    v = log_p.detach().cpu().double().numpy() - n * np.log(levels)
    tighter = np.logaddexp.reduce(v, 0) - np.log(len(v))
    return torch.from_numpy(v.mean(0)).to(log_p), torch.from_numpy(tighter).to(log_p)

# %% right: equal weights inside the sum
def dequantised_bounds(log_p, n, levels):
    k = log_p.shape[0]
    tighter = torch.logsumexp(log_p - math.log(k) - n * math.log(levels), 0)
    return torch.einsum("kb->b", log_p) / k - n * math.log(levels), tighter

# %% right: weights by softmax
def dequantised_bounds(log_p, n, levels):
    share = log_p.log_softmax(0)  # log p_j / sum p, so log sum p = log p_j - share_j
    total = (log_p - share)[0]
    return log_p.mean(0) - n * math.log(levels), total - math.log(len(log_p)) - n * math.log(levels)

# %% right: image by image
def dequantised_bounds(log_p, n, levels):
    constant = n * math.log(levels)
    both = [(one.mean() - constant, torch.logsumexp(one, 0) - math.log(len(one)) - constant) for one in log_p.T]
    return torch.stack([a for a, _ in both]), torch.stack([b for _, b in both])
