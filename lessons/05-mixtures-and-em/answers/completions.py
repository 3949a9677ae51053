# %% wrong: every image, observed pixels too | "the completions should have shape (4, 4)"
def completions(x, missing):
    n = len(x)
    numbers = torch.arange(2**n)[:, None]
    return ((numbers >> torch.arange(n)) & 1).to(x.dtype)


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()

# %% wrong: all missing pixels dark, or all light | "the completions should have shape (4, 4)"
def completions(x, missing):
    return torch.stack([torch.where(missing, torch.full_like(x, v), x) for v in (0.0, 1.0)])


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()

# %% wrong: fills the first places instead of the missing ones | "it stays in every completion"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, :m] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()

# %% wrong: the mask the wrong way round | "it stays in every completion"
def completions(x, missing):
    there = ~missing
    m = int(there.sum())
    images = x.round().repeat(2**m, 1)
    images[:, there] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()

# %% wrong: draws instead of listing | "each way to fill in the missing pixels comes once"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = torch.bernoulli(torch.full((2**m, m), 0.9), generator=torch.Generator().manual_seed(0)).to(x)
    return images


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()

# %% wrong: fills in place | "your function changed x"
def completions(x, missing):
    m, rows = int(missing.sum()), []
    for number in range(2**m):
        x[missing] = torch.tensor([float(number >> j & 1) for j in range(m)]).to(x)
        rows.append(x.clone())
    return torch.stack(rows)


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()

# %% wrong: the mean over the completions | "add up the probabilities of all completions"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0) - math.log(len(log_joint))
    return log_p, torch.softmax(log_joint, 0)

# %% wrong: the sum of the logarithms | "add up the probabilities of all completions"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    return log_joint.sum(0), torch.softmax(log_joint, 0)

# %% wrong: only the likeliest completion | "add up the probabilities of all completions"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    return log_joint.max(0).values, torch.softmax(log_joint, 0)

# %% wrong: the posterior normalised over the images | "it sums to one over z, for each x"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    return torch.logsumexp(log_joint, 0), torch.softmax(log_joint, 1)

# %% wrong: the joint in place of the posterior | "it sums to one over z, for each x"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    return torch.logsumexp(log_joint, 0), log_joint.exp()

# %% wrong: exp rounds to 0 | "of one x near -2000, where exp rounds to 0, and one near 0 contains NaN or infinity"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    p = log_joint.exp()
    return p.sum(0).log(), p / p.sum(0)

# %% wrong: a small number against log 0 | "nothing clamped"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    p = log_joint.exp()
    return (p.sum(0) + 1e-30).log(), torch.softmax(log_joint, 0)

# %% wrong: takes the missing pixels for a block | "it stays in every completion"
def completions(x, missing):
    m, first = int(missing.sum()), int(missing.float().argmax())
    images = x.repeat(2**m, 1)
    images[:, first : first + m] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()

# %% wrong: adds to what stood at a missing pixel | "the completions should not exceed 1"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] += ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()

# %% wrong: whole numbers, no floats | "the completions should be a float tensor"
def completions(x, missing):
    m = int(missing.sum())
    images = x.long().repeat(2**m, 1)
    images[:, missing] = (torch.arange(2**m)[:, None] >> torch.arange(m)) & 1
    return images


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()

# %% wrong: two missing pixels, whatever is missing | "the completions"
def completions(x, missing):
    images = x.repeat(4, 1)
    images[:, missing.nonzero()[0]] = torch.tensor([[0.0], [0], [1], [1]]).to(x)
    images[:, missing.nonzero()[-1]] = torch.tensor([[0.0], [1], [0], [1]]).to(x)
    return images


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()

# %% wrong: adds up over the images | "add up the probabilities of all completions"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    log_p = torch.logsumexp(log_joint, 1)
    return log_p, (log_joint - log_p).exp()

