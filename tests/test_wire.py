"""What may cross between the checker and a student's process, and what comes of frames that break the rules."""

import copy
import json
import math
import random
import resource
import socket
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from gmcourse.grading import wire
from gmcourse.grading.wire import DTYPES, HEAD, NUMPY, STATE, Codec, Lost


def refused(x):
    raise TypeError(f"no {type(x).__name__}")


def seeded(state):
    generator = torch.Generator()
    generator.set_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))
    return generator


def codec(resolve=None, made=seeded):
    def none(tag, *rest):
        raise LookupError(tag)

    return Codec(refused, resolve or none, made)


def parts(frame):
    """(structure, blob) of a frame."""
    n, m = HEAD.unpack(frame[: HEAD.size])
    assert len(frame) == HEAD.size + n + m
    return frame[HEAD.size : HEAD.size + n], frame[HEAD.size + n :]


def crossed(x):
    return codec().load(*parts(codec().dump({"value": x})))["value"]


def same(a, b):
    """Equal in kind and value, with NaN as NaN, -0.0 not as 0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        bits = (a.dtype, a.shape, a.requires_grad) == (b.dtype, b.shape, b.requires_grad)
        return bits and a.detach().numpy(force=True).tobytes() == b.detach().numpy(force=True).tobytes()
    if isinstance(a, (np.ndarray, np.generic)):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    if isinstance(a, slice):
        return same([a.start, a.stop, a.step], [b.start, b.stop, b.step])
    if isinstance(a, (float, complex)):
        return repr(a) == repr(b)
    return a == b


PLAIN = (
    *(
        None,
        True,
        False,
        0,
        -1,
        2**62,
        -(2**63),
        2**63,
        2**5000,
        -(2**5000),
        0.0,
        -0.0,
        1.5,
        5e-324,
        math.inf,
        math.nan,
    ),
    *(
        1j,
        complex(math.nan, -math.inf),
        complex(-0.0, 0.0),
        "",
        "text",
        "ünï\u2028 🙂\n\t",
        slice(None),
        slice(1, None, -2),
    ),
    *(Ellipsis, torch.float32, torch.bool, torch.complex128, (), [], {}, set(), frozenset(), slice((1,), [2], "x")),
)


def random_value(rng, depth=0):
    """Nested plain data; what must be hashable is."""
    kind = rng.choice(["plain", "tensor", "array", "l", "t", "d", "s", "f"] if depth < 4 else ["plain", "tensor"])
    if kind == "plain":
        return copy.copy(rng.choice(PLAIN))
    if kind == "tensor":
        return random_tensor(rng)
    if kind == "array":
        shape = [rng.randrange(4) for _ in range(rng.randrange(4))]
        x = np.array(np.random.default_rng(rng.randrange(99)).integers(0, 2, shape)).astype(rng.choice(sorted(NUMPY)))
        return x[()] if not shape else x
    count = rng.randrange(4)
    if kind in "sf":
        entries = [rng.choice([*range(9), "a", "b", 2**80, None, (1, ("x",)), frozenset({2})]) for _ in range(count)]
        return {"s": set, "f": frozenset}[kind](entries)
    if kind == "d":
        keys = [rng.choice([*range(9), "a", "b", 2**80, None, (1, ("x",)), 0.5, 1j]) for _ in range(count)]
        return {k: random_value(rng, depth + 1) for k in keys}
    return {"l": list, "t": tuple}[kind](random_value(rng, depth + 1) for _ in range(count))


def random_tensor(rng):
    dtype = DTYPES[rng.choice([name for name in DTYPES if name != "bfloat16"])]  # numpy, which compares, has none
    shape = [rng.randrange(4) for _ in range(rng.randrange(5))]
    x = (4 * torch.rand(shape, dtype=torch.float64)).to(dtype)
    x = x.transpose(0, -1) if len(shape) > 1 and rng.random() < 0.5 else x
    x = x[..., ::2] if shape and rng.random() < 0.3 else x
    if (x.is_floating_point() or x.is_complex()) and rng.random() < 0.5:
        x = x.detach().requires_grad_()
    return x


# --- what crosses ---


@pytest.mark.parametrize("x", PLAIN, ids=lambda x: repr(x)[:30])
def test_plain_data_arrives_as_it_went(x):
    assert same(x, crossed(x))


def test_nested_data_arrives_as_it_went():
    rng = random.Random(1)
    for _ in range(800):
        x = random_value(rng)
        assert same(x, crossed(x)), x


@pytest.mark.parametrize("name", DTYPES)
def test_tensors_of_every_dtype_and_layout_arrive(name):
    dtype = DTYPES[name]
    full = (3 * torch.rand(2, 3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)).to(dtype)
    odd = torch.as_strided(full, (2, 2), (1, 5))
    for x in [full, full[0, 0, 0], full[:0], full.mT, full[..., ::2], full[:1].expand(5, 3, 4), odd, full[1:, :, 1:2]]:
        came = crossed(x)
        assert came.dtype == dtype
        assert came.shape == x.shape
        assert came.is_contiguous()
        assert torch.equal(came, x)


@pytest.mark.parametrize("name", sorted(NUMPY))
def test_numpy_arrays_and_scalars_arrive(name):
    full = np.arange(12).reshape(3, 4).astype(name)
    swapped = full.astype(full.dtype.newbyteorder())
    for x in [
        full,
        full.T,
        full[::-1, ::2],
        full[:0],
        np.asfortranarray(full),
        np.broadcast_to(full[0], (7, 4)),
        swapped,
    ]:
        came = crossed(x)
        assert came.dtype.name == name
        assert came.dtype.isnative
        np.testing.assert_array_equal(came, x)
    assert same(crossed(full[1, 2]), full[1, 2])
    assert crossed(swapped[1, 2]) == full[1, 2]
    assert crossed(np.array(full[1, 2])).shape == ()


@pytest.mark.filterwarnings("ignore:Sparse CSR")
def test_sparse_conjugated_negated_and_subclassed_tensors_arrive_as_ordinary_ones():
    class Mine(torch.Tensor):
        pass

    z = torch.tensor([1 + 2j, 3 - 1j])
    for x, plain in [
        (torch.eye(3).to_sparse(), torch.eye(3)),
        (torch.eye(3).to_sparse_csr(), torch.eye(3)),
        (z.conj(), torch.tensor([1 - 2j, 3 + 1j])),
        (z.conj().imag, torch.tensor([-2.0, 1.0])),
        (torch.ones(2).as_subclass(Mine), torch.ones(2)),
    ]:
        came = crossed(x)
        assert type(came) is torch.Tensor
        assert torch.equal(came, plain)
    parameter = crossed(torch.nn.Parameter(torch.ones(2)))
    assert type(parameter) is torch.Tensor
    assert parameter.requires_grad
    assert parameter.is_leaf


def test_gradients_of_leaves_travel_with_them():
    x = torch.ones(3, requires_grad=True)
    (x**2).sum().backward()
    came = crossed([x, x.detach(), x * 2])
    assert torch.equal(came[0].grad, 2 * torch.ones(3))
    assert came[1].grad is None
    assert not came[1].requires_grad
    assert came[2].requires_grad


def test_subclasses_of_numbers_strings_and_containers_arrive_as_the_plain_kind():
    class Text(str):
        def __str__(self):
            return "lie"

    class Whole(int):
        def __abs__(self):
            return 0

    class Real(float):
        def __float__(self):
            return 0.0

    class Many(list):
        pass

    came = crossed([Text("truth"), Whole(2**80), Real(2.5), Many([1]), torch.Size([2])])
    assert came == ["truth", 2**80, 2.5, [1], (2,)]
    assert [type(x) for x in came] == [str, int, float, list, tuple]


def test_a_string_arrives_fit_to_be_shown():
    bad = "a\x00\x1b[31mred\x1b[0m\x9b\r\x7f\ud800b\n\tc"
    assert crossed(bad) == "a\ufffd\ufffd[31mred\ufffd[0m\ufffd\ufffd\ufffd?b\n\tc"
    crossed(bad).encode()
    assert crossed({bad: [bad]}) == {crossed(bad): [crossed(bad)]}


def test_both_sides_meet_tensors_containers_and_generators_in_the_same_order():
    rng = random.Random(2)
    for _ in range(200):
        x = [
            random_value(rng),
            torch.Generator(),
            {"k": torch.Generator()},
            [rng.random()],
            torch.zeros(rng.randrange(9)),
        ]
        out, back = codec(), codec()
        back.load(*parts(out.dump({"value": x})))
        assert [t.shape for t in out.tensors] == [t.shape for t in back.tensors]
        assert [type(c) for c in out.containers] == [type(c) for c in back.containers]
        assert [len(c) for c in out.containers] == [len(c) for c in back.containers]
        assert len(out.generators) == len(back.generators) == 2


def test_a_generator_goes_on_where_it_was():
    generator = torch.Generator().manual_seed(3)
    torch.rand(5, generator=generator)
    came = crossed(generator)
    assert torch.equal(torch.rand(4, generator=came), torch.rand(4, generator=generator))


# --- what cannot be sent ---


def cyclic():
    x = []
    x.append(x)
    return x


def nested(depth):
    x = 0
    for _ in range(depth):
        x = (x,)
    return x


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (cyclic, "nested deeper"),
        (lambda: nested(41), "nested deeper"),
        (lambda: ["x" * 1000] * 5000, "too large to send"),
        (lambda: [0] * 1_500_000, "too large to send"),
        (lambda: [torch.zeros(1 << 25, dtype=torch.uint8)] * 5, "too large to send"),
        (lambda: 1 << 30_000, "too large to send"),
        (lambda: torch.zeros(1).expand(1 << 40), "too large to send"),
        (lambda: np.broadcast_to(np.zeros(1), (1 << 40,)), "too large to send"),
    ],
)
def test_what_is_too_large_or_too_deep_is_refused_before_it_goes(make, why):
    with pytest.raises(ValueError, match=why):
        codec().dump({"value": make()})


@pytest.mark.parametrize(
    "x",
    [object(), b"bytes", range(3), np.array(["a"]), np.array([None]), np.datetime64("2020-01-01"), np.zeros(2, "i4,f4")]
    + [torch.zeros(2).to(torch.float8_e5m2)],
    ids=lambda x: type(x).__name__,
)
def test_what_is_not_plain_is_left_to_export(x):
    with pytest.raises(TypeError):
        codec().dump({"value": [x]})


def test_the_deepest_and_the_largest_that_may_go_arrive():
    assert crossed(nested(wire.MAX_DEPTH)) == nested(wire.MAX_DEPTH)
    assert len(crossed(torch.zeros(wire.MAX_BLOB, dtype=torch.uint8))) == wire.MAX_BLOB


# --- what comes in ---


def taken(text, blob=b""):
    """What became of a frame's parts: "Lost" or the value. Any other exception is a failure of the test."""
    text = text if isinstance(text, bytes) else json.dumps(text).encode()
    try:
        return codec(resolve=lambda tag, number, kind: (number, kind)).load(text, blob)["value"]
    except Lost:
        return "Lost"


