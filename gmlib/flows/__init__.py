"""Flows: invertible maps from noise to data with tractable determinants. One idea a file."""

from gmlib.flows.coupling import AdditiveCoupling, AffineCoupling, halves
from gmlib.flows.dequantisation import Dequantised, dequantise, quantise
from gmlib.flows.flow import Flow
from gmlib.flows.gaussianization import Gaussianization, MarginalGaussianization
from gmlib.flows.iaf import IAF, InverseMaskedAffine
from gmlib.flows.ica import ICA
from gmlib.flows.images import channel_mask, checkerboard, squeeze, unsqueeze
from gmlib.flows.linear import Linear
from gmlib.flows.maf import MAF, MaskedAffine
from gmlib.flows.nice import NICE
from gmlib.flows.normalisation import ActNorm, BatchNorm
from gmlib.flows.planar import Planar, PlanarFlow
from gmlib.flows.realnvp import RealNVP
from gmlib.flows.transform import Affine, Inverse, Permutation, Sigmoid, Transform

__all__ = [
    "IAF",
    "ICA",
    "MAF",
    "NICE",
    "ActNorm",
    "AdditiveCoupling",
    "Affine",
    "AffineCoupling",
    "BatchNorm",
    "Dequantised",
    "Flow",
    "Gaussianization",
    "Inverse",
    "InverseMaskedAffine",
    "Linear",
    "MarginalGaussianization",
    "MaskedAffine",
    "Permutation",
    "Planar",
    "PlanarFlow",
    "RealNVP",
    "Sigmoid",
    "Transform",
    "channel_mask",
    "checkerboard",
    "dequantise",
    "halves",
    "quantise",
    "squeeze",
    "unsqueeze",
]
