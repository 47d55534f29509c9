"""What SiaHub writes the Foundation's own SDK reads, and what that writes SiaHub reads."""

from __future__ import annotations

import json
import subprocess
import time

import pytest

from harness.sia import approve, our_client

SLAB = 16 << 20
"""Of 4-of-14: four sectors of data."""
SIZES = [1, 64 * 4, 1_000_003, SLAB, SLAB + 1, 2 * SLAB + 77_777]


@pytest.mark.parametrize("size", SIZES)
def test_they_read_what_we_write(ours, theirs, file_of, tmp_path, size):
    source = file_of(size)
    assert theirs.get(ours.put(source), tmp_path / "back") == source.read_bytes()


@pytest.mark.parametrize("size", SIZES)
def test_we_read_what_they_write(ours, theirs, file_of, tmp_path, size):
    source = file_of(size)
    assert ours.get(theirs.put(source), tmp_path / "back") == source.read_bytes()


def test_ranges_are_the_same_for_both(ours, theirs, file_of, tmp_path):
    source = file_of(SLAB + 500_000)
    content = source.read_bytes()
    for id in (ours.put(source), theirs.put(source)):
        for offset, length in [(0, 1), (63, 2), (255, 70_000), (SLAB - 1, 2), (SLAB - 300, 400_000), (len(content) - 1, 1)]:
            for client in (ours, theirs):
                assert client.get(id, tmp_path / "part", offset, length) == content[offset : offset + length]


def test_both_open_the_metadata_of_the_other(ours, theirs, file_of, tmp_path):
    source = file_of(1000)
    id = ours.put(source, "--name", "größer.bin")
    assert json.loads(bytes.fromhex(theirs("get", id, tmp_path / "back"))) == {"name": "größer.bin"}
    other = theirs.put(source, json.dumps({"name": "theirs.bin"}))
    time.sleep(2)  # an event appears up to a second late
    assert [line for line in ours("ls").splitlines() if line.startswith(other)][0].endswith("\ttheirs.bin")


def test_both_see_the_same_objects(ours, theirs, file_of):
    made = {ours.put(file_of(1000)), ours.put(file_of(1000)), theirs.put(file_of(1000))}
    time.sleep(2)
    assert ours.ids() == theirs.ids() >= made
    first, *rest = made
    theirs("rm", first)
    ours("rm", rest[0])
    time.sleep(2)
    assert ours.ids() == theirs.ids()
    assert not {first, rest[0]} & ours.ids()
    assert ours.attempt("get", first, "/dev/null").returncode == 1


def test_an_account_that_they_connect_is_ours_as_well(network, ours, theirs, file_of, tmp_path):
    about = network.description()
    phrase = "glare own entire dish exact open theme family harsh room scrap rose"
    command = [theirs.command[0], about["app_url"], phrase, "connect"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as connecting:
        page = connecting.stdout.readline().strip()
        approve(page, about["connect_key"])
        key = connecting.stdout.readline().strip()
        assert connecting.wait(60) == 0
    mine = our_client(network, key)
    assert "SiaHub interoperability tests" in mine("account")
    source = file_of(5000)
    id = mine.put(source)
    assert mine.get(id, tmp_path / "back") == source.read_bytes()
    assert ours.attempt("get", id, tmp_path / "not-ours").returncode == 1