def check_plain(x, depth=0):
    assert depth <= wire.MAX_DEPTH + 2
    if isinstance(x, dict):
        x = [*x.keys(), *x.values()]
    if isinstance(x, (list, tuple, set, frozenset)):
        for part in x:
            check_plain(part, depth + 1)
    else:
        kinds = (
            type(None),
            bool,
            int,
            float,
            complex,
            str,
            slice,
            type(...),
            torch.dtype,
            torch.Tensor,
            torch.Generator,
        )
        assert isinstance(x, (*kinds, np.ndarray, np.generic))


GARBAGE = (
    *(None, True, False, -1, 0, 1, 2, 40, 2**31, 2**63, 2**64, 10**30, -0.5, 1e308, math.nan, math.inf, "", "T", "cpu"),
    *(
        "float32",
        "qint8",
        "meta",
        "cuda:99",
        "cuda",
        "xla",
        "mps",
        "privateuseone",
        "\x00",
        "\ud800",
        "0x" + "f" * 5000,
    ),
    *(
        [],
        {},
        [[]],
        [0],
        [-1],
        [2**62] * 4,
        [1] * 17,
        [1.0],
        {"T": 1},
        ["l", 1],
        ["d", [[["l", []], 1]]],
        ["s", [["l", []]]],
    ),
    *(
        ["E"],
        ["E", 1],
        ["?"],
        ["T"],
        ["g", STATE],
        ["g", 0],
        ["n", "x"],
        ["c", "x"],
        ["h", 1, "x"],
        ["D", []],
        ["z", [], {}],
    ),
    *(
        ["T", "float32", [0], "meta", False, None],
        ["T", "float32", [0], "cpu", True, ["T", "bool", [0], "cpu", False, None]],
    ),
)


