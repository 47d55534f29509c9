#!/usr/bin/env bash
# Runs the end-to-end suite against build/siahub. Arguments go to pytest: tests/e2e/run.sh -k upload
# With --database postgres first, every hub has a database of its own on a private PostgreSQL.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
server=()
if [[ ${1:-} == --database ]]; then
  case ${2:-} in
    postgres) server=("$here/../postgres/with_postgres.sh") ;;
    sqlite) ;;
    *) echo "--database: sqlite or postgres" >&2; exit 2 ;;
  esac
  shift 2
fi
"$here/setup.sh"
"$here/deploy/setup.sh"
python3 "$here/../sia_net/network.py"
cd "$here"
exec "${server[@]}" ../../.venvs/test/bin/python -m pytest "${@:---numprocesses=3}"
