"""Both normalisations are invertible maps with the determinant that they state, and say when they are not."""

import re

import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.flows.coupling import AffineCoupling, halves
from gmlib.flows.flow import Flow
from gmlib.flows.normalisation import ActNorm, BatchNorm, initialise, update
from gmlib.flows.transform import Affine, Inverse, Permutation

DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
SIZES = pytest.mark.parametrize(("rows", "n"), [(1, 1), (4, 3), (3, 6)])


def points(rows, n, dtype=torch.float64, seed=0):
    """Columns of different means and widths."""
    drawn = torch.randn(rows, n, generator=device.generator(seed), dtype=torch.float64)
    scale = torch.linspace(-1, 1, n, dtype=torch.float64).exp()
    return (drawn * scale + torch.arange(n, dtype=torch.float64)).to(dtype)


def batch_norm(n, dtype=torch.float64):
    """A layer in eval() mode with parameters and running statistics that are not those of the start."""
    layer = BatchNorm(n).to(dtype)
    checks.randomise(layer, device.generator(1), 0.5)
    return layer.update(points(50, n, dtype, seed=5), momentum=1).eval()


MAKE = {"activation": lambda n: ActNorm(n).double().initialise(points(40, n, seed=5)), "batch": batch_norm}


def deep(kind, n=4, layers=3):
    """A flow with a normalisation after each coupling."""
    parts = []
    for k in range(layers):
        coupling = AffineCoupling(halves(n), (8,), generator=device.generator(k))
        checks.randomise(coupling, device.generator(10 + k), 0.4)
        parts += [coupling, kind(n), Permutation(range(n - 1, -1, -1))]
    return Flow(parts).double()


@pytest.mark.parametrize("name", MAKE)
@SIZES
def test_each_direction_has_its_own_log_det(name, rows, n):
    layer, z = MAKE[name](n), points(rows, n, seed=2)
    checks.log_det(layer, z)
    checks.inverts(layer, layer.inverse, z)
    checks.log_det(layer.inverse, layer(z)[0].detach())


@pytest.mark.parametrize("kind", [ActNorm, BatchNorm])
@DTYPES
def test_a_layer_runs_where_its_module_is(kind, dtype):
    for place in gmlib.devices():
        layer, x = kind(5).to(place, dtype), points(7, 5, dtype).to(place)
        layer = layer.initialise(x) if kind is ActNorm else layer.update(x).eval()
        z, log_det = layer(x)
        assert z.dtype == log_det.dtype == dtype
        assert z.device.type == log_det.device.type == place.type
        checks.inverts(layer, layer.inverse, x, tolerance=1e-5 if dtype == torch.float32 else None)


def test_the_first_batch_comes_out_with_mean_0_and_variance_1():
    x = points(30, 4)
    z, log_det = ActNorm(4).double().initialise(x).inverse(x)
    checks.close(z.mean(0), torch.zeros(4), "the mean")
    checks.close(z.var(0, correction=0), torch.ones(4), "the variance")
    checks.close(log_det, -x.std(0, correction=0).log().sum().expand(30), "the log-determinant")


def test_activation_normalisation_is_the_identity_before_and_the_same_in_both_modes():
    layer, x = ActNorm(3).double(), points(5, 3)
    checks.close(layer.inverse(x)[0], x, "an untouched layer")
    layer.initialise(x)
    checks.close(layer.train().inverse(x)[0], layer.eval().inverse(x)[0], "both modes")


def test_training_takes_the_batch_and_testing_the_running_statistics():
    layer, x = batch_norm(3), points(6, 3, seed=4)
    gamma, beta = layer.log_scale.detach(), layer.shift.detach()
    for mean, var, mode in [
        (x.mean(0), x.var(0, correction=0), True),
        (layer.running_mean, layer.running_var, False),
    ]:
        z, log_det = layer.train(mode).inverse(x)
        checks.close(z, (x - mean) / (var + 1e-5).sqrt() * gamma.exp() + beta, "z")
        checks.close(log_det, (gamma - (var + 1e-5).log() / 2).sum().expand(6), "the log-determinant")


def test_rows_depend_on_each_other_in_training_mode_alone():
    layer, x = batch_norm(2), points(5, 2, seed=4)
    for mode in (True, False):
        layer.train(mode)
        slopes = torch.autograd.functional.jacobian(lambda x: layer.inverse(x)[0], x)
        across = slopes[0, :, 1]
        assert (across.abs().max() > 1e-3) == mode


def test_with_the_statistics_of_the_training_set_both_modes_agree():
    flow, x = deep(BatchNorm), points(60, 4)
    there = flow.train().inverse(x)
    update(flow, x)
    for found, expected in zip(flow.eval().inverse(x), there, strict=True):
        checks.close(found, expected, "the inverse in eval mode")
    checks.inverts(flow, flow.inverse, there[0].detach(), tolerance=1e-7)


