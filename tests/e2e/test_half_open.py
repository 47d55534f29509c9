"""Clients that connect and then say nothing more: they cost next to nothing, nobody else notices them, and they are cut
when their time is up (http::ServerOptions)."""

import json
import os
import socket
import time
from urllib.parse import urlsplit

import pytest
from harness import xet
from harness.data import MIB, noise, sha256
from harness.http import file, lfs_file

HEAD_SECONDS, STALL_SECONDS, IDLE_SECONDS, LINGER_SECONDS = 30, 60, 75, 15
SWEEP_SECONDS = 10
EACH = 60
MEMORY = 192 * MIB


@pytest.fixture(scope="module")
def repo(hub) -> str:
    alice, name, content = hub.http(hub.key("alice")), "alice/half-open", noise("half open", 16 * MIB)
    assert alice.create_repo(name).status == 200
    xet.Uploader(alice, name).upload(content, sha256(content))
    assert alice.commit(name, lfs_file("a.bin", sha256(content), len(content))).status == 200
    return name


def request(hub, line: str, *fields: str) -> bytes:
    return "\r\n".join((f"{line} HTTP/1.1", f"Host: {urlsplit(hub.url).netloc}", *fields, "", "")).encode()


def beginnings(hub, repo: str) -> dict[str, tuple[bytes, int]]:
    """What a client sends before it falls silent, and after how many seconds it must be cut."""
    alice, bob = hub.http(hub.key("alice")), hub.http(hub.key("bob"))
    bob.create_repo("bob/half-open")
    key, token = f"Authorization: Bearer {alice.token}", f"Authorization: Bearer {xet.Uploader(alice, repo).cas.token}"
    # Of another user, for nobody gets more than half of the buffers: the rest would be read, and cut, in a second wave.
    others = f"Authorization: Bearer {xet.Uploader(bob, 'bob/half-open').cas.token}"
    whole = urlsplit(alice.get(f"/{repo}/resolve/main/a.bin").headers["Location"])
    commit = json.dumps({"key": "header", "value": {"summary": "never"}}).encode() + b'\n{"key":"file","value":{"pa'
    xorb = xet.Xorb.of(noise("half a xorb", MIB))
    to_xorb, to_commit = f"POST /v1/xorbs/default/{xorb.hex}", f"POST /api/models/{repo}/commit/main"
    return {
        "nothing": (b"", HEAD_SECONDS),
        "half a head": (request(hub, f"GET /api/models/{repo}", key)[:-10], HEAD_SECONDS),
        "no body": (request(hub, to_xorb, token, f"Content-Length: {32 * MIB}"), STALL_SECONDS),
        "half a body": (request(hub, to_xorb, others, f"Content-Length: {len(xorb.body)}") + xorb.body[:200_000], STALL_SECONDS),
        "half a chunk": (request(hub, to_commit, key, "Transfer-Encoding: chunked") + b"1000\r\n" + commit, STALL_SECONDS),
        "a second request": (request(hub, "GET /health") + b"GET /heal", HEAD_SECONDS),
        "nothing after an answer": (request(hub, "GET /health"), IDLE_SECONDS),
        "an answer unread": (request(hub, f"GET {whole.path}?{whole.query}"), STALL_SECONDS),
    }


class Silent:
    """A connection that has said its piece, and hears only that it was cut."""

    def __init__(self, hub, what: str, begin: bytes, limit: int) -> None:
        parts = urlsplit(hub.url)
        self.what, self.limit = what, limit
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.socket.connect((parts.hostname, parts.port))
        self.socket.sendall(begin)
        self.since = time.monotonic()
        self.socket.setblocking(False)

    @property
    def reads(self) -> bool:
        return self.what != "an answer unread"

    def is_cut(self) -> bool:
        try:
            while data := self.socket.recv(65536):
                assert self.reads or data
            return True
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True


