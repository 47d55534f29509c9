"""One run of Playwright: console/e2e against a hub that is there already."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from harness.hub import REPO_ROOT

CONSOLE = REPO_ROOT / "console"
SCRIPT = REPO_ROOT / "tools" / "console.sh"


def build() -> None:
    subprocess.run([SCRIPT, "build"], check=True)


def link(kind: str, said: str) -> str:
    found = re.search(rf"https?://\S+/{kind}\?token=\S+", said)
    assert found, f"the hub printed no link: {said[-2000:]}"
    return found.group()


def drive(work: Path, **told: str) -> None:
    """What it finds out lies in `work`, which is kept when it fails; further arguments are in PLAYWRIGHT_ARGS."""
    words = os.environ.get("PLAYWRIGHT_ARGS", "").split()
    done = subprocess.run(
        [SCRIPT, "exec", "node_modules/.bin/playwright", "test", *words],
        env={**os.environ, "PAGES_WORK": str(work / "playwright"), **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-12000:]
    print(done.stdout[-2000:])
