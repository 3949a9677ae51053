#!/bin/sh
# Print the Python that the course is to run on: $PYTHON if set, else the first of 3.11 to 3.13 on PATH.
# Exit code 1, and what to do, where there is none.
set -u

suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if suits "$PYTHON"; then
        echo "$PYTHON"
        exit 0
    fi
    found=$("$PYTHON" -V 2>&1) || found="no Python"
    echo "PYTHON=$PYTHON is $found; the course needs Python 3.11, 3.12 or 3.13." >&2
    exit 1
fi

for candidate in python3 python3.13 python3.12 python3.11 python; do
    if suits "$candidate"; then
        echo "$candidate"
        exit 0
    fi
done

found=$(python3 -V 2>&1) || found="no python3"
cat >&2 <<TEXT
No Python 3.11, 3.12 or 3.13 was found on PATH (python3 is: $found).
Install one: "sudo apt-get install python3.12 python3.12-venv" on Debian and Ubuntu, "brew install python@3.12" on a Mac,
or the installer from python.org. If you have one elsewhere, name it: make lab PYTHON=/path/to/python3.12
TEXT
exit 1
