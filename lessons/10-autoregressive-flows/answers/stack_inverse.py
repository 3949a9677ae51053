# %% wrong: first layer first | "last layer first"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[0](x)
    for inverse, order in zip(inverses[1:], orders):
        z, more = inverse(z[:, torch.tensor(order).argsort()])
        log_det = log_det + more
    return z, log_det

# %% wrong: orders applied again | "not by applying it again"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    for inverse, order in zip(inverses[-2::-1], orders[::-1]):
        z, more = inverse(z[:, order])
        log_det = log_det + more
    return z, log_det

# %% wrong: orders not undone | "z of the example by hand"
def stack_inverse(x, inverses, orders):
    z, log_det = x, 0
    for inverse in inverses[::-1]:
        z, more = inverse(z)
        log_det = log_det + more
    return z, log_det

# %% wrong: the sign of the sum | "the log-determinant by hand"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    for inverse, order in zip(inverses[-2::-1], orders[::-1]):
        z, more = inverse(z[:, torch.tensor(order).argsort()])
        log_det = log_det + more
    return z, -log_det

# %% wrong: only the last layer's determinant | "those of the layers add"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    for inverse, order in zip(inverses[-2::-1], orders[::-1]):
        z, _ = inverse(z[:, torch.tensor(order).argsort()])
    return z, log_det

# %% wrong: a layer counted once too often | "the log-determinant of 2 layers"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    log_det = 2 * log_det
    for inverse, order in zip(inverses[-2::-1], orders[::-1]):
        z, more = inverse(z[:, torch.tensor(order).argsort()])
        log_det = log_det + more
    return z, log_det

# %% wrong: the determinants multiplied | "the log-determinant by hand"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    for inverse, order in zip(inverses[-2::-1], orders[::-1]):
        z, more = inverse(z[:, torch.tensor(order).argsort()])
        log_det = log_det * more
    return z, log_det

# %% wrong: the order undone after its layer | "z of the example by hand"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    for inverse, order in zip(inverses[-2::-1], orders[::-1]):
        z, more = inverse(z)
        z, log_det = z[:, torch.tensor(order).argsort()], log_det + more
    return z, log_det

# %% wrong: orders from the front | "z behind"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    for inverse, order in zip(inverses[-2::-1], orders):
        z, more = inverse(z[:, torch.tensor(order).argsort()])
        log_det = log_det + more
    return z, log_det

# %% wrong: a reversal, whatever the order | "z of the example by hand"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    for inverse in inverses[-2::-1]:
        z, more = inverse(z.flip(1))
        log_det = log_det + more
    return z, log_det

# %% wrong: summed over the batch | "one number a row"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    for inverse, order in zip(inverses[-2::-1], orders[::-1]):
        z, more = inverse(z[:, torch.tensor(order).argsort()])
        log_det = log_det + more
    return z, log_det.sum().expand(len(x)) if len(x) > 1 else log_det

# %% wrong: stops where there is no order | "z of one layer alone"
def stack_inverse(x, inverses, orders):
    z, log_det = x, torch.zeros(len(x), dtype=x.dtype)
    for k in range(len(orders) - 1, -1, -1):
        z, more = inverses[k + 1](z)
        z, log_det = z[:, torch.tensor(orders[k]).argsort()], log_det + more
    return (*inverses[0](z)[:1], log_det + inverses[0](z)[1]) if orders else (z, log_det)

# %% right: written into place
def stack_inverse(x, inverses, orders):
    z, total = x, 0
    for k in range(len(inverses) - 1, -1, -1):
        z, log_det = inverses[k](z)
        total = total + log_det
        if k > 0:
            back = torch.empty_like(z)
            back[:, orders[k - 1]] = z
            z = back
    return z, total

# %% right: recursion
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    if len(inverses) == 1:
        return z, log_det
    places = [orders[-1].index(i) for i in range(x.shape[1])]
    z, more = stack_inverse(z[:, places], inverses[:-1], orders[:-1])
    return z, log_det + more

# %% right: permutation matrices
def stack_inverse(x, inverses, orders):
    z, dets = x, []
    for inverse, order in zip(reversed(inverses), [*reversed(orders), None]):
        z, log_det = inverse(z)
        dets.append(log_det)
        if order is not None:
            P = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)[order]
            z = z @ P
    return z, torch.stack(dets).sum(0)

# %% right: scatter
def stack_inverse(x, inverses, orders):
    steps = list(zip(inverses, [None, *orders]))[::-1]
    z, total = x, x.new_zeros(len(x))
    for inverse, before in steps:
        z, more = inverse(z)
        total = total + more
        if before is not None:
            index = torch.tensor(before, device=z.device).expand(len(z), -1)
            z = torch.zeros_like(z).scatter(1, index, z)
    return z, total

# %% wrong: each order applied twice more, as if three times were none | "z of five variables"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    for inverse, order in zip(inverses[-2::-1], orders[::-1]):
        z, more = inverse(z[:, order][:, order])
        log_det = log_det + more
    return z, log_det

# %% wrong: the order read backwards | "not by applying it again"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    for inverse, order in zip(inverses[-2::-1], orders[::-1]):
        z, more = inverse(z[:, order[::-1]])
        log_det = log_det + more
    return z, log_det

# %% wrong: two layers only | "z behind 3 layers"
def stack_inverse(x, inverses, orders):
    z, log_det = inverses[-1](x)
    if orders:
        z, more = inverses[0](z[:, torch.tensor(orders[0]).argsort()])
        log_det = log_det + more
    return z, log_det

# %% wrong: the log-determinants taken off | "the log-determinant by hand"
def stack_inverse(x, inverses, orders):
    z, log_det = x, x.new_zeros(len(x))
    for k in reversed(range(len(inverses))):
        z, more = inverses[k](z)
        log_det = log_det - more
        if k:
            z = z[:, torch.tensor(orders[k - 1]).argsort()]
    return z, log_det

# %% wrong: an order more than there is, at the end | "z of the example by hand"
def stack_inverse(x, inverses, orders):
    z, log_det = x, 0
    for inverse, order in zip(inverses[::-1], orders[::-1]):
        z, more = inverse(z)
        z, log_det = z[:, torch.tensor(order).argsort()], log_det + more
    return z, log_det

# %% right: one list of steps, walked backwards
def stack_inverse(x, inverses, orders):
    steps = []
    for k, inverse in enumerate(inverses):
        steps.append(inverse)
        if k < len(orders):
            back = [orders[k].index(i) for i in range(len(orders[k]))]
            steps.append(lambda h, back=back: (h[:, back], torch.zeros(len(h), dtype=h.dtype)))
    total, z = 0, x
    for step in reversed(steps):
        z, log_det = step(z)
        total = total + log_det
    return z, total

# %% right: columns put back by a loop, rows by functools.reduce
def stack_inverse(x, inverses, orders):
    from functools import reduce

    def undo(so_far, pair):
        (h, total), (inverse, order) = so_far, pair
        columns = [None] * h.shape[1]
        for new, old in enumerate(order):
            columns[old] = h[:, new]
        h, more = inverse(torch.stack(columns, 1))
        return h, total + more

    return reduce(undo, zip(inverses[:-1][::-1], orders[::-1]), tuple(inverses[-1](x)))
