"""`siahub admin signing rotate` beside a running hub: old links go on for one rotation, and end with the second."""

import time

import pytest
from harness.data import MIB, noise
from harness.hub import Hub, populate

FOLLOWS_WITHIN = 3.0


@pytest.fixture
def hub():
    with Hub() as hub:
        populate(hub)
        yield hub


def signed_link(http) -> str:
    answer = http.get("/alice/signed/resolve/main/a.bin")
    assert answer.status == 302
    return answer.headers["Location"]


def key_of(link: str) -> str:
    return dict(part.split("=") for part in link.split("?")[1].split("&"))["k"]


def wait_for_another_key(http, old: str) -> str:
    deadline = time.monotonic() + FOLLOWS_WITHIN
    while key_of(link := signed_link(http)) == old:
        assert time.monotonic() < deadline, "the hub does not follow the rotation"
        time.sleep(0.05)
    return link


def test_links_and_tokens_survive_one_rotation_and_not_two(hub):
    from harness.client import LATEST, Client

    http, content = hub.http(hub.key("alice")), noise("signed", 2 * MIB)
    http.create_repo("alice/signed")
    client = Client(LATEST, hub.url, hub.key("alice"))
    try:
        client.api("upload_file", repo_id="alice/signed", path_or_fileobj=content, path_in_repo="a.bin")
    finally:
        client.close()
    first = signed_link(http)
    token = http.get("/api/models/alice/signed/xet-read-token/main").json()["accessToken"]
    file_hash = http.head("/alice/signed/resolve/main/a.bin").headers["X-Xet-Hash"]
    told = hub.admin("signing", "rotate")
    assert "new key" in told and key_of(first) not in told
    second = wait_for_another_key(http, key_of(first))
    anyone = hub.http()
    assert anyone.get(first).body == anyone.get(second).body == content
    assert hub.http(token).get(f"/v2/reconstructions/{file_hash}").status == 200
    hub.admin("signing", "rotate")
    wait_for_another_key(http, key_of(second))
    assert anyone.get(first).status == 403
    assert anyone.get(second).body == content
    assert hub.http(token).get(f"/v2/reconstructions/{file_hash}").status == 401
