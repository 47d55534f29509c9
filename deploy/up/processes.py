"""Daemons by name: started once, found again by process id and start time, stopped politely."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

STOP_SECONDS = 50
"""Longer than SiaHub drains."""


class Daemons:
    def __init__(self, state: Path) -> None:
        self.pids, self.logs = state / "pids", state / "logs"

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.pids.mkdir(exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        with open(self.logs / f"{name}.log", "ab") as log:
            started = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd="/", start_new_session=True
            )
        (self.pids / name).write_text(f"{started.pid} {_start_time(started.pid)}\n")

    def alive(self, name: str) -> bool:
        return self._pid(name) is not None

    def _pid(self, name: str) -> int | None:
        try:
            pid, started = (self.pids / name).read_text().split()
        except (OSError, ValueError):
            return None
        return int(pid) if started == _start_time(int(pid)) else None

    def stop(self, name: str, how: int = signal.SIGTERM) -> None:
        pid = self._pid(name)
        if pid is not None:
            os.kill(pid, how)

    def wait_until_gone(self, name: str) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while self.alive(name):
            if time.monotonic() > deadline:
                self.stop(name, signal.SIGKILL)
            time.sleep(0.05)
        (self.pids / name).unlink(missing_ok=True)

    def log(self, name: str) -> str:
        file = self.logs / f"{name}.log"
        return file.read_text(errors="replace")[-3000:] if file.exists() else ""


def _start_time(pid: int) -> str:
    """In clock ticks since boot: tells a process from a later one with the same number. Empty when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
