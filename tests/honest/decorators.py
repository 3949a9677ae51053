# has: decorators, TorchScript and no_grad around answers.

# %% extra after @3
import functools
import time

def timed(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            print(f"{function.__name__}: {time.perf_counter() - start:.3f} s")
    return wrapper

# %% answer fvsbn_logits
@timed
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + x @ alpha.tril(-1).T

# %% answer fvsbn_sample
@torch.no_grad()
@timed
def fvsbn_sample(count, alpha_0, alpha, generator):
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x[:, i] = torch.bernoulli(torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i]), generator=generator)
    return x

# %% answer step
@torch.jit.script
def step(a, x_i, w_i):
    return a + x_i[:, None] * w_i
