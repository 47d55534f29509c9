"""What the hub counts: downloads as people mean them, and bytes by repository and user."""

import time

import pytest
from harness.client import LATEST, OLDER
from harness.data import MIB, make_files, noise
from harness.hub import Hub, populate

FLUSH_SECONDS = 5


@pytest.fixture
def downloads(alice):
    """downloads(repo, at_least) waits for the counter to be written down, and answers it."""

    def get(repo: str, at_least: int) -> int:
        deadline = time.monotonic() + 4 * FLUSH_SECONDS
        while (seen := alice.get(f"/api/models/{repo}").json()["downloads"]) < at_least:
            assert time.monotonic() < deadline, seen
            time.sleep(0.2)
        return seen

    return get


@pytest.fixture
def shared(fresh, model, tmp_path) -> str:
    files = {f"{i}.bin": noise(f"usage {i}", MIB) for i in range(3)} | {"config.json": b"{}", "a.txt": b"a"}
    fresh().api("upload_folder", repo_id=model, folder_path=make_files(tmp_path / "up", files))
    return model


def log_of(hub: Hub, event: str, repo_id: str) -> list[tuple[str, int]]:
    """(user, bytes) of the usage log, read beside the running hub."""
    rows = hub.database.rows(f"""SELECT coalesce(u.name, ''), l.bytes FROM usage_log l JOIN repos r ON r.id = l.repo_id
        LEFT JOIN users u ON u.id = l.user_id
        WHERE l.event = '{event}' AND r.namespace || '/' || r.name = '{repo_id}' ORDER BY l.id""")
    return [(user, int(count)) for user, count in rows]


@pytest.mark.parametrize("version", [LATEST, OLDER])
@pytest.mark.parametrize("by_xet", [True, False])
def test_a_snapshot_of_many_files_is_one_download(fresh, hub, shared, downloads, version, by_xet, tmp_path):
    before = downloads(shared, 0)
    client = fresh(version, user="bob", xet=by_xet)
    client.api("snapshot_download", shared, local_dir=tmp_path / "1")
    assert downloads(shared, before + 1) == before + 1
    client.api("snapshot_download", shared, local_dir=tmp_path / "2")
    fresh(version, user="carol", xet=by_xet).api("snapshot_download", shared, local_dir=tmp_path / "3")
    assert downloads(shared, before + 2) == before + 2
    time.sleep(FLUSH_SECONDS + 1)
    assert downloads(shared, 0) == before + 2
    sent = {user: sum(b for u, b in log_of(hub, "download", shared) if u == user) for user in ("bob", "carol")}
    assert 3 * MIB < sent["carol"] < 3.1 * MIB, sent
    assert 6 * MIB < sent["bob"] < 6.1 * MIB, sent


def test_lists_order_by_downloads(hub, alice, downloads):
    for name in ("much", "little"):
        assert alice.create_repo(f"alice/{name}-used").status == 200
    for user in ("alice", "bob", "carol"):
        assert hub.http(hub.key(user)).head("/alice/much-used/resolve/main/.gitattributes").status == 200
    assert hub.http().get("/alice/little-used/resolve/main/.gitattributes").status == 200
    downloads("alice/much-used", 3), downloads("alice/little-used", 1)
    for order in ("downloads", "trendingScore"):
        listed = alice.get(f"/api/models?sort={order}&direction=-1&search=-used").json()
        assert [m["id"] for m in listed] == ["alice/much-used", "alice/little-used"]


def test_what_is_refused_or_missing_is_no_download(hub, alice, model, downloads):
    bob, nobody = hub.http(hub.key("bob")), hub.http()
    assert bob.head(f"/{model}/resolve/main/nothing").status == 404
    assert bob.get(f"/api/models/{model}").status == 200
    assert alice.put(f"/api/models/{model}/settings", json={"private": True}).status == 200
    assert bob.head(f"/{model}/resolve/main/.gitattributes").status == 404
    assert nobody.head(f"/{model}/resolve/main/.gitattributes").status == 401
    assert alice.head(f"/{model}/resolve/main/.gitattributes").status == 200
    assert downloads(model, 1) == 1


def test_uploads_and_changes_are_logged(fresh, hub, alice, model):
    fresh(LATEST).api("upload_file", repo_id=model, path_or_fileobj=noise("in xet", 2 * MIB), path_in_repo="a.bin")
    fresh(LATEST, xet=False).api("upload_file", repo_id=model, path_or_fileobj=noise("in lfs", MIB), path_in_repo="b.bin")
    deadline, lines = time.monotonic() + 4 * FLUSH_SECONDS, []
    while sum(size for _, size in lines) < 3 * MIB and time.monotonic() < deadline:
        time.sleep(0.2)
        lines = log_of(hub, "upload", model)
    assert {user for user, _ in lines} == {"alice"}
    assert 3 * MIB <= sum(size for _, size in lines) < 3.1 * MIB
    assert [user for user, _ in log_of(hub, "create", model)] == ["alice"]
    assert [user for user, _ in log_of(hub, "commit", model)] == ["alice", "alice"]


def test_a_calm_stop_loses_no_count():
    with Hub() as hub:
        populate(hub)
        alice = hub.http(hub.key("alice"))
        assert alice.create_repo("alice/counted").status == 200
        for user in ("alice", "bob", "carol"):
            assert hub.http(hub.key(user)).head("/alice/counted/resolve/main/.gitattributes").status == 200
        assert hub.stop() == 0
        hub.start()
        assert alice.get("/api/models/alice/counted").json()["downloads"] == 3
