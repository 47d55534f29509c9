"""A hub whose bytes live on Sia: stock clients upload, everything local is wiped, stock clients download."""

from __future__ import annotations

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import database
from harness.client import LATEST, Client
from harness.data import MIB, assert_same_files, make_files, noise, sha256, weights
from harness.hub import BINARY, Hub
from harness.openapi import check
from harness.sia import SiaNetwork, our_client
from harness.sia_hub import PATIENCE, admin, downloaded, restart_wiped, sia_hub, wait_until_pinned, wipe

@pytest.fixture(scope="module")
def hub(network):
    hub = sia_hub(network)
    try:
        yield hub
        assert hub.alive, hub.log_tail()
        assert hub.stop() == 0, hub.log_tail()
    finally:
        hub.close()


@pytest.fixture
def client(hub):
    client = Client(LATEST, hub.url, hub.key("alice", "write"))
    yield client
    client.close()


def several(salt: str) -> dict[str, bytes]:
    return {
        "config.json": b'{"a": 1}',
        "weights/model.safetensors": weights("w" + salt, 9 * MIB),
        "weights/noise.bin": noise("n" + salt, 30 * MIB),
    }


def test_wiped_hub_serves_everything_from_hosts(hub, client, tmp_path):
    files = several("all")
    client.cli("upload", "alice/on-sia", make_files(tmp_path / "up", files))
    wait_until_pinned(hub)
    restart_wiped(hub)
    assert_same_files(downloaded(client, "alice/on-sia", tmp_path / "down"), files)
    assert hub.bodies() == {}, "what comes from Sia is kept in the cache, not among the bodies"
    # By range, as curl does: the answer leads to the gateway.
    http = hub.http(hub.key("alice", "write"))
    expected = files["weights/noise.bin"]
    restart_wiped(hub)
    for first, last in ((0, 0), (5 * MIB - 7, 5 * MIB + 100_000), (len(expected) - 10, len(expected) - 1)):
        url = hub.http(hub.key("alice", "write")).get("/alice/on-sia/resolve/main/weights/noise.bin").headers["Location"]
        part = http.request("GET", url, headers={"Range": f"bytes={first}-{last}"})
        assert part.status == 206
        assert part.body == expected[first : last + 1]


def test_admin_shows_state_hosts_and_shares_to_admins_alone(hub, client, tmp_path):
    client.cli("upload", "alice/shown", make_files(tmp_path / "up", {"model.bin": noise("shown", 3 * MIB)}))
    wait_until_pinned(hub)
    head = hub.http(hub.key("alice", "write")).request("HEAD", "/alice/shown/resolve/main/model.bin")
    held = admin(hub, f"/files/{head.headers['X-Xet-Hash']}")
    assert held["pinned"]
    assert len(held["hosts"]) == 14
    assert admin(hub, f"/files/{sha256(noise('shown', 3 * MIB))}")["xorbs"] == held["xorbs"]
    object_view = admin(hub, f"/xorbs/{held['xorbs'][0]['xorb']}")
    assert object_view["state"] == "pinned"
    assert {len(slab["sectors"]) for slab in object_view["slabs"]} == {14}
    assert {host["key"] for host in admin(hub, "/hosts")["hosts"]} >= {host["host"] for host in held["hosts"]}
    assert admin(hub)["pinning"]["pinned_bytes"] > 0
    for key, status in ((None, 401), (hub.key("alice", "write"), 403), (hub.key("bob", "read"), 403)):
        assert hub.http(key).get("/admin/sia").status == status


def test_uploads_wait_for_an_indexd_that_is_away(network, hub, client, tmp_path):
    network.indexd_order("stop")
    files = {"model.bin": noise("away", 3 * MIB)}
    client.cli("upload", "alice/away", make_files(tmp_path / "up", files))
    assert_same_files(downloaded(client, "alice/away", tmp_path / "down"), files)
    network.indexd_order("start")
    wait_until_pinned(hub)
    restart_wiped(hub)
    assert_same_files(downloaded(client, "alice/away", tmp_path / "again"), files)


def test_a_killed_worker_goes_on_and_pins_nothing_twice(network, hub, client, tmp_path):
    files = {f"part-{i}.bin": noise(f"killed {i}", 12 * MIB) for i in range(3)}
    client.cli("upload", "alice/killed", make_files(tmp_path / "up", files))
    for pause in (0.3, 0.8, 1.5, 2.5):
        time.sleep(pause)
        hub.kill()
        hub.start()
    wait_until_pinned(hub)
    restart_wiped(hub)
    assert_same_files(downloaded(client, "alice/killed", tmp_path / "down"), files)