def test_running_statistics_move_by_the_momentum():
    layer, x = BatchNorm(2, momentum=0.25).double(), points(9, 2)
    layer.update(x)
    checks.close(layer.running_mean, 0.25 * x.mean(0), "the running mean")
    checks.close(layer.running_var, 0.75 + 0.25 * x.var(0, correction=0), "the running variance")
    layer.update(x, momentum=1)
    checks.close(layer.running_mean, x.mean(0), "the running mean after momentum 1")


def test_a_flow_is_initialised_from_the_data_on():
    flow, x = deep(ActNorm), points(60, 4)
    initialise(Flow([flow]).double(), x)  # a flow of flows, too
    for layer in reversed(flow.transforms):
        x, _ = layer.inverse(x)
        if isinstance(layer, ActNorm):
            checks.close(x.mean(0), torch.zeros(4), "the mean behind a normalisation")
            checks.close(x.var(0, correction=0), torch.ones(4), "the variance behind a normalisation")


@pytest.mark.parametrize("kind", [ActNorm, BatchNorm])
def test_neither_direction_changes_anything(kind):
    layer, x = kind(3), points(4, 3, torch.float32)
    before = {name: part.clone() for name, part in layer.state_dict().items()}
    layer.inverse(x)
    layer.eval()(x)
    assert all(torch.equal(before[name], part) for name, part in layer.state_dict().items())


@pytest.mark.parametrize("kind", [ActNorm, BatchNorm])
def test_every_parameter_has_a_gradient(kind):
    flow, x = deep(kind), points(20, 4, seed=7)
    if kind is ActNorm:
        initialise(flow, x)
    flow.log_prob(x).mean().backward()
    for name, parameter in flow.named_parameters():
        if "log_scale" in name or "shift" in name:
            assert parameter.grad is not None
            assert parameter.grad.abs().max() > 1e-9, name


@pytest.mark.parametrize("size", [1e4, 1e-8])
@pytest.mark.parametrize("kind", [ActNorm, BatchNorm])
def test_hostile_sizes_stay_finite_and_invertible(kind, size):
    x = size * torch.randn(20, 3, generator=device.generator(3))
    layer = kind(3)
    layer = layer.initialise(x) if kind is ActNorm else layer.update(x, momentum=1).eval()
    z, log_det = layer.inverse(x)
    checks.value(log_det, (20,))
    checks.close(layer(z)[0] / size, x / size, "the round trip")


def test_a_constant_column_stays_finite_under_batch_normalisation():
    x = torch.ones(4, 2)
    for mode in (True, False):
        layer = BatchNorm(2).update(x, momentum=1).train(mode)
        checks.value(layer.inverse(x)[0], (4, 2))


REFUSED = {
    "x: got a batch of 1 row, expected at least 2 rows, whose spread sets the scale": lambda: ActNorm(2).initialise(
        torch.zeros(1, 2)
    ),
    "x: got a constant column 1, expected columns that vary": lambda: ActNorm(2).initialise(
        torch.tensor([[1.0, 2.0], [3.0, 2.0]])
    ),
    "x: got a batch of 1 row, expected at least 2 rows, in training mode": lambda: BatchNorm(2).inverse(
        torch.zeros(1, 2)
    ),
    "x: got a batch of 1 row, expected at least 2 rows, to take statistics of": lambda: BatchNorm(2).update(
        torch.zeros(1, 2)
    ),
    "x: got a float32 tensor of shape (4, 3), expected a float32 tensor of shape (batch, 2)": lambda: BatchNorm(
        2
    ).update(torch.zeros(4, 3)),
    "momentum: got 0, expected a number above 0 and of at most 1": lambda: BatchNorm(2, momentum=0),
    "momentum: got 2, expected a number above 0 and of at most 1": lambda: BatchNorm(2).update(torch.zeros(4, 2), 2),
    "eps: got 0, expected a number above 0": lambda: BatchNorm(2, eps=0),
    "eps: got None, expected a number above 0": lambda: BatchNorm(2, eps=None),
    "n: got 0, expected a whole number of at least 1": lambda: ActNorm(0),
    "flow: got an Affine, expected a Flow": lambda: initialise(Affine(2), torch.zeros(4, 2)),
    "flow: got a BatchNorm, expected a Flow": lambda: update(BatchNorm(2), torch.zeros(4, 2)),
    "x: got an empty tensor": lambda: update(Flow([BatchNorm(2)]), torch.zeros(0, 2)),
}


def test_what_stands_in_an_inverse_is_left_as_it_is():
    flow = initialise(Flow([ActNorm(2), Inverse(ActNorm(2))]), points(40, 2, torch.float32))
    assert (flow.transforms[0].log_scale != 0).all()
    assert (flow.transforms[1].transform.log_scale == 0).all()


def test_the_momentum_of_update_counts():
    x = 3 + points(40, 2, torch.float32)
    flow = update(Flow([BatchNorm(2)]), x, momentum=0.5)
    checks.close(flow.transforms[0].running_mean, 0.5 * x.mean(0), "the running mean")


@pytest.mark.bad_input
@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_refused(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()


def test_forward_in_training_mode_says_what_to_do():
    with pytest.raises(RuntimeError, match=r"call update\(x\) and eval\(\) before forward or sample"):
        Flow([BatchNorm(2)]).sample(3)
