# tries: an answer of fifty thousand lines, and one that takes the parser's stack.
# broken: characters, more than

# %% bytes
notebook.replace('"def step(a, x_i, w_i):', '"' + "x = 1\\n" * 500_000 + "def step(a, x_i, w_i):").encode()
