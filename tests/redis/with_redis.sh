#!/usr/bin/env bash
# tests/redis/with_redis.sh COMMAND…: runs a command beside a Redis of its own, which listens on a
# Unix socket only, keeps nothing and ends with the command. SIAHUB_REDIS_URL names it.
set -euo pipefail
home=$(mktemp -d /tmp/siahub-redis-XXXXXX)
redis-server --port 0 --unixsocket "$home/redis.sock" --unixsocketperm 700 --dir "$home" \
  --save '' --appendonly no --daemonize no >"$home/log" 2>&1 &
redis=$!
end() {
  kill "$redis" 2>/dev/null || true
  wait "$redis" 2>/dev/null || true
  rm -rf "$home"
}
trap end EXIT
for _ in $(seq 200); do
  [[ $(redis-cli -s "$home/redis.sock" ping 2>/dev/null) == PONG ]] && break
  kill -0 "$redis" 2>/dev/null || { cat "$home/log" >&2; exit 1; }
  sleep 0.05
done
SIAHUB_REDIS_URL="unix://$home/redis.sock" "$@"
