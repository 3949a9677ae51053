"""What `gmcourse grade` says at its end, in the terminal and as a table in CSV; report_page.py makes the HTML page."""

import csv
import io
import os
import re
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median

from gmcourse.grading.report_page import page
from gmcourse.grading.words import aligned, average, clean, duration, listed, number, share, students, wrapped

SMALL = 30  # a class of at most so many students is printed student by student
SHOWN = 5  # of the exercises that most students miss
FRESH = re.compile(r" ?\(fresh inputs of [^()]*: seed \d+\)")
NUMBER = re.compile(r"([^\W\d]{2}\w*)|0x[0-9a-f]+|[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")  # float32 is a word, x3 is not
LIST = re.compile(r"(\w?#)(?:, \1)+")


@dataclass(frozen=True)
class Exercise:
    """How the class did in one exercise; mean, median and full (the share with all points) are None without a class.

    missed: how many students lack points; messages: [(example, students)], alike ones as one, the most frequent first.
    """

    name: str
    most: float
    mean: float | None
    median: float | None
    full: float | None
    missed: int
    messages: list[tuple[str, int]]


@dataclass(frozen=True)
class Report:
    """Scores by student and exercise, and what could not be graded.

    most: {exercise: points}; scores: {student: {exercise: points}}; broken: {student: why}; waiting: students with an
    answer that a person has to grade; unchanged: students who were graded before and were not graded again;
    lost: {student: {exercise: the first message of a test that lost points}}; notes: {student: lines for the
    instructor}; seconds: how long the run took.
    """

    unit: str
    most: dict[str, float]
    scores: dict[str, dict[str, float]]
    broken: dict[str, str]
    csv: Path
    feedback: Path
    folder: Path
    waiting: set[str] = field(default_factory=set)
    unchanged: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    partly: dict[str, list[str]] = field(default_factory=dict)
    lost: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0

    def total(self, student):
        return sum(self.scores[student].values())

    @property
    def totals(self):
        return [self.total(student) for student in self.scores]

    @property
    def points(self):
        """What can be had in all."""
        return sum(self.most.values())

    @property
    def messages(self):
        """{exercise: Counter of the messages}; a student who has all points there by now is not counted."""
        found = {exercise: Counter() for exercise in self.most}
        for student, lost in self.lost.items():
            for exercise, message in lost.items():
                if student in self.scores and not self._full(student, exercise):
                    found.setdefault(exercise, Counter())[clean(message, 1000)] += 1
        return found

    def exercises(self):
        """The exercises that have points, in their order, as a list of Exercise."""
        messages = self.messages
        return [self._exercise(name, messages[name]) for name, most in self.most.items() if most > 0]

    def _exercise(self, name, messages):
        points = [row[name] for row in self.scores.values()]
        full = sum(self._full(student, name) for student in self.scores)
        mean, middle, share = (fmean(points), median(points), full / len(points)) if points else (None, None, None)
        return Exercise(name, self.most[name], mean, middle, share, len(points) - full, alike(messages))

    def _full(self, student, exercise):
        return self.scores[student].get(exercise, 0.0) >= self.most.get(exercise, 0.0) - 1e-9

    def status(self, student):
        """One line on how it stands with a student's submission."""
        said = []
        if student in self.broken:
            said.append(f"not graded: {self.reason(student)}")
        elif student not in self.scores:
            said.append("handed in nothing")
        if student in self.partly:
            said.append(f"no {' and no '.join(self.partly[student])}, 0 points for it")
        if student in self.waiting:
            said.append("to grade by hand")
        return clean("; ".join(said) or "graded", 1000)

    def reason(self, student):
        """Why a broken submission was not graded."""
        return clean(self.broken[student], 400) + ("; the earlier grade stands" if student in self.scores else "")

    def __str__(self):
        width = max(60, min(shutil.get_terminal_size((120, 24)).columns, 160))
        return "\n".join(
            [f"{self.unit}: points", *self._students(width), *self._by_exercise(width), *self._missed(width)]
            + [*self._remarks(width), *self._files()]
        )

    def _students(self, width):
        """Students x exercises, in a small class and a terminal that is wide enough for it."""
        names = [name for name, most in self.most.items() if most > 0]
        rows = [["of", *(number(self.most[e]) for e in names), number(self.points)]]
        for student, scores in self.scores.items():
            mark = "+?" if student in self.waiting else ""
            rows.append([clean(student), *(number(scores[e]) for e in names), number(self.total(student)) + mark])
        numbers = [str(k + 1) for k in range(len(names))]  # they stand before the names in the table by exercise
        for head in (names, numbers):
            lines = aligned([["", *head, "total"], *rows])
            if 0 < len(self.scores) <= SMALL and len(lines[0]) <= width:
                return [*lines, ""]
        return []

    def _by_exercise(self, width):
        rows = [["   exercise", "of", "mean", "median", "full points"]]
        for k, e in enumerate(self.exercises(), 1):
            name = clean(e.name, width - 40)
            rows.append([f"{k:>2} {name}", number(e.most), average(e.mean), number(e.median), share(e.full)])
        totals = self.totals
        middle = [average(fmean(totals)), number(median(totals))] if totals else ["-", "-"]
        full = sum(t >= self.points - 1e-9 for t in totals) / len(totals) if totals and self.points > 0 else None
        return aligned([*rows, ["   total", number(self.points), *middle, share(full)]])

    def _missed(self, width):
        missed = sorted((e for e in self.exercises() if e.missed), key=lambda e: -e.missed)[:SHOWN]
        lines = ["", "missed by most, with the most frequent message:"] if missed else []
        for e in missed:
            lines.append(f"  {e.name}: {e.missed} of {students(len(self.scores))}")
            for example, count in e.messages[:1]:
                lines += wrapped(f"{count} of them: {clean(example, 400)}", width, "    ")
        return lines

    def _remarks(self, width):
        lines = [""]
        if self.waiting:
            lines += listed(
                f"{len(self.waiting)} with answers to grade by hand, in Formgrader (+?)", self.waiting, width
            )
        if self.unchanged:
            lines += listed(f"{len(self.unchanged)} not changed since the last time", self.unchanged, width)
        if self.absent:
            lines += listed(f"{len(self.absent)} handed in nothing for {self.unit}", self.absent, width)
        for name, files in self.partly.items():
            lines += wrapped(f"{clean(name)}: no {' and no '.join(files)}, 0 points for it", width)
        for student, notes in self.notes.items():
            for note in notes:
                lines += wrapped(f"NOTE {clean(student)}: {clean(note, 400)}", width)
        for student in self.broken:
            lines += wrapped(f"NOT GRADED {clean(student, 80)}: {self.reason(student)}", width)
        counts = f"{students(len(self.scores))} with a grade, {len(self.broken)} not graded"
        return [*lines, counts + (f", in {duration(self.seconds)}" if self.seconds else "")]

    def _files(self):  # paths stay in one piece, to be copied
        return [
            f"report:     {self.folder / html_name(self.unit)}",
            f"table:      {self.folder / csv_name(self.unit)} (students and exercises)",
            f"            {self.csv} (nbgrader's)",
            f"feedback:   {self.feedback / 'STUDENT' / self.unit}/*.html",
            f"Formgrader: cd {self.folder} && jupyter lab (menu Nbgrader)",
        ]


