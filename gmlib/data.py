"""Real data that ships with the dependencies: nothing is downloaded, except MNIST on request.

Images come flat, (n, pixels), in raster order. Binary pixels are float 0/1, grey levels long. scikit-learn is imported
where it is used: it takes a second, and `from gmlib import data` should not.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from gmlib import _arguments

VALIDATION = 237  # of the 1437 digits that are not the test part
IRIS_COLUMNS = ("sepal length", "sepal width", "petal length", "petal width")  # in cm


@dataclass(frozen=True)
class Part:
    """One part of a data set: x (n, pixels), y (n,) the labels as long."""

    x: Shaped[Tensor, "n pixels"]
    y: Int[Tensor, " n"]

    def __len__(self):
        return len(self.x)


@dataclass(frozen=True)
class Digits:
    """The three parts of a data set of digits. The test part is for the last number only: it never selects."""

    train: Part
    validation: Part
    test: Part


def _binarise_or_keep(pixels, levels, top):
    if levels == 2:
        return (pixels > (top - 1) / 2).to(torch.float32)
    if levels != top + 1:
        _arguments.fail("levels", levels, f"2 (binary) or {top + 1} (as they come)")
    return pixels.to(torch.long)


def _parts(x, y, test, validation):
    """A stratified, shuffled split with the fixed seed 0."""
    from sklearn.model_selection import train_test_split

    rest, held = train_test_split(range(len(y)), test_size=test, random_state=0, stratify=y)
    train, select = train_test_split(rest, test_size=validation, random_state=0, stratify=y[rest])
    return Digits(*(Part(x[part], y[part]) for part in (train, select, held)))


@lru_cache
def digits(levels=2):
    """scikit-learn's 1797 handwritten digits of 8x8 pixels: 1200 to train, 237 to validate, 360 to test.

    levels: 2 makes each pixel 1. where its grey level is above 7 and 0. elsewhere; 17 keeps the levels 0 to 16 as long.
    Returns a Digits with x (n, 64), y (n,). Stratified and shuffled with the fixed seed 0.
    Errors: ValueError for other levels.
    """
    from sklearn import datasets

    raw = datasets.load_digits()
    return _parts(
        _binarise_or_keep(torch.from_numpy(raw.data), levels, 16), torch.from_numpy(raw.target).long(), 360, VALIDATION
    )


def digit_patches(rows=(2, 5), columns=(2, 6)):
    """The same binary digits, cropped: rows[0] up to rows[1] - 1, and columns likewise; 3 x 4 = 12 pixels by default.

    Small enough that every one of the 2^12 patches can be enumerated. Returns a Digits with x (n, pixels).
    Errors: ValueError for a range that is not inside 0 to 8.
    """
    for name, (low, high) in (("rows", rows), ("columns", columns)):
        if not 0 <= low < high <= 8:
            _arguments.fail(name, (low, high), "a range (first, last + 1) inside (0, 8)")

    def crop(part):
        return Part(part.x.view(-1, 8, 8)[:, slice(*rows), slice(*columns)].flatten(1), part.y)

    whole = digits()
    return Digits(crop(whole.train), crop(whole.validation), crop(whole.test))


@lru_cache
def iris():
    """Fisher's and Anderson's 150 irises of three species: 90 flowers to train, 15 to validate, 45 to test.

    Returns a Digits with x (n, 4), float32, in cm and rounded to the millimetre, its columns named by IRIS_COLUMNS, and
    y (n,), the species 0 to 2. Stratified and shuffled with the fixed seed 0.
    """
    from sklearn import datasets

    raw = datasets.load_iris()
    return _parts(torch.from_numpy(raw.data).to(torch.float32), torch.from_numpy(raw.target).long(), 45, 15)


@lru_cache
def _photographs():
    from sklearn import datasets

    return [torch.from_numpy(image.copy()) for image in datasets.load_sample_images().images]  # (427, 640, 3) of 0..255


def image_patches(n, size=3, colour=False, generator=None) -> Float[Tensor, "n pixels"]:
    """Random patches of scikit-learn's two photographs, dequantised: (level + u) / 256, u uniform on [0, 1).

    n: how many. size: pixels along an edge. colour: three channels (red, green, blue of a pixel side by side) or their
    mean. Returns (n, size * size) or (n, size * size * 3), float32 in [0, 1).
    Errors: ValueError for a size above 64.
    """
    n, size = _arguments.count("n", n), _arguments.count("size", size, high=64)
    photographs = torch.stack(_photographs()).to(torch.float32)  # (2, 427, 640, 3)
    pixels = photographs if colour else photographs.mean(-1, keepdim=True).floor()
    windows = pixels.unfold(1, size, 1).unfold(2, size, 1)  # (2, rows, columns, channels, size, size), a view
    which = [torch.randint(k, (n,), generator=generator, device=_home(generator)).cpu() for k in windows.shape[:3]]
    found = windows[which[0], which[1], which[2]].permute(0, 2, 3, 1).flatten(1)
    noise = torch.rand(found.shape, generator=generator, device=_home(generator)).cpu()
    return ((found + noise) / 256).clamp(max=1 - 2**-24)


def two_moons(n, noise=0.05, generator=None) -> Float[Tensor, "n 2"]:
    """Two interleaved half circles of radius 1, each with probability 1/2, plus Gaussian noise.

    noise: its standard deviation. Returns (n, 2), float32.
    """
    n = _arguments.count("n", n)
    home = _home(generator)
    angle = torch.rand(n, generator=generator, device=home).cpu() * torch.pi
    upper = torch.rand(n, generator=generator, device=home).cpu() < 0.5
    x = torch.stack([torch.cos(angle), torch.sin(angle)], 1)
    x = torch.where(upper[:, None], x, torch.tensor([1.0, 0.5]) - x)
    return x + noise * torch.randn(n, 2, generator=generator, device=home).cpu()


def _home(generator):
    return "cpu" if generator is None else generator.device


def mnist(levels=2):
    """MNIST, 28x28 pixels, through scikit-learn's fetch_openml, which caches it: 50,000 / 10,000 / 10,000 digits.

    levels: 2 (above 127) or 256. Returns a Digits with x (n, 784), y (n,), split and stratified with the fixed seed 0.
    Errors: ConnectionError when there is no network and no cached copy; it names the choice that needs none.
    """
    if levels not in (2, 256):
        _arguments.fail("levels", levels, "2 (binary) or 256 (as they come)")
    from sklearn import datasets

    try:
        x, y = datasets.fetch_openml(
            "mnist_784", version=1, return_X_y=True, as_frame=False, parser="liac-arff", n_retries=1, delay=0.5
        )
    except OSError as error:  # urllib's errors are OSErrors
        raise ConnectionError(
            f"mnist: could not be fetched ({error}); without a network use gmlib.data.digits(), "
            "which ships with scikit-learn"
        ) from error
    labels = torch.tensor([int(label) for label in y])
    return _parts(_binarise_or_keep(torch.from_numpy(x), levels, 255), labels, 10_000, 10_000)


@lru_cache
def eeg() -> Float[Tensor, "800 4"]:
    """Four channels of an electroencephalogram, 800 samples of each over about ten seconds; (800, 4), float32.

    From matplotlib's sample data, where each channel has mean 0 and variance 1; the recording states no other unit.
    Eye blinks make the channels 0 and 3 jump.
    Errors: ImportError without matplotlib, FileNotFoundError where it came without its sample data.
    """
    return torch.from_numpy(_sample("eeg.dat", "float64")).view(800, 4).to(torch.float32)


@lru_cache
def membrane() -> Float[Tensor, "12000"]:
    """The voltage across the membrane of a nerve cell that fires, 12,000 samples 0.5 ms apart; (12000,), float32.

    From matplotlib's sample data, in the recording's own unit. Errors as those of `eeg`.
    """
    return torch.from_numpy(_sample("membrane.dat", "float32"))


def _sample(name, dtype):
    import numpy as np

    try:
        from matplotlib import cbook

        file = cbook.get_sample_data(name)
    except ImportError as error:
        raise ImportError(
            f"{name}: this recording ships with matplotlib, which is not installed; install matplotlib"
        ) from error
    except OSError as error:
        raise FileNotFoundError(
            f"{name}: this matplotlib has come without its sample data; install matplotlib with pip or conda"
        ) from error
    with file:
        return np.frombuffer(file.read(), dtype=f"<f{np.dtype(dtype).itemsize}").astype(dtype)
