# has: await at the top of a cell, and generators.

# %% extra
import asyncio

async def wait():
    await asyncio.sleep(0.05)
    return 3

# %% extra
three = await wait()
print(three)

# %% extra
asyncio.run(wait())

# %% answer nade_logits
def sweep(x, W, c, alpha, b):
    a = c.expand(len(x), -1)
    for i in range(x.shape[1]):
        yield torch.sigmoid(a) @ alpha[i] + b[i]
        a = step(a, x[:, i], W[:, i])

def nade_logits(x, W, c, alpha, b):
    return torch.stack([*sweep(x, W, c, alpha, b)], 1)
