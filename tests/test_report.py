"""The report at the end of grading, with exact numbers for a small made-up class."""

import csv
import io
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from gmcourse.grading.report import Report, alike, cell, pattern, table, write
from gmcourse.grading.report_page import bins
from gmcourse.grading.words import clean

UNIT = "09-small"
MOST = {"double": 3.0, "half": 1.5, "gmlib_double": 0.0}
EVIL = "<script>alert('x')</script>"
OFF = "z for n = {} is off by {} at [{}, 1]: is it strict? (fresh inputs of double--any: seed {})"
SCORES = {"ann": (3, 1.5), "bob": (1, 0), "cid": (2, 0), "dee": (0, 1.5)}
LOST = {
    "bob": {"double": OFF.format(5, 0.31, 2, 77), "half": "half(3) is not 1.5"},
    "cid": {"double": OFF.format(12, "1.2e-05", 3, 8), "half": EVIL},
    "dee": {"double": "double(3) is not 6", "half": "was wrong, until a person gave all points"},
}
EMPTY_TAGS = {"meta", "rect", "path"}


@pytest.fixture
def small(tmp_path):
    return Report(
        unit=UNIT,
        most=MOST,
        scores={s: dict(zip(MOST, (*map(float, row), 0.0), strict=True)) for s, row in SCORES.items()},
        broken={"<b>eve": f"is not JSON {EVIL}", "dee": "too large"},
        csv=tmp_path / "grades.csv",
        feedback=tmp_path / "feedback",
        folder=tmp_path,
        waiting={"bob"},
        absent=["flo"],
        partly={"cid": ["09-small-b.ipynb"]},
        lost=LOST,
        notes={"ann": [f"restarted {EVIL}"]},
        seconds=191.4,
    )


def school(small, size):
    """A class of `size` students, all with what ann has."""
    names = [f"s{k:03d}" for k in range(size)]
    return replace(small, scores={name: small.scores["ann"] for name in names}, broken={}, lost={}, waiting=set(names))


