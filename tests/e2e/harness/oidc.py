"""An OpenID provider (the npm package oidc-provider) and somebody who signs in at it with a browser."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from .browser import Browser
from .cluster import until
from .http import Response
from .ports import free_port

NODE = Path(__file__).resolve().parent.parent / "node"
SECRET = "a secret: with /odd?& characters"


class OidcProvider:
    """`hub`: its address, where the provider sends browsers back to."""

    def __init__(self, hub: str, home: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.hub = hub
        self.log = home / "oidc.log"
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "OidcProvider":
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["node", "oidc.mjs", str(self.port), self.hub], cwd=NODE, stdout=log, stderr=log
            )
        until(lambda: b"listens on" in self.log.read_bytes())
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def settings(self, secret_file: Path, **more: str) -> str:
        """[[oauth]] tables for the file of a hub."""
        secret_file.write_text(SECRET + "\n")
        extra = "".join(f"{name} = {value}\n" for name, value in more.items())
        return "".join(
            f'[[oauth]]\nid = "{id}"\nname = "Example"\nissuer = "{self.url}"\nclient_id = "{id}"\n'
            f'client_secret_file = "{secret_file}"\n{extra}\n'
            for id in ("rsa", "ec")
        )

    def visit(self, url: str, person: str) -> str:
        """Signs in as somebody and agrees; the address that the browser is sent back to."""
        return self._follow(Browser(self.url), url, person)

    def _follow(self, browser: Browser, url: str, person: str) -> str:
        for _ in range(12):
            if not url.startswith(self.url):
                return url
            answer = browser.get(_target(url))
            if answer.status == 200:
                answer, url = self._submit(browser, answer, url, person)
            url = urljoin(url, answer.headers["Location"])
        raise AssertionError("the provider goes round in circles")

    def _submit(self, browser: Browser, page: Response, url: str, person: str) -> tuple[Response, str]:
        text = page.body.decode()
        action = re.search(r'action="([^"]+)"', text).group(1)
        prompt = re.search(r'name="prompt" value="(\w+)"', text).group(1)
        body = f"prompt={prompt}&login={person}&password=x".encode()
        where = urljoin(url, action)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return browser.post(_target(where), body=body, headers=kind), where


def _target(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


