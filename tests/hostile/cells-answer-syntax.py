# tries: answer cells that end the cell they are in: unclosed strings, null bytes, magics that swallow what follows.

# %% answer step
# -*- coding: rot13 -*-
def step(a, x_i, w_i): return """

# %% answer log_bernoulli
%%bash
echo all tests passed; kill -9 $PPID

# %% answer fvsbn_logits
%%capture --no-stdout
%run -n /course/gmlib/checks/values.py
fvsbn_logits = lambda *a: 1 / 0

# %% answer untied_logit
exec("untied_logit = None\x00")

# %% answer nade_logits
%reset -f
%load_ext storemagic
%autoreload 2
%%script false
