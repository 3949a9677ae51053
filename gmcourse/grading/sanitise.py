"""Other people's text made safe to show: in Formgrader and in nbgrader's own pages as well as in ours.

Those render markdown with its HTML, and comments as markdown. So what is written for them has nothing in it that they
would take for HTML: `markdown` and `comment` leave text and formulas as they are, and render what comes out by the same
converter, to be sure; what still has a tag or a link that is not wanted is shown as plain text. `body` goes over
the finished page.
"""

import base64
import html
import io
import re
import sys
import sysconfig
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

LONGEST = 20_000  # characters of one output or one markdown cell
LONGEST_COMMENT = 3_000
PIXELS = 25_000_000
ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
OPENS_TAG = re.compile(r"<(?=[A-Za-z/!?])")
PICTURE = re.compile(r"!\[(?![^\[\]]*\]\(attachment:)")
SPECIAL, PUNCTUATION, NOTHING = (re.compile(some) for some in (r"[\\`*_\[\]$~<>&]", r"[!-/:-@\[-`{-~]", r"(?!)"))
SOURCE = re.compile(r"(?<![\w.])~?(?:/[\w.@+-]+)*/([\w.@+-]+\.(?:py|pyx|pyi|so|c|cpp|h))\b")
SCHEME = re.compile(r"[^/?#]*:")
IMAGE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]+")
ALIGN = re.compile(r"text-align: ?(?:left|right|center);?")

TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "i", "img", "input", "li", "main", "ol", "p", "pre", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "th", "thead", "tr", "ul"
}  # fmt: skip
ATTRIBUTES = {
    "*": {"class", "id", "title"},
    "a": {"href", "name"},
    "img": {"src", "alt"},
    "input": {"type", "disabled", "checked"},
    "ol": {"start"},
    "td": {"style"},
    "th": {"style"},
}


def plain(text, most=LONGEST):
    """Text without control characters and terminal codes, lines as they end up on a screen, at most `most` of it."""
    text = ANSI.sub("", str(text)[: 4 * most]).replace("\r\n", "\n")
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    text = CONTROL.sub("", "\n".join(lines)).encode("utf-8", "replace").decode()
    return text if len(text) <= most else text[:most] + "\n(cut here)"


def output(text):
    """Text that a program printed, as `plain`, without the folders of this machine."""
    return _roots().sub("", plain(text))


def traceback(text):
    """As `output`; of every source file only the name stays."""
    return SOURCE.sub(r"\1", output(text))


@cache
def _roots():
    """Where this machine keeps Python, what is installed, and the user's files."""
    found = {*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix, str(Path.home()), str(Path.cwd())}
    found |= {str(Path(folder).resolve()) for folder in found}
    found = sorted((folder.rstrip("/") for folder in found if folder.count("/") > 1 or folder == "/root"), key=len)
    return re.compile("|".join(re.escape(folder) + r"(?:/|\b)" for folder in reversed(found)))


def picture(data, kind="png"):
    """The picture as base64 text, or None where it is none of this kind, or larger than a browser should load."""
    from PIL import Image

    try:
        raw = base64.b64decode("".join(str(data).split()), validate=True)
        with Image.open(io.BytesIO(raw), formats=[kind.upper()]) as image:
            if image.width * image.height > PIXELS:
                return None
            image.verify()
    except Exception:  # Pillow raises many kinds for a broken file
        return None
    return base64.b64encode(raw).decode()


def markdown(text, images=None, reserved=frozenset()):
    """A student's markdown that shows as what it says, and does nothing else.

    `<` before a letter gets a space after it, which neither prose nor code nor a formula minds. images: the cell's
    attachments; no other picture is loaded. reserved: ids on the page that no heading may take.
    """
    text = PICTURE.sub("! [", OPENS_TAG.sub("< ", plain(text)))
    return text if harmless(text, images, reserved) else fenced(text)


def fenced(text):
    """`text` as a block of code."""
    fence = "`" * (1 + max([2, *(len(run) for run in re.findall("`+", text))]))
    return f"{fence}\n{text}\n{fence}"


def comment(text):
    """Markdown that shows as `text`, one paragraph for each of its lines; unchanged where it has nothing special."""
    lines = [" ".join(line.split()) for line in OPENS_TAG.sub("< ", plain(text, LONGEST_COMMENT)).split("\n")]
    wanted = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines if line)
    for special in (NOTHING, SPECIAL, PUNCTUATION):  # as few backslashes as will do: Formgrader shows them
        written = "\n\n".join(special.sub(r"\\\g<0>", line) for line in lines if line)
        if _without_links(written) == wanted.replace("&#x27;", "'"):
            return written
    return re.sub(r"[^\w\s,:;=/]", " ", written)


def _without_links(text):
    try:
        return re.sub(r"</?a\b[^>]*>", "", rendered(text)).strip()
    except Exception:
        return None


def harmless(text, images=None, reserved=frozenset()):
    """Whether nbconvert makes of this markdown nothing but TAGS and wanted attributes."""
    reader = _Reader(reserved)
    try:
        reader.feed(rendered(text, images))
        reader.close()
    except Exception:  # nbconvert raises for an attachment that is not there, mistune where lists go too deep
        return False
    return reader.harmless


def rendered(text, images=None):
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    return MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=images or {})).render(text)


class _Reader(HTMLParser):
    def __init__(self, reserved):
        super().__init__()
        self.reserved, self.harmless = reserved, True

    def handle_starttag(self, tag, attributes):
        self.harmless &= tag in TAGS
        for name, value in attributes:
            known = name in ATTRIBUTES["*"] or name in ATTRIBUTES.get(tag, ())
            self.harmless &= known and wanted(tag, name, value or "") is not None
            self.harmless &= name not in ("id", "name") or value not in self.reserved

    def handle_decl(self, decl):
        self.harmless = False

    handle_comment = handle_pi = unknown_decl = handle_decl


def wanted(tag, name, value):
    """The value of an attribute, or None where it must go: links to the web and the page itself, pictures inside it."""
    if name == "href":
        link = re.sub(r"[\x00-\x20]", "", value)
        scheme = SCHEME.match(link)
        return value if not scheme or scheme[0].lower() in ("http:", "https:", "mailto:") else None
    if name == "src":
        return value if IMAGE.fullmatch(value) else None
    if name == "style":
        return value if ALIGN.fullmatch(value) else None
    if tag == "input" and name == "type":
        return value if value == "checkbox" else None
    return value


def body(text):
    """The HTML between a page's <body> and </body> with nothing in it but TAGS and wanted attributes."""
    import nh3

    return nh3.clean(
        text,
        tags=TAGS,
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        attribute_filter=wanted,
        url_schemes={"http", "https", "mailto", "data"},
        filter_style_properties={"text-align"},
    )
