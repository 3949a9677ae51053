# has: helper functions, constants and names of its own in extra cells.

# %% extra
N_PIXELS = 64
my_sigma = None

# %% extra after @3
def my_sigma(score):
    return 1 / (1 + torch.exp(-score))

class Row:
    def __init__(self, bias, weights):
        self.bias, self.weights = bias, weights

    def score(self, pixels):
        return self.bias + pixels @ self.weights

# %% answer fvsbn_logits
def all_rows(biases, weights):
    return [Row(biases[i], weights[i, :i]) for i in range(len(biases))]

def fvsbn_logits(bilder, bias, gewichte):
    return torch.stack([row.score(bilder[:, :i]) for i, row in enumerate(all_rows(bias, gewichte))], 1)

# %% answer untied_logit
def hidden(v, M, k):
    return my_sigma(v @ M.T + k)

def untied_logit(v, M, k, out, off):
    return hidden(v, M, k) @ out + off

result_of_my_first_try = untied_logit(torch.ones(1, 1), torch.ones(1, 1), torch.ones(1), torch.ones(1), torch.ones(()))
result_of_my_first_try
