"""Clients that reset their connection in the middle of a download: the hub lives, and other downloads do not notice."""

import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from harness import xet
from harness.data import MIB, noise, sha256
from harness.http import file, lfs_file

RESETS = 400
CONTENT = noise("broken downloads", 24 * MIB)
INLINE = noise("inline", 250_000)
LINGER_ZERO = struct.pack("ii", 1, 0)


@pytest.fixture(scope="module")
def repo(hub) -> str:
    """A repository with a file in one xorb and one that lies in the database."""
    alice, name = hub.http(hub.key("alice")), "alice/broken-downloads"
    assert alice.create_repo(name).status == 200
    xet.Uploader(alice, name).upload(CONTENT, sha256(CONTENT))
    lines = (lfs_file("large.bin", sha256(CONTENT), len(CONTENT)), file("inline.txt", INLINE))
    assert alice.commit(name, *lines).status == 200
    return name


@pytest.fixture(scope="module")
def targets(hub, repo) -> dict[str, str]:
    """Every way to the bytes, by what serves it."""
    alice = hub.http(hub.key("alice"))
    whole_file = alice.get(f"/{repo}/resolve/main/large.bin")
    cas = xet.read_token(alice, repo)
    plan = cas.get(f"/v2/reconstructions/{whole_file.headers['X-Xet-Hash']}").json()
    (fetches,) = plan["xorbs"].values()
    return {
        "a xorb": fetches[0]["url"],
        "a file": whole_file.headers["Location"],
        "an inline file": f"{hub.url}/{repo}/resolve/main/inline.txt",
    }


def reset_in_the_middle(url: str, read: int) -> int:
    """Asks for the URL, reads a little, and sends a RST while the hub is still sending. Answers the status."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        seen = connection.recv(65536)
        while len(seen) < read and (block := connection.recv(65536)):
            seen += block
    return int(seen.split()[1])


def resets(url: str) -> list[int]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda i: reset_in_the_middle(url, (i % 7) * 30_000), range(RESETS)))


@pytest.mark.parametrize("what", ["a xorb", "a file", "an inline file"])
def test_resets_in_the_middle_harm_nobody(hub, repo, targets, what):
    """Hundreds of resets, while others download the same bytes whole, each time to the end."""
    http, stop, healthy, wrong = hub.http(), threading.Event(), [], []

    def download() -> None:
        while not stop.is_set():
            for name, expected in (("large.bin", CONTENT), ("inline.txt", INLINE)):
                got = http.follow(f"/{repo}/resolve/main/{name}").body
                (healthy if got == expected else wrong).append(name)

    others = [threading.Thread(target=download) for _ in range(3)]
    for other in others:
        other.start()
    try:
        statuses = resets(targets[what])
    finally:
        stop.set()
        for other in others:
            other.join()
    assert set(statuses) <= {200, 206}
    assert hub.alive
    assert wrong == [] and len(healthy) >= 6
