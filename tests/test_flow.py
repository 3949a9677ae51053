"""Composition: log-determinants add, the inverse runs backwards, the density integrates to one, samples follow it."""

import math
import re

import pytest
import torch

import gmlib
from gmlib import checks, device, training
from gmlib.flows import Affine, AffineCoupling, Flow, Inverse, Permutation, halves


def points(rows, n, dtype=torch.float64, seed=0):
    return torch.randn(rows, n, generator=device.generator(seed), dtype=torch.float64).to(dtype)


def build(n=5, layers=3, seed=0, scale=0.3):
    generator = device.generator(seed)
    parts = []
    for k in range(layers):
        mask = halves(n, 1 + k % (n - 1))
        order = torch.randperm(n, generator=generator)
        parts += [AffineCoupling(mask, (7,), generator=generator), Permutation(order), Affine(n)]
    flow = Flow(parts)
    checks.randomise(flow, generator, scale)
    return flow


def test_log_determinants_add_and_the_inverse_runs_backwards():
    flow, z = build().double(), points(6, 5)
    checks.log_det(flow, z)
    checks.inverts(flow, flow.inverse, z, tolerance=1e-9)
    x, total = z, 0
    for layer in flow.transforms:
        x, log_det = layer(x)
        total = total + log_det
    found = flow(z)
    checks.close(found[0], x, "x")
    checks.close(found[1], total, "log_det")


def test_the_path_ends_where_forward_does():
    flow, z = build().double(), points(4, 5)
    path = flow.path(z)
    assert len(path) == len(flow.transforms) + 1
    assert torch.equal(path[0][0], z)
    assert (path[0][1] == 0).all()
    for found, expected in zip(path[-1], flow(z), strict=True):
        checks.close(found, expected, "the end of the path")
    checks.close(path[1][1], flow.transforms[0](z)[1], "the first log-determinant")


def test_a_flow_is_a_transform():
    inner, z = build(layers=1), points(3, 5)
    outer = Flow([inner, Affine(5), Inverse(inner)]).double()
    checks.close(outer(z)[0], z, "there and back: the Affine between starts as the identity")
    checks.close(outer(z)[1], torch.zeros(3, dtype=torch.float64), "its log-determinant")


def test_the_density_integrates_to_one():
    flow = build(2, 2).double()
    checks.area_is_one(flow.log_prob, -15, 15, points=801)


def test_an_affine_flow_is_a_gaussian():
    layer = Affine(3)
    with torch.no_grad():
        layer.shift.copy_(torch.tensor([1.0, -2, 0.5]))
        layer.log_scale.copy_(torch.tensor([0.1, -0.7, 1.2]))
    x = points(5, 3, torch.float32)
    expected = torch.distributions.Normal(layer.shift, layer.log_scale.exp()).log_prob(x).sum(1)
    checks.close(Flow([layer]).log_prob(x), expected, "log p(x)")


def test_samples_follow_the_density():
    flow = build(2, 2, scale=0.2).double()
    x = flow.sample(20_000, device.generator(3))
    again, log_p = flow.sample_and_log_prob(20_000, device.generator(3))
    checks.close(again, x, "the same draws")
    checks.close(log_p, flow.log_prob(x), "log p of the draws", tolerance=1e-7)
    # E[1 / p(x)] over a region is its area
    inside = (x - x.mean(0)).norm(dim=1) < 1
    checks.unbiased(torch.where(inside, (-log_p).exp(), 0.0), math.pi, "the area of a disc")


def test_draws_come_from_the_generator_and_carry_gradients():
    flow = build().float()
    checks.repeats(lambda generator: flow.sample(4, generator), "flow")
    x, log_p = flow.sample_and_log_prob(6, device.generator(0))
    (x.square().sum() + log_p.sum()).backward()
    for name, parameter in flow.named_parameters():
        assert parameter.grad.abs().sum() > 0, name
    assert not flow.sample(2).requires_grad


def test_it_runs_on_every_device():
    for place in gmlib.devices():
        for dtype in (torch.float32, torch.float64):
            flow = build().to(place, dtype)
            x = flow.sample(9, device.generator(5))
            assert x.dtype == dtype
            assert x.device.type == place.type
            expected = build().double().log_prob(x.cpu().double())
            checks.close(
                flow.log_prob(x), expected.to(dtype), "log p(x)", tolerance=1e-3 if dtype.itemsize == 4 else None
            )


def test_it_trains():
    x = torch.exp(0.4 * points(400, 2, torch.float32)) @ torch.tensor([[1.0, 0.6], [0.0, 0.5]])
    flow = Flow([AffineCoupling(halves(2)), Permutation([1, 0]), AffineCoupling(halves(2)), Affine(2)])
    flow.transforms[-1].standardise(x)
    before = training.nll(flow, x)
    training.fit(flow, x, epochs=15, generator=device.generator(0), progress=False)
    assert training.nll(flow, x) < before - 0.2


REFUSED = {
    "transforms: got an empty list, expected at least one Transform": lambda: Flow([]),
    "transforms[1]: got a ReLU, expected a Transform": lambda: Flow([Affine(2), torch.nn.ReLU()]),
    "transforms[1]: got n = 3, expected n = 2, as in transforms[0]": lambda: Flow([Affine(2), Affine(3)]),
    "n: got 0, expected a whole number of at least 1": lambda: build().sample(0),
    "n: got 2.0, expected a whole number": lambda: build().sample_and_log_prob(2.0),
    "x: got a float32 tensor of shape (2, 4), expected": lambda: build().log_prob(torch.zeros(2, 4)),
    "z: got a float32 tensor of shape (5,), expected": lambda: build().path(torch.zeros(5)),
}


def test_a_flow_takes_its_dtype_from_its_parts():
    x = points(3, 2)
    assert Flow([Affine(2).double()]).log_prob(x).dtype == torch.float64
    assert Flow([AffineCoupling(halves(2)).double()]).sample(3).dtype == torch.float64
    assert Inverse(Affine(2).double())(x)[0].dtype == torch.float64


@pytest.mark.bad_input
@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()
