# tries: errors of odd kinds, a gradient that belongs to no float and a handle as the reply to a cell.

# %% extra
import gc

import torch

peer = next(x for x in gc.get_objects() if "channel" in getattr(x, "__dict__", {}) and hasattr(type(x), "serve"))
honest, replies = peer._serve_other, {
    "def fvsbn_logits": {"error": ["UnicodeDecodeError", "<b>forged</b>"]},
    "def log_bernoulli": {"error": ["KeyboardInterrupt", ""]},
    "def fvsbn_sample": {"value": [torch.zeros(2, dtype=torch.long), []], "tape": ["x", [0]]},
    "def untied_logit": {"value": [peer, []]},
    "def step": {"error": ["ExceptionGroup", ["no", "text"]]},
}


def lying(message):
    source = str(message["value"]) if message["op"] == "exec" else ""
    return next((reply for start, reply in replies.items() if start in source), None) or honest(message)


peer._serve_other = lying
