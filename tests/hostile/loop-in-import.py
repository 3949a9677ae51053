# tries: an endless loop in an extra cell, before any answer.

# %% extra
while True:
    pass
