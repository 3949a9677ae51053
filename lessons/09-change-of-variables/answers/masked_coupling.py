# %% wrong: the log-determinant sums over all entries | "only the entries that move have a scale"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), s.sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -s.sum(1)

# %% wrong: the log-determinant sums over the entries that stay | "only the entries that move have a scale"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), (b * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -(b * s).sum(1)

# %% wrong: the network sees all of z | "your coupling x2 depends on"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh(z @ V), z @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh(x @ V), x @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the scale sees all of z | "your coupling x2 depends on"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh(z @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the network sees the entries that move | "the first stays, the second moves"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh(((1 - b) * z) @ V), ((1 - b) * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the mask the wrong way round | "the first stays, the second moves"
def masked_forward(z, mask, V, W):
    b = 1 - mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = 1 - mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the inverse conditioned on what moved | "s and t come from the entries that stay"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh(((1 - b) * x) @ V), ((1 - b) * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the inverse's network sees all of x | "s and t come from the entries that stay"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh(x @ V), x @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: t taken off after the division | "take t off, then divide by exp(s)"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * ((-s).exp() * x - t), -((1 - b) * s).sum(1)

# %% wrong: the inverse has the sign of the forward map | "the inverse has the opposite sign"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), ((1 - b) * s).sum(1)

# %% wrong: the forward map has the sign of the inverse | "sum s over them, row by row"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), -((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), ((1 - b) * s).sum(1)

# %% wrong: all entries move | "where the mask is True, x is z"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return s.exp() * z + t, ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: only zeros stay | "the first stays, the second moves"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: scaled twice where it stays | "where the mask is True, x is z"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return z + (1 - b) * t + s.exp() * z - z, ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: s for exp(s) | "the first stays, the second moves"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the shift scaled as well | "take t off, then divide by exp(s)"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * s.exp() * (z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the log-determinant summed over the batch | "should have shape ("
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum()


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the batch's sum, once for each row | "sum s over them, row by row"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum().expand(len(z))


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the determinant, no logarithm | "only the entries that move have a scale"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1).exp()


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: no tanh | "s = tanh((b z) V)"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = (b * z) @ V, (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = (b * x) @ V, (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the matrices transposed | "the first stays, the second moves"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V.T), (b * z) @ W.T
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V.T), (b * x) @ W.T
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: two entries of five stay, whatever the mask | "an entry that stays"
def masked_forward(z, mask, V, W):
    d = int(mask.sum())
    s, t = torch.tanh(z[:, :d] @ V[:d, d:]), z[:, :d] @ W[:d, d:]
    return torch.cat([z[:, :d], s.exp() * z[:, d:] + t], 1), s.sum(1)


def masked_inverse(x, mask, V, W):
    d = int(mask.sum())
    s, t = torch.tanh(x[:, :d] @ V[:d, d:]), x[:, :d] @ W[:d, d:]
    return torch.cat([x[:, :d], (-s).exp() * (x[:, d:] - t)], 1), -s.sum(1)

# %% wrong: z changed in place | "your function changed z"
def masked_forward(z, mask, V, W):
    h = z * mask
    s, t = torch.tanh(h @ V)[:, ~mask], (h @ W)[:, ~mask]
    z[:, ~mask] = s.exp() * z[:, ~mask] + t
    return z, s.sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: the shift on every entry | "where the mask is True, x is z"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * s.exp() * z + t, ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% wrong: an additive coupling, V unused | "s = tanh((b z) V)"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    return z + (1 - b) * ((b * z) @ W), torch.zeros_like(z[:, 0])


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    return x - (1 - b) * ((b * x) @ W), torch.zeros_like(x[:, 0])

# %% wrong: the log-determinant of an additive coupling | "only the entries that move have a scale"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), torch.zeros_like(z[:, 0])


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), torch.zeros_like(x[:, 0])

# %% wrong: the inverse with the signs of s and t turned | "take t off, then divide by exp(s)"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s).sum(1)


def masked_inverse(x, mask, V, W):
    z, log_det = masked_forward(x, mask, -V, -W)
    return z, log_det

# %% wrong: the scale of the first row for all | "sum s over them, row by row"
def masked_forward(z, mask, V, W):
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    return b * z + (1 - b) * (s.exp() * z + t), ((1 - b) * s[0]).sum().expand(len(z))


def masked_inverse(x, mask, V, W):
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    return b * x + (1 - b) * (-s).exp() * (x - t), -((1 - b) * s).sum(1)

# %% right: by indices
def masked_forward(z, mask, V, W):
    V, W = V[mask][:, ~mask], W[mask][:, ~mask]
    s, t = (z[:, mask] @ V).tanh(), z[:, mask] @ W
    x = z.clone()
    x[:, ~mask] = s.exp() * z[:, ~mask] + t
    return x, s.sum(1)


