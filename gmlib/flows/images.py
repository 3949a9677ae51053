"""What a flow needs to know of images: which pixels stay in a coupling, and how to trade pixels for channels."""

import torch
from jaxtyping import Bool, Shaped
from torch import Tensor

from gmlib import _arguments


def checkerboard(height, width, channels=1, parity=0) -> Bool[Tensor, "pixels"]:
    """The mask of a chess board, true where row + column + parity is even: those pixels stay, their neighbours move.

        mask[c, i, j] = (i + j + parity) mod 2 == 0,        the same in each channel

    parity: 0, or 1 for the complement.
    Returns (channels * height * width,), an image flattened channel by channel, each in raster order.
    Raises ValueError for sizes below 1, for an image of a single pixel, and for another parity.
    Source: Dinh et al., Density estimation using Real NVP (2017), section 3.4.
    """
    height, width = _arguments.count("height", height), _arguments.count("width", width)
    if height * width < 2:
        _arguments.fail("height, width", "1 pixel", "at least 2: some stay and some move")
    channels, parity = _arguments.count("channels", channels), _arguments.count("parity", parity, low=0, high=1)
    board = (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0
    return board.expand(channels, height, width).flatten()


def channel_mask(channels, height, width, parity=0) -> Bool[Tensor, "pixels"]:
    """The mask of the first channels // 2 channels, which stay as a whole while the others move.

    parity: 0, or 1 for the complement.
    Returns (channels * height * width,), an image flattened channel by channel, each in raster order.
    Raises ValueError for fewer than 2 channels, for sizes below 1, and for another parity.
    Source: Dinh et al., Density estimation using Real NVP (2017), section 3.4.
    """
    channels, parity = _arguments.count("channels", channels, low=2), _arguments.count("parity", parity, 0, 1)
    pixels = _arguments.count("height", height) * _arguments.count("width", width)
    first = torch.arange(channels) < channels // 2
    return (first != bool(parity)).repeat_interleave(pixels)


def squeeze(x: Shaped[Tensor, "batch c h w"]) -> Shaped[Tensor, "batch 4*c h//2 w//2"]:
    """Each square of 2x2 pixels becomes one pixel with four times the channels: a permutation, log-determinant 0.

        y[:, (2 a + b) c + k, i, j] = x[:, k, 2 i + a, 2 j + b],    a, b = 0, 1

    in words: four images of half the size, of the top left pixels of the squares, top right, bottom left, bottom right,
    each with all its channels, one after the other. (torch's pixel_unshuffle keeps the four pixels of a channel
    together.)

    x: (batch, c, h, w), h and w even. Raises ValueError for anything else.
    Source: Dinh et al., Density estimation using Real NVP (2017), section 3.6.
    """
    _arguments.tensor("x", x, ("batch", "c", "h", "w"))
    if x.shape[2] % 2 or x.shape[3] % 2:
        _arguments.fail("x", _arguments.describe(x), "an even height and an even width")
    return torch.cat([x[:, :, a::2, b::2] for a in (0, 1) for b in (0, 1)], 1)


def unsqueeze(y: Shaped[Tensor, "batch c h w"]) -> Shaped[Tensor, "batch c//4 2*h 2*w"]:
    """The inverse of `squeeze`: four channels of a pixel become a square of 2x2 pixels.

    y: (batch, 4 c, h, w). Raises ValueError for a number of channels that four does not divide.
    """
    _arguments.tensor("y", y, ("batch", "4c", "h", "w"))
    batch, channels, height, width = y.shape
    if channels % 4:
        _arguments.fail("y", _arguments.describe(y), "a number of channels that 4 divides")
    parts = y.reshape(batch, 2, 2, channels // 4, height, width)  # (batch, a, b, c, h, w)
    return parts.permute(0, 3, 4, 1, 5, 2).reshape(batch, channels // 4, 2 * height, 2 * width)
