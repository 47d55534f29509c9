"""A hub whose bytes live on Sia: stock clients upload, everything local is wiped, stock clients download."""

from __future__ import annotations

import time

import pytest
from harness.client import LATEST, Client
from harness.data import MIB, assert_same_files, make_files, noise, weights
from harness.hub import Hub
from harness.sia_hub import admin, downloaded, restart_wiped, sia_hub, wait_until_pinned, wipe

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
