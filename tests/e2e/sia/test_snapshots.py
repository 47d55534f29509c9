"""The catalogue on Sia: disk and database are lost, and a hub is made of nothing but the app key or the phrase."""

from __future__ import annotations

import random
import subprocess
import time

import pytest
from harness.client import LATEST, Client
from harness.data import MIB, assert_same_files, make_files, noise, weights
from harness.hub import BINARY, Hub
from harness.sia import SiaNetwork, approve
from harness.sia_hub import admin, downloaded, lose_everything, sia_flags, sia_hub, wait_until_pinned

PUBLIC = {"config.json": b'{"a": 1}', "weights/model.safetensors": weights("public", 9 * MIB), "empty.bin": b""}
PRIVATE = {"notes.txt": b"private", "secret.bin": noise("private", 5 * MIB)}
SECONDS = 120


@pytest.fixture
def network():
    """Of each test its own: a restore takes whatever is under the app key."""
    with SiaNetwork() as network:
        yield network


@pytest.fixture(autouse=True)
def all_is_well_again():
    """Nothing is shared."""


@pytest.fixture
def make_hub(network):
    made: list[Hub] = []

    def make(*more: str, app_key: str = "") -> Hub:
        made.append(sia_hub(network, *more, app_key=app_key))
        return made[-1]

    yield make
    for hub in made:
        hub.close()


def upload(hub: Hub, folder, repo: str, files: dict[str, bytes], private: bool = False) -> None:
    client = Client(LATEST, hub.url, hub.key("alice"))
    try:
        client.api("create_repo", repo, private=private)
        client.cli("upload", repo, make_files(folder, files), ".")
    finally:
        client.close()


def fill(hub: Hub, folder) -> None:
    upload(hub, folder / "public", "alice/public", PUBLIC)
    upload(hub, folder / "private", "alice/private", PRIVATE, private=True)


def expect_everything(hub: Hub, folder) -> None:
    """With the keys of before: they are rows, too."""
    client = Client(LATEST, hub.url, hub.key("alice"))
    try:
        for repo, files in (("alice/public", PUBLIC), ("alice/private", PRIVATE)):
            assert_same_files(downloaded(client, repo, folder / repo), files)
    finally:
        client.close()


def restore(hub: Hub, *flags: str) -> subprocess.CompletedProcess:
    command = [BINARY, "admin", "restore", "--from-sia", "--data", hub.data, *flags]
    return subprocess.run(
        command, env=hub.database.environment(), capture_output=True, text=True, timeout=SECONDS, check=False
    )


def restored(hub: Hub, network) -> str:
    """What is said about it on standard error."""
    done = restore(hub, *sia_flags(network, hub.home / "app-key"))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def snapshot(hub: Hub) -> str:
    return hub.admin("snapshot", *hub.serve_args)


def test_a_hub_is_made_of_the_app_key_alone(network, make_hub, tmp_path):
    hub = make_hub()
    fill(hub, tmp_path / "up")
    wait_until_pinned(hub)
    assert "are on Sia" in snapshot(hub)
    lose_everything(hub)
    said = restored(hub, network)
    assert "upload them again" not in said
    hub.start()
    assert hub.bodies() == {}
    expect_everything(hub, tmp_path / "down")
    outsider = hub.http(hub.key("bob", "read"))
    assert outsider.get("/alice/private/resolve/main/secret.bin").status == 404
    # It is a hub like any other: it takes uploads, pins them and goes on with snapshots.
    upload(hub, tmp_path / "more", "alice/more", {"more.bin": noise("more", MIB)})
    wait_until_pinned(hub)
    assert "are on Sia" in snapshot(hub)


def test_the_phrase_leads_to_the_same(network, make_hub, tmp_path):
    about = network.description()
    connect = [BINARY, "sia", "connect", "--indexd", about["app_url"]]
    key, said = approved(connect, about["connect_key"])
    phrase = tmp_path / "phrase"
    phrase.write_text(said.rpartition(": ")[2])
    hub = make_hub(app_key=key)
    fund(network, hub)
    fill(hub, tmp_path / "up")
    wait_until_pinned(hub)
    snapshot(hub)
    lose_everything(hub)
    command = [BINARY, "admin", "restore", "--from-sia", "--data", hub.data, "--sia-indexd", about["app_url"]]
    printed, _ = approved([*command, "--phrase-file", phrase], about["connect_key"], hub.database.environment())
    assert key in printed
    hub.start()
    expect_everything(hub, tmp_path / "down")


