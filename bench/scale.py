#!/usr/bin/env python3
"""Compares the hub's hot queries, and those of the console (scale_rows.py), on a small database with the same on a large
one, on PostgreSQL and on SQLite: prints the plan of each on the large one, the median time on both, and the ratio. Plans
that differ are marked. Of what is counted in parts (hub/hash_parts.hpp) one part is run.

  tests/postgres/with_postgres.sh bench/scale.py --build build [--repos N] [--xorbs N] [--only postgres|sqlite]
"""

import argparse
import hashlib
import os
import pathlib
import random
import re
import sqlite3
import statistics
import subprocess
import tempfile
import time
from typing import NamedTuple

import scale_rows

SERVER = os.environ.get("SIAHUB_TEST_DATABASE_URL", "")
SMALL = 100  # times smaller
SAMPLES = 60

# {n}: a number below the repositories, {x}: a hash of a xorb, {o}: an id of git, {last}: the end of the keys that begin
# like a term, {ids}: who has it. The texts are those of src/hub and src/store.
REPO = "id, kind, owner_id, namespace, name, private, gated, default_branch, sdk, downloads, likes, created_at, updated_at"
LISTED = "repos.private = 0"
QUERIES = {
    "repository": f"SELECT {REPO} FROM repos WHERE kind = 'model' AND full_key = 'user{{u}}/repo{{n}}'",
    "ref": "SELECT r.kind, r.target, c.tree FROM repo_refs r JOIN repo_commits c ON c.repo_id = r.repo_id AND c.oid ="
    " r.target WHERE r.repo_id = {n} AND r.kind IN ('branch', 'tag') AND r.name = 'main' ORDER BY r.kind",
    "tree": "SELECT body FROM repo_trees WHERE repo_id = {n} AND oid = {o}",
    "file by blob": "SELECT sha256, size, is_lfs FROM repo_files WHERE repo_id = {n} AND blob = {o}",
    "xorb index": "SELECT x.chunk_index FROM xorbs x WHERE x.hash = {x} AND EXISTS (SELECT 1 FROM xorb_bodies b WHERE"
    " b.hash = x.hash)",
    "holders": "SELECT n.url FROM xorb_bodies b JOIN nodes n ON n.id = b.node WHERE b.hash = {x} AND n.url <> ''"
    " ORDER BY n.seen_at DESC",
    "dedup": "SELECT d.xorb_hash, d.repo_id FROM dedup_chunks d LEFT JOIN repos r ON r.id = d.repo_id WHERE d.chunk = {x}"
    " AND (d.repo_id = {n} OR (r.private = 0 AND r.gated = '')) ORDER BY d.repo_id <> {n} LIMIT 4",
    "recipe": "SELECT file_offset, xorb_hash, chunk_start, chunk_end, unpacked_length FROM reconstruction_terms WHERE"
    " file_hash = {x} AND file_offset < 1000000 AND file_offset >= (SELECT MAX(file_offset) FROM reconstruction_terms"
    " WHERE file_hash = {x} AND file_offset <= 0) ORDER BY file_offset LIMIT 256",
    "list": f"SELECT repos.{REPO.replace(', ', ', repos.')}, repos.trending FROM repos WHERE repos.kind = 'model' AND {LISTED}"
    " ORDER BY repos.trending DESC, repos.id DESC LIMIT 21",
    "search: term": "SELECT repo_id FROM repo_grams WHERE gram >= 'mrepo{n}' AND gram <= '{last}' ORDER BY gram, repo_id"
    " LIMIT 512",
    "search: page": f"SELECT repos.{REPO.replace(', ', ', repos.')}, repos.trending FROM repos WHERE repos.kind || '' = 'model'"
    f" AND repos.id IN ({{ids}}) AND repos.full_key LIKE '%repo{{n}}%' ESCAPE '!' AND {LISTED}"
    " ORDER BY repos.trending + 0 DESC, repos.id DESC LIMIT 21",
    "search: common": f"SELECT repos.{REPO.replace(', ', ', repos.')}, repos.trending FROM repos WHERE repos.kind = 'model'"
    f" AND repos.full_key LIKE '%repo1%' ESCAPE '!' AND {LISTED} ORDER BY repos.trending DESC, repos.id DESC LIMIT 21",
}

