"""Where a service's files are on this machine, and how what compose.yaml says of its container is said here.

A container sees /var/lib/siahub, /run/secrets/… and neighbours by name. Here these are paths below the state
directory and addresses; text that names them is translated, in settings, commands, secrets and configuration.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
from pathlib import Path

from compose import Service

# Who runs what: images have users of their own, this machine has those of its packages.
USERS = {"postgres": "postgres", "redis": "redis"}


class Place:
    def __init__(self, service: Service, state: Path, deploy: Path, network) -> None:
        self.service, self.state, self.deploy, self.network = service, state, deploy, network
        self.root = state / "containers" / service.name
        self.address = network.addresses[service.name]
        self.paths: dict[str, Path] = {}
        """Path in the container to path here."""
        self.find()

    @property
    def uid(self) -> int:
        """The user its processes run as: its own when we are root, else ours."""
        if os.geteuid() != 0:
            return os.geteuid()
        try:
            return pwd.getpwnam(USERS[self.service.name]).pw_uid
        except KeyError:
            return int(self.service.user)

    def find(self) -> None:
        """Learns where everything is, without touching it."""
        for target in self.service.tmpfs:
            self.paths[target] = self.root / "tmpfs" / target.strip("/").replace("/", "-")
        for mount in self.service.mounts:
            if not mount.source.startswith("."):
                self.paths[mount.target] = self.state / "volumes" / mount.source
            elif (self.deploy / mount.source).is_file():
                self.paths[mount.target] = self.root / Path(mount.source).name
            else:  # secrets and certificates, which the operator makes
                self.paths[mount.target] = self.state / mount.source
        for name in self.service.secrets:
            self.paths[f"/run/secrets/{name}"] = self.root / "secrets" / name

    def make(self) -> None:
        """Lays out its files anew; volumes stay as they are."""
        shutil.rmtree(self.root, ignore_errors=True)
        self._directory(self.root)
        for target in self.service.tmpfs:
            self._directory(self.paths[target])
        for mount in self.service.mounts:
            path = self.paths[mount.target]
            if not mount.source.startswith("."):
                self._directory(path)
            elif (self.deploy / mount.source).is_file():
                self._file(path, (self.deploy / mount.source).read_text(), 0o500)
            elif mount.source.startswith("./secrets/"):
                for each in (path, *path.iterdir()):
                    self._own(each)
        for name in self.service.secrets:
            text = (self.state / "secrets" / name).read_text()
            self._file(self.paths[f"/run/secrets/{name}"], text, 0o400)

    def _directory(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        self._own(path)

    def _file(self, path: Path, text: str, mode: int) -> None:
        if not path.parent.exists():
            self._directory(path.parent)
        path.write_text(self.translate(text))
        path.chmod(mode)
        self._own(path)

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, -1)

    def translate(self, text: str) -> str:
        targets = "|".join(re.escape(target) for target in sorted(self.paths, key=len, reverse=True))
        text = re.sub(rf"(?<![\w./-])({targets})(?![\w-])", lambda found: str(self.paths[found[0]]), text)
        for name, address in self.network.addresses.items():
            text = re.sub(rf"(?<![\w.-]){name}(?=:\d)", address, text)
        text = re.sub(r"\b10\.86\.0\.2\b", self.network.proxy_is_seen_as, text)
        return text.replace("0.0.0.0", self.address)

    def translate_own(self, text: str) -> str:
        """Also what the container means by itself."""
        return re.sub(r"\b(localhost|127\.0\.0\.1)\b", self.address, self.translate(text))
