"""Parts of a running hub die while stock clients and others use it: every transfer completes or fails with an error that
can be read and is repeated; nothing acknowledged is lost; afterwards everything reads back byte for byte."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness.client import LATEST, OLDEST, ClientError
from harness.cluster import Cluster, until
from harness.data import MIB, noise, sha256, sha256_of, write_stream
from harness.http import lfs_file
from harness.journal import Journal
from harness.relay import Relay
from harness.xet import Uploader

WRITERS = 3
TRIES = 6
SENT_BEFORE = 12 * MIB
"""What has reached the disks when something dies: every upload is in its middle."""
SETTLED_SECONDS = 60


@pytest.fixture(scope="module")
def cluster(server, redis):
    cluster = Cluster(server=server.url)
    for cas in cluster.cas:
        cas.set("--redis-url", redis.url)
    with cluster:
        cluster.add_user("alice")
        yield cluster
        cluster.stop()


@pytest.fixture
def peers(cluster):
    """What the processes send to each other passes here."""
    relays = [Relay(cas.url) for cas in cluster.cas]
    for cas, relay in zip(cluster.cas, relays):
        cas.kill()
        cas.set("--cluster-url", relay.url)
        cas.start()
    yield relays
    for relay in relays:
        relay.rate = None


class Load:
    """Writers by plain HTTP, each at the cas that answers, until it is over. Everything is either acknowledged or told to
    have failed, and then it is sent again."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster, self.journal = cluster, Journal(f"alice/load-{name}")
        self.key = cluster.key("alice")
        assert self._http(0).create_repo(self.journal.repo).status == 200
        self.over = threading.Event()
        self.failures: list[str] = []
        self.slowest = 0.0
        self.threads = [threading.Thread(target=self._work, args=(i,)) for i in range(WRITERS)]

    def _http(self, turn: int):
        return self.cluster.at(self.cluster.cas[turn % 2], self.key)

    def _work(self, turn: int) -> None:
        while not self.over.is_set():
            self._write(self.journal.attempt(), turn)

    def _write(self, name: str, turn: int) -> None:
        deadline = time.monotonic() + SETTLED_SECONDS
        while time.monotonic() < deadline:
            began = time.monotonic()
            try:
                return self.journal.write(self._http(turn), name)
            except Exception as error:  # noqa: BLE001 - refused, or nobody there: the other one is asked
                self.failures.append(f"{type(error).__name__}: {error}"[:160])
                turn += 1
            finally:
                self.slowest = max(self.slowest, time.monotonic() - began)

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()
        if error[0] is None:
            assert not self.journal.open(), self.failures[-3:]
            assert len(self.journal.acknowledged) >= WRITERS
            self.journal.check(self._http(0), list(self.journal.acknowledged)[::7])
            kinds = sorted({failure.split(" ")[0] + failure[-60:] for failure in self.failures})
            print(f"{len(self.journal.acknowledged)} commits, {len(self.failures)} failed on the way and were repeated;")
            print(f"the slowest took {self.slowest:.1f} s", *kinds[:8], sep="\n  ")


def persist(what, *args, **kwargs) -> list[str]:
    """Does it again until it succeeds, as a person would; what was said before."""
    said: list[str] = []
    for _ in range(TRIES):
        try:
            what(*args, **kwargs)
            return said
        except ClientError as error:
            assert error.message, "an error that says nothing"
            said.append(f"{error.type}: {error.message.splitlines()[0][:150]}")
    raise AssertionError(f"never got through: {said}")


