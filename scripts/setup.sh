#!/usr/bin/env bash
# Makes .venv with everything that Crashlight needs, and names what the system lacks.
#
#   scripts/setup.sh run    what `make run` needs
#   scripts/setup.sh dev    the tools of developers and tests as well
#
# Quick the second time: a stamp holds the digest of what was installed.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-run}

source scripts/need.sh

find_python() {
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
        "$candidate" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$candidate"; return; }
    done
    return 1
}

python=$(find_python) || { need 'false=python3' 'false=python3-venv'; python=$(find_python) || { say "Python 3.11 or later is needed"; exit 1; }; }
version=$("$python" -c 'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")')
headers="[ -f \"\$($python -c 'import sysconfig; print(sysconfig.get_path(\"include\"))')/Python.h\" ]"
need 'command -v g++=g++' 'command -v make=make' 'command -v git=git' \
     "$python -c 'import venv, ensurepip'=python$version-venv" "$headers=python$version-dev"

digest=$(cat pyproject.toml constraints.txt scripts/setup.sh | sha256sum | cut -d' ' -f1)
stamp=.venv/.set-up-$mode
if [ -x .venv/bin/crashlight ] && [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ]; then
    exit 0
fi

say "setting up .venv"
[ -x .venv/bin/python ] || "$python" -m venv .venv
pip=(.venv/bin/python -m pip --disable-pip-version-check -q)
"${pip[@]}" install -U -c constraints.txt pip hatchling editables
"${pip[@]}" install -c constraints.txt --no-build-isolation -e '.[postgres]'
if [ "$mode" = dev ]; then
    "${pip[@]}" install -c constraints.txt --group dev
    echo "$digest" > .venv/.set-up-run
fi
echo "$digest" > "$stamp"
