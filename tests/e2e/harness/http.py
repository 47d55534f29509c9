"""Plain HTTP for the tests that must say exactly what goes over the wire. Never follows a redirect by itself."""

from __future__ import annotations

import http.client
import json as jsonlib
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 60


@dataclass
class Response:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return jsonlib.loads(self.body)

    @property
    def error_code(self) -> str | None:
        return self.headers.get("X-Error-Code")

    @property
    def error(self) -> str:
        """What the answer says went wrong, having checked that header and body agree."""
        message = self.headers.get("X-Error-Message")
        assert message, f"{self.status} without X-Error-Message: {self.body[:200]!r}"
        if self.body:
            told = self.json()["error"]
            assert told == message or not told.isascii(), "header and body disagree"
        return message


class Http:
    def __init__(self, url: str, token: str | None = None, *, ca: Path | None = None) -> None:
        """`ca`: the authority to believe where a URL is https."""
        self.url, self.token, self.ca = url, token, ca

    def as_(self, token: str | None) -> "Http":
        return Http(self.url, token, ca=self.ca)

    def _connect(self, url: str, timeout: float) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        if parts.scheme == "http":
            return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
        context = ssl.create_default_context(cafile=str(self.ca))
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=context)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> Response:
        """`path` may be a whole URL, as found in an answer; it must then lead to this hub or its relay."""
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if json is not None:
            body = jsonlib.dumps(json).encode()
            sent.setdefault("Content-Type", "application/json")
        url = self.url
        if path.startswith(("http://", "https://")):
            url, parts = path, urlsplit(path)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = self._connect(url, timeout)
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            return Response(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **kwargs: Any) -> Response:
        return self.request("GET", path, **kwargs)

    def head(self, path: str, **kwargs: Any) -> Response:
        return self.request("HEAD", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Response:
        return self.request("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Response:
        return self.request("PUT", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Response:
        return self.request("DELETE", path, **kwargs)

    def follow(self, path: str, **kwargs: Any) -> Response:
        """GET along redirects, as curl -L would; the Hub key stays with the first request."""
        answer = self.get(path, **kwargs)
        for _ in range(5):
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            answer = self.as_(None).get(answer.headers["Location"], **kwargs)
        raise AssertionError("too many redirects")

    # -- what nearly every test needs --------------------------------------------------------

    def create_repo(self, repo: str, kind: str = "model", **fields: Any) -> Response:
        owner, name = repo.split("/")
        return self.post("/api/repos/create", json={"name": name, "organization": owner, "type": kind, **fields})

    def commit(
        self, repo: str, *lines: dict, summary: str = "commit", rev: str = "main", kind: str = "models", **header: Any
    ) -> Response:
        """One NDJSON commit; `lines` from file(), lfs_file(), deleted() below."""
        every = [{"key": "header", "value": {"summary": summary, **header}}, *lines]
        body = b"".join(jsonlib.dumps(line).encode() + b"\n" for line in every)
        return self.post(
            f"/api/{kind}/{repo}/commit/{rev}", body=body, headers={"Content-Type": "application/x-ndjson"}
        )

    def tree(self, repo: str, rev: str = "main", kind: str = "models", query: str = "?recursive=true") -> list[dict]:
        """Every entry, through all pages."""
        found, path = [], f"/api/{kind}/{repo}/tree/{rev}{query}"
        while path:
            answer = self.get(path)
            assert answer.status == 200, (answer.status, answer.body)
            found += answer.json()
            path = next_page(answer)
        return found


def next_page(answer: Response) -> str | None:
    link = answer.headers.get("Link")
    if link is None or 'rel="next"' not in link:
        return None
    return link[link.index("<") + 1 : link.index(">")]


def file(path: str, content: bytes, **more: Any) -> dict:
    import base64

    return {
        "key": "file",
        "value": {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64", **more},
    }


def lfs_file(path: str, oid: str, size: int | None = None, **more: Any) -> dict:
    value = {"path": path, "algo": "sha256", "oid": oid, **more}
    if size is not None:
        value["size"] = size
    return {"key": "lfsFile", "value": value}


def deleted(path: str) -> dict:
    return {"key": "deletedFile", "value": {"path": path}}


def deleted_folder(path: str) -> dict:
    return {"key": "deletedFolder", "value": {"path": path}}
