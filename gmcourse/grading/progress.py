"""How far the grading of a class is: a bar in a terminal, a line now and then elsewhere."""

import sys
import time

from tqdm.std import tqdm

from gmcourse.grading.words import clean

REST = "[{elapsed}<{remaining}, {rate_noinv_fmt}]"
SHARE, SECONDS = 0.1, 30  # without a terminal: a line after so much of the class or of time


class Progress:
    """Counts of graded, broken and waiting submissions, on stderr. To be used in a `with`.

    total: submissions to grade in this run; nothing is said of none. say: called with each plain line instead.
    """

    def __init__(self, total, say=None):
        self.total, self.done, self.failed = total, 0, 0
        self._say = say or _print
        self._start = self._last = time.monotonic()
        self._said = 0
        self._bar = None
        if total and say is None and sys.stderr.isatty():
            self._bar = tqdm(
                total=total,
                desc=self._counts(),
                bar_format="{desc} {bar} " + REST,
                unit="",
                dynamic_ncols=True,
                file=sys.stderr,
                disable=False,  # whatever TQDM_DISABLE says to notebooks
            )

    def graded(self, student):
        """One more is graded."""
        self.done += 1
        self._count()

    def unchanged(self):
        """One fewer to grade: it was graded in an earlier run."""
        self.total -= 1
        if self._bar is not None:
            self._bar.total = self.total
            self._bar.set_description_str(self._counts())

    def broken(self, student, why):
        """One more cannot be graded, which is said at once."""
        self.failed += 1
        self.note(f"NOT GRADED {clean(student, 80)}: {why}")
        self._count()

    def note(self, line):
        """A line above the bar."""
        line = clean(line, 400)
        if self._bar is not None:
            self._bar.write(line, file=sys.stderr)
        else:
            self._say(line)

    def close(self):
        """Say where it stands if the last count is not said yet."""
        if self._bar is not None:
            self._bar.close()
        elif self._said < self.done + self.failed:
            self._line()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def _counts(self):
        return f"graded {self.done}, broken {self.failed}, waiting {self.total - self.done - self.failed}"

    def _count(self):
        if self._bar is not None:
            self._bar.set_description_str(self._counts(), refresh=False)
            self._bar.update()
            return
        new = self.done + self.failed - self._said
        if new >= SHARE * self.total or time.monotonic() - self._last >= SECONDS:
            self._line()

    def _line(self):
        self._said, self._last = self.done + self.failed, time.monotonic()
        bar = f"{self._counts()} {REST}"
        line = tqdm.format_meter(self._said, self.total, self._last - self._start, unit="", bar_format=bar)
        self._say(" ".join(line.split()))  # tqdm pads the rate


def _print(line):
    print(line, file=sys.stderr, flush=True)
