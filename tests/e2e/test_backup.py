"""`siahub admin backup` beside a hub that takes uploads, `restore` into an empty one on the other database."""

import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from harness import database
from harness.client import LATEST, OLDEST, Client
from harness.data import MIB, assert_same_files, make_files, noise, read_files, weights
from harness.hub import BINARY, Hub, populate
from harness.relay import Relay

FIRST = {
    "config.json": b'{"a": 1}',
    "model.safetensors": weights("backup", 3 * MIB),
    "deep/er/noise.bin": noise("backup", MIB),
    "empty.bin": b"",
}
SECOND = {**FIRST, "config.json": b'{"a": 2}', "model.safetensors": weights("backup, later", 2 * MIB)}
LFS = {"by-lfs.bin": noise("lfs", 2 * MIB), "README.md": b"# by LFS\n"}
PRIVATE = {"secret.bin": noise("secret", MIB), "notes.txt": b"private"}


@pytest.fixture(scope="module")
def server():
    with database.server() as url:
        yield url


def on(kind: str, server: str) -> Hub:
    """A hub that was never started, on this database."""
    hub = Hub()
    hub.database.drop()
    hub.database = database.Postgres(server) if kind == "postgres" else database.Sqlite(hub.data)
    return hub


@pytest.fixture(params=["sqlite", "postgres"])
def pair(request, server):
    """A running hub with content, and an empty deployment on the other database."""
    source = on(request.param, server)
    target = on("postgres" if request.param == "sqlite" else "sqlite", server)
    try:
        populate(source.start())
        yield source, target
    finally:
        source.close()
        target.close()


def clients_of(hub: Hub, key: str) -> tuple[Client, Client]:
    return Client(LATEST, hub.url, key), Client(OLDEST, hub.url, key, xet=False)


def fill(hub: Hub, folder: Path) -> None:
    xet, lfs = clients_of(hub, hub.key("alice"))
    try:
        for name, private in (("alice/model", False), ("alice/private", True)):
            xet.api("create_repo", name, private=private)
        xet.cli("upload", "alice/model", make_files(folder / "first", FIRST), ".")
        xet.api("create_tag", "alice/model", tag="v1")
        xet.cli("upload", "alice/model", make_files(folder / "second", SECOND), ".")
        xet.cli("upload", "alice/private", make_files(folder / "private", PRIVATE), ".")
        lfs.api("create_repo", "acme/data", repo_type="dataset")
        lfs.api("upload_folder", repo_id="acme/data", folder_path=make_files(folder / "lfs", LFS), repo_type="dataset")
        xet.api("create_branch", "alice/model", branch="dev", revision="v1")
    finally:
        xet.close()
        lfs.close()


def downloaded(client: Client, into: Path, repo: str, **options) -> dict[str, bytes]:
    client.cli("download", repo, "--local-dir", into, *(f"--{k}={v}" for k, v in options.items()))
    found = read_files(into)
    found.pop(".gitattributes", None)
    return found


