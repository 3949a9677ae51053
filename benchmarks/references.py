"""Reference lines: independent pixels, and a mixture of Bernoulli vectors fitted by EM."""

import torch


class Bernoullis:
    """p(x) = sum_k pi_k prod_i mu_ki^x_i (1 - mu_ki)^(1 - x_i); with one component the pixels are independent."""

    def __init__(self, log_pi, mu):
        self.log_pi, self.mu = log_pi, mu  # (K,), (K, n)

    def log_joint(self, x):
        """log pi_k + log p(x | k), (batch, K)."""
        return self.log_pi + x @ self.mu.log().t() + (1 - x) @ (1 - self.mu).log().t()

    def log_prob(self, x):
        """In nats, (batch,)."""
        return self.log_joint(x).logsumexp(1)

    def free_parameters(self):
        return self.mu.numel() + len(self.mu) - 1


def independent(x, pseudo_count=1.0):
    """The share of ones of each pixel, with `pseudo_count` ones and as many zeros added."""
    mu = (x.sum(0) + pseudo_count) / (len(x) + 2 * pseudo_count)
    return Bernoullis(torch.zeros(1), mu[None])


def mixture(x, components, generator, steps=60):
    """EM started at images drawn at random, with a prior of one average image for each component.

    The strength of the prior was chosen on the validation part; without it the components overfit.
    """
    chosen = x[torch.randperm(len(x), generator=generator)[:components]]
    model = Bernoullis(torch.full((components,), 1 / components).log(), 0.25 + 0.5 * chosen)
    ones, zeros = x.mean(0) + 0.05, 1 - x.mean(0) + 0.05  # pseudo-counts of each pixel
    for _ in range(steps):
        responsibilities = torch.softmax(model.log_joint(x), 1)
        weight = responsibilities.sum(0)  # (K,)
        mu = (responsibilities.t() @ x + ones) / (weight[:, None] + ones + zeros)
        model = Bernoullis(((weight + 1) / (weight + 1).sum()).log(), mu)
    return model
