# has: cells that were moved: tests to the top, an answer to the end.

# %% move log_bernoulli--lecture first
# %% move step last
# %% move fvsbn_logits first
# %% move @3 last
