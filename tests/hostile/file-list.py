# tries: JSON that is no notebook.
# broken: is no notebook of format 4

# %% bytes
b"[1, 2, [3]]"
