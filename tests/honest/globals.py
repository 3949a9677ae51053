# has: global counters and caches that live from call to call.

# %% extra after @3
CACHE, calls, seen = {}, 0, []

# %% answer fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    global calls
    calls += 1
    n = len(alpha_0)
    if n not in CACHE:
        CACHE[n] = torch.ones(n, n).tril(-1)
    return alpha_0 + x @ (alpha * CACHE[n].to(alpha.dtype)).T

# %% extra after fvsbn_logits--lecture
assert calls > 0
seen.append(calls)
calls = 0

# %% answer step
def step(a, x_i, w_i):
    step.count = getattr(step, "count", 0) + 1
    seen.append(a)
    return a + x_i[:, None] * w_i
