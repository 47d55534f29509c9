"""The deployment of several processes: cas and gateways on PostgreSQL, behind Caddy with TLS.

Runs inside tests/postgres/with_postgres.sh, which says where the database server is.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Callable, TypeVar

from .caddy import Caddy, free_port
from .hub import BINARY
from .http import Http

T = TypeVar("T")
START_SECONDS = 30


def until(found: Callable[[], T], seconds: float = 60) -> T:
    """Asks until there is an answer."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return answer


class Process:
    """One role of the program on a port of its own."""

    def __init__(self, name: str, home: Path, command: list[str | Path], port: int) -> None:
        self.name, self.command, self.port = name, list(map(str, command)), port
        self.log_file = home / f"{name}.log"
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return _url(self.port)

    def start(self) -> None:
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start:\n{self.log()}")
            time.sleep(0.02)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=40)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")[-4000:]


class Cluster:
    def __init__(self, *, cas: int = 2, gateways: int = 2) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="siahub-cluster-"))
        self.keys_file = self.home / "keys"
        self.database = _new_database()
        cas_ports, gateway_ports = ([free_port() for _ in range(count)] for count in (cas, gateways))
        self.caddy = Caddy([_url(port) for port in cas_ports], [_url(port) for port in gateway_ports])
        self.cas = [self._cas(i, port) for i, port in enumerate(cas_ports)]
        self.gateways = [self._gateway(i, port) for i, port in enumerate(gateway_ports)]
        self._keys: dict[tuple[str, str], str] = {}

    # What clients use, by the reverse proxy.
    @property
    def url(self) -> str:
        return self.caddy.url

    @property
    def data_url(self) -> str:
        return self.caddy.data_url

    @property
    def trust(self) -> dict[str, str]:
        return self.caddy.trust

    # -- the processes -----------------------------------------------------------------------

    def _common(self, name: str, port: int) -> list[str | Path]:
        return [
            *("--data", self.home / name),
            *("--listen", f"127.0.0.1:{port}"),
            *("--database-url", self.database),
            *("--signing-keys", self.keys_file),
            *("--trusted-proxies", "127.0.0.1"),
        ]

    def _cas(self, index: int, port: int) -> Process:
        name = f"cas{index}"
        own = ["--gateway-url", self.data_url, "--cluster-url", f"http://127.0.0.1:{port}"]
        return Process(name, self.home, [BINARY, "cas", *self._common(name, port), *own], port)

    def _gateway(self, index: int, port: int) -> Process:
        name = f"gateway{index}"
        own = ["--cache-size", "256 MiB"]
        return Process(name, self.home, [BINARY, "gateway", *self._common(name, port), *own], port)

    def __enter__(self) -> "Cluster":
        try:
            self.admin("signing", "create")
            for process in (*self.cas, *self.gateways):
                process.start()
            self.caddy.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.caddy.close()
        for process in (*self.gateways, *self.cas):
            if process.alive:
                process.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    # -- administration ----------------------------------------------------------------------

    def admin(self, *args: str) -> str:
        where = ["--data", self.home / "cas0", "--database-url", self.database]
        where += ["--signing-keys", self.keys_file]
        command = list(map(str, [BINARY, "admin", *args, *where]))
        done = subprocess.run(command, text=True, capture_output=True, timeout=30)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(args)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def add_user(self, name: str) -> None:
        self.admin("user", "create", name)

    def key(self, user: str, scope: str = "write") -> str:
        if (user, scope) not in self._keys:
            self._keys[user, scope] = self.admin("key", "create", "--user", user, "--scope", scope)
        return self._keys[user, scope]

    def sql(self, query: str) -> str:
        return subprocess.run(
            ["psql", "-qXAt", self.database, "-c", query], check=True, capture_output=True, text=True
        ).stdout.strip()

    def at(self, process: Process, token: str | None = None) -> Http:
        """Plain HTTP to one process, past the reverse proxy."""
        return Http(process.url, token)

    def bodies(self, process: Process) -> set[str]:
        return {p.name for p in (self.home / process.name / "xorbs").rglob("*") if p.is_file()}

    def cached(self, process: Process) -> int:
        """Bytes on disk of what a gateway holds."""
        files = (self.home / process.name / "cache").rglob("*.body")
        return sum(p.stat().st_blocks * 512 for p in files)


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _new_database() -> str:
    server = os.environ["SIAHUB_TEST_DATABASE_URL"]
    name = f"cluster_{uuid.uuid4().hex[:12]}"
    subprocess.run(["psql", "-qX", server, "-c", f"CREATE DATABASE {name}"], check=True)
    # By hand: urlunsplit() drops the empty host of "postgresql://user@/db".
    before, _, query = server.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}?{query}"