def approved(command: list, connect_key: str, environment: dict | None = None) -> tuple[str, str]:
    """What a command prints that waits for a person's approval."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        page = process.stderr.readline().split()[1]
        approve(page, connect_key)
        printed, said = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert process.returncode == 0, said
    return printed.strip(), said


def fund(network, hub: Hub) -> None:
    """indexd pays for a new account on each host before that takes anything: uploads wait until then."""
    deadline = time.monotonic() + SECONDS
    while admin(hub)["hosts_good_for_upload"] < 14:
        assert time.monotonic() < deadline, hub.log_tail()
        time.sleep(0.2)


def test_what_was_not_on_sia_is_told_by_name(network, make_hub, tmp_path):
    hub = make_hub()
    fill(hub, tmp_path / "up")
    wait_until_pinned(hub)
    for index in range(len(network.host_list())):
        network.fault(index, "error", rpc="write", text="not enough storage")
    upload(hub, tmp_path / "late", "alice/late", {"small.txt": b"inline", "deep/late.bin": noise("late", 2 * MIB)})
    for index in range(len(network.host_list())):
        network.fault(index)
    # The catalogue knows the file; its body is nowhere but on the disk that is lost.
    hub.stop()
    snapshot(hub)
    lose_everything(hub)
    said = restored(hub, network)
    assert "model alice/late deep/late.bin" in said
    assert "secret.bin" not in said and "small.txt" not in said
    hub.start()
    expect_everything(hub, tmp_path / "down")
    alice = hub.http(hub.key("alice"))
    assert alice.get("/alice/late/resolve/main/small.txt").body == b"inline"
    # Uploaded again it is there again.
    client = Client(LATEST, hub.url, hub.key("alice"))
    client.cli("upload", "alice/late", make_files(tmp_path / "again", {"deep/late.bin": noise("late", 2 * MIB)}), ".")
    client.close()
    wait_until_pinned(hub)


def test_a_hub_takes_snapshots_by_itself_and_keeps_the_newest_few(network, make_hub, tmp_path):
    hub = make_hub("--sia-snapshot-every", "2s", "--sia-snapshots", "2")
    # A snapshot that ends after a commit may have begun before it; the next one has it.
    for i in range(5):
        upload(hub, tmp_path / str(i), f"alice/repo-{i}", {"file.bin": noise(f"repo {i}", MIB)})
        wait_for_snapshot(hub)
    shown = admin(hub)["snapshots"]
    assert shown["rows"] > 0 and shown["last_error"] == ""
    assert_few_catalogue_objects(hub)
    wait_until_pinned(hub)
    lose_everything(hub)
    restored(hub, network)
    hub.start()
    client = Client(LATEST, hub.url, hub.key("alice"))
    for i in range(4):
        found = downloaded(client, f"alice/repo-{i}", tmp_path / "down" / str(i))
        assert_same_files(found, {"file.bin": noise(f"repo {i}", MIB)})
    client.close()


def wait_for_snapshot(hub: Hub) -> None:
    before = admin(hub)["snapshots"]["stored"]
    deadline = time.monotonic() + SECONDS
    while admin(hub)["snapshots"]["stored"] == before:
        assert time.monotonic() < deadline, hub.log_tail()
        time.sleep(0.1)


def assert_few_catalogue_objects(hub: Hub) -> None:
    bodies = sum(state["xorbs"] for state in admin(hub, "/queue")["states"].values())
    command = [BINARY, "sia", "ls", *(hub.serve_args[i] for i in (0, 1, 2, 3))]
    command[3], command[5] = "--indexd", "--app-key-file"
    listed = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout
    # Two lists, their packs, and what a snapshot that is being written adds.
    assert len(listed.splitlines()) - 1 <= bodies + 2 + 4 + 2, listed


def test_kills_in_the_middle_of_snapshots_cost_at_most_the_newest(network, make_hub, tmp_path):
    hub = make_hub()
    fill(hub, tmp_path / "up")
    wait_until_pinned(hub)
    snapshot(hub)
    hub.stop()
    hub.serve_args = (*hub.serve_args, "--sia-snapshot-every", "1s")
    hub.start()
    chance = random.Random(7)
    later = {}
    for i in range(5):
        later[f"alice/later-{i}"] = {"file.bin": noise(f"later {i}", MIB)}
        upload(hub, tmp_path / f"later-{i}", f"alice/later-{i}", later[f"alice/later-{i}"])
        time.sleep(chance.uniform(0.2, 1.8))
        hub.kill()
        hub.start()
    lose_everything(hub)
    said = restored(hub, network)
    hub.start()
    expect_everything(hub, tmp_path / "down")
    client = Client(LATEST, hub.url, hub.key("alice"))
    for repo, files in later.items():
        known = client.api("repo_exists", repo)
        if known and f"{repo} file.bin" not in said and client.api("file_exists", repo, "file.bin"):
            assert_same_files(downloaded(client, repo, tmp_path / "down" / repo), files)
    client.close()


def test_a_restore_that_was_killed_goes_on(network, make_hub, tmp_path):
    hub = make_hub()
    fill(hub, tmp_path / "up")
    wait_until_pinned(hub)
    snapshot(hub)
    lose_everything(hub)
    flags = sia_flags(network, hub.home / "app-key")
    command = [BINARY, "admin", "restore", "--from-sia", "--data", hub.data, *flags]
    for pause in (0.02, 0.05, 0.1, 0.2, 0.4):
        process = subprocess.Popen(command, env=hub.database.environment(), stderr=subprocess.DEVNULL)
        time.sleep(pause)
        process.kill()
        process.wait()
    # The last one may have come to its end.
    done = restore(hub, *flags)
    assert done.returncode == 0 or "is not empty" in done.stderr, done.stderr
    hub.start()
    expect_everything(hub, tmp_path / "down")


def test_says_what_is_missing(network, make_hub, tmp_path):
    hub = make_hub()
    flags = sia_flags(network, hub.home / "app-key")
    refused = restore(hub, *flags)
    assert refused.returncode != 0
    assert "no snapshot" in refused.stderr
    assert "--sia-indexd" in restore(hub).stderr
    upload(hub, tmp_path / "up", "alice/public", PUBLIC)
    snapshot(hub)
    hub.stop()
    refused = restore(hub, *flags)
    assert refused.returncode != 0
    assert "not empty" in refused.stderr
    hub.start()
