# %% wrong: the price of p(x_1) forgotten | "p(x_1) has a price, too"
def best_layer(log_p, x):
    log_p1 = log_p.logsumexp(1)
    return (log_p1.softmax(0) * gaussian_gap(log_p, x)).sum()

# %% wrong: all slices count alike | "weighted with p(x_1)"
def best_layer(log_p, x):
    first = gaussian_gap(log_p.logsumexp(1)[None], x)[0]
    return first + gaussian_gap(log_p, x).mean()

# %% wrong: the slices added up | "the slices count by their probability"
def best_layer(log_p, x):
    first = gaussian_gap(log_p.logsumexp(1)[None], x)[0]
    return first + gaussian_gap(log_p, x).sum()

# %% wrong: the other order | "one layer in this order is enough"
def best_layer(log_p, x):
    log_p = log_p.T
    log_p1 = log_p.logsumexp(1)
    first = gaussian_gap(log_p1[None], x)[0]
    return first + (log_p1.softmax(0) * gaussian_gap(log_p, x)).sum()

# %% wrong: the marginal of x_2 | "the price of"
def best_layer(log_p, x):
    log_p1 = log_p.logsumexp(1)
    first = gaussian_gap(log_p.logsumexp(0)[None], x)[0]
    return first + (log_p1.softmax(0) * gaussian_gap(log_p, x)).sum()

# %% wrong: logs summed for the marginal | "the price of"
def best_layer(log_p, x):
    log_p1 = log_p.sum(1)
    first = gaussian_gap(log_p1[None], x)[0]
    return first + (log_p1.softmax(0) * gaussian_gap(log_p, x)).sum()

# %% wrong: weights that do not sum to 1 | "the price of"
def best_layer(log_p, x):
    log_p1 = log_p.logsumexp(1)
    first = gaussian_gap(log_p1[None], x)[0]
    return first + (log_p1.exp() * gaussian_gap(log_p, x)).sum()

# %% wrong: the price of two independent Gaussians | "each p(x_2 | x_1) are Gaussians"
def best_layer(log_p, x):
    return (gaussian_gap(log_p.logsumexp(1)[None], x) + gaussian_gap(log_p.logsumexp(0)[None], x))[0]

# %% wrong: the better of the two orders | "there the slices have two humps"
def best_layer(log_p, x):
    prices = []
    for table in (log_p, log_p.T):
        log_p1 = table.logsumexp(1)
        first = gaussian_gap(log_p1[None], x)[0]
        prices.append(first + (log_p1.softmax(0) * gaussian_gap(table, x)).sum())
    return torch.stack(prices).min()

# %% wrong: exponentials that underflow | "contains NaN or infinity"
def best_layer(log_p, x):
    log_p1 = log_p.exp().sum(1).log()
    first = gaussian_gap(log_p1[None], x)[0]
    return first + (log_p1.softmax(0) * gaussian_gap(log_p, x)).sum()

# %% wrong: the price of p(x_2), too | "the price of the example by hand is off"
def best_layer(log_p, x):
    log_p1 = log_p.logsumexp(1)
    first = gaussian_gap(log_p1[None], x)[0] + gaussian_gap(log_p.logsumexp(0)[None], x)[0]
    return first + (log_p1.softmax(0) * gaussian_gap(log_p, x)).sum()

# %% wrong: slices weighted with the density | "the slices count by their probability"
def best_layer(log_p, x):
    log_p1 = log_p.logsumexp(1)
    first = gaussian_gap(log_p1[None], x)[0]
    return first + (log_p1.softmax(0) / (x[1] - x[0]) * gaussian_gap(log_p, x)).sum()

# %% right: log q written down on the grid
def best_layer(log_p, x):
    h = x[1] - x[0]
    w = log_p.flatten().softmax(0).reshape(log_p.shape)
    moments = lambda w: ((w * x).sum(-1, keepdim=True), (w * x**2).sum(-1, keepdim=True))
    log_n = lambda m, s: -((x - m) ** 2) / (2 * (s - m**2)) - (2 * math.pi * (s - m**2)).log() / 2
    log_q = log_n(*moments(w.sum(1)))[:, None] + log_n(*moments(log_p.softmax(1)))
    return (w * (w.clamp(min=1e-300 if w.dtype == torch.float64 else 1e-38).log() - 2 * h.log() - log_q)).sum()

# %% right: slice by slice
def best_layer(log_p, x):
    p = log_p.softmax(1)
    weights = torch.exp(log_p.logsumexp(1) - log_p.flatten().logsumexp(0))
    total = gaussian_gap(weights.clamp(min=1e-30).log()[None], x).sum()
    for weight, row in zip(weights, p):
        total = total + weight * gaussian_gap(row.clamp(min=1e-30).log()[None], x)[0]
    return total

# %% right: all densities in one call
def best_layer(log_p, x):
    log_p1 = log_p.logsumexp(1)
    gaps = gaussian_gap(torch.cat([log_p1[None], log_p]), x)
    return gaps @ torch.cat([torch.ones_like(x[:1]), log_p1.softmax(0)])

# %% right: einsum, from a normalised table
def best_layer(log_p, x):
    log_w = log_p - log_p.logsumexp((0, 1))
    log_w1 = torch.logsumexp(log_w, 1)
    within = torch.einsum("r,r->", log_w1.exp(), gaussian_gap(log_w - log_w1[:, None], x))
    return within + gaussian_gap(log_w1.reshape(1, -1), x).squeeze()

# %% right: Gaussian entropies minus the density's
def best_layer(log_p, x):
    w = log_p.flatten().softmax(0).reshape(log_p.shape)
    h = x[1] - x[0]
    w1 = w.sum(1)
    v1 = w1 @ x**2 - (w1 @ x) ** 2
    c = log_p.softmax(1)
    v2 = c @ x**2 - (c @ x) ** 2
    gauss = torch.log(2 * math.pi * math.e * v1) / 2 + w1 @ torch.log(2 * math.pi * math.e * v2) / 2
    return gauss + torch.xlogy(w, w).sum() - 2 * h.log()
