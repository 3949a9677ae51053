# tries: a folder in place of the notebook.
# broken: is not an ordinary file

# %% folder