def size_of(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def on_disk(cluster: Cluster) -> int:
    return sum(size_of(cas.data / part) for cas in cluster.cas for part in ("tmp", "xorbs", "parts"))


# -- what can break --------------------------------------------------------------------------


def restart_postgres(how: str):
    return lambda cluster, server, redis: server.control("restart", "-m", how)


def cut_connections(cluster, server, redis) -> None:
    for _ in range(10):
        server.cut_connections()
        time.sleep(0.05)


def kill_a_cas(cluster, server, redis) -> None:
    """The one in the middle of more."""
    victim = max(cluster.cas, key=lambda cas: size_of(cas.data / "tmp"))
    victim.kill()
    victim.start()


def kill_a_gateway(cluster, server, redis) -> None:
    """The one that has fetched more; it stays away for as long as somebody downloads."""
    max(cluster.gateways, key=cluster.cached).kill()


def kill_redis(cluster, server, redis) -> None:
    redis.kill()
    cas = cluster.at(cluster.cas[0], cluster.key("alice"))
    assert cas.get("/api/whoami-v2").status == 200, "a hub without Redis refuses"
    redis.start()


BREAKS = {
    "postgres restarted": restart_postgres("fast"),
    "postgres crashed": restart_postgres("immediate"),
    "connections cut": cut_connections,
    "cas killed": kill_a_cas,
    "redis killed": kill_redis,
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Files for each client and each breakage: large enough for LFS to send one in parts."""
    return tmp_path_factory.mktemp("sources")


@pytest.mark.parametrize("what", BREAKS)
def test_uploads_get_through(cluster, server, redis, stock, sources, tmp_path, what):
    name = what.replace(" ", "-")
    repo = f"alice/{name}"
    digests = {
        "xet.bin": write_stream(sources / "xet.bin", f"{what} xet", 80 * MIB),
        "lfs.bin": write_stream(sources / "lfs.bin", f"{what} lfs", 132 * MIB),
    }
    writers = {"xet.bin": stock(cluster, LATEST), "lfs.bin": stock(cluster, OLDEST, xet=False)}
    writers["xet.bin"].api("create_repo", repo)
    before = on_disk(cluster)
    with Load(cluster, name), ThreadPoolExecutor(2) as pool:
        uploads = {
            path: pool.submit(
                persist, client.api, "upload_file", repo_id=repo, path_or_fileobj=sources / path, path_in_repo=path
            )
            for path, client in writers.items()
        }
        until(lambda: on_disk(cluster) > before + SENT_BEFORE or all(u.done() for u in uploads.values()))
        BREAKS[what](cluster, server, redis)
        for path, upload in uploads.items():
            print(path, upload.result(timeout=120))
    for path, client in writers.items():
        back = client.api("hf_hub_download", repo, path, local_dir=tmp_path)
        assert sha256_of(Path(back)) == digests[path]


# -- downloads -------------------------------------------------------------------------------

PACE = 32 * MIB
"""A second from each node, so that what breaks does so in the middle of a cold download."""
SIZE = 56 * MIB
BREAKS_OF_READERS = {
    "gateway killed": kill_a_gateway,
    "postgres restarted": restart_postgres("immediate"),
    "cas killed": kill_a_cas,
}


def store(cluster: Cluster, repo: str, files: dict[str, bytes]) -> None:
    alice = cluster.at(cluster.cas[0], cluster.key("alice"))
    assert alice.create_repo(repo).status == 200
    lines = []
    for turn, (path, content) in enumerate(files.items()):
        at = cluster.at(cluster.cas[turn % 2], cluster.key("alice"))
        Uploader(at, repo).upload(content, sha256(content))
        lines.append(lfs_file(path, sha256(content), len(content)))
    assert alice.commit(repo, *lines).status == 200


@pytest.mark.parametrize("what", BREAKS_OF_READERS)
def test_downloads_get_through(cluster, server, redis, stock, peers, tmp_path, what):
    repo = f"alice/read-{what.replace(' ', '-')}"
    files = {"a.bin": noise(f"{what} a", SIZE), "b.bin": noise(f"{what} b", SIZE)}
    store(cluster, repo, files)
    readers = {"xet": stock(cluster, LATEST), "plain": stock(cluster, OLDEST, xet=False)}
    for relay in peers:
        relay.reset()
        relay.rate = PACE
    with ThreadPoolExecutor(2) as pool:
        downloads = [
            pool.submit(persist, reader.api, "snapshot_download", repo, local_dir=tmp_path / way)
            for way, reader in readers.items()
        ]
        until(lambda: sum(relay.received for relay in peers) > SENT_BEFORE or all(d.done() for d in downloads))
        BREAKS_OF_READERS[what](cluster, server, redis)
        for relay in peers:
            relay.rate = None
        print(*(download.result(timeout=120) for download in downloads))
    for way in readers:
        for path, content in files.items():
            assert (tmp_path / way / path).read_bytes() == content
    for gateway in cluster.gateways:
        if not gateway.alive:
            gateway.start()


# -- what a gateway does for many, or for nobody ---------------------------------------------

MANY = 24


def link_to(cluster: Cluster, repo: str, path: str) -> str:
    alice = cluster.at(cluster.cas[0], cluster.key("alice"))
    return alice.get(f"/{repo}/resolve/main/{path}").headers["Location"].removeprefix(cluster.data_url)


def test_many_cold_readers_of_one_range_make_one_fetch(cluster, peers):
    content = noise("cold", 8 * MIB)
    store(cluster, "alice/cold", {"a.bin": content})
    path, gateway = link_to(cluster, "alice/cold", "a.bin"), cluster.gateways[0]
    before = gateway.open_files()
    for relay in peers:
        relay.reset()
    for cas in cluster.cas:
        cas.pause()
    try:
        with ThreadPoolExecutor(MANY) as pool:
            asked = {"Range": "bytes=1000000-5000000"}
            answers = [pool.submit(cluster.at(gateway).get, path, headers=asked) for _ in range(MANY)]
            until(lambda: gateway.open_files() >= before + MANY and any(r.requests for r in peers))
            for cas in cluster.cas:
                cas.resume()
            for answer in answers:
                assert answer.result().status == 206
                assert answer.result().body == content[1_000_000:5_000_001]
    finally:
        for cas in cluster.cas:
            cas.resume()
    # In parts, so that the first bytes leave early; each of them once.
    assert sum(relay.received for relay in peers) < 2 * 4 * MIB


def test_a_reader_who_leaves_ends_the_fetch(cluster, peers):
    store(cluster, "alice/left", {"a.bin": noise("left", SIZE)})
    path, gateway = link_to(cluster, "alice/left", "a.bin"), cluster.gateways[0]
    for relay in peers:
        relay.reset()
        relay.rate = 4 * MIB
    before = gateway.open_files()
    with socket.create_connection(("127.0.0.1", gateway.port)) as reader:
        reader.sendall(f"GET {path} HTTP/1.1\r\nHost: gateway\r\n\r\n".encode())
        until(lambda: sum(relay.received for relay in peers) > MIB)
    until(lambda: gateway.open_files() <= before)
    assert sum(relay.received for relay in peers) < SIZE / 2
