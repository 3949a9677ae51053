# %% wrong: normalised over the whole table | "normalise each row by itself"
def slice_moments(log_p, x_2):
    w = log_p.flatten().softmax(0).reshape(log_p.shape)
    mean = (w * x_2).sum(1)
    away = x_2 - mean[:, None]
    variance = (w * away**2).sum(1)
    return mean, variance, (w * away**4).sum(1) / variance**2 - 3

# %% wrong: exponentials that underflow | "contains NaN or infinity"
def slice_moments(log_p, x_2):
    w = log_p.exp() / log_p.exp().sum(1, keepdim=True)
    mean = (w * x_2).sum(1)
    away = x_2 - mean[:, None]
    variance = (w * away**2).sum(1)
    return mean, variance, (w * away**4).sum(1) / variance**2 - 3

# %% wrong: not normalised | "normalise each row by itself"
def slice_moments(log_p, x_2):
    w = log_p.exp()
    mean = (w * x_2).sum(1)
    away = x_2 - mean[:, None]
    variance = (w * away**2).sum(1) + 1e-300
    return mean, variance, (w * away**4).sum(1) / variance**2 - 3

# %% wrong: the 3 forgotten | "less 3"
def slice_moments(log_p, x_2):
    w = log_p.softmax(1)
    mean = (w * x_2).sum(1)
    away = x_2 - mean[:, None]
    variance = (w * away**2).sum(1)
    return mean, variance, (w * away**4).sum(1) / variance**2

# %% wrong: the fourth moment not scaled | "over the variance squared"
def slice_moments(log_p, x_2):
    w = log_p.softmax(1)
    mean = (w * x_2).sum(1)
    away = x_2 - mean[:, None]
    return mean, (w * away**2).sum(1), (w * away**4).sum(1) - 3

# %% wrong: moments about 0 | "the mean squared distance from the mean of the slice"
def slice_moments(log_p, x_2):
    w = log_p.softmax(1)
    variance = (w * x_2**2).sum(1)
    return (w * x_2).sum(1), variance, (w * x_2**4).sum(1) / variance**2 - 3

# %% wrong: the standard deviation | "the variance by hand, moved by 5, is off"
def slice_moments(log_p, x_2):
    w = log_p.softmax(1)
    mean = (w * x_2).sum(1)
    away = x_2 - mean[:, None]
    variance = (w * away**2).sum(1)
    return mean, variance.sqrt(), (w * away**4).sum(1) / variance**2 - 3

# %% wrong: the width of the cells counted in | "the mean of one layer is off"
def slice_moments(log_p, x_2):
    w = log_p.softmax(1) * (x_2[1] - x_2[0])
    mean = (w * x_2).sum(1)
    away = x_2 - mean[:, None]
    variance = (w * away**2).sum(1)
    return mean, variance, (w * away**4).sum(1) / variance**2 - 3

# %% wrong: the largest log p as the mean | "the mean of"
def slice_moments(log_p, x_2):
    w = log_p.softmax(1)
    mean = x_2[log_p.argmax(1)]
    away = x_2 - mean[:, None]
    variance = (w * away**2).sum(1)
    return mean, variance, (w * away**4).sum(1) / variance**2 - 3

# %% wrong: normalised down the columns | "normalise each row by itself"
def slice_moments(log_p, x_2):
    w = log_p.softmax(0)
    mean = (w * x_2).sum(1)
    away = x_2 - mean[:, None]
    variance = (w * away**2).sum(1)
    return mean, variance, (w * away**4).sum(1) / variance**2 - 3

# %% wrong: the largest of the whole table taken off | "contains NaN or infinity"
def slice_moments(log_p, x_2):
    w = (log_p - log_p.max()).exp()
    w = w / w.sum(1, keepdim=True)
    mean = (w * x_2).sum(1)
    away = x_2 - mean[:, None]
    variance = (w * away**2).sum(1)
    return mean, variance, (w * away**4).sum(1) / variance**2 - 3

# %% wrong: trapezoids | "the variance by hand"
def slice_moments(log_p, x_2):
    w = log_p.softmax(1)
    w = w / torch.trapezoid(w, x_2, dim=1)[:, None]
    mean = torch.trapezoid(w * x_2, x_2, dim=1)
    away = x_2 - mean[:, None]
    variance = torch.trapezoid(w * away**2, x_2, dim=1)
    return mean, variance, torch.trapezoid(w * away**4, x_2, dim=1) / variance**2 - 3

# %% right: one slice at a time
def slice_moments(log_p, x_2):
    found = []
    for row in log_p:
        w = torch.exp(row - row.logsumexp(0))
        mean = w @ x_2
        variance = w @ (x_2 - mean) ** 2
        found.append(torch.stack([mean, variance, w @ (x_2 - mean) ** 4 / variance**2 - 3]))
    return tuple(torch.stack(found, 1))

# %% right: the largest taken off first
def slice_moments(log_p, x_2):
    w = (log_p - log_p.max(1, keepdim=True).values).exp()
    w = w / w.sum(1, keepdim=True)
    mean = torch.einsum("rp,p->r", w, x_2)
    z = x_2[None] - mean[:, None]
    variance = torch.einsum("rp,rp,rp->r", w, z, z)
    return mean, variance, torch.einsum("rp,rp->r", w, (z * z / variance[:, None]) ** 2) - 3

# %% right: numpy inside
def slice_moments(log_p, x_2):
    import numpy as np

    table, line = log_p.detach().cpu().double().numpy(), x_2.detach().cpu().double().numpy()
    w = np.exp(table - table.max(1, keepdims=True))
    w /= w.sum(1, keepdims=True)
    mean = w @ line
    away = line - mean[:, None]
    variance = (w * away**2).sum(1)
    parts = mean, variance, (w * away**4).sum(1) / variance**2 - 3
    return [torch.tensor(part, dtype=log_p.dtype, device=log_p.device) for part in parts]

# %% right: standardised first
def slice_moments(log_p, x_2):
    w = torch.nn.functional.log_softmax(log_p, 1).exp()
    mean = (w * x_2).sum(1, keepdim=True)
    std = (w * (x_2 - mean) ** 2).sum(1, keepdim=True).sqrt()
    return mean[:, 0], std[:, 0] ** 2, (w * ((x_2 - mean) / std) ** 4).sum(1) - 3

# %% right: moments about 0, combined
def slice_moments(log_p, x_2):
    w = log_p.softmax(-1)
    m1, m2, m3, m4 = (w @ x_2**k for k in (1, 2, 3, 4))
    v = m2 - m1**2
    return m1, v, (m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4) / v**2 - 3
