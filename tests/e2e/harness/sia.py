"""A local Sia network for end-to-end tests: `with SiaNetwork() as sia: …` (tests/sia_net/README.md), and its clients.

SIAHUB_SIA_NET=real takes the network of real parts.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from .hub import BINARY

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sia_net"))
import network as _network  # noqa: E402

SiaNetwork = _network.kind(real=os.environ.get("SIAHUB_SIA_NET") == "real")
OrderRefused = _network.OrderRefused
build = _network.build
SECONDS = 120


class Program:
    """A command that keeps files on Sia; what it prints comes back, failures raise."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.command = command
        self.environment = os.environ | environment

    def attempt(self, *words: object) -> subprocess.CompletedProcess:
        command = [*self.command, *map(str, words)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=SECONDS, check=False)

    def __call__(self, *words: object) -> str:
        done = self.attempt(*words)
        assert done.returncode == 0, f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout.strip()


class Ours(Program):
    def put(self, file: Path, *flags: str) -> str:
        return self("put", file, "--redundancy", "4-of-14", *flags)

    def get(self, id: str, file: Path, offset: int | None = None, length: int | None = None) -> bytes:
        self("get", id, file, *([] if offset is None else ["--offset", offset, "--length", length]))
        return file.read_bytes()

    def ids(self) -> set[str]:
        return {line.split("\t")[0] for line in self("ls").splitlines()[1:]}


class Theirs(Program):
    def put(self, file: Path, metadata: str = "") -> str:
        return self("put", file, 4, 10, metadata)

    def get(self, id: str, file: Path, offset: int | None = None, length: int | None = None) -> bytes:
        self("get", id, file, *([] if offset is None else [offset, length]))
        return file.read_bytes()

    def ids(self) -> set[str]:
        return set(self("ls").split())


def our_client(network: SiaNetwork, key: str) -> Ours:
    url = network.description()["app_url"]
    return Ours([str(BINARY), "sia"], {"SIAHUB_SIA_INDEXD": url, "SIAHUB_SIA_APP_KEY": key})


def their_client(network: SiaNetwork) -> Theirs:
    about = network.description()
    return Theirs([str(build("sia_interop")), about["app_url"], about["app_key"]], {})


def approve(page: str, connect_key: str, answer: bytes = b'{"approve": true}') -> None:
    """What a person does on the page of a connection request."""
    secret = base64.b64encode(f":{connect_key}".encode()).decode()
    request = urllib.request.Request(page, data=answer, method="POST", headers={"Authorization": f"Basic {secret}"})
    with urllib.request.urlopen(request, timeout=10) as done:
        assert done.status == 204
