# has: files written and read, figures and weights among them.

# %% extra after @3
import os
import pickle
import shutil
from pathlib import Path

os.makedirs("results/figures", exist_ok=True)
plt.plot([1, 2])
plt.savefig("results/figures/first.png")
torch.save(torch.ones(3), "results/weights.pt")
with open("results/list.pkl", "wb") as file:
    pickle.dump([1, 2], file)
Path("notes.txt").write_text("notes")

# %% answer step
def step(a, x_i, w_i):
    with open("log.txt", "a") as log:
        log.write(f"{a.shape}\n")
    assert torch.load("results/weights.pt").sum() == 3
    return a + x_i[:, None] * w_i

# %% extra after step
print(len(open("log.txt").readlines()))

# %% extra after step--hand
print(len(open("log.txt").readlines()))
os.chdir("results")
%cd ..
shutil.rmtree("results/figures")
Path.home().joinpath("notes.txt").write_text("mine")
