# %% wrong: one pass, conditioned on x | "the conditioner wants the noise"
def iaf_inverse(x, conditioner):
    a, log_b = conditioner(x)
    return (x - a) * (-log_b).exp(), -log_b.sum(1)

# %% wrong: one pass short | "is the last one found, too?"
def iaf_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(max(x.shape[1] - 1, 2)):
        a, log_b = conditioner(z)
        z = (x - a) * (-log_b).exp()
    return z, -log_b.sum(1)

# %% wrong: two passes, whatever n | "one pass finds one more entry"
def iaf_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(2):
        a, log_b = conditioner(z)
        z = (x - a) * (-log_b).exp()
    return z, -log_b.sum(1)

# %% wrong: the sign of the log-determinant | "minus the sum of log b at the z that you found"
def iaf_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        a, log_b = conditioner(z)
        z = (x - a) * (-log_b).exp()
    return z, log_b.sum(1)

# %% wrong: the log-determinant summed over the batch | "should have shape (4,), but it has shape ()"
def iaf_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        a, log_b = conditioner(z)
        z = (x - a) * (-log_b).exp()
    total = -log_b.sum()
    return z, total.reshape(1) if len(x) == 1 else total

# %% wrong: the log-determinants of all passes added up | "log-determinant"
def iaf_inverse(x, conditioner):
    z, total = torch.zeros_like(x), 0
    for _ in range(x.shape[1]):
        a, log_b = conditioner(z)
        z, total = (x - a) * (-log_b).exp(), total - log_b.sum(1)
    return z, total

# %% wrong: divided by log b | "z of the example by hand"
def iaf_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        a, log_b = conditioner(z)
        z = (x - a) / (log_b + 1e-9)
    return z, -log_b.sum(1)

# %% wrong: the shift taken off after the scale | "z of the example by hand"
def iaf_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        a, log_b = conditioner(z)
        z = x * (-log_b).exp() - a
    return z, -log_b.sum(1)

# %% wrong: a call for each row and entry | "each call can finish one entry for the whole batch"
def iaf_inverse(x, conditioner):
    rows, totals = [], []
    for row in x:
        z = torch.zeros_like(row)[None]
        for _ in range(x.shape[1]):
            a, log_b = conditioner(z)
            z = (row - a) * (-log_b).exp()
        rows.append(z[0])
        totals.append(-log_b.sum())
    return torch.stack(rows), torch.stack(totals)

# %% wrong: three passes | "is the last one found, too?"
def iaf_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(3):
        a, log_b = conditioner(z)
        z = (x - a) * (-log_b).exp()
    return z, -log_b.sum(1)

# %% wrong: log b at x for the log-determinant | "minus the sum of log b at the z that you found"
def iaf_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        a, log_b = conditioner(z)
        z = (x - a) * (-log_b).exp()
    return z, -conditioner(x)[1].sum(1)

# %% wrong: until it hardly moves | "is the last one found, too?"
def iaf_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        a, log_b = conditioner(z)
        new = (x - a) * (-log_b).exp()
        if (new - z).abs().max() < 0.05:
            break
        z = new
    return z, -log_b.sum(1)

# %% right: one more call for the log-determinant
def iaf_inverse(x, conditioner):
    z = 0 * x
    for i in range(x.shape[1]):
        a, log_b = conditioner(z)
        z_i = (x[:, i] - a[:, i]) / log_b[:, i].exp()
        z = torch.cat([z[:, :i], z_i[:, None], z[:, i + 1:]], 1)
    return z, -conditioner(z)[1].sum(1)

# %% right: entry by entry, written into a new tensor
def iaf_inverse(x, conditioner):
    z, total = torch.zeros_like(x), torch.zeros_like(x[:, 0])
    for i in range(x.shape[1]):
        a, log_b = conditioner(z.clone())
        z[:, i] = (x[:, i] - a[:, i]) * torch.exp(-log_b[:, i])
        total = total - log_b[:, i]
    return z, total

# %% right: by the mirrored layer
def iaf_inverse(x, conditioner):
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):
        a, log_b = conditioner(z)
        z = -a / log_b.exp() + x / log_b.exp()
    return z, torch.log((-log_b).exp().prod(1))

# %% right: padded columns
def iaf_inverse(x, conditioner):
    known = []
    for i in range(x.shape[1]):
        rest = [torch.zeros_like(x[:, 0])] * (x.shape[1] - i)
        a, log_b = conditioner(torch.stack(known + rest, 1))
        known.append((x[:, i] - a[:, i]) * (-log_b[:, i]).exp())
    return torch.stack(known, 1), -log_b.sum(1)

# %% right: until nothing moves
def iaf_inverse(x, conditioner):
    z = x
    while True:
        a, log_b = conditioner(z)
        new = (x - a) / log_b.exp()
        if (new == z).all():
            return z, -log_b.sum(-1)
        z = new
