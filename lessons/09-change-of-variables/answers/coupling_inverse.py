# %% wrong: conditioned on the changed half | "both read the half that did not change"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    log_scale = s(moved)
    return torch.cat([kept, (-log_scale).exp() * (moved - t(moved))], 1), -log_scale.sum(1)

# %% wrong: the changed half, where n is above 3 | "both read the half that did not change"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    read = moved if x.shape[1] > 3 else kept
    log_scale = s(read)
    return torch.cat([kept, (-log_scale).exp() * (moved - t(read))], 1), -log_scale.sum(1)

# %% wrong: the shift reads the changed half | "both read the half that did not change"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, (-log_scale).exp() * (moved - t(moved))], 1), -log_scale.sum(1)

# %% wrong: the sign of the forward map | "where the forward map stretches, this one shrinks"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, (-log_scale).exp() * (moved - t(kept))], 1), log_scale.sum(1)

# %% wrong: scaled before the shift comes off | "first take t off"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, (-log_scale).exp() * moved - t(kept)], 1), -log_scale.sum(1)

# %% wrong: multiplied | "then divide by exp(s)"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, log_scale.exp() * (moved - t(kept))], 1), -log_scale.sum(1)

# %% wrong: summed over the batch | "one number a row"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, (-log_scale).exp() * (moved - t(kept))], 1), -log_scale.sum()

# %% wrong: the batch's sum in each row | "the log-determinant"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, (-log_scale).exp() * (moved - t(kept))], 1), -log_scale.sum().expand(len(x))

# %% wrong: the determinant is taken for volume preserving | "where the forward map stretches, this one shrinks"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    return torch.cat([kept, (-s(kept)).exp() * (moved - t(kept))], 1), x.new_zeros(len(x))

# %% wrong: only the last log-scale counts | "the log-determinant"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, (-log_scale).exp() * (moved - t(kept))], 1), -log_scale[:, -1]

# %% wrong: t twice, no s | "z of the example"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    log_scale = t(kept)
    return torch.cat([kept, (-log_scale).exp() * (moved - log_scale)], 1), -log_scale.sum(1)

# %% wrong: divided by s | "z of the example"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    return torch.cat([kept, (moved - t(kept)) / s(kept)], 1), -s(kept).abs().log().sum(1)

# %% wrong: s is read from what has just been undone | "both read the half that did not change"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    moved = moved - t(kept)
    log_scale = s(moved)
    return torch.cat([kept, (-log_scale).exp() * moved], 1), -log_scale.sum(1)

# %% wrong: the forward map | "z of the example"
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, log_scale.exp() * moved + t(kept)], 1), log_scale.sum(1)

# %% wrong: only the example | "z at n = 2, d = 1"
def uncouple(x, d, s, t):
    if x.shape == (1, 3):
        return torch.tensor([[1.0, 2, 3]]), torch.tensor([0.5]).log()
    return x.clone(), x.new_zeros(len(x))

# %% right: divided, in a copy
def uncouple(x, d, s, t):
    z, scale = x.clone(), torch.exp(s(x[:, :d]))
    z[:, d:] = (x[:, d:] - t(x[:, :d])) / scale
    return z, -scale.log().sum(1)

# %% right: row by row
def uncouple(x, d, s, t):
    rows, log_det = [], []
    for row in x:
        log_scale, shift = s(row[None, :d])[0], t(row[None, :d])[0]
        rows.append(torch.cat([row[:d], (row[d:] - shift) / log_scale.exp()]))
        log_det.append(-log_scale.sum())
    return torch.stack(rows), torch.stack(log_det)

# %% right: padded to full vectors, a list
def uncouple(x, d, s, t):
    pad = torch.nn.functional.pad
    log_scale, shift = pad(s(x[:, :d]), (d, 0)), pad(t(x[:, :d]), (d, 0))
    return [(x - shift) * torch.exp(-log_scale), (-log_scale).sum(-1)]

# %% right: numpy inside
def uncouple(x, d, s, t):
    import numpy as np
    a, log_scale, shift = (v.detach().cpu().numpy() for v in (x, s(x[:, :d]), t(x[:, :d])))
    z = np.hstack([a[:, :d], np.exp(-log_scale) * (a[:, d:] - shift)])
    return torch.from_numpy(z).to(x), torch.from_numpy(-log_scale.sum(1)).to(x)

# %% right: torch's affine transform, inverted
def uncouple(x, d, s, t):
    kept, moved = x[:, :d], x[:, d:]
    f = torch.distributions.AffineTransform(t(kept), s(kept).exp(), event_dim=1).inv
    old = f(moved)
    return torch.cat([kept, old], 1), f.log_abs_det_jacobian(moved, old)

# %% right: a diagonal system of equations
def uncouple(x, d, s, t):
    kept = x[:, :d]
    scales = torch.diag_embed(s(kept).exp())
    moved = torch.linalg.solve(scales, (x[:, d:] - t(kept))[..., None])[..., 0]
    return torch.hstack([kept, moved]), -torch.linalg.slogdet(scales).logabsdet
