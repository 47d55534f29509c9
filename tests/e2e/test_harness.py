"""The tests' own Xet encoder agrees with bytes that an official client produced; else nothing it proves is worth much."""

import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from harness import left_behind, xet
from harness.data import blob_id

HELLO = b"Hello World!"


def test_the_golden_xorb_and_file():
    xorb = xet.Xorb.of(HELLO)
    assert xorb.body.hex() == "000c0000000c0000" + HELLO.hex()
    assert xorb.hash.hex() == "a29cfb08e608d4d8726dd8659a90b9134b3240d5d8e42d5fcb28e2a6e763a3e8"
    file = xet.whole(xorb, hashlib.sha256(HELLO).hexdigest())
    assert file.file_hash.hex() == "bd60b088ade0daa9b195cfbd7ac8e7d74f6db014045ac9326571b887d268eb6b"


def test_the_golden_shard():
    xorb = xet.Xorb.of(HELLO)
    shard = xet.shard([xet.whole(xorb, hashlib.sha256(HELLO).hexdigest())], [xorb])
    assert hashlib.sha256(shard).hexdigest() == "92b52ba3907f9c57246fe5c81f562af5e7afecb15c37ae5905cc2cb084f19ed4"


def test_the_printed_form_turns_each_eight_bytes_round():
    assert xet.to_hex(bytes(range(32))) == "07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918"
    assert xet.from_hex(xet.to_hex(bytes(range(32)))) == bytes(range(32))


def test_the_empty_blob():
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


# Stands for python, pip, npm and node; says in a journal when it works on an environment.
TOOL = """#!/bin/bash
case "$*" in
  "-m venv "*) mkdir -p "$3/bin" && ln -s "$TOOL" "$3/bin/pip" && ln -s "$TOOL" "$3/bin/python" ;;
  *install*) echo begin >>"$JOURNAL"; sleep 0.1; echo end >>"$JOURNAL" ;;
esac
if [[ $1 == install && $2 == --prefix ]]; then mkdir -p "$3/node_modules"; fi
"""


def test_environments_are_made_by_one_at_a_time(tmp_path):
    here = Path(__file__).parent
    suite = tmp_path / "tests/e2e"
    (suite / "node").mkdir(parents=True)
    shutil.copytree(here / "requirements", suite / "requirements")
    shutil.copy(here / "setup.sh", suite)
    shutil.copy(here / "node/package.json", suite / "node")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("tool", "npm", "node"):
        (tools / name).write_text(TOOL)
        (tools / name).chmod(0o755)
    journal = tmp_path / "journal"
    given = {"TOOL": str(tools / "tool"), "JOURNAL": str(journal), "PYTHON": str(tools / "tool")}
    environment = {**os.environ, **given, "PATH": f"{tools}:{os.environ['PATH']}"}
    runs = [subprocess.Popen([suite / "setup.sh"], env=environment, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [run.wait(timeout=60) for run in runs] == [0, 0, 0]
    steps = journal.read_text().split()
    # Five environments, one of them in two steps, and Node's modules: once, and no two at once.
    assert steps == ["begin", "end"] * 7


def test_processes_that_are_left_behind_are_found(request):
    """Also one whose parent has ended."""
    known = {one.pid for one in left_behind.running()}
    child = subprocess.Popen(["sleep", "1000"])
    orphan = int(subprocess.check_output(["sh", "-c", "sleep 1001 >/dev/null 2>&1 & echo $!"]))
    try:
        left = {one.pid: one for one in left_behind.after(known, seconds=0.1)}
        assert set(left) == {child.pid, orphan}
        assert left[orphan].command == "sleep 1001" and request.node.name in left[orphan].test
    finally:
        child.kill()
        child.wait()
        os.kill(orphan, signal.SIGKILL)
    assert left_behind.after(known) == []
