"""Starts, stops, kills and administers one `siahub serve` process with a data directory of its own."""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from . import database
from .http import Http
from .ports import free_port

REPO_ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("SIAHUB_BINARY", REPO_ROOT / "build" / "siahub"))
ADDRESS = re.compile(rb"http://[\w.\[\]:-]+:\d+")
START_SECONDS = 30
STOP_SECONDS = 40
"""Longer than the hub drains by default."""
SANITIZER_FACTOR = 4


class Hub:
    def __init__(self, *, serve_args: tuple[str, ...] = ()) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="siahub-e2e-"))
        self.data = self.home / "data"
        self.database = database.create(self.data)
        self.serve_args = serve_args
        self.process: subprocess.Popen | None = None
        self.url = ""
        self._keys: dict[tuple[str, str], str] = {}

    # -- life --------------------------------------------------------------------------------

    def start(self) -> "Hub":
        assert not self.alive, "this hub runs already; a second process would outlive the test"
        listen = self.url.removeprefix("http://") or f"127.0.0.1:{free_port()}"
        log = open(self.home / "log", "ab")
        seen = log.tell()
        command = [BINARY, "serve", "--data", self.data, "--listen", listen, *self.serve_args]
        self.process = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.database.environment()
        )
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while not (found := ADDRESS.search(self.log()[seen:])) or not self._answers(found):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the hub did not start:\n{self.log()[seen:].decode(errors='replace')}")
            time.sleep(0.01)
        return self

    def _answers(self, found: re.Match) -> bool:
        self.url = found.group().decode()
        try:
            return self.http().get("/health").status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """As a power cut would, for the process."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def _end(self, how: int) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            return process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError("the hub did not stop within its time after SIGTERM") from None

    def close(self) -> None:
        try:
            self.stop()
        finally:
            self.database.drop()
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> "Hub":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def log(self) -> bytes:
        return (self.home / "log").read_bytes()

    def log_tail(self) -> str:
        return self.log()[-4000:].decode(errors="replace")

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    # -- looking at it -----------------------------------------------------------------------

    def http(self, token: str | None = None) -> Http:
        return Http(self.url, token)

    def memory(self, field: str = "VmRSS") -> int:
        """Bytes from /proc: VmRSS is the resident memory now, VmHWM the most it has been."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", status, re.M).group(1)) * 1024

    def cpu_seconds(self) -> float:
        """What it has computed so far; unlike a clock it does not count what others on the machine do."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return seconds / (SANITIZER_FACTOR if _sanitized() else 1)

    def within(self, limit: int) -> bool:
        """Whether resident memory stays below the limit; a sanitizer's own needs are allowed for."""
        return self.memory() < allowed(limit)

    def bodies(self) -> dict[str, int]:
        """The stored xorbs: file name to size."""
        return {p.name: p.stat().st_size for p in (self.data / "xorbs").rglob("*") if p.is_file()}

    def unfinished(self) -> list[str]:
        """Files that are being written, or were when the hub was killed."""
        return [p.name for p in (self.data / "tmp").rglob("*") if p.is_file()]

    # -- administration ----------------------------------------------------------------------

    def admin(self, *args: str, stdin: str | None = None) -> str:
        command = [BINARY, "admin", *args, "--data", self.data]
        done = subprocess.run(
            command, input=stdin, text=True, capture_output=True, timeout=30, env=self.database.environment()
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, args))}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def add_user(self, name: str, **fields: str) -> None:
        self.admin("user", "create", name, *(f"--{k}={v}" for k, v in fields.items()))

    def add_org(self, name: str, **members: str) -> None:
        pairs = [part for user, role in members.items() for part in ("--member", f"{user}:{role}")]
        self.admin("org", "create", name, *pairs)

    def key(self, user: str, scope: str = "write") -> str:
        if (user, scope) not in self._keys:
            self._keys[user, scope] = self.admin("key", "create", "--user", user, "--scope", scope)
        return self._keys[user, scope]

    def import_key(self, user: str, key: str) -> None:
        self.admin("key", "import", "--user", user, stdin=key + "\n")


def allowed(memory: int) -> int:
    """What a process that needs so much may take: a sanitizer has needs of its own."""
    return memory * (SANITIZER_FACTOR if _sanitized() else 1)


@functools.cache
def _sanitized() -> bool:
    return b"__asan_init" in BINARY.read_bytes()


def populated() -> Hub:
    """A running hub with alice, bob, carol and dave, and the organisation acme that three of them belong to."""
    hub = Hub()
    try:
        populate(hub.start())
    except BaseException:
        hub.close()
        raise
    return hub


def populate(hub: Hub) -> None:
    for name in ("alice", "bob", "carol", "dave"):
        hub.add_user(name, email=f"{name}@example.org")
    hub.add_org("acme", alice="admin", bob="write", carol="read")
