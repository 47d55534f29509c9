"""Fixtures: one populated hub per test file, real clients by version, a fresh repository name per test."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

import pytest

from harness import hub as hubs
from harness import left_behind
from harness.client import LATEST, VERSIONS, Client
from harness.hub import Hub
from harness.relay import Relay

# Several processes share one database server; tests/e2e/run.sh --database postgres has one.
# What brings its own, or needs none, runs without it.
WITHOUT_DATABASE = ["console/test_deployment_pages.py", "deploy", "proxy", "sia/test_sia_command.py", "sia/test_sia_failures.py"]
WITH_DATABASE = ["cluster", "sia/test_gateway_on_sia.py", "sia/test_gateway_kills.py"]
collect_ignore = WITHOUT_DATABASE if "SIAHUB_TEST_DATABASE_URL" in os.environ else WITH_DATABASE

left_behind.mark()


@pytest.fixture(scope="module", autouse=True)
def nothing_left_running():
    """Comes before every other fixture of a file, so it looks when all of them have ended."""
    known = {one.pid for one in left_behind.running()}
    yield
    left = left_behind.after(known)
    assert not left, "a test left processes behind:\n" + "\n".join(
        f"{one.pid} {one.command[:300]}\n    started by {one.test or 'who cannot be told'}" for one in left
    )


# How each version moves large files: by Xet unless it is told not to, then by LFS.
TRANSFERS = [(version, xet) for version in VERSIONS for xet in (True, False)]


def pytest_collection_modifyitems(items):
    """Files that may take longest come first: they run beside all others then, instead of alone at the end."""
    lengths: dict[Path, tuple[int, int, int]] = {}
    for item in items:
        limit = item.get_closest_marker("timeout")
        longest, slow, tests = lengths.get(item.path, (0, 0, 0))
        longest = max(longest, limit.args[0] if limit else 0)
        lengths[item.path] = (longest, slow + (item.get_closest_marker("slow") is not None), tests + 1)
    items.sort(key=lambda item: lengths[item.path], reverse=True)


@pytest.fixture(scope="module")
def hub():
    hub = hubs.populated()
    try:
        yield hub
        assert hub.alive, f"the hub ended by itself ({hub.process and hub.process.poll()}):\n{hub.log_tail()}"
        status = hub.stop()
        assert status == 0, f"the hub ended with {status}:\n{hub.log_tail()}"
    finally:
        hub.close()


@pytest.fixture(scope="module")
def clients(hub: Hub):
    """clients(version, user="alice", ...) answers that client; the same one again for the same arguments."""
    made: dict[tuple, Client] = {}

    def get(version: str = LATEST, user: str | None = "alice", *, scope: str = "write", xet: bool = True) -> Client:
        wanted = (version, user, scope, xet)
        if wanted not in made:
            made[wanted] = Client(version, hub.url, user and hub.key(user, scope), xet=xet)
        return made[wanted]

    yield get
    for client in made.values():
        client.close()


@pytest.fixture(params=VERSIONS)
def client(request, clients) -> Client:
    """Alice, by every version of the Python client."""
    return clients(request.param)


@pytest.fixture(params=TRANSFERS, ids=lambda p: f"{p[0]}-{'xet' if p[1] else 'lfs'}")
def transfer(request, clients) -> Client:
    """Alice, by every version and every way to move large files."""
    version, xet = request.param
    return clients(version, xet=xet)


@pytest.fixture
def fresh(hub: Hub):
    """fresh(version, ...) answers a client with nothing in its caches, by way of a relay when one is given."""
    made: list[Client] = []

    def get(version: str = LATEST, *, user: str = "alice", via: Relay | None = None, **options) -> Client:
        made.append(Client(version, via.url if via else hub.url, hub.key(user), **options))
        return made[-1]

    yield get
    for client in made:
        client.close()


@pytest.fixture
def relay(hub: Hub):
    with Relay(hub.url) as relay:
        yield relay


@pytest.fixture
def alice(hub: Hub):
    """Alice over plain HTTP."""
    return hub.http(hub.key("alice"))


_numbers = itertools.count()


@pytest.fixture
def repo(request) -> str:
    """The name of a repository that does not exist yet, in alice's namespace."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:60].strip("-")
    return f"alice/{name}-{next(_numbers)}"


@pytest.fixture
def model(alice, repo) -> str:
    """A new public model repository of alice."""
    answer = alice.create_repo(repo)
    assert answer.status == 200, answer.body
    return repo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "folder"
    path.mkdir()
    return path
