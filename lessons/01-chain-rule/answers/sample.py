# %% wrong: columns in the order of drawing | "condition each draw on the draws before it, by variable number"
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering))
    for k, i in enumerate(ordering):
        before = [x[:, j].long() for j in range(k)]
        yes = factors[k][..., 1][tuple(before)]
        x[:, k] = (torch.rand(n, generator=generator) < yes).float()
    return x


# %% wrong: conditions on the first columns instead of the variables drawn | "condition each draw on the draws before it, by variable number"
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering))
    for k, i in enumerate(ordering):
        before = [x[:, j].long() for j in range(k)]
        yes = factors[k][..., 1][tuple(before)]
        x[:, i] = (torch.rand(n, generator=generator) < yes).float()
    return x


# %% wrong: draws each variable from its marginal | "condition each draw on the draws before it, by variable number"
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering))
    reach = torch.ones((), dtype=factors[0].dtype)
    for k, i in enumerate(ordering):
        reach = reach.unsqueeze(-1) * factors[k]
        yes = reach[..., 1].sum()
        x[:, i] = (torch.rand(n, generator=generator) < yes).float()
    return x


# %% wrong: yes and no swapped | "condition each draw on the draws before it, by variable number"
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering))
    for k, i in enumerate(ordering):
        before = [x[:, j].long() for j in ordering[:k]]
        yes = factors[k][..., 0][tuple(before)]
        x[:, i] = (torch.rand(n, generator=generator) < yes).float()
    return x


# %% wrong: conditions on the mean of the draws before | "condition each draw on the draws before it, by variable number"
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering))
    for k, i in enumerate(ordering):
        before = [x[:, ordering[:k]].mean(1).round().long()] * k
        yes = factors[k][..., 1][tuple(before)]
        x[:, i] = (torch.rand(n, generator=generator) < yes).float()
    return x


# %% wrong: one uniform number for all variables of an example | "condition each draw on the draws before it, by variable number"
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering))
    u = torch.rand(n, generator=generator)
    for k, i in enumerate(ordering):
        before = [x[:, j].long() for j in ordering[:k]]
        yes = factors[k][..., 1][tuple(before)]
        x[:, i] = (u < yes).float()
    return x


# %% wrong: probabilities instead of draws | "there are values in between"
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering))
    for k, i in enumerate(ordering):
        before = [x[:, j].long() for j in ordering[:k]]
        yes = factors[k][..., 1][tuple(before)]
        x[:, i] = yes
    return x


# %% wrong: the most probable value instead of a draw | "in samples in the ordering"
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering))
    for k, i in enumerate(ordering):
        before = [x[:, j].long() for j in ordering[:k]]
        yes = factors[k][..., 1][tuple(before)]
        x[:, i] = (yes > 0.5).float()
    return x


# %% wrong: the generator is not used | "draw with generator=generator"
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering))
    for k, i in enumerate(ordering):
        before = [x[:, j].long() for j in ordering[:k]]
        yes = factors[k][..., 1][tuple(before)]
        x[:, i] = (torch.rand(n) < yes).float()
    return x


# %% wrong: whole numbers | "the samples should be a float tensor"
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering))
    for k, i in enumerate(ordering):
        before = [x[:, j].long() for j in ordering[:k]]
        yes = factors[k][..., 1][tuple(before)]
        x[:, i] = (torch.rand(n, generator=generator) < yes).float()
    return x.long()


# %% wrong: calls gmlib | "write it yourself"
def sample(factors, ordering, n, generator):
    joint = bayes_net.joint(factors, ordering)
    rows = torch.multinomial(joint.flatten(), n, replacement=True, generator=generator)
    return (rows[:, None] >> torch.arange(len(ordering) - 1, -1, -1) & 1).float()


# %% right: one example at a time
def sample(factors, ordering, n, generator):
    u = torch.rand(n, len(ordering), generator=generator).tolist()
    rows = []
    for r in range(n):
        x = [0.0] * len(ordering)
        for k, i in enumerate(ordering):
            yes = factors[k][tuple(int(x[j]) for j in ordering[:k])][1].item()
            x[i] = 1.0 if u[r][k] < yes else 0.0
        rows.append(x)
    return torch.tensor(rows)


# %% right: row numbers into flat tables, float64
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering), dtype=torch.float64)
    row = torch.zeros(n, dtype=torch.long)
    for k, i in enumerate(ordering):
        yes = factors[k].reshape(-1, 2)[row, 1]
        bit = torch.rand(n, generator=generator, dtype=torch.float64) < yes
        x[:, i] = bit.double()
        row = 2 * row + bit.long()
    return x


# %% right: multinomial
def sample(factors, ordering, n, generator):
    x = torch.zeros(n, len(ordering), dtype=torch.long)
    for k, i in enumerate(ordering):
        p = factors[k][tuple(x[:, ordering[:k]].T)]
        x[:, i] = torch.multinomial(p.expand(n, 2), 1, generator=generator)[:, 0]
    return x.float()


# %% right: numpy for the look-up
def sample(factors, ordering, n, generator):
    import numpy as np
    u = torch.rand(len(ordering), n, generator=generator).numpy()
    drawn = []
    for k in range(len(ordering)):
        yes = factors[k].numpy()[..., 1][tuple(drawn)]
        drawn.append((u[k] < yes).astype(np.int64))
    place = np.argsort(ordering)
    return torch.from_numpy(np.stack([drawn[p] for p in place], 1).astype(np.float32))

# %% wrong: a seed of its own | "set no seed of your own"
def sample(factors, ordering, n, generator):
    generator = torch.Generator().manual_seed(0)
    x = torch.zeros(n, len(ordering))
    for k, i in enumerate(ordering):
        before = [x[:, j].long() for j in ordering[:k]]
        yes = factors[k][..., 1][tuple(before)]
        x[:, i] = (torch.rand(n, generator=generator) < yes).float()
    return x
