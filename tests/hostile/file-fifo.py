# tries: a FIFO in place of the notebook, which a reader waits for.
# broken: is not an ordinary file

# %% fifo
