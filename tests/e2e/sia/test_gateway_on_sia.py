"""The gateway as a process of its own: what no cas has any more comes from Sia, once for all who wait for it."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import database
from harness.client import LATEST, Client
from harness.cluster import Cluster
from harness.data import MIB, assert_same_files, noise
from harness.sia_cluster import cold_cluster, fetches, link, metrics_of, read_from_hosts, read_range
from harness.sia_hub import downloaded

READERS = 100
RANGE = (9 * MIB + 17, 9 * MIB + 17 + 128 * 1024 - 1)
FILES = {name: noise(f"gateway {name}", 12 * MIB) for name in ("many.bin", "stream.bin")}


@pytest.fixture(scope="module")
def cluster(network, tmp_path_factory):
    with database.server() as server, cold_cluster(network, server, [FILES], tmp_path_factory.mktemp("up")) as cluster:
        yield cluster


def the_range(cluster: Cluster, path: str) -> bytes:
    answer = read_range(cluster, path, *RANGE)
    assert answer.status == 206, answer.body
    return answer.body


def forget(cluster: Cluster) -> None:
    gateway = cluster.gateways[0]
    assert gateway.stop() == 0
    shutil.rmtree(gateway.data / "cache")
    gateway.start()


def test_many_cold_readers_of_one_range_cost_one_fetch(network, cluster):
    costs = {}
    for readers in (READERS, 1):
        forget(cluster)
        path, before = link(cluster, "many.bin"), read_from_hosts(network)
        with ThreadPoolExecutor(readers) as pool:
            parts = list(pool.map(lambda _, path=path: the_range(cluster, path), range(readers)))
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
    assert cluster.at(cluster.gateways[0]).get(link(cluster, "stream.bin")).body == FILES["stream.bin"]
    metrics = metrics_of(cluster)
    ready = metrics.get("/ready")
    assert ready.status == 200 and b'"sia"' in ready.body
    assert b"siahub_sia_ok 1" in metrics.get("/metrics").body
