# has: logging at every level, to stderr and into a file.

# %% extra
import logging
logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(levelname)s %(message)s")
log = logging.getLogger(__name__)
log.addHandler(logging.FileHandler("debug.log"))

# %% answer step
def step(a, x_i, w_i):
    log.debug("a %s, x_i %s, w_i %s", a, x_i, w_i)
    try:
        a.no_such_attribute
    except AttributeError:
        log.exception("as expected")
    return a + x_i[:, None] * w_i

# %% extra after step
print(open("debug.log").read()[:500])
