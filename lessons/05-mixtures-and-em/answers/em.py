# %% wrong: nothing happens | "parameters replaced by those of the M-step"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        _ = m_step(x, r, means)

# %% wrong: covariances stay | "all that the M-step returns"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, _ = m_step(x, r, means)

# %% wrong: a floor on the covariances | "all that the M-step returns"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)
        covariances = covariances + 1e-4 * torch.eye(x.shape[1], dtype=x.dtype)

# %% wrong: a large floor | "no step of EM can lower it"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)
        covariances = covariances + 0.3 * torch.eye(x.shape[1], dtype=x.dtype)

# %% wrong: the parameters before the last step | "it belongs to the parameters that are returned"
def em(x, weights, means, covariances, tolerance, max_steps):
    before = weights, means, covariances
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return *before, torch.stack(history)
        before = weights, means, covariances
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: never stops early | "EM stopped too early"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if steps >= min(max_steps, 12):
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: runs to the end | "EM goes on after a step"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: stops on the sum | "EM goes on after a step"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and len(x) * (history[-1] - history[-2]) < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: the history of sums | "it is the mean of log p(x)"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).sum())
        steps = len(history) - 1
        stop = steps > 0 and (history[-1] - history[-2]) / len(x) < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: no entry for the start | "should have shape (4,)"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history[1:] or history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: hard responsibilities | "its own responsibilities"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        r = torch.nn.functional.one_hot(r.argmax(1), len(weights)).to(x)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: a list of numbers | "should be a tensor, but it is a list"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, [h.item() for h in history]
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: one step | "should have shape (4,)"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: half a step | "all that the M-step returns"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        new = m_step(x, r, means)
        weights, means, covariances = [(a + b) / 2 for a, b in zip(new, (weights, means, covariances))]

# %% wrong: negative log-likelihood | "the first entry of the history"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean().neg())
        steps = len(history) - 1
        stop = steps > 0 and history[-2] - history[-1] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% right: a for loop
def em(x, weights, means, covariances, tolerance, max_steps):
    history = [log_mixture(log_normal(x, means, covariances), weights).mean()]
    for _ in range(max_steps):
        r = responsibilities(log_normal(x, means, covariances), weights)
        weights, means, covariances = m_step(x, r, means)
        history.append(log_mixture(log_normal(x, means, covariances), weights).mean())
        if history[-1] - history[-2] < tolerance:
            break
    return weights, means, covariances, torch.stack(history)

# %% right: all in one place
def em(x, weights, means, covariances, tolerance, max_steps):
    n, history = x.shape[1], []
    for step in range(max_steps + 1):
        g = torch.distributions.MultivariateNormal(means, covariances)
        joint = g.log_prob(x[:, None]) + weights.log()
        log_p = joint.logsumexp(1)
        history.append(log_p.mean().item())
        if step and history[-1] - history[-2] < tolerance or step == max_steps:
            break
        r = (joint - log_p[:, None]).exp()
        N = r.sum(0)
        weights, means = r.mean(0), (r / N).T @ x
        d = (x - means[:, None])
        covariances = (r.T[..., None] * d).mT @ d / N[:, None, None]
    return weights, means, covariances, torch.tensor(history, dtype=x.dtype, device=x.device)

# %% right: recursion
def em(x, weights, means, covariances, tolerance, max_steps):
    log_p = log_normal(x, means, covariances)
    now = log_mixture(log_p, weights).mean()[None]
    if max_steps == 0:
        return weights, means, covariances, now
    new = m_step(x, responsibilities(log_p, weights), means)
    gain = log_mixture(log_normal(x, new[1], new[2]), new[0]).mean() - now[0]
    if gain < tolerance:
        max_steps = 1
        return *new, torch.cat([now, now + gain])
    *parts, rest = em(x, *new, tolerance, max_steps - 1)
    return *parts, torch.cat([now, rest])

# %% right: a list, float64 inside
def em(x, weights, means, covariances, tolerance, max_steps):
    kind = x.dtype
    x, weights, means, covariances = (v.double() for v in (x, weights, means, covariances))
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return [v.to(kind) for v in (weights, means, covariances, torch.stack(history))]
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: the weights stay | "all that the M-step returns"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        _, means, covariances = m_step(x, r, means)

# %% wrong: a tolerance of its own | "should have shape"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < (1e-6 if tolerance > 0 else -1)
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: gains relative to the likelihood | "too early"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and (history[-1] - history[-2]) / history[-2].abs() < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: one step even where none is asked for | "at most 0 steps"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max(max_steps, 1):
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: one step too many | "should have shape (4,)"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps > max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: the last gain must be small twice | "EM goes on after"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 1 and history[-2] - history[-3] < tolerance and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: rounded to float32 | "should be a float64 tensor"
def em(x, weights, means, covariances, tolerance, max_steps):
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.tensor([h.item() for h in history])
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: the responsibilities of the start, always | "does each step compute its responsibilities"
def em(x, weights, means, covariances, tolerance, max_steps):
    history, r = [], responsibilities(log_normal(x, means, covariances), weights)
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        weights, means, covariances = m_step(x, r, means)

# %% wrong: the best of two, no M-step | "parameters replaced by those of the M-step"
def em(x, weights, means, covariances, tolerance, max_steps):
    now = log_mixture(log_normal(x, means, covariances), weights).mean()
    steps = max_steps if tolerance < 0 else min(max_steps, 1)
    return weights, means, covariances, now.expand(steps + 1).clone()

# %% right: its own density, mean by mean
def em(x, weights, means, covariances, tolerance, max_steps):
    def score():
        return (log_normal(x, means, covariances) + weights.log()).logsumexp(1).mean()

    history, gain, steps = [score()], math.inf, 0
    while steps < max_steps and not gain < tolerance:
        r = torch.softmax(log_normal(x, means, covariances) + weights.log(), 1)
        weights, means, covariances = m_step(x, r, None)
        history.append(score())
        gain, steps = history[-1] - history[-2], steps + 1
    return [weights, means, covariances, torch.stack(history)]

# %% right: the size of the gain, numbers kept in a tensor
def em(x, weights, means, covariances, tolerance, max_steps):
    history = x.new_full((max_steps + 1,), math.nan)
    for step in range(max_steps + 1):
        log_p = log_normal(x, means, covariances)
        history[step] = log_mixture(log_p, weights).mean()
        if step > 0 and abs(history[step] - history[step - 1]) < tolerance:
            break
        if step < max_steps:
            weights, means, covariances = m_step(x, responsibilities(log_p, weights), means)
    return weights, means, covariances, history[: step + 1]
