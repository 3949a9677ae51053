"""What `gmcourse grade` says at its end."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Report:
    """Scores by student and exercise, and what could not be graded.

    most: {exercise: points}; scores: {student: {exercise: points}}; broken: {student: why}; waiting: students with an
    answer that a person has to grade; unchanged: students who were graded before and were not graded again.
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

    def total(self, student):
        return sum(self.scores[student].values())

    def __str__(self):
        lines = [f"{self.unit}: points", *self._table(), ""]
        if self.waiting:
            lines.append("+? has answers to grade by hand, in Formgrader")
        if self.unchanged:
            lines.append(f"not changed since the last time: {', '.join(self.unchanged)}")
        if self.absent:
            lines.append(f"handed in nothing for {self.unit}: {', '.join(self.absent)}")
        lines += [f"{name}: no {' and no '.join(files)}, 0 points for it" for name, files in self.partly.items()]
        for student, why in self.broken.items():
            earlier = "; the earlier grade stands" if student in self.scores else ""
            lines.append(f"NOT GRADED {student}: {why}{earlier}")
        lines += [
            f"table:      {self.csv}",
            f"feedback:   {self.feedback / 'STUDENT' / self.unit}/*.html",
            f"Formgrader: cd {self.folder} && jupyter lab (menu Nbgrader)",
        ]
        return "\n".join(lines)

    def _table(self):
        exercises = list(self.most)
        rows = [["of", *(number(self.most[e]) for e in exercises), number(sum(self.most.values()))]]
        for student, scores in self.scores.items():
            mark = "+?" if student in self.waiting else ""
            rows.append([student, *(number(scores[e]) for e in exercises), number(self.total(student)) + mark])
        head, legend = ["", *exercises, "total"], []
        width = sum(max(len(row[k]) for row in [head, *rows]) + 2 for k in range(len(head)))
        if width > shutil.get_terminal_size((120, 24)).columns:  # then number the exercises
            head = ["", *(str(k + 1) for k in range(len(exercises))), "total"]
            legend = [f"{k + 1:>3} {e}" for k, e in enumerate(exercises)]
        return [*legend, *aligned([head, *rows])]


def number(points):
    return f"{points:.2f}".rstrip("0").rstrip(".")


def aligned(rows):
    """Lines of text with the first column to the left, the others to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(w) if k == 0 else cell.rjust(w) for k, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
