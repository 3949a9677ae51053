"""The `gmcourse` command."""

import argparse
import sys

from gmcourse import course
from gmcourse.errors import CourseError, OutOfStep

EXAMPLES = {
    "build": """examples:
  gmcourse build                    build every unit
  gmcourse build 01-chain-rule      build one
  gmcourse build --check            run nothing, say what is out of step (exit code 1)""",
    "new": """example:
  gmcourse new 03-vae               lessons/03-vae with one small exercise, ready for gmcourse build""",
    "grade": """example:
  gmcourse grade 01-chain-rule --submitted submitted --gradebook sqlite:///grades/gradebook.db
      where submitted/STUDENT/01-chain-rule/*.ipynb are the submissions, or submitted/STUDENT/*.ipynb where a student
      has no folder of the unit's name. grades/ gets feedback, a CSV and all that nbgrader keeps; run it again and only
      what changed is graded. Exit code 1: some could not be graded, and the report says why.

  gmcourse grade 01-chain-rule --submitted in --gradebook postgresql+psycopg://name@host/grades --output grades
  gmcourse grade 01-chain-rule --submitted in --gradebook sqlite:///grades/gradebook.db --scheduler tcp://head:8786""",
}


def main(arguments=None):
    """Run the command; returns its exit code."""
    options = parser().parse_args(arguments)
    sys.stdout.reconfigure(line_buffering=True)  # progress is seen through a pipe, too
    try:
        return options.run(options) or 0
    except OutOfStep as error:
        return _say(error, 1)
    except CourseError as error:
        return _say(error, 2)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in ("gmcourse", "gmlib"):
            raise
        return _say(f"the package {error.name} is missing: pip install 'gmcourse[notebooks,grading]'", 2)
    except OSError as error:
        return _say(f"{error.filename or 'the file system'}: {error.strerror or error}", 2)
    except KeyboardInterrupt:
        return _say("stopped; nothing was replaced by halves", 130)


def _say(error, code):
    print(f"gmcourse: {error}", file=sys.stderr)
    return code


def parser():
    """The command line."""
    top = argparse.ArgumentParser(prog="gmcourse", description="Build and grade the course.")
    commands = top.add_subparsers(required=True, metavar="build | grade | new")

    def command(name, run, description):
        raw = argparse.RawDescriptionHelpFormatter
        one = commands.add_parser(
            name, help=description, description=description, epilog=EXAMPLES[name], formatter_class=raw
        )
        one.add_argument("--course", metavar="DIR", help="the course's folder (default: the one you are in)")
        one.set_defaults(run=run)
        return one

    one = command("build", _build, "Turn lessons/ into solutions/ (executed) and notebooks/ (for students).")
    one.add_argument("units", nargs="*", metavar="UNIT", help="such as 01-chain-rule (default: all)")
    one.add_argument("--check", action="store_true", help="execute nothing; say which unit is out of step")

    one = command("grade", _grade, "Grade the submissions of a unit and write feedback and a CSV.")
    one.add_argument("unit", metavar="UNIT")
    one.add_argument("--submitted", required=True, metavar="DIR", help="holds STUDENT/UNIT/*.ipynb")
    one.add_argument("--gradebook", required=True, metavar="URL", help="such as sqlite:///grades/gradebook.db")
    one.add_argument("--output", metavar="DIR", help="where to work (default: the folder of an SQLite gradebook)")
    one.add_argument("--jobs", type=int, metavar="N", help="notebooks graded at a time (default: one a core)")
    one.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="let the workers of this Dask cluster grade")
    one.add_argument("--unsafe-no-sandbox", action="store_true", help="grade without isolation; it warns of the risk")

    one = command("new", _new, "Make the skeleton of a unit.")
    one.add_argument("unit", metavar="UNIT", help="two digits and words, such as 03-vae")
    return top


def _build(options):
    here = course.find(options.course)
    if options.check:
        from gmcourse.check import check

        return check(here, options.units)
    from gmcourse.build import build

    return build(here, options.units)


def _grade(options):
    from gmcourse.grading import grade

    report = grade(
        options.unit,
        options.submitted,
        options.gradebook,
        course.find(options.course).root,
        output=options.output,
        jobs=options.jobs,
        scheduler=options.scheduler,
        unsafe=options.unsafe_no_sandbox,
    )
    print(report)
    return 1 if report.broken else 0


def _new(options):
    from gmcourse.new import new

    return new(course.find(options.course), options.unit)


if __name__ == "__main__":
    sys.exit(main())
