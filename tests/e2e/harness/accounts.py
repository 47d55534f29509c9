"""People of a hub under test: their passwords, and the links by which they get them."""

import re
from urllib.parse import parse_qs, urlsplit

from harness.browser import Browser
from harness.cluster import until
from harness.hub import Hub
from harness.openapi import document

PASSWORD = "correct horse battery"


def token_in(url: str) -> str:
    return re.search(r"[?&](?:token|invitation)=([A-Za-z0-9]+)", url).group(1)


def setup_link(hub: Hub) -> str:
    """As the hub prints it, soon after it listens."""
    return until(lambda: re.search(rb"https?://\S+/setup\?token=\w+", hub.log())).group().decode()


def set_password(hub: Hub, name: str, password: str = PASSWORD) -> None:
    url = hub.admin("user", "reset", name)
    answer = Browser(hub.url).post("/api/password/reset", json={"token": token_in(url), "new": password})
    assert answer.status == 204, answer.body


def signed_in(hub: Hub, name: str) -> Browser:
    browser = Browser(hub.url)
    browser.sign_in(name, PASSWORD)
    return browser


def error_of(location: str) -> str:
    """One of those that are described; that the page has a sentence for each is in login.test.ts."""
    assert location.startswith("/login?error=")
    error = parse_qs(urlsplit(location).query)["error"][0]
    assert f"`{error}`" in document()["paths"]["/oauth/callback/{provider}"]["get"]["description"]
    return error
