"""The conversation with a student's process: a test sees of a function there what it would see of one of its own."""

import secrets
import shutil
import socket
import struct
import threading

import pytest
import torch

from gmcourse.grading import worker
from gmcourse.grading.protocol import TAPES
from gmcourse.grading.proxies import Checker, Remote, StudentError
from gmcourse.grading.sandbox import Sandbox
from gmcourse.grading.wire import Lost
from gmlib import checks

pytestmark = [
    pytest.mark.grading,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap (Linux)"),
]


@pytest.fixture(scope="module")
def process():
    """One student's process for all tests here that leave it alive."""
    box = Sandbox(*worker.student_program([]), True)
    checker = Checker(box, {}, 20)
    checker.ask("exec", "import torch", 60)
    yield checker
    box.kill()


@pytest.fixture
def define(process):
    """A function: code -> the object that it calls `f`, as a test cell gets it."""
    process.changed = False

    def define(code):
        out = process.ask("exec", code, 20)
        assert out["error"] is None, out["error"]
        return process.ask("get", target=["n", "f"])

    return define


@pytest.fixture
def alone():
    """The same with a process of its own, which may die."""
    box = Sandbox(*worker.student_program([]), True)
    checker = Checker(box, {}, 3)

    def define(code):
        assert checker.ask("exec", code, 60)["error"] is None
        return checker.ask("get", target=["n", "f"])

    define.checker = checker
    yield define
    box.kill()


def draw(shape=(), seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# --- values and errors ---


def test_values_go_there_and_come_back(define):
    f = define("def f(*args, **kwargs): return args, kwargs")
    x = [1, 2.5, {"k": (None, {3}, [True])}, "text", torch.int64]
    args, kwargs = f(*x, key=torch.ones(2))
    assert args == tuple(x)
    assert torch.equal(kwargs["key"], torch.ones(2))
    assert torch.equal(f(torch.eye(3)[1])[0][0], torch.eye(3)[1])


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("raise ValueError('no\\nway')", ValueError, "no\nway"),
        ("{}['key']", KeyError, "'key'"),
        ("[][1]", IndexError, "list index out of range"),
        ("1 / 0", ZeroDivisionError, "division by zero"),
        ("class Mine(ValueError): pass\n raise Mine('own')", StudentError, "own"),
        ("class ValueError(Exception): pass\n raise ValueError('named like one')", ValueError, "named like one"),
        ("b'\\xff'.decode()", StudentError, "UnicodeDecodeError: 'utf-8' codec"),
        ("raise ExceptionGroup('several', [ValueError(1)])", StudentError, "ExceptionGroup: several"),
        ("raise SystemExit(3)", StudentError, "3"),
        ("raise StopIteration(1)", StudentError, "1"),
        ("raise GeneratorExit", StudentError, ""),
        ("raise AssertionError('x \\x1b[31m')", AssertionError, "x \ufffd[31m"),
        ("class E(Exception):\n  def __str__(self): raise SystemExit\n raise E", StudentError, ""),
        ("class E(Exception):\n  def __str__(self): return 5\n raise E", StudentError, ""),
        ("raise ValueError('x' * 100_000)", ValueError, "x" * 4000),
        ("f()", RecursionError, "maximum recursion depth"),
        ("return torch.zeros(1).expand(1 << 40)", ValueError, "too large to send"),
        ("x = []; x.append(x); return x", ValueError, "nested deeper"),
        ("return torch.zeros(2, device='meta')", NotImplementedError, "meta"),
    ],
)
def test_errors_come_back_by_their_class(define, code, kind, text):
    f = define(f"def f():\n {code}")
    with pytest.raises(kind) as caught:
        f()
    assert isinstance(caught.value, (StudentError, kind))
    assert isinstance(caught.value, Exception)
    assert text in str(caught.value)
    assert len(str(caught.value)) <= 4000
    assert define("def f(): return 'alive'")() == "alive"


def test_an_error_of_no_class_of_python_is_no_lost_and_no_interrupt(define):
    for name in ("Lost", "Stop", "NotYet", "x y", "", "__class__", "Remote"):
        f = define(f"def f(): raise type({name!r}, (Exception,), {{}})('text')")
        with pytest.raises(StudentError, match="text"):
            f()


