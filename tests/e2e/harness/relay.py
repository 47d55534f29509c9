"""A TCP relay in front of the hub that counts what a client sends, request by request.

The client is pointed at the relay, and the hub builds its absolute URLs from the Host header, so everything passes
here. The relay changes nothing; it can cut a connection, to play a bad network.
"""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

BLOCK = 1 << 18


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body_bytes: int = 0


@dataclass
class _Requests:
    """Follows the client's half of one HTTP/1.1 connection."""

    into: list[Seen]
    head: bytes = b""
    left: int = 0
    chunked: bool = False
    seen: Seen | None = None
    line: bytes = b""

    def feed(self, data: bytes) -> None:
        while data:
            data = self._body(data) if self.left or self.chunked else self._head(data)

    def _head(self, data: bytes) -> bytes:
        self.head += data
        head, found, rest = self.head.partition(b"\r\n\r\n")
        if not found:
            return b""
        self.head = b""
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        self.seen = Seen(method, path, headers)
        self.into.append(self.seen)
        self.left = int(headers.get("content-length", 0))
        self.chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        return rest

    def _body(self, data: bytes) -> bytes:
        if self.left:
            taken = min(self.left, len(data))
            self.left -= taken
            self.seen.body_bytes += taken
            return data[taken:]
        self.line += data
        size, found, rest = self.line.partition(b"\r\n")
        if not found:
            return b""
        self.line = b""
        if not size:
            return rest
        count = int(size.split(b";")[0], 16)
        if count == 0:
            self.chunked = False
            return rest.removeprefix(b"\r\n")
        self.left = count
        return rest


class Relay:
    def __init__(self, hub_url: str) -> None:
        parts = urlsplit(hub_url)
        self.target = (parts.hostname, parts.port)
        self.requests: list[Seen] = []
        self.sent = self.received = 0
        self.connections = 0
        self.cut_after: int | None = None
        """Cut each connection once this many bytes of answers have passed on it; None for never."""
        self.falls_silent = False
        """Instead of cutting it, leave the connection open and say nothing more."""
        self.rate: float | None = None
        """Bytes of answers a second, over all connections together."""
        self.upload_rate: float | None = None
        """Bytes of requests a second, likewise."""
        self._answers_turn, self._requests_turn = _Turn(), _Turn()
        self.refused = 0
        """Answers with status 403."""
        self.stored = 0
        """Xorbs that the hub said it has stored now."""
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Relay":
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()

    def reset(self) -> None:
        self.requests.clear()
        self.sent = self.received = self.stored = 0

    def of(self, method: str, part: str) -> list[Seen]:
        return [r for r in self.requests if r.method == method and part in r.path]

    def body_bytes(self, part: str = "") -> int:
        """Bytes of request bodies sent to paths that contain `part`."""
        return sum(r.body_bytes for r in self.requests if part in r.path)

    @property
    def content_bytes(self) -> int:
        """Bytes of file content the client uploaded, by whichever way it chose."""
        return sum(r.body_bytes for r in self.requests if "/xorbs/" in r.path or r.method == "PUT")

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        try:
            hub = socket.create_connection(self.target)
        except OSError:
            client.close()
            return
        for end in (client, hub):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._answers, args=(hub, client), daemon=True).start()
        requests = _Requests(self.requests)
        try:
            while data := client.recv(BLOCK):
                self.sent += len(data)
                requests.feed(data)
                self._requests_turn.wait(len(data), self.upload_rate)
                hub.sendall(data)
            hub.shutdown(socket.SHUT_WR)
            if self.falls_silent:
                _close(client, hub)
        except OSError:
            _close(client, hub)

    def _answers(self, hub: socket.socket, client: socket.socket) -> None:
        passed = 0
        try:
            while data := hub.recv(BLOCK):
                if self.cut_after is not None and passed + len(data) > self.cut_after:
                    client.sendall(data[: max(0, self.cut_after - passed)])
                    while self.falls_silent and client.fileno() >= 0:
                        time.sleep(0.05)  # until the other direction has seen the client go
                    break
                passed += len(data)
                self.refused += data.count(b"HTTP/1.1 403 ")
                self.stored += data.count(b'"was_inserted":true')
                self._answers_turn.wait(len(data), self.rate)
                self.received += len(data)
                client.sendall(data)
        except OSError:
            pass
        _close(client, hub)


class Wire:
    """A TCP relay for any protocol, which can fall silent: connections stay and new ones are taken, nothing passes."""

    def __init__(self, port: int) -> None:
        self.target = ("127.0.0.1", port)
        self.carries = threading.Event()
        self.carries.set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        self.carries.clear()

    def recover(self) -> None:
        """For those who connect anew; what was silent stays so."""
        stale, self.ends = self.ends, []
        self.carries.set()
        _close(*stale)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()
        self.recover()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
                self.ends.append(near)
                far = socket.create_connection(self.target)
                self.ends.append(far)
            except OSError:
                return
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(BLOCK):
                self.carries.wait()
                other.sendall(data)
        except OSError:
            pass
        if self.carries.is_set():
            _close(one, other)


class _Turn:
    """Lets so many bytes a second through, whoever sends them."""

    def __init__(self) -> None:
        self._free_at = 0.0
        self._line = threading.Lock()

    def wait(self, size: int, rate: float | None) -> None:
        if rate is None:
            return
        with self._line:
            self._free_at = max(self._free_at, time.monotonic()) + size / rate
            turn = self._free_at
        time.sleep(max(0.0, turn - time.monotonic()))


def _close(*ends: socket.socket) -> None:
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()
