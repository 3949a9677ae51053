# tries: markup, escape codes and format codes in everything that feedback may show.

# %% extra
evil = (
    "<script>alert(document.cookie)</script><img src=x onerror=alert(1)>"
    "\x1b]0;title\x07\x1b[2J\x1b[8m{0.__class__}{self!r}%s%n${jndi:ldap://x}{{7*7}}</pre></div><iframe src=javascript:alert(1)>"
)


class Named(Exception):
    pass


Named.__name__ = Named.__qualname__ = evil
print(evil)

# %% answer step
def step(a, x_i, w_i):
    print(evil)
    raise Named(evil)


step.__name__ = step.__qualname__ = evil

# %% answer log_bernoulli
class Kind:
    pass


Kind.__name__ = evil


def log_bernoulli(x, logits):
    return Kind()
