# tries: NaN and Infinity in the notebook's JSON.
# broken: is not JSON that can be read

# %% bytes
notebook.replace('"nbformat": 4', '"nbformat": 4, "points": NaN, "score": Infinity').encode()
