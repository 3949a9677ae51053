# tries: frames that break the rules of the codec one by one, each as the answer to a call.

# %% answer step
import gc
import json

from itertools import cycle

peer = next(x for x in gc.get_objects() if "channel" in getattr(x, "__dict__", {}) and hasattr(type(x), "serve"))
trees = cycle([
    ["T", "float32", [2, 2], "cpu", False, None], ["T", "float32", [-1], "cpu", False, None], ["T", [], {}, 1, 2, 3],
    ["T", "float32", [1 << 62] * 16, "cpu", False, None], ["A", "object", [1]], ["N", "datetime64", []], ["d", [[[], 1]]],
    ["s", [["l", []]]], ["i", "0x" + "f" * 6000], ["z", "x" * 10], ["D", "qint8"], ["h", "n", "x"], ["h", -1, 5], ["n", "x"],
    ["c", "x"], ["S", 1], ["?"], [], [[]], ["l"], ["g", "x"], ["T", "float32", [0], "cuda:99", True, None],
])


def step(a, x_i, w_i):
    tree = next(trees)
    peer.codec.pack = lambda *_: ["l", [tree, ["l", []]]]
    return a
