"""nbgrader's settings for this course; `gmcourse build` and every nbgrader command read them."""

from gmcourse.allow_list import steps

c = get_config()  # nbgrader gives it

c.CourseDirectory.course_id = "deep-generative-models"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

STUB = "Your answer goes here: replace this line, run this cell, then the tests below it."
c.ClearSolutions.code_stub = {"python": f'raise NotImplementedError("{STUB}")'}
c.ClearSolutions.text_stub = "*Your answer goes here: replace this line.*"
c.GenerateAssignment.preprocessors = steps()
