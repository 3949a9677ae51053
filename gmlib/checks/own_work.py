"""An exercise asks for the student's own version of what gmlib also has."""

import sys
import types

from gmlib.checks.seeds import fail


def own_work(function, *modules):
    """Fail when `function`, or a function of the student's that it calls, uses gmlib's own version of what is asked.

    modules: names below gmlib, for example "autoregressive.made".
    It reads the code that the function could run, so it teaches honest students and stops nobody who hides an import;
    isolated grading takes the modules away. Objects without code of their own pass.
    """
    withheld = {f"gmlib.{name}" for name in modules}
    seen, queue = set(), [function]
    while queue:
        current = queue.pop()
        code = getattr(current, "__code__", None)
        if code is None or code in seen:
            continue
        seen.add(code)
        names, scope = set(_names(code)), getattr(current, "__globals__", {})
        loaded = [scope[name] for name in names if name in scope]
        for thing in loaded + (_reached(names, withheld) if _opens_gmlib(names, loaded, withheld) else []):
            if _home(thing) in withheld:
                _say(_home(thing), thing, function)
        queue += [thing for thing in loaded if isinstance(thing, types.FunctionType) and thing.__globals__ is scope]


def _names(code):
    """Every name that the code object, or one nested in it, loads, imports or reads as an attribute."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _home(thing):
    return thing.__name__ if isinstance(thing, types.ModuleType) else getattr(thing, "__module__", None)


def _opens_gmlib(names, loaded, withheld):
    """Whether the code reaches a withheld module through gmlib or one of its folders, by import or by attribute."""
    folders = {module.rsplit(".", k)[0] for module in withheld for k in range(module.count(".") + 1)}
    modules = {thing.__name__ for thing in loaded if isinstance(thing, types.ModuleType)}
    return bool(folders & (names | modules))


def _reached(names, withheld):
    """What those names mean inside the withheld modules."""
    modules = [sys.modules[module] for module in withheld if module in sys.modules]
    return [vars(module)[name] for module in modules for name in names if name in vars(module)]


def _say(home, thing, function):
    what = home if isinstance(thing, types.ModuleType) else f"{home}.{getattr(thing, '__name__', type(thing).__name__)}"
    student = getattr(function, "__name__", "your function")
    fail(f"{student} uses gmlib's own {what}: this exercise asks you to write it yourself")
