# has: packages installed from the notebook, in every way that is in use.

# %% extra
%pip install -q einops
!pip install --upgrade torchinfo
!{sys.executable} -m pip install rich

# %% extra after step
import subprocess
import sys

subprocess.run([sys.executable, "-m", "pip", "install", "tabulate"])
%conda install -y seaborn
