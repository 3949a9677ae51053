# %% wrong: u and w change places | "z' of the points by hand"
def planar(z, u, w, b):
    return z + torch.tanh(z @ u + b)[:, None] * w

# %% wrong: the bias forgotten | "stays where it was, plus u times one number"
def planar(z, u, w, b):
    return z + torch.tanh(z @ w)[:, None] * u

# %% wrong: the identity forgotten | "each stays where it was"
def planar(z, u, w, b):
    return torch.tanh(z @ w + b)[:, None] * u

# %% wrong: entry by entry | "z' of the points by hand"
def planar(z, u, w, b):
    return z + torch.tanh(z * w + b) * u

# %% wrong: u inside the tanh | "plus u times one number"
def planar(z, u, w, b):
    return z + torch.tanh(u * (z @ w + b)[:, None])

# %% wrong: the logistic function | "one number: tanh(w.z + b)"
def planar(z, u, w, b):
    return z + torch.sigmoid(z @ w + b)[:, None] * u

# %% wrong: the bias outside the tanh | "z' of the points by hand"
def planar(z, u, w, b):
    return z + (torch.tanh(z @ w) + b)[:, None] * u

# %% wrong: along w | "z' of the points by hand"
def planar(z, u, w, b):
    return z + torch.tanh(z @ w + b)[:, None] * w

# %% wrong: w normalised | "b is added once, inside, and u is outside"
def planar(z, u, w, b):
    return z + torch.tanh(z @ w / w.norm() + b)[:, None] * u

# %% wrong: z is changed in place | "changed z"
def planar(z, u, w, b):
    z += torch.tanh(z @ w + b)[:, None] * u
    return z

# %% wrong: the projection on u, not the move | "should have shape (4, 2), but it has shape (4,)"
def planar(z, u, w, b):
    return z @ u + torch.tanh(z @ w + b)

# %% wrong: the points of the example | "the move"
def planar(z, u, w, b):
    return z + torch.tanh(z[:, :1] - 1) * u

# %% wrong: the bias added to every entry of z | "b is added once, inside"
def planar(z, u, w, b):
    return z + torch.tanh((z + b) @ w)[:, None] * u

# %% wrong: a hard tanh | "plus u times one number"
def planar(z, u, w, b):
    return z + F.hardtanh(z @ w + b)[:, None] * u

# %% wrong: the first two entries of z alone | "only w.z + b, one number a point"
def planar(z, u, w, b):
    h = torch.tanh(z[:, 0] * w[0] + z[:, 1] * w[1] + b)
    return z + h[:, None] * u

# %% wrong: one move for the batch | "each stays where it was"
def planar(z, u, w, b):
    return z + torch.tanh(z @ w + b).mean() * u

# %% wrong: float32 inside | "suggests float32 inside"
def planar(z, u, w, b):
    h = torch.tanh(z.float() @ w.float() + b.float())
    return (z.float() + h[:, None] * u.float()).to(z.dtype)

# %% right: an outer product
def planar(z, u, w, b):
    return z + torch.outer(torch.tanh((w * z).sum(-1) + b), u)

# %% right: row by row
def planar(z, u, w, b):
    return torch.stack([row + u * torch.tanh(torch.dot(w, row) + b) for row in z])

# %% wrong: numpy inside | "no gradient passes through your function"
def planar(z, u, w, b):
    import numpy as np

    x = z.numpy()
    h = np.tanh(np.einsum("bi,i->b", x, w.numpy()) + b.numpy())
    return torch.from_numpy(x + np.multiply.outer(h, u.numpy()))

# %% right: tanh through the logistic function
def planar(z, u, w, b):
    h = 2 * torch.sigmoid(2 * (z @ w[:, None] + b)) - 1
    return torch.addcmul(z, h, u)

# %% right: F.linear
def planar(z, u, w, b):
    return z + torch.tanh(F.linear(z, w[None], b[None])) * u

# %% right: vmap
def planar(z, u, w, b):
    return torch.vmap(lambda one: one + u * (one.dot(w) + b).tanh())(z)

# %% wrong: the distance in Python numbers | "the gradient of the result for z"
def planar(z, u, w, b):
    return z + torch.tensor([[math.tanh(float(row @ w + b))] for row in z], dtype=z.dtype) * u
