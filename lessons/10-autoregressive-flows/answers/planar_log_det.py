# %% wrong: the sign of the other direction | "the log of |1 + h' w.u|"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return -(1 + slope * (w @ u)).abs().log()

# %% wrong: no absolute value | "volume is the absolute value"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * (w @ u)).log()

# %% wrong: clamped in the place of an absolute value | "volume is the absolute value"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * (w @ u)).clamp(min=1e-6).log()

# %% wrong: the product of the diagonal | "more of the Jacobian than its diagonal"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope[:, None] * w * u).abs().log().sum(1)

# %% wrong: summed over the batch | "should have shape (3,), but it has shape ()"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * (w @ u)).abs().log().sum()

# %% wrong: 1 - tanh for the slope | "h' = 1 - tanh^2 belongs to each row"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b)
    return (1 + slope * (w @ u)).abs().log()

# %% wrong: the slope forgotten | "belongs to each row"
def planar_log_det(z, u, w, b):
    return (1 + w @ u).abs().log().expand(len(z))

# %% wrong: h for its slope | "the log-determinant of the points by hand"
def planar_log_det(z, u, w, b):
    return (1 + torch.tanh(z @ w + b) * (w @ u)).abs().log()

# %% wrong: the determinant | "the log-determinant of the points by hand"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * (w @ u)).abs()

# %% wrong: the slope after the move | "the log-determinant of the points by hand"
def planar_log_det(z, u, w, b):
    z = z + torch.tanh(z @ w + b)[:, None] * u
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * (w @ u)).abs().log()

# %% wrong: the 1 forgotten | "contains NaN or infinity"
def planar_log_det(z, u, w, b):
    slope = (1 - torch.tanh((z @ w + b).double()) ** 2).to(z.dtype)
    return (slope * (w @ u)).abs().log()

# %% wrong: the lengths for the inner product | "the log-determinant of the points by hand"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * w.norm() * u.norm()).log()

# %% wrong: the identity counted n times | "the log-determinant of the points by hand"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (len(w) + slope * (w @ u)).abs().log()

# %% wrong: the bias forgotten | "beside the Jacobian's"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w) ** 2
    return (1 + slope * (w @ u)).abs().log()

# %% wrong: the absolute value of the inner product | "volume is the absolute value"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return torch.log1p(slope * (w @ u).abs())

# %% wrong: u.u | "the log-determinant of the points by hand"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * (u @ u)).abs().log()

# %% wrong: w.w | "beside the Jacobian's"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * (w @ w)).abs().log()

# %% wrong: log(1 + x) is not x | "the log of |1 + h' w.u|"
def planar_log_det(z, u, w, b):
    return (1 - torch.tanh(z @ w + b) ** 2) * (w @ u)

# %% wrong: the slope of the logistic function | "where h' = 1 - tanh^2"
def planar_log_det(z, u, w, b):
    s = torch.sigmoid(z @ w + b)
    return (1 + s * (1 - s) * (w @ u)).abs().log()

# %% wrong: a small number for safety | "the log-determinant of the points by hand"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return ((1 + slope * (w @ u)).abs() + 1e-3).log()

# %% wrong: float32 inside | "suggests float32 inside"
def planar_log_det(z, u, w, b):
    z, u, w, b, kind = z.float(), u.float(), w.float(), b.float(), z.dtype
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * (w @ u)).abs().log().to(kind)

# %% right: the slope by cosh
def planar_log_det(z, u, w, b):
    return torch.log(torch.abs(1 + torch.dot(u, w) / torch.cosh(z @ w + b) ** 2))

# %% right: psi written out
def planar_log_det(z, u, w, b):
    h = torch.tanh((z * w).sum(1) + b)
    psi = torch.outer(1 - h * h, w)
    return (1 + psi @ u).abs().log()

# %% right: the whole matrix
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    matrix = torch.eye(len(w), dtype=z.dtype, device=z.device) + slope[:, None, None] * torch.outer(u, w)
    return torch.linalg.slogdet(matrix).logabsdet

# %% wrong: row by row, Python numbers | "no gradient passes through your function"
def planar_log_det(z, u, w, b):
    along, z = (w @ u).item(), z.detach()
    out = [math.log(abs(1 + (1 - math.tanh((row @ w + b).item()) ** 2) * along)) for row in z]
    return torch.tensor(out, dtype=z.dtype)

# %% wrong: autograd's Jacobian, without a graph of its own | "no gradient passes through your function"
def planar_log_det(z, u, w, b):
    move = lambda one: one + torch.tanh(one @ w + b) * u
    rows = [torch.autograd.functional.jacobian(move, one.detach()) for one in z]
    return torch.stack([torch.linalg.det(m).abs().log() for m in rows])

# %% right: half the log of a square
def planar_log_det(z, u, w, b):
    y = F.linear(z, w[None], b[None])[:, 0]
    return 0.5 * (1 + torch.cosh(y).pow(-2) * torch.inner(w, u)).square().log()

# %% right: the logistic function's slope at twice the number
def planar_log_det(z, u, w, b):
    s = torch.sigmoid(2 * (torch.einsum("bi,i->b", z, w) + b))
    return torch.log(torch.abs(1 + 4 * s * (1 - s) * torch.einsum("i,i->", u, w)))

# %% wrong: the inner product as a Python number | "the gradient of the result for u"
def planar_log_det(z, u, w, b):
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * (w @ u).item()).abs().log()

# %% right: autograd's Jacobian
def planar_log_det(z, u, w, b):
    move = lambda one: one + torch.tanh(one @ w + b) * u
    rows = [torch.autograd.functional.jacobian(move, one, create_graph=True) for one in z]
    return torch.stack([torch.linalg.det(m).abs().log() for m in rows])
