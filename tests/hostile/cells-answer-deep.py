# tries: answers that are nested so deeply that parsers and compilers give up.

# %% bytes
notebook.replace("def step(a, x_i, w_i):", "y = " + "(" * 5000 + "1" + ")" * 5000 + "\\n" + "z = " + "-" * 90_000 + "1\\ndef step(a, x_i, w_i):").encode()
