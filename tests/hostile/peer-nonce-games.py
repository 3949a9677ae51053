# tries: requests whose nonce is four megabytes long, or nested nearly too deep to be sent back, while a cell runs.

# %% extra
import gc
import json
import struct

peer = next(x for x in gc.get_objects() if "channel" in getattr(x, "__dict__", {}) and hasattr(type(x), "serve"))
deep = "[" * 900 + "]" * 900
for text in ['{"op": "call", "id": %s}' % deep, '{"op": "call", "id": "%s"}' % ("a" * ((4 << 20) - 40))]:
    peer.channel.sock.sendall(struct.pack("<II", len(text), 0) + text.encode())

# %% extra
print("still here?")
