"""Flows: invertible maps from noise to data with tractable determinants. One idea a file."""

from gmlib.flows.coupling import AdditiveCoupling, AffineCoupling, halves
from gmlib.flows.flow import Flow
from gmlib.flows.transform import Affine, Inverse, Permutation, Sigmoid, Transform

__all__ = [
    "AdditiveCoupling",
    "Affine",
    "AffineCoupling",
    "Flow",
    "Inverse",
    "Permutation",
    "Sigmoid",
    "Transform",
    "halves",
]
