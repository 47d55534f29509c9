"""kill -9 at any moment: what was acknowledged stays, what was not leaves nothing half-done, and trying again works."""

import os
import random
import threading
import time

import pytest
from harness.client import LATEST, OLDER, Client
from harness.data import MIB, assert_same_files, make_files, noise, read_files
from harness.hub import Hub, populate
from harness.journal import Journal, Refused

REPO = "alice/crash"
ROUNDS = int(os.environ.get("SIAHUB_CRASH_ROUNDS", "52"))
WRITERS = 4


def writer(hub: Hub, journal: Journal, key: str, stop: threading.Event) -> None:
    http = hub.http(key)
    while not stop.is_set():
        try:
            journal.write(http, journal.attempt())
        except Refused as error:
            journal.refused.append(str(error))
            return
        except Exception:  # noqa: BLE001 - the hub is gone: that is the point
            return


def check(hub: Hub, journal: Journal, key: str, names: set[str]) -> None:
    journal.check(hub.http(key), names)
    assert hub.unfinished() == [], "temporary files outlived the restart"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kills_at_random_moments():
    rng = random.Random(20240229)
    hub, journal = Hub(), Journal(REPO)
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
                journal.write(hub.http(key), name)  # the client's retry
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
    hub, journal = Hub(), Journal(REPO)
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
