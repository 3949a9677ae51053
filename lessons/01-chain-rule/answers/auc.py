# %% wrong: ties count nothing | "compare every clean with every corrupted score; a tie counts 1/2"
def auc(clean, corrupted):
    difference = clean[:, None] - corrupted
    return ((difference > 0).float()).mean()


# %% wrong: ties count one | "compare every clean with every corrupted score; a tie counts 1/2"
def auc(clean, corrupted):
    difference = clean[:, None] - corrupted
    return ((difference > 0).float() + (difference == 0)).mean()


# %% wrong: the other way round | "compare every clean with every corrupted score; a tie counts 1/2"
def auc(clean, corrupted):
    difference = clean[:, None] - corrupted
    return ((difference < 0).float() + 0.5 * (difference == 0)).mean()


# %% wrong: example by example instead of all pairs | "compare every clean with every corrupted score; a tie counts 1/2"
def auc(clean, corrupted):
    n = min(len(clean), len(corrupted))
    difference = clean[:n] - corrupted[:n]
    return ((difference > 0).float() + 0.5 * (difference == 0)).mean()


# %% wrong: the difference of the means | "compare every clean"
def auc(clean, corrupted):
    return (clean.mean() - corrupted.mean()).abs()


# %% wrong: counts the wins | "should not exceed 1"
def auc(clean, corrupted):
    difference = clean[:, None] - corrupted
    return ((difference > 0).float() + 0.5 * (difference == 0)).sum()


# %% wrong: one number for each clean example | "should be one number"
def auc(clean, corrupted):
    difference = clean[:, None] - corrupted
    return ((difference > 0).float() + 0.5 * (difference == 0)).mean(1)


# %% wrong: the accuracy of the best threshold | "compare every clean with every corrupted score; a tie counts 1/2"
def auc(clean, corrupted):
    best = 0.0
    for t in torch.cat([clean, corrupted]):
        best = max(best, ((clean > t).float().mean() + (corrupted <= t).float().mean()).item() / 2)
    return best


# %% right: loops
def auc(clean, corrupted):
    total = 0.0
    for a in clean.tolist():
        for b in corrupted.tolist():
            total += 1.0 if a > b else 0.5 if a == b else 0.0
    return total / (len(clean) * len(corrupted))


# %% right: ranks
def auc(clean, corrupted):
    below = torch.searchsorted(corrupted.sort().values, clean)
    upto = torch.searchsorted(corrupted.sort().values, clean, right=True)
    return (below + upto).double().mean() / (2 * len(corrupted))


# %% right: signs, numpy
def auc(clean, corrupted):
    import numpy as np
    signs = np.sign(np.subtract.outer(clean.numpy(), corrupted.numpy()))
    return (signs.mean() + 1) / 2
