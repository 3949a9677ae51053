# has: widgets, and packages that may not be there.

# %% extra
import ipywidgets
from tqdm.notebook import tqdm

@ipywidgets.interact(k=(0, 10))
def show(k=3):
    print(k)

for _ in tqdm(range(10)):
    pass

# %% extra
import seaborn as sns
import pandas as pd
import wandb
wandb.init(project="fvsbn")

# %% extra after @3
from google.colab import drive
drive.mount("/content/drive")
