# %% wrong: the FVSBN without biases | "the count of the FVSBN"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return n, n * (n - 1) // 2, untied, tied, tied

# %% wrong: the FVSBN as a full matrix | "the count of the FVSBN"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return n, n * n + n, untied, tied, tied

# %% wrong: every A_i with n columns | "the count of the untied NADE"
def parameter_counts(n, d):
    tied = 2 * n * d + d + n
    return n, n * (n + 1) // 2, d * n * n + n * (2 * d + 1), tied, tied

# %% wrong: c counted for every pixel of the tied NADE | "the count of the tied NADE"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return n, n * (n + 1) // 2, untied, n * d + n * d + n * (d + 1), tied

# %% wrong: one alpha for all pixels | "the count of the tied NADE"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return n, n * (n + 1) // 2, untied, n * d + d + d + n, tied

# %% wrong: MADE without biases | "the count of MADE"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return n, n * (n + 1) // 2, untied, tied, 2 * n * d

# %% wrong: independent pixels as a table | "the count of independent pixels"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return 2**n - 1, n * (n + 1) // 2, untied, tied, tied

# %% wrong: floats | "stay with whole numbers"
def parameter_counts(n, d):
    untied = d * n * (n - 1) / 2 + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return n, n * (n + 1) / 2, untied, tied, tied

# %% wrong: only four | "should have 5 entries"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (2 * d + 1)
    return n, n * (n + 1) // 2, untied, 2 * n * d + d + n

# %% wrong: the example by hand, whatever n and d | "at n = 1, d = 4"
def parameter_counts(n, d):
    return 3, 6, 21, 17, 17

# %% right: added up pixel by pixel
def parameter_counts(n, d):
    fvsbn = sum(range(1, n + 1))
    untied = sum(d * i + d + d + 1 for i in range(n))
    tied = n * d + d + sum(d + 1 for _ in range(n))
    made = (d * n + d) + (n * d + n)
    return [n, fvsbn, untied, tied, made]

# %% right: shapes of tensors
def parameter_counts(n, d):
    def size(*shapes):
        return sum(math.prod(shape) for shape in shapes)
    untied = sum(size((d, i), (d,), (d,), (1,)) for i in range(n))
    tied = size((d, n), (d,), (n, d), (n,))
    return size((n,)), size((n,)) + n * (n - 1) // 2, untied, tied, tied

# %% right: from gmlib's parameters and torch's
def parameter_counts(n, d):
    lower = int(torch.ones(n, n).tril().sum())
    untied = d * (lower - n) + 2 * d * n + n
    made = torch.nn.Sequential(torch.nn.Linear(n, d), torch.nn.Linear(d, n))
    stored = sum(p.numel() for p in made.parameters())
    return n, lower, untied, stored, stored

# %% wrong: halves too early | "the count of the FVSBN at n = 64"
def parameter_counts(n, d):
    untied = d * n * ((n - 1) // 2) + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return n, n * ((n + 1) // 2), untied, tied, tied

# %% wrong: pixel i of A_i counted from the second on, c_1 and alpha_1 left out | "the count of the untied NADE"
def parameter_counts(n, d):
    untied = sum(d * (i - 1) + 2 * d + 1 for i in range(2, n + 1)) + 1
    tied = 2 * n * d + d + n
    return n, n * (n + 1) // 2, untied, tied, tied

# %% wrong: n and d exchanged in MADE's biases | "the count of MADE at n = 1"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return n, n * (n + 1) // 2, untied, tied, 2 * n * d + 2 * d + 1

# %% wrong: masked entries not counted | "the count of MADE"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return n, n * (n + 1) // 2, untied, tied, n * d + d + n

# %% wrong: fits the example alone | "the count of"
def parameter_counts(n, d):
    return n, 2 * n, 7 * n, 6 * n - 1, 6 * n - 1

# %% wrong: a square for d | "the count of the untied NADE"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (d * d + 1)
    tied = 2 * n * d + d + n
    return n, n * (n + 1) // 2, untied, tied, tied

# %% wrong: a dictionary | "it is a dict"
def parameter_counts(n, d):
    untied = d * n * (n - 1) // 2 + n * (2 * d + 1)
    tied = 2 * n * d + d + n
    return {"independent": n, "FVSBN": n * (n + 1) // 2, "untied": untied, "tied": tied, "MADE": tied}

# %% right: numpy's whole numbers
def parameter_counts(n, d):
    import numpy as np
    i = np.arange(1, n + 1)
    tied = np.int64(2 * n * d + d + n)
    return np.int64(n), i.sum(), (d * (i - 1) + 2 * d + 1).sum(), tied, tied

# %% right: tensors
def parameter_counts(n, d):
    i = torch.arange(n)
    tied = torch.tensor(n * d + d + n * d + n)
    return torch.tensor(n), (i + 1).sum(), (d * i + 2 * d + 1).sum(), tied, tied

# %% right: binomial coefficients
def parameter_counts(n, d):
    tied = (n + 1) * (d + 1) + n * d - 1
    return [n, math.comb(n + 1, 2), d * math.comb(n, 2) + 2 * n * d + n, tied, tied]
