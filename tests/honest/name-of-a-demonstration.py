# has: answers that use what a demonstration has defined.

# %% answer fvsbn_sample
def fvsbn_sample(count, alpha_0, alpha, generator):
    assert digits.train.x.shape[1] == 64
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])
        x[:, i] = torch.bernoulli(x_hat, generator=generator)
    return x

# %% extra after fvsbn_sample
N = digits.train.x.shape[1]
print("the model has", sum(p.numel() for p in model.parameters()))

# %% answer step
def step(a, x_i, w_i):
    assert isinstance(model, MyFVSBN) and N == 64
    return a + x_i[:, None] * w_i
