# %% wrong: the log of the mean over the runs | "average over the runs, then subtract"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return torch.logsumexp(estimates, 0) - math.log(len(estimates)) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: the mean of the log weights at every k | "the log of the average of the first k weights"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    return (log_weights.cumsum(1) / counts).mean(0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: log k forgotten | "the bias at k = 1 and 2"
def log_bias(log_weights, log_p):
    return torch.logcumsumexp(log_weights, 1).mean(0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: divides by all draws at every k | "the bias at k = 1 and 2"
def log_bias(log_weights, log_p):
    estimates = torch.logcumsumexp(log_weights, 1) - math.log(log_weights.shape[1])
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: the sign | "then subtract log p(x)"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return log_p - estimates.mean(0)


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: the k-th draw alone | "the first k weights of a run"
def log_bias(log_weights, log_p):
    return log_weights.mean(0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: cumulative over the runs | "the bias at k = 1 and 2"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, len(log_weights) + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 0) - counts.log()[:, None]
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: exp rounds to 0 | "where exp rounds to 0, contains NaN or infinity"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    return (log_weights.exp().cumsum(1) / counts).log().mean(0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: draws weighed with the posterior | "the bias for uniform q"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    w, r = joint / q, joint / joint.sum()
    one = (r * w.log()).sum()
    two = (r[:, None] * r * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: the delta method in place of the sum | "the bias for uniform q"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    p = joint.sum()
    variance = (joint**2 / q).sum() / p**2 - 1
    return torch.stack([-variance / 2, -variance / 4])

# %% wrong: pairs of one draw with itself only | "the bias for uniform q"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    w = joint / q
    one = (q * w.log()).sum()
    two = (q * ((w + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: draws without putting back | "log"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    both = both - both.diagonal().diag()
    one = (q * w.log()).sum()
    two = (both / both.sum() * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: half for every pair, uniform whatever q | "the bias for q = (1/4, 3/4)"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    w = joint / q
    two = ((w[:, None] + w) / 2).log().mean()
    return torch.stack([w.log().mean(), two]) - joint.sum().log()

# %% wrong: the last draws of a run, not the first | "log p_hat is the log of the average of the first k weights"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights.flip(1), 1) - counts.log()
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: the bias of k = 1, divided by k | "log p_hat is the log of the average of the first k weights"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    return (log_weights[:, 0].mean() - log_p) / counts


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: the last k alone | "should have shape (2,)"
def log_bias(log_weights, log_p):
    estimates = torch.logsumexp(log_weights, 1) - math.log(log_weights.shape[1])
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: the middle of the runs, not their mean | "average over the runs, then subtract log p(x)"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return estimates.quantile(0.5, 0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: half of the bias at k = 1 for k = 2 | "the bias for q = (1/4, 3/4)"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    one = (q * (joint / q).log()).sum() - joint.sum().log()
    return torch.stack([one, one / 2])

# %% wrong: each pair once | "the log of the weight, or of the average of two, weighed with q(z), or q(z) q(z')"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    w, both = joint / q, (q[:, None] * q).triu()
    one = (q * w.log()).sum()
    two = (both / both.sum() * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()

# %% wrong: two outcomes, whatever the table | "the exact bias of 3 outcomes"
def log_bias(log_weights, log_p):
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return estimates.mean(0) - log_p


def exact_bias(joint, q):
    w = joint / q
    one = q[0] * w[0].log() + q[1] * w[1].log()
    two = q[0] ** 2 * w[0].log() + q[1] ** 2 * w[1].log() + 2 * q[0] * q[1] * ((w[0] + w[1]) / 2).log()
    return torch.stack([one, two]) - joint.sum().log()

# %% right: a loop over k and over the pairs
def log_bias(log_weights, log_p):
    out = []
    for k in range(1, log_weights.shape[1] + 1):
        estimates = torch.logsumexp(log_weights[:, :k], 1) - math.log(k)
        out.append(estimates.mean() - log_p)
    return torch.stack(out)


def exact_bias(joint, q):
    w, one, two = joint / q, 0.0, 0.0
    for a in range(len(q)):
        one = one + q[a] * w[a].log()
        for b in range(len(q)):
            two = two + q[a] * q[b] * ((w[a] + w[b]) / 2).log()
    return torch.stack([one, two]) - joint.sum().log()

# %% right: einsum, and the bias of the ratio
def log_bias(log_weights, log_p):
    k = log_weights.shape[1]
    steps = torch.arange(k, device=log_weights.device)
    seen = torch.where(steps[:, None] >= steps, 0.0, -math.inf).to(log_weights)
    estimates = torch.logsumexp(log_weights[:, None] - log_p + seen, -1)
    return estimates.mean(0) - (steps + 1).to(log_weights).log()


def exact_bias(joint, q):
    v = joint / q / joint.sum()
    pairs = torch.log(v[:, None] + v) - math.log(2)
    return torch.stack([q @ v.log(), torch.einsum("a,ab,b->", q, pairs, q)])

# %% right: numpy inside
def log_bias(log_weights, log_p):
    import numpy as np

    rows = log_weights.cpu().numpy()
    counts = np.arange(1, rows.shape[1] + 1)
    estimates = np.logaddexp.accumulate(rows, axis=1) - np.log(counts)
    return torch.from_numpy(estimates.mean(0)).to(log_weights) - log_p


def exact_bias(joint, q):
    import numpy as np

    p, r = joint.cpu().numpy(), q.cpu().numpy()
    w = p / r
    two = (np.outer(r, r) * np.log(np.add.outer(w, w) / 2)).sum()
    found = np.array([(r * np.log(w)).sum(), two]) - np.log(p.sum())
    return torch.from_numpy(found).to(joint)

# %% right: subtracts the largest by hand
def log_bias(log_weights, log_p):
    top = log_weights.amax(1, keepdim=True)
    counts = torch.arange(1, log_weights.shape[1] + 1).to(log_weights)
    total = (log_weights - top).exp().cumsum(1) / counts
    return (total.log() + top).mean(0) - log_p


def exact_bias(joint, q):
    w = joint / q
    one = torch.sum(q * torch.log(w))
    two = q @ torch.log((w.reshape(-1, 1) + w.reshape(1, -1)) / 2) @ q
    return torch.stack((one, two)) - torch.log(joint.sum())

# %% right: a running logaddexp, and all pairs in a list
def log_bias(log_weights, log_p):
    total, out = None, []
    for j, column in enumerate(log_weights.unbind(1), 1):
        total = column if total is None else torch.logaddexp(total, column)
        out.append((total - math.log(j) - log_p).mean())
    return torch.stack(out)


def exact_bias(joint, q):
    pairs = torch.cartesian_prod(torch.arange(len(q)), torch.arange(len(q))).to(q.device)
    w = joint / q
    two = (q[pairs].prod(1) * w[pairs].mean(1).log()).sum()
    return torch.stack([torch.dot(q, w.log()), two]) - torch.log(joint.sum())

# %% right: minus a divergence, and logaddexp over the pairs
def log_bias(log_weights, log_p):
    k = log_weights.shape[1]
    running = torch.logcumsumexp(log_weights.T, 0)
    counts = torch.arange(1, k + 1, dtype=log_weights.dtype, device=log_weights.device)
    return (running - counts.log()[:, None]).mean(1) - log_p


def exact_bias(joint, q):
    log_r = (joint / joint.sum()).log()
    gap = log_r - q.log()
    mean = torch.logaddexp(gap[:, None], gap[None]) - math.log(2.0)
    return torch.stack([(q * gap).sum(), (q * (mean @ q)).sum()])
