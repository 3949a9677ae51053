# has: prints in thousands, in extra cells and in answers.

# %% extra
for i in range(20_000):
    print("line", i, "of what I tried", end="\n" if i % 2 else " ")

# %% answer nade_logits
def nade_logits(x, W, c, alpha, b):
    print("nade_logits was called with", x, W, c, alpha, b)
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        logits.append(torch.sigmoid(a) @ alpha[i] + b[i])
        for k in range(200):
            print("DEBUG", i, k, a.shape)
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits, 1)

# %% extra after nade_logits
torch.set_printoptions(threshold=10**6)
print(torch.rand(300, 300))
