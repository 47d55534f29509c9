"""`kill -9` again and again, while bodies go to Sia and while they come back: nothing acknowledged is lost, nothing is
pinned twice, no byte is wrong."""

from __future__ import annotations

import random
import shutil
import subprocess
import threading
import time

import pytest
from harness.client import LATEST, Client
from harness.data import MIB, assert_same_files, make_files, noise
from harness.hub import BINARY, Hub
from harness.sia import SiaNetwork
from harness.sia_hub import downloaded, sia_hub, wait_until_pinned

KILLS_WHILE_PINNING = 32
KILLS_WHILE_READING = 24
EVERY = 8
"""An upload after so many kills."""


@pytest.fixture
def network():
    with SiaNetwork() as network:
        yield network


@pytest.fixture(autouse=True)
def all_is_well_again():
    """Nothing is shared."""


@pytest.fixture
def hub(network):
    hub = sia_hub(network, "--sia-snapshot-every", "7d")
    try:
        yield hub
    finally:
        hub.close()


def kill_after(hub: Hub, seconds: float) -> None:
    time.sleep(seconds)
    hub.kill()
    hub.start()


class Reader:
    """Reads ranges of a file by way of the gateway, whatever becomes of the hub meanwhile."""

    def __init__(self, hub: Hub, path: str, content: bytes) -> None:
        self.hub, self.path, self.content = hub, path, content
        self.stop = threading.Event()
        self.whole = self.wrong = 0
        self.chance = random.Random(path)
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self.stop.is_set():
            first = self.chance.randrange(len(self.content))
            last = min(len(self.content), first + self.chance.randrange(1, 3 * MIB)) - 1
            try:
                http = self.hub.http(self.hub.key("alice"))
                url = http.get(self.path).headers["Location"]
                answer = http.request("GET", url, headers={"Range": f"bytes={first}-{last}"})
            except (OSError, ValueError, KeyError, EOFError):
                continue
            except Exception as error:  # noqa: BLE001 - http.client's own: the answer was cut short
                assert "IncompleteRead" in repr(error) or "RemoteDisconnected" in repr(error), error
                continue
            if answer.status != 206:
                continue
            self.whole += 1
            self.wrong += answer.body != self.content[first : last + 1]

    def __enter__(self) -> "Reader":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()


@pytest.mark.slow
def test_kills_lose_nothing_double_nothing_and_serve_no_wrong_byte(network, hub, tmp_path):
    chance = random.Random(4)
    client = Client(LATEST, hub.url, hub.key("alice"))
    uploaded: dict[str, dict[str, bytes]] = {}
    for i in range(KILLS_WHILE_PINNING):
        if i % EVERY == 0:
            repo = f"alice/killed-{i}"
            uploaded[repo] = {f"{part}.bin": noise(f"{repo} {part}", 7 * MIB) for part in range(2)}
            client.cli("upload", repo, make_files(tmp_path / str(i), uploaded[repo]))
        kill_after(hub, chance.uniform(0.02, 0.8))
    states = wait_until_pinned(hub)
    time.sleep(2)  # indexd tells of changes a second later
    assert len(objects(hub)) == states["pinned"]["xorbs"]

    repo, files = next(iter(uploaded.items()))
    with Reader(hub, f"/{repo}/resolve/main/0.bin", files["0.bin"]) as reader:
        for i in range(KILLS_WHILE_READING):
            time.sleep(chance.uniform(0.05, 0.5))
            hub.kill()
            if i % 3 == 0:
                for folder in ("xorbs", "cache"):
                    shutil.rmtree(hub.data / folder, ignore_errors=True)
            hub.start()
        deadline = time.monotonic() + 60
        while reader.whole == 0:
            assert time.monotonic() < deadline, hub.log_tail()
            time.sleep(0.1)
    assert reader.wrong == 0
    for repo, files in uploaded.items():
        assert_same_files(downloaded(client, repo, tmp_path / "down" / repo), files)
    client.close()


def objects(hub: Hub) -> list[str]:
    """Of bodies on Sia, as indexd lists them; this hub makes no snapshots."""
    url, key = hub.serve_args[1], hub.serve_args[3]
    command = [BINARY, "sia", "ls", "--indexd", url, "--app-key-file", key]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()[1:]
