# %% wrong: the second bias alone | "the first bias passes through the second layer too"
def collapse(W1, b1, W2, b2):
    return W2 @ W1, b2

# %% wrong: the biases added | "the first bias passes through the second layer too"
def collapse(W1, b1, W2, b2):
    return W2 @ W1, b1 + b2

# %% wrong: the product in the other order | "the order of a product matters"
def collapse(W1, b1, W2, b2):
    return W1 @ W2, W2 @ b1 + b2

# %% wrong: the weights added | "W of the example by hand"
def collapse(W1, b1, W2, b2):
    return W1 + W2, W2 @ b1 + b2

# %% wrong: both biases through the second layer | "b of the example by hand"
def collapse(W1, b1, W2, b2):
    return W2 @ W1, W2 @ (b1 + b2)

# %% wrong: entry by entry | "the order of a product matters"
def collapse(W1, b1, W2, b2):
    return W2 * W1, W2 @ b1 + b2

# %% wrong: only the matrix | "should be a list of 2 things"
def collapse(W1, b1, W2, b2):
    return W2 @ W1

# %% wrong: forgets to return | "is the last line of your function a `return`"
def collapse(W1, b1, W2, b2):
    W, b = W2 @ W1, W2 @ b1 + b2

# %% right: reads W and b off what the layers do
def collapse(W1, b1, W2, b2):
    def both(x):
        return W2 @ (W1 @ x + b1) + b2
    b = both(torch.zeros(W1.shape[1], dtype=W1.dtype))
    W = torch.stack([both(e) - b for e in torch.eye(W1.shape[1], dtype=W1.dtype)], 1)
    return W, b

# %% right: einsum
def collapse(W1, b1, W2, b2):
    return torch.einsum("kd,dn->kn", W2, W1), torch.einsum("kd,d->k", W2, b1) + b2

# %% right: one matrix with the bias as a last column
def collapse(W1, b1, W2, b2):
    both = W2 @ torch.cat([W1, b1[:, None]], 1)
    return [both[:, :-1], both[:, -1] + b2]

# %% right: numpy inside
def collapse(W1, b1, W2, b2):
    import numpy as np
    W, b = np.dot(W2.numpy(), W1.numpy()), W2.numpy() @ b1.numpy() + b2.numpy()
    return torch.from_numpy(W), torch.from_numpy(b)

# %% wrong: adds to the caller's b2 | "your function changed b2"
def collapse(W1, b1, W2, b2):
    b2 += W2 @ b1
    return W2 @ W1, b2

# %% wrong: float32 inside | "suggests float32 inside"
def collapse(W1, b1, W2, b2):
    W, b = W2.float() @ W1.float(), W2.float() @ b1.float() + b2.float()
    return W.to(W1.dtype), b.to(b1.dtype)

# %% wrong: the mean of the first bias | "the first bias passes through the second layer too"
def collapse(W1, b1, W2, b2):
    return W2 @ W1, W2.sum(1) * b1.mean() + b2

# %% wrong: b as a column | "should have shape (1,)"
def collapse(W1, b1, W2, b2):
    return W2 @ W1, W2 @ b1[:, None] + b2[:, None]

# %% wrong: a relu between | "W1 acts first"
def collapse(W1, b1, W2, b2):
    return W2 @ W1.relu(), W2 @ b1.relu() + b2

# %% right: W transposed twice
def collapse(W1, b1, W2, b2):
    W = (W1.T @ W2.T).T
    return W, torch.nn.functional.linear(b1, W2, b2)

# %% right: loops
def collapse(W1, b1, W2, b2):
    W = torch.zeros(len(W2), W1.shape[1], dtype=W1.dtype)
    b = b2.clone()
    for u in range(len(b1)):
        W += torch.outer(W2[:, u], W1[u])
        b += W2[:, u] * b1[u]
    return W, b
