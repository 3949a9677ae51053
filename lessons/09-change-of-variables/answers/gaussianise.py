# %% wrong: the turns' determinants forgotten | "each layer adds log |det W|"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
        total = total + log_det
    return x, total

# %% wrong: the turns' determinants with the wrong sign | "each layer adds log |det W|"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
        total = total + log_det - torch.linalg.slogdet(W).logabsdet
    return x, total

# %% wrong: only the last layer's log-determinant | "each layer adds log |det W|"
def gaussianise(x, layers):
    for W, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
    return x, log_det + torch.linalg.slogdet(W).logabsdet

# %% wrong: the last layer first | "then the next layer on what came out"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in list(layers)[::-1]:
        x, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
        total = total + log_det + torch.linalg.slogdet(W).logabsdet
    return x, total

# %% wrong: every layer on x itself | "then the next layer on what came out"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers:
        z, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
        total = total + log_det + torch.linalg.slogdet(W).logabsdet
    return z, total

# %% wrong: the marginals before the turn | "y = W x for every row, then the marginals"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x, weights, means, scales)
        x = x @ W.T
        total = total + log_det + torch.linalg.slogdet(W).logabsdet
    return x, total

# %% wrong: rows times W | "y = W x for every row"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x @ W, weights, means, scales)
        total = total + log_det + torch.linalg.slogdet(W).logabsdet
    return x, total

# %% wrong: no absolute value | "NaN or infinity"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
        total = total + log_det + torch.logdet(W)
    return x, total

# %% wrong: the turn undone | "y = W x for every row"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers:
        y = torch.linalg.solve(W, x.T).T
        x, log_det = marginal_gaussian(y, weights, means, scales)
        total = total + log_det - torch.linalg.slogdet(W).logabsdet
    return x, total

# %% wrong: summed over the batch | "should have shape (2,)"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
        total = total + log_det.sum() + torch.linalg.slogdet(W).logabsdet
    return x, total

# %% wrong: the turn counted once too often | "each layer adds log |det W|"
def gaussianise(x, layers):
    total = torch.linalg.slogdet(layers[0][0]).logabsdet
    for W, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
        total = total + log_det + torch.linalg.slogdet(W).logabsdet
    return x, total

# %% wrong: the turn's log-determinant once an entry | "each layer adds log |det W|"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
        total = total + log_det + x.shape[1] * torch.linalg.slogdet(W).logabsdet
    return x, total

# %% wrong: all turns first, then all marginals | "y = W x for every row, then the marginals"
def gaussianise(x, layers):
    total = 0.0
    for W, *_ in layers:
        x, total = x @ W.T, total + torch.linalg.slogdet(W).logabsdet
    for _, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x, weights, means, scales)
        total = total + log_det
    return x, total

# %% wrong: two layers, hard-coded | "every layer of the list"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers[:2]:
        x, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
        total = total + log_det + torch.linalg.slogdet(W).logabsdet
    return x, total

# %% wrong: log p(x) for its log-determinant | "each layer adds log |det W|"
def gaussianise(x, layers):
    total = 0.0
    for W, weights, means, scales in layers:
        x, log_det = marginal_gaussian(x @ W.T, weights, means, scales)
        total = total + log_det + torch.linalg.slogdet(W).logabsdet
    return x, total + Normal(0.0, 1.0).log_prob(x).sum(1)

# %% right: by recursion
def gaussianise(x, layers):
    if len(layers) == 0:
        return x, x.new_zeros(len(x))
    W, *marginal = layers[0]
    z, log_det = marginal_gaussian(torch.einsum("ij,bj->bi", W, x), *marginal)
    rest, more = gaussianise(z, layers[1:])
    return rest, log_det + more + W.det().abs().log()

# %% right: without the function of the exercise before
def gaussianise(x, layers):
    total = torch.zeros_like(x[:, 0])
    for W, weights, means, scales in layers:
        u = ((x @ W.T)[:, :, None] - means) / scales
        x = torch.special.ndtri((weights * torch.special.ndtr(u)).sum(2))
        f = (weights / scales * (-(u**2) / 2).exp()).sum(2)
        total = total + (f.log() + x**2 / 2).sum(1) + torch.linalg.slogdet(W)[1]
    return x, total

# %% right: log-determinants collected, then added
def gaussianise(x, layers):
    found = []
    for W, weights, means, scales in layers:
        found.append(torch.linalg.slogdet(W).logabsdet.repeat(len(x)))
        x, log_det = marginal_gaussian((W @ x.T).T, weights, means, scales)
        found.append(log_det)
    return x, torch.stack(found).sum(0)

# %% right: row by row
def gaussianise(x, layers):
    found = []
    for row in x:
        z, total = row[None], 0.0
        for W, *marginal in layers:
            z, log_det = marginal_gaussian((W @ z[0])[None], *marginal)
            total = total + log_det[0] + torch.linalg.slogdet(W)[1]
        found.append((z[0], total))
    return torch.stack([z for z, _ in found]), torch.stack([total for _, total in found])

# %% right: the first turn folded into a recursion from the end
def gaussianise(x, layers):
    def first(k, x):
        if k == 0:
            return x, torch.zeros_like(x).sum(1)
        z, total = first(k - 1, x)
        W = layers[k - 1][0]
        z, more = marginal_gaussian(torch.nn.functional.linear(z, W), *layers[k - 1][1:])
        return z, total + more - torch.linalg.inv(W).det().abs().log()

    return first(len(layers), x)
