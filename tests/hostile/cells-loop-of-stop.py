# tries: a stop in one answer cell after the other, so that the process has to be started again each time.

# %% answer fvsbn_logits
import os
os._exit(1)
# %% answer step
import os
os._exit(1)
