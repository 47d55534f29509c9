"""Fixtures: a hub for each file whose people have passwords, and browsers of theirs."""

import pytest
from harness.accounts import set_password, signed_in
from harness.browser import Browser
from harness.hub import Hub, populate


@pytest.fixture(scope="module")
def hub():
    with Hub(serve_args=("--limit-sign-in", "0")) as hub:
        populate(hub)
        yield hub


@pytest.fixture(scope="module")
def people(hub):
    """Passwords for those who are there already; alice administers the hub."""
    for name in ("alice", "bob", "carol"):
        set_password(hub, name)
    hub.key("alice", "admin")
    return hub


@pytest.fixture
def browser(people):
    return Browser(people.url)


@pytest.fixture
def alice(people):
    return signed_in(people, "alice")


@pytest.fixture
def bob(people):
    return signed_in(people, "bob")
