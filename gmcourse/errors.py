"""What the `gmcourse` command reports in one line instead of a traceback."""


class CourseError(Exception):
    """Bad input or a cell that fails: said on stderr, exit code 2."""


class OutOfStep(CourseError):
    """`--check` found a file that is not what its source gives: exit code 1."""
