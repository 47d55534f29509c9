#!/usr/bin/env bash
# Runs its arguments with a private PostgreSQL beside them: a new cluster in a temporary directory,
# on a Unix socket and a free port of 127.0.0.1, gone when the command has ended.
#   SIAHUB_TEST_DATABASE_URL      a superuser's URL of its database `postgres`
#   SIAHUB_TEST_POSTGRES_CONTROL  a command: pg_ctl for this cluster ("restart -m fast")
# The cluster sorts text as English does, because production servers do; results have to be the same.
set -euo pipefail
[[ $# -gt 0 ]] || { echo "usage: $0 COMMAND…" >&2; exit 2; }
bin=${POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)}
# Nothing here has to survive a power cut, and many short-lived databases are made of small files.
memory=$(df --output=avail -B1M /dev/shm 2>/dev/null | tail -n 1 || echo 0)
[[ $memory -gt 4096 ]] && where=/dev/shm || where=${TMPDIR:-/tmp}
home=$(mktemp -d "$where/siahub-pg-XXXXXX")

# PostgreSQL refuses to run as root.
as_server=()
if [[ $EUID -eq 0 ]]; then
  chown postgres: "$home"
  as_server=(setpriv --reuid=postgres --regid=postgres --clear-groups env "HOME=$home")
fi
chmod 755 "$home"

stop() {
  "${as_server[@]}" "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$home"
"${as_server[@]}" "$bin/initdb" -D "$home/data" -U siahub --auth=trust --no-sync --encoding=UTF8 \
  --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US >"$home/initdb.log" 2>&1 ||
  { cat "$home/initdb.log" >&2; exit 1; }
"${as_server[@]}" tee -a "$home/data/postgresql.conf" >/dev/null <<CONF
unix_socket_directories = '$home'
listen_addresses = '127.0.0.1'
fsync = off
full_page_writes = off
max_connections = 300
shared_buffers = 64MB
max_wal_size = 1GB
CONF

cat >"$home/control" <<CONTROL
#!/bin/sh
cd '$home' && exec ${as_server[@]} '$bin/pg_ctl' -D '$home/data' -l '$home/server.log' -w "\$@" >/dev/null
CONTROL
chmod 755 "$home/control"

# Below the ports that the kernel gives to outgoing connections; taken by another server, another is tried.
for attempt in 1 2 3 4 5; do
  port=$(shuf -i 32500-32767 -n 1)
  echo "port = $port" | "${as_server[@]}" tee -a "$home/data/postgresql.conf" >/dev/null
  "$home/control" start && break
  [[ $attempt -lt 5 ]] || { cat "$home/server.log" >&2; exit 1; }
done

cd "$OLDPWD"
export SIAHUB_TEST_DATABASE_URL="postgresql://siahub@/postgres?host=$home&port=$port"
export SIAHUB_TEST_POSTGRES_CONTROL="$home/control"
status=0
"$@" || status=$?
exit "$status"
