# has: outputs of megabytes, errors among them, and counts of a long session.

# %% edit @3 {"execution_count": 1234, "outputs": [{"output_type": "error", "ename": "X", "evalue": "y", "traceback": ["\u001b[31mred\u001b[0m"]}, {"output_type": "unknown"}, 7]}
# %% bytes
notebook.replace('"outputs": []', '"outputs": [{"output_type": "stream", "name": "stdout", "text": "' + "out " * 30_000 + '"}]').encode()
