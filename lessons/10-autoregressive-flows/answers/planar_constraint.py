# %% wrong: divided by the length of w, not its square | "along w/|w|^2"
def constrain(u, w):
    along = w @ u
    return u + (F.softplus(along) - 1 - along) * w / w.norm()

# %% wrong: not divided at all | "along w/|w|^2"
def constrain(u, w):
    along = w @ u
    return u + (F.softplus(along) - 1 - along) * w

# %% wrong: the -1 of m forgotten | "it should be m(w.u)"
def constrain(u, w):
    along = w @ u
    return u + (F.softplus(along) - along) * w / (w @ w)

# %% wrong: the old w.u not taken off | "the old w.u is taken off"
def constrain(u, w):
    return u + (F.softplus(w @ u) - 1) * w / (w @ w)

# %% wrong: only the part along w | "the part of u_hat across w"
def constrain(u, w):
    return (F.softplus(w @ u) - 1) * w / (w @ w)

# %% wrong: all of u scaled | "the part of u_hat across w"
def constrain(u, w):
    along = w @ u + 1e-12
    return u * (F.softplus(along) - 1) / along

# %% wrong: clipped at -1 | "it should be m(w.u)"
def constrain(u, w):
    along = w @ u
    return u + (along.clamp(min=-1) - along) * w / (w @ w)

# %% wrong: softplus written out, which overflows | "e^a overflows"
def constrain(u, w):
    along = w @ u
    return u + (torch.log(1 + torch.exp(along)) - 1 - along) * w / (w @ w)

# %% wrong: along u | "the part of u_hat across w"
def constrain(u, w):
    along = w @ u
    return u + (F.softplus(along) - 1 - along) * u / (u @ u)

# %% wrong: the sign inside the softplus | "it should be m(w.u)"
def constrain(u, w):
    along = w @ u
    return u + (F.softplus(-along) - 1 - along) * w / (w @ w)

# %% wrong: a number | "should have shape (3,), but it has shape ()"
def constrain(u, w):
    return F.softplus(w @ u) - 1

# %% wrong: taken off in the other direction | "it should be m(w.u)"
def constrain(u, w):
    along = w @ u
    return u - (F.softplus(along) - 1 - along) * w / (w @ w)

# %% wrong: log base two | "it should be m(w.u)"
def constrain(u, w):
    along = w @ u
    return u + (F.softplus(along) / math.log(2) - 1 - along) * w / (w @ w)

# %% wrong: w for its direction only where it is an axis | "add m(w.u) - w.u of them times w/|w|^2"
def constrain(u, w):
    along = w @ u
    out = u.clone()
    out[0] = u[0] + (F.softplus(along) - 1 - along) / w[0]
    return out

# %% wrong: entry by entry | "w.u is one number"
def constrain(u, w):
    a = w * u
    return u + (F.softplus(a) - 1 - a) * w / (w @ w)

# %% wrong: only where it is needed | "w.u_hat at w.u = 0"
def constrain(u, w):
    a = w @ u
    return u if a >= -1 else u + (F.softplus(a) - 1 - a) * w / (w @ w)

# %% wrong: a clamp against the overflow | "w.u_hat at w.u = 1000"
def constrain(u, w):
    a = w @ u
    return u + (torch.log(1 + torch.exp(a.clamp(max=20))) - 1 - a) * w / (w @ w)

# %% wrong: u as it is | "the old w.u is taken off"
def constrain(u, w):
    return u

# %% wrong: no brackets | "only the part along w may change"
def constrain(u, w):
    a = w @ u
    return u + F.softplus(a) - 1 - a * w / (w @ w)

# %% wrong: relu for softplus | "it should be m(w.u)"
def constrain(u, w):
    a = w @ u
    return u + (F.relu(a) - 1 - a) * w / (w @ w)

# %% right: the part across w, and a new part along it
def constrain(u, w):
    direction = w / torch.linalg.vector_norm(w)
    across = u - (u @ direction) * direction
    return across + (F.softplus(u @ w) - 1) / w.norm() * direction

# %% right: logaddexp
def constrain(u, w):
    a = torch.dot(u, w)
    m = torch.logaddexp(a, torch.zeros_like(a)) - 1
    return u + w * ((m - a) / w.square().sum())

# %% wrong: Python numbers | "no gradient passes through your function"
def constrain(u, w):
    a = sum(float(x) * float(y) for x, y in zip(u, w))
    m = -1 + max(a, 0) + math.log1p(math.exp(-abs(a)))
    square = sum(float(y) ** 2 for y in w)
    return torch.tensor([float(x) + (m - a) * float(y) / square for x, y in zip(u, w)], dtype=u.dtype)

# %% right: a projection matrix
def constrain(u, w):
    P = torch.outer(w, w) / (w @ w)
    eye = torch.eye(len(w), dtype=w.dtype, device=w.device)
    return (eye - P) @ u + (F.softplus(w @ u) - 1) * torch.linalg.pinv(w[None, :])[:, 0]

# %% right: relu and the rest
def constrain(u, w):
    a = torch.dot(w, u)
    gain = F.softplus(-a.abs()) + F.relu(-a) - 1  # m(a) - a
    return torch.add(u, gain * w / torch.linalg.norm(w) ** 2)

# %% wrong: numpy | "no gradient passes through your function"
def constrain(u, w):
    import numpy as np

    x, y = u.detach().numpy(), w.detach().numpy()
    a = x @ y
    return torch.from_numpy(x + ((np.logaddexp(0, a) - 1 - a) / (y @ y) * y).astype(x.dtype))

# %% wrong: the part along w as a Python number | "the gradient of the result for u"
def constrain(u, w):
    a = (w @ u).item()
    return u + (max(a, 0) + math.log1p(math.exp(-abs(a))) - 1 - a) * w / (w @ w)
