"""The conventions of test cells, read from the syntax tree.

They make a test mean the same in the student's notebook and in isolated grading, where the student's objects live in
another process and answer with plain data. Each rule gives (line within the cell, what is wrong and what to do).
"""

import ast

IDENTITY = {"isinstance", "issubclass", "type", "id"}
COPIES = {"deepcopy"}
WRITES = {"fill_", "copy_", "zero_", "normal_", "uniform_", "random_", "exponential_", "bernoulli_"}
TRANSFORMS = {"vmap", "functional_call", "jacrev", "jacfwd"}
STREAMS = {"get_state", "set_state", "manual_seed", "get_rng_state", "set_rng_state"}
TUPLES = {"namedtuple", "NamedTuple", "_replace", "_asdict"}
COMPARES = {"allclose", "isclose", "assert_close", "assert_allclose", "assert_equal", "array_equal"}
MODULES = {
    "inspect": "look at what a function returns, not at its code",
    "copy": "build the object twice",
    "random": "draw from checks.generator(...)",
    "torch.func": "pass functions, and differentiate with backward or autograd.grad",
    "torch.optim": "an optimiser here would change only a copy of the student's weights",
    "optim": "an optimiser here would change only a copy of the student's weights",
    "torch.nn.init": "set weights with load_state_dict",
    "nn.init": "set weights with load_state_dict",
    "torch.testing": "compare with gmlib.checks",
    "numpy.random": "draw from checks.generator(...)",
    "np.random": "draw from checks.generator(...)",
    "np.testing": "compare with gmlib.checks",
    "numpy.testing": "compare with gmlib.checks",
}
DRAWS = {"rand", "randn", "randint", "randperm", "bernoulli", "multinomial", "normal", "poisson"}
# methods of models that draw, and the position of their argument `generator`
METHODS = {"sample": 1, "rsample": 1}
LIKE = {"rand_like", "randn_like", "randint_like"}


def problems(cell, tree, random_functions=None):
    """[(line, message)] of one test cell.

    random_functions: {name: position of its argument `generator`} of the student's functions that have one.
    """
    hidden = _hidden_lines(cell)
    found = []
    for node in ast.walk(tree):
        for rule in (_names, _statements, _calls):
            message = rule(node, METHODS | (random_functions or {}))
            if message:
                found.append((node.lineno, message))
        if _called(node) == "generator" and _dotted(node.func) in ("checks.generator", "gmlib.checks.generator"):
            message = _generator(node, cell, node.lineno in hidden)
            if message:
                found.append((node.lineno, message))
    return sorted(set(found))


def _names(node, _):
    """Rules 1 to 4: words that do not belong in a test at all."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return _imports(node)
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    dotted = _dotted(node)
    for module, instead in MODULES.items():
        if dotted.startswith(f"{module}."):
            return f"{module} in a test: {instead}"
    if isinstance(node, ast.Attribute) and node.attr == "data" and dotted not in ("gmlib.data", "torch.utils.data"):
        return ".data in a test changes only a copy: set weights with load_state_dict"
    return _word(node.id if isinstance(node, ast.Name) else node.attr)


def _word(word):
    if word.startswith("__") and word.endswith("__"):
        return f"{word} in a test: dunders do not reach the student's objects"
    if word in COPIES:
        return "deepcopy in a test: build the object twice"
    if word in TRANSFORMS:
        return f"{word} in a test: it cannot look into the student's function; use backward or autograd.grad"
    if word in TUPLES:
        return f"{word} in a test: plain tuples only"
    if word in STREAMS:
        return f"{word} in a test: draw from checks.generator(...) and never look at a stream after the call"
    return None


def _imports(node):
    module = getattr(node, "module", None)
    for name in node.names:
        full = f"{module}.{name.name}" if module else name.name
        for one, instead in MODULES.items():
            if full == one or full.startswith(f"{one}.") or module == one:
                return f"{one} in a test: {instead}"
        if _word(name.name):
            return _word(name.name)
    return None


def _statements(node, _):
    """Rules 1 and 6: identity, and comparing by hand."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            none = any(isinstance(side, ast.Constant) and side.value is None for side in (left, right))
            if isinstance(operator, ast.Is | ast.IsNot) and not none:
                return "`is` in a test: identity is lost between processes; compare values with gmlib.checks"
    if isinstance(node, ast.Assert):
        return "bare assert in a test: compare only with gmlib.checks, which says what is wrong"
    if isinstance(node, ast.Raise):
        return "raise in a test: use checks.require(condition, sentence) or checks.fail(sentence)"
    if isinstance(node, ast.ExceptHandler) and all(isinstance(part, ast.Pass | ast.Continue) for part in node.body):
        return "an except that goes on silently: a wrong answer would pass"
    return None


def _calls(node, random_functions):
    """Rules 1, 2, 4 and 6: calls."""
    if not isinstance(node, ast.Call):
        return None
    word, dotted = _called(node), _dotted(node.func)
    keywords = {keyword.arg for keyword in node.keywords}
    if word in IDENTITY and isinstance(node.func, ast.Name):
        return f"{word}() in a test: checks.value looks at type, shape and dtype"
    if word in WRITES:
        return f"{word} in a test changes only a copy: set weights with load_state_dict"
    if word in COMPARES or dotted == "torch.equal":
        return f"{word} in a test: compare only with gmlib.checks"
    if dotted == "torch.Generator":
        return "torch.Generator() in a test: draw from checks.generator(...)"
    if word in LIKE:
        return f"{word} in a test takes no generator: draw the shape with generator=checks.generator(...)"
    drawn = dotted in {f"torch.{draw}" for draw in DRAWS} or (
        word in ("multinomial", "bernoulli") and not dotted.startswith("checks.")
    )
    given = "generator" in keywords or len(node.args) > random_functions.get(word, len(node.args))
    if (drawn or word in random_functions) and not given:
        return f"{word}(...) without generator= in a test: pass generator=checks.generator(...)"
    return None


def _generator(node, cell, is_hidden):
    first = node.args[0] if node.args else None
    part = first.value if isinstance(first, ast.Constant) else None
    if not isinstance(part, str) or not part.startswith(cell.id):
        return f'checks.generator: expected the id of this cell, "{cell.id}", as first argument'
    fresh = any(
        keyword.arg == "fresh" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in node.keywords
    )
    if is_hidden and not fresh:
        return "checks.generator in a hidden test: pass fresh=True, so that nobody can know the numbers"
    if fresh and not is_hidden:
        return "checks.generator in a visible test: without fresh=True, so that its message can be looked into again"
    return None


def _hidden_lines(cell):
    lines, inside = set(), False
    for number, text in enumerate(cell.source.split("\n"), 1):
        inside = (inside or "### BEGIN HIDDEN TESTS" in text) and "### END HIDDEN TESTS" not in text
        if inside:
            lines.add(number)
    return lines


def _called(node):
    """The last word of what is called: `sample` of `model.sample(3)`."""
    if not isinstance(node, ast.Call):
        return None
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _dotted(node):
    """`torch.nn.init` of the tree of that; what is not plain names gives ''."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
