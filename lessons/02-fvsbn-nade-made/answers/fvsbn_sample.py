# %% wrong: all pixels in one pass | "draw each pixel given the pixels that were drawn before it"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x_hat = torch.sigmoid(alpha_0).expand(count, -1)
    return torch.bernoulli(x_hat, generator=generator)

# %% wrong: conditions on x_hat, not on the draw | "draw each pixel given the pixels that were drawn before it"
def fvsbn_sample(count, alpha_0, alpha, generator):
    n = len(alpha_0)
    x_hat = torch.zeros(count, n, dtype=alpha_0.dtype)
    for i in range(n):
        x_hat[:, i] = torch.sigmoid(alpha_0[i] + x_hat[:, :i] @ alpha[i, :i])
    return torch.bernoulli(x_hat, generator=generator)

# %% wrong: rounds instead of drawing | "in your samples"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x[:, i] = (alpha_0[i] + x[:, :i] @ alpha[i, :i] > 0).to(x.dtype)
    return x

# %% wrong: 0 and 1 exchanged | "in your samples"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])
        x[:, i] = torch.bernoulli(1 - x_hat, generator=generator)
    return x

# %% wrong: from the last pixel to the first | "draw each pixel given the pixels that were drawn before it"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in reversed(range(len(alpha_0))):
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])
        x[:, i] = torch.bernoulli(x_hat, generator=generator)
    return x

# %% wrong: one coin for all images | "in your samples"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])
        x[:, i] = (torch.rand(1, generator=generator) < x_hat).to(x.dtype)
    return x

# %% wrong: the score taken for a probability | "in your samples"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        z = alpha_0[i] + x[:, :i] @ alpha[i, :i]
        x[:, i] = torch.bernoulli(z.clamp(0, 1), generator=generator)
    return x

# %% wrong: ignores the generator | "pass `generator=generator` to every draw"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x[:, i] = torch.bernoulli(torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i]))
    return x

# %% wrong: returns the conditionals | "there are values in between"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    x_hat = torch.zeros_like(x)
    for i in range(len(alpha_0)):
        x_hat[:, i] = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])
        x[:, i] = torch.bernoulli(x_hat[:, i], generator=generator)
    return x_hat

# %% wrong: always float32 | "float64 tensor"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0))
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i].float())
        x[:, i] = torch.bernoulli(x_hat, generator=generator)
    return x

# %% right: compares with uniform numbers
def fvsbn_sample(count, alpha_0, alpha, generator):
    u = torch.rand(count, len(alpha_0), generator=generator)
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x[:, i] = (u[:, i] < torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])).to(x.dtype)
    return x

# %% right: fills a list, column by column
def fvsbn_sample(count, alpha_0, alpha, generator):
    columns = []
    for i in range(len(alpha_0)):
        z = alpha_0[i].expand(count).clone()
        for j, x_j in enumerate(columns):
            z += alpha[i, j] * x_j
        columns.append(torch.bernoulli(torch.sigmoid(z), generator=generator))
    return torch.stack(columns, 1)

# %% right: the masked matrix again and again, the same noise each time
def fvsbn_sample(count, alpha_0, alpha, generator):
    u = torch.rand(count, len(alpha_0), generator=generator, dtype=alpha_0.dtype)
    x = torch.zeros_like(u)
    for _ in range(len(alpha_0)):
        x = (u < torch.sigmoid(alpha_0 + x @ alpha.tril(-1).T)).to(u.dtype)
    return x

# %% right: numpy inside
def fvsbn_sample(count, alpha_0, alpha, generator):
    import numpy as np
    u = torch.rand(count, len(alpha_0), generator=generator).numpy()
    b, W = alpha_0.numpy(), alpha.numpy()
    x = np.zeros((count, len(b)), dtype=W.dtype)
    for i in range(len(b)):
        x[:, i] = u[:, i] < 1 / (1 + np.exp(-b[i] - x[:, :i] @ W[i, :i]))
    return torch.from_numpy(x)

# %% wrong: seeds the global generator from the given one | "drew from PyTorch's global random numbers"
def fvsbn_sample(count, alpha_0, alpha, generator):
    torch.manual_seed(generator.initial_seed())
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x[:, i] = torch.bernoulli(torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i]))
    return x

# %% wrong: cuts the caller's matrix | "your function changed alpha"
def fvsbn_sample(count, alpha_0, alpha, generator):
    alpha.tril_(-1)
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0 + x @ alpha.T)[:, i]
        x[:, i] = torch.bernoulli(x_hat, generator=generator)
    return x

# %% wrong: a single image squeezed | "a draw of one image should have shape (1, "
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])
        x[:, i] = torch.bernoulli(x_hat, generator=generator)
    return x.squeeze(0)

# %% wrong: the upper triangle left in | "in your samples"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.bernoulli(torch.full((count, len(alpha_0)), 0.5, dtype=alpha_0.dtype), generator=generator)
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0[i] + x @ alpha[i])
        x[:, i] = torch.bernoulli(x_hat, generator=generator)
    return x

# %% wrong: the same noise for every pixel | "in your samples"
def fvsbn_sample(count, alpha_0, alpha, generator):
    u = torch.rand(count, generator=generator)
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x[:, i] = (u < torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])).to(x.dtype)
    return x

# %% wrong: only the pixel just before | "in your samples"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        j = max(i - 1, 0)
        x_hat = torch.sigmoid(alpha_0[i] + x[:, j:i] @ alpha[i, j:i])
        x[:, i] = torch.bernoulli(x_hat, generator=generator)
    return x

# %% wrong: booleans | "it is a bool tensor"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])
        x[:, i] = torch.bernoulli(x_hat, generator=generator)
    return x > 0

# %% right: a running score
def fvsbn_sample(count, alpha_0, alpha, generator):
    z, x = alpha_0.repeat(count, 1), []
    for i in range(len(alpha_0)):
        x.append(torch.bernoulli(z[:, i].sigmoid(), generator=generator))
        z = z + x[-1][:, None] * alpha[:, i]
    return torch.stack(x, dim=1)

# %% right: logistic noise
def fvsbn_sample(count, alpha_0, alpha, generator):
    noise = torch.rand(count, len(alpha_0), generator=generator, dtype=torch.float64).logit()
    x = alpha_0.new_zeros(count, len(alpha_0))
    for i in range(len(alpha_0)):
        x[:, i] = alpha_0[i] + x[:, :i] @ alpha[i, :i] > noise[:, i]
    return x

# %% wrong: images feed each other | "in your samples"
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i].mean(0) @ alpha[i, :i])
        x[:, i] = torch.bernoulli(x_hat.expand(count), generator=generator)
    return x
