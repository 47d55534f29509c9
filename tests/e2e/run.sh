#!/usr/bin/env bash
# Runs the end-to-end suite against build/siahub. Arguments go to pytest: tests/e2e/run.sh -k upload
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/setup.sh"
cd "$here"
exec ../../.venvs/test/bin/python -m pytest "${@:---numprocesses=2}"
