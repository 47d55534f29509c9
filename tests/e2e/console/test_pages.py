"""The console in a browser, on a hub that holds a real model: every page, in every colour, by mouse and by keyboard.

The tests themselves are console/e2e/*.spec.ts; this brings up what they look at. They leave a picture of every page
in console/screenshots.
"""

import pytest
from harness import hub as hubs
from harness.hub import Hub
from harness.playwright_run import CONSOLE, build, drive, link

from harness.console_content import fill


@pytest.fixture(scope="module")
def hub():
    build()
    # Every test signs in; that attempts are limited is shown in accounts/test_sign_in.py.
    hub = Hub(serve_args=("--console", str(CONSOLE / "dist"), "--limit-sign-in", "0"))
    try:
        hubs.populate(hub.start())
        fill(hub)
        yield hub
        assert hub.stop() == 0, hub.log_tail()
    finally:
        hub.close()


@pytest.mark.timeout(1800)
def test_the_pages(hub, tmp_path):
    drive(
        tmp_path,
        SIAHUB_URL=hub.url,
        SIAHUB_SETUP_LINK=link("setup", hub.log().decode()),
        SIAHUB_RESET_LINK=link("reset", hub.admin("user", "reset", "alice", "--url", hub.url)),
        SIAHUB_KEY=hub.key("alice"),
    )
