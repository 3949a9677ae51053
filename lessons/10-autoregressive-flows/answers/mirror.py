# %% wrong: a' not divided | "a_i gets divided, too"
def mirror(a, log_b):
    return -a, -log_b

# %% wrong: a' multiplied | "a_i gets divided, too"
def mirror(a, log_b):
    return -a * log_b.exp(), -log_b

# %% wrong: a' without its sign | "solve x_i = a_i + b_i z_i for z_i"
def mirror(a, log_b):
    return a * (-log_b).exp(), -log_b

# %% wrong: b' for its logarithm | "its logarithm is asked for"
def mirror(a, log_b):
    return -a * (-log_b).exp(), (-log_b).exp()

# %% wrong: the width as it was | "b' is what stands before x_i"
def mirror(a, log_b):
    return -a * (-log_b).exp(), log_b

# %% wrong: one over the logarithm | "b' is what stands before x_i"
def mirror(a, log_b):
    return -a * (-log_b).exp(), 1 / log_b

# %% wrong: divided by the logarithm | "a' by hand"
def mirror(a, log_b):
    return -a / log_b, -log_b

# %% wrong: the pair turned round | "log b' by hand"
def mirror(a, log_b):
    return -log_b, -a * (-log_b).exp()

# %% wrong: right only where b is 2 | "it should give back z"
def mirror(a, log_b):
    return -a / 2, -log_b

# %% wrong: one b for all entries | "it should give back z"
def mirror(a, log_b):
    return -a / log_b.exp().mean(), -log_b

# %% wrong: the logarithm of a negative b' | "log b' by hand contains NaN"
def mirror(a, log_b):
    return -a * (-log_b).exp(), (-log_b.exp()).log()

# %% right: a division
def mirror(a, log_b):
    b = torch.exp(log_b)
    return -a / b, torch.log(1 / b)

# %% right: the inverse at 0
def mirror(a, log_b):
    inverse = lambda x: (x - a) * torch.exp(-log_b)
    return inverse(torch.zeros_like(a)), 0 - log_b

# %% right: torch's own affine transform
def mirror(a, log_b):
    undo = torch.distributions.AffineTransform(a, log_b.exp()).inv
    at_0, at_1 = undo(torch.zeros_like(a)), undo(torch.ones_like(a))
    return at_0, (at_1 - at_0).log()

# %% right: entry by entry
def mirror(a, log_b):
    flat = [-u / math.exp(v) for u, v in zip(a.flatten().tolist(), log_b.flatten().tolist())]
    return torch.tensor(flat, dtype=a.dtype, device=a.device).reshape(a.shape), log_b.neg()

# %% right: the inverse of a matrix for each entry
def mirror(a, log_b):
    zero, one = torch.zeros_like(a), torch.ones_like(a)
    M = torch.stack([torch.stack([log_b.exp(), a], -1), torch.stack([zero, one], -1)], -2)
    M = torch.linalg.inv(M)
    return [M[..., 0, 1], M[..., 0, 0].log()]
