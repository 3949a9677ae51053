"""Explorers: a drawing that follows its controls. Each unit's own stand beside this file."""

from IPython.display import display
from ipywidgets import VBox

from gmlib.plotting import picture


def explorer(draw, **controls):
    """Show ipywidgets and the figure that draw(**values) makes of their values; redraw when one of them moves.

    draw:     takes one argument a control, by name, and returns a matplotlib Figure.
    controls: ipywidgets with a `value`.
    The first figure is stored in the notebook, so that it is there before anything runs. What draw raises for a setting
    appears in the place of the figure, and the controls stay usable.
    """

    def current():
        return picture(draw(**{name: control.value for name, control in controls.items()}))

    display(VBox(list(controls.values())))
    handle = display(current(), display_id=True)

    def redraw(_):
        try:
            handle.update(current())
        except ValueError as error:
            handle.update({"text/plain": f"This setting cannot be drawn: {error}"}, raw=True)

    for control in controls.values():
        control.observe(redraw, "value")
