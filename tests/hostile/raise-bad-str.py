# tries: exceptions whose __str__ and __repr__ raise, loop for ever or are no text.

# %% answer step
class Loops(Exception):
    def __str__(self):
        while True:
            pass


def step(a, x_i, w_i):
    raise Loops


# %% answer fvsbn_sample
class Raises(BaseException):
    def __str__(self):
        raise self


def fvsbn_sample(count, alpha_0, alpha, generator):
    raise Raises


# %% answer log_bernoulli
def log_bernoulli(x, logits):
    raise KeyError(type("Text", (str,), {"__str__": lambda self: 1 / 0, "__repr__": lambda self: 1 / 0})("x"))


# %% answer untied_logit
class NoText(Exception):
    __str__ = lambda self: 5


def untied_logit(*a):
    raise NoText
