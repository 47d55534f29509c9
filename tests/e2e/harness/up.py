"""`make up` with a state directory and, as root, a network of its own."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

from .hub import BINARY, REPO_ROOT
from .ports import free_port

UP_SECONDS = 240
NOBODY = 65534


def alive(pid: int) -> bool:
    """A process that nobody has waited for yet is gone, too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Up:
    def __init__(self, *, upstream: str, as_nobody: bool = False) -> None:
        self.state = Path(tempfile.mkdtemp(prefix="siahub-up-"))
        self.state.chmod(0o755)
        self.before: list[str] = []
        if as_nobody and os.geteuid() == 0:
            os.chown(self.state, NOBODY, NOBODY)
            self.before = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        subnet = f"10.{random.randrange(64, 120)}.{random.randrange(1, 250)}"
        self.env = {
            **{"PATH": os.environ["PATH"], "HOME": str(self.state), "UP_DIR": str(self.state), "UP_SUBNET": subnet},
            **{"SIAHUB_BINARY": str(BINARY), "PROXY_UPSTREAM": upstream},
            "UP_PORT": str(free_port()),
        }
        self.facts: dict = {}

    def run(self, *words: str) -> str:
        command = [*self.before, "/usr/bin/python3", REPO_ROOT / "deploy" / "up", *words]
        done = subprocess.run(list(map(str, command)), env=self.env, capture_output=True, text=True, timeout=UP_SECONDS)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def up(self) -> str:
        told = self.run("up")
        self.facts = json.loads((self.state / "info.json").read_text())
        return told

    def __enter__(self) -> "Up":
        try:
            self.up()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.run("down")
        shutil.rmtree(self.state, ignore_errors=True)

    def pid(self, service: str) -> int:
        return int((self.state / "pids" / service).read_text().split()[0])

    def bodies(self) -> int:
        """How many xorbs lie on the disks of the cas processes."""
        return sum(1 for file in (self.state / "volumes").glob("cas-*/xorbs/**/*") if file.is_file())

    def status(self, service: str) -> dict[str, str]:
        """/proc/…/status of a service's process."""
        lines = Path(f"/proc/{self.pid(service)}/status").read_text().splitlines()
        return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}

    @property
    def trust(self) -> dict[str, str]:
        return {name: self.facts["ca"] for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")}
