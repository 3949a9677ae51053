# has: answers of the second notebook in other words, with torch's distributions where they are allowed.
# notebook: 02-fvsbn-nade-made-b

# %% extra
import warnings
warnings.filterwarnings("ignore")

# %% answer softmax
def softmax(a):
    a = a - torch.max(a, dim=-1, keepdim=True).values
    return torch.exp(a).div(torch.exp(a).sum(dim=-1, keepdim=True))

# %% answer log_categorical
def log_categorical(x, scores):
    total = torch.zeros(len(x), dtype=scores.dtype)
    for k, image in enumerate(x):
        for i, level in enumerate(image):
            total[k] += scores[k, i, level] - scores[k, i].logsumexp(0)
    return total

# %% answer collapse
def collapse(W1, b1, W2, b2):
    W = torch.einsum("kd,dn->kn", W2, W1)
    return [W, W2.mv(b1).add(b2)]
