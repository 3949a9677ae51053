# %% wrong: the log-determinant sums over all entries | "only the entries that move have a scale"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), s.sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -s.sum(1)

# %% wrong: the log-determinant sums over the entries that stay | "only the entries that move have a scale"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), (m * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -(m * s).sum(1)

# %% wrong: the network sees all of z | "your coupling x2 depends on"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh(z @ A), z @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh(x @ A), x @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the scale sees all of z | "your coupling x2 depends on"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh(z @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the network sees the entries that move | "the first stays, the second moves"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh(((1 - m) * z) @ A), ((1 - m) * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the mask the wrong way round | "the first stays, the second moves"
def masked_forward(z, mask, A, B):
    m = 1 - mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = 1 - mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the inverse conditioned on what moved | "s and t come from the entries that stay"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh(((1 - m) * x) @ A), ((1 - m) * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the inverse's network sees all of x | "s and t come from the entries that stay"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh(x @ A), x @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: t taken off after the division | "take t off, then divide by exp(s)"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * ((-s).exp() * x - t), -((1 - m) * s).sum(1)

# %% wrong: the inverse has the sign of the forward map | "the inverse has the opposite sign"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), ((1 - m) * s).sum(1)

# %% wrong: the forward map has the sign of the inverse | "sum s over them, row by row"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), -((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), ((1 - m) * s).sum(1)

# %% wrong: all entries move | "where the mask is True, x is z"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return s.exp() * z + t, ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: only zeros stay | "the first stays, the second moves"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: scaled twice where it stays | "where the mask is True, x is z"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return z + (1 - m) * t + s.exp() * z - z, ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: s for exp(s) | "the first stays, the second moves"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the shift scaled as well | "take t off, then divide by exp(s)"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * s.exp() * (z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the log-determinant summed over the batch | "should have shape ("
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum()


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the batch's sum, once for each row | "sum s over them, row by row"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum().expand(len(z))


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the determinant, no logarithm | "only the entries that move have a scale"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1).exp()


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: no tanh | "s = tanh((m z) A)"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = (m * z) @ A, (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = (m * x) @ A, (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the matrices transposed | "the first stays, the second moves"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A.T), (m * z) @ B.T
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A.T), (m * x) @ B.T
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: two entries of five stay, whatever the mask | "an entry that stays"
def masked_forward(z, mask, A, B):
    d = int(mask.sum())
    s, t = torch.tanh(z[:, :d] @ A[:d, d:]), z[:, :d] @ B[:d, d:]
    return torch.cat([z[:, :d], s.exp() * z[:, d:] + t], 1), s.sum(1)


def masked_inverse(x, mask, A, B):
    d = int(mask.sum())
    s, t = torch.tanh(x[:, :d] @ A[:d, d:]), x[:, :d] @ B[:d, d:]
    return torch.cat([x[:, :d], (-s).exp() * (x[:, d:] - t)], 1), -s.sum(1)

# %% wrong: z changed in place | "your function changed z"
def masked_forward(z, mask, A, B):
    h = z * mask
    s, t = torch.tanh(h @ A)[:, ~mask], (h @ B)[:, ~mask]
    z[:, ~mask] = s.exp() * z[:, ~mask] + t
    return z, s.sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: the shift on every entry | "where the mask is True, x is z"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * s.exp() * z + t, ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% wrong: an additive coupling, A unused | "s = tanh((m z) A)"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    return z + (1 - m) * ((m * z) @ B), torch.zeros_like(z[:, 0])


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    return x - (1 - m) * ((m * x) @ B), torch.zeros_like(x[:, 0])

# %% wrong: the log-determinant of an additive coupling | "only the entries that move have a scale"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), torch.zeros_like(z[:, 0])


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), torch.zeros_like(x[:, 0])

# %% wrong: the inverse with the signs of s and t turned | "take t off, then divide by exp(s)"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s).sum(1)


def masked_inverse(x, mask, A, B):
    z, log_det = masked_forward(x, mask, -A, -B)
    return z, log_det

# %% wrong: the scale of the first row for all | "sum s over them, row by row"
def masked_forward(z, mask, A, B):
    m = mask.to(z.dtype)
    s, t = torch.tanh((m * z) @ A), (m * z) @ B
    return m * z + (1 - m) * (s.exp() * z + t), ((1 - m) * s[0]).sum().expand(len(z))


def masked_inverse(x, mask, A, B):
    m = mask.to(x.dtype)
    s, t = torch.tanh((m * x) @ A), (m * x) @ B
    return m * x + (1 - m) * (-s).exp() * (x - t), -((1 - m) * s).sum(1)