# --- gradients ---


def test_gradients_flow_to_the_inputs(define):
    f = define("def f(x, y): return (x * y).sin().sum(), x.exp() * y.sum()")
    x, y = draw(3, 1).requires_grad_(), draw(3, 2).requires_grad_()
    total, many = f(x, y)
    found = torch.autograd.grad(total + (many**2).sum(), [x, y])
    expected = torch.autograd.grad((x * y).sin().sum() + ((x.exp() * y.sum()) ** 2).sum(), [x, y])
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b)


def test_backward_reaches_the_parameters_of_a_students_module(define):
    model = define("f = torch.nn.Linear(2, 1).double()")
    x = draw((5, 2)).requires_grad_()
    loss = (model(x) ** 2).sum()
    assert model.weight.grad is None
    loss.backward()
    torch.testing.assert_close(model.weight.grad, (2 * model(x).T @ x).detach())
    torch.testing.assert_close(x.grad, 2 * model(x).detach() @ model.weight.detach())
    loss = model(draw((5, 2))).sum()  # no input that needs a gradient
    loss.backward()
    assert not torch.equal(model.weight.grad, (2 * model(x).T @ x).detach())


def test_a_jacobian_and_checks_by_finite_differences(define):
    f = define("def f(x, y): return torch.tanh(x @ x.T) * y, y.exp()")
    x, y = draw((3, 2), 1).requires_grad_(), draw((3, 3), 2).requires_grad_()
    assert torch.autograd.gradcheck(f, (x, y))
    assert torch.autograd.gradgradcheck(f, (x, y))
    found = torch.autograd.functional.jacobian(lambda x: f(x, y)[0], x)
    torch.testing.assert_close(found, torch.autograd.functional.jacobian(lambda x: torch.tanh(x @ x.T) * y, x))


def test_a_third_derivative(define):
    f = define("def f(x): return (x ** 5).sum()")
    x = torch.tensor([2.0, 3.0], dtype=torch.float64, requires_grad=True)
    first = torch.autograd.grad(f(x), x, create_graph=True)[0]
    second = torch.autograd.grad(first.sum(), x, create_graph=True)[0]
    third = torch.autograd.grad(second.sum(), x)[0]
    torch.testing.assert_close(third, 60 * x.detach() ** 2)


def test_a_detach_and_a_straight_through_estimator_are_seen(define):
    x = draw(4).requires_grad_()
    assert not define("def f(x): return x.detach() ** 2")(x).requires_grad
    half = define("def f(x): return x.detach() * x")(x)
    torch.testing.assert_close(torch.autograd.grad(half.sum(), x)[0], x.detach())
    hard = define("def f(x): return (x > 0).double() + x - x.detach()")(x)
    torch.testing.assert_close(torch.autograd.grad(hard.sum(), x)[0], torch.ones(4, dtype=torch.float64))
    unused = define("def f(x, y): return 2 * y")(x, y := draw(4).requires_grad_())
    assert torch.autograd.grad(unused.sum(), [x, y], allow_unused=True)[0] is None


def test_there_is_no_graph_where_the_test_wants_none(define):
    f = define("def f(x): return x * 2 if torch.is_grad_enabled() else x * 3")
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        y = f(x)
    assert not y.requires_grad
    assert y.tolist() == [3, 3]
    assert f(x).requires_grad
    assert not f(torch.ones(2)).requires_grad


def test_a_result_that_is_an_argument_keeps_its_gradient(define):
    f = define("def f(x): return [x, {'again': x}, x * 2]")
    x = torch.ones(2, requires_grad=True)
    same, again, twice = f(x)
    assert torch.autograd.grad((same + again["again"] + twice).sum(), x)[0].tolist() == [4, 4]


def test_of_many_results_the_newest_have_gradients(define):
    f = define("def f(x): return x * 2")
    x = torch.ones(1, requires_grad=True)
    results = [f(x) for _ in range(TAPES + 1)]
    assert torch.autograd.grad(results[-1], x)[0].item() == 2
    with pytest.raises(KeyError):
        torch.autograd.grad(results[0], x)


