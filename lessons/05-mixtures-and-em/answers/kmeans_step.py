# %% wrong: an empty cluster becomes NaN | "an empty cluster keeps its mean"
def kmeans_step(x, means):
    z = (x[:, None] - means).square().sum(-1).argmin(1)
    new = [x[z == k].mean(0) for k in range(len(means))]
    return z, torch.stack(new)

# %% wrong: an empty cluster goes to zero | "an empty cluster keeps its mean"
def kmeans_step(x, means):
    z = (x[:, None] - means).square().sum(-1).argmin(1)
    hot = torch.nn.functional.one_hot(z, len(means)).to(x.dtype)
    return z, hot.T @ x / hot.sum(0).clamp(min=1)[:, None]

# %% wrong: the last of equals | "the lower number takes it"
def kmeans_step(x, means):
    distance = (x[:, None] - means).square().sum(-1)
    z = len(means) - 1 - distance.flip(1).argmin(1)
    new = [x[z == k].mean(0) if (z == k).any() else means[k]
           for k in range(len(means))]
    return z, torch.stack(new)

# %% wrong: the sum of absolute differences | "Euclidean distance"
def kmeans_step(x, means):
    z = (x[:, None] - means).abs().sum(-1).argmin(1)
    new = [x[z == k].mean(0) if (z == k).any() else means[k]
           for k in range(len(means))]
    return z, torch.stack(new)

# %% wrong: the largest product | "z is off"
def kmeans_step(x, means):
    z = (x @ means.T).argmax(1)
    new = [x[z == k].mean(0) if (z == k).any() else means[k]
           for k in range(len(means))]
    return z, torch.stack(new)

# %% wrong: medians | "average"
def kmeans_step(x, means):
    z = (x[:, None] - means).square().sum(-1).argmin(1)
    new = [x[z == k].median(0).values if (z == k).any() else means[k]
           for k in range(len(means))]
    return z, torch.stack(new)

# %% wrong: assigns again after the move | "z of"
def kmeans_step(x, means):
    z = (x[:, None] - means).square().sum(-1).argmin(1)
    new = [x[z == k].mean(0) if (z == k).any() else means[k]
           for k in range(len(means))]
    new = torch.stack(new)
    return (x[:, None] - new).square().sum(-1).argmin(1), new

# %% wrong: the old mean counts as a point | "new means"
def kmeans_step(x, means):
    z = (x[:, None] - means).square().sum(-1).argmin(1)
    new = [torch.cat([x[z == k], means[k:k + 1]]).mean(0)
           for k in range(len(means))]
    return z, torch.stack(new)

# %% wrong: soft responsibilities | "new means"
def kmeans_step(x, means):
    distance = (x[:, None] - means).square().sum(-1)
    r = torch.softmax(-distance / 2, 1)
    return distance.argmin(1), r.T @ x / r.sum(0)[:, None]

# %% wrong: writes into the old means | "your function changed means"
def kmeans_step(x, means):
    z = (x[:, None] - means).square().sum(-1).argmin(1)
    for k in range(len(means)):
        if (z == k).any():
            means[k] = x[z == k].mean(0)
    return z, means

# %% wrong: the means alone | "z and the new means"
def kmeans_step(x, means):
    z = (x[:, None] - means).square().sum(-1).argmin(1)
    return torch.stack([x[z == k].mean(0) if (z == k).any() else means[k] for k in range(len(means))])

# %% wrong: an empty cluster jumps to a random point | "an empty cluster keeps its mean"
def kmeans_step(x, means):
    z = (x[:, None] - means).square().sum(-1).argmin(1)
    new = [x[z == k].mean(0) if (z == k).any() else x[torch.randint(len(x), ())]
           for k in range(len(means))]
    return z, torch.stack(new)

# %% wrong: the largest coordinate decides | "Euclidean distance"
def kmeans_step(x, means):
    z = (x[:, None] - means).abs().amax(-1).argmin(1)
    new = [x[z == k].mean(0) if (z == k).any() else means[k] for k in range(len(means))]
    return z, torch.stack(new)

# %% wrong: iterates until nothing moves | "new means"
def kmeans_step(x, means):
    for step in range(100):
        z = (x[:, None] - means).square().sum(-1).argmin(1)
        means = torch.stack([x[z == k].mean(0) if (z == k).any() else means[k] for k in range(len(means))])
    return z, means

# %% right: a product with indicators
def kmeans_step(x, means):
    z = torch.cdist(x, means, compute_mode="donot_use_mm_for_euclid_dist").argmin(1)
    hot = torch.nn.functional.one_hot(z, len(means)).to(x.dtype)
    N = hot.sum(0)[:, None]
    return z, torch.where(N > 0, hot.T @ x / N.clamp(min=1), means)

# %% right: one point at a time
def kmeans_step(x, means):
    own, z = [[] for _ in means], []
    for point in x:
        distance = [float(((point - mu) ** 2).sum()) for mu in means]
        z.append(distance.index(min(distance)))
        own[z[-1]].append(point)
    new = [torch.stack(part).mean(0) if part else mu for part, mu in zip(own, means)]
    return torch.tensor(z), torch.stack(new)

# %% right: index_add
def kmeans_step(x, means):
    z = (x.unsqueeze(1) - means).norm(dim=-1).argmin(1)
    N = torch.bincount(z, minlength=len(means))[:, None]
    sums = torch.zeros_like(means).index_add(0, z, x)
    return z, torch.where(N > 0, sums / N.clamp(min=1), means)

# %% right: numpy inside
def kmeans_step(x, means):
    a, b = x.numpy(), means.numpy()
    z = ((a[:, None] - b) ** 2).sum(-1).argmin(1)
    new = b.copy()
    for k in range(len(b)):
        if (z == k).any():
            new[k] = a[z == k].mean(0)
    return torch.from_numpy(z), torch.from_numpy(new)

# %% right: plain cdist
def kmeans_step(x, means):
    z = torch.cdist(x, means).argmin(1)
    new = means.clone()
    for k in z.unique():
        new[k] = x[z == k].mean(0)
    return z, new

# %% right: the squares multiplied out
def kmeans_step(x, means):
    z = (means.square().sum(1) - 2 * x @ means.T).min(dim=1).indices
    N = torch.bincount(z, minlength=len(means)).to(x.dtype)
    hot = torch.zeros(len(x), len(means), dtype=x.dtype).scatter(1, z[:, None], 1.0)
    return z, torch.where(N[:, None] > 0, (hot / N.clamp(min=1)).T @ x, means)
