"""A private certificate authority and Caddy's certificate from it, made once per set of names."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")
DAYS = "825"


class Authority:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.ca, self.key = home / "ca.pem", home / "tls.key"
        self.bundle = home / "bundle.pem"
        """The system's authorities and this one."""

    def make(self, names: list[str]) -> None:
        wanted = f"subjectAltName={','.join(names)}\n"
        extensions = self.home / "names"
        if extensions.exists() and extensions.read_text() == wanted and self.bundle.exists():
            return
        self.home.mkdir(exist_ok=True)
        if not self.ca.exists():
            self._openssl("req", "-x509", *self._new_key("ca.key"), "-out", "ca.pem", "-subj", "/CN=SiaHub make up")
        self._openssl("req", *self._new_key("tls.key"), "-out", "tls.csr", "-subj", "/CN=SiaHub")
        extensions.write_text(wanted)
        sign = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", DAYS, "-extfile", "names")
        self._openssl("x509", "-req", "-in", "tls.csr", "-out", "tls.pem", *sign)
        system = SYSTEM.read_bytes() if SYSTEM.exists() else b""
        self.bundle.write_bytes(system + self.ca.read_bytes())

    def give(self, uid: int) -> None:
        """The key is for Caddy's eyes alone."""
        if os.geteuid() == 0:
            os.chown(self.key, uid, -1)

    def _new_key(self, file: str) -> tuple[str, ...]:
        kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", DAYS)
        return (*kind, "-keyout", file)

    def _openssl(self, *args: str) -> None:
        subprocess.run(["openssl", *args], cwd=self.home, check=True, capture_output=True)