def test_ack_on_sia_holds_the_answer_until_everything_is_there(network, tmp_path):
    hub = sia_hub(network, "--sia-ack", "sia")
    try:
        client = Client(LATEST, hub.url, hub.key("alice", "write"))
        files = {"model.bin": noise("ack", 5 * MIB)}
        client.cli("upload", "alice/acked", make_files(tmp_path / "up", files))
        # Nothing to wait for any more: as if the machine had burned right after the upload.
        assert set(admin(hub, "/queue")["states"]) == {"pinned"}
        hub.kill()
        wipe(hub)
        hub.start()
        assert_same_files(downloaded(client, "alice/acked", tmp_path / "down"), files)
        client.close()
    finally:
        hub.close()


def run_admin(hub: Hub, *words: str) -> subprocess.CompletedProcess:
    command = [BINARY, "admin", *words, "--data", hub.data, *hub.serve_args]
    return subprocess.run(
        command, env=hub.database.environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def doctor(hub: Hub) -> dict[str, str]:
    found = json.loads(run_admin(hub, "doctor", "--json").stdout)["findings"]
    return {finding["check"]: finding["verdict"] for finding in found if finding["check"].startswith("sia.")}


def test_the_doctor_looks_at_sia(network, hub, client, tmp_path):
    client.cli("upload", "alice/seen", make_files(tmp_path / "up", {"model.bin": noise("seen", MIB)}))
    wait_until_pinned(hub)
    hub.admin("snapshot", *hub.serve_args)
    seen = doctor(hub)
    for check in ("sia.indexd", "sia.quota", "sia.queue", "sia.snapshot"):
        assert seen[check] == "ok", seen
    assert seen["sia.hosts"] in ("ok", "warning"), "15 hosts are few for 14 shards"
    network.indexd_order("stop")
    assert doctor(hub)["sia.indexd"] == "error"
    network.indexd_order("start")


def test_fsck_brings_lost_bodies_back_and_names_the_others(network, tmp_path):
    with SiaNetwork() as own:
        hub = sia_hub(own)
        try:
            client = Client(LATEST, hub.url, hub.key("alice", "write"))
            kept, gone = {"kept.bin": noise("kept", MIB)}, {"deep/gone.bin": noise("gone", MIB)}
            client.cli("upload", "alice/gone", make_files(tmp_path / "gone", gone))
            wait_until_pinned(hub)
            restart_wiped(hub)
            client.cli("upload", "alice/kept", make_files(tmp_path / "kept", kept))
            wait_until_pinned(hub)
            client.cli("upload", "alice/third", make_files(tmp_path / "third", {"third.bin": noise("third", MIB)}))
            wait_until_pinned(hub)
            time.sleep(2)  # indexd tells of changes a second later
            checked = run_admin(hub, "fsck")
            assert checked.returncode == 0 and "3 bodies should be on Sia; 0 are not" in checked.stdout
            # What has just been pinned counts only when it is two minutes old.
            hub.stop()
            age_pins(hub)
            objects = our_client(own, own.description()["app_key"])
            for repo, name in (("alice/kept", "kept.bin"), ("alice/gone", "deep/gone.bin")):
                objects("rm", pinned_object(hub, repo, name))
            time.sleep(2)
            checked = run_admin(hub, "fsck")
            assert checked.returncode != 0
            assert "3 bodies should be on Sia; 2 are not" in checked.stdout
            assert "model alice/gone deep/gone.bin" in checked.stderr and "kept.bin" not in checked.stderr
            assert "1 of these go there again" in run_admin(hub, "fsck", "--mend").stdout
            hub.start()
            wait_until_pinned(hub)
            restart_wiped(hub)
            assert_same_files(downloaded(client, "alice/kept", tmp_path / "down"), kept)
            # A client that remembers that the hub had it is told what to do.
            refused = client.cli("upload", "alice/again", tmp_path / "gone", ok=False)
            assert refused.code != 0 and "this hub has lost it" in refused.text and "HF_XET_CACHE" in refused.text
            client.close()
            # One that does not remember.
            client = Client(LATEST, hub.url, hub.key("alice", "write"))
            client.cli("upload", "alice/gone", make_files(tmp_path / "again", gone))
            wait_until_pinned(hub)
            restart_wiped(hub)
            assert_same_files(downloaded(client, "alice/gone", tmp_path / "back"), gone)
            client.close()
        finally:
            hub.close()


def pinned_object(hub: Hub, repo: str, name: str) -> str:
    """The object on Sia with the only body of a file, from the rows of a stopped hub."""
    kind, encode = ("postgres", "encode(p.object, 'hex')") if database.SERVER else ("sqlite", "lower(hex(p.object))")
    rows = hub.database.rows(
        f"SELECT {encode} FROM xorb_pins p JOIN reconstruction_terms t ON t.xorb_hash = p.hash "
        "JOIN reconstruction_files f ON f.file_hash = t.file_hash JOIN repos r ON r.id = f.repo_id "
        f"WHERE r.full_key = '{repo}'"
    )
    assert len({row[0] for row in rows}) == 1, (kind, name, rows)
    return rows[0][0]


def age_pins(hub: Hub) -> None:
    hub.database.change("UPDATE xorb_pins SET since = since - 600000")


def test_a_backup_of_a_hub_with_evicted_bodies(hub, client, tmp_path):
    files = {"model.bin": noise("evicted", 3 * MIB)}
    client.cli("upload", "alice/evicted", make_files(tmp_path / "up", files))
    wait_until_pinned(hub)
    restart_wiped(hub)
    hub.admin("backup", "--to", str(tmp_path / "backup"))
    restored = Hub()
    try:
        copied = subprocess.run(
            [BINARY, "admin", "restore", "--from", tmp_path / "backup", "--data", restored.data],
            env=restored.database.environment(), capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert copied.returncode == 0, copied.stderr
        restored.serve_args = hub.serve_args
        restored.start()
        reader = Client(LATEST, restored.url, hub.key("alice", "write"))
        assert_same_files(downloaded(reader, "alice/evicted", tmp_path / "down"), files)
        reader.close()
    finally:
        restored.close()


def test_a_drain_answers_who_waits_for_sia(network, tmp_path):
    hub = sia_hub(network, "--sia-ack", "sia", "--drain", "5s")
    try:
        client = Client(LATEST, hub.url, hub.key("alice", "write"))
        client.api("create_repo", "alice/drained")
        network.indexd_order("stop")
        files = {"model.bin": noise("drained", MIB)}
        with ThreadPoolExecutor() as pool:
            folder = make_files(tmp_path / "up", files)
            upload = pool.submit(client.cli, "upload", "alice/drained", folder, ".")
            deadline = time.monotonic() + PATIENCE
            while not hub.bodies():
                assert time.monotonic() < deadline
                time.sleep(0.05)
            time.sleep(1)
            began = time.monotonic()
            assert hub.stop() == 0, hub.log_tail()
            assert time.monotonic() - began < 20
            network.indexd_order("start")
            hub.start()
            # The client repeats what was not acknowledged; what it says in the end is true.
            try:
                upload.result(timeout=PATIENCE)
            except Exception:  # noqa: BLE001 - it may give up as well
                client.cli("upload", "alice/drained", folder, ".")
        wait_until_pinned(hub)
        assert_same_files(downloaded(client, "alice/drained", tmp_path / "down"), files)
        client.close()
    finally:
        hub.close()


def test_refuses_what_indexd_would_refuse(network):
    hub = Hub()
    try:
        hub.serve_args = (
            *("--sia-indexd", "http://127.0.0.1:1", "--sia-app-key", "00" * 32),
            *("--sia-data-shards", "4", "--sia-total-shards", "5"),
        )
        with pytest.raises(RuntimeError, match="1.5"):
            hub.start()
    finally:
        hub.close()


def test_what_the_console_shows_is_as_described(hub, client, tmp_path):
    client.cli("upload", "alice/shown", make_files(tmp_path / "up", {"w.bin": noise("shown", 5 * MIB)}))
    wait_until_pinned(hub)
    http = hub.http(hub.key("alice", "admin"))

    def get(path: str, status: int = 200) -> dict:
        answer = http.get(path)
        assert answer.status == status, (path, answer.body)
        check("GET", path, answer)
        return answer.json()

    file = get("/api/models/alice/shown/storage/w.bin")
    assert file["state"] == "pinned" and file["slabs"] and len(file["hosts"]) >= 14
    assert abs(sum(host["share"] for host in file["hosts"]) - 1) < 0.001
    assert all(xorb["siaObject"] and xorb["slabs"] >= 1 for xorb in file["xorbs"])
    sums = get("/api/models/alice/shown/storage")["summary"]
    assert sums["pinned"] >= 5 * MIB and sums["local"] < MIB
    deadline = time.monotonic() + PATIENCE
    while "alice/shown" not in [repo["id"] for repo in get("/api/models?durability=pinned")]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "alice/shown" not in [repo["id"] for repo in get("/api/models?durability=local")]
    assert get("/api/stats")["hosts"] >= 14
    assert get("/admin/status")["sia"]["state"]
    assert get("/admin/assets?state=pinned")["total"] >= 1
    xorb = file["xorbs"][0]["hash"]
    for path in ("", "/queue", "/hosts", f"/xorbs/{xorb}", f"/files/{file['fileHash']}"):
        get(f"/admin/sia{path}")
    assert any(host["storage_price"] for host in get("/admin/sia/hosts")["hosts"])
    for path in ("/wallet", "/contracts", f"/xorbs/{'0' * 64}"):
        get(f"/admin/sia{path}", 404)
    for wanted, status in ((xorb, 409), ("0" * 64, 404)):
        path = f"/admin/sia/queue/{wanted}/retry"
        answer = http.request("POST", path)
        assert answer.status == status
        check("POST", path, answer)
