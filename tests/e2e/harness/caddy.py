"""Debian's Caddy with a Caddyfile of deploy/, in front of processes that already run."""

from __future__ import annotations

import http.client
import os
import shutil
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

from .certificates import Authority
from .hub import REPO_ROOT
from .ports import free_port

START_SECONDS = 30


def authority_of(url: str) -> str:
    return url.removeprefix("http://")


class Caddy:
    """The hub is `localhost`, the gateways are `127.0.0.1`: two names, one port, as in public."""

    def __init__(self, hubs: list[str], gateways: list[str]) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="siahub-caddy-"))
        self.authority = Authority(self.home, "DNS:localhost", "IP:127.0.0.1")
        self.port = free_port()
        self.url, self.data_url = f"https://localhost:{self.port}", f"https://127.0.0.1:{self.port}"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            "CADDY_ADMIN": "off",
            "HTTPS_PORT": str(self.port),
            "HTTP_PORT": str(free_port()),
            "HUB_HOST": "localhost",
            "DATA_HOST": "127.0.0.1",
            "PROXY_HOST": "proxy.localhost",
            "TLS": f"{self.authority.certificate} {self.authority.key}",
            "CAS": " ".join(map(authority_of, hubs)),
            "GATEWAYS": " ".join(map(authority_of, gateways)),
            "HF_PROXY": "127.0.0.1:1",
        }
        (self.home / "tmp").mkdir()
        self.process: subprocess.Popen | None = None

    @property
    def trust(self) -> dict[str, str]:
        return self.authority.trust

    def __enter__(self) -> "Caddy":
        return self.start()

    def start(self) -> "Caddy":
        command = ["caddy", "run", "--config", REPO_ROOT / "deploy" / "Caddyfile", "--adapter", "caddyfile"]
        with open(self.home / "log", "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.env)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Caddy did not start:\n{self.log()}")
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        try:
            return self.request("GET", "/health")[0].status == 200
        except OSError:
            return False

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:  # it waits for the connections of clients
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")[-4000:]

    def connect(self, host: str = "localhost") -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=str(self.authority.ca))
        return http.client.HTTPSConnection(host, self.port, context=context, timeout=60)

    def request(self, method: str, path: str, *, host: str = "localhost", **more) -> tuple[http.client.HTTPResponse, bytes]:
        connection = self.connect(host)
        try:
            connection.request(method, path, **more)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    # -- what it costs -----------------------------------------------------------------------

    def written(self) -> int:
        """Bytes it has handed to a file system or socket, from /proc; only storage counts as write_bytes."""
        fields = dict(line.split(": ") for line in Path(f"/proc/{self.process.pid}/io").read_text().splitlines())
        return int(fields["write_bytes"])

    def peak_memory(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmHWM")
