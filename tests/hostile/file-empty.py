# tries: an empty file.
# broken: is not JSON

# %% bytes
b""
