# tries: UTF-16 in place of UTF-8.
# broken: is not UTF-8

# %% bytes
notebook.encode("utf-16")
