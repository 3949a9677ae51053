"""Texts that would run something on a page, and what tells whether they do."""

import base64
import io
from html.parser import HTMLParser
from pathlib import Path

import nbgrader
from nbconvert.exporters import HTMLExporter
from PIL import Image
from traitlets.config import Config

HOSTILE = [
    "<script>run()</script>",
    "<ScRiPt src=//x.y></sCrIpT>",
    "a<img src=x onerror=run()>b",
    "<style>*{display:none}</style>",
    "<svg/onload=run()>",
    "<iframe srcdoc='<script>run()</script>'>",
    "<a href='javascript:run()'>x</a>",
    "<!--><script>run()</script>-->",
    "<?php run() ?><![CDATA[<script>run()</script>]]>",
    "</div></div></body><script>run()</script>",
    "[x](javascript:run())",
    "[x](JaVaScRiPt&colon;run())",
    "[x](&#106;&#97;vascript:run())",
    "[x](\x01javascript:run())",
    "[x](<java\tscript:run()>)",
    "[x](vbscript:run()) [y](data:text/html;base64,PHNjcmlwdD4=)",
    "[x]: javascript:run() 'y'\n\n[x]",
    "![x](http://track.er/pixel.png)",
    "![x][y]\n\n[y]: http://track.er/pixel.png",
    "![x](javascript:run())",
    "![x](attachment:nothing.png)",
    '[x](http://x.y "\'onmouseover=run() ")',
    "```mermaid\n<script>run()</script>\n```",
    "```<script>run()\n</script>\n```",
    "`<script>run()</script>`",
    "    <script>run()</script>",
    "$<script>run()</script>$",
    "$$\n<img src=x onerror=run()>\n$$",
    "\\begin{a}<script>run()</script>\\end{a}",
    "\\\\(<script>run()</script>\\\\)",
    "&lt;script&gt;run()&lt;/script&gt;",
    "\\<script>run()</script>",
    "<\x00script>run()</script>",
    "<\u2028script>run()</script>",
    "<http://x.y/<script>run()</script>>",
    "| <script>run()</script> |\n|---|\n| <img src=x onerror=run()> |",
    "# <script>run()</script>\n\n<h1 id=x>y</h1>",
    "[" * 3000 + "](" * 3000,
    "> " * 3000 + "x",
    "<b" + " a=b" * 3000,
]
STYLES = ("text-align:", "width:4em", "width:3em", "margin-left:1em")  # the last ones are Formgrader's
IDS = {"because", "because-comment", "notebook"}


class Reader(HTMLParser):
    """Collects what a page would run, load or lead to."""

    def __init__(self, text):
        super().__init__()
        self.found, self.text, self.ids = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "style", "iframe", "svg", "object", "embed", "link", "meta", "form", "base"):
            self.found.add(tag)
        for name, value in attributes:
            value = "".join((value or "").split()).lower()
            if name.startswith("on") or (name == "style" and not value.startswith(STYLES)):
                self.found.add(name)
            if name == "href" and not value.startswith(("#", "http:", "https:", "mailto:")) and ":" in value:
                self.found.add(value)
            if name == "src" and not value.startswith("data:image/png;base64,"):
                self.found.add(value)
            if name == "id":
                self.ids.append(value)

    def handle_data(self, data):
        self.text.append(data)


def body(page):
    return page.split("<body>", 1)[1]


def words(text):
    return "".join(Reader(text).text)


def formgraders(notebook, template):
    """The page as nbgrader's own exporter makes it, for Formgrader or as feedback."""
    folder = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
    config = Config()
    config.HTMLExporter.template_name = template
    config.HTMLExporter.extra_template_basedirs = [str(folder / "templates")]
    config.HTMLExporter.extra_template_paths = [str(folder / "static/node_modules/bootstrap/dist/css")]
    config.Exporter.default_preprocessors = []
    resources = {"nbgrader": {"notebook": "n", "score": 0, "max_score": 0, "late_penalty": 0}}
    page = HTMLExporter(config=config).from_notebook_node(notebook, resources | {"index": 0, "total": 1})[0]
    return page[page.index('<div class="panel-body">') :]


def png(size=(2, 2), kind="PNG"):
    file = io.BytesIO()
    Image.new("1", size).save(file, kind)
    return base64.b64encode(file.getvalue()).decode()
