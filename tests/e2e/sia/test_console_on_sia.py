"""The pages about Sia in a browser, on a hub whose bytes are there. The tests themselves are console/e2e/sia.ts."""

import pytest
from harness.client import LATEST, Client
from harness.data import MIB, make_files, noise
from harness.playwright_run import CONSOLE, build, drive, link
from harness.sia_hub import sia_hub, wait_until_pinned


@pytest.mark.timeout(1800)
def test_the_pages_about_sia(network, tmp_path):
    build()
    hub = sia_hub(network, "--console", str(CONSOLE / "dist"), "--limit-sign-in", "0")
    alice = Client(LATEST, hub.url, hub.key("alice"))
    try:
        files = {"README.md": b"# On Sia\n", "weights.bin": noise("console", 9 * MIB)}
        alice.cli("upload", "alice/on-sia", make_files(tmp_path / "up", files))
        wait_until_pinned(hub)
        drive(
            tmp_path,
            SIAHUB_PAGES="sia",
            SIAHUB_URL=hub.url,
            SIAHUB_RESET_LINK=link("reset", hub.admin("user", "reset", "alice", "--url", hub.url)),
        )
    finally:
        alice.close()
        hub.close()