class Uploads:
    """Files that alice commits one after the other, until the block ends."""

    def __init__(self, hub: Hub) -> None:
        self.client = Client(LATEST, hub.url, hub.key("alice"))
        self.client.api("create_repo", "alice/busy")
        self.stop = threading.Event()
        self.committed: list[str] = []
        self.failed: list[Exception] = []
        self.thread = threading.Thread(target=self._run)

    @staticmethod
    def content(name: str) -> bytes:
        return noise(name, 200_000)

    def _run(self) -> None:
        number = 0
        while not self.stop.is_set():
            name = f"{number:04}.bin"
            number += 1
            try:
                self.client.api(
                    "upload_file", repo_id="alice/busy", path_or_fileobj=self.content(name), path_in_repo=name
                )
            except Exception as error:  # noqa: BLE001 - told to the test
                self.failed.append(error)
                return
            self.committed.append(name)

    def __enter__(self) -> "Uploads":
        self.thread.start()
        while not self.committed and not self.failed:
            self.stop.wait(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()
        self.client.close()
        assert not self.failed, self.failed


def test_everything_comes_back_on_the_other_database(pair, tmp_path):
    source, target = pair
    fill(source, tmp_path)
    alice = source.http(source.key("alice"))
    link = alice.get("/alice/private/resolve/main/secret.bin").headers["Location"]
    token = alice.get("/api/models/alice/private/xet-read-token/main").json()["accessToken"]
    file_hash = alice.head("/alice/private/resolve/main/secret.bin").headers["X-Xet-Hash"]
    commits = [c["id"] for c in alice.get("/api/models/alice/model/commits/main").json()]
    backup = tmp_path / "backup"
    with Uploads(source) as uploads:
        before = list(uploads.committed)
        source.admin("backup", "--to", str(backup))
        after = len(uploads.committed)
        source.admin("backup", "--to", str(backup))
        assert len(uploads.committed) >= after
    assert "the backup is whole" in source.admin("restore", "--check", "--from", str(backup))
    source.stop()
    target.admin("restore", "--from", str(backup))
    target.start()
    key = source.key("alice")
    client, lfs = clients_of(target, key)
    try:
        assert_same_files(downloaded(client, tmp_path / "1", "alice/model", revision="v1"), FIRST)
        assert_same_files(downloaded(client, tmp_path / "2", "alice/model"), SECOND)
        assert_same_files(downloaded(client, tmp_path / "3", "alice/model", revision="dev"), FIRST)
        assert_same_files(downloaded(client, tmp_path / "4", "alice/private"), PRIVATE)
        lfs.api("snapshot_download", "acme/data", repo_type="dataset", local_dir=tmp_path / "5")
        assert_same_files({k: v for k, v in read_files(tmp_path / "5").items() if k != ".gitattributes"}, LFS)
        busy = downloaded(client, tmp_path / "6", "alice/busy")
        assert set(before) <= set(busy) <= {f"{i:04}.bin" for i in range(len(uploads.committed))}
        assert_same_files(busy, {name: uploads.content(name) for name in busy})
    finally:
        client.close()
        lfs.close()
    restored = target.http(key)
    assert [c["id"] for c in restored.get("/api/models/alice/model/commits/main").json()] == commits
    # What the first hub gave out goes on working at the second.
    assert target.http().get(link.replace(source.url, target.url)).body == PRIVATE["secret.bin"]
    assert target.http(token).get(f"/v2/reconstructions/{file_hash}").status == 200
    assert target.http().get("/alice/private/resolve/main/secret.bin").status == 401
    with Relay(target.url) as relay:
        again = Client(LATEST, relay.url, key)
        try:
            again.cli("upload", "alice/model", tmp_path / "second", ".")
            assert relay.content_bytes == 0, relay.requests
            # And it is a hub like any other.
            again.api("create_repo", "alice/new")
            again.cli("upload", "alice/new", make_files(tmp_path / "new", {"n.bin": noise("new", MIB)}), ".")
            assert relay.content_bytes > MIB
        finally:
            again.close()


def restore(target: Hub, backup: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, "admin", "restore", "--from", backup, "--data", target.data],
        env=target.database.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_a_damaged_backup_is_refused_by_name_and_leaves_nothing(pair, tmp_path):
    source, target = pair
    fill(source, tmp_path)
    good = tmp_path / "good"
    source.admin("backup", "--to", str(good))
    body = max((p for p in (good / "bodies").rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    rows = next(good.glob("snapshot-*/repo_commits.rows"))
    keys = next(good.glob("snapshot-*/keys"))
    assert keys.stat().st_mode & 0o777 == 0o600 and good.stat().st_mode & 0o777 == 0o700
    damage = {
        rows: lambda p: flip(p, 20),
        body: lambda p: flip(p, p.stat().st_size // 2),
        keys: lambda p: p.unlink(),
        good / "MANIFEST": lambda p: p.write_bytes(p.read_bytes()[:-30]),
    }
    for path, harm in damage.items():
        bad = tmp_path / "bad"
        shutil.copytree(good, bad)
        harm(bad / path.relative_to(good))
        refused = restore(target, bad)
        assert refused.returncode == 1 and path.name in refused.stderr, refused
        assert not target.data.exists()
        shutil.rmtree(bad)
    assert restore(target, good).returncode == 0
    second = restore(target, good)
    assert second.returncode == 1 and "empty" in second.stderr


def test_a_restore_that_was_killed_goes_on_and_no_hub_starts_before(pair, tmp_path):
    source, target = pair
    fill(source, tmp_path)
    backup = tmp_path / "backup"
    source.admin("backup", "--to", str(backup))
    command = [BINARY, "admin", "restore", "--from", backup, "--data", target.data]
    process = subprocess.Popen(command, env=target.database.environment(), stderr=subprocess.PIPE)
    while process.poll() is None and not (target.data / "RESTORING").exists():
        pass
    process.kill()
    process.communicate()
    if not (target.data / "RESTORING").exists():  # it was quicker: as if killed at the very end
        manifest = (backup / "MANIFEST").read_text()
        identity = manifest.split('"id":"')[1].split('"')[0]
        (target.data / "RESTORING").write_text(f"{identity} rows\n")
    with pytest.raises(RuntimeError, match="restore into .* has not ended"):
        target.start()
    target.stop()
    done = restore(target, backup)
    assert done.returncode == 0, done.stderr
    target.start()
    client = Client(LATEST, target.url, source.key("alice"))
    try:
        assert_same_files(downloaded(client, tmp_path / "back", "alice/model"), SECOND)
    finally:
        client.close()
