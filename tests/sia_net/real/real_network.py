"""The local Sia network of real parts: indexd and hosts as Go modules, and a PostgreSQL 18 of their own.

`RealNetwork` takes the orders of `network.Network` and describes itself in the same way, so tests run on either.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Iterator

import network

from . import postgres18
from .postgres18 import Postgres18

HERE = Path(__file__).resolve().parent
OUR_GO = HERE.parents[2] / ".venvs/go/bin"

REPAIR_SECONDS = 60
CACHE = network.CACHE / "real"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Of several processes one makes what all of them use."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare() -> tuple[Path, Path]:
    """The program of the network and PostgreSQL 18, made when they are not there."""
    with _alone():
        return build(), postgres18.install(CACHE)


def build(package: str = ".") -> Path:
    """The program of this module (or of a folder in it), compiled when something changed."""
    go = shutil.which("go") or shutil.which("go", path=str(OUR_GO))
    if go is None:
        raise RuntimeError("go 1.26 or newer is needed to build the real network (tests/e2e/setup.sh brings one)")
    # Beside the repository, which stays as it is: go completes this copy.
    mod = CACHE / "go.mod"
    mod.write_text((HERE / "go.mod").read_text())
    program = CACHE / ("sia_net_real" if package == "." else Path(package).name)
    command = [go, "build", "-mod=mod", f"-modfile={mod}", "-buildvcs=false", "-p=2", "-o", str(program), package]
    environment = os.environ | {"GOWORK": "off"}
    done = subprocess.run(command, cwd=HERE, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: os.nice(5))
    if done.returncode:
        raise RuntimeError(
            f"go could not build the real network:\n{done.stderr.strip()[-3000:]}\n"
            "Its modules come from a module proxy that serves go.sia.tech (go env GOPROXY)."
        )
    return program


class _Orders:
    """What `Network` expects of a part: where its control port is."""

    def __init__(self, ready: dict) -> None:
        self.ready = ready


class RealNetwork(network.Network):
    lies = frozenset({"wrong_bytes", "wrong_proof", "short_data"})

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.options = [word.replace("--", "-", 1) for word in self.options]
        self.postgres: Postgres18 | None = None
        self.program: network.Program | None = None

    def start(self) -> "RealNetwork":
        program, postgres = prepare()
        begun = time.monotonic()
        try:
            self.postgres = Postgres18(postgres, self.home).start()
            self.program = network.Program(
                [str(program), *self.options, "-database", str(self.postgres.home)], self.home / "real.log"
            )
        except BaseException:
            self.close()
            raise
        ready = self.program.ready
        self.hosts = _Orders({"control": ready["hosts_control"], "hosts": ready["hosts"]})
        self.indexd = _Orders({"control": ready["indexd_control"]})
        self.seconds_to_start = time.monotonic() - begun
        self.file.write_text(json.dumps(self.description(), indent=2) + "\n")
        return self

    def description(self) -> dict:
        return self.program.ready

    def processes(self) -> list[int]:
        return [self.program.process.pid, self.postgres.process.pid]

    def close(self) -> None:
        for part in (self.program.end if self.program else None, self.postgres.close if self.postgres else None):
            if part:
                part()
        shutil.rmtree(self.home, ignore_errors=True)

    def mine(self, blocks: int = 1) -> None:
        network.ask(f"{self.hosts.ready['control']}/mine", {"blocks": blocks})

    def repair(self, root: str, to: int) -> None:
        """Blocks the host that has the sector until indexd has moved what is there; which host gets it, indexd decides."""
        holder = self._holder(root)
        self.indexd_order("host", publicKey=holder, usable=False)
        deadline = time.monotonic() + REPAIR_SECONDS
        while self._holder(root) in (holder, None):
            if time.monotonic() > deadline:
                raise RuntimeError(f"indexd has not moved {root} away from {holder}")
            time.sleep(0.1)
        self.host_order(next(h["index"] for h in self.host_list() if h["publicKey"] == holder), "drop", root=root)
        self.indexd_order("host", publicKey=holder, usable=True)

    def _holder(self, root: str) -> str | None:
        """None while indexd knows of no host for it."""
        return next((s["hostKey"] for slab in self.slabs() for s in slab["sectors"] if s["root"] == root), None)
