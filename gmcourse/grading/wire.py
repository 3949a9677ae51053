"""What may cross between the checker and a student's process: plain data, in capped frames. Never pickle.

A frame is two little-endian uint32 (bytes of JSON, bytes of blob), the JSON, the blob. The JSON is one object; its
entry "value" is a tree in which None, booleans, numbers and strings stand for themselves, and a list is [tag, ...]:

    ["l"|"t"|"s"|"f", [...]]  list, tuple, set, frozenset     ["d", [[key, value], ...]]  dict
    ["T", dtype, shape, device, requires_grad, grad]          a tensor: its bytes are the next ones of the blob
    ["A"|"N", dtype, shape]   numpy array, numpy scalar       ["g", size]  state of a torch.Generator, in the blob
    ["i", hex]  a large int   ["z", re, im]  complex   ["S", a, b, c]  slice   ["E"]  ...   ["D", name]  torch dtype
    ["h"|"n"|"c", ...]        what is not plain: see `export` and `resolve` of Codec

Each byte of the blob is used once, so memory is bounded by the caps. All that comes in is checked here; what is not a
frame of ours raises Lost, whose reason is said about the other side.
"""

import json
import math
import socket
import struct
import time

import numpy as np
import torch

HEAD = struct.Struct("<II")
MAX_JSON, MAX_BLOB, MAX_DEPTH, MAX_AXES, MAX_ELEMENTS = 4 << 20, 128 << 20, 40, 16, 1 << 27
MAX_HEX = 5000  # digits of an int
MAX_KEYS = 10_000  # of a set or dict: those of one hash take time that grows with their square
STATE = torch.Generator().get_state().numel()  # bytes of the state of a generator
DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
        *(torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128),
    )
}
NUMPY = {"bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"} | {
    *("float16", "float32", "float64", "complex64", "complex128")
}
SEQUENCES = {"t": tuple, "f": frozenset}
CONTAINERS = {"l": list, "s": set}


class Lost(BaseException):
    """The other side is of no use any more. outcome: "timed out" or "crashed". No `except Exception` may swallow it."""

    def __init__(self, outcome, why):
        super().__init__(why)
        self.outcome = outcome


def garbled(why):
    """The Lost of a message that breaks the rules."""
    return Lost("crashed", f"what came back was not an answer ({why})")


def clean(text):
    """A str that can be printed, stored and shown: no lone surrogates, no control characters but newline and tab."""
    text = str.__str__(text).encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c in "\n\t" or (c >= " " and not "\x7f" <= c <= "\x9f") else "\ufffd" for c in text)


