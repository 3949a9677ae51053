# %% wrong: the plain mean of the weights | "weigh each w with q"
def weight_moments(joint, q):
    w = torch.where(q > 0, joint / q, 0.0)
    return w.mean(), w.var(unbiased=False)

# %% wrong: claims to be unbiased always | "for q = (1, 0)"
def weight_moments(joint, q):
    w = torch.where(q > 0, joint / q, 0.0)
    mean = joint.sum()
    return mean, (q * (w - mean) ** 2).sum()

# %% wrong: 0/0 where q is 0 | "contains NaN or infinity"
def weight_moments(joint, q):
    w = joint / q
    mean = (q * w).sum()
    return mean, (q * (w - mean) ** 2).sum()

# %% wrong: the second moment, mean not subtracted | "the mean of (w - E[w])^2 under q"
def weight_moments(joint, q):
    w = torch.where(q > 0, joint / q, 0.0)
    return (q * w).sum(), (q * w**2).sum()

# %% wrong: the standard deviation | "the mean of (w - E[w])^2 under q"
def weight_moments(joint, q):
    w = torch.where(q > 0, joint / q, 0.0)
    mean = (q * w).sum()
    return mean, (q * (w - mean) ** 2).sum().sqrt()

# %% wrong: weighed with the posterior | "E[w] for q = (1/2, 1/2)"
def weight_moments(joint, q):
    w, r = torch.where(q > 0, joint / q, 0.0), joint / joint.sum()
    mean = (r * w).sum()
    return mean, (r * (w - mean) ** 2).sum()

# %% wrong: mean with q, variance with the posterior | "Var(w) for q"
def weight_moments(joint, q):
    w, r = torch.where(q > 0, joint / q, 0.0), joint / joint.sum()
    mean = (q * w).sum()
    return mean, (r * (w - mean) ** 2).sum()

# %% wrong: q over p | "E[w] for q = (1/2, 1/2)"
def weight_moments(joint, q):
    w = q / joint
    mean = (q * w).sum()
    return mean, (q * (w - mean) ** 2).sum()

# %% wrong: relative to the square of the mean | "Var(w) for q"
def weight_moments(joint, q):
    w = torch.where(q > 0, joint / q, 0.0)
    mean = (q * w).sum()
    return mean, (q * (w / mean - 1) ** 2).sum()

# %% wrong: 1e-9 added to q | "E[w] for q = (1, 0)"
def weight_moments(joint, q):
    q = (q + 1e-9) / (q + 1e-9).sum()
    w = joint / q
    mean = (q * w).sum()
    return mean, (q * (w - mean) ** 2).sum()

# %% wrong: the mean over what q can draw, the square minus that over all | "Var(w) for q = (1, 0)"
def weight_moments(joint, q):
    there = q > 0
    second = (joint[there] ** 2 / q[there]).sum()
    return joint[there].sum(), second - joint.sum() ** 2

# %% wrong: a huge number for 0/0 | "Var(w) for q = (1, 0), which never draws the second z, contains NaN"
def weight_moments(joint, q):
    w = torch.nan_to_num(joint / q)
    mean = (q * w).sum()
    return mean, (q * (w - mean) ** 2).sum()

# %% wrong: about p(x), not about the mean | "Var(w) for q = (1, 0)"
def weight_moments(joint, q):
    w = torch.where(q > 0, joint / q, 0.0)
    return (q * w).sum(), (q * (w - joint.sum()) ** 2).sum()

# %% wrong: a variance for each z | "should have shape ()"
def weight_moments(joint, q):
    w = torch.where(q > 0, joint / q, 0.0)
    mean = (q * w).sum()
    return mean, q * (w - mean) ** 2

# %% right: only the z that are drawn
def weight_moments(joint, q):
    there = q > 0
    p, r = joint[there], q[there]
    mean = p.sum()
    return mean, (r * (p / r - mean) ** 2).sum()

# %% right: second moment minus the square
def weight_moments(joint, q):
    safe = torch.where(q > 0, q, torch.ones_like(q))
    kept = joint * (q > 0)
    mean = kept.sum()
    return mean, (kept**2 / safe).sum() - mean**2

# %% right: a loop
def weight_moments(joint, q):
    pairs = [(a / b, b) for a, b in zip(joint, q) if b > 0]
    mean = sum(b * w for w, b in pairs)
    return mean, sum(b * (w - mean) ** 2 for w, b in pairs)

# %% right: numpy inside
def weight_moments(joint, q):
    import numpy as np

    p, r = joint.cpu().numpy(), q.cpu().numpy()
    w = np.divide(p, r, out=np.zeros_like(p), where=r > 0)
    mean = np.average(w, weights=r)
    return torch.tensor(mean).to(q), torch.tensor(np.average((w - mean) ** 2, weights=r)).to(q)

# %% right: dot products
def weight_moments(joint, q):
    w = joint / q.clamp(min=1e-12)
    mean = q @ w
    return mean, torch.dot(q, torch.square(w - mean))

# %% right: pairs of draws
def weight_moments(joint, q):
    p, r = joint[q != 0], q[q != 0]
    w = p / r
    pairs = (w[:, None] - w[None]) ** 2 / 2
    return p.sum(), torch.einsum("a,b,ab->", r, r, pairs)
