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
HEAD, STALL = 8, 15
"""Seconds that a process waits for another one of its hub (src/app/peer_client.cpp)."""
PEER_LIMIT = HEAD + STALL + 15
CALLS, CONNECTIONS = 24, 8
"""More at once than the hub has connections to the database; how many of those it opens depends on how quick it is."""


@pytest.fixture
def split(server):
    """One cas reaches PostgreSQL by a wire that can fall silent."""
    cluster = Cluster(server=server.url)
    with Wire(server.port) as wire:
        url = server.by_way_of(wire.port, cluster.database.url)
        cluster.cas[0].set("--database-url", url)
        cluster.cas[0].set("--database-timeout", f"{STATEMENT}s")
        cluster.cas[0].set("--database-connections", CONNECTIONS)
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
    until(lambda: cluster.cas[0].open_files() <= before + CONNECTIONS + 4)


# -- a cas that hangs --------------------------------------------------------------------------


@pytest.fixture
def hanging(server):
    """A cas to pause, a cas that goes on, a gateway that has cached nothing."""
    with Cluster(server=server.url, gateways=1) as cluster:
        cluster.add_user("alice")
        paused, well = cluster.cas
        yield cluster, paused, well
        paused.resume()
        cluster.stop()


def link_of(http, repo: str, name: str) -> str:
    """The path at the gateway to which a plain GET is sent."""
    return "/" + http.get(f"/{repo}/resolve/main/{name}").headers["Location"].split("/", 3)[3]


def upload(http, repo: str, name: str, content: bytes) -> xet.Xorb:
    xet.Uploader(http, repo).upload(content, sha256(content))
    assert http.commit(repo, lfs_file(name, sha256(content), len(content))).status == 200
    return xet.Xorb.of(content)


def node_of(cas) -> str:
    return (cas.data / "node").read_text().strip()


def copy_body(cluster, xorb: xet.Xorb, holder, other) -> None:
    """As if it had been uploaded to both. The first is asked first: it was heard of last."""
    [body] = (holder.data / "xorbs").rglob(xorb.hex)
    target = other.data / body.relative_to(holder.data)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(body.read_bytes())
    columns = "hash, size, stored_at"
    cluster.sql(
        f"INSERT INTO xorb_bodies (node, {columns}) SELECT '{node_of(other)}', {columns} FROM xorb_bodies"
        f" WHERE hash = '\\x{xorb.hash.hex()}'"
    )
    cluster.sql(f"UPDATE nodes SET seen_at = seen_at + 300000 WHERE id = '{node_of(holder)}'")


def test_a_hanging_cas_that_alone_has_the_bytes_is_a_clear_503_for_all_at_once(hanging):
    cluster, paused, well = hanging
    repo, alice = "alice/alone", cluster.at(paused, cluster.key("alice"))
    assert alice.create_repo(repo).status == 200
    content = noise("alone", MIB)
    upload(alice, repo, "a.bin", content)
    link, gateway = link_of(alice, repo, "a.bin"), cluster.at(cluster.gateways[0])
    paused.pause()
    began = time.monotonic()
    with ThreadPoolExecutor(CALLS) as pool:
        answers = list(pool.map(lambda _: gateway.get(link, timeout=60), range(CALLS)))
    assert time.monotonic() - began < PEER_LIMIT, "they waited for it one after the other"
    assert {answer.status for answer in answers} == {503}
    assert "does not answer" in answers[0].json()["error"] and answers[0].headers["Retry-After"]
    paused.resume()
    until(lambda: gateway.get(link).status == 200)
    assert gateway.get(link).body == content


def test_another_node_gives_what_a_hanging_one_does_not(hanging):
    cluster, paused, well = hanging
    repo, alice = "alice/both", cluster.at(paused, cluster.key("alice"))
    assert alice.create_repo(repo).status == 200
    contents = {f"{i}.bin": noise(f"both {i}", MIB) for i in range(4)}
    for name, content in contents.items():
        copy_body(cluster, upload(alice, repo, name, content), paused, well)
    links, gateway = {name: link_of(alice, repo, name) for name in contents}, cluster.at(cluster.gateways[0])
    paused.pause()
    began = time.monotonic()
    for name, content in contents.items():
        answer = gateway.get(links[name], timeout=60)
        assert answer.status == 200 and answer.body == content
    assert time.monotonic() - began < PEER_LIMIT
    assert cluster.gateways[0].log().count('"event":"peer.refused"') == 1, "its silence was waited for more than once"


def test_a_part_for_a_hanging_cas_is_a_clear_503(hanging):
    cluster, paused, well = hanging
    repo, content = "alice/parts", noise("parts", 12 * MIB)
    at_paused, at_well = (cluster.at(cas, cluster.key("alice")) for cas in (paused, well))
    assert at_paused.create_repo(repo).status == 200
    wanted = {"oid": sha256(content), "size": 130 * MIB}
    batch = at_paused.post(
        f"/{repo}.git/info/lfs/objects/batch",
        json={"operation": "upload", "transfers": ["multipart"], "objects": [wanted]},
        headers={"Content-Type": "application/vnd.git-lfs+json"},
    ).json()
    parts = batch["objects"][0]["actions"]["upload"]["header"]
    parts.pop("chunk_size")
    link = "/" + parts[min(parts)].split("/", 3)[3]
    paused.pause()
    began = time.monotonic()
    answer = at_well.as_(None).put(link, body=content, timeout=120)
    assert answer.status == 503 and "does not answer" in answer.json()["error"]
    assert time.monotonic() - began < PEER_LIMIT + 20
    assert at_well.get(f"/api/models/{repo}").status == 200
