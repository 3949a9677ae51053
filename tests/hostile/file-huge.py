# tries: a notebook of 30 MB.
# broken: is larger than

# %% bytes
notebook.encode() + b" " * 30_000_000
