# %% wrong: normalised over the components | "p(y | z) is a row for each component"
def label_posterior(r, r_labelled, y, L, beta):
    counts = r_labelled.T @ torch.nn.functional.one_hot(y, L).to(r.dtype) + beta
    return r @ (counts / counts.sum(0))

# %% wrong: no pseudo-count | "beta joins every count first"
def label_posterior(r, r_labelled, y, L, beta):
    counts = r_labelled.T @ torch.nn.functional.one_hot(y, L).to(r.dtype)
    return r @ (counts / counts.sum(1, keepdim=True))

# %% wrong: the pseudo-count once below | "p(y | x) of the example"
def label_posterior(r, r_labelled, y, L, beta):
    counts = r_labelled.T @ torch.nn.functional.one_hot(y, L).to(r.dtype)
    return r @ ((counts + beta) / (counts.sum(1, keepdim=True) + beta))

# %% wrong: the likeliest component takes all | "p(y | x) of the example"
def label_posterior(r, r_labelled, y, L, beta):
    counts = r_labelled.T @ torch.nn.functional.one_hot(y, L).to(r.dtype) + beta
    return (counts / counts.sum(1, keepdim=True))[r.argmax(1)]

# %% wrong: labelled images fall into one component | "p(y | x) of the example"
def label_posterior(r, r_labelled, y, L, beta):
    hot = torch.nn.functional.one_hot
    hard = hot(r_labelled.argmax(1), r.shape[1]).to(r.dtype)
    counts = hard.T @ hot(y, L).to(r.dtype) + beta
    return r @ (counts / counts.sum(1, keepdim=True))

# %% wrong: only the labels that occur | "should have shape"
def label_posterior(r, r_labelled, y, L, beta):
    counts = r_labelled.T @ torch.nn.functional.one_hot(y).to(r.dtype) + beta
    return r @ (counts / counts.sum(1, keepdim=True))

# %% wrong: counts, not shares | "p(y | x) of the example"
def label_posterior(r, r_labelled, y, L, beta):
    return r @ (r_labelled.T @ torch.nn.functional.one_hot(y, L).to(r.dtype) + beta)

# %% wrong: normalises at the end | "p(y | x) of the example"
def label_posterior(r, r_labelled, y, L, beta):
    counts = r @ (r_labelled.T @ torch.nn.functional.one_hot(y, L).to(r.dtype) + beta)
    return counts / counts.sum(1, keepdim=True)

# %% wrong: the pseudo-count after the shares | "p(y | x) of the example"
def label_posterior(r, r_labelled, y, L, beta):
    counts = r_labelled.T @ torch.nn.functional.one_hot(y, L).to(r.dtype)
    p = counts / counts.sum(1, keepdim=True) + beta
    return r @ (p / p.sum(1, keepdim=True))

# %% wrong: beta K below | "p(y | x)"
def label_posterior(r, r_labelled, y, L, beta):
    counts = r_labelled.T @ torch.nn.functional.one_hot(y, L).to(r.dtype)
    return r @ ((counts + beta) / (counts.sum(1, keepdim=True) + r.shape[1] * beta))

# %% wrong: beta is always one | "p(y | x) of"
def label_posterior(r, r_labelled, y, L, beta):
    counts = r_labelled.T @ torch.nn.functional.one_hot(y, L).to(r.dtype) + 1
    return r @ (counts / counts.sum(1, keepdim=True))

# %% right: one label at a time
def label_posterior(r, r_labelled, y, L, beta):
    N = r_labelled.sum(0) + L * beta
    columns = [r @ ((r_labelled[y == l].sum(0) + beta) / N) for l in range(L)]
    return torch.stack(columns, 1)

# %% right: index_add
def label_posterior(r, r_labelled, y, L, beta):
    counts = torch.zeros(L, r.shape[1], dtype=r.dtype, device=r.device)
    counts = counts.index_add(0, y, r_labelled) + beta
    return r @ (counts / counts.sum(0)).T

# %% right: einsum
def label_posterior(r, r_labelled, y, L, beta):
    seen = (y[:, None] == torch.arange(L)).to(r.dtype)
    counts = torch.einsum("mk,ml->kl", r_labelled, seen) + beta
    return torch.einsum("bk,kl,k->bl", r, counts, 1 / counts.sum(1))

# %% right: numpy inside
def label_posterior(r, r_labelled, y, L, beta):
    seen = np.eye(L)[y.numpy()]
    counts = r_labelled.numpy().T @ seen + beta
    p = r.numpy() @ (counts / counts.sum(1, keepdims=True))
    return torch.from_numpy(p).to(r.dtype)

# %% right: loops
def label_posterior(r, r_labelled, y, L, beta):
    K = r.shape[1]
    out = torch.zeros(len(r), L, dtype=r.dtype)
    for k in range(K):
        total = L * beta + sum(row[k] for row in r_labelled)
        for l in range(L):
            count = beta + sum(row[k] for row, label in zip(r_labelled, y.tolist()) if label == l)
            out[:, l] += r[:, k] * count / total
    return out

# %% right: a matrix of labels by components
def label_posterior(r, r_labelled, y, L, beta):
    Y = torch.eye(L, dtype=r.dtype)[:, y]
    table = Y @ r_labelled + beta
    return torch.einsum("bk,lk->bl", r / table.sum(0), table)
