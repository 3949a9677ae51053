#!/bin/sh
# What the tests need from the system: Chromium (browser tests), bubblewrap (isolated grading, Linux only) and
# PostgreSQL's server (gradebooks on it; the tests start one of their own).
# As root on Debian or Ubuntu they are installed; elsewhere the command is printed and those tests are skipped.
# With CI=true a missing one is a failure.
set -u

has_chromium() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

has_postgresql() {
    for initdb in "$(command -v initdb)" "$(pg_config --bindir 2>/dev/null)/initdb" /usr/lib/postgresql/*/bin/initdb \
        /opt/homebrew/opt/postgresql*/bin/initdb /usr/local/opt/postgresql*/bin/initdb; do
        [ -x "$initdb" ] && return 0
    done
    return 1
}

missing() {
    has_chromium || printf ' chromium'
    has_postgresql || printf ' postgresql'
    [ "$(uname -s)" != Linux ] || command -v bwrap >/dev/null 2>&1 || printf ' bubblewrap'
}

packages=$(missing)
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$packages with apt-get"
    # shellcheck disable=SC2086 # one word a package
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
    packages=$(missing)
fi
if [ -z "$packages" ]; then
    echo "Chromium and what else the tests need from the system are there."
    exit 0
fi

case $(uname -s) in
    Darwin) remedy=$(echo "$packages" |
        sed 's/ chromium/; brew install --cask google-chrome/; s/ postgresql/; brew install postgresql/; s/^; //') ;;
    *) remedy="sudo apt-get install$packages" ;;
esac
if [ "${CI:-}" = true ]; then
    echo "Missing:$packages. Under CI=true all tests must run: $remedy" >&2
    exit 1
fi
echo "Missing:$packages. The tests that need it are skipped; to run them: $remedy"
