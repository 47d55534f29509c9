#!/usr/bin/env bash
# What an operator does with the package, from installation to removal; see test_package.py.
#   installed.sh PACKAGE BIN_OF_THE_HF_CLIENT DIRECTORY
set -euo pipefail
package=$1 client=$2 home=$3
unit=/lib/systemd/system/siahub.service
say() { sed -n "s/^$1=//p" "$unit"; }

dpkg --install "$package"
systemd-analyze verify --man=no /lib/systemd/system/siahub*.service
[[ -e /etc/systemd/system/multi-user.target.wants/siahub.service ]] && { echo "enabled by itself"; exit 1; }

# What systemd does for the unit: its directory, its user, its environment, no privileges.
install -d -o "$(say User)" -g "$(say Group)" -m "$(say StateDirectoryMode)" "/var/lib/$(say StateDirectory)"
as_service=(setpriv --reuid="$(say User)" --regid="$(say Group)" --clear-groups --no-new-privs
  --inh-caps=-all --bounding-set=-all env -i PATH=/usr/bin:/bin "$(say Environment)")
cd /
"${as_service[@]}" $(say ExecStart) >/tmp/log 2>&1 &
service=$!
for _ in $(seq 300); do
  curl -fs http://127.0.0.1:8470/ready >/tmp/ready && break
  kill -0 $service || { cat /tmp/log; exit 1; }
  sleep 0.1
done
cat /tmp/ready; echo
[[ $(stat -c %U "/proc/$service") == siahub ]]

"${as_service[@]}" siahub admin user create alice --email alice@example.org
key=$("${as_service[@]}" siahub admin key create --user alice --scope write)
hf() { env -i PATH="$client:/usr/bin:/bin" HOME=/tmp/client HF_ENDPOINT=http://127.0.0.1:8470 HF_TOKEN="$key" hf "$@"; }
mkdir -p /tmp/client /tmp/model
head -c 5000000 /dev/urandom >/tmp/model/weights.bin
echo '{}' >/tmp/model/config.json
hf upload alice/model /tmp/model
hf download alice/model --local-dir /tmp/got
cmp /tmp/model/weights.bin /tmp/got/weights.bin

kill -TERM $service
wait $service
dpkg --remove siahub
[[ ! -e /usr/bin/siahub && -e /etc/siahub/siahub.toml ]]
dpkg --purge siahub
[[ ! -e /etc/siahub/siahub.toml && -s /var/lib/siahub/keys ]]
echo "all of it worked"