def places(tree, path=()):
    yield path
    if isinstance(tree, list):
        for k, part in enumerate(tree):
            yield from places(part, (*path, k))


def mutated(rng, message):
    """A message with one to three things in it wrong."""
    message = copy.deepcopy(message)
    for _ in range(rng.randrange(1, 4)):
        path = rng.choice(list(places(message["value"])))
        if not path:
            message["value"] = rng.choice(GARBAGE)
            continue
        parent = message["value"]
        for k in path[:-1]:
            parent = parent[k]
        what = rng.choice(["replace", "replace", "drop", "twice", "swap", "wrap"])
        k = path[-1]
        if what == "replace":
            parent[k] = copy.deepcopy(rng.choice(GARBAGE))
        elif what == "drop":
            del parent[k]
        elif what == "twice":
            parent.insert(k, copy.deepcopy(parent[k]))
        elif what == "swap":
            other = rng.randrange(len(parent))
            parent[k], parent[other] = parent[other], parent[k]
        else:
            parent[k] = [rng.choice(["l", "t", "s", "f", "d", "T"]), parent[k]]
        if not isinstance(message["value"], list):
            break
    return message


@pytest.mark.filterwarnings("ignore")
def test_frames_that_break_the_rules_are_lost_or_plain_data():
    rng = random.Random(3)
    seeds = [parts(codec().dump({"value": [random_value(rng) for _ in range(3)]})) for _ in range(40)]
    seeds.append(parts(codec().dump({"value": [torch.Generator(), torch.ones(2, requires_grad=True), 1j, 2**90]})))
    lost, began = 0, time.monotonic()
    for n in range(6000):
        text, blob = rng.choice(seeds)
        if n % 3:
            try:
                text = json.dumps(mutated(rng, json.loads(text))).encode()
            except RecursionError:
                continue
        else:
            text, blob = bytearray(text), bytearray(blob)
            for data in (text, blob):
                for _ in range(rng.randrange(4) if data else 0):
                    data[rng.randrange(len(data))] = rng.choice([rng.randrange(256), *b'[]{},:"0-e'])
                if rng.random() < 0.2:
                    del data[rng.randrange(len(data) + 1) :]
            text, blob = bytes(text), bytes(blob)
        value = taken(text, blob)
        if value == "Lost":
            lost += 1
        else:
            check_plain(value)
    assert lost > 2000
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"1",
        b"{",
        b"\xff\xfe",
        b'{"value": [}',
        b"[" * 100_000,
        b'{"value": ' + b"[" * 900 + b"]" * 900 + b"}",
    ]
    + [
        b'{"value": 1' + b"0" * 5000 + b"}",
        b'{"value": ["T"]}',
        b'{"value": []}',
        b'{"value": {}}',
        b'{"value": "\\ud800"}',
    ],
    ids=lambda x: repr(x[:30]),
)
def test_what_is_no_object_of_json_is_lost(text):
    assert taken(text) in ("Lost", "?")


