#!/bin/bash
# Run once, by the PostgreSQL image, when the database is new: the role of the gateways, which may log
# in and nothing else. What it may read and write is granted by `siahub migrate --grant-gateway`.
set -euo pipefail
password=$(<"${GATEWAY_PASSWORD_FILE:-/run/secrets/gateway_password}")
psql -XqAt -v ON_ERROR_STOP=1 -v password="$password" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE siahub_gateway LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
