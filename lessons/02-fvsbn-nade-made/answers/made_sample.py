# %% wrong: in index order | "draw x2 first, then x3 given x2, then x1 given both"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in range(len(ordering)):
        x[:, i] = torch.bernoulli(conditionals(x)[:, i], generator=generator)
    return x

# %% wrong: all variables in one pass | "draw x2 first, then x3 given x2, then x1 given both"
def made_sample(conditionals, ordering, count, generator):
    x_hat = conditionals(torch.zeros(count, len(ordering)))
    return torch.bernoulli(x_hat, generator=generator)

# %% wrong: the conditionals are computed once | "draw x2 first, then x3 given x2, then x1 given both"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    x_hat = conditionals(x)
    for i in ordering:
        x[:, i] = torch.bernoulli(x_hat[:, i], generator=generator)
    return x

# %% wrong: the ordering backwards | "draw x2 first, then x3 given x2, then x1 given both"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in reversed(ordering):
        x[:, i] = torch.bernoulli(conditionals(x)[:, i], generator=generator)
    return x

# %% wrong: takes the ordering for places | "draw x2 first, then x3 given x2, then x1 given both"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in torch.argsort(torch.tensor(ordering)).tolist():
        x[:, i] = torch.bernoulli(conditionals(x)[:, i], generator=generator)
    return x

# %% wrong: draws everything anew in every pass | "in your samples"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for _ in ordering:
        x = torch.bernoulli(conditionals(x), generator=generator)
    return x

# %% wrong: rounds instead of drawing | "in your samples"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        x[:, i] = (conditionals(x)[:, i] > 0.5).float()
    return x

# %% wrong: one pass too few | "in your samples"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in ordering[:-1]:
        x[:, i] = torch.bernoulli(conditionals(x)[:, i], generator=generator)
    return x

# %% wrong: columns in the order of the draws | "in your samples"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        x[:, i] = torch.bernoulli(conditionals(x)[:, i], generator=generator)
    return x[:, ordering]

# %% wrong: ignores the generator | "pass `generator=generator` to every draw"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        x[:, i] = torch.bernoulli(conditionals(x)[:, i])
    return x

# %% right: uniform numbers
def made_sample(conditionals, ordering, count, generator):
    u = torch.rand(count, len(ordering), generator=generator)
    x = torch.zeros_like(u)
    for i in ordering:
        x[:, i] = (u[:, i] < conditionals(x)[:, i]).float()
    return x

# %% right: the same noise in n full passes
def made_sample(conditionals, ordering, count, generator):
    u = torch.rand(count, len(ordering), generator=generator)
    x = torch.zeros_like(u)
    for _ in ordering:
        x = (u < conditionals(x)).float()
    return x

# %% right: what is not drawn yet is filled with ones
def made_sample(conditionals, ordering, count, generator):
    x = torch.ones(count, len(ordering))
    for k in range(len(ordering)):
        p = conditionals(x)[:, ordering[k]]
        x[:, ordering[k]] = torch.bernoulli(p, generator=generator)
    return x

# %% right: float64
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering), dtype=torch.float64)
    for i in ordering:
        u = torch.rand(count, generator=generator, dtype=torch.float64)
        x[:, i] = (u < conditionals(x)[:, i]).double()
    return x

# %% wrong: takes the ordering apart | "your function changed ordering"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    while ordering:
        i = ordering.pop(0)
        x[:, i] = torch.bernoulli(conditionals(x)[:, i], generator=generator)
    return x

# %% wrong: seeds the global generator from the given one | "drew from PyTorch's global random numbers"
def made_sample(conditionals, ordering, count, generator):
    torch.manual_seed(generator.initial_seed())
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        x[:, i] = torch.bernoulli(conditionals(x)[:, i])
    return x

# %% wrong: a single image squeezed | "a draw of one image should have shape (1, "
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        x[:, i] = torch.bernoulli(conditionals(x)[:, i], generator=generator)
    return x.squeeze(0)

# %% wrong: booleans | "should be a float tensor"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        x[:, i] = torch.bernoulli(conditionals(x)[:, i], generator=generator)
    return x > 0

# %% wrong: whole numbers | "should be a float tensor"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        x[:, i] = torch.bernoulli(conditionals(x)[:, i], generator=generator)
    return x.long()

# %% wrong: the mean in place of what is drawn | "in your samples"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        x[:, i] = conditionals(x)[:, i]
    return torch.bernoulli(x, generator=generator)

# %% wrong: the same noise for every variable | "in your samples"
def made_sample(conditionals, ordering, count, generator):
    u = torch.rand(count, generator=generator)
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        x[:, i] = (u < conditionals(x)[:, i]).float()
    return x

# %% wrong: the last one conditioned on the first only | "in your samples"
def made_sample(conditionals, ordering, count, generator):
    x, first = torch.zeros(count, len(ordering)), None
    for k, i in enumerate(ordering):
        seen = x if k < 2 else first
        x[:, i] = torch.bernoulli(conditionals(seen)[:, i], generator=generator)
        first = x.clone() if k == 0 else first
    return x

# %% right: a call inside a call
def made_sample(conditionals, ordering, count, generator):
    def go_on(x, rest):
        if not rest:
            return x
        drawn = torch.bernoulli(conditionals(x), generator=generator)
        this = torch.arange(x.shape[1]) == rest[0]
        return go_on(torch.where(this, drawn, x), rest[1:])
    return go_on(torch.zeros(count, len(ordering)), list(ordering))

# %% right: a distribution object, seeded by a draw
def made_sample(conditionals, ordering, count, generator):
    noise = torch.rand(len(ordering), count, generator=generator).logit()
    x = torch.full((count, len(ordering)), 0.5)
    for k, i in enumerate(ordering):
        x[:, i] = torch.heaviside(conditionals(x)[:, i].logit() - noise[k], torch.tensor(1.0))
    return x

# %% wrong: draws all, and keeps every one that was ever drawn | "in your samples"
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        drawn = torch.bernoulli(conditionals(x), generator=generator)
        x = torch.where(x > 0, x, drawn)
    return x