@pytest.mark.parametrize(
    "tree",
    [
        ["T", "float32", shape, "cpu", False, None]
        for shape in ([-1], [1.0], [True], "1", None, {}, [[1]], [1] * 17, [2**62, 0])
    ]
    + [
        ["T", "float32", [1], "cpu", False, None],
        ["g", 10**12],
        ["g", 0],
        ["g", -1],
        ["g"],
        ["g", STATE, 1],
        ["i", "0x" + "f" * 6000],
    ]
    + [["A", "object", [1]], ["A", "datetime64", [0]], ["N", "str", []], ["D", "qint8"], ["z", 10**400, 0], ["z", "x"]]
    + [
        ["T", "float32", [], "cpu", False, ["T", "float32", [2**27], "cpu", False, None]],
        ["S", 1, 2, 3, 4],
        [["l"], []],
    ]
    + [
        ["d", [[["d", []], 1]]],
        ["s", [["s", []]]],
        ["f", [["T"]]],
        ["d", [[1]]],
        ["d", [1]],
        ["l"],
        ["l", 1],
        ["l", [], []],
    ],
    ids=lambda x: json.dumps(x)[:40],
)
def test_each_rule_of_a_tree_is_held(tree):
    assert taken({"value": tree}) == "Lost"


def test_bytes_are_used_once_and_all():
    tensor = ["T", "uint8", [4], "cpu", False, None]
    assert torch.equal(taken({"value": tensor}, b"\x01\x02\x03\x04"), torch.tensor([1, 2, 3, 4], dtype=torch.uint8))
    assert taken({"value": tensor}, b"\x01\x02\x03\x04\x05") == "Lost"
    assert taken({"value": ["l", [tensor, tensor]]}, b"\x01\x02\x03\x04") == "Lost"


