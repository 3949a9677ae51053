# %% wrong: divided by one less | "divide by the batch size"
def act_norm_start(x):
    return x.std(0).log(), x.mean(0)

def act_norm(x, s, t):
    return (x - t) * (-s).exp(), -s.sum().expand(len(x))

# %% wrong: the log of the variance | "the log of the standard deviation"
def act_norm_start(x):
    return x.var(0, correction=0).log(), x.mean(0)

def act_norm(x, s, t):
    return (x - t) * (-s).exp(), -s.sum().expand(len(x))

# %% wrong: the standard deviation without its log | "the log of the standard deviation"
def act_norm_start(x):
    return x.std(0, correction=0), x.mean(0)

def act_norm(x, s, t):
    return (x - t) * (-s).exp(), -s.sum().expand(len(x))

# %% wrong: one mean for all columns | "the mean of each column"
def act_norm_start(x):
    t = x.mean().expand(x.shape[1])
    return (x - t).pow(2).mean(0).log() / 2, t

def act_norm(x, s, t):
    return (x - t) * (-s).exp(), -s.sum().expand(len(x))

# %% wrong: of the other direction, which scales up | "s of that example"
def act_norm_start(x):
    return -x.std(0, correction=0).log(), x.mean(0)

def act_norm(x, s, t):
    return (x - t) * s.exp(), s.sum().expand(len(x))

# %% wrong: the sign of the log-determinant | "minus the sum of s"
def act_norm_start(x):
    return x.std(0, correction=0).log(), x.mean(0)

def act_norm(x, s, t):
    return (x - t) * (-s).exp(), s.sum().expand(len(x))

# %% wrong: the log-determinant added up over rows | "not added up over rows"
def act_norm_start(x):
    return x.std(0, correction=0).log(), x.mean(0)

def act_norm(x, s, t):
    return (x - t) * (-s).exp(), -len(x) * s.sum().expand(len(x))

# %% wrong: one log-determinant for the batch | "should have shape (2,), but it has shape ()"
def act_norm_start(x):
    return x.std(0, correction=0).log(), x.mean(0)

def act_norm(x, s, t):
    return (x - t) * (-s).exp(), -s.sum()

# %% wrong: statistics of every batch | "s and t as they are given"
def act_norm_start(x):
    return x.std(0, correction=0).log(), x.mean(0)

def act_norm(x, s, t):
    if len(x) > 1:
        s, t = x.std(0, correction=0).log(), x.mean(0)
    else:
        s, t = 0 * s, x[0]
    return (x - t) * (-s).exp(), -s.sum().expand(len(x))

# %% wrong: the shift after the scale | "take t off, then divide"
def act_norm_start(x):
    return x.std(0, correction=0).log(), x.mean(0)

def act_norm(x, s, t):
    return x * (-s).exp() - t, -s.sum().expand(len(x))

# %% wrong: the forward map | "z of the example by hand"
def act_norm_start(x):
    return x.std(0, correction=0).log(), x.mean(0)

def act_norm(x, s, t):
    return x * s.exp() + t, s.sum().expand(len(x))

# %% wrong: s of the first entry alone | "minus the sum of s"
def act_norm_start(x):
    return x.std(0, correction=0).log(), x.mean(0)

def act_norm(x, s, t):
    return (x - t) * (-s).exp(), -s[0].expand(len(x))

# %% wrong: the middle and half the range, right for two rows | "the mean over the rows"
def act_norm_start(x):
    return ((x.max(0).values - x.min(0).values) / 2).log(), (x.max(0).values + x.min(0).values) / 2

def act_norm(x, s, t):
    return (x - t) * (-s).exp(), -s.sum().expand(len(x))

# %% wrong: each row by itself | "the mean of each column"
def act_norm_start(x):
    return x.std(1, correction=0).log(), x.mean(1)

def act_norm(x, s, t):
    return (x - t) * (-s).exp(), -s.sum().expand(len(x))

# %% right: written out
def act_norm_start(x):
    t = x.sum(0) / len(x)
    return 0.5 * (((x - t) ** 2).sum(0) / len(x)).log(), t

def act_norm(x, s, t):
    return (x - t) / s.exp(), torch.zeros_like(x[:, 0]) - s.sum()

# %% right: var_mean and a product
def act_norm_start(x):
    variance, mean = torch.var_mean(x, 0, correction=0)
    return variance.sqrt().log(), mean

def act_norm(x, s, t):
    return torch.einsum("bi,i->bi", x - t, torch.exp(-s)), torch.log(torch.exp(-s).prod()).repeat(len(x))

# %% right: column by column
def act_norm_start(x):
    means = [column.mean() for column in x.T]
    widths = [((column - mean) ** 2).mean().sqrt() for column, mean in zip(x.T, means)]
    return torch.stack(widths).log(), torch.stack(means)

def act_norm(x, s, t):
    columns = [(x[:, i] - t[i]) / torch.exp(s[i]) for i in range(x.shape[1])]
    return torch.stack(columns, 1), torch.stack([-s.sum()] * len(x))

# %% right: a transform of torch's
def act_norm_start(x):
    return x.std(0, unbiased=False).log(), x.mean(0)

def act_norm(x, s, t):
    undo = torch.distributions.AffineTransform(t, s.exp()).inv
    z = undo(x)
    return z, undo.log_abs_det_jacobian(x, z).expand(x.shape).sum(1)

# %% right: the mean of squares less the squared mean
def act_norm_start(x):
    m = x.mean(dim=0)
    return torch.log(torch.sqrt(x.pow(2).mean(dim=0) - m * m)), m

def act_norm(x, s, t):
    z = x * torch.exp(-s) - t * torch.exp(-s)
    return z, torch.ones(len(x)).to(x) * -torch.sum(s)
