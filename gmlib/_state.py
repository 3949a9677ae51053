"""What belongs to a model's weights though it is not learned: saved with them, and compared when they are loaded."""

import functools

from gmlib import _arguments


def settle(module, name, value):
    """Give `module` the buffer `name`, an integer tensor, saved with its weights, which fit no other value of it.

    To load the weights of another value raises ValueError; a state without it is taken to fit.
    """
    module.register_buffer(name, value)
    module.register_load_state_dict_pre_hook(functools.partial(_same, name))


def _same(name, module, state, prefix, *_):
    own = getattr(module, name)
    saved = state.setdefault(f"{prefix}{name}", own)
    if saved.tolist() != own.tolist():
        _arguments.fail(
            f"{prefix}{name}", f"weights for {saved.tolist()}", f"those for {own.tolist()}, the model's own"
        )
