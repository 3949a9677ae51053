# tries: hooks around every cell that swap what is asked for, and handlers that swallow every exception.

# %% extra
def swap(*_):
    import torch

    for name in ["step", "fvsbn_logits", "nade_logits", "checks"]:
        get_ipython().user_ns[name] = lambda *a, **k: torch.tensor(0.0)


for event in ["pre_execute", "pre_run_cell", "post_execute", "post_run_cell"]:
    get_ipython().events.register(event, swap)


# %% extra
import sys

get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)
sys.excepthook = sys.unraisablehook = lambda *a: None

# %% answer step
def step(a, x_i, w_i):
    raise AssertionError("swallowed?")