# %% wrong: one largest number for all images | "contains NaN or infinity"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    p = (log_joint - log_joint.max()).exp()
    return p.sum(0).log() + log_joint.max(), p / p.sum(0)

# %% wrong: the posterior normalised over the whole table | "it sums to one over z, for each x"
def completions(x, missing):
    m = int(missing.sum())
    images = x.repeat(2**m, 1)
    images[:, missing] = ((torch.arange(2**m)[:, None] >> torch.arange(m)) & 1).to(x.dtype)
    return images


def marginal(log_joint):
    return torch.logsumexp(log_joint, 0), (log_joint - torch.logsumexp(log_joint.flatten(), 0)).exp()

# %% right: a loop over whole numbers
def completions(x, missing):
    places = [i for i in range(len(x)) if missing[i]]
    rows = []
    for number in range(2 ** len(places)):
        row = x.clone()
        for j, i in enumerate(places):
            row[i] = (number >> j) & 1
        rows.append(row)
    return torch.stack(rows)


def marginal(log_joint):
    log_p = log_joint[0]
    for row in log_joint[1:]:
        log_p = torch.logaddexp(log_p, row)
    return log_p, torch.exp(log_joint - log_p)

# %% right: itertools
def completions(x, missing):
    import itertools

    ways = [(0.0, 1.0) if gone else (v,) for v, gone in zip(x.tolist(), missing.tolist())]
    return torch.tensor(list(itertools.product(*ways)), dtype=x.dtype)


def marginal(log_joint):
    top = log_joint.amax(0)
    p = (log_joint - top).exp()
    return top + p.sum(0).log(), p / p.sum(0)

# %% right: doubles the list at each missing pixel
def completions(x, missing):
    images = x[None]
    for i in missing.nonzero().flatten().tolist():
        pair = []
        for v in (0, 1):
            copy = images.clone()
            copy[:, i] = v
            pair.append(copy)
        images = torch.cat(pair)
    return images


def marginal(log_joint):
    return log_joint.logsumexp(0), log_joint.softmax(0)

# %% right: numpy inside
def completions(x, missing):
    import numpy as np

    gone, m = missing.cpu().numpy(), int(missing.sum())
    images = np.repeat(x.cpu().numpy()[None], 2**m, 0)
    images[:, gone] = np.stack(np.meshgrid(*[[0, 1]] * m), -1).reshape(-1, m)
    return torch.from_numpy(images).to(x)


def marginal(log_joint):
    import numpy as np

    rows = log_joint.cpu().numpy()
    log_p = np.logaddexp.reduce(rows, axis=0)
    return torch.from_numpy(log_p).to(log_joint), torch.from_numpy(np.exp(rows - log_p)).to(log_joint)

# %% right: filters all images
def completions(x, missing):
    whole = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * len(x)).reshape(-1, len(x)).to(x)
    return whole[((whole == x) | missing).all(1)]


def marginal(log_joint):
    found = torch.distributions.Categorical(logits=log_joint.T)
    return (log_joint - found.logits.T)[0], found.probs.T

# %% right: binary digits as text, a column at a time
def completions(x, missing):
    m = int(missing.sum())
    ways = torch.tensor([[float(c) for c in format(i, f"0{m}b")] for i in reversed(range(2**m))])
    rows = [x.clone().masked_scatter(missing, way.to(x)) for way in ways]
    return torch.stack(rows)


def marginal(log_joint):
    log_p = torch.stack([column.logsumexp(0) for column in log_joint.unbind(1)])
    return log_p, torch.stack([column.softmax(0) for column in log_joint.T]).T

# %% right: a product of zeros and ones where a pixel is missing
def completions(x, missing):
    values = [torch.tensor([0.0, 1.0]).to(x) if gone else v[None] for v, gone in zip(x, missing)]
    return torch.stack(torch.meshgrid(*values, indexing="ij"), -1).reshape(-1, len(x))


def marginal(log_joint):
    posterior = log_joint.log_softmax(0)
    return log_joint[0] - posterior[0], posterior.exp()
