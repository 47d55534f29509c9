"""The console in a browser, on a hub that holds a real model: every page, in every colour, by mouse and by keyboard.

The tests themselves are console/e2e/*.spec.ts; this brings up what they look at. They leave a picture of every page
in console/screenshots.
"""

import os
import re
import subprocess

import pytest
from harness import hub as hubs
from harness.hub import REPO_ROOT, Hub

from content import fill

CONSOLE = REPO_ROOT / "console"


@pytest.fixture(scope="module")
def hub():
    subprocess.run([REPO_ROOT / "tools" / "console.sh", "build"], check=True)
    # Every test signs in; that attempts are limited is shown in test_sign_in.py.
    hub = Hub(serve_args=("--console", str(CONSOLE / "dist"), "--limit-sign-in", "0"))
    try:
        hubs.populate(hub.start())
        fill(hub)
        yield hub
        assert hub.stop() == 0, hub.log_tail()
    finally:
        hub.close()


def link(found: re.Match | None) -> str:
    assert found, "the hub printed no link"
    return found.group()


@pytest.mark.timeout(1800)
def test_the_pages(hub):
    setup = link(re.search(r"http://\S+/setup\?token=\S+", hub.log().decode()))
    reset = link(re.search(r"http://\S+/reset\?token=\S+", hub.admin("user", "reset", "alice", "--url", hub.url)))
    done = subprocess.run(
        [REPO_ROOT / "tools" / "console.sh", "exec", "node_modules/.bin/playwright", "test", *os.environ.get("PLAYWRIGHT_ARGS", "").split()],
        env={**os.environ, "SIAHUB_URL": hub.url, "SIAHUB_SETUP_LINK": setup, "SIAHUB_RESET_LINK": reset, "SIAHUB_KEY": hub.key("alice")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-12000:]
    print(done.stdout[-2000:])
