# has: answers that are lambdas, partial functions, bound methods and objects that can be called.

# %% answer fvsbn_logits
fvsbn_logits = lambda x, alpha_0, alpha: alpha_0 + x @ alpha.tril(-1).T

# %% answer log_bernoulli
class LogBernoulli:
    """Called like a function."""

    calls = 0

    def __call__(self, x, logits):
        LogBernoulli.calls += 1
        return logsigmoid((2 * x - 1) * logits).sum(-1)

log_bernoulli = LogBernoulli()

# %% answer step
class Sum:
    def add(self, a, x_i, w_i):
        return a + x_i[:, None] * w_i

step = Sum().add

# %% answer untied_logit
import functools

def general(activation, x_before, A_i, c_i, alpha_i, b_i):
    return activation(x_before @ A_i.T + c_i) @ alpha_i + b_i

untied_logit = functools.partial(general, torch.sigmoid)

# %% answer nade_logits
class NADE(torch.nn.Module):
    def forward(self, x, W, c, alpha, b):
        sums = (x[:, :, None] * W.T).cumsum(1)
        before = torch.cat([torch.zeros_like(sums[:, :1]), sums[:, :-1]], 1)
        return (torch.sigmoid(c + before) * alpha).sum(-1) + b

nade_logits = NADE()
