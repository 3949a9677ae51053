# tries: a page of the course's server, saved instead of the notebook.
# broken: is not JSON

# %% bytes
b"<!DOCTYPE html><html><body><script>alert(1)</script>Please log in</body></html>"