def masked_inverse(x, mask, V, W):
    V, W = V[mask][:, ~mask], W[mask][:, ~mask]
    s, t = (x[:, mask] @ V).tanh(), x[:, mask] @ W
    z = x.clone()
    z[:, ~mask] = (x[:, ~mask] - t) / s.exp()
    return z, -s.sum(1)

# %% right: where, and the scale masked first
def masked_forward(z, mask, V, W):
    h = torch.where(mask, z, torch.zeros_like(z))
    s = torch.where(mask, 0.0, torch.tanh(torch.einsum("bi,ij->bj", h, V)))
    t = torch.where(mask, 0.0, torch.einsum("bi,ij->bj", h, W))
    return s.exp() * z + t, torch.einsum("bi->b", s)


def masked_inverse(x, mask, V, W):
    h = torch.where(mask, x, torch.zeros_like(x))
    s = torch.where(mask, 0.0, torch.tanh(torch.einsum("bi,ij->bj", h, V)))
    t = torch.where(mask, 0.0, torch.einsum("bi,ij->bj", h, W))
    return (x - t) * torch.exp(-s), -s.sum(-1)

# %% right: row by row, entry by entry
def masked_forward(z, mask, V, W):
    rows, totals = [], []
    for row in z:
        h = row * mask
        s, t = torch.tanh(h @ V), h @ W
        rows.append(torch.stack([row[i] if mask[i] else s[i].exp() * row[i] + t[i] for i in range(len(row))]))
        totals.append(sum(s[i] for i in range(len(row)) if not mask[i]))
    return torch.stack(rows), torch.stack(totals)


def masked_inverse(x, mask, V, W):
    rows, totals = [], []
    for row in x:
        h = row * mask
        s, t = torch.tanh(h @ V), h @ W
        rows.append(torch.stack([row[i] if mask[i] else (row[i] - t[i]) / s[i].exp() for i in range(len(row))]))
        totals.append(-sum(s[i] for i in range(len(row)) if not mask[i]))
    return torch.stack(rows), torch.stack(totals)

# %% right: numpy inside
def masked_forward(z, mask, V, W):
    import numpy as np

    v, b, p, q = (one.detach().cpu().numpy() for one in (z, mask, V, W))
    s, t = np.tanh((v * b) @ p) * ~b, ((v * b) @ q) * ~b
    return torch.from_numpy(v * np.exp(s) + t).to(z), torch.from_numpy(s.sum(1)).to(z)


def masked_inverse(x, mask, V, W):
    import numpy as np

    v, b, p, q = (one.detach().cpu().numpy() for one in (x, mask, V, W))
    s, t = np.tanh((v * b) @ p) * ~b, ((v * b) @ q) * ~b
    return torch.from_numpy((v - t) * np.exp(-s)).to(x), torch.from_numpy(-s.sum(1)).to(x)

# %% right: the inverse by going forward until nothing moves
def masked_forward(z, mask, V, W):
    h = z.masked_fill(~mask, 0)
    s = torch.tanh(h @ V).masked_fill(mask, 0)
    t = (h @ W).masked_fill(mask, 0)
    return torch.addcmul(t, s.exp(), z), s.sum(1)


def masked_inverse(x, mask, V, W):
    shift = masked_forward(x.masked_fill(~mask, 0), mask, V, W)[0].masked_fill(mask, 0)
    one = x.masked_fill(~mask, 1.0)
    scale = masked_forward(one, mask, V, W)[0].masked_fill(mask, 1.0) - shift
    return (x - shift) / scale, -scale.abs().log().sum(1)

# %% right: a permutation that puts the staying entries first
def masked_forward(z, mask, V, W):
    order = torch.argsort(mask.long(), descending=True, stable=True)
    d, back = int(mask.sum()), torch.argsort(order)
    V, W, z = V[order][:, order], W[order][:, order], z[:, order]
    s, t = torch.tanh(z[:, :d] @ V[:d, d:]), z[:, :d] @ W[:d, d:]
    return torch.cat([z[:, :d], s.exp() * z[:, d:] + t], 1)[:, back], s.sum(1)


def masked_inverse(x, mask, V, W):
    order = torch.argsort(mask.long(), descending=True, stable=True)
    d, back = int(mask.sum()), torch.argsort(order)
    V, W, x = V[order][:, order], W[order][:, order], x[:, order]
    s, t = torch.tanh(x[:, :d] @ V[:d, d:]), x[:, :d] @ W[:d, d:]
    return torch.cat([x[:, :d], (x[:, d:] - t) * torch.exp(-s)], 1)[:, back], -s.sum(1)
