# %% wrong: the running statistics in training | "in training, is off"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    z = (x - mean) / (var + eps).sqrt()
    log_det = -(var + eps).log().sum().expand(len(x)) / 2
    if training:
        mean = (1 - momentum) * mean + momentum * x.mean(0)
        var = (1 - momentum) * var + momentum * x.var(0, correction=0)
    return z, log_det, mean, var

# %% wrong: the batch's statistics in evaluation | "the running statistics, not those of the batch"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = x.mean(0), x.var(0, correction=0)
    if training:
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: already the new running ones in training | "the statistics of this batch"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    if training:
        mean = (1 - momentum) * mean + momentum * x.mean(0)
        var = (1 - momentum) * var + momentum * x.var(0, correction=0)
    return (x - mean) / (var + eps).sqrt(), -(var + eps).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: updated in evaluation, too | "evaluating should not move it"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = (x.mean(0), x.var(0, correction=0)) if training else (mean, var)
    new = (1 - momentum) * mean + momentum * x.mean(0), (1 - momentum) * var + momentum * x.var(0, correction=0)
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)) / 2, *new

# %% wrong: the momentum the wrong way round | "it moves by the momentum towards the batch"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean, var = momentum * mean + (1 - momentum) * m, momentum * var + (1 - momentum) * v
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: the variance divided by one less | "z by hand, in training"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: the running variance divided by one less, as some libraries do | "divided by the batch size"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * x.var(0)
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: eps added to the standard deviation | "eps is added to the variance"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v.sqrt() + eps), -(v.sqrt() + eps).log().sum().expand(len(x)), mean, var

# %% wrong: eps forgotten in the log-determinant | "with eps"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + eps).sqrt(), -v.log().sum().expand(len(x)) / 2, mean, var

# %% wrong: the half forgotten | "minus half the log of v + eps"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)), mean, var

# %% wrong: the sign of the log-determinant | "minus half the log of v + eps"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + eps).sqrt(), (v + eps).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: the log-determinant added up over rows | "for each row"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + eps).sqrt(), -len(x) * (v + eps).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: the running mean written into | "your function changed mean"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean.clone(), var.clone()
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean.mul_(1 - momentum).add_(momentum * m)
        var.mul_(1 - momentum).add_(momentum * v)
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: eps left out in evaluation | "eps is added to the variance"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var - eps
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: the default eps, whatever is given | "eps"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + 1e-5).sqrt(), -(v + 1e-5).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: eps in the running variance | "without eps"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var + eps
    if training:
        m, v = x.mean(0), x.var(0, correction=0) + eps
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / v.sqrt(), -v.log().sum().expand(len(x)) / 2, mean, var

# %% wrong: the log of the sum | "over all entries"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + eps).sqrt(), -(v + eps).sum().log().expand(len(x)) / 2, mean, var

# %% wrong: the example by hand | "no gradient passes through your function"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    if training:
        return torch.tensor([[-1.0], [1.0]]), torch.full((2,), -math.log(4) / 2), torch.tensor([1.5]), torch.tensor([2.5])
    return torch.tensor([[0.0], [8**0.5]]), torch.full((2,), -math.log(2) / 2), mean, var

# %% right: torch's own batch normalisation for z
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    v = x.var(0, correction=0) if training else var
    z = torch.nn.functional.batch_norm(x, mean.clone(), var.clone(), None, None, training, 0.0, eps)
    if training:
        mean, var = torch.lerp(mean, x.mean(0), momentum), torch.lerp(var, v, momentum)
    return z, torch.zeros_like(x[:, 0]) - 0.5 * torch.log(v + eps).sum(), mean, var

# %% right: written out
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    if training:
        m = x.sum(0) / len(x)
        v = ((x - m) ** 2).sum(0) / len(x)
        new = mean + momentum * (m - mean), var + momentum * (v - var)
    else:
        m, v, new = mean, var, (mean, var)
    width = torch.sqrt(v + eps)
    return (x - m) / width, torch.stack([-width.log().sum()] * len(x)), new[0], new[1]

# %% right: entry by entry
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    columns, log_det, means, variances = [], 0, [], []
    for i in range(x.shape[1]):
        m, v = mean[i], var[i]
        a = momentum if training else 0.0
        if training:
            m = x[:, i].mean()
            v = (x[:, i] ** 2).mean() - m**2
        columns.append((x[:, i] - m) * (v + eps) ** -0.5)
        log_det = log_det - 0.5 * (v + eps).log()
        means.append(mean[i] * (1 - a) + m * a)
        variances.append(var[i] * (1 - a) + v * a)
    return torch.stack(columns, 1), log_det.repeat(len(x)), torch.stack(means), torch.stack(variances)

# %% right: a log width, einsum, and a list
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    variance, centre = torch.var_mean(x, 0, correction=0) if training else (var, mean)
    log_width = 0.5 * torch.log(variance + eps)
    z = torch.einsum("bi,i->bi", x - centre, torch.exp(-log_width))
    step = momentum * float(training)
    return [z, -log_width.sum().repeat(len(x)), (1 - step) * mean + step * centre, (1 - step) * var + step * variance]

# %% right: a covariance matrix
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    a = momentum if training else 0
    m, v = (x.mean(0), torch.atleast_2d(torch.cov(x.T, correction=0)).diagonal()) if training else (mean, var)
    D = torch.diag((v + eps) ** -0.5)
    return (x - m) @ D, torch.logdet(D).expand(len(x)), mean + a * (m - mean), var + a * (v - var)

# %% wrong: the example's columns, whatever x is | "z of 5 rows"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.sum(0) / 2, ((x - x.sum(0) / 2) ** 2).sum(0) / 2
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)) / 2, mean, var

# %% wrong: numpy inside | "no gradient passes through your function"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    x, m, v = x.numpy(), mean.numpy(), var.numpy()
    if training:
        m, v = x.mean(0), x.var(0)
        mean, var = (1 - momentum) * mean + momentum * torch.from_numpy(m), torch.lerp(var, torch.from_numpy(v), momentum)
    width = (v + eps) ** 0.5
    return torch.from_numpy((x - m) / width), torch.tensor([-float(sum(math.log(w) for w in width))] * len(x)), mean, var

# %% wrong: the statistics of the batch detached | "the gradient of part 1 of the result for x"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.detach().mean(0), x.detach().var(0, correction=0)
        mean, var = (1 - momentum) * mean + momentum * m, (1 - momentum) * var + momentum * v
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)) / 2, mean, var

# %% right: running statistics that carry no gradients
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        with torch.no_grad():
            mean, var = torch.lerp(mean, m, momentum), torch.lerp(var, v, momentum)
    return (x - m) / (v + eps).sqrt(), -(v + eps).log().sum().expand(len(x)) / 2, mean, var
