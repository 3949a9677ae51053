# has: right loops that take seconds.

# %% answer fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    import time
    time.sleep(0.3)
    z = []
    for image in x:
        for i in range(len(alpha_0)):
            score = alpha_0[i]
            for j in range(i):
                score = score + alpha[i, j] * image[j]
            z.append(score)
    return torch.stack(z).reshape(len(x), len(alpha_0))

# %% answer nade_logits
def nade_logits(x, W, c, alpha, b):
    total = 0
    for k in range(2_000_000):
        total += k
    z = []
    for image in x:
        for i in range(x.shape[1]):
            out = b[i]
            for u in range(len(c)):
                inner = c[u]
                for j in range(i):
                    inner = inner + W[u, j] * image[j]
                out = out + alpha[i, u] * torch.sigmoid(inner)
            z.append(out)
    return torch.stack(z).reshape(x.shape)
