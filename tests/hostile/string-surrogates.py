# tries: lone surrogates, control characters, bidirectional marks and NUL in names, outputs and errors.

# %% extra
odd = "\ud800\udfff\x00\x08\x1b[31m\u202e\u2066\ufeff\r\n\x85\u2028" * 20

print(odd.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
try:
    print(odd)
except UnicodeError:
    pass

# %% answer log_bernoulli
def log_bernoulli(x, logits):
    return {odd: odd}


# %% answer step
def step(a, x_i, w_i):
    raise ValueError(odd)
