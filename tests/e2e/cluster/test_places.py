"""Hosts that are not alike: one whose clock is wrong by a minute, one whose disk is full."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from harness import xet
from harness.client import LATEST, OLDEST
from harness.cluster import Cluster, Process, until
from harness.data import MIB, noise, sha256, weights
from harness.http import file, lfs_file


def start(cluster: Cluster) -> Cluster:
    cluster.__enter__()
    cluster.add_user("alice")
    return cluster


def upload(cluster: Cluster, cas: Process, repo: str, path: str, content: bytes) -> None:
    alice = cluster.at(cas, cluster.key("alice"))
    xet.Uploader(alice, repo).upload(content, sha256(content))
    assert alice.commit(repo, lfs_file(path, sha256(content), len(content))).status == 200


# -- clocks ----------------------------------------------------------------------------------


@pytest.fixture(params=["+60s", "-60s"])
def skewed(request):
    """One cas whose clock is a minute away from everybody else's; timers are not."""
    cluster = Cluster()
    # Not the command `faketime`: it stays between and swallows signals.
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    fake = {"LD_PRELOAD": library, "FAKETIME": request.param, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    cluster.cas[1].prefix = ["env", *(f"{name}={value}" for name, value in fake.items())]
    try:
        yield start(cluster)
        cluster.stop()
    finally:
        cluster.close()


def test_clocks_may_differ_by_a_minute(skewed, stock, tmp_path):
    """Keys, Xet tokens, signed links and the tokens of processes made by one are good at the other, both ways."""
    repo, (right, wrong) = "alice/skew", skewed.cas
    alice, odd = (skewed.at(cas, skewed.key("alice")) for cas in (right, wrong))
    assert alice.create_repo(repo).status == 200
    seconds = [until(lambda: skewed.sql(f"SELECT seen_at / 1000 FROM nodes WHERE url = '{cas.url}'")) for cas in skewed.cas]
    assert 50 < abs(int(seconds[0]) - int(seconds[1])) < 90, "the clock is not wrong"
    contents = {f"{i}.bin": noise(f"skew {i}", 3 * MIB) for i in range(4)}
    for turn, (path, content) in enumerate(contents.items()):
        maker, taker = (alice, odd) if turn % 2 else (odd, alice)
        token = xet.Uploader(maker, repo).cas.token  # of one clock
        uploader = xet.Uploader(taker, repo)  # used by the other
        uploader._token = token
        uploader.upload(content, sha256(content))
        assert taker.commit(repo, lfs_file(path, sha256(content), len(content))).status == 200
        assert maker.commit(repo, file(f"{turn}.txt", b"%d" % turn)).status == 200
    for maker in (alice, odd):
        for path, content in contents.items():
            link = maker.get(f"/{repo}/resolve/main/{path}").headers["Location"]
            for gateway in skewed.gateways:
                assert skewed.at(gateway).get(link.removeprefix(skewed.data_url)).body == content
    client = stock(skewed, LATEST)
    client.api("upload_file", repo_id=repo, path_or_fileobj=noise("stock skew", 5 * MIB), path_in_repo="stock.bin")
    back = stock(skewed, OLDEST).api("snapshot_download", repo, local_dir=tmp_path)
    assert (Path(back) / "stock.bin").read_bytes() == noise("stock skew", 5 * MIB)


# -- disks -----------------------------------------------------------------------------------

ROOM = 48 * MIB


def on_small_disk(process: Process, size: int) -> None:
    """Its data directory becomes a file system of its own, in a mount namespace of its own: no root needed."""
    mount = 'mkdir -p "$0" && mount -t tmpfs -o "size=$1" none "$0" && shift && exec "$@"'
    process.prefix = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(process.data), str(size)]


def inside(process: Process) -> Path:
    """The data directory as the process sees it."""
    return Path(f"/proc/{process.process.pid}/root{process.data}")


@pytest.fixture(scope="module")
def cramped():
    cluster = Cluster()
    on_small_disk(cluster.cas[0], ROOM)
    on_small_disk(cluster.gateways[0], ROOM)
    try:
        yield start(cluster)
        cluster.stop()
    finally:
        cluster.close()


