"""The instructor's report as one HTML page that needs nothing else: no script, style and figures inside.

Names and messages are the students' own text: every text goes through `text`, which escapes it.
"""

import html
import math
import os
from statistics import fmean, median
from urllib.parse import quote

from gmcourse.grading.words import average, clean, duration, number, share, students

STYLE = """
html { font-size: 16px; }
body { font: 1rem/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 1.5rem auto; max-width: 64rem;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #d0d0d0; text-align: right; vertical-align: top;
  white-space: nowrap; }
th:first-child, td:first-child, .words { text-align: left; }
thead th { border-bottom: 2px solid #1a1a1a; vertical-align: bottom; }
.many th, .many td { padding: .25rem .4rem; } .tall span { writing-mode: vertical-rl; transform: rotate(180deg); }
p { margin: .6rem 0 .2rem; } ul { margin: 0; } li, .words { overflow-wrap: anywhere; }
.words { min-width: 13rem; white-space: normal; }
.scroll { overflow-x: auto; }
.bar { width: 7rem; height: .8rem; vertical-align: middle; }
svg text { font: 13px system-ui, sans-serif; fill: #1a1a1a; }
.histogram { width: 100%; max-width: 38rem; height: auto; display: block; } a { color: #0b57a4; }
@media (max-width: 40rem) { body { margin: 1rem auto; padding: 0 .6rem; } ul { padding-left: 1.2rem; }
  svg text { font-size: 16px; }
  table { font-size: .8rem; } th, td, .many th, .many td { padding: .2rem; } .bar { width: 3rem; } }
@media print { html { font-size: 10px; } body { margin: 0; max-width: none; } .scroll { overflow: visible; }
  thead { display: table-header-group; } tr, svg { break-inside: avoid; } h2 { break-after: avoid; }
  th, td, .many th, .many td { padding: .1rem .25rem; } .words { min-width: 6rem; } }
"""
WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 520, 270, 52, 14, 22, 46  # a histogram and its margins


def page(report, folder):
    """The whole page; links to feedback are relative to `folder`, where it will lie."""
    parts = [f"<h1>{text(report.unit)}: points</h1>", _summary(report)]
    if report.scores and report.points > 0:
        parts += ["<h2>Totals</h2>", histogram(report.totals, report.points)]
    parts += _exercises(report) + _missed(report) + _broken(report) + _notes(report) + _students(report, folder)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{text(report.unit)}: points</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def text(anything, most=1000):
    return html.escape(clean(anything, most))


def _summary(report):
    said = [f"{students(len(report.scores))} with a grade"]
    if report.scores:
        totals = report.totals
        said.append(f"mean {average(fmean(totals))}, median {number(median(totals))} of {number(report.points)} points")
    for count, what in (
        (len(report.broken), "not graded"),
        (len(report.waiting), "with answers to grade by hand, which count 0 until then"),
        (len(report.absent), "handed in nothing"),
    ):
        said += [f"{count} {what}"] if count else []
    if report.seconds:
        said.append(f"graded in {duration(report.seconds)}")
    return f"<p>{text('; '.join(said))}.</p>"


def bins(totals, points):
    """(edges, counts) of a histogram from 0 (or the lowest total) to `points` (or the highest), in round steps.

    At most about 20 bins; each has its lower edge, the last one both.
    """
    low, high = min([0.0, *totals]), max([points, *totals])
    rough = (high - low) / 20 or 1
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    count = max(1, math.ceil(high / step - 1e-9) - first)
    counts = [0] * count
    for total in totals:
        counts[min(count - 1, math.floor(total / step + 1e-9) - first)] += 1
    return [(first + k) * step for k in range(count + 1)], counts


