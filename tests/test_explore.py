"""explorer(): a stored first figure, redrawn when a control moves."""

import matplotlib.pyplot as plt
from ipywidgets import IntSlider

from gmlib import explore


def draw(height):
    if height == 3:
        raise ValueError("no figure of height 3")
    figure, ax = plt.subplots(figsize=(1, 1))
    ax.plot([0, height])
    return figure


def test_the_first_figure_is_shown_and_follows_the_control(shown):
    slider = IntSlider(1, 0, 5)
    explore.explorer(draw, height=slider)
    controls, first = shown.displayed
    assert controls.children == (slider,)
    slider.value = 2
    assert first.data != shown.updated[0].data
    assert not plt.get_fignums()


def test_a_setting_that_cannot_be_drawn_says_so_and_leaves_the_controls_usable(shown):
    slider = IntSlider(1, 0, 5)
    explore.explorer(draw, height=slider)
    slider.value = 3
    assert shown.updated == [{"text/plain": "This setting cannot be drawn: no figure of height 3"}]
    slider.value = 4
    assert len(shown.updated) == 2
