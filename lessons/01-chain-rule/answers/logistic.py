# %% wrong: no bias | "add the bias and one weight for each parent that is 1"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid(x @ alpha)


# %% wrong: conditions on the mean of the parents | "add the bias and one weight for each parent that is 1"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid(alpha_0 + alpha.sum() * x.mean(1).nan_to_num())


# %% wrong: no sigmoid | "add the bias and one weight for each parent that is 1"
def logistic_conditional(alpha_0, alpha, x):
    return alpha_0 + x @ alpha


# %% wrong: the probability of 0 | "add the bias and one weight for each parent that is 1"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid(-alpha_0 - x @ alpha)


# %% wrong: parents as -1 and 1 | "add the bias and one weight for each parent that is 1"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid(alpha_0 + (2 * x - 1) @ alpha)


# %% wrong: one value for each parent | "should have shape (4,), but it has shape (4, 2)"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid(alpha_0 + x * alpha)


# %% wrong: a column | "should have shape (4,), but it has shape (4, 1)"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid(alpha_0 + (x @ alpha)[:, None])


# %% wrong: a bias for each parent | "should have shape (4,)"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid(alpha_0 * torch.ones_like(alpha) + x * alpha)


# %% wrong: the bias once for each parent | "add the bias and one weight for each parent that is 1"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid((alpha_0 + x * alpha).sum(1))


# %% wrong: the mean over the batch | "should have shape (4,), but it has shape ()"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid(alpha_0 + x @ alpha).mean()


# %% wrong: forgets to return | "is the last line of your function a `return`?"
def logistic_conditional(alpha_0, alpha, x):
    p = torch.sigmoid(alpha_0 + x @ alpha)


# %% wrong: fails without parents | "p(Y = 1) without parents contains NaN"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid(alpha_0 + x.shape[1] * (x * alpha).mean(1))


# %% right: a loop over examples
def logistic_conditional(alpha_0, alpha, x):
    rows = []
    for example in x:
        z = float(alpha_0) + sum(float(a) * float(v) for a, v in zip(alpha, example))
        rows.append(1 / (1 + math.exp(-z)))
    return torch.tensor(rows, dtype=x.dtype)


# %% right: einsum in float64
def logistic_conditional(alpha_0, alpha, x):
    z = alpha_0.double() + torch.einsum("bn,n->b", x.double(), alpha.double())
    return 1 / (1 + (-z).exp())


# %% right: a softmax over 0 and 1
def logistic_conditional(alpha_0, alpha, x):
    z = (x * alpha).sum(-1) + alpha_0
    return torch.stack([torch.zeros_like(z), z], -1).softmax(-1)[..., 1]


# %% right: numpy inside
def logistic_conditional(alpha_0, alpha, x):
    import numpy as np
    z = alpha_0.item() + x.detach().numpy() @ alpha.detach().numpy()
    return torch.from_numpy(np.asarray(1 / (1 + np.exp(-z))))

# %% wrong: squeezes a batch of one away | "for a batch of 1 should have shape (1,)"
def logistic_conditional(alpha_0, alpha, x):
    return torch.sigmoid(alpha_0 + (x @ alpha[:, None]).squeeze())
