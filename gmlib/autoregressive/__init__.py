"""Autoregressive models: one conditional a variable, each on the variables before it. One model a file."""

from gmlib.autoregressive.bayes_net import BayesNet, parents
from gmlib.autoregressive.categorical_nade import CategoricalNADE
from gmlib.autoregressive.fvsbn import FVSBN
from gmlib.autoregressive.made import MADE, OrderMixture, made_masks
from gmlib.autoregressive.mixture_nade import MixtureNADE
from gmlib.autoregressive.nade import NADE, UntiedNADE, step

__all__ = [
    "FVSBN",
    "MADE",
    "NADE",
    "BayesNet",
    "CategoricalNADE",
    "MixtureNADE",
    "OrderMixture",
    "UntiedNADE",
    "made_masks",
    "parents",
    "step",
]
