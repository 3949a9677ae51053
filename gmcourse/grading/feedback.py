"""Feedback pages: nbgrader's own template, filled from the autograded notebook and the gradebook's marks.

Scores and comments come as Marks instead of a look-up a cell, one exporter serves all pages of a process, and our own
cells are rendered once: nbgrader's `generate_feedback` takes seconds a student, this a small part of one. All that
stands in a page's body goes through a sanitiser at last. Formulas are shown by MathJax from the web; without a network
their TeX stands there.
"""

import hashlib
import os
from functools import cache, lru_cache
from pathlib import Path

import nbformat

from gmcourse.grading import sanitise


def write_feedback(place, student, marks):
    """feedback/STUDENT/UNIT/NOTEBOOK.html for each autograded notebook of one student; others there are removed.

    marks: {notebook: Marks}. Nothing but files is read, so that any process can do it.
    """
    notebooks, folder = place.folder("autograded", student), place.folder("feedback", student)
    folder.mkdir(parents=True, exist_ok=True)
    written = set()
    for path in sorted(notebooks.glob("*.ipynb")):
        written.add(write_page(path, marks[path.stem], folder / f"{path.stem}.html"))
    for stale in {*folder.glob("*.html"), *folder.glob("*.part")} - written:
        stale.unlink()


def is_current(place, student, marks):
    """Whether the pages of one student are there and show these marks; a grade given by hand changes them."""
    notebooks = place.folder("autograded", student).glob("*.ipynb")
    pages = {path.stem: place.folder("feedback", student) / f"{path.stem}.html" for path in notebooks}
    return all(path.is_file() and _end(path) == _signed(marks[stem]).encode() for stem, path in pages.items())


def _end(path):
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - len(_signed(None))))
        return file.read()


def _signed(marks):
    """The page's last line, by which `is_current` knows what it shows."""
    return f"<!-- {hashlib.sha256(repr(marks).encode()).hexdigest()} -->\n"


def write_page(notebook, marks, page):
    """Write the page of one notebook file; it stands there as a whole or not at all. Returns its path."""
    part = Path(f"{page}.part")
    shown = nbformat.v4.reads(Path(notebook).read_text(encoding="utf-8"))  # our own file: nothing to validate
    part.write_text(html(shown, Path(notebook).stem, marks), encoding="utf-8")
    os.replace(part, page)
    return page


def html(notebook, name, marks):
    """The page as text; the marks are put into `notebook`."""
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade") or about.get("task"):
            about.score, about.points = marks.scores[about.grade_id]
        if about.get("solution") or about.get("task"):
            about.comment = marks.comments.get(about.grade_id)
    got, most = (sum(score[k] for score in marks.scores.values()) for k in (0, 1))
    resources = {"notebook": name, "score": got - marks.penalty, "max_score": most, "late_penalty": marks.penalty}
    text, _ = exporter().from_notebook_node(notebook, {"nbgrader": resources})
    head, body = text.split("<body>", 1)
    return f"{head}<body>\n{sanitise.body(body)}</body>\n</html>\n{_signed(marks)}"


@cache
def exporter():
    """nbconvert's exporter with nbgrader's template for feedback, made once a process."""
    import nbgrader
    from nbconvert.exporters import HTMLExporter
    from nbconvert.exporters.templateexporter import TemplateExporter
    from nbconvert.filters import Highlight2HTML
    from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
    from traitlets.config import Config

    def remembering(convert):  # our own cells are on every page, and short
        short = lru_cache(500)(convert)
        return lambda source, *_, **__: short(source) if len(source) < 5000 else convert(source)

    highlight, render = remembering(Highlight2HTML(pygments_lexer="ipython3")), remembering(sanitise.rendered)

    class Pages(HTMLExporter):
        def markdown2html(self, context, source):
            images = context.get("cell", {}).get("attachments", {})
            return sanitise.rendered(source, images) if images else render(source)

        markdown2html.jinja_pass_arg = HTMLExporter.markdown2html.jinja_pass_arg

        def from_notebook_node(self, notebook, resources=None, **options):
            # HTMLExporter's own reads the whole page once more, to give pictures a text: most of its time
            return TemplateExporter.from_notebook_node(self, notebook, self._init_resources(resources), **options)

    formgrader = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
    config = Config()
    config.Exporter.default_preprocessors = []
    config.HTMLExporter.template_name = "feedback"
    config.HTMLExporter.extra_template_basedirs = [str(formgrader / "templates")]
    config.HTMLExporter.extra_template_paths = [str(formgrader / "static/node_modules/bootstrap/dist/css")]
    pages = Pages(config=config)
    pages.register_filter("highlight_code", highlight)
    pages.register_preprocessor(CSSHTMLHeaderPreprocessor, enabled=True)
    return pages
