# has: answers that call themselves.

# %% extra
import sys
sys.setrecursionlimit(5000)

# %% answer nade_logits
def nade_logits(x, W, c, alpha, b, a=None):
    if x.shape[1] == 0:
        return x
    a = c.expand(len(x), -1) if a is None else a
    first = torch.sigmoid(a) @ alpha[0] + b[0]
    rest = nade_logits(x[:, 1:], W[:, 1:], c, alpha[1:], b[1:], step(a, x[:, 0], W[:, 0]))
    return torch.cat([first[:, None], rest], 1)

# %% answer log_bernoulli
def log_bernoulli(x, logits):
    def total(i):
        if i < 0:
            return torch.zeros_like(logits[:, 0])
        return total(i - 1) + logsigmoid((2 * x[:, i] - 1) * logits[:, i])

    return total(x.shape[1] - 1)
