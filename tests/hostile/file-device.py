# tries: a link to a device that never ends.
# broken: is not an ordinary file

# %% link /dev/zero
