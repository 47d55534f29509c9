"""A source tree with tools/console.sh and pages so small that building them takes no time: they say which Node built them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from .hub import REPO_ROOT

NO_PYPI = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1", "PIP_CONFIG_FILE": os.devnull}
"""Nobody answers there."""
PACKAGE = {"name": "pages", "version": "0.0.0", "private": True, "scripts": {"build": "node build.mjs"}}
LOCK = {"name": "pages", "version": "0.0.0", "lockfileVersion": 3, "packages": {"": {"name": "pages", "version": "0.0.0"}}}
BUILD = """import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('dist', { recursive: true });
writeFileSync('dist/index.html', process.version);
appendFileSync('../builds', 'x');
"""


class Tree:
    def __init__(self, root: Path) -> None:
        self.root = root
        console = root / "console"
        console.mkdir(parents=True)
        (root / "tools").mkdir()
        (root / "api").mkdir()
        shutil.copy(REPO_ROOT / "tools" / "console.sh", root / "tools")
        (root / "api" / "openapi.yaml").write_text("openapi: 3.1.0\n")
        (console / "package.json").write_text(json.dumps(PACKAGE))
        (console / "package-lock.json").write_text(json.dumps(LOCK))
        (console / "build.mjs").write_text(BUILD)

    def run(self, *words: str, path: str | None = None, **env: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, **env, **({"PATH": path} if path else {})}
        command = [self.root / "tools" / "console.sh", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)

    @property
    def built_by(self) -> str:
        """The version of Node, as it names itself."""
        return (self.root / "console" / "dist" / "index.html").read_text()

    @property
    def builds(self) -> int:
        return (self.root / "builds").stat().st_size


def without_node(folder: Path) -> str:
    """A PATH with every program of this machine but Node's."""
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(":")):
        for program in Path(place).glob("*") if place else []:
            if program.name not in ("node", "nodejs", "npm", "npx", "corepack"):
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    return str(folder)
