#!/usr/bin/env bash
# Starts a hub on its embedded defaults, with a first user and key, and says what to type next.
# DATA, LISTEN and OWNER change where it stores, where it listens and who the first user is.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${DATA:-data}
listen=${LISTEN:-127.0.0.1:8470}
owner=${OWNER:-me}
siahub=${SIAHUB_BINARY:-build/siahub}
key_file=$data/first-key

log=$(mktemp)
trap 'kill "${hub:-}" 2>/dev/null || true; wait "${hub:-}" 2>/dev/null || true; rm -f "$log"' EXIT
trap 'exit 0' INT TERM

mkdir -p "$data"
if [[ ! -s $key_file ]]; then
  $siahub admin user create "$owner" --admin --data "$data" >/dev/null
  (umask 077 && $siahub admin key create --user "$owner" --scope admin --data "$data" >"$key_file")
fi

$siahub serve --data "$data" --listen "$listen" >"$log" & hub=$!
for _ in $(seq 100); do
  address=$(grep -o 'http://[^ ]*' "$log" | head -n 1 || true)
  [[ -n $address ]] && break
  kill -0 "$hub" 2>/dev/null || exit 1
  sleep 0.1
done

ask() { curl -fsS --max-time 20 -H "Authorization: Bearer $(cat "$key_file")" "$address$1"; }
new_link=("$siahub" admin user reset "$owner" --data "$data" --url "$address")
if [[ ! -f console/dist/index.html ]]; then
  browser="There is no console: \`make console\` says why. Programs have everything they need."
elif ask /api/identities | grep -q '"hasPassword":true'; then
  browser="In a browser: $address/login, as $owner. Another password: ${new_link[*]}"
else
  browser="In a browser, set a password for $owner: $("${new_link[@]}")"
fi
cat <<TEXT
SiaHub is at $address (data in $data, Ctrl-C stops it)

$browser

In another terminal:

  export HF_ENDPOINT=$address
  export HF_TOKEN=$(cat "$key_file")
  pip install -U huggingface_hub
  hf upload $owner/my-model ./my-model
  hf download $owner/my-model

TEXT
wait "$hub"
