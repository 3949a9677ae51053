# tries: a link to a file of the host in place of the notebook.
# broken: is not an ordinary file

# %% link /etc/passwd
