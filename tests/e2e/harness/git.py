"""Rebuilds a repository's objects with the real git, to compare ids."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class Git:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self("init", "--quiet", "--bare", ".")

    def __call__(self, *args: str, stdin: bytes = b"", **env: str) -> str:
        done = subprocess.run(
            ["git", *args],
            cwd=self.directory,
            input=stdin,
            capture_output=True,
            check=True,
            env={"PATH": os.environ["PATH"], "HOME": str(self.directory), "LC_ALL": "C.UTF-8", **env},
        )
        return done.stdout.decode().strip()

    def blob(self, content: bytes) -> str:
        return self("hash-object", "-w", "--stdin", stdin=content)

    def tree(self, files: dict[str, bytes]) -> str:
        """Writes the blobs and every directory; answers the id of the root tree."""
        index = {"GIT_INDEX_FILE": str(self.directory / "index")}
        (self.directory / "index").unlink(missing_ok=True)
        lines = b"".join(b"100644 %s\t%s\0" % (self.blob(c).encode(), n.encode()) for n, c in files.items())
        self("update-index", "-z", "--add", "--index-info", stdin=lines, **index)
        return self("write-tree", **index)

    def subtree(self, tree: str, path: str) -> str:
        return self("rev-parse", f"{tree}:{path}")

    def commit(self, tree: str, parents: list[str], message: str, author: str, email: str, date: int) -> str:
        identity = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", author), ("EMAIL", email), ("DATE", f"{date} +0000"))
        }
        arguments = [part for parent in parents for part in ("-p", parent)]
        return self("commit-tree", tree, *arguments, "-F", "-", stdin=message.encode(), **identity)


def pointer(sha256: str, size: int) -> bytes:
    """The blob git stores for an LFS file."""
    return b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n" % (sha256.encode(), size)
