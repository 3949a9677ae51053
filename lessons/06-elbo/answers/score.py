# %% wrong: x not detached, so that f is differentiated instead | "the variance of your score-function gradient over 100000 draws is too small"
def score_gradients(theta, eps):
    each = theta.detach().repeat(len(eps)).requires_grad_()
    x = each + eps
    f = x**2 + x.detach() ** 2 * Normal(each, 1.0).log_prob(x)
    return torch.autograd.grad(f.sum(), each)[0]

# %% wrong: x not detached, both paths count | "x is held fixed in both"
def score_gradients(theta, eps):
    each = theta.detach().repeat(len(eps)).requires_grad_()
    x = each + eps
    f = x**2 * Normal(each, 1.0).log_prob(x)
    return torch.autograd.grad(f.sum(), each)[0]

# %% wrong: f still moves with theta | "is biased"
def score_gradients(theta, eps):
    each = theta.detach().repeat(len(eps)).requires_grad_()
    x = each + eps
    f = x**2 * Normal(each, 1.0).log_prob(x.detach())
    return torch.autograd.grad(f.sum(), each)[0]

# %% wrong: the sign of the score | "is biased"
def score_gradients(theta, eps):
    x = theta + eps
    return x**2 * (theta - x)

# %% wrong: f is missing | "each draw gives f(x) times the derivative of log q(x)"
def score_gradients(theta, eps):
    return eps

# %% wrong: the derivative of q, not of log q | "not of q(x)"
def score_gradients(theta, eps):
    x = theta + eps
    q = torch.exp(-(eps**2) / 2) / math.sqrt(2 * math.pi)
    return x**2 * eps * q

# %% wrong: log q itself | "times the derivative of log q(x)"
def score_gradients(theta, eps):
    return (theta + eps) ** 2 * Normal(theta, 1.0).log_prob(theta + eps)

# %% wrong: through the sample | "the variance of your score-function gradient over 100000 draws is too small"
def score_gradients(theta, eps):
    return 2 * (theta + eps)

# %% wrong: the derivative of f as well | "is biased"
def score_gradients(theta, eps):
    x = theta + eps
    return 2 * x * eps

# %% wrong: the noise for the sample | "is biased"
def score_gradients(theta, eps):
    return eps**2 * eps

# %% wrong: the mean over the draws | "should have shape (k,), one entry for each of k draws"
def score_gradients(theta, eps):
    return ((theta + eps) ** 2 * eps).mean()

# %% wrong: a baseline that nobody asked for | "too small"
def score_gradients(theta, eps):
    x = theta + eps
    return (x**2 - theta**2 - 3) * eps

# %% wrong: a baseline from the batch | "with nothing taken off"
def score_gradients(theta, eps):
    f = (theta + eps) ** 2
    return (f - f.mean()) * eps

# %% wrong: new samples | "x held fixed"
def score_gradients(theta, eps):
    noise = torch.randn_like(eps)
    return (theta + noise) ** 2 * noise

# %% wrong: the theta of the test | "x held fixed"
def score_gradients(theta, eps):
    return (1.5 + eps) ** 2 * eps

# %% wrong: only for a positive theta | "x held fixed"
def score_gradients(theta, eps):
    return (theta.abs() + eps) ** 2 * eps

# %% wrong: the size of the score | "is biased"
def score_gradients(theta, eps):
    return (theta + eps) ** 2 * eps.abs()

# %% wrong: the derivative of log q with respect to x | "is biased"
def score_gradients(theta, eps):
    x = (theta.detach() + eps).requires_grad_()
    (slope,) = torch.autograd.grad(Normal(theta.detach(), 1.0).log_prob(x).sum(), x)
    return x.detach() ** 2 * slope

# %% right: autograd, x detached
def score_gradients(theta, eps):
    each = theta.detach().repeat(len(eps)).requires_grad_()
    x = (each + eps).detach()
    surrogate = x**2 * Normal(each, 1.0).log_prob(x)
    return torch.autograd.grad(surrogate.sum(), each)[0]

# %% right: one draw at a time
def score_gradients(theta, eps):
    return torch.stack([(theta + e) * (theta + e) * e for e in eps])

# %% right: numpy inside
def score_gradients(theta, eps):
    noise = eps.cpu().numpy()
    return torch.from_numpy((noise + theta.item()) ** 2 * noise).to(eps)

# %% right: the log-density written out
def score_gradients(theta, eps):
    x, each = theta.detach() + eps, theta.detach().repeat(len(eps)).requires_grad_()
    log_q = -((x - each) ** 2) / 2
    (score,) = torch.autograd.grad(log_q.sum(), each)
    return torch.einsum("k,k->k", x.square(), score)

# %% right: the slope of log q between two thetas, exact for a parabola
def score_gradients(theta, eps):
    x = theta + eps
    log_q = lambda t: -((x - t) ** 2) / 2
    return x * x * (log_q(theta + 0.5) - log_q(theta - 0.5))

# %% right: the derivative of q over q
def score_gradients(theta, eps):
    x = theta + eps
    q = torch.exp(-((x - theta) ** 2) / 2)
    return x.pow(2) * ((x - theta) * q) / q
