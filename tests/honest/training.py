# has: a training run of its own, of three seconds, in an extra cell.

# %% extra after log_bernoulli--fresh
import time

torch.manual_seed(7)
net = torch.nn.Sequential(torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 64))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
start, losses = time.time(), []
while time.time() - start < 3:
    batch = (torch.rand(100, 64) > 0.5).float()
    loss = -log_bernoulli(batch, net(batch)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    if len(losses) % 100 == 0:
        print(len(losses), loss)

# %% extra after log_bernoulli--fresh
plt.plot(losses)
del net, optimizer, losses, loss
