"""What administrators may do to accounts, and nobody else."""

import re

import pytest
from harness.accounts import PASSWORD, set_password, signed_in, token_in
from harness.browser import Browser


ADMINISTRATION = [
    ("GET", "/admin/users", None),
    ("GET", "/admin/orgs", None),
    ("PATCH", "/admin/users/carol", {"isAdmin": True}),
    ("POST", "/admin/users/carol/reset", {}),
    ("GET", "/admin/invitations", None),
    ("POST", "/admin/invitations", {}),
    ("DELETE", "/admin/invitations/1", None),
    ("GET", "/admin/events", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ADMINISTRATION)
def test_administration_is_for_administrators(bob, people, browser, method, path, body):
    assert bob.request(method, path, json=body).status == 403
    assert browser.request(method, path, json=body).status == 401
    assert people.http(people.key("alice", "write")).request(method, path, json=body).status == 403
    assert people.http(people.key("bob")).request(method, path, json=body).status == 403


def test_users_are_listed_in_pages(alice):
    names, cursor = [], ""
    while cursor is not None:
        page = alice.get(f"/admin/users?limit=2&cursor={cursor}").json()
        names += [user["name"] for user in page["users"]]
        cursor = page["cursor"]
    assert names == sorted(names)
    assert {"alice", "bob", "carol", "dave"} <= set(names)
    assert "acme" not in names
    (found,) = alice.get("/admin/users?search=ALIC").json()["users"]
    assert (found["name"], found["isAdmin"], found["disabled"]) == ("alice", True, False)
    assert alice.get("/admin/users?limit=0").status == 400
    assert alice.get("/admin/users?limit=201").status == 400


def test_organisations_are_listed_in_pages(alice, bob):
    for name in ("pageful-1", "pageful-2", "pageful-3"):
        assert bob.post("/api/organizations", json={"name": name, "fullname": f"Of {name}"}).status == 200
    assert bob.put("/api/organizations/pageful-2/members/carol", json={"role": "read"}).status == 204
    for name, private in (("m", True), ("n", False)):
        made = bob.post("/api/repos/create", json={"name": name, "organization": "pageful-2", "private": private})
        assert made.status == 200
    orgs, cursor = [], ""
    while cursor is not None:
        page = alice.get(f"/admin/orgs?search=PAGEFUL&limit=2&cursor={cursor}").json()
        assert 1 <= len(page["orgs"]) <= 2
        orgs += page["orgs"]
        cursor = page["cursor"]
    assert [(o["name"], o["fullname"], o["members"], o["repositories"]) for o in orgs] == [
        ("pageful-1", "Of pageful-1", 1, 0),
        ("pageful-2", "Of pageful-2", 2, 2),
        ("pageful-3", "Of pageful-3", 1, 0),
    ]
    assert all(re.fullmatch(r"20\d\d-.*Z", o["createdAt"]) for o in orgs)
    everything = [o["name"] for o in alice.get("/admin/orgs").json()["orgs"]]
    assert "acme" in everything and "bob" not in everything
    assert [o["name"] for o in alice.get("/admin/orgs?search=of%20pageful-3").json()["orgs"]] == ["pageful-3"]


def test_who_is_switched_off_is_out(alice, people):
    people.add_user("frank")
    set_password(people, "frank")
    frank = signed_in(people, "frank")
    key = people.http(people.key("frank"))
    assert key.get("/api/whoami-v2").status == 200
    assert alice.patch("/admin/users/frank", json={"disabled": True}).json()["disabled"] is True
    assert frank.get("/api/whoami-v2").status == 401
    assert key.get("/api/whoami-v2").status == 401
    refused = Browser(people.url).post("/api/session", json={"name": "frank", "password": PASSWORD})
    assert (refused.status, refused.error_code) == (401, "InvalidCredentials")
    assert alice.patch("/admin/users/frank", json={"disabled": False}).status == 200
    assert key.get("/api/whoami-v2").status == 200
    assert frank.get("/api/whoami-v2").status == 401
    assert Browser(people.url).sign_in("frank", PASSWORD)


def test_administrators_are_made_and_unmade(alice, people):
    people.add_user("grace")
    set_password(people, "grace")
    grace = signed_in(people, "grace")
    assert grace.get("/admin/users").status == 403
    assert alice.patch("/admin/users/grace", json={"isAdmin": True}).json()["isAdmin"] is True
    assert grace.get("/admin/users").status == 200
    key = grace.post("/api/keys", json={"name": "ops", "scope": "admin"}).json()["key"]
    assert people.http(key).get("/admin/users").status == 200
    assert alice.patch("/admin/users/grace", json={"isAdmin": False}).status == 200
    assert grace.get("/admin/users").status == 403
    assert people.http(key).get("/admin/users").status == 403
    last = alice.patch("/admin/users/alice", json={"isAdmin": False})
    assert last.status == 409
    assert alice.patch("/admin/users/nobody", json={"isAdmin": True}).status == 404


def test_a_reset_link_sets_a_password_once(alice, people):
    people.add_user("heidi")
    made = alice.post("/admin/users/heidi/reset", json={}).json()
    assert made["url"].startswith(f"{people.url}/reset?token=")
    browser = Browser(people.url)
    body = {"token": token_in(made["url"]), "new": PASSWORD}
    assert browser.post("/api/password/reset", json={**body, "new": "short"}).error_code == "WeakPassword"
    assert browser.post("/api/password/reset", json=body).status == 204
    assert browser.sign_in("heidi", PASSWORD)
    again = Browser(people.url).post("/api/password/reset", json=body)
    assert (again.status, again.error_code) == (403, "InvalidLink")
