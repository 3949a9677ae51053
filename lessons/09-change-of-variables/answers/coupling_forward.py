# %% wrong: summed over the batch | "one number a row"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, log_scale.exp() * moved + t(kept)], 1), log_scale.sum()

# %% wrong: the batch's sum in each row | "for each row the sum of its own s"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, log_scale.exp() * moved + t(kept)], 1), log_scale.sum().expand(len(z))

# %% wrong: one network for scale and shift | "x of the example"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, log_scale.exp() * moved + log_scale], 1), log_scale.sum(1)

# %% wrong: s as a scale | "exp(s) times what moves"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    scale = s(kept)
    return torch.cat([kept, scale * moved + t(kept)], 1), scale.abs().log().sum(1)

# %% wrong: the networks read what moves | "both read what stays"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(moved)
    return torch.cat([kept, log_scale.exp() * moved + t(moved)], 1), log_scale.sum(1)

# %% wrong: shifted before it is scaled | "x of the example"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, log_scale.exp() * (moved + t(kept))], 1), log_scale.sum(1)

# %% wrong: the sign of the inverse | "for each row the sum of its own s"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, log_scale.exp() * moved + t(kept)], 1), -log_scale.sum(1)

# %% wrong: the mean of s | "for each row the sum of its own s"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, log_scale.exp() * moved + t(kept)], 1), log_scale.mean(1)

# %% wrong: the determinant without its logarithm | "for each row the sum of its own s"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, log_scale.exp() * moved + t(kept)], 1), log_scale.exp().prod(1)

# %% wrong: halves, whatever d is | "x of the example"
def couple(z, d, s, t):
    kept, moved = z.tensor_split(2, 1)
    log_scale = s(kept)[:, :1]
    return torch.cat([kept[:, :1], log_scale.exp() * z[:, 1:] + t(kept)], 1), log_scale.sum(1)

# %% wrong: the shift reads what has just been scaled | "both read what stays"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    stretched = log_scale.exp() * moved
    return torch.cat([kept, stretched + t(stretched)], 1), log_scale.sum(1)

# %% wrong: tanh on the log-scales | "x of the example"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = torch.tanh(s(kept))
    return torch.cat([kept, log_scale.exp() * moved + t(kept)], 1), log_scale.sum(1)

# %% wrong: sizes of s | "for each row the sum of its own s"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    return torch.cat([kept, log_scale.exp() * moved + t(kept)], 1), log_scale.abs().sum(1)

# %% wrong: one scale for the whole batch | "for each row the sum of its own s"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    x = torch.cat([kept, log_scale[:1].exp() * moved + t(kept)], 1)
    return x, log_scale.sum(1)

# %% wrong: the shifts counted, too | "for each row the sum of its own s"
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    log_scale, shift = s(kept), t(kept)
    return torch.cat([kept, log_scale.exp() * moved + shift], 1), (log_scale + shift).sum(1)

# %% right: in a copy
def couple(z, d, s, t):
    x, log_scale = z.clone(), s(z[:, :d])
    x[:, d:] = z[:, d:] * torch.exp(log_scale) + t(z[:, :d])
    return x, torch.einsum("bj->b", log_scale)

# %% right: scale and shift padded to full vectors
def couple(z, d, s, t):
    pad = torch.nn.functional.pad
    log_scale, shift = pad(s(z[:, :d]), (d, 0)), pad(t(z[:, :d]), (d, 0))
    return z * log_scale.exp() + shift, log_scale.sum(1)

# %% right: row by row
def couple(z, d, s, t):
    rows, log_det = [], []
    for row in z:
        kept = row[None, :d]
        log_scale, shift = s(kept)[0], t(kept)[0]
        rows.append(torch.cat([row[:d], torch.exp(log_scale) * row[d:] + shift]))
        log_det.append(log_scale.sum())
    return torch.stack(rows), torch.stack(log_det)

# %% right: the product of the scales, and its logarithm
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    scale = s(kept).exp()
    return torch.cat([kept, scale * moved + t(kept)], 1), scale.prod(1).log()

# %% right: numpy inside
def couple(z, d, s, t):
    import numpy as np
    a, log_scale, shift = (v.detach().cpu().numpy() for v in (z, s(z[:, :d]), t(z[:, :d])))
    x = np.concatenate([a[:, :d], np.exp(log_scale) * a[:, d:] + shift], 1)
    return torch.from_numpy(x).to(z), torch.from_numpy(log_scale.sum(1)).to(z)

# %% right: torch's affine transform
def couple(z, d, s, t):
    kept, moved = z[:, :d], z[:, d:]
    f = torch.distributions.AffineTransform(t(kept), s(kept).exp(), event_dim=1)
    new = f(moved)
    return torch.cat([kept, new], 1), f.log_abs_det_jacobian(moved, new)

# %% right: column by column
def couple(z, d, s, t):
    log_scale, shift = s(z[:, :d]), t(z[:, :d])
    columns, log_det = list(z[:, :d].unbind(1)), torch.zeros_like(z[:, 0])
    for j in range(z.shape[1] - d):
        columns.append(z[:, d + j] * log_scale[:, j].exp() + shift[:, j])
        log_det = log_det + log_scale[:, j]
    return torch.stack(columns, 1), log_det
