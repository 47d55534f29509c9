"""A private certificate authority, a server certificate from it, and how each client is told to believe it."""

from __future__ import annotations

import subprocess
from pathlib import Path

# requests, httpx and rustls, Node. Nobody reads a system-wide store that a test would have to change.
VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE")


class Authority:
    def __init__(self, home: Path, *names: str) -> None:
        """`names` as openssl writes them: DNS:localhost, IP:127.0.0.1."""
        self.ca, self.certificate, self.key = home / "ca.pem", home / "tls.pem", home / "tls.key"

        def openssl(*args: str) -> None:
            subprocess.run(["openssl", *args], cwd=home, check=True, capture_output=True)

        new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test CA")
        openssl("req", *new_key, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=SiaHub test")
        (home / "names").write_text(f"subjectAltName={','.join(names)}\n")
        sign = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names")
        openssl("x509", "-req", "-in", "tls.csr", "-out", "tls.pem", *sign)

    @property
    def trust(self) -> dict[str, str]:
        """The environment in which a client believes this authority."""
        return {name: str(self.ca) for name in VARIABLES}