def histogram(totals, points):
    """An SVG of how many students have how many points."""
    edges, counts = bins(totals, points)
    width, height = (WIDE - LEFT - RIGHT) / len(counts), HIGH - TOP - BOTTOM
    tick = _tick(max(counts))
    top = tick * math.ceil(max(counts) / tick)

    def y(count):
        return TOP + height * (1 - count / top)

    parts = [f'<svg class="histogram" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="Histogram of the totals">']
    for level in range(0, top + 1, tick):
        parts.append(f'<path d="M{LEFT} {y(level):.1f}H{WIDE - RIGHT}" stroke="#d0d0d0"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y(level) + 4:.1f}" text-anchor="end">{level}</text>')
    for k, count in enumerate(counts):
        x = LEFT + k * width
        span = f"{number(edges[k])} to {number(edges[k + 1])} points: {students(count)}"
        parts.append(
            f'<rect x="{x + 1:.1f}" y="{y(count):.1f}" width="{width - 2:.1f}" height="{TOP + height - y(count):.1f}" '
            f'fill="#4878a8"><title>{span}</title></rect>'
        )
        if count and 10 * len(str(count)) <= width:
            parts.append(f'<text x="{x + width / 2:.1f}" y="{y(count) - 4:.1f}" text-anchor="middle">{count}</text>')
    each = math.ceil(len(edges) / 11)  # so many labels fit
    for k in [*(k for k in range(0, len(counts), each) if len(counts) - k > each / 2), len(counts)]:
        x = LEFT + k * width
        parts.append(f'<path d="M{x:.1f} {TOP + height}v4" stroke="#1a1a1a"/>')
        parts.append(f'<text x="{x:.1f}" y="{TOP + height + 18}" text-anchor="middle">{number(edges[k])}</text>')
    parts.append(f'<path d="M{LEFT} {TOP + height}H{WIDE - RIGHT}" stroke="#1a1a1a"/>')
    parts.append(f'<text x="{(LEFT + WIDE - RIGHT) / 2}" y="{HIGH - 8}" text-anchor="middle">points</text>')
    middle = TOP + height / 2
    parts.append(f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">students</text></svg>')
    return "\n".join(parts)


def _tick(most):
    """A round whole number with at most five ticks up to `most`."""
    return next(m * 10**k for k in range(20) for m in (1, 2, 5) if 5 * m * 10**k >= most)


def _bar(part):
    if part is None:
        return ""
    width = 100 * min(1.0, max(0.0, part))
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="100" height="10" fill="#e4e4e4"/><rect width="{width:.1f}" height="10" fill="#4878a8"/></svg>'
    )


def _table(head, rows, words=(), tall=()):
    """An HTML table of cells that are HTML already; `words`: columns of text, `tall`: those with an upright head."""

    def mark(k):
        return ' class="words"' if k in words else ""

    many = ' class="many"' if tall else ""
    heads = ""
    for k, name in enumerate(head):
        heads += f'<th class="tall"><span>{name}</span></th>' if k in tall else f"<th{mark(k)}>{name}</th>"
    body = ["<tr>" + "".join(f"<td{mark(k)}>{c}</td>" for k, c in enumerate(row)) + "</tr>" for row in rows]
    lines = [f'<div class="scroll"><table{many}>', f"<thead><tr>{heads}</tr></thead>", "<tbody>", *body]
    return "\n".join([*lines, "</tbody></table></div>"])


def _exercises(report):
    exercises = report.exercises()
    if not exercises:
        return ["<h2>Exercises</h2>", "<p>No exercise has points.</p>"]
    rows = []
    for e in exercises:
        part = None if e.mean is None else e.mean / e.most
        points = [number(e.most), average(e.mean), number(e.median), share(e.full)]
        rows.append([text(e.name), _bar(part), share(part), *points])
    head = ["exercise", "mean share", "", "points", "mean", "median", "full points"]
    return ["<h2>Exercises</h2>", _table(head, rows)]


def _missed(report):
    missed = sorted((e for e in report.exercises() if e.missed), key=lambda e: -e.missed)
    parts = ["<h2>Missed by most, with the most frequent messages</h2>"] if missed else []
    for e in missed:
        parts.append(f"<p><b>{text(e.name)}</b>: {e.missed} of {students(len(report.scores))}</p>")
        told = [f"<li>{count} of them: {text(example)}</li>" for example, count in e.messages[:3]]
        parts += ["<ul>", *told, "</ul>"] if told else []
    return parts


def _broken(report):
    rows = [[text(name, 80), text(report.reason(name))] for name in report.broken]
    return ["<h2>Not graded</h2>", _table(["student", "why"], rows, words=(1,))] if rows else []


def _notes(report):
    rows = [[text(name, 80), text(note)] for name, notes in report.notes.items() for note in notes]
    return ["<h2>Notes</h2>", _table(["student", "note"], rows, words=(1,))] if rows else []


def _students(report, folder):
    names = [name for name, most in report.most.items() if most > 0]
    last = len(names) + 2
    head = ["student", *(text(name) for name in names), "total", "status"]
    rows = []
    for student in sorted({*report.scores, *report.absent}):
        scores = report.scores.get(student)
        points = [""] * (last - 1)
        if scores is not None:
            points = [*(number(scores[name]) for name in names), f"<b>{number(report.total(student))}</b>"]
        rows.append([_link(report, student, folder), *points, text(report.status(student))])
    tall = range(1, last - 1) if len(names) > 4 else ()
    return ["<h2>Students</h2>", _table(head, rows, words=(last,), tall=tall)] if rows else []


def _link(report, student, folder):
    """The student's name, with a link to the feedback where there is some."""
    if student not in report.scores:
        return text(student, 80)
    there = os.path.relpath(report.feedback / student / report.unit, folder)
    return f'<a href="{html.escape(quote(there, errors="replace"))}/">{text(student, 80)}</a>'
