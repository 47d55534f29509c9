#!/usr/bin/env bash
# Makes the secrets of compose.yaml in a directory (default: secrets/ beside this file), once; what is
# there already stays. As root it gives each file to the user that reads it in its container; for anybody
# else everything stays his own, which is right for `make up`.
set -euo pipefail
directory=${1:-$(dirname "$0")/secrets}
readonly siahub=10001 postgres=999 redis=999
umask 077
mkdir -p "$directory/signing"
chmod 700 "$directory" "$directory/signing"

random() { openssl rand -hex "$1"; }

give() { # FILE-OR-DIRECTORY OWNER
  [[ $EUID -ne 0 ]] || chown "$2:$2" "$directory/$1"
}

secret() { # NAME OWNER CONTENT
  if [[ ! -s $directory/$1 ]]; then
    printf '%s\n' "$3" >"$directory/$1.new"
    chmod 400 "$directory/$1.new"
    mv "$directory/$1.new" "$directory/$1"
  fi
  give "$1" "$2"
}

secret postgres_password $postgres "$(random 24)"
secret gateway_password $postgres "$(random 24)"
secret redis_password $redis "$(random 24)"
read -r postgres_password <"$directory/postgres_password"
read -r gateway_password <"$directory/gateway_password"
read -r redis_password <"$directory/redis_password"

secret database_url $siahub "postgresql://siahub:$postgres_password@postgres:5432/siahub"
secret gateway_database_url $siahub "postgresql://siahub_gateway:$gateway_password@postgres:5432/siahub"
secret redis_url $siahub "redis://:$redis_password@redis:6379/0"
secret redis_conf $redis "requirepass $redis_password
bind 0.0.0.0
port 6379
dir /tmp
save \"\"
appendonly no
maxmemory 256mb
maxmemory-policy volatile-lru"

# Links and tokens are signed with the first line; `siahub admin signing rotate` puts a new one before it.
secret signing/keys $siahub "$(random 4) $(random 32)"
chmod 600 "$directory/signing/keys"
give signing $siahub
