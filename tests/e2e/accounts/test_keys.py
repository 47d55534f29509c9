"""Keys: made, shown once, used, limited by whoever makes them, revoked."""

import re
import time

import pytest


def test_keys_are_made_shown_once_used_and_revoked(bob, people):
    made = bob.post("/api/keys", json={"name": "laptop", "scope": "read"}).json()
    assert re.fullmatch("hf_[A-Za-z0-9]{34}", made["key"])
    assert made["key"].startswith(made["prefix"])
    assert people.http(made["key"]).get("/api/whoami-v2").json()["auth"]["accessToken"]["displayName"] == "laptop"
    assert people.http(made["key"]).post("/api/repos/create", json={"name": "no"}).status == 403
    (entry,) = [key for key in bob.get("/api/keys").json() if key["id"] == made["id"]]
    assert "key" not in entry
    assert (entry["name"], entry["scope"], entry["expiresAt"]) == ("laptop", "read", None)
    assert bob.delete(f"/api/keys/{made['id']}").status == 204
    assert people.http(made["key"]).get("/api/whoami-v2").status == 401
    assert bob.delete(f"/api/keys/{made['id']}").status == 404


def test_a_key_ends_when_it_was_said_to(bob, people):
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
    made = bob.post("/api/keys", json={"name": "brief", "scope": "write", "expiresAt": soon}).json()
    assert made["expiresAt"] == soon.replace("Z", ".000Z")
    deadline = time.monotonic() + 60
    while people.http(made["key"]).get("/api/whoami-v2").status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert people.http(made["key"]).get("/api/whoami-v2").status == 401


@pytest.mark.parametrize(
    "body",
    [
        {"scope": "read"},
        {"name": "x"},
        {"name": "x", "scope": "all"},
        {"name": "x" * 201, "scope": "read"},
        {"name": "x", "scope": "read", "expiresAt": "tomorrow"},
        {"name": "x", "scope": "read", "expiresAt": "2001-01-01T00:00:00Z"},
        {"name": "x", "scope": "read", "expiresAt": "2030-02-30T00:00:00Z"},
    ],
)
def test_keys_that_make_no_sense(bob, body):
    assert bob.post("/api/keys", json=body).status == 400


def test_nobody_makes_a_key_that_may_more_than_he(bob, alice, people):
    assert bob.post("/api/keys", json={"name": "x", "scope": "admin"}).status == 403
    assert alice.post("/api/keys", json={"name": "x", "scope": "admin"}).status == 200
    for scope, wanted, status in [("read", "read", 403), ("write", "admin", 403), ("write", "write", 200)]:
        answer = people.http(people.key("alice", scope)).post("/api/keys", json={"name": "x", "scope": wanted})
        assert answer.status == status, (scope, wanted)
