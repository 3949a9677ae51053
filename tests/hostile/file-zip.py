# tries: a zip archive under the notebook's name.
# broken: is not UTF-8

# %% bytes
b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(range(256)) * 40
