#!/usr/bin/env bash
# Every measurement once, each beside its yardstick. Takes some minutes; wants an otherwise idle machine.
set -euo pipefail
cd "$(dirname "$0")/.."
ninja -C build --quiet bench_programs all
tests/e2e/setup.sh >/dev/null
echo "== ingest of xorbs against a bare hash-and-expand pass"
build/bench/ingest
echo "== the hub against nginx: signed range, HEAD resolve, tree"
bench/hub.py --build build
echo "== the log, metrics and limits against none of them"
bench/watching.py --build build
echo "== commits and trees of 500 and of 50,000 files"
build/bench/repo_size
echo "== resident memory with 16 uploads and 64 downloads"
.venvs/test/bin/python bench/memory.py
echo "== API calls on PostgreSQL against SQLite"
tests/postgres/with_postgres.sh bench/database.py --build build
echo "== hot queries on a large database against a small one"
tests/postgres/with_postgres.sh bench/scale.py --build build
echo "== two cas and two gateways against one of each"
tests/postgres/with_postgres.sh .venvs/test/bin/python bench/cluster.py --build build
echo "== a warm download through Caddy and a gateway against Caddy alone"
tests/postgres/with_postgres.sh .venvs/test/bin/python bench/through_proxy.py
echo "== reading from Sia: first byte, bytes fetched, many readers, memory"
.venvs/test/bin/python bench/sia_reads.py
