# %% wrong: the path, which is flat | "for tails mind the sign"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, torch.zeros_like(u)

# %% wrong: flat, so the gradient is 0 | "differentiate p f(1) + (1 - p) f(0)"
def coin_gradients(p, u, f0, f1):
    return torch.zeros_like(p), torch.zeros_like(u)

# %% wrong: the derivative of q, not of log q | "1 / p for heads"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, torch.where(u < p, f1, -f0)

# %% wrong: the sign for tails | "mind the sign"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, torch.where(u < p, f1 / p, f0 / (1 - p))

# %% wrong: p below for tails, too | "divide by 1 - p"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, torch.where(u < p, f1 / p, -f0 / p)

# %% wrong: heads and tails swapped | "the score-function gradients of four draws"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, torch.where(u > p, f1 / p, -f0 / (1 - p))

# %% wrong: f at the other side | "the exact gradient is off"
def coin_gradients(p, u, f0, f1):
    return f0 - f1, torch.where(u < p, f1 / p, -f0 / (1 - p))

# %% wrong: the value, not its gradient | "differentiate p f(1) + (1 - p) f(0)"
def coin_gradients(p, u, f0, f1):
    return p * f1 + (1 - p) * f0, torch.where(u < p, f1 / p, -f0 / (1 - p))

# %% wrong: f is missing | "f(x) times the derivative of log q(x)"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, torch.where(u < p, 1 / p, -1 / (1 - p))

# %% wrong: the mean over the draws | "should have shape (4,)"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, torch.where(u < p, f1 / p, -f0 / (1 - p)).mean()

# %% wrong: differentiated with respect to the logit | "the score-function gradients of four draws"
def coin_gradients(p, u, f0, f1):
    x = (u < p).to(u.dtype)
    return f1 - f0, (f0 + x * (f1 - f0)) * (x - p)

# %% wrong: x as a mean field | "the score-function gradients of four draws"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, (f1 - f0).expand(u.shape)

# %% wrong: the mean of the draws for the truth | "it is the same whatever the draws"
def coin_gradients(p, u, f0, f1):
    score = torch.where(u < p, f1 / p, -f0 / (1 - p))
    return score.mean(), score

# %% wrong: a fair coin's draws | "the score-function gradients of four draws"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, torch.where(u < 0.5, f1 / p, -f0 / (1 - p))

# %% wrong: the p of the example | "the score-function gradients of 6 draws"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, torch.where(u < p, 4 * f1, -4 * f0 / 3)

# %% wrong: only gains, no losses | "the exact gradient is off"
def coin_gradients(p, u, f0, f1):
    return (f1 - f0).abs(), torch.where(u < p, f1 / p, -f0 / (1 - p))

# %% wrong: f of both sides | "the score-function gradients of four draws"
def coin_gradients(p, u, f0, f1):
    return f1 - f0, (f1 - f0) * torch.where(u < p, 1 / p, -1 / (1 - p))

# %% wrong: the best baseline taken off | "the score-function gradients of four draws"
def coin_gradients(p, u, f0, f1):
    b = (1 - p) * f1 + p * f0
    return f1 - f0, torch.where(u < p, (f1 - b) / p, (b - f0) / (1 - p))

# %% right: one formula for both sides
def coin_gradients(p, u, f0, f1):
    x = (u < p).to(u.dtype)
    return f1 - f0, (f0 + x * (f1 - f0)) * (x - p) / (p * (1 - p))

# %% right: autograd of log q
def coin_gradients(p, u, f0, f1):
    each = p.detach().repeat(len(u)).requires_grad_()
    x = (u < each.detach()).to(u.dtype)
    f = torch.where(x > 0, f1, f0)
    log_q = torch.distributions.Bernoulli(probs=each).log_prob(x)
    return f1 - f0, torch.autograd.grad((f * log_q).sum(), each)[0]

# %% right: one draw at a time
def coin_gradients(p, u, f0, f1):
    score = [f1 / p if one < p else f0 / (p - 1) for one in u]
    return f1 - f0, torch.stack(score)

# %% right: numpy inside
def coin_gradients(p, u, f0, f1):
    import numpy as np
    q, a, b = p.item(), f0.item(), f1.item()
    score = np.where(u.cpu().numpy() < q, b / q, -a / (1 - q))
    return torch.tensor(b - a, dtype=u.dtype, device=u.device), torch.from_numpy(score).to(u)

# %% right: autograd for both
def coin_gradients(p, u, f0, f1):
    q = p.detach().clone().requires_grad_()
    (exact,) = torch.autograd.grad(q * f1 + (1 - q) * f0, q)
    score = torch.autograd.functional.jacobian(
        lambda q: torch.where(u < p, f1 * q.log(), f0 * torch.log1p(-q)), p)
    return exact, score

# %% right: picked by index
def coin_gradients(p, u, f0, f1):
    table = torch.stack([f0 / (p - 1), f1 / p])
    return [f1.sub(f0), table[(u < p).long()]]
