"""An upload whose client is killed half-way goes on where it stopped: what the hub acknowledged is not sent again."""

import os
import signal
import time

import pytest
from harness import xet
from harness.client import LATEST, OLDEST
from harness.data import MIB, noise, sha256, sha256_of, write_stream
from harness.relay import Relay

SIZE = 224 * MIB
RATE = 64 * MIB


def kill_half_way(client, relay: Relay, *command) -> None:
    """Runs `hf` until two xorbs are stored, then kills it as a power cut would."""
    process = client.start(*command)
    deadline = time.monotonic() + 120
    while relay.stored < 2 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert process.poll() is None, "the client was quicker than the test: pace it"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.slow
@pytest.mark.parametrize(("version", "cache"), [(LATEST, "kept"), (LATEST, "lost"), (OLDEST, "lost")])
def test_an_upload_goes_on_after_a_kill(fresh, hub, alice, relay, model, version, cache, tmp_path):
    path, before = tmp_path / "a.bin", hub.bodies()
    digest = write_stream(path, f"{version} {cache}", SIZE)
    command = ("upload", model, path, "a.bin")
    client = fresh(version, via=relay)
    relay.upload_rate = RATE
    kill_half_way(client, relay, *command)
    relay.upload_rate = None
    acknowledged = sum(size for name, size in hub.bodies().items() if name not in before)
    assert 100 * MIB < acknowledged < SIZE - 20 * MIB
    relay.reset()
    if cache == "lost":
        client = fresh(version, via=relay)
    client.cli(*command)
    assert relay.content_bytes < SIZE - acknowledged + MIB, "acknowledged bytes were sent again"
    back = fresh(LATEST).api("hf_hub_download", model, "a.bin", local_dir=tmp_path / "back")
    assert sha256_of(back) == digest
    print(f"{acknowledged / MIB:.1f} MiB of {SIZE / MIB:.0f} were there, {relay.content_bytes / MIB:.1f} MiB followed")


# -- what a hash does not buy ----------------------------------------------------------------


XORB = xet.Xorb.of(noise("grants", MIB))


def grant(cas, xorb_hex: str = XORB.hex, prefix: str = "default") -> int:
    body = {"length": len(XORB.body), "checksum": {"algo": "crc64nvme", "value": "1"}}
    answer = cas.post(f"/v1/xorb-grants/{prefix}/{xorb_hex}", json=body)
    if answer.status != 200:
        assert answer.error
    return answer.status


@pytest.fixture(scope="module")
def sent(hub):
    """Alice sent a xorb for one of her repositories, and registered nothing."""
    alice = hub.http(hub.key("alice"))
    for name in ("alice/grants", "alice/other-grants"):
        assert alice.create_repo(name).status == 200
    uploader = xet.Uploader(alice, "alice/grants")
    assert grant(uploader.cas) == 404
    assert uploader.xorb(XORB).status == 200
    return uploader


def test_a_repository_need_not_be_sent_what_it_has(sent):
    assert grant(sent.cas) == 200
    assert grant(sent.cas, prefix="default-merkledb") == 200


def test_nobody_else_learns_of_it(hub, sent):
    """Not even alice through another repository: only who has sent the bytes there may leave them out."""
    alice, bob = hub.http(hub.key("alice")), hub.http(hub.key("bob"))
    assert bob.create_repo("bob/grants").status == 200
    for http, repo in ((alice, "alice/other-grants"), (bob, "bob/grants")):
        cas = xet.Uploader(http, repo).cas
        assert grant(cas) == 404
        assert grant(cas, "ab" * 32) == 404
    assert grant(xet.read_token(alice, "alice/grants")) == 403
    assert grant(hub.http()) == 401
    assert grant(alice) == 401


def test_a_name_that_is_none_is_refused(sent):
    assert grant(sent.cas, "xyz") == 400
    assert grant(sent.cas, prefix="other") == 404


def test_the_bytes_of_a_file_need_not_be_sent_again(sent):
    """Also after the note of the upload is gone: a file of the repository names the xorb."""
    content = noise("registered", MIB)
    sent.upload(content, sha256(content))
    assert grant(sent.cas, xet.Xorb.of(content).hex) == 200


def test_a_deleted_repository_holds_nothing(hub, alice):
    for _ in range(2):
        assert alice.create_repo("alice/comes-again").status == 200
        uploader = xet.Uploader(alice, "alice/comes-again")
        assert grant(uploader.cas) == 404
        assert uploader.xorb(XORB).status == 200
        assert grant(uploader.cas) == 200
        answer = alice.delete("/api/repos/delete", json={"name": "comes-again", "organization": "alice", "type": "model"})
        assert answer.status == 200