# --- random numbers ---


def sampler(define, code):
    f = define(f"def f(generator):\n {code}")
    return lambda generator: f(generator)


def test_a_generator_moves_on_when_it_was_used_and_only_then(define):
    f = define("def f(g, use): return torch.rand(3, generator=g) if use else None")
    first, second = torch.Generator().manual_seed(5), torch.Generator().manual_seed(5)
    assert torch.equal(f(first, True), f(second, True))
    assert torch.equal(first.get_state(), second.get_state())
    one, two = f(first, True), f(first, True)
    assert not torch.equal(one, two)
    state = first.get_state()
    f(first, False)
    assert torch.equal(first.get_state(), state)
    assert torch.equal(
        torch.rand(3, generator=torch.Generator().manual_seed(5)), f(torch.Generator().manual_seed(5), 1)
    )


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("return torch.rand(9, generator=generator)", None),
        ("torch.rand(9); return torch.rand(9, generator=generator)", "PyTorch's global random numbers"),
        ("torch.manual_seed(1); return torch.rand(9, generator=generator)", "PyTorch's global random numbers"),
        ("return torch.rand(9)", "same seed gave different samples"),
        ("return torch.zeros(9)", "is anything drawn at all"),
        ("return torch.rand(9, generator=torch.Generator().manual_seed(0))", "is anything drawn at all"),
        ("return torch.rand(9, generator=torch.Generator().manual_seed(generator.initial_seed()))", "a second time"),
        (
            "g = torch.Generator(); g.set_state(generator.get_state()); return torch.rand(9, generator=g)",
            "a second time",
        ),
        ("generator.manual_seed(0); return torch.rand(9, generator=generator)", "is anything drawn at all"),
    ],
)
def test_how_a_sampler_draws_is_seen_as_it_is_in_process(define, code, why):
    near = {"torch": torch}
    exec(f"def f(generator):\n {code}", near)
    for one in (near["f"], sampler(define, code)):
        if why is None:
            checks.repeats(one, "part")
        else:
            with pytest.raises(AssertionError, match=why):
                checks.repeats(one, "part")


# --- functions of the test's that the student's calls ---


def test_a_function_is_called_back_with_gradients(define):
    f = define("def f(g, x): return g(x, scale=3.0) * x")
    x, seen = torch.full((2,), 2.0, requires_grad=True), []

    def g(x, scale):
        seen.append(type(x))
        return scale * x**2

    y = f(g, x)
    assert y.tolist() == [24, 24]
    assert torch.autograd.grad(y.sum(), x)[0].tolist() == [36, 36]
    assert seen == [torch.Tensor]


def test_calls_nest_both_ways(define):
    f = define("def f(g, n): return 'end' if n == 0 else g(n)")
    assert f(lambda n: f(lambda m: f(None, 0) + str(m), n), 3) == "end3"


def test_an_error_of_the_test_passes_through_the_students_function(define):
    def g(kind):
        raise kind

    f = define("def f(g):\n try:\n  g()\n except ZeroDivisionError as e:\n  return f'caught {e}'")
    assert f(lambda: 1 / 0) == "caught division by zero"
    with pytest.raises(KeyError, match="k"):
        f(lambda: {}["k"])


def test_a_kept_function_is_refused_after_the_call(define):
    f = define("kept = []\ndef f(g):\n kept.append(g)\n return kept[0]()")
    assert f(lambda: 1) == 1
    with pytest.raises(StudentError):
        f(lambda: 2)


def test_a_function_may_be_called_from_another_thread(define):
    f = define(
        "import threading\ndef f(g):\n out = []\n t = threading.Thread(target=lambda: out.append(g(2)))\n"
        " t.start(); t.join()\n return out[0]"
    )
    assert f(lambda x: x + 1) == 3


def test_the_students_side_may_call_nothing_else(define, process):
    f = define(
        "import gc\npeer = next(x for x in gc.get_objects() if type(x).__name__ == 'Student')\n"
        "def f(op, more): return peer.ask(op, None, 5, **more)"
    )
    refused = {"call": {"target": ["c", "0" * 16]}, "vjp": {"tape": "0" * 16, "leaves": True}}
    for op, more in refused.items():
        with pytest.raises(KeyError):
            f(op, more)


