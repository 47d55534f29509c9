"""What a hub stores its rows in: SQLite in its data directory or, when a server is there, a PostgreSQL database of its own."""

from __future__ import annotations

import contextlib
import os
import re
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

    def change(self, sql: str) -> None:
        file = next(self.data.glob("*.db"))
        with contextlib.closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(sql)

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

    def change(self, sql: str) -> None:
        psql(self.url, sql)

    def environment(self) -> dict[str, str]:
        return {**os.environ, "SIAHUB_DATABASE_URL": self.url}

    def drop(self) -> None:
        psql(self.server, f"DROP DATABASE IF EXISTS {self.name} (FORCE)")


def create(data: Path) -> Sqlite | Postgres:
    return Postgres() if SERVER else Sqlite(data)


class Server:
    """A PostgreSQL of a test's own, to be restarted and killed."""

    def __init__(self) -> None:
        script = Path(__file__).resolve().parents[2] / "postgres" / "with_postgres.sh"
        say = 'echo "$SIAHUB_TEST_DATABASE_URL"; echo "$SIAHUB_TEST_POSTGRES_CONTROL"; cat'
        self.process = subprocess.Popen(
            [script, "sh", "-c", say], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url, self.program = (self.process.stdout.readline().strip() for _ in range(2))

    @property
    def port(self) -> int:
        return int(re.search(r"port=(\d+)", self.url).group(1))

    def by_way_of(self, port: int, url: str, **options: str) -> str:
        """The URL of one of its databases, by TCP and another port."""
        base = re.sub(r"host=[^&]*&port=\d+", f"host=127.0.0.1&port={port}", url)
        return "&".join([base, *(f"{name}={value}" for name, value in options.items())])

    def control(self, *args: str) -> None:
        """pg_ctl: ("restart", "-m", "fast")."""
        subprocess.run([self.program, *args], check=True, timeout=60)

    def cut_connections(self) -> int:
        sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname LIKE 'hub_%'"
        return int(psql(self.url, sql))

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)


@contextlib.contextmanager
def server():
    """The address of a PostgreSQL: the suite's, or one of the test's own."""
    if SERVER:
        yield SERVER
        return
    with Server() as own:
        yield own.url


def psql(url: str, sql: str) -> str:
    command = ["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]
    done = subprocess.run(command, text=True, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"{sql}: {done.stderr}")
    return done.stdout
