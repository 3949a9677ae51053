# %% wrong: transposed | "which output has never heard of which input?"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    left = torch.cat([torch.eye(d).to(s), s.new_zeros(m, d)])
    corner = (s.exp() * z_B)[:, None] * ds + dt
    return torch.cat([left, torch.cat([corner.T, torch.diag(s.exp())])], 1)

# %% wrong: only the diagonal | "product, chain rule"
def block_jacobian(z_B, s, ds, dt):
    return torch.diag(torch.cat([torch.ones(ds.shape[1]).to(s), s.exp()]))

# %% wrong: the shift only | "product, chain rule"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([dt, torch.diag(s.exp())], 1)])

# %% wrong: the shift's slope forgotten | "product, chain rule"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([(s.exp() * z_B)[:, None] * ds, torch.diag(s.exp())], 1)])

# %% wrong: exp(s) is its own slope, the chain rule forgotten | "product, chain rule"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([(s.exp() * z_B)[:, None] + dt, torch.diag(s.exp())], 1)])

# %% wrong: the slope of s without exp(s) | "product, chain rule"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([z_B[:, None] * ds + dt, torch.diag(s.exp())], 1)])

# %% wrong: s on the diagonal | "its determinant"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([(s.exp() * z_B)[:, None] * ds + dt, torch.diag(s)], 1)])

# %% wrong: z_B along the wrong side | "the block below left at d = 2"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    side = (s.exp() * z_B)
    weights = side[:, None] if m != d and d != 1 and m < d else side.repeat(d)[: m * d].reshape(m, d)
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([weights * ds + dt, torch.diag(s.exp())], 1)])

# %% wrong: a full block of scales | "which blocks are diagonal, which one is 0?"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([(s.exp() * z_B)[:, None] * ds + dt, s.exp()[:, None].expand(m, m)], 1)])

# %% wrong: halves of equal size | "should have shape"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(m).to(s), s.new_zeros(m, m)], 1)
    lower = torch.cat([((s.exp() * z_B)[:, None] * ds + dt)[:, :1].expand(m, m), torch.diag(s.exp())], 1)
    return torch.cat([upper, lower])

# %% wrong: ones for an identity | "its determinant for d = 2"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.ones(d, d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([(s.exp() * z_B)[:, None] * ds + dt, torch.diag(s.exp())], 1)])

# %% wrong: minus the identity | "the first row of the example"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([-torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([(s.exp() * z_B)[:, None] * ds + dt, torch.diag(s.exp())], 1)])

# %% wrong: the scales' slopes and the shifts' exchanged | "below left in the example"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([(s.exp() * z_B)[:, None] * dt + ds, torch.diag(s.exp())], 1)])

# %% wrong: the shift is scaled, too | "product, chain rule"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    lower = s.exp()[:, None] * (z_B[:, None] * ds + dt)
    return torch.cat([upper, torch.cat([lower, torch.diag(s.exp())], 1)])

# %% wrong: z_B left out of the product rule | "product, chain rule"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    return torch.cat([upper, torch.cat([s.exp()[:, None] * ds + dt, torch.diag(s.exp())], 1)])

# %% wrong: that of the inverse | "below left in the example"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    lower = [(s.exp() * z_B)[:, None] * ds + dt, torch.diag(s.exp())]
    return torch.linalg.inv(torch.cat([upper, torch.cat(lower, 1)]))

# %% wrong: the first slope serves for all | "the block below left"
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    upper = torch.cat([torch.eye(d).to(s), s.new_zeros(d, m)], 1)
    corner = ((s.exp() * z_B)[:, None] * ds + dt)[:, :1].expand(m, d)
    return torch.cat([upper, torch.cat([corner, torch.diag(s.exp())], 1)])

# %% right: entry by entry
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    J = torch.zeros(d + m, d + m, dtype=s.dtype, device=s.device)
    for i in range(d):
        J[i, i] = 1
    for j in range(m):
        J[d + j, d + j] = torch.exp(s[j])
        for k in range(d):
            J[d + j, k] = torch.exp(s[j]) * z_B[j] * ds[j, k] + dt[j, k]
    return J

# %% right: slices of an identity
def block_jacobian(z_B, s, ds, dt):
    d = ds.shape[1]
    J = torch.eye(d + len(s), dtype=s.dtype, device=s.device)
    J[d:, d:] = torch.diag(s.exp())
    J[d:, :d] = torch.einsum("j,j,jk->jk", s.exp(), z_B, ds) + dt
    return J

# %% right: autograd of a coupling with straight networks
def block_jacobian(z_B, s, ds, dt):
    d = ds.shape[1]

    def coupling(z):
        return torch.cat([z[:d], torch.exp(s + ds @ z[:d]) * z[d:] + dt @ z[:d]])

    return torch.autograd.functional.jacobian(coupling, torch.cat([z_B.new_zeros(d), z_B]))

# %% right: numpy's blocks
def block_jacobian(z_B, s, ds, dt):
    import numpy as np
    z, a, b, c = (v.detach().cpu().numpy() for v in (z_B, s, ds, dt))
    m, d = b.shape
    J = np.block([[np.eye(d), np.zeros((d, m))], [(np.exp(a) * z)[:, None] * b + c, np.diag(np.exp(a))]])
    return torch.from_numpy(J).to(z_B)

# %% right: blocks on the diagonal, then the corner
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    J = torch.block_diag(torch.eye(d, dtype=s.dtype, device=s.device), s.exp().diag())
    corner = dt + torch.diag(s.exp() * z_B) @ ds
    return J + torch.nn.functional.pad(corner, (0, m, d, 0))

# %% right: column by column
def block_jacobian(z_B, s, ds, dt):
    m, d = ds.shape
    unit = torch.eye(d + m).to(s)
    left = [torch.cat([unit[k, :d], s.exp() * z_B * ds[:, k] + dt[:, k]]) for k in range(d)]
    right = [unit[d + j] * s[j].exp() for j in range(m)]
    return torch.stack(left + right, 1)
