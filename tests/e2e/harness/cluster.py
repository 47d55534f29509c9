"""The deployment of several processes: cas and gateways on PostgreSQL, behind deploy/Caddyfile with TLS.

The database server is that of tests/postgres/with_postgres.sh unless a test brings its own. Before it is entered, a test
may change how single processes are started: `cluster.cas[0].set("--redis-url", …)`.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Callable, TypeVar

from . import database
from .caddy import Caddy
from .http import Http
from .hub import BINARY
from .ports import free_port

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
        self.prefix: list[str] = []
        """What starts it and becomes it: `faketime …`."""
        self.data = home / name
        self.log_file = home / f"{name}.log"
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return _local(self.port)

    def set(self, flag: str, value: str | Path) -> None:
        """Another value for a flag, from its next start on."""
        if flag in self.command:
            self.command[self.command.index(flag) + 1] = str(value)
        else:
            self.command += [flag, str(value)]

    def start(self) -> None:
        with open(self.log_file, "ab") as log:
            command = self.prefix + self.command
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
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

    def pause(self) -> None:
        """As a machine that hangs: connections stay, nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=40)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def whole_log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def log(self) -> str:
        return self.whole_log()[-4000:]


class Cluster:
    def __init__(self, *, cas: int = 2, gateways: int = 2, server: str = "") -> None:
        self.home = Path(tempfile.mkdtemp(prefix="siahub-cluster-"))
        self.keys_file = self.home / "keys"
        self.database = database.Postgres(server or database.SERVER)
        cas_ports = [free_port() for _ in range(cas)]
        gateway_ports = [free_port() for _ in range(gateways)]
        self.caddy = Caddy([_local(port) for port in cas_ports], [_local(port) for port in gateway_ports])
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
        """The environment in which a client believes the private CA."""
        return self.caddy.trust

    # -- the processes -----------------------------------------------------------------------

    def _common(self, name: str, port: int) -> list[str | Path]:
        return [
            *("--data", self.home / name),
            *("--listen", f"127.0.0.1:{port}"),
            *("--database-url", self.database.url),
            *("--signing-keys", self.keys_file),
            *("--trusted-proxies", "127.0.0.1"),
        ]

    def _cas(self, index: int, port: int) -> Process:
        name = f"cas{index}"
        own = ["--gateway-url", self.data_url, "--cluster-url", _local(port)]
        return Process(name, self.home, [BINARY, "cas", *self._common(name, port), *own], port)

    def _gateway(self, index: int, port: int) -> Process:
        name = f"gateway{index}"
        own = ["--cache-size", "256 MiB"]
        return Process(name, self.home, [BINARY, "gateway", *self._common(name, port), *own], port)

    def __enter__(self) -> "Cluster":
        try:
            self.admin("signing", "create")
            for process in self.processes:
                process.start()
            self.caddy.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def processes(self) -> list[Process]:
        return [*self.cas, *self.gateways]

    def stop(self) -> None:
        """Ends every process as an operator does; each must have lived until now and end well."""
        for process in self.processes:
            assert process.alive, f"{process.name} ended:\n{process.log()}"
            process.process.terminate()
        for process in self.processes:
            assert process.process.wait(timeout=40) == 0, process.log()

    def close(self) -> None:
        self.caddy.close()
        for process in self.processes:
            if process.alive:
                process.kill()
        self.database.drop()
        shutil.rmtree(self.home, ignore_errors=True)

    # -- administration ----------------------------------------------------------------------

    def admin(self, *args: str) -> str:
        where = ["--data", self.home / "cas0", "--database-url", self.database.url]
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
        return database.psql(self.database.url, query).strip()

    def at(self, process: Process, token: str | None = None) -> Http:
        """Plain HTTP to one process, past the reverse proxy."""
        return Http(process.url, token, ca=self.caddy.authority.ca)

    def bodies(self, process: Process) -> set[str]:
        return {p.name for p in (process.data / "xorbs").rglob("*") if p.is_file()}

    def cached(self, process: Process) -> int:
        """Bytes on disk of what a gateway holds."""
        files = (process.data / "cache").rglob("*.body")
        return sum(p.stat().st_blocks * 512 for p in files)


def _local(port: int) -> str:
    return f"http://127.0.0.1:{port}"
