"""Which names a cell binds, and which it needs from the cells before it. Works on the syntax tree alone."""

import ast
import builtins

BUILTINS = frozenset(dir(builtins)) | {"display", "get_ipython", "__name__", "__file__"}


def names(tree):
    """(binds, needs) of a module: the names that it leaves behind, and those that it reads before it binds them."""
    walk = _Names()
    for statement in tree.body:
        walk.visit(statement)
    # a function's body runs later than its definition: all that the cell binds is there by then
    late = {name for name in walk.late if name not in walk.bound}
    return walk.bound, (walk.needs | late) - BUILTINS


class _Names(ast.NodeVisitor):
    """Visits in the order in which Python evaluates."""

    def __init__(self):
        self.bound, self.needs, self.late = set(), set(), set()

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
        elif node.id not in self.bound:
            self.needs.add(node.id)

    def _in_order(self, *parts):
        for part in parts:
            for node in part if isinstance(part, list) else [part]:
                if node is not None:
                    self.visit(node)

    def visit_Assign(self, node):
        self._in_order(node.value, node.targets)

    def visit_AnnAssign(self, node):
        self._in_order(node.annotation, node.value, node.target if node.value else None)

    def visit_AugAssign(self, node):
        if isinstance(node.target, ast.Name) and node.target.id not in self.bound:
            self.needs.add(node.target.id)
        self._in_order(node.value, node.target)

    def visit_For(self, node):
        self._in_order(node.iter, node.target, node.body, node.orelse)

    def visit_Import(self, node):
        self.bound |= {(name.asname or name.name).split(".")[0] for name in node.names}

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node):
        self._in_order(node.type)
        if node.name:
            self.bound.add(node.name)
        self._in_order(node.body)

    def visit_FunctionDef(self, node):
        arguments = node.args
        self._in_order(node.decorator_list, arguments.defaults, arguments.kw_defaults)
        self.bound.add(node.name)
        self.late |= _free(node.body, arguments)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        self._in_order(node.args.defaults, node.args.kw_defaults)
        self.late |= _free([node.body], node.args)

    def visit_ClassDef(self, node):
        self._in_order(node.decorator_list, node.bases, [keyword.value for keyword in node.keywords])
        inner = _Names()
        inner.bound |= self.bound
        inner._in_order(node.body)
        self.needs |= inner.needs
        self.late |= inner.late
        self.bound.add(node.name)

    def _comprehension(self, node, results):
        inner = _Names()
        inner.bound |= self.bound
        for part in node.generators:
            inner._in_order(part.iter, part.target, part.ifs)
        inner._in_order(*results)
        self.needs |= inner.needs
        self.late |= inner.late

    def visit_ListComp(self, node):
        self._comprehension(node, [node.elt])

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node):
        self._comprehension(node, [node.key, node.value])


def _free(body, arguments):
    """The names that a function takes from outside."""
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    inner = _Names()
    inner._in_order(list(body))
    local = inner.bound | {argument.arg for argument in listed if argument}
    declared = {name for node in body for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}
    return (inner.needs | inner.late) - local | declared
