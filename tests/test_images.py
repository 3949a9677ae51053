"""Masks of images by their pixels, and the squeeze as the permutation that it is; what they refuse."""

import itertools
import re

import pytest
import torch

import gmlib
from gmlib import checks, device
from gmlib.flows.coupling import AffineCoupling
from gmlib.flows.images import channel_mask, checkerboard, squeeze, unsqueeze

SIZES = pytest.mark.parametrize(
    ("channels", "height", "width"), [(1, 1, 2), (1, 3, 3), (2, 4, 5), (3, 5, 4), (4, 2, 1)]
)


@SIZES
@pytest.mark.parametrize("parity", [0, 1])
def test_neighbours_on_the_board_differ_and_channels_agree(channels, height, width, parity):
    mask = checkerboard(height, width, channels, parity)
    assert mask.dtype == torch.bool
    assert mask.shape == (channels * height * width,)
    board = mask.view(channels, height, width)
    assert (board == board[0]).all()
    assert (board[:, 1:] != board[:, :-1]).all()
    assert (board[:, :, 1:] != board[:, :, :-1]).all()
    assert bool(board[0, 0, 0]) == (parity == 0)


def test_a_checkerboard_by_hand():
    assert checkerboard(2, 3).tolist() == [True, False, True, False, True, False]
    assert checkerboard(3, 2, parity=1).tolist() == [False, True, True, False, False, True]


@pytest.mark.parametrize(("channels", "height", "width"), [(2, 1, 1), (3, 2, 5), (4, 3, 3), (12, 4, 2)])
def test_a_channel_stays_or_moves_as_a_whole(channels, height, width):
    mask = channel_mask(channels, height, width)
    assert mask.dtype == torch.bool
    planes = mask.view(channels, height * width)
    assert (planes.all(1) == planes.any(1)).all()
    assert planes.all(1).tolist() == [c < channels // 2 for c in range(channels)]
    assert (channel_mask(channels, height, width, 1) == ~mask).all()


@pytest.mark.parametrize("mask", [checkerboard(3, 3), checkerboard(2, 2, 3, 1), channel_mask(3, 1, 2, 1)])
def test_a_coupling_takes_the_masks(mask):
    layer = AffineCoupling(mask, (8,)).double()
    checks.randomise(layer, device.generator(0), 0.3)
    z = torch.randn(6, len(mask), generator=device.generator(1), dtype=torch.float64)
    kept, moved = mask[None] & mask[:, None], ~mask[:, None]
    allowed = (kept & torch.eye(len(mask), dtype=torch.bool)) | (moved & (mask[None] | torch.eye(len(mask)).bool()))
    checks.links_are(layer, z, allowed, what="the coupling")
    checks.inverts(layer, layer.inverse, z)


@pytest.mark.parametrize("shape", [(1, 1, 2, 2), (2, 3, 4, 6), (3, 2, 6, 2), (5, 1, 8, 8)])
def test_squeeze_puts_each_pixel_where_the_formula_says(shape):
    batch, c, h, w = shape
    x = torch.arange(batch * c * h * w).view(shape)
    y = squeeze(x)
    assert y.shape == (batch, 4 * c, h // 2, w // 2)
    for a, b, k, i, j in itertools.product((0, 1), (0, 1), range(c), range(h // 2), range(w // 2)):
        assert (y[:, (2 * a + b) * c + k, i, j] == x[:, k, 2 * i + a, 2 * j + b]).all()
    assert sorted(y.flatten().tolist()) == list(range(x.numel()))
    assert (unsqueeze(y) == x).all()
    assert (squeeze(unsqueeze(x.repeat(1, 4, 1, 1))) == x.repeat(1, 4, 1, 1)).all()


def test_squeeze_keeps_dtype_and_device_and_lets_gradients_through():
    for place in gmlib.devices():
        for dtype in (torch.float32, torch.float64, torch.bool, torch.long):
            x = torch.randint(2, (2, 1, 4, 2), generator=device.generator(0)).to(place, dtype)
            y = squeeze(x)
            assert (y.dtype, y.device.type) == (dtype, place.type)
            assert (unsqueeze(y) == x).all()
    x = torch.zeros(1, 1, 2, 2, requires_grad=True)
    weights = torch.arange(4.0).view(1, 4, 1, 1)
    (squeeze(x) * weights).sum().backward()
    assert x.grad.flatten().tolist() == [0, 1, 2, 3]


def test_a_checkerboard_squeezed_is_a_mask_of_channels():
    """This is why Real-NVP changes to channel masks after a squeeze: the board's pixels are two of the four images."""
    board = checkerboard(4, 6).view(1, 1, 4, 6)
    assert squeeze(board)[0].flatten(1).all(1).tolist() == [True, False, False, True]
    assert (squeeze(board)[0].flatten(1).all(1) == squeeze(board)[0].flatten(1).any(1)).all()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: checkerboard(0, 3), "height: got 0, expected a whole number of at least 1"),
        (lambda: checkerboard(3, 2.0), "width: got 2.0, expected a whole number of at least 1"),
        (lambda: checkerboard(1, 1), "height, width: got 1 pixel, expected at least 2: some stay and some move"),
        (lambda: checkerboard(2, 2, 0), "channels: got 0, expected a whole number of at least 1"),
        (lambda: checkerboard(2, 2, 1, 2), "parity: got 2, expected a whole number from 0 to 1"),
        (lambda: channel_mask(1, 2, 2), "channels: got 1, expected a whole number of at least 2"),
        (lambda: channel_mask(2, 0, 2), "height: got 0, expected a whole number of at least 1"),
        (lambda: channel_mask(2, 2, -1), "width: got -1, expected a whole number of at least 1"),
        (lambda: channel_mask(2, 2, 2, -1), "parity: got -1, expected a whole number from 0 to 1"),
        (lambda: squeeze([1]), "x: got a list, expected a tensor of shape (batch, c, h, w)"),
        (
            lambda: squeeze(torch.zeros(1, 4, 4)),
            "x: got a float32 tensor of shape (1, 4, 4), expected a tensor of shape",
        ),
        (
            lambda: squeeze(torch.zeros(1, 1, 3, 4)),
            "x: got a float32 tensor of shape (1, 1, 3, 4), expected an even height and an even width",
        ),
        (lambda: squeeze(torch.zeros(1, 1, 4, 3)), "expected an even height and an even width"),
        (
            lambda: unsqueeze(torch.zeros(4, 2, 2)),
            "y: got a float32 tensor of shape (4, 2, 2), expected a tensor of shape",
        ),
        (
            lambda: unsqueeze(torch.zeros(1, 6, 2, 2)),
            "y: got a float32 tensor of shape (1, 6, 2, 2), expected a number of channels that 4 divides",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
