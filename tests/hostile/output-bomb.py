# tries: to print a gigabyte, past Python too, and to display kinds and sizes that nobody asked for.

# %% extra
import os
import sys

line = "x" * 1_000_000
for _ in range(1000):
    print(line)
    print(line, file=sys.stderr)
    for fd in (1, 2):
        os.write(fd, line.encode())

# %% extra
from IPython.display import display

for k in range(2000):
    display(k)


# %% extra
import base64

from IPython.display import HTML, SVG, Image, Javascript, display

display(HTML("<script>alert(1)</script><b onmouseover=alert(1)>bold</b>"))
display(Javascript("alert(document.cookie)"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"))
display({"text/html": "<script>alert(2)</script>", "text/plain": "<script>alert(3)</script>"}, raw=True)
display({"image/png": "\"><script>alert(4)</script>"}, raw=True)
display({"image/png": base64.b64encode(b"no picture").decode(), "text/latex": "$\\href{javascript:alert(5)}{x}$"}, raw=True)
display({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "application/javascript": "alert(6)"}, raw=True)
display({"image/png": "A" * 30_000_000}, raw=True)
display({"image/svg+xml": "<svg onload=alert(7)>", "text/markdown": "[x](javascript:alert(8))"}, raw=True)