# %% right: by indices
def masked_forward(z, mask, A, B):
    A, B = A[mask][:, ~mask], B[mask][:, ~mask]
    s, t = (z[:, mask] @ A).tanh(), z[:, mask] @ B
    x = z.clone()
    x[:, ~mask] = s.exp() * z[:, ~mask] + t
    return x, s.sum(1)


def masked_inverse(x, mask, A, B):
    A, B = A[mask][:, ~mask], B[mask][:, ~mask]
    s, t = (x[:, mask] @ A).tanh(), x[:, mask] @ B
    z = x.clone()
    z[:, ~mask] = (x[:, ~mask] - t) / s.exp()
    return z, -s.sum(1)

# %% right: where, and the scale masked first
def masked_forward(z, mask, A, B):
    h = torch.where(mask, z, torch.zeros_like(z))
    s = torch.where(mask, 0.0, torch.tanh(torch.einsum("bi,ij->bj", h, A)))
    t = torch.where(mask, 0.0, torch.einsum("bi,ij->bj", h, B))
    return s.exp() * z + t, torch.einsum("bi->b", s)


def masked_inverse(x, mask, A, B):
    h = torch.where(mask, x, torch.zeros_like(x))
    s = torch.where(mask, 0.0, torch.tanh(torch.einsum("bi,ij->bj", h, A)))
    t = torch.where(mask, 0.0, torch.einsum("bi,ij->bj", h, B))
    return (x - t) * torch.exp(-s), -s.sum(-1)

# %% right: row by row, entry by entry
def masked_forward(z, mask, A, B):
    rows, totals = [], []
    for row in z:
        h = row * mask
        s, t = torch.tanh(h @ A), h @ B
        rows.append(torch.stack([row[i] if mask[i] else s[i].exp() * row[i] + t[i] for i in range(len(row))]))
        totals.append(sum(s[i] for i in range(len(row)) if not mask[i]))
    return torch.stack(rows), torch.stack(totals)


def masked_inverse(x, mask, A, B):
    rows, totals = [], []
    for row in x:
        h = row * mask
        s, t = torch.tanh(h @ A), h @ B
        rows.append(torch.stack([row[i] if mask[i] else (row[i] - t[i]) / s[i].exp() for i in range(len(row))]))
        totals.append(-sum(s[i] for i in range(len(row)) if not mask[i]))
    return torch.stack(rows), torch.stack(totals)

# %% right: numpy inside
def masked_forward(z, mask, A, B):
    import numpy as np

    v, m, a, b = (one.detach().cpu().numpy() for one in (z, mask, A, B))
    s, t = np.tanh((v * m) @ a) * ~m, ((v * m) @ b) * ~m
    return torch.from_numpy(v * np.exp(s) + t).to(z), torch.from_numpy(s.sum(1)).to(z)


def masked_inverse(x, mask, A, B):
    import numpy as np

    v, m, a, b = (one.detach().cpu().numpy() for one in (x, mask, A, B))
    s, t = np.tanh((v * m) @ a) * ~m, ((v * m) @ b) * ~m
    return torch.from_numpy((v - t) * np.exp(-s)).to(x), torch.from_numpy(-s.sum(1)).to(x)

# %% right: the inverse by going forward until nothing moves
def masked_forward(z, mask, A, B):
    h = z.masked_fill(~mask, 0)
    s = torch.tanh(h @ A).masked_fill(mask, 0)
    t = (h @ B).masked_fill(mask, 0)
    return torch.addcmul(t, s.exp(), z), s.sum(1)


def masked_inverse(x, mask, A, B):
    shift = masked_forward(x.masked_fill(~mask, 0), mask, A, B)[0].masked_fill(mask, 0)
    one = x.masked_fill(~mask, 1.0)
    scale = masked_forward(one, mask, A, B)[0].masked_fill(mask, 1.0) - shift
    return (x - shift) / scale, -scale.abs().log().sum(1)

# %% right: a permutation that puts the staying entries first
def masked_forward(z, mask, A, B):
    order = torch.argsort(mask.long(), descending=True, stable=True)
    d, back = int(mask.sum()), torch.argsort(order)
    A, B, z = A[order][:, order], B[order][:, order], z[:, order]
    s, t = torch.tanh(z[:, :d] @ A[:d, d:]), z[:, :d] @ B[:d, d:]
    return torch.cat([z[:, :d], s.exp() * z[:, d:] + t], 1)[:, back], s.sum(1)


def masked_inverse(x, mask, A, B):
    order = torch.argsort(mask.long(), descending=True, stable=True)
    d, back = int(mask.sum()), torch.argsort(order)
    A, B, x = A[order][:, order], B[order][:, order], x[:, order]
    s, t = torch.tanh(x[:, :d] @ A[:d, d:]), x[:, :d] @ B[:d, d:]
    return torch.cat([x[:, :d], (x[:, d:] - t) * torch.exp(-s)], 1)[:, back], -s.sum(1)
