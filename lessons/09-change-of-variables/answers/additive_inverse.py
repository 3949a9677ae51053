# %% wrong: t reads the changed half | "t reads the half that did not change"
def subtract_coupling(x, d, t):
    return torch.cat([x[:, :d], x[:, d:] - t(x[:, d:])], 1), x.new_zeros(len(x))

# %% wrong: the changed half, where the example does not show it | "z at n = 5, d = 2"
def subtract_coupling(x, d, t):
    n = x.shape[1]
    part = x[:, :d] if 2 * d >= n else x[:, n - d:]
    return torch.cat([x[:, :d], x[:, d:] - t(part)], 1), x.new_zeros(len(x))

# %% wrong: the last entries stay | "z of the example"
def subtract_coupling(x, d, t):
    return torch.cat([x[:, :-d] - t(x[:, -d:]), x[:, -d:]], 1), x.new_zeros(len(x))

# %% wrong: added once more | "z of the example"
def subtract_coupling(x, d, t):
    return torch.cat([x[:, :d], x[:, d:] + t(x[:, :d])], 1), x.new_zeros(len(x))

# %% wrong: t is subtracted from the half that it read, too | "should have shape (1, 3)"
def subtract_coupling(x, d, t):
    shift = t(x[:, :d])
    return torch.cat([x[:, :d] - shift, x[:, d:] - shift, shift], 1), x.new_zeros(len(x))

# %% wrong: minus the shifts as a log-determinant | "going back, no volume changes either"
def subtract_coupling(x, d, t):
    shift = t(x[:, :d])
    return torch.cat([x[:, :d], x[:, d:] - shift], 1), -shift.sum(1)

# %% wrong: one number for the batch | "one number a row, should have shape (1,)"
def subtract_coupling(x, d, t):
    return torch.cat([x[:, :d], x[:, d:] - t(x[:, :d])], 1), 0.0 * x.sum()

# %% wrong: x is overwritten | "your function changed x"
def subtract_coupling(x, d, t):
    x[:, d:] -= t(x[:, :d])
    return x, x.new_zeros(len(x))

# %% wrong: the mean of the batch decides the shift | "z at n = 5, d = 2"
def subtract_coupling(x, d, t):
    kept = x[:, :d]
    shift = t(kept.mean(0, keepdim=True))
    return torch.cat([kept, x[:, d:] - shift], 1), x.new_zeros(len(x))

# %% wrong: only the example, else x as it is | "z at n = 2, d = 1"
def subtract_coupling(x, d, t):
    if x.shape == (1, 3):
        return torch.tensor([[1.0, 2, 3]]), torch.zeros(1)
    return x.clone(), x.new_zeros(len(x))

# %% wrong: d is where the second half begins, from the end | "z of the example"
def subtract_coupling(x, d, t):
    kept, moved = x[:, :-d], x[:, -d:]
    return torch.cat([kept, moved - t(kept)], 1), x.new_zeros(len(x))

# %% right: in a copy
def subtract_coupling(x, d, t):
    z = x.clone()
    z[:, d:] -= t(z[:, :d])
    return z, torch.zeros_like(x[:, 0])

# %% right: row by row
def subtract_coupling(x, d, t):
    rows = [torch.cat([row[:d], row[d:] - t(row[None, :d])[0]]) for row in x]
    return torch.stack(rows), x.new_zeros(len(x))

# %% right: the forward map with -t
def subtract_coupling(x, d, t):
    shift = lambda kept: -t(kept)
    return torch.cat([x[:, :d], x[:, d:] + shift(x[:, :d])], 1), x.new_zeros(len(x))

# %% right: numpy inside
def subtract_coupling(x, d, t):
    a, shift = x.detach().cpu().numpy().copy(), t(x[:, :d]).detach().cpu().numpy()
    a[:, d:] -= shift
    return torch.from_numpy(a).to(x), x.new_zeros(len(x))

# %% right: repeated until the forward map hits x
def subtract_coupling(x, d, t):
    z = x.clone()
    for _ in range(3):
        there = torch.cat([z[:, :d], z[:, d:] + t(z[:, :d])], 1)
        z = z - (there - x)
    return z, torch.zeros(len(x), dtype=x.dtype, device=x.device)

# %% right: a mask of columns
def subtract_coupling(x, d, t):
    shift = torch.zeros_like(x)
    shift[:, d:] = t(x[:, :d])
    stays = torch.arange(x.shape[1], device=x.device) < d
    return torch.where(stays, x, x - shift), x.sum(1) * 0
