# %% wrong: tied without weights | "weighted by pi_k"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return covariances.mean(0).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(1, keepdim=True).expand_as(v)
    return torch.diag_embed(v)

# %% wrong: tied not divided | "weighted by pi_k"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return covariances.sum(0).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(1, keepdim=True).expand_as(v)
    return torch.diag_embed(v)

# %% wrong: tied returned once | "should have shape (2, 2, 2)"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances)
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(1, keepdim=True).expand_as(v)
    return torch.diag_embed(v)

# %% wrong: diagonal as rows | "should have shape (2, 2, 2)"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(1, keepdim=True).expand_as(v)
    return v

# %% wrong: the trace | "the mean, over dimensions"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.sum(1, keepdim=True).expand_as(v)
    return torch.diag_embed(v)

# %% wrong: the geometric mean | "the mean, over dimensions"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.log().mean(1, keepdim=True).exp().expand_as(v)
    return torch.diag_embed(v)

# %% wrong: spherical for all components together | "variances of component k"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean().expand_as(v)
    return torch.diag_embed(v)

# %% wrong: spherical over components | "the mean, over dimensions"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(0, keepdim=True).expand_as(v)
    return torch.diag_embed(v)

# %% wrong: spherical, every entry | "on the diagonal alone"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        return v.mean(1)[:, None, None].expand_as(covariances).clone()
    return torch.diag_embed(v)

# %% wrong: nothing | "weighted by pi_k"
def restrict(weights, covariances, kind):
    return covariances.clone()

# %% wrong: diagonal of standard deviations | "keeps its own variances"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(1, keepdim=True).expand_as(v)
    return torch.diag_embed(v.sqrt() if kind == "diagonal" else v)

# %% wrong: zeroed in place | "your function changed covariances"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    for S in covariances:
        S *= torch.eye(len(S), dtype=S.dtype)
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(1, keepdim=True).expand_as(v)
    return torch.diag_embed(v)

# %% right: a loop
def restrict(weights, covariances, kind):
    n, found = covariances.shape[1], []
    I = torch.eye(n, dtype=weights.dtype, device=weights.device)
    for S in covariances:
        if kind == "tied":
            S = sum(w * C for w, C in zip(weights, covariances))
        elif kind == "diagonal":
            S = S * I
        else:
            S = torch.trace(S) / n * I
        found.append(S)
    return torch.stack(found)

# %% right: einsum
def restrict(weights, covariances, kind):
    n = covariances.shape[1]
    I = torch.eye(n).to(covariances)
    if kind == "tied":
        return torch.tensordot(weights, covariances, 1).repeat(len(weights), 1, 1)
    if kind == "diagonal":
        return torch.einsum("kij,ij->kij", covariances, I)
    return torch.einsum("kii,ab->kab", covariances, I) / n

# %% right: numpy inside
def restrict(weights, covariances, kind):
    import numpy as np
    w, S = weights.cpu().numpy(), covariances.cpu().numpy()
    n = S.shape[1]
    if kind == "tied":
        S = np.stack([np.average(S, axis=0, weights=w)] * len(w))
    elif kind == "diagonal":
        S = S * np.eye(n)
    else:
        S = (np.trace(S, axis1=1, axis2=2) / n)[:, None, None] * np.eye(n)
    return torch.from_numpy(S).to(covariances)

# %% wrong: tied, and its diagonal | "weighted by pi_k"
def restrict(weights, covariances, kind):
    if kind == "tied":
        S = torch.einsum("k,kij->ij", weights, covariances)
        return S.diag().diag().expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(1, keepdim=True).expand_as(v)
    return torch.diag_embed(v)

# %% wrong: the first for all | "weighted by pi_k"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return covariances[:1].expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(1, keepdim=True).expand_as(v)
    return torch.diag_embed(v)

# %% wrong: weights along the wrong axis | "weighted by pi_k"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return (weights * covariances).sum(0).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(1, keepdim=True).expand_as(v)
    return torch.diag_embed(v)

# %% wrong: the mean of all entries | "the mean, over dimensions"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    if kind == "spherical":
        v = covariances.mean((1, 2))
        return v[:, None, None] * torch.eye(covariances.shape[1], dtype=v.dtype)
    return torch.diag_embed(covariances.diagonal(dim1=1, dim2=2))

# %% wrong: the lower triangle | "nothing beside them"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    if kind == "diagonal":
        return covariances.tril()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = v.mean(1, keepdim=True).expand_as(v)
    return torch.diag_embed(v)

# %% wrong: spherical in two dimensions | "the mean, over dimensions"
def restrict(weights, covariances, kind):
    if kind == "tied":
        return torch.einsum("k,kij->ij", weights, covariances).expand_as(covariances).clone()
    v = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        v = (v.sum(1, keepdim=True) / 2).expand_as(v)
    return torch.diag_embed(v)

# %% right: masks
def restrict(weights, covariances, kind):
    off = ~torch.eye(covariances.shape[1], dtype=torch.bool, device=covariances.device)
    if kind == "tied":
        S = (weights[:, None, None] * covariances).sum(0, keepdim=True)
        return torch.cat([S] * len(weights))
    S = covariances.masked_fill(off, 0)
    if kind == "diagonal":
        return S
    n = S.shape[1]
    return (S.sum((1, 2)) / n).view(-1, 1, 1) * (~off).to(S)

# %% right: a dictionary of ways
def restrict(weights, covariances, kind):
    K, n, _ = covariances.shape
    ways = {
        "tied": lambda: (weights @ covariances.reshape(K, -1)).view(1, n, n).repeat(K, 1, 1),
        "diagonal": lambda: torch.stack([S.diag().diag() for S in covariances]),
        "spherical": lambda: torch.stack([S.diag().mean() * torch.eye(n).to(S) for S in covariances]),
    }
    return ways[kind]()
