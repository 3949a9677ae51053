# %% wrong: no inner nonlinearity | "a sigmoid inside, one outside, both with their bias"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = x @ A.T + b
    return torch.sigmoid(alpha_0 + h @ alpha)


# %% wrong: no inner bias | "a sigmoid inside, one outside, both with their bias"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = torch.sigmoid(x @ A.T)
    return torch.sigmoid(alpha_0 + h @ alpha)


# %% wrong: no outer bias | "a sigmoid inside, one outside, both with their bias"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = torch.sigmoid(x @ A.T + b)
    return torch.sigmoid(h @ alpha)


# %% wrong: no outer sigmoid | "a sigmoid inside, one outside, both with their bias"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = torch.sigmoid(x @ A.T + b)
    return alpha_0 + h @ alpha


# %% wrong: tanh for the sigmoid | "h = sigmoid(A x + b), then sigmoid(alpha_0 + alpha . h)"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = torch.tanh(x @ A.T + b)
    return torch.sigmoid(alpha_0 + h @ alpha)


# %% wrong: A not transposed | "mat1 and mat2 shapes cannot be multiplied"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = torch.sigmoid(x @ A + b)
    return torch.sigmoid(alpha_0 + h @ alpha)


# %% wrong: relu features | "a sigmoid inside, one outside, both with their bias"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = torch.relu(x @ A.T + b)
    return torch.sigmoid(alpha_0 + h @ alpha)


# %% wrong: a step for the inner sigmoid | "h = sigmoid(A x + b), then sigmoid(alpha_0 + alpha . h)"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = (x @ A.T + b > 0).to(x.dtype)
    return torch.sigmoid(alpha_0 + h @ alpha)


# %% wrong: the weights alpha inside the features | "should have shape (4,), but it has shape (4, 2)"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = torch.sigmoid(x @ A.T + b)
    return torch.sigmoid(alpha_0 + h * alpha)


# %% wrong: features averaged | "a sigmoid inside, one outside, both with their bias"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = torch.sigmoid(x @ A.T + b)
    return torch.sigmoid(alpha_0 + (h * alpha).mean(1))


# %% right: loops
def neural_conditional(alpha_0, alpha, A, b, x):
    out = []
    for example in x:
        z = alpha_0
        for k in range(len(alpha)):
            z = z + alpha[k] * torch.sigmoid(b[k] + (A[k] * example).sum())
        out.append(torch.sigmoid(z))
    return torch.stack(out)


# %% right: einsum
def neural_conditional(alpha_0, alpha, A, b, x):
    h = torch.special.expit(torch.einsum("hn,bn->bh", A, x) + b)
    return torch.special.expit(torch.einsum("h,bh->b", alpha, h) + alpha_0)


# %% right: torch.nn.functional in float64
def neural_conditional(alpha_0, alpha, A, b, x):
    linear = torch.nn.functional.linear
    h = torch.sigmoid(linear(x.double(), A.double(), b.double()))
    return torch.sigmoid(linear(h, alpha.double()[None], alpha_0.double()[None]))[:, 0]


# %% right: numpy inside
def neural_conditional(alpha_0, alpha, A, b, x):
    import numpy as np
    def sigma(z):
        return 1 / (1 + np.exp(-z))
    A, b, alpha, x = (t.detach().numpy() for t in (A, b, alpha, x))
    return torch.as_tensor(sigma(sigma(x @ A.T + b) @ alpha + alpha_0.item()))

# %% wrong: squeezes a batch of one away | "for a batch of 1 should have shape (1,)"
def neural_conditional(alpha_0, alpha, A, b, x):
    h = torch.sigmoid(x @ A.T + b)
    return torch.sigmoid(alpha_0 + (h @ alpha[:, None]).squeeze())
