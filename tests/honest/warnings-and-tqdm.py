# has: progress bars, warnings and other lines on stderr.

# %% extra
import sys
import time
import warnings

from tqdm import tqdm, trange
from tqdm.auto import tqdm as pretty

for _ in tqdm(range(100), desc="warming up"):
    time.sleep(0.001)
for _ in pretty(range(20)):
    warnings.warn("this is fine", UserWarning, stacklevel=1)
warnings.simplefilter("always")

# %% answer fvsbn_sample
def fvsbn_sample(count, alpha_0, alpha, generator):
    warnings.warn("slow", DeprecationWarning, stacklevel=2)
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in tqdm(range(len(alpha_0)), leave=False):
        print("pixel", i, file=sys.stderr)
        sys.stderr.write("...\n")
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])
        x[:, i] = torch.bernoulli(x_hat, generator=generator)
    return x
