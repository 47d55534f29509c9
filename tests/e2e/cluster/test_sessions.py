"""Two cas on one PostgreSQL: a session or key that one of them ends is worthless at the other within five seconds."""

import re
import time

import pytest
from harness.browser import Browser
from harness.cluster import Cluster

PASSWORD = "correct horse battery"
EVERYWHERE_WITHIN = 5


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as cluster:
        yield cluster


def browsers(cluster, name: str) -> tuple[Browser, Browser]:
    """Somebody signed in at the first cas, whose cookie the second one knows."""
    url = cluster.admin("user", "reset", name)
    first, second = Browser(cluster.cas[0].url), Browser(cluster.cas[1].url)
    token = re.search(r"token=(\w+)", url).group(1)
    assert first.post("/api/password/reset", json={"token": token, "new": PASSWORD}).status == 204
    first.sign_in(name, PASSWORD)
    second.cookies = first.cookies
    assert second.session()["user"]["name"] == name
    assert second.csrf == first.csrf, "a token of one is good at the other"
    return first, second


def accepted_for(*asks) -> float:
    """For how long, counted from now, requests were still begun that are answered."""
    began = last = time.monotonic()
    while True:
        asked = time.monotonic()
        if all(status == 401 for status in [ask() for ask in asks]):
            return last - began
        last = asked
        time.sleep(0.05)


def test_revoking_reaches_every_process(cluster):
    cluster.admin("user", "create", "eve")
    first, second = browsers(cluster, "eve")
    key = first.post("/api/keys", json={"name": "k", "scope": "read"}).json()
    bearer = {"Authorization": f"Bearer {key['key']}"}
    anonymous = Browser(cluster.cas[1].url)
    ask_by_key = lambda: anonymous.get("/api/whoami-v2", headers=bearer).status
    ask_by_cookie = lambda: second.get("/api/whoami-v2").status
    assert (ask_by_key(), ask_by_cookie()) == (200, 200)
    assert first.delete(f"/api/keys/{key['id']}").status == 204
    assert accepted_for(ask_by_key) <= EVERYWHERE_WITHIN
    assert ask_by_cookie() == 200
    assert first.delete("/api/session").status == 204
    assert accepted_for(ask_by_cookie) <= EVERYWHERE_WITHIN


def test_who_is_switched_off_is_out_everywhere(cluster):
    cluster.admin("user", "create", "root", "--admin")
    cluster.admin("user", "create", "frank")
    root, _ = browsers(cluster, "root")
    first, second = browsers(cluster, "frank")
    key = first.post("/api/keys", json={"name": "k", "scope": "read"}).json()["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    anonymous = Browser(cluster.cas[1].url)
    ask_by_key = lambda: anonymous.get("/api/whoami-v2", headers=bearer).status
    ask_by_cookie = lambda: second.get("/api/whoami-v2").status
    assert (ask_by_key(), ask_by_cookie()) == (200, 200)
    assert root.patch("/admin/users/frank", json={"disabled": True}).status == 200
    assert accepted_for(ask_by_key, ask_by_cookie) <= EVERYWHERE_WITHIN
