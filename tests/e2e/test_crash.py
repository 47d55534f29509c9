"""kill -9 at any moment: what was acknowledged stays, what was not leaves nothing half-done, and trying again works."""

import os
import random
import threading
import time

import pytest
from harness import xet
from harness.client import LATEST, OLDER, Client
from harness.data import MIB, assert_same_files, make_files, noise, read_files, sha256
from harness.http import file, lfs_file
from harness.hub import Hub, populate

REPO = "alice/crash"
ROUNDS = int(os.environ.get("SIAHUB_CRASH_ROUNDS", "52"))
WRITERS = 4


class Journal:
    """What the writers tried, and what the hub said about it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.tried: dict[str, bytes] = {}
        self.acknowledged: set[str] = set()
        self.commits: set[str] = set()
        self.refused: list[str] = []
        self.number = 0

    def attempt(self) -> str:
        with self.lock:
            self.number += 1
            name = f"files/{self.number % 20:02}/{self.number:05}"
            self.tried[name] = noise(name, 5_000 + 7 * self.number % 250_000)
            return name

    def acknowledge(self, name: str, oid: str) -> None:
        with self.lock:
            self.acknowledged.add(name)
            self.commits.add(oid)

    def open(self) -> list[str]:
        with self.lock:
            return sorted(set(self.tried) - self.acknowledged)


def write(http, journal: Journal, name: str) -> None:
    """One file of a pair: NAME.bin through a xorb, a shard or LFS, NAME.txt inline. Both or none may ever be seen."""
    content = journal.tried[name]
    digest = sha256(content)
    if int(name[-1]) % 3 == 0:
        _send_by_lfs(http, content, digest)
    else:
        uploader = xet.Uploader(http, REPO)
        _expect(uploader.xorb(xorb := xet.Xorb.of(content)))
        _expect(uploader.shard(xet.shard([xet.whole(xorb, digest)], [xorb]), 1 + int(name[-1]) % 2))
    lines = [lfs_file(f"{name}.bin", digest, len(content)), file(f"{name}.txt", digest.encode())]
    done = _expect(http.commit(REPO, *lines, summary=name))
    journal.acknowledge(name, done.json()["commitOid"])


def _send_by_lfs(http, content: bytes, digest: str) -> None:
    body = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": digest, "size": len(content)}]}
    (found,) = _expect(http.post(f"/{REPO}.git/info/lfs/objects/batch", json=body)).json()["objects"]
    if found.get("actions"):
        _expect(http.as_(None).put(found["actions"]["upload"]["href"], body=content))


class Refused(Exception):
    pass


def _expect(answer):
    if answer.status != 200 or b'"error"' in answer.body:
        raise Refused(f"{answer.status} {answer.body[:300]!r}")
    return answer


def writer(hub: Hub, journal: Journal, key: str, stop: threading.Event) -> None:
    http = hub.http(key)
    while not stop.is_set():
        try:
            write(http, journal, journal.attempt())
        except Refused as error:
            journal.refused.append(str(error))
            return
        except Exception:  # noqa: BLE001 - the hub is gone: that is the point
            return


def check(hub: Hub, journal: Journal, key: str, names: set[str]) -> None:
    """Everything visible is whole and was sent; everything acknowledged is visible; the bytes of `names` are right."""
    http = hub.http(key)
    entries = {e["path"]: e for e in http.tree(REPO) if e["type"] == "file"}
    entries.pop(".gitattributes")
    seen = {path.rpartition(".")[0] for path in entries}
    assert journal.acknowledged <= seen, f"lost: {sorted(journal.acknowledged - seen)[:5]}"
    assert seen <= set(journal.tried)
    for name in seen:
        big, small = entries[f"{name}.bin"], entries[f"{name}.txt"]
        assert big["lfs"]["oid"] == sha256(journal.tried[name]) and big["size"] == len(journal.tried[name])
        assert small["size"] == 64 and big["xetHash"]
    for name in seen & names:
        assert http.follow(f"/{REPO}/resolve/main/{name}.bin").body == journal.tried[name], name
        assert http.follow(f"/{REPO}/resolve/main/{name}.txt").body == sha256(journal.tried[name]).encode()
    assert hub.unfinished() == [], "temporary files outlived the restart"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kills_at_random_moments():
    rng = random.Random(20240229)
    hub, journal = Hub(), Journal()
    try:
        populate(hub)
        key = hub.key("alice")
        hub.start()
        hub.http(key).create_repo(REPO)
        for _ in range(ROUNDS):
            stop = threading.Event()
            before = set(journal.tried)
            writers = [threading.Thread(target=writer, args=(hub, journal, key, stop)) for _ in range(WRITERS)]
            for thread in writers:
                thread.start()
            time.sleep(rng.uniform(0.01, 0.35))
            hub.kill()
            stop.set()
            for thread in writers:
                thread.join()
            hub.start()
            check(hub, journal, key, set(journal.tried) - before)
            for name in journal.open():
                write(hub.http(key), journal, name)  # the client's retry
        assert journal.refused == []
        assert len(journal.acknowledged) > 2 * ROUNDS, "the hub was killed before it could do anything"
        check(hub, journal, key, journal.acknowledged)
        commits = {c["id"] for c in _history(hub.http(key))}
        assert journal.commits <= commits
        print(f"{ROUNDS} kills, {len(journal.acknowledged)} commits acknowledged and found again")
    finally:
        hub.close()


def _history(http):
    from harness.http import next_page

    path, found = f"/api/models/{REPO}/commits/main?limit=1000", []
    while path:
        answer = http.get(path)
        found += answer.json()
        path = next_page(answer)
    return found


UPLOAD = """
import sys
from huggingface_hub import HfApi
print("started", flush=True)
HfApi().upload_folder(repo_id=sys.argv[1], folder_path=sys.argv[2])
print("done", flush=True)
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("version", "xet"), [(LATEST, True), (LATEST, False), (OLDER, True)])
def test_a_real_client_gets_through_two_kills(version, xet, tmp_path):
    """The hub dies twice under an upload and comes back half a second later; the client's own retries finish it."""
    files = {f"{i}.bin": noise(f"{version}{xet}{i}", 5 * MIB) for i in range(10)} | {"t.txt": b"t"}
    folder = make_files(tmp_path / "up", files)
    with Hub() as hub:
        populate(hub)
        hub.http(hub.key("alice")).create_repo(REPO)
        client = Client(version, hub.url, hub.key("alice"), xet=xet)
        try:
            process = client.spawn(UPLOAD, REPO, folder)
            assert process.stdout.readline() == "started\n"
            for wanted in (8 * MIB, 25 * MIB):
                _wait_for_bodies(hub, wanted, process)
                hub.kill()
                time.sleep(0.5)
                hub.start()
            output, _ = process.communicate(timeout=200)
            if process.returncode != 0:
                # A call that the client does not retry met the kill: the user runs the command again.
                again = client.spawn(UPLOAD, REPO, folder)
                output, _ = again.communicate(timeout=100)
                assert again.returncode == 0, output
            client.api("snapshot_download", REPO, local_dir=tmp_path / "back")
        finally:
            client.close()
        got = read_files(tmp_path / "back")
        got.pop(".gitattributes")
        assert_same_files(got, files)
        assert hub.unfinished() == []


def _wait_for_bodies(hub: Hub, size: int, process) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        tmp = sum(p.stat().st_size for p in _existing(hub.data / "tmp"))
        if tmp + sum(p.stat().st_size for p in _existing(hub.data / "xorbs")) >= size:
            return
        time.sleep(0.005)


def _existing(directory):
    for path in directory.rglob("*"):
        try:
            if path.is_file() and path.stat():
                yield path
        except FileNotFoundError:
            continue


def test_a_calm_stop_finishes_what_it_began():
    """SIGTERM while commits run: each is either answered or not there."""
    hub, journal = Hub(), Journal()
    try:
        populate(hub)
        key = hub.key("alice")
        hub.start()
        hub.http(key).create_repo(REPO)
        stop = threading.Event()
        writers = [threading.Thread(target=writer, args=(hub, journal, key, stop)) for _ in range(WRITERS)]
        for thread in writers:
            thread.start()
        time.sleep(0.6)
        assert hub.stop() == 0
        stop.set()
        for thread in writers:
            thread.join()
        hub.start()
        check(hub, journal, key, set(journal.tried))
        assert journal.acknowledged
    finally:
        hub.close()
