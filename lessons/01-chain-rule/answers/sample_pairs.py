# %% wrong: images from the average over labels | "each image must use the row of means of its own label"
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return (u < (prior @ means)).float(), y


# %% wrong: images and labels drawn independently | "each image must use the row of means of its own label"
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return (u < means[torch.multinomial(prior, n, replacement=True, generator=generator)]).float(), y


# %% wrong: labels drawn uniformly | "each image must use the row of means of its own label"
def sample_pairs(prior, means, n, generator):
    y = torch.randint(len(prior), (n,), generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return (u < means[y]).float(), y


# %% wrong: one uniform number an image | "each image must use the row of means of its own label"
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, 1, generator=generator)
    return (u < means[y]).float(), y


# %% wrong: always the most probable label | "each image must use the row of means of its own label"
def sample_pairs(prior, means, n, generator):
    y = prior.argmax().expand(n)
    u = torch.rand(n, means.shape[1], generator=generator)
    return (u < means[y]).float(), y


# %% wrong: ink and paper swapped | "each image must use the row of means of its own label"
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return (u > means[y]).float(), y


# %% wrong: probabilities instead of draws | "there are values in between"
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return means[y].float(), y


# %% wrong: labels first | "x should have shape (5000, 3), but it has shape (5000,)"
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return y, (u < means[y]).float()


# %% wrong: only the images | "what sample_pairs returns should be a list of 2 things"
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return (u < means[y]).float()


# %% wrong: labels one-hot | "y should have shape (5000,), but it has shape (5000, 2)"
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return (u < means[y]).float(), torch.nn.functional.one_hot(y)


# %% wrong: the generator is not used for the images | "x of the same seed"
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1])
    return (u < means[y]).float(), y


# %% wrong: the mean image of the batch labels | "each image must use the row of means of its own label"
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return (u < means[y].mean(0)).float(), y


# %% right: cumulative sums
def sample_pairs(prior, means, n, generator):
    u = torch.rand(n, generator=generator, dtype=torch.float64)
    y = (u[:, None] > prior.double().cumsum(0)[:-1]).sum(1)
    x = torch.bernoulli(means.index_select(0, y), generator=generator)
    return x.float(), y


# %% right: one pair at a time
def sample_pairs(prior, means, n, generator):
    u = torch.rand(n, means.shape[1] + 1, generator=generator).tolist()
    edges, rates = prior.double().cumsum(0).tolist(), means.tolist()
    x, y = [], []
    for first, *rest in u:
        k = min(sum(first >= e for e in edges), len(edges) - 1)
        x.append([float(v < q) for v, q in zip(rest, rates[k])])
        y.append(k)
    return torch.tensor(x), torch.tensor(y)


# %% right: every label draws an image, one is kept, float64
def sample_pairs(prior, means, n, generator):
    y = torch.multinomial(prior.double(), n, replacement=True, generator=generator)
    every = torch.rand(n, *means.shape, generator=generator, dtype=torch.float64) < means
    return [every[torch.arange(n), y].double(), y]


# %% right: numpy for the look-up
def sample_pairs(prior, means, n, generator):
    import numpy as np
    u = torch.rand(n, means.shape[1] + 1, generator=generator, dtype=torch.float64).numpy()
    y = np.searchsorted(np.cumsum(prior.double().numpy())[:-1], u[:, 0])
    x = (u[:, 1:] < means.numpy()[y]).astype(np.float32)
    return torch.from_numpy(x), torch.from_numpy(y)

# %% wrong: a seed of its own | "set no seed of your own"
def sample_pairs(prior, means, n, generator):
    generator = torch.Generator().manual_seed(0)
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return (u < means[y]).float(), y
