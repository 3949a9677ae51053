# tries: a number of a million digits in the notebook's JSON.
# broken: is not JSON that can be read

# %% bytes
notebook.replace('"nbformat": 4', '"points": ' + "9" * 1_000_000 + ', "nbformat": 4').encode()
