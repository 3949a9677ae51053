# has: threads, a pool and a data loader, all of which come to an end.

# %% extra after @3
import threading
from concurrent.futures import ThreadPoolExecutor

found = []
threads = [threading.Thread(target=lambda k=k: found.append(k**2)) for k in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
torch.set_num_threads(4)

# %% extra after @3
from torch.utils.data import DataLoader, TensorDataset

for (batch,) in DataLoader(TensorDataset(torch.rand(64, 4)), batch_size=16, shuffle=True, num_workers=2):
    print(batch.shape)

# %% answer fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    with ThreadPoolExecutor(4) as pool:
        rows = pool.map(lambda i: alpha_0[i] + x[:, :i] @ alpha[i, :i], range(len(alpha_0)))
        return torch.stack(list(rows), 1)
