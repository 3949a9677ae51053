"""What every transform promises, held to the plainest ones; its refusals."""

import re

import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.flows.transform import Affine, Inverse, Permutation, Sigmoid, Transform

DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def points(rows, n, dtype=torch.float64, seed=0):
    return torch.randn(rows, n, generator=device.generator(seed), dtype=torch.float64).to(dtype)


def affine(n):
    layer = Affine(n)
    checks.randomise(layer, device.generator(1))
    return layer


MAKE = {
    "affine": affine,
    "permutation": lambda n: Permutation(torch.randperm(n, generator=device.generator(2))),
    "sigmoid": Sigmoid,
    "bare sigmoid": lambda n: Sigmoid(n, alpha=0),
    "inverse": lambda n: Inverse(affine(n)),
}


@pytest.mark.parametrize("name", MAKE)
@pytest.mark.parametrize(("rows", "n"), [(1, 1), (4, 3), (3, 6)])
def test_each_direction_has_its_own_log_det(name, rows, n):
    layer, z = MAKE[name](n).double(), points(rows, n)
    checks.log_det(layer, z)
    checks.inverts(layer, layer.inverse, z)
    checks.log_det(layer.inverse, layer(z)[0].detach())


@pytest.mark.parametrize("name", MAKE)
@DTYPES
def test_a_transform_runs_where_its_module_is(name, dtype):
    for place in gmlib.devices():
        layer, z = MAKE[name](5).to(place, dtype), points(7, 5, dtype).to(place)
        x, log_det = layer(z)
        assert x.dtype == log_det.dtype == dtype
        assert x.device.type == log_det.device.type == place.type
        checks.inverts(layer, layer.inverse, z, tolerance=1e-5 if dtype == torch.float32 else None)


def test_a_permutation_says_where_each_entry_comes_from():
    z = torch.tensor([[10.0, 20, 30]])
    assert Permutation([2, 0, 1])(z)[0].tolist() == [[30, 10, 20]]
    assert Permutation([2, 0, 1]).inverse(z)[0].tolist() == [[20, 30, 10]]


def test_standardise_takes_mean_and_spread_of_the_columns():
    x = 3 + 2 * points(50, 4, torch.float32)
    z, _ = Affine(4).standardise(x).inverse(x)
    checks.close(z.mean(0), torch.zeros(4), "the mean")
    checks.close(z.std(0, correction=0), torch.ones(4), "the spread")


def test_the_ends_of_the_unit_interval_have_a_finite_logit():
    ends = torch.tensor([[0.0, 1.0]])
    z, log_det = Sigmoid(2).inverse(ends)
    checks.close(z, torch.tensor([[0.05, 0.95]]).logit(), "the logit")
    checks.close(log_det, 2 * torch.tensor([0.9 / (0.05 * 0.95)]).log(), "the log-determinant")


@pytest.mark.parametrize("size", [1e4, 1e-8])
def test_hostile_sizes_stay_finite_or_are_refused(size):
    layer, z = Sigmoid(3), torch.full((2, 3), size)
    x, log_det = layer(z)
    checks.value(x, (2, 3), low=-0.06, high=1.06)
    checks.value(log_det, (2,))
    if size < 1:
        checks.inverts(layer, layer.inverse, z)
    else:  # 1e4 is beyond what float32 can tell from the end
        with pytest.raises(ValueError, match=r"x: got an entry 1\.05556, expected entries above -0\.05556 and below"):
            layer.inverse(x)


def test_forward_changes_nothing():
    layer = affine(3)
    before = {name: part.clone() for name, part in layer.state_dict().items()}
    layer(points(4, 3, torch.float32))
    layer.inverse(points(4, 3, torch.float32))
    assert all(torch.equal(before[name], part) for name, part in layer.state_dict().items())


def test_a_direction_without_closed_form_says_so():
    class OneWay(Transform):
        def _forward(self, z):
            return z + z.tanh(), (2 - z.tanh() ** 2).log().sum(1)

    checks.log_det(OneWay(2).double(), points(3, 2))
    with pytest.raises(NotImplementedError, match="OneWay has no inverse in closed form"):
        OneWay(2).inverse(points(3, 2, torch.float32))
    with pytest.raises(NotImplementedError, match="Transform has no forward map"):
        Inverse(Inverse(Transform(2)))(points(3, 2, torch.float32))


REFUSED = {
    "n: got 0, expected a whole number of at least 1": lambda: Affine(0),
    "n: got 2.5, expected a whole number": lambda: Sigmoid(2.5),
    "z: got a float32 tensor of shape (3, 4), expected a float32 tensor of shape (batch, 5)": lambda: Affine(5)(
        torch.zeros(3, 4)
    ),
    "x: got a float64 tensor of shape (3, 5), expected a float32 tensor": lambda: Affine(5).inverse(points(3, 5)),
    "z: got 1 entry that is NaN or infinite (the first is nan), expected finite numbers": lambda: Affine(1)(
        torch.tensor([[float("nan")]])
    ),
    "z: got an empty tensor": lambda: Affine(2)(torch.zeros(0, 2)),
    "order: got [0, 0], expected each index from 0 to 1 once": lambda: Permutation([0, 0]),
    "order: got 3, expected a list of indices": lambda: Permutation(3),
    "transform: got a Linear, expected a Transform": lambda: Inverse(torch.nn.Linear(2, 2)),
    "alpha: got 0.5, expected a number from 0 to below 1/2": lambda: Sigmoid(2, 0.5),
    "alpha: got 'no', expected a number": lambda: Sigmoid(2, "no"),
    "x: got an entry 1.2, expected entries above -0.05556 and below 1.056": lambda: Sigmoid(1).inverse(
        torch.tensor([[1.2]])
    ),
    "x: got an entry 0, expected entries above 0 and below 1": lambda: Sigmoid(1, 0).inverse(torch.zeros(1, 1)),
    "x: got a constant column 1, expected columns that vary": lambda: Affine(2).standardise(
        torch.tensor([[1.0, 2], [3, 2]])
    ),
}


@pytest.mark.bad_input
@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()
