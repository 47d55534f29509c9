"""Processes that a test started and left running: told by a mark in their environment, or by being our children.

pytest puts the name of the running test into the environment, so a process says itself who started it.
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import NamedTuple

MARK = "SIAHUB_TEST_PROCESS"
GRACE_SECONDS = 10
"""Some need a moment to end after their parent has: a browser's helpers, a client's threads."""


class Left(NamedTuple):
    pid: int
    command: str
    test: str
    """The one that ran when it was started; empty when its environment does not say."""


def mark() -> None:
    """What is started from now on can be found again. Once per process of the test run."""
    os.environ[MARK] = f"{os.getpid()}-{uuid.uuid4().hex}"


def _read(pid: int, what: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:
        return b""


def running() -> list[Left]:
    found = []
    ours = f"{MARK}={os.environ[MARK]}".encode()
    for pid in (int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        fields = _read(pid, "stat").rpartition(b")")[2].split()
        if pid == os.getpid() or not fields or fields[0] == b"Z":
            continue
        said = _read(pid, "environ").split(b"\0")
        if ours in said or int(fields[1]) == os.getpid():
            test = next((line.partition(b"=")[2] for line in said if line.startswith(b"PYTEST_CURRENT_TEST=")), b"")
            command = _read(pid, "cmdline").replace(b"\0", b" ").strip()
            found.append(Left(pid, command.decode(errors="replace"), test.decode(errors="replace")))
    return found


def after(known: set[int], seconds: float = GRACE_SECONDS) -> list[Left]:
    """Those that have not ended by then."""
    deadline = time.monotonic() + seconds
    while (left := [one for one in running() if one.pid not in known]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left
