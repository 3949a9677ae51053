# %% wrong: the log-determinant after the move | "at its layer's input, before the move"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        z = planar(z, u_hat, w, bias)
        log_dets.append(planar_log_det(z, u_hat, w, bias))
    return z, torch.stack(log_dets)

# %% wrong: every log-determinant at eps | "at what reaches that layer"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(eps, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, torch.stack(log_dets)

# %% wrong: the last layer first | "the first row of U and W is next to eps"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U.flip(0), W.flip(0), b.flip(0)):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(z, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, torch.stack(log_dets)

# %% wrong: no constraint | "along constrain(u, w), not along u"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        log_dets.append(planar_log_det(z, u, w, bias))
        z = planar(z, u, w, bias)
    return z, torch.stack(log_dets)

# %% wrong: the constraint for the move alone | "with u_hat, and at the layer's input"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        log_dets.append(planar_log_det(z, u, w, bias))
        z = planar(z, constrain(u, w), w, bias)
    return z, torch.stack(log_dets)

# %% wrong: running sums | "each layer's own"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(z, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, torch.stack(log_dets).cumsum(0)

# %% wrong: every layer moves eps | "beside all 4"
def planar_flow(eps, U, W, b):
    log_dets = []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(eps, u_hat, w, bias))
        z = planar(eps, u_hat, w, bias)
    return z, torch.stack(log_dets)

# %% wrong: the sum over the layers | "should have shape (1, 2), but it has shape (2,)"
def planar_flow(eps, U, W, b):
    z, total = eps, 0
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        total = total + planar_log_det(z, u_hat, w, bias)
        z = planar(z, u_hat, w, bias)
    return z, total

# %% wrong: one column a layer | "should have shape (1, 2), but it has shape (2, 1)"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(z, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, torch.stack(log_dets, 1)

# %% wrong: the sign of the density | "that layer's row of log-determinants"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        log_dets.append(-planar_log_det(z, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, torch.stack(log_dets)

# %% wrong: z alone | "z and the log-determinants should be a list of 2 things"
def planar_flow(eps, U, W, b):
    z = eps
    for u, w, bias in zip(U, W, b):
        z = planar(z, constrain(u, w), w, bias)
    return z

# %% wrong: the first layer's bias for all | "beside all 4"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w in zip(U, W):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(z, u_hat, w, b[0]))
        z = planar(z, u_hat, w, b[0])
    return z, torch.stack(log_dets)

# %% wrong: the first layer alone | "beside all 4"
def planar_flow(eps, U, W, b):
    u_hat = constrain(U[0], W[0])
    first = planar_log_det(eps, u_hat, W[0], b[0])
    return planar(eps, u_hat, W[0], b[0]), first.expand(len(U), len(eps))

# %% wrong: the constraint's arguments change places | "along constrain(u, w)"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(w, u)
        log_dets.append(planar_log_det(z, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, torch.stack(log_dets)

# %% wrong: the constraint where w.u is negative alone | "layer after layer, along u_hat"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w) if w @ u <= 0 else u
        log_dets.append(planar_log_det(z, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, torch.stack(log_dets)

# %% wrong: the table reshaped | "each layer's own"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(z, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, torch.stack(log_dets, 1).reshape(len(U), len(eps))

# %% wrong: a list of log-determinants | "should be a tensor, but it is a list of Tensor"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(z, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, log_dets

# %% wrong: eps is changed in place | "changed eps"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(z, u_hat, w, bias))
        z += torch.outer(torch.tanh(z @ w + bias), u_hat)
    return z, torch.stack(log_dets)

# %% right: all written out
def planar_flow(eps, U, W, b):
    z, out = eps, torch.empty(len(U), len(eps), dtype=eps.dtype, device=eps.device)
    rows = []
    for k in range(len(U)):
        a = (U[k] * W[k]).sum()
        m = F.softplus(a) - 1
        u_hat = U[k] + (m - a) / W[k].square().sum() * W[k]
        h = torch.tanh(z @ W[k] + b[k])
        rows.append(torch.log1p((1 - h**2) * m))
        z = z + h[:, None] * u_hat
    return z, torch.stack(rows).to(out)

# %% right: recursion
def planar_flow(eps, U, W, b):
    u_hat = constrain(U[0], W[0])
    first = planar_log_det(eps, u_hat, W[0], b[0])[None]
    z = planar(eps, u_hat, W[0], b[0])
    if len(U) == 1:
        return z, first
    z, rest = planar_flow(z, U[1:], W[1:], b[1:])
    return z, torch.cat([first, rest])

# %% right: all points kept, determinants at the end
def planar_flow(eps, U, W, b):
    hats = [constrain(u, w) for u, w in zip(U, W)]
    points = [eps]
    for u, w, c in zip(hats, W, b):
        points.append(planar(points[-1], u, w, c))
    log_dets = [planar_log_det(*given) for given in zip(points[:-1], hats, W, b)]
    return points[-1], torch.stack(log_dets)

# %% right: one point at a time
def planar_flow(eps, U, W, b):
    ends, columns = [], []
    for z in eps:
        z, column = z[None], []
        for u, w, c in zip(U, W, b):
            u_hat = constrain(u, w)
            column.append(planar_log_det(z, u_hat, w, c))
            z = planar(z, u_hat, w, c)
        ends.append(z)
        columns.append(torch.stack(column))
    return torch.cat(ends), torch.cat(columns, 1)

# %% right: a fold
def planar_flow(eps, U, W, b):
    from functools import reduce

    def step(state, layer):
        (z, found), (u, w, c) = state, layer
        hat = constrain(u, w)
        return planar(z, hat, w, c), [*found, planar_log_det(z, hat, w, c)]

    z, found = reduce(step, zip(U, W, b), (eps, []))
    return z, torch.stack(found)

# %% right: Jacobians by torch.func
def planar_flow(eps, U, W, b):
    z, rows = eps, []
    for u, w, c in zip(U, W, b):
        hat = constrain(u, w)
        move = lambda one: one + hat * torch.tanh(one @ w + c)
        rows.append(torch.linalg.slogdet(torch.vmap(torch.func.jacrev(move))(z))[1])
        z = torch.vmap(move)(z)
    return z, torch.stack(rows)

# %% wrong: each layer on its own, detached | "the gradient of part 1 of the result for eps"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        z, u_hat = z.detach(), constrain(u, w)
        log_dets.append(planar_log_det(z, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, torch.stack(log_dets)

# %% wrong: a table filled by numbers | "the gradient of part 2 of the result for eps"
def planar_flow(eps, U, W, b):
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(z, u_hat, w, bias).tolist())
        z = planar(z, u_hat, w, bias)
    return z, torch.tensor(log_dets, dtype=z.dtype)