class Codec:
    """Values to (tree, blob) and back.

    export(thing) gives the tree of what is not plain, or raises; resolve(tag, *rest) undoes it. seeded(state) makes a
    torch.Generator from the bytes of a state. After each dump and load, `tensors`, `containers` and `generators` list
    what was met, in the same order on both sides.
    """

    def __init__(self, export, resolve, seeded):
        self.export, self.resolve, self.seeded = export, resolve, seeded
        self._start()

    def _start(self, blob=b""):
        self.blobs, self.blob, self.cursor = [], blob, 0
        self.tensors, self.containers, self.generators = [], [], []

    def dump(self, message):
        """The frame of a message, a dict. ValueError or TypeError for what cannot be sent."""
        self._start()
        text = json.dumps(message | {"value": self.pack(message.get("value"))}).encode()
        blob = b"".join(self.blobs)
        if len(text) > MAX_JSON or len(blob) > MAX_BLOB:
            raise ValueError(f"too large to send: {len(text)} bytes of structure, {len(blob)} bytes of tensors")
        return HEAD.pack(len(text), len(blob)) + text + blob

    def pack(self, x, depth=0):
        if depth > MAX_DEPTH:
            raise ValueError(f"a value that is nested deeper than {MAX_DEPTH} levels cannot be sent")
        if x is None or isinstance(x, bool):
            return x
        if isinstance(x, str):
            return str.__str__(x)
        if isinstance(x, torch.Tensor):
            return self.pack_tensor(x)
        if isinstance(x, (np.ndarray, np.generic)):
            return self._pack_array(x)
        if isinstance(x, (int, float, complex)):
            return _pack_number(x)
        if isinstance(x, torch.Generator):
            self.blobs.append(state := x.get_state().numpy().tobytes())
            if len(state) != STATE:
                raise TypeError(f"a generator on {x.device} cannot be sent")
            self.generators.append(x)
            return ["g", STATE]
        if isinstance(x, torch.dtype):
            return ["D", str(x).removeprefix("torch.")]
        if isinstance(x, slice):
            return ["S", *(self.pack(v, depth + 1) for v in (x.start, x.stop, x.step))]
        return ["E"] if x is Ellipsis else self._pack_collection(x, depth + 1)

    def _pack_collection(self, x, depth):
        for tag, kind in (CONTAINERS | SEQUENCES).items():
            if isinstance(x, kind):
                if tag in CONTAINERS:
                    self.containers.append(x)
                return [tag, [self.pack(v, depth) for v in x]]
        if isinstance(x, dict):
            self.containers.append(x)
            return ["d", [[self.pack(k, depth), self.pack(v, depth)] for k, v in x.items()]]
        return self.export(x)

    def pack_tensor(self, x):
        plain = x.detach()
        if plain.numel() * plain.element_size() > MAX_BLOB:
            raise ValueError(f"a tensor of shape {tuple(plain.shape)} is too large to send")
        plain = (plain.to_dense() if plain.layout != torch.strided else plain).as_subclass(torch.Tensor)
        name = str(plain.dtype).removeprefix("torch.")
        if name not in DTYPES:
            raise TypeError(f"a tensor of dtype {name} cannot be sent")
        flat = torch.empty(plain.numel(), dtype=plain.dtype)  # `contiguous` keeps odd strides of a single entry
        flat.copy_(plain.reshape(-1))
        self.blobs.append(flat.view(torch.uint8).numpy().tobytes())
        self.tensors.append(x)
        grad = self.pack_tensor(x.grad) if x.is_leaf and x.grad is not None else None
        return ["T", name, list(plain.shape), str(x.device), bool(x.requires_grad), grad]

    def _pack_array(self, x):
        if x.dtype.name not in NUMPY:
            return self.export(x)
        if x.nbytes > MAX_BLOB:
            raise ValueError(f"an array of shape {x.shape} is too large to send")
        plain = np.ascontiguousarray(np.asarray(x)).astype(x.dtype.newbyteorder("="), copy=False)
        self.blobs.append(plain.tobytes())
        return ["N" if isinstance(x, np.generic) else "A", plain.dtype.name, list(x.shape)]

    def load(self, text, blob):
        """The message of a frame. Lost when it is none."""
        self._start(blob)
        try:
            message = json.loads(text)
            if type(message) is not dict:
                raise TypeError("no object")
            message["value"] = self.unpack(message.get("value"))
        except Exception as e:
            raise garbled(type(e).__name__) from None
        if self.cursor != len(blob):
            raise garbled("bytes left over")
        return message

    def unpack(self, tree, depth=0):
        if depth > MAX_DEPTH:
            raise garbled("nested too deep")
        if tree is None or type(tree) in (bool, int, float):
            return tree
        if type(tree) is str:
            return clean(tree)
        tag, *rest = tree
        if tag == "T":
            return self.unpack_tensor(*rest)
        if tag in ("A", "N"):
            return self._unpack_array(tag, *rest)
        if tag in ("l", "s", "d", "t", "f"):
            return self._unpack_collection(tag, *rest, depth + 1)
        if tag == "g":
            if rest != [STATE]:  # a generator is larger than the tree that names it
                raise garbled("no generator")
            self.generators.append(generator := self.seeded(bytes(self._take(STATE))))
            return generator
        return self._unpack_rest(tag, rest, depth + 1)

    def _unpack_collection(self, tag, parts, depth):
        if tag in "sfd" and len(parts) > MAX_KEYS:
            raise garbled(f"more than {MAX_KEYS} keys")
        if tag in SEQUENCES:
            return SEQUENCES[tag](self.unpack(v, depth) for v in parts)
        new = {} if tag == "d" else CONTAINERS[tag]()
        self.containers.append(new)  # before its parts, as in pack
        if tag == "d":
            new.update((self.unpack(k, depth), self.unpack(v, depth)) for k, v in parts)
        elif tag == "l":
            new.extend(self.unpack(v, depth) for v in parts)
        else:
            new.update(self.unpack(v, depth) for v in parts)
        return new

    def _unpack_rest(self, tag, rest, depth):
        if tag == "z":
            return complex(*rest)
        if tag == "i":
            if len(rest[0]) > MAX_HEX:
                raise garbled("a huge int")
            return int(rest[0], 16)
        if tag == "S":
            return slice(*(self.unpack(v, depth) for v in rest))
        if tag == "E":
            return Ellipsis
        return DTYPES[rest[0]] if tag == "D" else self.resolve(tag, *rest)

    def _take(self, size):
        raw = self.blob[self.cursor : self.cursor + size]
        if len(raw) != size:
            raise garbled("too few bytes")
        self.cursor += size
        return bytearray(raw)

    def unpack_tensor(self, name, shape, device, requires_grad, grad):
        dtype = DTYPES[name]
        raw = self._take(_elements(shape) * dtype.itemsize)
        stored = torch.uint8 if dtype is torch.bool else dtype  # a byte such as 255 must not become a "bool"
        x = torch.frombuffer(raw, dtype=stored).reshape(shape) if raw else torch.empty(shape, dtype=stored)
        x = x != 0 if dtype is torch.bool else x
        if device != "cpu":
            try:
                x = x.to(device)
            except Exception:  # ImportError of a device's module, too
                raise garbled(f"a tensor on {clean(device)[:40]}, a device that is not there when grading") from None
        if requires_grad is True and (dtype.is_floating_point or dtype.is_complex):
            x.requires_grad_()
        self.tensors.append(x)
        if grad is not None:
            x.grad = self.unpack_tensor(*grad[1:])
        return x

    def _unpack_array(self, tag, name, shape):
        if name not in NUMPY:
            raise garbled("unknown dtype")
        dtype = np.dtype(name)
        raw = self._take(_elements(shape) * dtype.itemsize)
        x = np.frombuffer(raw, np.uint8 if name == "bool" else dtype).reshape(shape)
        x = x != 0 if name == "bool" else x
        return x[()] if tag == "N" else x


