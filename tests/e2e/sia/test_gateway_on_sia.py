"""The gateway as a process of its own: what no cas has any more comes from Sia, once for all who wait for it."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import database
from harness.client import LATEST, Client
from harness.cluster import Cluster, until
from harness.data import MIB, assert_same_files, make_files, noise
from harness.http import Http
from harness.ports import free_port
from harness.sia_hub import downloaded, sia_flags

READERS = 100
RANGE = (9 * MIB + 17, 9 * MIB + 17 + 128 * 1024 - 1)
FILES = {name: noise(f"gateway {name}", 12 * MIB) for name in ("many.bin", "stream.bin")}


@pytest.fixture(scope="module")
def server():
    with database.server() as url:
        yield url


@pytest.fixture(scope="module")
def cluster(network, server, tmp_path_factory):
    """One cas and one gateway; everything is on Sia, and on no disk any more."""
    cluster = Cluster(cas=1, gateways=1, server=server)
    key = cluster.home / "app-key"
    key.write_text(network.description()["app_key"])
    flags = sia_flags(network, key)
    for process in cluster.processes:
        for flag, value in zip(flags[::2], flags[1::2]):
            process.set(flag, value)
    cluster.cas[0].set("--sia-pack-wait", "1s")
    cluster.gateways[0].set("--metrics-listen", f"127.0.0.1:{free_port()}")
    with cluster:
        cluster.add_user("alice")
        client = Client(LATEST, cluster.url, cluster.key("alice"), **cluster.trust)
        client.cli("upload", "alice/cold", make_files(tmp_path_factory.mktemp("up"), FILES))
        client.close()
        until(lambda: cluster.sql("SELECT DISTINCT state FROM xorb_pins") == "pinned", 120)
        assert cluster.cas[0].stop() == 0
        shutil.rmtree(cluster.cas[0].data / "xorbs")
        cluster.cas[0].start()
        assert cluster.sql("SELECT COUNT(*) FROM xorb_bodies") == "0"
        yield cluster
        cluster.stop()


def link(cluster: Cluster, name: str) -> str:
    answer = cluster.at(cluster.cas[0], cluster.key("alice")).get(f"/alice/cold/resolve/main/{name}")
    assert answer.status == 302, answer.body
    return answer.headers["Location"]


def read_range(cluster: Cluster, url: str) -> bytes:
    answer = cluster.at(cluster.gateways[0]).get(
        "/" + url.split("/", 3)[3], headers={"Range": f"bytes={RANGE[0]}-{RANGE[1]}"}
    )
    assert answer.status == 206, answer.body
    return answer.body


def read_from_hosts(network) -> int:
    return sum(host["readBytes"] for host in network.host_list())


def metrics_of(cluster: Cluster) -> Http:
    command = cluster.gateways[0].command
    return Http(f"http://{command[command.index('--metrics-listen') + 1]}")


def fetches(cluster: Cluster) -> int:
    text = metrics_of(cluster).get("/metrics").body.decode()
    return int(re.search(r'^siahub_cache_misses_total\{cache="bodies"\} (\d+)', text, re.M).group(1))


def forget(cluster: Cluster) -> None:
    gateway = cluster.gateways[0]
    assert gateway.stop() == 0
    shutil.rmtree(gateway.data / "cache")
    gateway.start()


def test_many_cold_readers_of_one_range_cost_one_fetch(network, cluster):
    costs = {}
    for readers in (READERS, 1):
        forget(cluster)
        url, before = link(cluster, "many.bin"), read_from_hosts(network)
        with ThreadPoolExecutor(readers) as pool:
            parts = list(pool.map(lambda _, url=url: read_range(cluster, url), range(readers)))
        costs[readers] = read_from_hosts(network) - before
        assert set(parts) == {FILES["many.bin"][RANGE[0] : RANGE[1] + 1]}
        assert fetches(cluster) == 1
    # A host that is late, as all are while a hundred readers wait, is raced.
    assert 0 < costs[READERS] <= 4 * costs[1], costs
    assert costs[1] <= MIB, "little is read for a little range"


def test_a_gateway_serves_whole_files_from_sia_and_says_how_it_is(network, cluster, tmp_path):
    client = Client(LATEST, cluster.url, cluster.key("alice"), **cluster.trust)
    assert_same_files(downloaded(client, "alice/cold", tmp_path / "down"), FILES)
    client.close()
    assert cluster.at(cluster.gateways[0]).get("/" + link(cluster, "stream.bin").split("/", 3)[3]).body == FILES["stream.bin"]
    metrics = metrics_of(cluster)
    ready = metrics.get("/ready")
    assert ready.status == 200 and b'"sia"' in ready.body
    assert b"siahub_sia_ok 1" in metrics.get("/metrics").body
