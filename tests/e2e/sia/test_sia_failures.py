"""Hosts and an indexd that are away, slow, poor or lie: files come back whole, or a sentence says why not."""

from __future__ import annotations

import pytest

from harness.sia import SiaNetwork

SLAB = 16 << 20


def possible(*faults: dict) -> list[dict]:
    """Without the lies that the hosts of this network cannot be told to tell."""
    known = {"wrong_bytes", "wrong_proof", "short_data", "wrong_root"}
    return [fault for fault in faults if fault["kind"] not in known - SiaNetwork.lies]


@pytest.fixture(scope="module")
def stored(ours, tmp_path_factory):
    """(id, content, where its shards are) of a file of two slabs."""
    file = tmp_path_factory.mktemp("stored") / "file"
    file.write_bytes(bytes(range(256)) * (SLAB // 256) + b"and a little more")
    return ours.put(file), file.read_bytes()


def holders(network) -> list[int]:
    """The hosts that hold a shard of every slab."""
    numbers = {host["publicKey"]: host["index"] for host in network.host_list()}
    slabs = [{numbers[sector["hostKey"]] for sector in slab["sectors"]} for slab in network.slabs()]
    return sorted(set.intersection(*slabs))


def test_any_four_hosts_suffice(network, ours, theirs, stored, tmp_path):
    id, content = stored
    down = holders(network)[:10]
    for index in down:
        network.stop_host(index)
    assert ours.get(id, tmp_path / "back") == content
    assert theirs.get(id, tmp_path / "back") == content


def test_three_hosts_do_not(network, ours, stored, tmp_path):
    id, _ = stored
    for index in range(12):
        network.stop_host(index)
    answer = ours.attempt("get", id, tmp_path / "back")
    assert answer.returncode == 1
    assert "of the 4 shards that are needed" in answer.stderr
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize(
    "fault",
    possible(
        {"kind": "wrong_bytes", "rpc": "read"},
        {"kind": "wrong_proof", "rpc": "read"},
        {"kind": "short_data", "rpc": "read"},
        {"kind": "reset", "rpc": "read", "after_bytes": 100_000},
        {"kind": "refuse"},
        {"kind": "wrong_root", "rpc": "settings"},
        {"kind": "error", "rpc": "read", "text": "sector not found"},
        {"kind": "error", "rpc": "read", "text": "not enough funds"},
        {"kind": "error", "rpc": "read", "text": "prices expired", "times": 2},
        {"kind": "stall", "rpc": "read"},
        {"kind": "freeze", "rpc": "read"},
        {"kind": "slow", "rpc": "read", "delay_ms": 3000},
    ),
    ids=lambda fault: fault["kind"] + fault.get("text", "").replace(" ", "_"),
)
def test_reading_goes_round_bad_hosts(network, ours, stored, tmp_path, fault):
    id, content = stored
    for index in holders(network)[:8]:
        network.fault(index, **fault)
    assert ours.get(id, tmp_path / "back") == content


@pytest.mark.parametrize(
    "fault",
    possible(
        {"kind": "wrong_root", "rpc": "write"},
        {"kind": "error", "rpc": "write", "text": "not enough storage"},
        {"kind": "error", "rpc": "write", "text": "not enough funds"},
        {"kind": "reset", "rpc": "write"},
        {"kind": "refuse"},
        {"kind": "stall", "rpc": "write"},
    ),
    ids=lambda fault: fault["kind"] + fault.get("text", "").replace(" ", "_"),
)
def test_writing_goes_round_a_bad_host(network, ours, theirs, file_of, tmp_path, fault):
    network.fault(5, **fault)  # one of fifteen; fourteen are needed
    source = file_of(1_000_000)
    id = ours.put(source)
    network.stop_host(5)
    assert theirs.get(id, tmp_path / "back") == source.read_bytes()


def test_a_repair_moves_shards(network, ours, stored, tmp_path):
    id, content = stored
    slab = next(slab for slab in network.slabs() if len(slab["sectors"]) == 14)
    used = {sector["hostKey"] for sector in slab["sectors"]}
    free = next(host["index"] for host in network.host_list() if host["publicKey"] not in used)
    network.repair(slab["sectors"][0]["root"], free)
    # Nine of the rest are off: with the one that has moved just enough are left.
    stopped = [host["index"] for host in network.host_list() if host["publicKey"] in used][1:10]
    for index in stopped:
        network.stop_host(index)
    assert ours.get(id, tmp_path / "back") == content


def test_indexd_comes_back(network, ours, stored, file_of, tmp_path):
    id, content = stored
    network.indexd_order("stop")
    answer = ours.attempt("get", id, tmp_path / "back")
    assert (answer.returncode, "does not answer" in answer.stderr) == (1, True)
    network.indexd_order("start")
    assert ours.get(id, tmp_path / "back") == content


def test_an_answer_of_indexd_that_is_lost_costs_nothing(network, ours, file_of, tmp_path):
    network.indexd_fault("/slabs", status=502, after=True, times=1)
    source = file_of(1000)
    assert ours.get(ours.put(source), tmp_path / "back") == source.read_bytes()


def test_a_full_quota_is_named(network, ours, file_of):
    about = network.description()
    network.indexd_order("limit", account=about["account"], maxPinnedData=1)
    answer = ours.attempt("put", file_of(1000), "--redundancy", "4-of-14")
    network.indexd_order("limit", account=about["account"], maxPinnedData=10**12)
    assert answer.returncode == 1
    assert "storage limit exceeded" in answer.stderr
    assert "Raise the quota" in answer.stderr