class Page(HTMLParser):
    """A page read strictly: every tag is closed in order; its tags, text, links and tables."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words, self.links, self.rows, self.labels = [], [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        assert not [name for name, value in attributes if name.startswith("on") or "javascript" in str(value)]
        self.links += [value for name, value in attributes if name in ("href", "src")]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in EMPTY_TAGS:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in EMPTY_TAGS:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in EMPTY_TAGS:  # <rect><title/></rect>
            return
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        if self.open[-1:] == ["text"]:
            self.labels.append(data)
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


def read(report):
    page, _ = write(report, report.folder)
    return Page(page.read_text(encoding="utf-8"))


def test_statistics_of_an_exercise_are_exact(small):
    double, half = small.exercises()  # none without points
    assert (double.mean, double.median, double.full, double.missed) == (1.5, 1.5, 0.25, 3)
    assert (half.mean, half.median, half.full, half.missed) == (0.75, 0.75, 0.5, 2)
    assert double.messages == [(OFF.format(12, "1.2e-05", 3, 8), 2), ("double(3) is not 6", 1)]
    assert half.messages == [(EVIL, 1), ("half(3) is not 1.5", 1)]  # dee has all points there by now


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (OFF.format(5, 0.31, 2, 77), OFF.format(12, "-1.2e-05", 0, 8)),
        (OFF.format(5, 0.31, 2, 77), OFF.format(5, 0.31, 2, 77).replace("double--any", "double--three")),
        (OFF.format(5, 0.31, 2, 77), OFF.format(5, 0.31, 2, 77).split(" (fresh")[0]),
        ("x3 cannot see x1 in the ordering x2, x1, x3", "x1 cannot see x2 in the ordering x4, x2, x1, x3"),
        ("<Net object at 0x7fa31>", "<Net object at 0x7fb99>"),
    ],
)
def test_messages_that_differ_by_fresh_numbers_are_alike(one, other):
    assert alike({one: 2, other: 1}) == [(one, 3)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("is float32", "is float64"), ("is off by 3", "is off by nan"), ("shape [3, 1]", "shape [3, 1] of y")],
)
def test_messages_with_another_meaning_are_not_alike(one, other):
    assert pattern(one) != pattern(other)


def test_the_terminal_of_a_small_class(small, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    lines = str(small).splitlines()
    assert lines[1].split() == ["double", "half", "total"]
    assert lines[2].split() == ["of", "3", "1.5", "4.5"]
    split = [line.split() for line in lines]
    assert ["bob", "1", "0", "1+?"] in split
    assert ["1", "double", "3", "1.50", "1.5", "25", "%"] in split
    assert ["2", "half", "1.5", "0.75", "0.75", "50", "%"] in split
    assert ["total", "4.5", "2.25", "1.75", "25", "%"] in split  # of 4.5, 1, 2, 1.5
    at = lines.index("  double: 3 of 4 students")
    assert at < lines.index("  half: 2 of 4 students")
    assert lines[at + 1] == f"    2 of them: {OFF.format(12, '1.2e-05', 3, 8)}"
    assert f"NOT GRADED <b>eve: is not JSON {EVIL}" in lines
    assert "NOT GRADED dee: too large; the earlier grade stands" in lines
    assert "cid: no 09-small-b.ipynb, 0 points for it" in lines
    assert "1 with answers to grade by hand, in Formgrader (+?): bob" in lines
    assert "4 students with a grade, 2 not graded, in 3 min 11 s" in lines
    assert f"report:     {small.folder}/09-small-report.html" in lines


def test_a_large_class_is_not_listed_in_the_terminal(small):
    assert "\ns029 " in str(school(small, 30))
    text = str(school(small, 31))
    assert "\ns029 " not in text
    assert "s029 and 1 more" in " ".join(text.split())
    assert "09-small-report.csv (students and exercises)" in text


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_terminal_is_as_wide_as_it_is(small, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    long = {"ann": ["a note of many words " * 20], "bob": ["one" * 100]}
    most = {f"a_name_that_is_longer_than_most_{k}": 1.0 for k in range(9)}
    report = replace(small, notes=long, most=most, scores={"ann": most}, lost={}, broken={"zoe": "why not " * 30})
    prose = str(report).split("\nreport: ")[0]
    assert max(map(len, prose.splitlines())) <= columns
    words = "".join(prose.split())
    assert "amanywords" not in words
    assert words.count("anoteofmanywords") >= 18  # clipped at 400 characters, and nothing else is lost
    assert "one" * 100 in words


def test_no_control_character_reaches_the_terminal_or_a_file(small):
    bad = "\x1b[2Jgone\r\nNOT GRADED ann: \u202elie \ud800\x07"
    report = replace(
        small, broken={bad: bad}, notes={bad: [bad]}, lost={"bob": {"double": bad}}, partly={}, absent=[bad]
    )
    page, rows = write(report, report.folder)
    for text in (str(report), page.read_text(), rows.read_text()):
        assert "gone NOT GRADED ann:" in text  # on one line, so that nobody forges one
        assert all(c.isprintable() or c == "\n" for c in text)


def test_clean_clips():
    assert clean("ab \t c" * 100, 7) == "ab cab…"
    assert clean("abc", 3) == "abc"


def test_the_page_is_well_formed_and_runs_nothing(small):
    page = read(small)
    assert not {"script", "iframe", "link", "img", "b>eve"} & set(page.tags)
    text = " ".join(page.words)
    for where in (f"is not JSON {EVIL}", f"restarted {EVIL}", f"1 of them: {EVIL}", "<b>eve"):
        assert where in text
    assert page.tags[:4] == ["html", "head", "meta", "meta"]
    assert [link for link in page.links if ":" in link or link.startswith("/")] == []
    assert unquote(page.links[0]) == "feedback/ann/09-small/"
    assert len(page.links) == len(SCORES)
    assert str(small.folder) not in text


def test_a_link_leads_to_the_folder_of_any_name(small):
    [link] = read(replace(small, scores={"a#b? %20": small.scores["ann"]})).links
    assert link == "feedback/a%23b%3F%20%2520/09-small/"


def test_the_tables_of_the_page_are_exact(small):
    rows = read(small).rows
    assert ["double", "", "50 %", "3", "1.50", "1.5", "25 %"] in rows
    assert ["half", "", "50 %", "1.5", "0.75", "0.75", "50 %"] in rows
    assert ["ann", "3", "1.5", "4.5", "graded"] in rows
    assert ["bob", "1", "0", "1", "to grade by hand"] in rows
    assert ["cid", "2", "0", "2", "no 09-small-b.ipynb, 0 points for it"] in rows
    assert ["flo", "", "", "", "handed in nothing"] in rows
    assert ["dee", "too large; the earlier grade stands"] in rows


def test_the_histogram_counts_every_student_once(small):
    told = [re.fullmatch(r"(\S+) to (\S+) points: (\d+) students?", word) for word in read(small).words]
    bars = [(float(m[1]), float(m[2]), int(m[3])) for m in told if m]
    assert [bar for bar in bars if bar[2]] == [(1, 1.5, 1), (1.5, 2, 1), (2, 2.5, 1), (4, 4.5, 1)]
    assert bars[0][0] == 0
    assert bars[-1][1] == 4.5
    assert {"points", "students", "0", "4.5"} <= set(read(small).labels)  # of the axes


@pytest.mark.parametrize(
    ("totals", "points", "low", "high", "most_bins"),
    [
        ([], 34, 0, 34, 20),
        ([0.0] * 5, 1, 0, 1, 20),
        ([0.1 + 0.2, 0.3], 1, 0, 1, 20),
        ([-1.0, 36.5], 34, -2, 38, 20),
        ([1e9], 10, 0, 1e9, 20),
        ([0.0], 0, 0, 1, 20),
        ([0.0], 1000, 0, 1000, 20),
    ],
)
def test_bins_cover_all_totals(totals, points, low, high, most_bins):
    edges, counts = bins(totals, points)
    assert (edges[0], edges[-1]) == pytest.approx((low, high))
    assert len(edges) == len(counts) + 1 <= most_bins + 1
    assert sum(counts) == len(totals)


def test_bins_hold_their_lower_edge_and_the_last_one_both():
    assert bins([0, 1, 1.99, 19, 20, 20], 20)[1] == [1, 2, *[0] * 17, 3]
    assert bins([0.3, 0.29], 2)[1][2:4] == [1, 1]  # although 0.3 / 0.1 is 2.9999999999999996


@pytest.mark.parametrize(
    "change",
    [
        {"scores": {}, "waiting": set(), "lost": {}},
        {"scores": {}, "broken": {}, "waiting": set(), "partly": {}, "absent": [], "notes": {}, "lost": {}},
        {"scores": {"ann": dict.fromkeys(MOST, 0.0)}},
        {"scores": {"ann": MOST}},
        {"most": {}, "scores": {"ann": {}}, "lost": {}},
        {"most": {"gmlib": 0.0}, "scores": {"ann": {"gmlib": 0.0}}, "lost": {"ann": {"gmlib": "devices"}}},
        {"most": {}, "scores": {}, "lost": {}},
        {"lost": {"ann": {"gone": "an exercise of long ago"}, "zoe": {"double": "nobody's"}}},
    ],
)
def test_edges_of_a_class(small, change):
    report = replace(small, **change)
    text = str(report) + " ".join(read(report).words) + table(report)
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b", text)
    everybody = {*report.scores, *report.broken, *report.absent}
    assert len(table(report).splitlines()) == 1 + len(everybody)


def test_a_student_with_nothing_and_one_with_all(small):
    assert ["total", "4.5", "0.00", "0", "0", "%"] in [
        line.split() for line in str(replace(small, scores={"ann": dict.fromkeys(MOST, 0.0)})).splitlines()
    ]
    all_right = str(replace(small, scores={"ann": MOST}))
    assert ["total", "4.5", "4.50", "4.5", "100", "%"] in [line.split() for line in all_right.splitlines()]
    assert "missed by most" not in all_right


def test_the_csv_has_a_row_for_everybody(small):
    rows = list(csv.reader(io.StringIO(table(small))))
    assert rows == [
        ["student", *MOST, "total", "status"],
        ["<b>eve", "", "", "", "", f"not graded: is not JSON {EVIL}"],
        ["ann", "3", "1.5", "0", "4.5", "graded"],
        ["bob", "1", "0", "0", "1", "to grade by hand"],
        ["cid", "2", "0", "0", "2", "no 09-small-b.ipynb, 0 points for it"],
        ["dee", "0", "1.5", "0", "1.5", "not graded: too large; the earlier grade stands"],
        ["flo", "", "", "", "", "handed in nothing"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "＝1", "\x00=1"])
def test_no_cell_is_a_formula(small, text):
    assert not re.match(r"\s*[=+\-@＝]", cell(text))
    report = replace(small, scores={}, broken={text: text}, absent=[], partly={}, waiting=set())
    [[name, *_]] = list(csv.reader(io.StringIO(table(report))))[1:]
    assert name == cell(text)
    assert cell("ann-1=2") == "ann-1=2"


def test_files_are_written_as_a_whole(small, monkeypatch):
    write(small, small.folder)
    before = {path.name: path.read_bytes() for path in small.folder.iterdir()}
    assert sorted(before) == ["09-small-report.csv", "09-small-report.html"]

    def killed(*paths):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write(replace(small, scores={}), small.folder)
    assert {name: (small.folder / name).read_bytes() for name in before} == before
