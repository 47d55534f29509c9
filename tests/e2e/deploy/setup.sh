#!/usr/bin/env bash
# Makes the environment of the programs that check Compose and Dockerfile, .venvs/deploy. Quick when it is there.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
environment=$root/.venvs/deploy
requirements=$root/tests/e2e/requirements/deploy.txt
mkdir -p "$root/.venvs"
exec 9>"$root/.venvs/.lock"
flock 9  # as tests/e2e/setup.sh
stamp=$(sha256sum <"$requirements")
[[ $(cat "$environment/.stamp" 2>/dev/null) == "$stamp" ]] && exit 0
rm -rf "$environment"
"${PYTHON:-python3}" -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
echo "$stamp" >"$environment/.stamp"
