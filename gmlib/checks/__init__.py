"""Property checks that say what is wrong. Each raises AssertionError with a sentence for the student.

Test cells compare only through these functions: kind first (None, a list, a wrong shape or dtype, NaN), then
`not worst <= tolerance`, so that no NaN and no empty tensor slips through. None of them prints the answer.
"""

from gmlib.checks.causality import causal, dependencies, links, masks, paths
from gmlib.checks.distributions import binary_vectors, sampler, sums_to_one
from gmlib.checks.estimates import at_most, draws_from, never_falls, spread, unbiased
from gmlib.checks.flows import area_is_one, differentiable, inverts, jacobian, links_are, log_det, pair
from gmlib.checks.networks import (
    degrees,
    finite,
    integrates_to_one,
    levels_sum_to_one,
    random_bits,
    randomise,
    repeats,
    same_on_devices,
    unchanged,
    untouched,
)
from gmlib.checks.own_work import own_work
from gmlib.checks.seeds import fail, generator, require
from gmlib.checks.tables import count, edges, factors, parents, probabilities, random_joint, summands
from gmlib.checks.values import close, describe, items, number, value

__all__ = [
    "area_is_one",
    "at_most",
    "binary_vectors",
    "causal",
    "close",
    "count",
    "degrees",
    "dependencies",
    "describe",
    "differentiable",
    "draws_from",
    "edges",
    "factors",
    "fail",
    "finite",
    "generator",
    "integrates_to_one",
    "inverts",
    "items",
    "jacobian",
    "levels_sum_to_one",
    "links",
    "links_are",
    "log_det",
    "masks",
    "never_falls",
    "number",
    "own_work",
    "pair",
    "parents",
    "paths",
    "probabilities",
    "random_bits",
    "random_joint",
    "randomise",
    "repeats",
    "require",
    "same_on_devices",
    "sampler",
    "spread",
    "summands",
    "sums_to_one",
    "unbiased",
    "unchanged",
    "untouched",
    "value",
]
