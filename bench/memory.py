#!/usr/bin/env python3
"""Resident memory of a hub with 16 clients uploading 64 MiB xorbs at once and 64 clients downloading.

Starts build/siahub on a data directory of its own, prints what it saw, and fails above the limit:

    .venvs/test/bin/python bench/memory.py

The peak is the kernel's own (VmHWM), so nothing between two samples is missed.
"""

from __future__ import annotations

import http.client
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "e2e"))

from harness import xet  # noqa: E402
from harness.data import MIB, noise, sha256  # noqa: E402
from harness.hub import Hub, populate  # noqa: E402
from harness.http import lfs_file  # noqa: E402

UPLOADERS, DOWNLOADERS, LIMIT = 16, 64, 256 * MIB
CHUNK = 65_536
REPO = "alice/memory"


def full_xorb(number: int) -> xet.Xorb:
    """64 MiB in 1024 chunks that no other xorb has."""
    body = bytearray(noise(number, xet.XORB_LIMIT))
    return xet.Xorb([bytes(body[i : i + CHUNK]) for i in range(0, len(body), CHUNK)])


class Downloads:
    """Clients that read whole files, by signed ranges of xorbs and rebuilt from them, until told to stop."""

    def __init__(self, hub: Hub, paths: list[str]) -> None:
        self.hub, self.paths, self.stop = hub, paths, threading.Event()
        self.bytes, self.failed = 0, 0
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._run, args=(i,)) for i in range(DOWNLOADERS)]
        for thread in self.threads:
            thread.start()

    def _run(self, number: int) -> None:
        path = self.paths[number % len(self.paths)]
        while not self.stop.is_set():
            parts = urlsplit(self.hub.url)
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=120)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                while not self.stop.is_set() and (block := answer.read(MIB)):
                    with self.lock:
                        self.bytes += len(block)
                if answer.status not in (200, 206):
                    self.failed += 1
            except OSError:
                self.failed += 1
            finally:
                connection.close()

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


def sources(hub: Hub, alice) -> list[str]:
    """Two ways to the same 64 MiB, without a key: the rebuilt file and the xorb itself."""
    xorb = full_xorb(1000)
    content = b"".join(xorb.chunks)
    uploader = xet.Uploader(alice, REPO)
    assert uploader.xorb(xorb).status == 200
    file = xet.whole(xorb, sha256(content))
    assert uploader.shard(xet.shard([file], [xorb])).status == 200
    assert alice.commit(REPO, lfs_file("a.bin", sha256(content), len(content))).status == 200
    resolve = f"/{REPO}/resolve/main/a.bin"
    location = alice.get(resolve, headers={"Range": "bytes=0-0"}).headers.get("Location")
    plan = xet.read_token(alice, REPO).get(f"/v2/reconstructions/{xet.to_hex(file.file_hash)}").json()
    signed = next(iter(plan["xorbs"].values()))[0]["url"]
    return [_path(location or resolve), _path(signed)]


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def upload_together(hub: Hub, alice, xorbs: list[xet.Xorb]) -> list[int]:
    token = xet.Uploader(alice, REPO).cas.token
    bodies = [(x.hex, x.body) for x in xorbs]
    barrier, statuses = threading.Barrier(len(bodies)), []

    def send(name: str, body: bytes) -> None:
        barrier.wait()
        answer = hub.http(token).post(f"/v1/xorbs/default/{name}", body=body, timeout=300)
        statuses.append(answer.status)

    threads = [threading.Thread(target=send, args=item) for item in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def main() -> int:
    xorbs = [full_xorb(i) for i in range(UPLOADERS)]
    with Hub() as hub:
        populate(hub)
        alice = hub.http(hub.key("alice"))
        alice.create_repo(REPO)
        idle = hub.memory()
        downloads = Downloads(hub, sources(hub, alice))
        time.sleep(1)
        started = time.monotonic()
        statuses = upload_together(hub, alice, xorbs)
        seconds = time.monotonic() - started
        downloads.end()
        peak, after = hub.memory("VmHWM"), hub.memory()
    print(f"idle                       {idle / MIB:7.1f} MiB")
    print(f"peak                       {peak / MIB:7.1f} MiB   (limit {LIMIT / MIB:.0f} MiB)")
    print(f"after                      {after / MIB:7.1f} MiB")
    print(f"{UPLOADERS} xorbs of 64 MiB in      {seconds:7.1f} s, answers {sorted(set(statuses))}")
    print(f"{DOWNLOADERS} clients downloaded      {downloads.bytes / MIB:7.0f} MiB meanwhile, {downloads.failed} failed")
    sound = statuses == [200] * UPLOADERS and downloads.failed == 0
    return 0 if sound and peak < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
