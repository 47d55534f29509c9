"""The pages about Sia in a browser, on a hub whose bytes are there. The tests themselves are console/e2e/sia.ts."""

import os
import re
import subprocess

import pytest
from harness.client import LATEST, Client
from harness.data import MIB, make_files, noise
from harness.hub import REPO_ROOT
from harness.sia_hub import sia_hub, wait_until_pinned

CONSOLE = REPO_ROOT / "tools" / "console.sh"


@pytest.mark.timeout(1800)
def test_the_pages_about_sia(network, tmp_path):
    subprocess.run([CONSOLE, "build"], check=True)
    hub = sia_hub(network, "--console", str(REPO_ROOT / "console" / "dist"), "--limit-sign-in", "0")
    alice = Client(LATEST, hub.url, hub.key("alice"))
    try:
        files = {"README.md": b"# On Sia\n", "weights.bin": noise("console", 9 * MIB)}
        alice.cli("upload", "alice/on-sia", make_files(tmp_path / "up", files))
        wait_until_pinned(hub)
        reset = re.search(r"http://\S+/reset\?token=\S+", hub.admin("user", "reset", "alice", "--url", hub.url))
        assert reset, "the hub printed no link"
        done = subprocess.run(
            [CONSOLE, "exec", "node_modules/.bin/playwright", "test"],
            env={**os.environ, "SIAHUB_URL": hub.url, "SIAHUB_RESET_LINK": reset.group(), "SIAHUB_PAGES": "sia"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-12000:]
    finally:
        alice.close()
        hub.close()
