# has: extra cells that raise, one of them before all answers.

# %% extra
1 / 0

# %% extra after @3
assert False, "why?"

# %% extra after fvsbn_logits
fvsbn_logits(torch.ones(3), torch.ones(4), "alpha")

# %% extra after step
raise KeyboardInterrupt

# %% extra after nade_logits
class Mine(Exception):
    def __str__(self):
        raise ValueError("no text")

raise Mine
