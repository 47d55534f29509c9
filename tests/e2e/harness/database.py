"""What a hub stores its rows in: SQLite in its data directory or, when a server is there, a PostgreSQL database of its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import subprocess
from pathlib import Path

# Of tests/postgres/with_postgres.sh; absent when the suite runs on SQLite.
SERVER = os.environ.get("SIAHUB_TEST_DATABASE_URL", "")


class Sqlite:
    def __init__(self, data: Path) -> None:
        self.data = data

    def rows(self, sql: str) -> list[list[str]]:
        """Every column as text, read beside the running hub."""
        file = next(self.data.glob("*.db"))
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return [[str(value) for value in row] for row in connection.execute(sql)]

    def environment(self) -> dict[str, str]:
        return {**os.environ}

    def drop(self) -> None:
        """It goes with the data directory."""


class Postgres:
    def __init__(self, server: str = SERVER) -> None:
        self.server = server
        self.name = f"hub_{secrets.token_hex(8)}"
        self.url = server.replace("/postgres?", f"/{self.name}?")
        psql(server, f"CREATE DATABASE {self.name}")

    def rows(self, sql: str) -> list[list[str]]:
        return [line.split("\t") for line in psql(self.url, sql).splitlines()]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "SIAHUB_DATABASE_URL": self.url}

    def drop(self) -> None:
        psql(self.server, f"DROP DATABASE IF EXISTS {self.name} (FORCE)")


def create(data: Path) -> Sqlite | Postgres:
    return Postgres() if SERVER else Sqlite(data)


@contextlib.contextmanager
def server():
    """The address of a PostgreSQL: the suite's, or one of the test's own."""
    if SERVER:
        yield SERVER
        return
    script = Path(__file__).resolve().parents[2] / "postgres" / "with_postgres.sh"
    process = subprocess.Popen(
        [script, "sh", "-c", 'echo "$SIAHUB_TEST_DATABASE_URL"; cat'],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(timeout=60)


def psql(url: str, sql: str) -> str:
    command = ["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]
    done = subprocess.run(command, text=True, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"{sql}: {done.stderr}")
    return done.stdout
