"""The gradebook's database: SQLite or PostgreSQL by URL, opened through nbgrader, and what it says when it cannot."""

import os
import re
import sys
from pathlib import Path

from gmcourse.errors import CourseError

PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):\S*@|((?:password|sslpassword)=)[^&\s\"')]*")
WHERE = "is the server running, and at this address?"
REMEDIES = {
    "password authentication failed": "check user and password",
    "no password supplied": "give one in the URL, or in ~/.pgpass",
    "does not exist": "make it with createuser and createdb",
    "refused": WHERE,
    "No such file": WHERE,
    "resolve host": WHERE,
    "timeout": WHERE,
    "locked": "another program is writing: close it and type the same command again",
    "starting up": "type the same command again in a minute",
}
# Looked up by nbgrader and by us for every submission. nbgrader makes no index that begins with these, so that each
# look-up would read the table of all submissions.
LOOKED_UP = {
    "grade": "notebook_id",
    "comment": "notebook_id",
    "submitted_notebook": "assignment_id",
    "submitted_assignment": "student_id",
}


def gradebook(url, course):
    """nbgrader's open Gradebook at `url`; its tables are made where there are none."""
    from nbgrader.api import Gradebook
    from sqlalchemy.engine import make_url

    url = make_url(url)
    if url.get_backend_name() == "sqlite" and "timeout" not in url.query:
        url = url.update_query_dict({"timeout": "60"})  # Formgrader may be writing: wait for it
    return Gradebook(url.render_as_string(hide_password=False), course)


def index(book):
    """Make the indexes that nbgrader's tables lack; again is nothing."""
    from sqlalchemy import text

    for table, column in LOOKED_UP.items():
        book.db.execute(text(f"CREATE INDEX IF NOT EXISTS gmcourse_{table}_{column} ON {table} ({column})"))
    book.db.commit()


def check(place):
    """Open the gradebook of a Place once; CourseError says in one line why that cannot be."""
    from sqlalchemy.exc import SQLAlchemyError

    # a new gradebook asks the program alembic for its version, which is not on PATH unless the environment is active
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = beside + os.pathsep + os.environ.get("PATH", "")
    try:
        place.gradebook().close()
    except FileNotFoundError as error:
        raise CourseError(
            f"the program {error.filename} is missing: pip install 'gmcourse[notebooks,grading]'"
        ) from None
    except ModuleNotFoundError as error:
        package = "'psycopg[binary]'" if error.name == "psycopg" else error.name
        missing = f"the package {error.name} is missing: pip install {package}"
        raise CourseError(f"gradebook {masked(place.url)}: {missing}") from None
    except (SQLAlchemyError, ValueError) as error:
        raise CourseError(said(place.url, error)) from None


def said(url, error):
    """One line on what the database at `url` said, without its password."""
    reason = " ".join(masked(str(getattr(error, "orig", None) or error)).split())
    remedy = next((f" ({remedy})" for sign, remedy in REMEDIES.items() if sign in reason), "")
    return f"gradebook {masked(url)}: {reason}{remedy}"


def masked(text):
    """`text` without the passwords of the URLs in it."""
    return PASSWORD.sub(lambda found: f"{found[2]}***" if found[2] else f"{found[1]}:***@", text)
