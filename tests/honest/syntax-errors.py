# has: unfinished extra cells that are no Python.

# %% extra
def unfinished(

# %% extra after fvsbn_logits
for i in range(10):

# %% extra after fvsbn_logits
TODO: ask in the exercise class, why is alpha[i,i] not used??

# %% extra after step
    return a + 
  x

# %% extra after nade_logits
"""
The string that never ends
