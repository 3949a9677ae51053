"""Figures: what is drawn is what was given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from IPython.display import Image

from gmlib import plotting


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_a_sheet_of_images_shows_every_pixel():
    x = torch.zeros(5, 6)
    x[4, 5] = 1
    figure = plotting.images(x, columns=3, shape=(2, 3), title="five")
    sheet = figure.axes[0].images[0].get_array()
    assert sheet.shape == (2 * 3 + 1, 3 * 4 + 1)
    assert (np.argwhere(sheet == 1) == [[5, 7]]).all()
    assert figure.axes[0].get_title() == "five"


def test_colour_images_keep_their_channels():
    figure = plotting.images(torch.rand(2, 12), columns=2, shape=(2, 2, 3))
    assert figure.axes[0].images[0].get_array().shape == (4, 7, 3)


def test_a_matrix_writes_its_numbers_and_labels():
    figure = plotting.matrix(torch.tensor([[0.25, -1.0]]), rows=["a"], columns=["b", "c"], title="m")
    ax = figure.axes[0]
    assert [text.get_text() for text in ax.texts] == ["0.25", "-1"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["b", "c"]


def test_a_graph_has_an_arc_for_every_parent():
    figure = plotting.graph([[], [0], [0, 1]], names=["p", "q", "r"], ordering=[0, 1, 2])
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(texts) == ["", "", "", "p", "q", "r"]


def test_a_picture_is_a_png_and_closes_its_figure():
    figure = plt.figure()
    found = plotting.picture(figure)
    assert isinstance(found, Image)
    assert found.data.startswith(b"\x89PNG")
    assert not plt.fignum_exists(figure.number)


def test_a_table_escapes_what_it_shows():
    page = plotting.results_table([["<b>", 1.234, 20000]], ["model", "nats", "parameters"]).data
    assert "<td>&lt;b&gt;</td><td>1.23</td><td>20,000</td>" in page


@pytest.mark.bad_input
def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"x: got a float32 tensor of shape \(2, 5\), expected .* shape \(n, 6\)"):
        plotting.images(torch.zeros(2, 5), shape=(2, 3))
    with pytest.raises(ValueError, match="m: got 1 dimensions, expected 2"):
        plotting.matrix(torch.zeros(3))
    with pytest.raises(ValueError, match=r"rows\[0\]: got 1 cells, expected 2"):
        plotting.results_table([["a"]], ["a", "b"])
    with pytest.raises(ValueError, match="ordering: got .* expected each index from 0 to 1 once"):
        plotting.graph([[], []], ordering=[0, 0])
