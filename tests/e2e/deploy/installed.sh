#!/usr/bin/env bash
# What an operator does with the package, from installation to removal, on a machine with systemd.
#   installed.sh PACKAGE BIN_OF_THE_HF_CLIENT
set -euo pipefail
package=$1 client=$2
export SIAHUB_CONFIG=/etc/siahub/siahub.toml
as_siahub=(setpriv --reuid=siahub --regid=siahub --clear-groups env "SIAHUB_CONFIG=$SIAHUB_CONFIG")
trap 'systemctl status --no-pager --lines=0 "siahub*" || true; tail -n 20 /tmp/*.log' ERR
cd /

ready() { # ADDRESS
  for _ in $(seq 300); do
    curl -fs "http://$1/ready" >/dev/null && return
    sleep 0.1
  done
  echo "$1 is not ready"
  return 1
}

# There is no journal here: each unit writes a file.
log_of() { # UNIT…
  for unit in "$@"; do
    mkdir -p "/run/systemd/system/$unit.d"
    printf '[Service]\nStandardOutput=append:/tmp/%s.log\nStandardError=inherit\n' "$unit" \
      >"/run/systemd/system/$unit.d/log.conf"
  done
  systemctl daemon-reload
}

hardened() { # UNIT
  local status
  status=/proc/$(systemctl show --value --property=MainPID "$1")/status
  grep -q '^CapEff:[[:space:]]*0000000000000000' "$status"
  grep -q '^Seccomp:[[:space:]]*2' "$status"
  grep -q '^NoNewPrivs:[[:space:]]*1' "$status"
  [[ $(stat -c %U "$status") == siahub ]]
}

there_and_back() { # ADDRESS KEY
  hf() { env -i PATH="$client:/usr/bin:/bin" HOME=/tmp/client HF_ENDPOINT="http://$address" HF_TOKEN="$key" hf "$@"; }
  local address=$1 key=$2
  rm -rf /tmp/client /tmp/model /tmp/got
  mkdir -p /tmp/client /tmp/model
  head -c 5000000 /dev/urandom >/tmp/model/weights.bin
  echo '{}' >/tmp/model/config.json
  hf upload alice/model /tmp/model
  hf download alice/model --local-dir /tmp/got
  cmp /tmp/model/weights.bin /tmp/got/weights.bin
}

page() { # ADDRESS: the start page, and the script that it names
  local said script
  said=$(curl -fs -H 'Accept: text/html' "http://$1/")
  grep -q '<div id="root">' <<<"$said"
  script=$(grep -o '/assets/index-[^"]*\.js' <<<"$said" | head -n 1)
  curl -fsI "http://$1$script" | grep -qi '^content-type: text/javascript'
}

echo "== a single hub"
dpkg --install "$package"
systemd-analyze verify --man=no /lib/systemd/system/siahub*.service
[[ $(systemctl is-enabled siahub) == disabled ]]
log_of siahub.service siahub-cas@a.service siahub-gateway@a.service siahub-hf-proxy.service
systemctl start siahub
ready 127.0.0.1:8470
hardened siahub
page 127.0.0.1:8470
[[ $(stat -c '%U %a' /var/lib/siahub) == 'siahub 700' ]]
"${as_siahub[@]}" siahub admin user create alice
there_and_back 127.0.0.1:8470 "$("${as_siahub[@]}" siahub admin key create --user alice --scope write)"
systemctl stop siahub
[[ $(systemctl show --value --property=Result siahub) == success ]]

echo "== one of several cas and gateways, and hf-proxy"
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
install -d -o postgres /tmp/pg
as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups)
"${as_postgres[@]}" "$bin/initdb" -D /tmp/pg/data -U siahub --auth=trust --no-sync >/dev/null
"${as_postgres[@]}" "$bin/pg_ctl" -D /tmp/pg/data -o "-k /tmp/pg -c fsync=off" -l /tmp/pg/log -w start >/dev/null
psql -qX -h 127.0.0.1 -U siahub postgres -c 'CREATE DATABASE siahub' -c 'CREATE ROLE siahub_gateway LOGIN'
install -d -m 700 /etc/siahub/secrets
echo 'postgresql://siahub@127.0.0.1:5432/siahub' >/etc/siahub/secrets/database_url
echo 'postgresql://siahub_gateway@127.0.0.1:5432/siahub' >/etc/siahub/secrets/gateway_database_url
chmod 600 /etc/siahub/secrets/*
install -d -m 700 -o siahub -g siahub /etc/siahub/signing
echo 'signing_keys = "/etc/siahub/signing/keys"' >>/etc/siahub/siahub.toml
cat >/etc/siahub/cas-a.env <<'ENV'
SIAHUB_LISTEN=127.0.0.1:8471
SIAHUB_CLUSTER_URL=http://127.0.0.1:8471
SIAHUB_GATEWAY_URL=http://127.0.0.1:8481
ENV
echo 'SIAHUB_LISTEN=127.0.0.1:8481' >/etc/siahub/gateway-a.env
printf 'SIAHUB_LISTEN=127.0.0.1:8491\nSIAHUB_PROXY_UPSTREAM=http://127.0.0.1:8471\nSIAHUB_PROXY_CAS=http://127.0.0.1:8471\n' \
  >/etc/siahub/hf-proxy.env
siahub migrate --grant-gateway siahub_gateway --database-url-file /etc/siahub/secrets/database_url
"${as_siahub[@]}" siahub admin signing create
systemctl start siahub-cas@a siahub-gateway@a siahub-hf-proxy
for address in 127.0.0.1:8471 127.0.0.1:8481 127.0.0.1:8491; do ready $address; done
for unit in siahub-cas@a siahub-gateway@a siahub-hf-proxy; do hardened $unit; done
page 127.0.0.1:8471
database=(--database-url postgresql://siahub@127.0.0.1:5432/siahub)
"${as_siahub[@]}" siahub admin user create alice "${database[@]}"
there_and_back 127.0.0.1:8471 "$("${as_siahub[@]}" siahub admin key create --user alice --scope write "${database[@]}")"
[[ -n $(find /var/lib/siahub/cas-a -type f -path '*xorbs*') ]]
[[ -n $(find /var/lib/siahub/gateway-a -type f) ]]

echo "== removal"
dpkg --remove siahub
[[ -z $(pidof siahub) ]]
[[ ! -e /usr/bin/siahub && ! -e /usr/share/siahub && -e /etc/siahub/siahub.toml ]]
dpkg --purge siahub
[[ ! -e /etc/siahub/siahub.toml && -s /var/lib/siahub/keys ]]

echo "== in an image, whose user has a number of its own"
userdel siahub
useradd --uid 10001 --no-create-home siahub
dpkg --install "$package"
[[ $(id -u siahub) == 10001 ]]
echo "all of it worked"
