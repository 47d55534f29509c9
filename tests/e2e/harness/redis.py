"""A redis-server of a test's own, on a Unix socket, to be killed, paused and started again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

START_SECONDS = 20


class Redis:
    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="siahub-redis-"))
        self.socket = self.home / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.process: subprocess.Popen | None = None

    def start(self) -> "Redis":
        command = ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.home, "--save", ""]
        log = open(self.home / "log", "ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while "PONG" not in self.cli("ping"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"Redis did not start:\n{(self.home / 'log').read_text()}")
            time.sleep(0.02)
        return self

    def cli(self, *args: str) -> str:
        done = subprocess.run(["redis-cli", "-s", self.socket, *args], text=True, capture_output=True, timeout=20)
        return done.stdout + done.stderr

    def kill(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()

    def pause(self) -> None:
        """As a machine that hangs: connections stay, nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def __enter__(self) -> "Redis":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)
