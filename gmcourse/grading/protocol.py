"""A conversation in which either side may call the other while it waits, and gradients pass through the calls.

A request {"id": nonce, "op": ...} is answered by {"re": nonce, ...}; while one side waits for an answer, it serves the
requests of the other. `Peer` is what the checker's and the student's side share; neither trusts more than `wire` lets
through, but only the checker needs that.
"""

import hashlib
import math
import secrets
import time
from collections import OrderedDict

import torch

from gmcourse.grading.wire import Channel, Codec, Lost, clean, garbled

NONCE = 16  # characters
TAPES = 256  # results of which gradients can still be asked, the newest
CALLBACKS = 50_000  # requests that one request may cause
GRADIENT_SECONDS = 10
COMPARED = 1 << 20  # entries of an argument up to which its values are compared to see whether a call changed it


class Peer:
    """One end. A subclass has `export`, `resolve`, `target` (of a call), `answer` (to a request) and `error`."""

    def __init__(self, sock):
        self.codec = Codec(self.export, self.resolve, self.seeded)
        self.channel = Channel(sock, self.codec)
        self.tapes = OrderedDict()
        self.deadline, self.served, self.depth = math.inf, 0, 0

    def seeded(self, state):
        """A generator for the state that came; here from a hash of it, since a state must not be trusted."""
        return torch.Generator().manual_seed(int.from_bytes(hashlib.sha256(state).digest()[:7], "big"))

    def request(self, seconds, message):
        """Send a request, serve what is asked meanwhile; returns (the reply, what went, what came)."""
        nonce = secrets.token_hex(NONCE // 2)  # an early or late reply cannot match
        if self.depth == 0:
            self.deadline, self.served = time.monotonic() + seconds, 0
        self.depth += 1
        try:
            self.channel.send({"id": nonce} | message, self.deadline)
            went = _met(self.codec)
            while True:
                reply = self.channel.receive(self.deadline)
                if reply.get("re") == nonce:
                    return reply, went, _met(self.codec)
                if "re" in reply:
                    raise garbled("a reply to no request")
                self.served += 1
                if self.served > CALLBACKS:
                    raise garbled(f"more than {CALLBACKS} calls back")
                self.serve(reply)
        finally:
            self.depth -= 1
            if self.depth == 0:
                self.deadline = math.inf

    def ask(self, op, value=None, seconds=math.inf, through=(), **message):
        """The value of a request's reply. Errors of the other side are raised, changed arguments are changed here, too,
        and gradients are attached.

        through: tensors that the result also depends on; those of the call that a gradient belongs to.
        """
        message |= {"op": op, "value": value, "grad": torch.is_grad_enabled()}
        reply, went, came = self.request(seconds, message)
        error = reply.get("error")
        if isinstance(error, list) and len(error) == 2 and all(isinstance(text, str) for text in error):
            raise self.error(*(clean(text)[:4000] for text in error))
        try:
            result, changed = reply["value"]
            self._take_over(changed, reply, went)
            tape, outs = reply.get("tape") or (None, [])
            outs = [came["tensors"][i] for i in outs]
            if error or not isinstance(tape, (str, type(None))) or len({id(o) for o in outs}) != len(outs):
                raise TypeError
            return self._attached(result, tape, outs, [*through, *(t for t in went["tensors"] if t.requires_grad)])
        except Exception:
            raise garbled("a malformed reply") from None

    def _take_over(self, changed, reply, went):
        """Do here what the call did there to its arguments, to its generators and to the global random numbers."""
        for kind, i, new in changed:
            old = went[kind][i]
            if kind == "containers" and type(new) is type(old):
                old.clear()
                (old.extend if isinstance(old, list) else old.update)(new)
            elif kind == "tensors" and old.shape == new.shape and old.dtype == new.dtype:
                old.data.copy_(new.data)
        for i in set(reply.get("moved", [])):
            generator = went["generators"][i]
            # move on by a draw of our own: a state that came back could be a forgery
            generator.manual_seed(int(torch.randint(1 << 62, (), generator=generator)))
        if reply.get("drew") is True:
            torch.rand(())

    def _attached(self, result, tape, outs, inputs):
        if not outs:
            return result
        state, leaf = {}, torch.zeros((), requires_grad=True)
        leaves = _Leaves.apply(self, tape, state, leaf)
        new = _Through.apply(self, tape, state, [o.detach() for o in outs], leaves, *inputs)
        return _replace(result, {id(o): n for o, n in zip(outs, new, strict=True)})

    def serve(self, message):
        """Answer one request of the other side; what goes wrong in it is sent back as an error."""
        head = {"re": message.get("id")}
        if type(head["re"]) is not str or len(head["re"]) != NONCE:
            raise garbled("a request without a number")
        if type(head["re"]) is not str or len(head["re"]) > 40:  # it goes back, and json cannot write all that it reads
            raise garbled("a request without a name")
        try:
            serve = {"vjp": self._serve_gradient, "call": self._serve_call}.get(message.get("op"), self._serve_other)
            self.channel.send(head | serve(message), self.deadline)
        except (Lost, KeyboardInterrupt):
            raise
        except BaseException as error:  # a student may raise anything
            self.channel.send(head | {"error": described(error)}, self.deadline)

    def _serve_other(self, message):
        return {"value": [self.answer(message), []]}

    def _serve_call(self, message):
        met, function = _met(self.codec), self.target(message["target"])
        before = [_snapshot(t) for t in met["tensors"]]
        held = [_parts(c) for c in met["containers"]]
        states = [g.get_state() for g in met["generators"]]
        random, (args, kwargs) = torch.get_rng_state(), message["value"]
        with torch.set_grad_enabled(message.get("grad") is not False):
            result = function(*args, **kwargs)
        changed = [["tensors", i, t] for i, t in enumerate(met["tensors"]) if not _is_as(t, before[i])]
        changed += [["containers", i, c] for i, c in enumerate(met["containers"]) if not _holds(c, held[i])]
        moved = [i for i, g in enumerate(met["generators"]) if not torch.equal(g.get_state(), states[i])]
        reply = {"value": [result, changed], "moved": moved, "drew": not torch.equal(random, torch.get_rng_state())}
        leaves = [t for t in met["tensors"] if t.requires_grad and t.is_leaf]
        return reply | {"tape": self._record(leaves, result)}

    def _record(self, inputs, result):
        """Keep the graph of a result, so that the other side can ask for gradients: (name, numbers of its tensors)."""
        probe = Codec(self.codec.export, None, None)
        probe.pack([result])
        ends = probe.tensors
        outs = [i for i, t in enumerate(ends) if t.requires_grad and (not t.is_leaf or any(t is x for x in inputs))]
        if not outs:
            return None
        self.tapes[name := secrets.token_hex(8)] = (inputs, [ends[i] for i in outs])
        while len(self.tapes) > TAPES:
            self.tapes.popitem(last=False)
        return [name, outs]

    def _serve_gradient(self, message):
        inputs, outs = self.tapes[message["tape"]]
        came = [t for t in self.codec.tensors if t.requires_grad]
        pairs = [(o, g) for o, g in zip(outs, message["value"], strict=True) if g is not None]
        ends, grads = [o for o, _ in pairs], [g for _, g in pairs]
        if message["leaves"]:
            torch.autograd.backward(ends, grads, retain_graph=True)
            return {"value": [None, []]}
        create, result = message.get("create") is True, [None] * len(inputs)
        if inputs and pairs:
            keep = {"retain_graph": True, "create_graph": create, "allow_unused": True}
            result = list(torch.autograd.grad(ends, inputs, grads, **keep))
        tape = self._record([*inputs, *came], result) if create else None
        return {"value": [result, []], "tape": tape}


class _Through(torch.autograd.Function):
    """The call itself: its backward asks the other side for the vector-Jacobian product with respect to the inputs."""

    @staticmethod
    def forward(ctx, peer, tape, state, outs, leaves, *inputs):
        ctx.peer, ctx.tape, ctx.state = peer, tape, state
        ctx.save_for_backward(*inputs)
        return tuple(outs)

    @staticmethod
    def backward(ctx, *grads):
        ctx.state["grads"], inputs, got = list(grads), ctx.saved_tensors, []
        if inputs:
            asked = {"tape": ctx.tape, "leaves": False, "create": torch.is_grad_enabled()}
            got = ctx.peer.ask("vjp", list(grads), GRADIENT_SECONDS, through=inputs, **asked)
        fits = isinstance(got, list) and len(got) == len(inputs)
        for g, x in zip(got, inputs, strict=True) if fits else ():
            fits = fits and (g is None or (type(g) is torch.Tensor and g.shape == x.shape and g.dtype == x.dtype))
        if not fits:
            raise garbled("a gradient of the wrong shape")
        return None, None, None, None, torch.zeros(()), *got


class _Leaves(torch.autograd.Function):
    """Runs only when `.backward()` reaches leaves: then the other side accumulates into its own parameters."""

    @staticmethod
    def forward(ctx, peer, tape, state, leaf):
        ctx.peer, ctx.tape, ctx.state = peer, tape, state
        return leaf.clone()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        ctx.peer.ask("vjp", ctx.state["grads"], GRADIENT_SECONDS, tape=ctx.tape, leaves=True)
        return None, None, None, None


def described(error):
    """[class name, text] of an exception; its own __str__ may raise, too."""
    try:
        text = str(error)
    except BaseException:
        text = ""
    return [clean(type(error).__name__)[:80], clean(text)[:4000]]


def _met(codec):
    return {kind: list(getattr(codec, kind)) for kind in ("tensors", "containers", "generators")}


def _snapshot(t):
    return (t._version, t.detach().clone() if t.numel() <= COMPARED else None)


def _is_as(t, snapshot):
    version, values = snapshot
    if values is None:
        return t._version == version
    return t.shape == values.shape and bool(((t == values) | ((t != t) & (values != values))).all())  # NaN as NaN


def _parts(container):
    return [*container.items()] if isinstance(container, dict) else [*container]


def _holds(container, parts):
    now = _parts(container)
    if isinstance(container, dict):
        now, parts = [v for pair in now for v in pair], [v for pair in parts for v in pair]
    return len(now) == len(parts) and all(a is b for a, b in zip(now, parts, strict=True))


def _replace(x, new):
    if id(x) in new:
        return new[id(x)]
    if type(x) in (list, tuple):
        return type(x)(_replace(v, new) for v in x)
    return {k: _replace(v, new) for k, v in x.items()} if type(x) is dict else x
