# %% wrong: the answer that is known here | "the variance of your gradient over 20000 draws is too small"
def pathwise_gradients(theta, eps):
    return (2 * theta).expand(eps.shape)

# %% wrong: the mean over the draws | "should have shape (k,), one entry for each of k draws"
def pathwise_gradients(theta, eps):
    return (2 * (theta + eps)).mean()

# %% wrong: the mean, once for each draw | "neither the mean nor"
def pathwise_gradients(theta, eps):
    return (2 * (theta + eps)).mean().expand(eps.shape)

# %% wrong: the factor 2 is lost | "your gradient at theta = 1.5 is biased"
def pathwise_gradients(theta, eps):
    return theta + eps

# %% wrong: theta is lost | "differentiate (theta + eps)^2 with respect to theta"
def pathwise_gradients(theta, eps):
    return 2 * eps

# %% wrong: the value, not its gradient | "is biased"
def pathwise_gradients(theta, eps):
    return (theta + eps) ** 2

# %% wrong: the score function's estimator | "the variance of your gradient over 20000 draws is too large"
def pathwise_gradients(theta, eps):
    return (theta + eps) ** 2 * eps

# %% wrong: half of the noise | "the variance of your gradient over 20000 draws is too small"
def pathwise_gradients(theta, eps):
    return 2 * theta + eps

# %% wrong: the noise taken off | "the gradients of the example by hand"
def pathwise_gradients(theta, eps):
    return 2 * (theta - eps)

# %% wrong: nothing comes back | "is the last line of your function a `return`?"
def pathwise_gradients(theta, eps):
    x = theta + eps
    gradient = 2 * x

# %% wrong: the noise changed in place | "your function changed eps"
def pathwise_gradients(theta, eps):
    eps += theta
    return 2 * eps

# %% wrong: the theta of the test | "the gradients of the example by hand"
def pathwise_gradients(theta, eps):
    return 3 + 2 * eps

# %% wrong: new noise | "the gradients of the example by hand"
def pathwise_gradients(theta, eps):
    return 2 * (theta + torch.randn_like(eps))

# %% wrong: the noise scaled by theta | "is too large"
def pathwise_gradients(theta, eps):
    return 2 * theta * (1 + eps)

# %% wrong: only for a positive theta | "each belongs to its own draw"
def pathwise_gradients(theta, eps):
    return 2 * (theta.abs() + eps)

# %% wrong: the draws in another order | "each belongs to its own draw"
def pathwise_gradients(theta, eps):
    return 2 * (theta + eps).sort().values

# %% wrong: always float32 | "should be a float64 tensor"
def pathwise_gradients(theta, eps):
    return (2 * (theta + eps)).float()

# %% right: autograd, theta once for each draw
def pathwise_gradients(theta, eps):
    each = theta.detach().repeat(len(eps)).requires_grad_()
    return torch.autograd.grad(((each + eps) ** 2).sum(), each)[0]

# %% right: one draw at a time
def pathwise_gradients(theta, eps):
    found = []
    for noise in eps:
        t = theta.detach().clone().requires_grad_()
        ((t + noise) ** 2).backward()
        found.append(t.grad)
    return torch.stack(found)

# %% right: numpy inside
def pathwise_gradients(theta, eps):
    x = eps.cpu().numpy() + theta.item()
    return torch.from_numpy(x + x).to(eps)

# %% right: the chain rule written out
def pathwise_gradients(theta, eps):
    x = torch.add(theta, eps)
    dx_dtheta = torch.ones_like(x)
    return 2 * x * dx_dtheta

# %% right: the graph left in place
def pathwise_gradients(theta, eps):
    each = theta.detach().repeat(len(eps)).requires_grad_()
    return torch.autograd.grad(((each + eps) ** 2).sum(), each, create_graph=True)[0]

# %% right: a symmetric difference, exact for a square
def pathwise_gradients(theta, eps):
    f = lambda t: (t.double() + eps.double()) ** 2
    return (f(theta + 1) / 2 - f(theta - 1) / 2).to(eps.dtype)