def _pack_number(x):
    if isinstance(x, int):
        x = int.__int__(x)
        if abs(x) < 1 << 63:
            return x
        if x.bit_length() > 4 * (MAX_HEX - 3):
            raise ValueError(f"an int of {x.bit_length()} bits is too large to send")
        return ["i", hex(x)]
    return float.__float__(x) if isinstance(x, float) else ["z", x.real, x.imag]


def _elements(shape):
    """How many entries a shape has that came in: whole numbers, few axes, not too many."""
    if len(shape) > MAX_AXES or any(type(n) is not int or n < 0 for n in shape):
        raise garbled("no shape")
    if math.prod(max(n, 1) for n in shape) > MAX_ELEMENTS:
        raise garbled("too large a shape")
    return math.prod(shape)


class Channel:
    """Frames over a socket; every operation under one deadline (time.monotonic)."""

    def __init__(self, sock: socket.socket, codec: Codec):
        self.sock, self.codec = sock, codec

    def send(self, message, deadline=math.inf):
        view = memoryview(self.codec.dump(message))
        try:
            while view:
                self._wait(deadline)
                view = view[self.sock.send(view[: 1 << 20]) :]
        except OSError as error:
            raise _lost(error) from None

    def receive(self, deadline=math.inf):
        structure, tensors = HEAD.unpack(self._read(HEAD.size, deadline))
        if structure > MAX_JSON or tensors > MAX_BLOB:
            raise garbled(f"{structure + tensors} bytes at once")
        return self.codec.load(self._read(structure, deadline), self._read(tensors, deadline))

    def _read(self, n, deadline):
        data, got = bytearray(n), 0
        try:
            while got < n:
                self._wait(deadline)
                count = self.sock.recv_into(memoryview(data)[got:])
                if not count:
                    raise ConnectionError
                got += count
        except OSError as error:
            raise _lost(error) from None
        return bytes(data)

    def _wait(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(None if math.isinf(left) else left)


def _lost(error):
    if isinstance(error, TimeoutError):
        return Lost("timed out", "it did not come to an end in time")
    return Lost("crashed", "the Python process ended")
