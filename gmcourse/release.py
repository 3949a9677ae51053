"""solutions/ -> notebooks/, by nbgrader's own generate_assignment, without a gradebook."""

import logging
from pathlib import Path

from gmcourse.errors import CourseError
from gmcourse.lesson import first_line


def generate(course, unit, folder):
    """Release `unit` of the course whose files stand in `folder`/solutions; writes `folder`/notebooks.

    The settings are those of the course's nbgrader_config.py. Returns the files written.
    """
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import PyFileConfigLoader

    if not (course.root / "nbgrader_config.py").is_file():
        raise CourseError(f"{course.root / 'nbgrader_config.py'}: there is no such file")
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.source_directory = "solutions"
    config.CourseDirectory.release_directory = "notebooks"
    config.GenerateAssignment.no_database = True  # as `nbgrader generate_assignment --no-db`
    config.SaveCells.enabled = False
    log = logging.getLogger("traitlets")
    level, log.level = log.level, logging.ERROR
    try:
        result = NbGraderAPI(coursedir=CourseDirectory(config=config), config=config).generate_assignment(unit)
    finally:
        log.level = level
    if not result["success"]:
        last = result["error"].strip().split("\n")[-1]
        raise CourseError(f"{unit}: nbgrader generate_assignment failed: {first_line(result.get('log', '')) or last}")
    return sorted((Path(folder) / "notebooks" / unit).iterdir())