def write(report, folder):
    """Write UNIT-report.html and UNIT-report.csv into `folder`, each as a whole; returns their paths."""
    paths = Path(folder) / html_name(report.unit), Path(folder) / csv_name(report.unit)
    for path, text in zip(paths, (page(report, folder), table(report)), strict=True):
        part = path.with_name(path.name + ".part")
        part.write_text(text, encoding="utf-8", newline="")
        os.replace(part, path)
    return paths


def html_name(unit):
    return f"{unit}-report.html"


def csv_name(unit):
    return f"{unit}-report.csv"


def table(report):
    """CSV with a row for every student who is known of: student, points by exercise, total, status."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["student", *(cell(e) for e in report.most), "total", "status"])
    for student in sorted({*report.scores, *report.broken, *report.absent}):
        scores = report.scores.get(student)
        points = (
            [*(number(scores[e]) for e in report.most), number(report.total(student))] if scores is not None else []
        )
        points += [""] * (len(report.most) + 1 - len(points))
        rows.writerow([cell(student), *points, cell(report.status(student))])
    return text.getvalue()


def cell(text):
    """Text for a spreadsheet, which would run what begins like a formula."""
    text = clean(text)
    return "'" + text if text.startswith(tuple("=+-@＝＋－＠")) else text


def alike(messages):
    """[(example, students)] of a Counter of messages: those that differ by fresh numbers alone count as one."""
    groups = {}
    for message, count in messages.items():
        groups.setdefault(pattern(message), Counter())[message] += count
    found = [(min(group, key=lambda m: (-group[m], m)), group.total()) for group in groups.values()]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def pattern(message):
    """A message without its seed and with # for numbers and lists of them."""
    return LIST.sub(r"\1", NUMBER.sub(lambda found: found[1] or "#", FRESH.sub("", message)))
