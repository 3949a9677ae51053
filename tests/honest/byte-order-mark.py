# has: a byte order mark, as some editors on Windows write it.

# %% bytes
b"\xef\xbb\xbf" + notebook.encode()
