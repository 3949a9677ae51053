# %% wrong: the networks see everything | "where s and t are given z with 0 in place of what moves"
def masked_couple(z, mask, s, t):
    log_scale = torch.where(mask, 0, s(z))
    return torch.where(mask, z, log_scale.exp() * z + t(z)), log_scale.sum(1)

# %% wrong: the mask turned round | "entries with a true mask stay"
def masked_couple(z, mask, s, t):
    kept = torch.where(mask, 0, z)
    log_scale = torch.where(mask, s(kept), 0)
    return torch.where(mask, log_scale.exp() * z + t(kept), z), log_scale.sum(1)

# %% wrong: all s count | "only the s of entries that move count"
def masked_couple(z, mask, s, t):
    kept = torch.where(mask, z, 0)
    log_scale = s(kept)
    return torch.where(mask, z, log_scale.exp() * z + t(kept)), log_scale.sum(1)

# %% wrong: the entries that stay are shifted, too | "entries with a true mask stay"
def masked_couple(z, mask, s, t):
    kept = torch.where(mask, z, 0)
    log_scale = torch.where(mask, 0, s(kept))
    return log_scale.exp() * z + t(kept), log_scale.sum(1)

# %% wrong: the log-scales of those that stay | "only the s of entries that move count"
def masked_couple(z, mask, s, t):
    kept = torch.where(mask, z, 0)
    log_scale = s(kept)
    return torch.where(mask, z, log_scale.exp() * z + t(kept)), log_scale[:, mask].sum(1)

# %% wrong: summed over the batch | "one number a row"
def masked_couple(z, mask, s, t):
    kept = torch.where(mask, z, 0)
    log_scale = s(kept)[:, ~mask]
    return torch.where(mask, z, s(kept).exp() * z + t(kept)), log_scale.sum()

# %% wrong: the batch's sum in each row | "each row for itself"
def masked_couple(z, mask, s, t):
    kept = torch.where(mask, z, 0)
    log_scale = s(kept)
    x = torch.where(mask, z, log_scale.exp() * z + t(kept))
    return x, log_scale[:, ~mask].sum().expand(len(z))

# %% wrong: the first entries, as many as stay | "x of the example"
def masked_couple(z, mask, s, t):
    mask = torch.arange(len(mask)) < mask.sum()
    kept = torch.where(mask, z, 0)
    log_scale = torch.where(mask, 0, s(kept))
    return torch.where(mask, z, log_scale.exp() * z + t(kept)), log_scale.sum(1)

# %% wrong: the sign of the inverse | "with the sign of the way there"
def masked_couple(z, mask, s, t):
    kept = torch.where(mask, z, 0)
    log_scale = torch.where(mask, 0, s(kept))
    return torch.where(mask, z, log_scale.exp() * z + t(kept)), -log_scale.sum(1)

# %% wrong: those that stay are counted twice | "x of the example"
def masked_couple(z, mask, s, t):
    kept = torch.where(mask, z, 0)
    log_scale = torch.where(mask, 0, s(kept))
    x = kept + log_scale.exp() * z + torch.where(mask, 0, t(kept))
    return x, log_scale.sum(1)

# %% wrong: the networks see what moves | "where s and t are given z with 0 in place of what moves"
def masked_couple(z, mask, s, t):
    seen = torch.where(mask, 0, z)
    log_scale = torch.where(mask, 0, s(seen))
    return torch.where(mask, z, log_scale.exp() * z + t(seen)), log_scale.sum(1)

# %% wrong: the log-scales see all of z | "where s and t are given z with 0 in place of what moves"
def masked_couple(z, mask, s, t):
    log_scale = torch.where(mask, 0, s(z))
    return torch.where(mask, z, log_scale.exp() * z + t(z * mask)), log_scale.sum(1)

# %% wrong: every other entry stays, whatever the mask | "what stays with the mask"
def masked_couple(z, mask, s, t):
    mask = torch.arange(len(mask)) % 2 == 0
    kept = torch.where(mask, z, 0)
    log_scale = torch.where(mask, 0, s(kept))
    return torch.where(mask, z, log_scale.exp() * z + t(kept)), log_scale.sum(1)

# %% right: the equation as it stands
def masked_couple(z, mask, s, t):
    b = mask.to(z)
    log_scale = s(b * z)
    x = b * z + (1 - b) * (log_scale.exp() * z + t(b * z))
    return x, ((1 - b) * log_scale).sum(1)

# %% right: indices
def masked_couple(z, mask, s, t):
    moved = (~mask).nonzero()[:, 0]
    kept = z.index_fill(1, moved, 0)
    log_scale, shift = s(kept)[:, moved], t(kept)[:, moved]
    return z.index_copy(1, moved, log_scale.exp() * z[:, moved] + shift), log_scale.sum(1)

# %% right: column by column
def masked_couple(z, mask, s, t):
    kept = z * mask
    log_scale, shift = s(kept), t(kept)
    columns, log_det = [], z.new_zeros(len(z))
    for i, stays in enumerate(mask.tolist()):
        if stays:
            columns.append(z[:, i])
        else:
            columns.append(torch.exp(log_scale[:, i]) * z[:, i] + shift[:, i])
            log_det = log_det + log_scale[:, i]
    return torch.stack(columns, 1), log_det

# %% right: numpy inside
def masked_couple(z, mask, s, t):
    import numpy as np
    kept = torch.where(mask, z, torch.zeros_like(z))
    a, log_scale, shift = (v.detach().cpu().numpy() for v in (z, s(kept), t(kept)))
    b = mask.cpu().numpy()
    x = np.where(b, a, np.exp(log_scale) * a + shift)
    return torch.from_numpy(x).to(z), torch.from_numpy(np.where(b, 0, log_scale).sum(1)).to(z)

# %% right: exponents and shifts masked, no case distinction
def masked_couple(z, mask, s, t):
    moves = 1 - mask.to(z.dtype)
    kept = z - moves * z
    log_scale = moves * s(kept)
    return torch.exp(log_scale) * z + moves * t(kept), torch.einsum("bi->b", log_scale)

# %% right: the moved columns of a copy
def masked_couple(z, mask, s, t):
    kept, x = z.masked_fill(~mask, 0), z.clone()
    log_scale = s(kept)[:, ~mask]
    x[:, ~mask] = z[:, ~mask] * log_scale.exp() + t(kept)[:, ~mask]
    return x, log_scale.sum(-1)
