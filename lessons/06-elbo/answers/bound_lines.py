# %% wrong: log p(x) for every line | "should have shape (2, 3), but it has shape (2,)"
def line_1(prior, likelihood):
    return (prior * likelihood).sum(1).log()


def line_2(prior, likelihood, q):
    return line_1(prior, likelihood)


def line_3(prior, likelihood, q):
    return line_1(prior, likelihood)


def line_4(prior, likelihood, q):
    return line_1(prior, likelihood)


# %% wrong: the same summands for every line | "line (3) is off"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, line_1(prior, likelihood), 0)


def line_3(prior, likelihood, q):
    return line_2(prior, likelihood, q)


def line_4(prior, likelihood, q):
    return line_2(prior, likelihood, q)


# %% wrong: line 4 as its total, spread evenly | "add up to the right number, but one is off"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    total = torch.where(q > 0, q * (prior.log() - q.log() + likelihood.log()), 0).sum()
    return total.expand(q.shape) / q.numel()


# %% wrong: line 3 with its weights | "without the weight q"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, q * (prior * likelihood / q), 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (prior.log() - q.log() + likelihood.log()), 0)


# %% wrong: line 4 without its weights | "the summands of line (4) are off"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, prior.log() - q.log() + likelihood.log(), 0)


# %% wrong: line 4 with plus log q | "q (log p_Z - log q + log p(x | z))"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (prior.log() + q.log() + likelihood.log()), 0)


# %% wrong: line 4 with the wrong sign | "have the wrong sign"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (q.log() - prior.log() - likelihood.log()), 0)


# %% wrong: line 4 without the prior | "q (log p_Z - log q + log p(x | z))"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (likelihood.log() - q.log()), 0)


# %% wrong: 0 log 0 is NaN in line 4 | "contain NaN or infinity"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return q * (prior.log() - q.log() + likelihood.log())


# %% wrong: 0 / 0 is NaN in line 2 | "contains NaN or infinity: those of line (1), and 0 where q is 0"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return q / q * prior * likelihood


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (prior.log() - q.log() + likelihood.log()), 0)


# %% wrong: a term of line 2 that q never draws | "and 0 where q is 0"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return prior * likelihood


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (prior.log() - q.log() + likelihood.log()), 0)


# %% wrong: line 1 with a logarithm | "no logarithm, no sum"
def line_1(prior, likelihood):
    return (prior * likelihood).log()


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (prior.log() - q.log() + likelihood.log()), 0)


# %% wrong: expectation under the prior in line 4 | "the summands of line (4) are off"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, prior * (prior.log() - q.log() + likelihood.log()), 0)


# %% wrong: bits in line 4 | "the summands of line (4) are off"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (prior.log2() - q.log2() + likelihood.log2()), 0)


# %% wrong: calls gmlib | "write it yourself"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    table = (prior * likelihood).log()
    rows = torch.arange(len(q))
    return elbo(lambda z: table[rows, z], Categorical(q), 10000)[:, None] / q.shape[1]


# %% wrong: q multiplied in line 2, and never divided | "those of line (1)"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return q * prior * likelihood


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (prior.log() - q.log() + likelihood.log()), 0)


# %% wrong: line 3 with a floor below q | "0 where q is 0"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return prior * likelihood / q.clamp(min=1e-6)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (prior.log() - q.log() + likelihood.log()), 0)


# %% wrong: line 4 with a small number inside the logarithm | "the summands of line (4) are off"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return q * (prior.log() - (q + 1e-6).log() + likelihood.log())


# %% wrong: line 4 as the logarithms of line 3 | "contain NaN or infinity"
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return line_3(prior, likelihood, q).log()


# %% wrong: likelihood of the first data point for all | "p_Z(z) p(x_i | z)"
def line_1(prior, likelihood):
    return (prior * likelihood[0]).expand_as(likelihood)


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (prior.log() - q.log() + likelihood.log()), 0)


# %% right: xlogy
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    return torch.xlogy(q, prior * likelihood) - torch.xlogy(q, q)


# %% right: each line from the one before
def line_1(prior, likelihood):
    return torch.einsum("k,nk->nk", prior, likelihood)


def line_2(prior, likelihood, q):
    return (q > 0) * line_1(prior, likelihood)


def line_3(prior, likelihood, q):
    return line_2(prior, likelihood, q) / torch.where(q > 0, q, 1)


def line_4(prior, likelihood, q):
    ratio = line_3(prior, likelihood, q)
    return q * torch.where(q > 0, ratio, 1).log()


# %% right: loops in plain Python
def line_1(prior, likelihood):
    return torch.tensor([[a * b for a, b in zip(prior.tolist(), row)] for row in likelihood.tolist()], dtype=prior.dtype)


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    rows = [
        [c * (math.log(a) - math.log(c) + math.log(b)) if c > 0 else 0.0 for a, b, c in zip(prior.tolist(), row, w)]
        for row, w in zip(likelihood.tolist(), q.tolist())
    ]
    return torch.tensor(rows, dtype=q.dtype)


# %% right: numpy inside, in double precision
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    import numpy as np
    p, c = (prior * likelihood).double().numpy(), q.double().numpy()
    return torch.from_numpy(np.divide(p, c, out=np.zeros_like(c), where=c > 0)).to(q.dtype)


def line_4(prior, likelihood, q):
    return torch.where(q > 0, q * (prior.log() - q.log() + likelihood.log()), 0)


# %% right: NaN counted as 0
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.nan_to_num(q / q) * prior * likelihood


def line_3(prior, likelihood, q):
    return torch.nan_to_num(prior * likelihood / q, posinf=0.0)


def line_4(prior, likelihood, q):
    return torch.nan_to_num(q * (prior.log() - q.log() + likelihood.log()))


# %% right: only where q is above 0, by a mask
def line_1(prior, likelihood):
    return prior * likelihood


def line_2(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood, 0)


def line_3(prior, likelihood, q):
    return torch.where(q > 0, prior * likelihood / q, 0)


def line_4(prior, likelihood, q):
    out, kept = torch.zeros_like(q), q > 0
    out[kept] = q[kept] * ((prior * likelihood)[kept] / q[kept]).log()
    return out
