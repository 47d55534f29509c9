"""A small HTTP/1.1 server that stands behind a reverse proxy and does exactly what a test tells it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable


@dataclass
class Seen:
    method: str
    path: str
    headers: Message


class Upstream:
    def __init__(self, answer: Callable[["Exchange"], None] | None = None) -> None:
        self.answer = answer or (lambda exchange: exchange.reply(200, exchange.body()))
        self.ready = True
        self.seen: list[Seen] = []
        self.keeps_connections = True
        self.server: ThreadingHTTPServer | None = None
        self.port = 0

    def start(self) -> "Upstream":
        owner = self

        class Handler(Exchange):
            upstream = owner

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        """New connections are refused from now on; those that are open stay so."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def of(self, path: str) -> list[Seen]:
        return [s for s in self.seen if s.path == path]

    def __enter__(self) -> "Upstream":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: Upstream

    def do_GET(self) -> None:
        if self.path == "/ready":
            return self.reply(200 if self.upstream.ready else 503, b"")
        if self.path == "/health":
            return self.reply(200, b"")
        self.upstream.seen.append(Seen(self.command, self.path, self.headers))
        self.upstream.answer(self)

    do_POST = do_PUT = do_GET

    def body(self) -> bytes:
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        return b"".join(iter(self.chunk, b""))

    def chunk(self) -> bytes:
        """One chunk of a chunked body as it arrived; empty at its end."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return b""
        size = int(self.rfile.readline(), 16)
        data = self.rfile.read(size)
        self.rfile.readline()
        return data

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if not self.upstream.keeps_connections:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send_chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """The tests look at `seen` instead."""