@pytest.mark.parametrize("who", ["nobody", "a writer"])
def test_half_sent_bodies_hold_no_memory_that_others_need(hub, repo, who):
    """Bodies of unknown length could become large: what they may take is not set aside while they are on their way."""
    alice, parts = hub.http(hub.key("alice")), urlsplit(hub.url)
    if who == "nobody":
        begin = request(hub, "POST /api/validate-yaml", "Transfer-Encoding: chunked") + b"100000\r\n" + b" " * 200_000
    else:
        key = f"Authorization: Bearer {alice.token}"
        begin = request(hub, f"POST /api/models/{repo}/commit/main", key, f"Content-Length: {64 * MIB}") + b" " * 200_000
    silent = [socket.create_connection((parts.hostname, parts.port), timeout=10) for _ in range(40)]
    try:
        for connection in silent:
            connection.sendall(begin)
        deadline = time.monotonic() + 10
        while len(hub.unfinished()) < len(silent) and time.monotonic() < deadline:
            time.sleep(0.02)
        started = time.monotonic()
        assert alice.commit(repo, file("large.txt", noise(who, 4 * MIB)), summary=who).status == 200
        assert time.monotonic() - started < 10
        assert hub.within(MEMORY)
    finally:
        for connection in silent:
            connection.close()
    deadline = time.monotonic() + 10
    while hub.unfinished() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert hub.unfinished() == []


def open_files(hub) -> int:
    return len(os.listdir(f"/proc/{hub.process.pid}/fd"))


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_silent_clients_are_cut_in_time_and_harm_nobody(hub, repo):
    alice = hub.http(hub.key("alice"))
    alice.get(f"/api/models/{repo}")
    before, memory = open_files(hub), hub.memory()
    silent = [
        Silent(hub, what, begin, limit)
        for what, (begin, limit) in beginnings(hub, repo).items()
        for _ in range(EACH)
    ]
    slowest, last_seen = 0.0, {}
    waiting = list(silent)
    try:
        while open_files(hub) < before + len(silent):
            assert time.monotonic() - silent[0].since < 20, "the hub does not take the connections"
            time.sleep(0.05)
        while waiting:
            started = time.monotonic()
            assert alice.get(f"/api/models/{repo}").status == 200
            slowest = max(slowest, time.monotonic() - started)
            assert hub.within(MEMORY)
            for one in waiting[:]:
                if one.reads and one.is_cut():
                    last_seen.setdefault(one.what, []).append(time.monotonic() - one.since)
                    waiting.remove(one)
            # Who reads nothing hears nothing: the hub's own count of connections tells.
            if all(not one.reads for one in waiting) and open_files(hub) <= before + 5:
                break
            oldest = max((time.monotonic() - one.since - one.limit for one in waiting), default=0)
            late = {one.what for one in waiting if time.monotonic() - one.since > one.limit + LINGER_SECONDS + SWEEP_SECONDS}
            assert not late, f"{late} still open after {oldest:.0f} s more than allowed"
            time.sleep(0.25)
        limits = {one.what: one.limit for one in silent}
        early = {what: min(times) for what, times in last_seen.items() if min(times) < limits[what] - 2}
        assert not early, f"cut before their time: {early}"
        assert slowest < 5
        assert hub.unfinished() == []
        print({what: round(max(times), 1) for what, times in last_seen.items()}, f"slowest answer {slowest:.2f} s,")
        print(f"memory {memory / MIB:.0f} -> {hub.memory('VmHWM') / MIB:.0f} MiB at most")
    finally:
        for one in silent:
            one.socket.close()


def test_the_slow_uploads_of_one_user_leave_room_for_others(hub, repo):
    """More of them than there are buffers, each with a part of its body sent."""
    xorb = xet.Xorb.of(noise("slow", MIB))
    token = xet.Uploader(hub.http(hub.key("alice")), repo).cas.token
    begin = request(hub, f"POST /v1/xorbs/default/{xorb.hex}", f"Authorization: Bearer {token}", f"Content-Length: {len(xorb.body)}")
    slow = [Silent(hub, "a slow upload", begin + xorb.body[:100_000], STALL_SECONDS) for _ in range(240)]
    try:
        time.sleep(1)
        bob, content = hub.http(hub.key("bob")), noise("bob among the slow", MIB)
        assert bob.create_repo("bob/among-the-slow").status == 200
        sent = xet.Xorb.of(content)
        answer = xet.Uploader(bob, "bob/among-the-slow").cas.post(f"/v1/xorbs/default/{sent.hex}", body=sent.body, timeout=STALL_SECONDS / 2)
        assert answer.status == 200
    finally:
        for each in slow:
            each.socket.close()
