"""`kill -9` of a gateway while it fetches from Sia: no byte is wrong, what it had kept is not fetched again, and its
cache has nothing that it does not count."""

from __future__ import annotations

import http.client
import random
import threading
import time
from pathlib import Path

import pytest
from harness import database
from harness.cluster import Cluster, until
from harness.data import MIB, noise
from harness.sia_cluster import cold_cluster, fetches, link, read_from_hosts, read_range

KILLS = 12
READERS = 3
SIZE = 4 * MIB
UPLOADS = [{f"{up}-{n}.bin": noise(f"killed gateway {up} {n}", SIZE) for n in range(KILLS // 4)} for up in range(4)]
FILES = {name: content for files in UPLOADS for name, content in files.items()}
CUT_SHORT = (OSError, http.client.HTTPException)


class Readers:
    """Read ranges of a file until the gateway is gone, and note those that they were given."""

    def __init__(self, cluster: Cluster, path: str, content: bytes, seed: int) -> None:
        self.cluster, self.path, self.content = cluster, path, content
        self.given: list[tuple[int, int]] = []
        self.threads = [
            threading.Thread(target=self._run, args=(random.Random(f"{seed}/{n}"),)) for n in range(READERS)
        ]
        self.wrong: list[str] = []

    def _run(self, chance: random.Random) -> None:
        while True:
            first = chance.randrange(SIZE)
            last = min(SIZE, first + chance.randrange(1, MIB)) - 1
            try:
                answer = read_range(self.cluster, self.path, first, last)
            except CUT_SHORT:
                return
            self.check(answer, first, last)
            self.given.append((first, last))

    def check(self, answer, first: int, last: int) -> None:
        if answer.status != 206 or answer.body != self.content[first : last + 1]:
            self.wrong.append(f"{first}-{last}: {answer.status}, {len(answer.body)} bytes")

    def __enter__(self) -> "Readers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self.threads:
            thread.join()


def halves(cluster: Cluster) -> set[Path]:
    """Files of the cache whose other half is missing."""
    files = {path for path in (cluster.gateways[0].data / "cache").rglob("*") if path.is_file()}
    return {path for path in files if path.with_suffix({".body": ".map"}.get(path.suffix, ".body")) not in files}


def kill_while_reading(network, cluster: Cluster, name: str, chance: random.Random, answers: int) -> Readers:
    """Not before hosts were read from and readers were given so many answers."""
    before = read_from_hosts(network)
    gateway = cluster.gateways[0]
    with Readers(cluster, link(cluster, name), FILES[name], chance.randrange(1 << 30)) as readers:
        until(lambda: read_from_hosts(network) > before and len(readers.given) >= answers, 30)
        time.sleep(chance.uniform(0, 0.15))
        gateway.kill()
    gateway.start()
    return readers


@pytest.fixture(scope="module")
def cluster(network, tmp_path_factory):
    with database.server() as server, cold_cluster(network, server, UPLOADS, tmp_path_factory.mktemp("up")) as cluster:
        yield cluster


def test_a_killed_gateway_keeps_what_it_had_and_serves_no_wrong_byte(network, cluster):
    chance = random.Random(41)
    for number, name in enumerate(FILES):  # each of them is cold
        readers = kill_while_reading(network, cluster, name, chance, number % 3)
        for first, last in readers.given:
            readers.check(read_range(cluster, readers.path, first, last), first, last)
        assert fetches(cluster) == 0, "what was given before the kill is still there"
        readers.check(read_range(cluster, readers.path, 0, SIZE - 1), 0, SIZE - 1)
        assert readers.wrong == []
        assert halves(cluster) == set()