ROWS = {  # table: (columns, values for number {i}, ordered by, how many)
    "users": ("id, kind, name, name_key, fullname, email, created_at", "{i}, 'user', 'user' || {i}, 'user' || {i}, '', '', 0", "1", "users"),
    "nodes": ("id, url, seen_at", "'node' || {i}, 'http://10.0.0.' || {i}, 0", "1", "nodes"),
    "repos": (
        "id, kind, owner_id, namespace, name, full_key, private, default_branch, trending, created_at, updated_at",
        "{i}, 'model', {i} % 1000, 'user' || ({i} % 1000), 'repo' || {i}, 'user' || ({i} % 1000) || '/repo' || {i},"
        " {i} % 10 / 9, 'main', {i} * 7919 % 100003, {i}, {i}", "1", "repos"),
    "repo_refs": ("repo_id, kind, name, target", "{i}, 'branch', 'main', h({i})", "1", "repos"),
    "repo_commits": (
        "repo_id, oid, tree, author_id, author_name, author_email, committed_at, title, message, lineage, depth",
        "{i}, h({i}), h({i}), 1, '', '', {i}, 'title', 'message', 0, 0", "1", "repos"),
    "repo_trees": ("repo_id, oid, body", "{i}, h({i}), h({i})", "1", "repos"),
    "repo_files": ("repo_id, blob, sha256, size, is_lfs", "{i}, h({i}), h({i}), {i}, 1", "1", "repos"),
    "xorbs": ("hash, chunk_count, unpacked_size, stored_size, chunk_index, state, created_at", "h({i}), 1, {i} + 1, {i} + 1, h({i}), 'stored', {i}", "1", "xorbs"),
    "xorb_bodies": ("hash, node, size, stored_at", "h({i}), 'node' || ({i} % 2), {i}, {i}", "1", "xorbs"),
    "dedup_chunks": ("chunk, repo_id, xorb_hash", "h({i}), {i} % 1000, h({i})", "1", "some"),
    "reconstruction_terms": ("file_hash, file_offset, xorb_hash, chunk_start, chunk_end, unpacked_length", "h({i}), 0, h({i}), 0, 1, {i}", "1", "some"),
}

# What the program does for every repository that is made.
SEARCH = (pathlib.Path(__file__).parent.parent / "src/db/migrations/0005_search.sql").read_text()
SEARCH = SEARCH[SEARCH.index("INSERT INTO repo_grams") :]


