"""Other people's text: honest text stays as it is, and what would run something shows as text."""

import base64
import random

import nbformat
import pytest
from hostile_text import HOSTILE, IDS, Reader, formgraders, png, words

from gmcourse.grading import sanitise

pytestmark = pytest.mark.grading


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_that_would_run_something_shows_as_text(text):
    clean = sanitise.markdown(text, {}, IDS)
    assert sanitise.markdown(clean, {}, IDS) == clean
    assert not Reader(sanitise.rendered(clean)).found
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(clean)])
    for template in ("feedback", "formgrade"):
        assert not Reader(formgraders(notebook, template)).found


def test_pieces_of_hostile_markdown_in_any_order_show_as_text():
    marks = ["`", "```\n", "$", "$$", "\n\n", "\n", " ", "<", ">", "[", "](", ")", "&lt;", "\\", "|", "-"]
    pieces = [*HOSTILE[:37], *marks]
    chance = random.Random(7)
    for _ in range(1500):
        text = "".join(chance.choices(pieces, k=chance.randrange(2, 9)))
        assert not Reader(sanitise.rendered(sanitise.markdown(text))).found, text
        assert not Reader(sanitise.rendered(sanitise.comment(text))).found, text


@pytest.mark.parametrize(
    "text",
    [
        "Since $p(x) < 1$ and $a > b$, **it** _is_ so: $$\\sum_i x_i \\le 1$$",
        "1. one\n2. two\n\n- three\n\n> said\n\n| a | b |\n|:-:|---|\n| 1 | 2 |",
        "`x < y` and\n\n```python\nif x < 3 and y > 4: pass\n```",
        "see [this](https://example.org/a?b=c&d=e) or [that](#here)\n\n# A heading\n\n- [ ] to do",
        "\\begin{align}a &= b \\\\ c &< d\\end{align}",
        "# Because it is so",
    ],
)
def test_honest_markdown_stays_as_it_is(text):
    assert sanitise.markdown(text, {}, IDS) == text


def test_a_letter_after_less_than_costs_a_space_and_no_more():
    assert sanitise.markdown("$a<b$, `List<int>`") == "$a< b$, `List< int>`"


@pytest.mark.parametrize(
    "text",
    [
        "plain words, 2 * x * y, a_b < 3",
        "__init__ of *this* $x$ [a](b) `c`",
        "1. one",
        "- a\n# b",
        "<class 'int'> & &lt;",
    ]
    + HOSTILE[:37],
)
def test_a_comment_shows_its_words_and_nothing_else(text):
    html = sanitise.rendered(sanitise.comment(text))
    assert not Reader(html).found
    kept = [word for word in sanitise.OPENS_TAG.sub("< ", sanitise.plain(text)).split()]
    assert words(html).split() == kept


def test_a_plain_comment_has_no_backslashes():
    for text in ("the shape is (3,), not (4,): which axis?", "log_prob is not finite at x = [0, 1]"):
        assert sanitise.comment(text).replace("\\[", "[").replace("\\]", "]") == text


def test_text_loses_codes_of_terminals_and_what_was_written_over():
    assert (
        sanitise.plain("\x1b[31mred\x1b[0m\x07 1%\r50%\r100%\r\nend\ud800\x1b]8;;http://x\x07link") == "100%\nend?link"
    )
    assert len(sanitise.plain("x" * 10**6)) < sanitise.LONGEST + 20


def test_only_a_real_picture_of_a_sensible_size_is_shown():
    assert sanitise.picture(png()) == png()
    assert sanitise.picture(png((6000, 6000))) is None
    broken = base64.b64encode(base64.b64decode(png())[:-20]).decode()
    for data in ("", "!", broken, png(kind="GIF"), base64.b64encode(b"<svg onload=run()>").decode(), png() + "'>"):
        assert sanitise.picture(data) is None
    assert sanitise.picture(png(kind="GIF"), "gif") == png(kind="GIF")
