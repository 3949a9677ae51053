# has: a demonstration with other settings, and the given example with other numbers.

# %% edit @5
def sigma(z):
    return 1 / (1 + math.exp(-z))


x1, x2, x3, x4 = 1, 1, 1, 1
print(sigma(x1 + x2))

# %% edit @15
class MyFVSBN(torch.nn.Module):
    def __init__(self, n, scale=0.01):
        super().__init__()
        self.alpha_0 = torch.nn.Parameter(scale * torch.randn(n))
        self.alpha = torch.nn.Parameter(scale * torch.randn(n, n))

    def logits(self, x):
        return fvsbn_logits(x, self.alpha_0, self.alpha)

    def log_prob(self, x):
        return log_bernoulli(x, self.logits(x))


digits = data.digits()
model = MyFVSBN(64)
history = training.fit(model, digits.train.x, digits.validation.x, epochs=3, learning_rate=0.01)
assert training.nll(model, digits.test.x) < 1, "not there yet"