# --- arguments that a call changes ---


def test_changed_arguments_are_changed_here_too_and_noted(define, process):
    f = define("def f(t, l, d, s):\n t[0] = 7\n l.append(3)\n d['b'] = 2\n s.discard(1)\n return t.sum()")
    t, ls, d, s = torch.zeros(2), [1], {"a": 1}, {1, 2}
    assert f(t, ls, d, s) == 7
    assert (t.tolist(), ls, d, s) == ([7, 0], [1, 3], {"a": 1, "b": 2}, {2})
    assert process.changed


@pytest.mark.parametrize(
    "code", ["t.data[0] = 7", "t.numpy()[0] = 7", "t.untyped_storage()[0] = 7", "t.add_(1)", "t.squeeze_(0)"]
)
def test_no_change_of_a_tensor_is_missed(define, process, code):
    define(f"def f(t): {code}")(torch.zeros(1))
    assert process.changed


@pytest.mark.parametrize(
    "code", ["return t + 1", "t = t + 1", "t.clone().zero_()", "l[:] = l[:]", "t.requires_grad_()", "t[0] = t[0]"]
)
def test_an_argument_that_stays_the_same_counts_as_unchanged(define, process, code):
    define(f"def f(t, l): {code}")(torch.tensor([float("nan"), float("inf"), 1.0]), [1, [2.5]])
    assert not process.changed


# --- objects that stay there ---


def test_an_object_of_the_students_is_used_from_afar(define):
    f = define(
        "class Model:\n def __init__(self): self.size = 3; self._own = 1\n def double(self, x): return 2 * x\n"
        " def __iter__(self): return iter([1, [2]])\n def __len__(self): return 5\n"
        " def __getitem__(self, i): return i\n"
        " def __eq__(self, other): return True\n def __bool__(self): return True\n"
        " def __float__(self): return 0.0\nf = Model()"
    )
    assert isinstance(f, Remote)
    assert type(f).__name__ == "Model"
    assert f.size == 3
    f.size = 4
    assert f.size == 4
    assert f.double(torch.ones(2)).tolist() == [2, 2]
    assert list(f) == [1, [2]]
    assert len(f) == 5
    assert f[1:3] == slice(1, 3)
    assert f[0, ..., None] == (0, ..., None)
    assert f.double is not None
    for refuse in (lambda: f == 1, lambda: f != f, lambda: bool(f), lambda: f < 1, lambda: not f):
        with pytest.raises(TypeError, match="cannot be compared, tested or copied"):
            refuse()
    import copy
    import pickle

    for refuse in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="cannot be compared, tested or copied"):
            refuse(f)
    for name in (
        "_own",
        "__dict__",
        "__class_getitem__",
        "__array__",
        "__array_interface__",
        "__torch_function__",
        "__code__",
    ):
        with pytest.raises(AttributeError):
            getattr(f, name)
    for use in (float, int, abs, torch.as_tensor, lambda x: x + 1, lambda x: [1][x]):
        with pytest.raises((TypeError, ValueError, RuntimeError)):
            use(f)


def test_iterators_generators_and_functions_that_come_back(define):
    f = define("def f(n):\n for k in range(n): yield torch.full((1,), k)")
    assert [int(t) for t in f(3)] == [0, 1, 2]
    f = define("def f(): return lambda x: x + 1")
    assert f()(1) == 2
    f = define("def f(): return iter([])")
    assert list(f()) == []


def test_a_students_class_and_its_instances(define, process):
    f = define(
        "class f(torch.nn.Module):\n def __init__(self, n):\n  super().__init__()\n"
        "  self.linear = torch.nn.Linear(n, 1, bias=False)\n def forward(self, x): return self.linear(x)"
    )
    model = f(2)
    state = model.state_dict()
    assert list(state) == ["linear.weight"]
    model.load_state_dict({"linear.weight": torch.tensor([[2.0, 3.0]])})
    assert model(torch.ones(1, 2)).item() == 5
    assert [p.shape for p in model.parameters()] == [(1, 2)]
    assert not process.changed
    checks.randomise(model, torch.Generator().manual_seed(0))
    assert model(torch.ones(1, 2)).item() != 5
    assert model is not f(2)
    again = define("def f(m): return m")(model)
    assert again is model  # the same object has the same proxy


