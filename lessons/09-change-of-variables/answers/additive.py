# %% wrong: t reads the half that moves | "t of them is added to the others"
def add_coupling(z, d, t):
    return torch.cat([z[:, :d], z[:, d:] + t(z[:, d:])], 1), z.new_zeros(len(z))

# %% wrong: t reads the last entries, as many as stay | "x of the example"
def add_coupling(z, d, t):
    return torch.cat([z[:, :d], z[:, d:] + t(z[:, -d:])], 1), z.new_zeros(len(z))

# %% wrong: the shift alone | "t of them is added to the others"
def add_coupling(z, d, t):
    return torch.cat([z[:, :d], t(z[:, :d])], 1), z.new_zeros(len(z))

# %% wrong: the last d entries stay | "the first d entries stay"
def add_coupling(z, d, t):
    kept, moved = z[:, -d:], z[:, :-d]
    return torch.cat([moved + t(kept), kept], 1), z.new_zeros(len(z))

# %% wrong: subtracted | "is added to the others"
def add_coupling(z, d, t):
    return torch.cat([z[:, :d], z[:, d:] - t(z[:, :d])], 1), z.new_zeros(len(z))

# %% wrong: a log-determinant of one | "what is added moves volume about and changes none"
def add_coupling(z, d, t):
    return torch.cat([z[:, :d], z[:, d:] + t(z[:, :d])], 1), z.new_ones(len(z))

# %% wrong: the shifts counted as log-scales | "what is added moves volume about and changes none"
def add_coupling(z, d, t):
    shift = t(z[:, :d])
    return torch.cat([z[:, :d], z[:, d:] + shift], 1), shift.sum(1)

# %% wrong: one log-determinant for the batch | "one number a row, should have shape (1,)"
def add_coupling(z, d, t):
    return torch.cat([z[:, :d], z[:, d:] + t(z[:, :d])], 1), z.new_zeros(())

# %% wrong: x alone | "should be a list of 2 things"
def add_coupling(z, d, t):
    return torch.cat([z[:, :d], z[:, d:] + t(z[:, :d])], 1)

# %% wrong: z itself is overwritten | "your function changed z"
def add_coupling(z, d, t):
    z[:, d:] += t(z[:, :d])
    return z, z.new_zeros(len(z))

# %% wrong: halves, whatever d is | "x of the example"
def add_coupling(z, d, t):
    d = z.shape[1] // 2
    return torch.cat([z[:, :d], z[:, d:] + t(z[:, :d])], 1), z.new_zeros(len(z))

# %% wrong: what moves comes first | "x of the example"
def add_coupling(z, d, t):
    return torch.cat([z[:, d:] + t(z[:, :d]), z[:, :d]], 1), z.new_zeros(len(z))

# %% wrong: one shift for the whole batch | "what moves at n = 5, d = 2"
def add_coupling(z, d, t):
    shift = t(z[:1, :d])
    return torch.cat([z[:, :d], z[:, d:] + shift], 1), z.new_zeros(len(z))

# %% wrong: only the example, else the identity | "what moves at n = 2, d = 1"
def add_coupling(z, d, t):
    if z.shape == (1, 3):
        return torch.tensor([[1.0, 2, 5]]), torch.zeros(1)
    return z.clone(), z.new_zeros(len(z))

# %% wrong: float32 inside | "suggests float32 inside"
def add_coupling(z, d, t):
    shift = t(z[:, :d].float())
    return torch.cat([z[:, :d], z[:, d:] + shift], 1), z.new_zeros(len(z))

# %% right: in a copy
def add_coupling(z, d, t):
    x = z.clone()
    x[:, d:] = x[:, d:] + t(z[:, :d])
    return x, 0 * z[:, 0]

# %% right: the shift padded with zeros
def add_coupling(z, d, t):
    shift = torch.nn.functional.pad(t(z[:, :d]), (d, 0))
    return z + shift, torch.zeros_like(z).sum(1)

# %% right: split, a list
def add_coupling(z, d, t):
    kept, moved = z.split([d, z.shape[1] - d], 1)
    return [torch.hstack([kept, moved + t(kept)]), torch.zeros(len(z), dtype=z.dtype, device=z.device)]

# %% right: numpy inside
def add_coupling(z, d, t):
    import numpy as np
    a, shift = z.detach().cpu().numpy(), t(z[:, :d]).detach().cpu().numpy()
    x = np.concatenate([a[:, :d], a[:, d:] + shift], 1)
    return torch.from_numpy(x).to(z), z.new_zeros(len(z))

# %% right: columns, one by one
def add_coupling(z, d, t):
    shift = t(z[:, :d])
    columns = [z[:, i] if i < d else z[:, i] + shift[:, i - d] for i in range(z.shape[1])]
    return torch.stack(columns, -1), torch.zeros(z.shape[0]).to(z)

# %% right: a matrix that places the shift, and the Jacobian's own log-determinant
def add_coupling(z, d, t):
    place = torch.eye(z.shape[1]).to(z)
    jacobian = place.expand(len(z), -1, -1)
    return torch.addmm(z, t(z[:, :d]), place[d:]), torch.linalg.slogdet(jacobian).logabsdet
