"""Real data without a download: sizes, ranges, splits that never change."""

import socket
import sys

import pytest
import torch

from gmlib import data, device


def test_the_digits_are_split_once_and_for_all():
    digits = data.digits(17)
    assert [len(part) for part in (digits.train, digits.validation, digits.test)] == [1200, 237, 360]
    train, validation, test = ({tuple(row) for row in part.x.tolist()} for part in vars(digits).values())
    assert not test & (train | validation)
    assert not train & validation
    assert digits.test.y.bincount().min() >= 35  # stratified: 360 / 10


def test_the_test_part_is_the_split_that_published_figures_use():
    from sklearn import datasets
    from sklearn.model_selection import train_test_split

    raw = datasets.load_digits()
    _, test = train_test_split(raw.data, test_size=360, random_state=0, stratify=raw.target)
    assert torch.equal(data.digits(17).test.x, torch.from_numpy(test).long())


def test_binary_means_above_seven():
    assert data.digits().train.x.dtype == torch.float32
    assert data.digits(17).train.x.dtype == torch.long
    assert int(data.digits(17).train.x.max()) == 16
    assert torch.equal(data.digits().train.x, (data.digits(17).train.x > 7).float())


def test_patches_of_digits_are_crops():
    patches = data.digit_patches(rows=(1, 3), columns=(0, 5))
    whole = data.digits().test.x.view(-1, 8, 8)
    assert torch.equal(patches.test.x.view(-1, 2, 5), whole[:, 1:3, 0:5])
    assert torch.equal(patches.test.y, data.digits().test.y)


def test_irises_are_split_once_and_for_all_with_equal_species():
    iris = data.iris()
    parts = iris.train, iris.validation, iris.test
    assert [part.y.bincount().tolist() for part in parts] == [[30] * 3, [5] * 3, [15] * 3]
    assert [part.x.shape for part in parts] == [(90, 4), (15, 4), (45, 4)]
    assert iris.train.x.dtype == torch.float32
    from sklearn import datasets

    whole = torch.cat([part.x for part in parts])
    raw = torch.from_numpy(datasets.load_iris().data).float()
    assert sorted(whole.tolist()) == sorted(raw.tolist())
    assert data.iris() is iris


def test_iris_columns_are_named_as_scikit_learn_names_them():
    from sklearn import datasets

    assert [f"{name} (cm)" for name in data.IRIS_COLUMNS] == datasets.load_iris().feature_names
    x, y = data.iris().train.x, data.iris().train.y
    assert x[y == 0, 2].max() < 2 < 2.9 < x[y > 0, 2].min()  # petal length: two humps


@pytest.mark.parametrize("colour", [False, True])
def test_image_patches_are_dequantised_pieces_of_the_photographs(colour):
    x = data.image_patches(200, 4, colour, device.generator(1))
    assert x.shape == (200, 16 * (3 if colour else 1))
    assert x.min() >= 0
    assert x.max() < 1
    assert torch.equal(x, data.image_patches(200, 4, colour, device.generator(1)))
    levels = (x * 256).floor().long().view(200, 4, 4, -1)
    photograph = torch.stack(data._photographs()).long()
    photograph = photograph if colour else photograph.float().mean(-1, keepdim=True).floor().long()
    windows = photograph.unfold(1, 4, 1).unfold(2, 4, 1).permute(0, 1, 2, 4, 5, 3)
    assert bool((windows == levels[0]).flatten(3).all(-1).any())
    neighbours = x.view(200, 4, 4, -1)[:, :, :2].flatten(0, 1)
    assert torch.corrcoef(neighbours[:, :, 0].T)[0, 1] > 0.8  # pixels side by side, not shuffled


def test_two_moons_have_two_halves_of_radius_one():
    x = data.two_moons(2000, noise=0.0, generator=device.generator(2))
    to_upper = (x.norm(dim=1) - 1).abs()
    to_lower = ((x - torch.tensor([1.0, 0.5])).norm(dim=1) - 1).abs()
    assert torch.minimum(to_upper, to_lower).max() < 1e-5
    assert 0.4 < (to_upper < 1e-5).float().mean() < 0.6


@pytest.mark.bad_input
def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"levels: got 16, expected 2 \(binary\) or 17 \(as they come\)"):
        data.digits(16)
    with pytest.raises(ValueError, match=r"levels: got 17, expected 2 \(binary\) or 256"):
        data.mnist(17)
    with pytest.raises(ValueError, match=r"rows: got \(5, 2\), expected a range"):
        data.digit_patches(rows=(5, 2))
    with pytest.raises(ValueError, match="size: got 65, expected a whole number from 1 to 64"):
        data.image_patches(1, 65)
    with pytest.raises(ValueError, match="n: got 0, expected a whole number of at least 1"):
        data.two_moons(0)


@pytest.mark.bad_input
@pytest.mark.filterwarnings("ignore:A network error occurred")
def test_mnist_without_a_network_names_the_choice_that_needs_none(monkeypatch, tmp_path):
    def unreachable(*_, **__):
        raise socket.gaierror("no network")

    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    monkeypatch.setattr(socket, "getaddrinfo", unreachable)
    with pytest.raises(ConnectionError, match=r"without a network use gmlib.data.digits\(\)"):
        data.mnist()


def test_two_recordings_come_as_matplotlib_ships_them():
    brain, cell = data.eeg(), data.membrane()
    assert brain.shape == (800, 4)
    assert cell.shape == (12000,)
    assert brain.dtype == cell.dtype == torch.float32
    assert brain.mean(0).abs().max() < 1e-3
    assert (brain.std(0) - 1).abs().max() < 5e-3
    assert -0.68 < cell.min() < cell.median() < cell.max() < 0.04
    assert brain[687, 0] < -5 < 5 < brain[691, 0] + 0.5  # a blink


@pytest.mark.bad_input
@pytest.mark.parametrize("recording", [data.eeg, data.membrane])
def test_a_recording_names_the_package_that_is_missing(recording, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    recording.cache_clear()
    with pytest.raises(ImportError, match=r"ships with matplotlib, which is not installed; install matplotlib"):
        recording()


@pytest.mark.bad_input
def test_a_matplotlib_without_sample_data_is_named(monkeypatch, tmp_path):
    from matplotlib import cbook

    monkeypatch.setattr(cbook, "_get_data_path", lambda *parts: tmp_path.joinpath(*parts))
    data.eeg.cache_clear()
    with pytest.raises(FileNotFoundError, match=r"eeg.dat: this matplotlib has come without its sample data"):
        data.eeg()
