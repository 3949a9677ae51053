"""Models with latent variables, and how they are inferred. Each file is one idea.

`elbo` is the name of a file and of the function in it: `from gmlib.latent.elbo import elbo`.
"""

from gmlib.latent.bernoulli_mixture import BernoulliMixture
from gmlib.latent.elbo import gaussian_kl, iwae_bound
from gmlib.latent.gaussian_mixture import GaussianMixture, log_normal
from gmlib.latent.gradients import reparameterised_gradient, score_function_gradient
from gmlib.latent.inference import Importance, importance_sampling, log_marginal
from gmlib.latent.infinite_mixture import InfiniteMixture
from gmlib.latent.linear_gaussian import LinearGaussian

__all__ = [
    "BernoulliMixture",
    "GaussianMixture",
    "Importance",
    "InfiniteMixture",
    "LinearGaussian",
    "gaussian_kl",
    "importance_sampling",
    "iwae_bound",
    "log_marginal",
    "log_normal",
    "reparameterised_gradient",
    "score_function_gradient",
]