def test_a_bool_is_true_or_false_whatever_its_byte():
    x = taken({"value": ["T", "bool", [3], "cpu", False, None]}, b"\xff\x00\x02")
    assert x.view(torch.uint8).tolist() == [1, 0, 1]
    y = taken({"value": ["A", "bool", [3]]}, b"\xff\x00\x02")
    assert y.view(np.uint8).tolist() == [1, 0, 1]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "device", ["cuda:7", "xla:3", "mps", "hpu", "fpga", "vulkan", "gpu of mine", "cuda:x\x1b[31m", 99]
)
def test_a_device_that_is_not_there_is_named(device):
    if device == "cuda:7" and torch.cuda.device_count() > 7:
        pytest.skip("this machine has eight")
    with pytest.raises(Lost) as caught:
        codec().load(json.dumps({"value": ["T", "float32", [0], device, False, None]}).encode(), b"")
    assert caught.value.outcome == "crashed"
    if isinstance(device, str):
        assert f"a tensor on {wire.clean(device)}, a device that is not there when grading" in str(caught.value)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_a_tree_of_empty_things_takes_little_memory():
    """Of the trees that fit into a frame, none may name much in a few bytes; here a sixteenth of the largest frame."""
    for part in (["l", []], ["s", []], ["d", []], ["T", "float32", [0], "cpu", False, None], ["A", "bool", [0]]):
        text = json.dumps({"value": ["l", [part] * (wire.MAX_JSON // 16 // (len(json.dumps(part)) + 2))]}).encode()
        before, found = resident(), codec()
        kept = found.load(text, b"")
        assert resident() - before < 32 << 20, part
        del kept, found
    assert taken({"value": ["l", [["g", 0]] * 100]}) == "Lost"


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


# --- the channel ---


@pytest.fixture
def pair():
    a, b = socket.socketpair()
    yield wire.Channel(a, codec()), wire.Channel(b, codec())
    a.close()
    b.close()


def test_a_frame_goes_through_a_channel(pair):
    pair[0].send({"id": "1", "value": [1, torch.ones(3)]})
    message = pair[1].receive(time.monotonic() + 5)
    assert message["id"] == "1"
    assert same(message["value"], [1, torch.ones(3)])


def test_a_channel_waits_no_longer_than_it_may(pair):
    began = time.monotonic()
    with pytest.raises(Lost, match="did not come to an end") as caught:
        pair[0].receive(began + 0.2)
    assert caught.value.outcome == "timed out"
    pair[1].sock.sendall(HEAD.pack(100, 0) + b"some")  # and then nothing
    with pytest.raises(Lost, match="did not come to an end"):
        pair[0].receive(time.monotonic() + 0.2)
    with pytest.raises(Lost, match="did not come to an end"):  # nobody reads
        pair[0].send({"value": torch.zeros(1 << 24)}, time.monotonic() + 0.2)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("sizes", [(wire.MAX_JSON + 1, 0), (2, wire.MAX_BLOB + 1), (2**32 - 1, 2**32 - 1)])
def test_a_giant_frame_is_refused_by_its_head(pair, sizes):
    pair[1].sock.sendall(HEAD.pack(*sizes))
    with pytest.raises(Lost, match="bytes at once"):
        pair[0].receive(time.monotonic() + 5)


def test_a_channel_whose_other_end_is_closed_says_so(pair):
    pair[1].sock.close()
    for use in (lambda: pair[0].receive(time.monotonic() + 5), lambda: pair[0].send({"value": torch.zeros(1 << 20)})):
        with pytest.raises(Lost, match="the Python process ended") as caught:
            use()
        assert caught.value.outcome == "crashed"
    assert not isinstance(caught.value, Exception)  # which an `except Exception` of a test would swallow
