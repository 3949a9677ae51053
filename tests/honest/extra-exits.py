# has: extra cells that leave: exit, quit and sys.exit.

# %% extra
import sys
sys.exit("no internet")

# %% extra after fvsbn_logits
exit()

# %% extra after step
quit

# %% extra after nade_logits
quit()

# %% extra after nade_logits
raise SystemExit(1)
