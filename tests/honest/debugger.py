# has: traces of debugging: breakpoints, commented out in answers and left in extra cells.

# %% answer fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    # breakpoint()
    # import pdb; pdb.set_trace()
    z = alpha_0 + x @ alpha.tril(-1).T
    assert z.shape == x.shape, (z.shape, x.shape)
    return z

# %% extra after fvsbn_logits
import pdb
pdb.set_trace()

# %% extra after fvsbn_logits
breakpoint()

# %% extra after fvsbn_logits
%debug

# %% extra after fvsbn_logits
%pdb on
1 / 0

# %% extra after step
%pdb off
from IPython.core.debugger import set_trace
