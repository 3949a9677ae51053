"""gmlib without the answers: in the sandbox a withheld module keeps its names, and using one says why it fails.

Explorers are withheld from every unit: they compute what students are asked for, and draw for eyes that are not there.
"""

from pathlib import Path

import gmlib

STAND_IN = '''\
"""Withheld while this unit is graded."""


class _Withheld(type):
    def _refuse(cls, *args, **kwargs):
        raise NotImplementedError(
            f"gmlib's own {cls.__name__} is not there when this exercise is graded: write it yourself"
        )

    __call__ = _refuse

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        cls._refuse()


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Withheld(name, (), {})
'''


def stand_ins(withheld: list[str]) -> dict[str, str]:
    """{path below gmlib/: text that replaces it} for modules such as "autoregressive.made".

    The private modules beside a withheld one (`autoregressive/_sweep.py`) hold its inner parts, and go with it.
    """
    root = Path(gmlib.__file__).parent
    found = set(root.glob("explore/*.py"))
    for name in withheld:
        path = root / f"{name.replace('.', '/')}.py"
        found |= {path, *path.parent.glob("_[!_]*.py")} if path.parent != root else {path}
    return {str(path.relative_to(root)): STAND_IN for path in sorted(found)}
