"""The redundancy that a hub has by itself, and the one whose slabs are as large as xorbs: any `data` of `total` hosts
suffice."""

from __future__ import annotations

import pytest
from harness.client import LATEST, Client
from harness.data import MIB, assert_same_files, make_files, noise
from harness.sia import SiaNetwork
from harness.sia_hub import admin, downloaded, restart_wiped, sia_hub, wait_until_pinned

HOSTS = 35
XORB = 64 * MIB


@pytest.fixture(scope="module")
def network():
    with SiaNetwork(hosts=HOSTS) as network:
        yield network


@pytest.mark.parametrize(
    "given, data, total, size",
    [(None, 10, 30, 3 * MIB), ((16, 35), 16, 35, XORB + 3 * MIB)],
    ids=["default", "one_slab_one_xorb"],
)
def test_any_data_shards_of_all_suffice(network, tmp_path, given, data, total, size):
    hub = sia_hub(network, redundancy=given)
    client = Client(LATEST, hub.url, hub.key("alice"))
    try:
        files = {"weights.bin": noise(f"{data}", size)}
        client.cli("upload", "alice/redundant", make_files(tmp_path / "up", files))
        wait_until_pinned(hub)
        head = hub.http(hub.key("alice")).request("HEAD", "/alice/redundant/resolve/main/weights.bin")
        held = admin(hub, f"/files/{head.headers['X-Xet-Hash']}")
        slabs = [slab for xorb in held["xorbs"] for slab in admin(hub, f"/xorbs/{xorb['xorb']}")["slabs"]]
        assert {len(slab["sectors"]) for slab in slabs} == {total}
        assert len({slab["id"] for slab in slabs}) == -(-size // (data * 4 * MIB))
        restart_wiped(hub)
        holders = {sector["host"] for slab in slabs for sector in slab["sectors"]}
        numbers = [host["index"] for host in network.host_list() if host["publicKey"] in holders]
        for index in numbers[: total - data]:
            network.stop_host(index)
        assert_same_files(downloaded(client, "alice/redundant", tmp_path / "down"), files)
    finally:
        client.close()
        hub.close()
