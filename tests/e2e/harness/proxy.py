"""`siahub hf-proxy` between clients, an upstream hub and a SiaHub; and a TLS terminator to put in front of a hub."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from .certificates import Authority
from .http import Http
from .hub import ADDRESS, BINARY, START_SECONDS, Hub
from .ports import free_port


class HfProxy:
    def __init__(self, upstream: str, siahub: Hub, *args: str) -> None:
        self.command = [BINARY, "hf-proxy", "--upstream", upstream, "--cas", siahub.url, "--listen", "127.0.0.1:0"]
        self.command += ["--signing-keys", siahub.data / "keys", *args]
        self.home = Path(tempfile.mkdtemp(prefix="siahub-proxy-"))
        self.url = ""

    def __enter__(self) -> "HfProxy":
        with open(self.home / "log", "wb") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not (found := ADDRESS.search((self.home / "log").read_bytes())):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"hf-proxy did not start:\n{self.log()}")
            time.sleep(0.01)
        self.url = found.group().decode()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            ended_by_itself = self.process.poll() is not None
            self.process.terminate()
            status = self.process.wait(timeout=20)
            assert not ended_by_itself and status == 0, f"hf-proxy ended with {status}:\n{self.log()}"
        finally:
            self.process.kill()
            shutil.rmtree(self.home, ignore_errors=True)

    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")

    def http(self, token: str | None = None) -> Http:
        return Http(self.url, token)

    def peak_memory(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M).group(1)) * 1024


NGINX = """
daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
  uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {home}/tls.pem; ssl_certificate_key {home}/tls.key;
    client_max_body_size 0;
    location / {{
      proxy_pass {target}; proxy_http_version 1.1; proxy_set_header Host $http_host;
      proxy_set_header Connection ""; proxy_request_buffering off; proxy_buffering off;
    }}
  }}
}}
"""


class TlsTerminator:
    """Debian's nginx with a certificate for `localhost` from an authority that only `ca` names."""

    def __init__(self, target: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="siahub-tls-"))
        self.target = target
        self.ca = self.home / "ca.pem"

    def __enter__(self) -> "TlsTerminator":
        port = free_port()
        self.url = f"https://localhost:{port}"
        Authority(self.home, "DNS:localhost")
        (self.home / "nginx.conf").write_text(NGINX.format(home=self.home, port=port, target=self.target))
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen(
            [nginx, "-p", self.home, "-e", self.home / "error.log", "-c", self.home / "nginx.conf"],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return self
            except OSError:
                assert self.process.poll() is None and time.monotonic() < deadline, "nginx did not start"
                time.sleep(0.02)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        shutil.rmtree(self.home, ignore_errors=True)
