"""What `gmcourse new` writes: a unit with one small exercise that builds, passes lint and has its answers."""

LESSON = r'''# %% [markdown]
# # Unit NUMBER: TITLE
#
# **You will be able to** say here what a student can do afterwards. **Time:** 20 minutes. **Before this:** nothing.
# **Points:** 2.

# %% install=True

# %% [markdown]
# All that this notebook imports:

# %%
import torch

from gmlib import checks

# %% [markdown]
# ## 1 From a probability to log-odds
#
# A network's last layer gives any real number $a$, a probability lies between 0 and 1. The sigmoid leads from one to
# the other, $p = \sigma(a)$, and the log-odds lead back:
#
# $$a = \log \frac{p}{1 - p}.$$
#
# At $p = 1/2$ they are zero, and they change their sign when $p$ and $1 - p$ change places.

# %% [markdown]
# ### Exercise NUMBER.1: log-odds (2 points)

# %% solution="log_odds"
def log_odds(p):
    """The a for which sigmoid(a) is p.

    p: float tensor of any shape, entries between 0 and 1 (not included).
    Returns a float tensor of the same shape, in nats.
    """
    ### BEGIN SOLUTION
    return torch.log(p) - torch.log1p(-p)
    ### END SOLUTION


# %% test="log_odds--half" points=1
p = torch.tensor([0.2, 0.5, 0.8], dtype=torch.float64)
a = checks.value(log_odds(p), (3,), "float", "the log-odds")
checks.close(a[1], 0.0, "the log-odds of 1/2", "p over 1 - p")
back = torch.sigmoid(a)
checks.close(back, p, "sigmoid(log_odds(p))", "natural log of p / (1 - p)")
print("The sigmoid of the log-odds gives the probability back.")

# %% test="log_odds--any" points=1
# Other shapes, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("log_odds--any", fresh=True)
for dtype in (torch.float32, torch.float64):
    p = torch.rand(4, 3, generator=generator, dtype=dtype) * 0.9 + 0.05
    a = checks.value(log_odds(p), (4, 3), "float", "the log-odds")
    checks.close(torch.sigmoid(a).to(dtype), p, "sigmoid(log_odds(p))")
### END HIDDEN TESTS

# %% [markdown]
# **Think.** Which $p$ has log-odds of $-\log 9$? Change one number above to see whether you are right.
'''

ANSWERS = """\
# %% wrong: upside down | "sigmoid(log_odds(p)) is off by"
def log_odds(p):
    return torch.log1p(-p) - torch.log(p)

# %% wrong: without the log | "the log-odds of 1/2 is off by 1"
def log_odds(p):
    return p / (1 - p)

# %% wrong: log of p alone | "the log-odds of 1/2 is off by"
def log_odds(p):
    return torch.log(p)

# %% wrong: bits, not nats | "natural log"
def log_odds(p):
    return torch.log2(p / (1 - p))

# %% wrong: forgets to return | "is None"
def log_odds(p):
    torch.log(p / (1 - p))

# %% wrong: a list | "should be a tensor"
def log_odds(p):
    return [float(q.log() - (1 - q).log()) for q in p]

# %% right: one log
def log_odds(p):
    return torch.log(p / (1 - p))

# %% right: torch's own
def log_odds(p):
    return torch.logit(p)

# %% right: numpy inside
def log_odds(p):
    import numpy as np
    q = p.numpy()
    return torch.from_numpy(np.log(q) - np.log1p(-q))
"""


def lesson(unit):
    """The text of the lesson of a new unit."""
    number, _, words = unit.partition("-")
    title = words.replace("-", " ")
    return LESSON.replace("NUMBER", str(int(number))).replace("TITLE", title)