def fill(folder: Path) -> Path:
    """Takes all the space that is left."""
    ballast = folder / "ballast"
    with open(ballast, "wb") as out:
        try:
            while True:
                out.write(bytes(MIB))
                out.flush()
        except OSError:
            return ballast


def is_told(answer) -> None:
    assert answer.status in (503, 507), (answer.status, answer.body)
    assert "disk is full" in answer.error
    assert int(answer.headers["Retry-After"]) > 0


def test_a_full_disk_is_said_clearly_and_leaves_nothing_half_done(cramped):
    repo, cas = "alice/full", cramped.cas[0]
    alice = cramped.at(cas, cramped.key("alice"))
    assert alice.create_repo(repo).status == 200
    before = noise("before", 4 * MIB)
    upload(cramped, cas, repo, "before.bin", before)
    data = inside(cas)
    ballast = fill(data)
    xorb = xet.Xorb.of(noise("no room", 6 * MIB))
    content = noise("no room either", 6 * MIB)
    batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": sha256(content), "size": len(content)}]}
    (found,) = alice.post(f"/{repo}.git/info/lfs/objects/batch", json=batch).json()["objects"]
    put = cramped.at(cas).url + "/" + found["actions"]["upload"]["href"].split("/", 3)[3]
    for _ in range(3):
        is_told(xet.Uploader(alice, repo).xorb(xorb))
        is_told(alice.as_(None).put(put, body=content))
    assert not [p for p in (data / "tmp").rglob("*") if p.is_file()], "half an upload stayed"
    assert xorb.hex not in {p.name for p in (data / "xorbs").rglob("*")}
    # What needs no room goes on.
    assert alice.commit(repo, file("small.txt", b"small")).status == 200
    assert alice.get(f"/api/models/{repo}/tree/main").status == 200
    ballast.unlink()
    assert xet.Uploader(alice, repo).xorb(xorb).status == 200
    assert alice.as_(None).put(put, body=content).status == 200
    assert alice.commit(repo, lfs_file("after.bin", sha256(content), len(content))).status == 200
    for path, bytes_ in (("before.bin", before), ("after.bin", content)):
        assert alice.follow(f"/{repo}/resolve/main/{path}").body == bytes_


@pytest.mark.parametrize(("version", "by_xet"), [(LATEST, True), (OLDEST, False)])
def test_a_client_gets_past_a_full_disk_once_there_is_room(cramped, stock, tmp_path, version, by_xet):
    repo, data = f"alice/past-{by_xet}".lower(), inside(cramped.cas[0])
    content = weights(f"past {version}", 12 * MIB)
    client = stock(cramped, version, xet=by_xet)
    client.api("create_repo", repo)
    ballast = fill(data)
    send = {"repo_id": repo, "path_or_fileobj": content, "path_in_repo": "a.bin"}
    try:
        client.api("upload_file", **send)  # by the other node, if its requests reach that
    except Exception as error:  # noqa: BLE001 - any error of the client's, as long as it is one
        print(str(error)[:300])
    ballast.unlink()
    client.api("upload_file", **send)
    back = stock(cramped, LATEST).api("hf_hub_download", repo, "a.bin", local_dir=tmp_path)
    assert Path(back).read_bytes() == content


def test_a_gateway_without_room_serves_all_the_same(cramped):
    """Its cache may grow to 256 MiB and has a disk of 48: what was used longest ago makes room."""
    repo, cas, gateway = "alice/roomless", cramped.cas[1], cramped.gateways[0]
    alice = cramped.at(cas, cramped.key("alice"))
    assert alice.create_repo(repo).status == 200
    for number in range(5):
        content = noise(f"roomless {number}", 20 * MIB)
        upload(cramped, cas, repo, f"{number}.bin", content)
        link = alice.get(f"/{repo}/resolve/main/{number}.bin").headers["Location"].removeprefix(cramped.data_url)
        answer = cramped.at(gateway).get(link)
        assert answer.status == 200 and answer.body == content
    assert shutil.disk_usage(inside(gateway)).used > 16 * MIB
