"""Numbers, names and other people's text as words of a report."""

import textwrap

NAMES = 30  # so many are listed


def clean(text, most=None):
    """`text` as one line that any terminal and file can take, at most `most` characters of it.

    Messages and folder names are the students' own: no control characters, half characters or marks of direction.
    """
    text = str(text) if most is None else str(text)[: 4 * most]
    text = " ".join(
        "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text).split()
    )
    return text if most is None or len(text) <= most else text[: most - 1] + "…"


def number(points):
    return "-" if points is None else f"{points:.2f}".rstrip("0").rstrip(".")


def average(points):
    return "-" if points is None else f"{points:.2f}"


def share(part):
    return "-" if part is None else f"{100 * part:.0f} %"


def students(count):
    return f"{count} student{'' if count == 1 else 's'}"


def duration(seconds):
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def wrapped(text, width, indent=""):
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent + "    ", break_on_hyphens=False)


def listed(what, names, width):
    """`what`, and the names of a few students."""
    names = sorted(clean(name) for name in names)
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return wrapped(f"{what}: {', '.join(names[:NAMES])}{more}", width)


def aligned(rows):
    """Lines of text with the first column to the left, the others to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(w) if k == 0 else cell.rjust(w) for k, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
