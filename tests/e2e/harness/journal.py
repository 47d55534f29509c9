"""What writers sent and what was acknowledged, for tests in which something dies meanwhile."""

from __future__ import annotations

import threading
from typing import Iterable

from . import xet
from .data import noise, sha256
from .http import Http, Response, file, lfs_file


class Refused(Exception):
    """The hub answered, and said no."""


class Journal:
    def __init__(self, repo: str) -> None:
        self.repo = repo
        self.lock = threading.Lock()
        self.tried: dict[str, bytes] = {}
        self.acknowledged: set[str] = set()
        self.commits: set[str] = set()
        self.refused: list[str] = []
        self.number = 0

    def attempt(self) -> str:
        with self.lock:
            self.number += 1
            name = f"files/{self.number % 20:02}/{self.number:05}"
            self.tried[name] = noise(name, 5_000 + 7 * self.number % 250_000)
            return name

    def open(self) -> list[str]:
        """Names of which nobody knows whether they were saved."""
        with self.lock:
            return sorted(set(self.tried) - self.acknowledged)

    def write(self, http: Http, name: str) -> None:
        """One pair of files: NAME.bin through a xorb, a shard or LFS, NAME.txt inline. Both or none may ever be seen."""
        content = self.tried[name]
        digest = sha256(content)
        if int(name[-1]) % 3 == 0:
            self._send_by_lfs(http, content, digest)
        else:
            uploader = xet.Uploader(http, self.repo)
            _expect(uploader.xorb(xorb := xet.Xorb.of(content)))
            _expect(uploader.shard(xet.shard([xet.whole(xorb, digest)], [xorb]), 1 + int(name[-1]) % 2))
        lines = [lfs_file(f"{name}.bin", digest, len(content)), file(f"{name}.txt", digest.encode())]
        done = _expect(http.commit(self.repo, *lines, summary=name))
        with self.lock:
            self.acknowledged.add(name)
            self.commits.add(done.json()["commitOid"])

    def _send_by_lfs(self, http: Http, content: bytes, digest: str) -> None:
        body = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": digest, "size": len(content)}]}
        (found,) = _expect(http.post(f"/{self.repo}.git/info/lfs/objects/batch", json=body)).json()["objects"]
        if found.get("actions"):
            _expect(http.as_(None).put(found["actions"]["upload"]["href"], body=content))

    def check(self, http: Http, names: Iterable[str]) -> None:
        """Everything visible is whole and was sent; everything acknowledged is visible; the bytes of `names` are right."""
        entries = {e["path"]: e for e in http.tree(self.repo) if e["type"] == "file"}
        entries.pop(".gitattributes")
        seen = {path.rpartition(".")[0] for path in entries}
        assert self.acknowledged <= seen, f"lost: {sorted(self.acknowledged - seen)[:5]}"
        assert seen <= set(self.tried)
        for name in seen:
            big, small = entries[f"{name}.bin"], entries[f"{name}.txt"]
            assert big["lfs"]["oid"] == sha256(self.tried[name]) and big["size"] == len(self.tried[name])
            assert small["size"] == 64 and big["xetHash"]
        for name in seen & set(names):
            assert http.follow(f"/{self.repo}/resolve/main/{name}.bin").body == self.tried[name], name
            assert http.follow(f"/{self.repo}/resolve/main/{name}.txt").body == sha256(self.tried[name]).encode()


def _expect(answer: Response) -> Response:
    if answer.status != 200 or b'"error"' in answer.body:
        raise Refused(f"{answer.status} {answer.body[:300]!r}")
    return answer
