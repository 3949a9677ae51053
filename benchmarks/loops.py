"""The plain forms that the literature describes, as baselines: nothing clever, autograd does the rest."""

import torch
import torch.nn.functional as F
from torch import nn

from gmlib.autoregressive.nade import step


class LoopFVSBN(nn.Module):
    """One logistic regression a variable: x_i on x_1, ..., x_{i-1}."""

    def __init__(self, n):
        super().__init__()
        self.regressions = nn.ModuleList(nn.Linear(i, 1) for i in range(1, n))
        self.first = nn.Parameter(torch.zeros(1))

    def log_prob(self, x):
        logits = [self.first.expand(len(x))]
        logits += [regression(x[:, :i])[:, 0] for i, regression in enumerate(self.regressions, start=1)]
        return -F.binary_cross_entropy_with_logits(torch.stack(logits, 1), x, reduction="none").sum(1)


class LoopNADE(nn.Module):
    """The tied sweep as written: one sigmoid, one dot product and one step a variable. Takes the weights of `model`."""

    def __init__(self, model):
        super().__init__()
        self.W, self.c, self.alpha, self.b = (nn.Parameter(p.detach().clone()) for p in model.parameters())

    def log_prob(self, x):
        a, logits = self.c.expand(len(x), -1), []
        for i in range(x.shape[1]):
            logits.append(torch.sigmoid(a) @ self.alpha[i] + self.b[i])
            a = step(a, x[:, i], self.W[:, i])
        return -F.binary_cross_entropy_with_logits(torch.stack(logits, 1), x, reduction="none").sum(1)


@torch.no_grad()
def full_pass_samples(model, number, generator):
    """n full passes, one a variable, with the draws that gmlib's samplers use."""
    u = torch.rand(number, model.n, generator=generator)
    x = torch.zeros_like(u)
    for i in model.ordering:
        x[:, i] = (u[:, i] < model.conditionals(x)[:, i]).float()
    return x
