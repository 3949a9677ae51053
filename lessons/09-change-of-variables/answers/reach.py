# %% wrong: the last coupling is taken to come first | "begin next to z"
def reach(masks):
    found = torch.eye(masks.shape[1]).to(masks.device)
    for stays in masks.flip(0):
        heard = (~stays[:, None] & stays[None, :]).to(found)
        found = found + heard @ found
    return found > 0

# %% wrong: multiplied from the other side | "begin next to z"
def reach(masks):
    found = torch.eye(masks.shape[1])
    for stays in masks:
        found = found + found @ (~stays[:, None] & stays[None, :]).float()
    return found > 0

# %% wrong: one coupling at a time, no paths | "adds all that those which stay in that coupling depend on by then"
def reach(masks):
    found = torch.eye(masks.shape[1]).bool()
    for stays in masks:
        found = found | (~stays[:, None] & stays[None, :])
    return found

# %% wrong: transposed | "the table of the example"
def reach(masks):
    found = torch.eye(masks.shape[1])
    for stays in masks:
        found = found + (~stays[:, None] & stays[None, :]).float() @ found
    return (found > 0).T

# %% wrong: the mask turned round | "the table of the example"
def reach(masks):
    found = torch.eye(masks.shape[1])
    for stays in masks:
        found = found + (stays[:, None] & ~stays[None, :]).float() @ found
    return found > 0

# %% wrong: an entry that moves forgets itself | "keeps what it depended on"
def reach(masks):
    found = torch.eye(masks.shape[1])
    for stays in masks:
        A = (~stays[:, None] & stays[None, :]).float() + torch.diag(stays.float())
        found = A @ found
    return found > 0

# %% wrong: a coupling links all with all | "the table of the example"
def reach(masks):
    found = torch.eye(masks.shape[1])
    for stays in masks:
        found = found + (~stays[:, None]).float() * found.sum(0)
    return found > 0

# %% wrong: counts instead of answers | "should be a bool tensor"
def reach(masks):
    found = torch.eye(masks.shape[1])
    for stays in masks:
        found = found + (~stays[:, None] & stays[None, :]).float() @ found
    return found

# %% wrong: two couplings, always | "the table (1 for yes)"
def reach(masks):
    found = torch.eye(masks.shape[1])
    for stays in masks[:2]:
        found = found + (~stays[:, None] & stays[None, :]).float() @ found
    return found > 0

# %% wrong: three couplings reach all | "the table (1 for yes)"
def reach(masks):
    found = torch.eye(masks.shape[1])
    for stays in masks:
        found = found + (~stays[:, None] & stays[None, :]).float() @ found
    return (found > 0) | (len(masks) >= 3)

# %% wrong: everything below the diagonal, always | "the table (1 for yes)"
def reach(masks):
    n = masks.shape[1]
    return torch.ones(n, n).tril() > 0

# %% wrong: an entry forgets what it was, where it moves again | "keeps what it depended on"
def reach(masks):
    found = torch.eye(masks.shape[1])
    for stays in masks:
        new = (found * stays[:, None]).sum(0).expand_as(found) + torch.eye(len(stays))
        found = torch.where(stays[:, None], found, new)
    return found > 0

# %% wrong: whoever moves twice hears of all | "the table (1 for yes)"
def reach(masks):
    found = torch.eye(masks.shape[1])
    for stays in masks:
        found = found + (~stays[:, None] & stays[None, :]).float() @ found
    return (found > 0) | ((~masks).sum(0) > 1)[:, None]

# %% right: sets
def reach(masks):
    n = masks.shape[1]
    seen = [{i} for i in range(n)]
    for row in masks.tolist():
        by_then = set().union(*[seen[j] for j in range(n) if row[j]])
        seen = [seen[i] if row[i] else seen[i] | by_then for i in range(n)]
    return torch.tensor([[j in seen[i] for j in range(n)] for i in range(n)], device=masks.device)

# %% right: autograd through linear couplings
def reach(masks):
    n = masks.shape[1]
    eye = torch.eye(n, dtype=torch.float64, device=masks.device)

    def stack(z):
        for stays in masks:
            z = torch.where(stays, z, z + z[stays].sum())
        return z

    return torch.autograd.functional.jacobian(stack, eye[0]) > 0

# %% right: any and all, no numbers
def reach(masks):
    found = torch.eye(masks.shape[1], dtype=torch.bool, device=masks.device)
    for stays in masks:
        staying = (found & stays[:, None]).any(0)
        found = torch.where(stays[:, None], found, found | staying)
    return found

# %% right: numpy inside
def reach(masks):
    import numpy as np
    rows = masks.cpu().numpy()
    found = np.eye(rows.shape[1], dtype=int)
    for stays in rows:
        A = np.eye(len(stays), dtype=int) + np.outer(~stays, stays)
        found = np.minimum(A @ found, 1)
    return torch.from_numpy(found.astype(bool)).to(masks.device)

# %% right: the product of the couplings' own tables
def reach(masks):
    eye = torch.eye(masks.shape[1], device=masks.device)
    product = eye
    for stays in masks.flip(0):
        a = stays.to(eye)
        product = product @ (eye + torch.outer(1 - a, a))
    return product != 0

# %% right: asked backwards, entry by entry
def reach(masks):
    def sources(i, k):
        if k < 0:
            return {i}
        own = sources(i, k - 1)
        if not masks[k, i]:
            for j in range(masks.shape[1]):
                if masks[k, j]:
                    own |= sources(j, k - 1)
        return own

    n = masks.shape[1]
    found = torch.zeros(n, n, dtype=torch.bool, device=masks.device)
    for i in range(n):
        found[i, list(sources(i, len(masks) - 1))] = True
    return found
