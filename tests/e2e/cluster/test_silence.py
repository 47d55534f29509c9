"""Peers that keep their connections and say nothing more: what waits for them ends in bounded time, others notice
nothing, and nothing stays behind."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import xet
from harness.cluster import Cluster, until
from harness.data import MIB, noise, sha256
from harness.http import lfs_file
from harness.relay import Wire

STATEMENT, GRACE, CONNECT = 1, 5, 5
"""Seconds: database.timeout, what the driver adds at most, and what a new connection may take."""
LIMIT = 2 * (STATEMENT + GRACE + CONNECT) + 15
"""Both tries of a read, on a machine that has other things to do."""
CALLS = 24
"""More than the hub has connections to the database."""


@pytest.fixture
def split(server):
    """One cas reaches PostgreSQL by a wire that can fall silent."""
    cluster = Cluster(server=server.url)
    with Wire(server.port) as wire:
        url = server.by_way_of(wire.port, cluster.database.url)
        cluster.cas[0].set("--database-url", url)
        cluster.cas[0].set("--database-timeout", f"{STATEMENT}s")
        with cluster:
            cluster.add_user("alice")
            yield cluster, wire
            cluster.stop()


def test_a_database_that_falls_silent_costs_bounded_time_and_nothing_after(split):
    cluster, wire = split
    repo, (cut_off, well) = "alice/silent", (cluster.at(cas, cluster.key("alice")) for cas in cluster.cas)
    assert well.create_repo(repo).status == 200
    content = noise("silent", MIB)
    xet.Uploader(well, repo).upload(content, sha256(content))
    assert well.commit(repo, lfs_file("a.bin", sha256(content), len(content))).status == 200
    path = f"/api/models/{repo}/tree/main"

    def ask(http, timeout=60):
        return http.get(path, timeout=timeout)

    with ThreadPoolExecutor(CALLS) as pool:
        assert {answer.status for answer in pool.map(ask, [cut_off] * CALLS)} == {200}
        before = cluster.cas[0].open_files()
        wire.fall_silent()
        began = time.monotonic()
        answers = [pool.submit(ask, cut_off) for _ in range(CALLS)]
        assert ask(well).status == 200, "the other node suffers"
        assert {answer.result().status for answer in answers} <= {200, 503}
        assert ask(cut_off).status == 503
        assert time.monotonic() - began < LIMIT
        wire.recover()
        until(lambda: ask(cut_off).status == 200)
        assert {answer.status for answer in pool.map(ask, [cut_off] * CALLS)} == {200}
    until(lambda: cluster.cas[0].open_files() <= before + 4)