# --- what ends the conversation ---


@pytest.mark.parametrize(
    ("code", "outcome", "why"),
    [
        ("import os\ndef f(): os._exit(0)", "crashed", "the Python process ended"),
        ("def f(): raise KeyboardInterrupt", "crashed", "the Python process ended"),
        ("def f():\n while True: pass", "timed out", "did not come to an end in time"),
        ("def f():\n x = []\n while True: x.append(bytearray(1 << 26))", "crashed", "used more than 3 GiB"),
    ],
)
def test_a_process_that_ends_or_hangs_is_lost(alone, code, outcome, why):
    f = alone(code)
    alone.checker.seconds = 30 if "GiB" in why else 1
    with pytest.raises(Lost, match=why) as caught:
        f()
    assert caught.value.outcome == outcome


def test_a_process_that_dies_in_a_backward_is_lost(alone):
    f = alone(
        "import os\nclass Bad(torch.autograd.Function):\n @staticmethod\n def forward(ctx, x): return x * 2\n"
        " @staticmethod\n def backward(ctx, g): os._exit(0)\nf = Bad.apply".replace("import os", "import os, torch")
    )
    y = f(x := torch.ones(2, requires_grad=True))
    with pytest.raises(Lost, match="the Python process ended"):
        torch.autograd.grad(y.sum(), x)


class Plain(Checker):
    """A checker at one end of an ordinary socket pair."""

    def __init__(self):
        here, self.there = socket.socketpair()
        super().__init__(type("Box", (), {"sock": here, "why": None}), {}, 5)


@pytest.mark.parametrize("depth", range(880, 1000, 4))
def test_a_request_that_cannot_be_answered_is_lost(depth):
    """json reads what nests nearly too deep to be written again."""
    peer = Plain()
    text = b'{"op": "call", "id": ' + b"[" * depth + b"]" * depth + b"}"
    peer.there.sendall(struct.pack("<II", len(text), 0) + text)
    with pytest.raises(Lost):
        peer.ask("names", [])


@pytest.mark.parametrize(
    "reply",
    [b'"value": 1', b'"value": ["l", []]', b'"value": ["l", [1, 2, 3]]', b'"error": "no list"', b'"error": [1, 2]']
    + [b'"value": ["l", [1, ["l", []]]], %s' % more for more in (b'"moved": [0]', b'"moved": 5', b'"tape": ["x", [7]]')]
    + [b'"value": ["l", [1, ["l", []]]], %s' % more for more in (b'"tape": 5', b'"moved": [[]]', b'"error": ["x"]')]
    + [b'"value": ["l", [1, ["l", [["l", [%s]]]]]]' % change for change in (b'"tensors", 0, 1', b'"x", 0, 1', b"1")]
    + [
        b'"value": ["l", [["T", "float32", [0], "%s", false, null], ["l", []]]]' % d
        for d in (b"hpu", b"privateuseone:3")
    ],
    ids=lambda x: x.decode()[:60],
)
def test_a_forged_reply_is_lost_and_nothing_else(reply):
    peer = Plain()

    def answer():
        head = peer.there.recv(1 << 16)
        nonce = head[8:].split(b'"id": "')[1][:16]
        text = b'{"re": "' + nonce + b'", ' + reply + b"}"
        peer.there.sendall(struct.pack("<II", len(text), 0) + text)

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(Lost, match="what came back was not an answer"):
        peer.ask("names", [])
    thread.join()


def test_a_reply_to_another_request_is_lost():
    peer = Plain()
    text = b'{"re": "%s", "value": null}' % secrets.token_hex(8).encode()
    peer.there.sendall(struct.pack("<II", len(text), 0) + text)
    with pytest.raises(Lost, match="a reply to no request"):
        peer.ask("names", [])