def hash_of(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def counts(repos: int, xorbs: int) -> dict[str, int]:
    return {"users": 1000, "nodes": 2, "repos": repos, "xorbs": xorbs, "some": xorbs // 10, "pinned": xorbs, "lines": repos * 10}


def all_rows(how_many: dict[str, int], others) -> list[tuple[str, str, str, str, int]]:
    """Table, columns, values of number i, order, how many."""
    rows = [(table, columns, values, order, count) for table, (columns, values, order, count) in ROWS.items()]
    rows += [(table, *entry[:2], "1, 2", entry[2]) for table, entries in scale_rows.ROWS.items() for entry in entries]
    rows += [(table, columns, values, "1, 2", count) for table, columns, values, count in others]
    return [(table, columns, values.format(i="i", repos=how_many["repos"]), order, how_many[count])
            for table, columns, values, order, count in rows]


class Measured(NamedTuple):
    plan: str
    time: float  # µs, the median
    pages: float | None = None  # that were looked at, the median


class Postgres:
    name = "PostgreSQL"

    def __init__(self, program: pathlib.Path, name: str, how_many: dict[str, int], others=()) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.url = SERVER.replace("/postgres?", f"/{name}?")
        self.run(f"CREATE DATABASE {name}", SERVER)
        subprocess.run([program, "migrate", "--database-url", self.url], check=True, capture_output=True)
        self.run("CREATE FUNCTION h(n BIGINT) RETURNS BYTEA LANGUAGE SQL IMMUTABLE AS 'SELECT sha256(int8send(n))'")
        for table, columns, values, order, count in all_rows(how_many, others):
            self.run(f"INSERT INTO {table} ({columns}) SELECT {values} FROM generate_series(0::bigint, {count - 1}) i ORDER BY {order}")
        self.run(SEARCH + scale_rows.MADE)
        self.run("VACUUM ANALYZE")

    def run(self, sql: str, url: str = "") -> str:
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url or self.url]
        return subprocess.run(command, check=True, capture_output=True, text=True, input=sql).stdout

    def literal(self, value: bytes) -> str:
        return f"'\\x{value.hex()}'::bytea"

    def measure(self, texts: list[str]) -> Measured:
        """Each once to warm up, once to measure, in one session: the first look of a process at a page of the shared
        buffers is a page fault, which those of the hub's pool have long behind them, and which a small database's few
        pages would hide."""
        warm = "".join(f"{text};\n" for text in texts)
        explain = "".join(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, SUMMARY ON, TIMING OFF) {text};\n" for text in texts)
        found = self.run(f"\\o /dev/null\n{warm}\\o\n{explain}")
        times = [float(t) * 1000 for t in re.findall(r"Execution Time: ([\d.]+)", found)]
        # The first line of buffers is that of the outermost node: of all.
        pages = [sum(int(n) for n in re.findall(r"(?:hit|read)=(\d+)", plan.partition("Buffers:")[2].partition("\n")[0]))
                 for plan in found.split("Execution Time")[:-1]]
        plan = found.split("Planning")[0]
        lines = [line for line in plan.splitlines() if re.search("Scan|Join|Loop|Sort|Limit|Aggregate|Materialize", line)
                 and not re.search("Sort Key|Sort Method|Filter", line)]
        plan = "\n".join(re.sub(r" \(actual.*", "", line) for line in lines)
        return Measured(plan, statistics.median(times), statistics.median(pages))


class Sqlite:
    name = "SQLite"
    url = ""

    def __init__(self, program: pathlib.Path, name: str, how_many: dict[str, int], others=()) -> None:
        self.folder = tempfile.TemporaryDirectory()
        subprocess.run([program, "migrate", "--data", self.folder.name], check=True, capture_output=True)
        self.db = sqlite3.connect(next(pathlib.Path(self.folder.name).glob("*.db")))
        self.db.create_function("h", 1, hash_of, deterministic=True)
        for pragma in ("synchronous = OFF", "journal_mode = OFF", "cache_size = -1000000", "temp_store = MEMORY"):
            self.db.execute(f"PRAGMA {pragma}")
        for table, columns, values, order, count in all_rows(how_many, others):
            numbers = f"WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {count})"
            self.db.execute(f"INSERT INTO {table} ({columns}) {numbers} SELECT {values} FROM s ORDER BY {order}")
        self.db.executescript(SEARCH + scale_rows.MADE)
        self.db.commit()

    def literal(self, value: bytes) -> str:
        return f"x'{value.hex()}'"

    def measure(self, texts: list[str]) -> Measured:
        plan = "\n".join(row[3] for row in self.db.execute(f"EXPLAIN QUERY PLAN {texts[0]}"))
        times = []
        for text in texts:
            self.db.execute(text).fetchall()
            begin = time.thread_time()
            self.db.execute(text).fetchall()
            times.append((time.thread_time() - begin) * 1e6)
        return Measured(plan, statistics.median(times))


def texts_for(database, query: str, how_many: dict[str, int], samples: int) -> list[str]:
    rng, texts = random.Random(7), []
    for _ in range(samples):
        n, x = rng.randrange(how_many["repos"]), rng.randrange(how_many["some"])
        last = f"mrepo{n}".ljust(15, "\U0010FFFF")
        have = [n, *(i for i in range(10 * n, 10 * n + 10) if i < how_many["repos"])]
        ids = ", ".join(str(have[min(i, len(have) - 1)]) for i in range(16))
        part = rng.randrange(4095)
        bounds = [database.literal((16 * p).to_bytes(2, "big")) for p in (part, part + 1)]
        literals = {"part": bounds[0], "next": bounds[1], "zero": database.literal(bytes(32)), "n": n, "last": last, "ids": ids, "u": n % 1000, "o": database.literal(hash_of(n)), "x": database.literal(hash_of(x))}
        texts.append(query.format(**literals))
    return texts


def show(name: str, before: Measured, after: Measured) -> None:
    indented = "\n      "
    differs = "" if before.plan == after.plan else "   ANOTHER PLAN when small:" + indented + before.plan.replace("\n", indented)
    pages = "" if after.pages is None else f"   pages {before.pages:.0f} → {after.pages:.0f}"
    print(f"  {name:18}{before.time:10.0f} µs{after.time:10.0f} µs  ×{after.time / before.time:.2f}{pages}{differs}")
    print("      " + after.plan.replace("\n", indented), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default="build")
    parser.add_argument("--repos", type=int, default=100_000)
    parser.add_argument("--xorbs", type=int, default=10_000_000)
    parser.add_argument("--only", choices=("postgres", "sqlite"))
    options = parser.parse_args()
    program = options.build.resolve() / "siahub"
    kinds = {"postgres": Postgres, "sqlite": Sqlite}
    for key, kind in kinds.items():
        if options.only not in (None, key):
            continue
        small_counts = counts(options.repos // SMALL, options.xorbs // SMALL)
        large_counts = counts(options.repos, options.xorbs)
        small, large = kind(program, "scale_small", small_counts), kind(program, "scale_large", large_counts)
        print(f"{kind.name}: {options.repos} repositories, {options.xorbs} xorbs against {SMALL} times fewer")
        for queries, samples in ((QUERIES, SAMPLES), (scale_rows.CONSOLE, SAMPLES // 4), (scale_rows.ONCE, 1)):
            for name, query in queries.items():
                before, after = (
                    database.measure(texts_for(database, query, how_many, samples))
                    for database, how_many in ((small, small_counts), (large, large_counts))
                )
                show(name, before, after)


if __name__ == "__main__":
    main()
