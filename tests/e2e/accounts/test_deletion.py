"""Deleting users and organisations: what goes, what stays, and what is in the way."""

import pytest
from harness.accounts import PASSWORD, set_password, signed_in
from harness.browser import Browser
from harness.openapi import check


def asked(browser, method, path, status):
    answer = browser.request(method, path)
    assert answer.status == status, answer.body
    check(method, path, answer)
    return answer


def newcomer(people, name):
    people.add_user(name)
    set_password(people, name)
    return signed_in(people, name)


def refused(people, *words):
    with pytest.raises(RuntimeError) as told:
        people.admin(*words)
    return str(told.value)


def make_repo(browser, name, organization):
    body = {"name": name, "organization": organization}
    assert browser.post("/api/repos/create", json=body).status == 200


@pytest.mark.parametrize("path", ["/admin/users/carol", "/admin/users/carol/deletion"])
def test_users_are_deleted_by_administrators(bob, people, browser, path):
    method = "GET" if path.endswith("deletion") else "DELETE"
    asked(bob, method, path, 403)
    asked(browser, method, path, 401)
    asked(people.http(people.key("alice", "write")), method, path, 403)


def test_a_user_goes_with_keys_sessions_and_memberships(alice, bob, people):
    ivan = newcomer(people, "ivan")
    key = people.http(people.key("ivan"))
    assert bob.post("/api/organizations", json={"name": "guild"}).status == 200
    assert bob.put("/api/organizations/guild/members/ivan", json={"role": "write"}).status == 204
    assert key.get("/api/whoami-v2").status == 200
    told = asked(alice, "GET", "/admin/users/Ivan/deletion", 200).json()
    assert (told["name"], told["keys"], told["sessions"], told["hindrances"]) == ("ivan", 1, 1, [])
    assert told["organizations"] == [{"name": "guild", "role": "write"}]
    asked(alice, "DELETE", "/admin/users/ivan", 204)
    assert key.get("/api/whoami-v2").status == 401
    assert ivan.get("/api/whoami-v2").status == 401
    again = Browser(people.url).post("/api/session", json={"name": "ivan", "password": PASSWORD})
    assert (again.status, again.error_code) == (401, "InvalidCredentials")
    assert [m["user"] for m in bob.get("/api/organizations/guild/members").json()] == ["bob"]
    assert alice.get("/admin/users?search=ivan").json()["users"] == []
    assert people.http(None).get("/api/users/ivan/overview").status == 404
    asked(alice, "DELETE", "/admin/users/ivan", 404)
    asked(alice, "GET", "/admin/users/ivan/deletion", 404)
    asked(alice, "DELETE", "/admin/users/guild", 404)


def test_the_log_and_the_name_stay(alice, people):
    newcomer(people, "judy")
    asked(alice, "DELETE", "/admin/users/judy", 204)
    events = alice.get("/admin/events?limit=200").json()["events"]
    assert (events[0]["event"], events[0]["user"], events[0]["about"]) == ("user_deleted", "alice", "judy")
    assert any(e["event"] == "sign_in" and e["user"] == "judy" for e in events)
    taken = alice.post("/api/organizations", json={"name": "Judy"})
    assert taken.status == 409
    assert "deleted" in taken.error
    assert "deleted" in refused(people, "user", "create", "judy")
    people.admin("user", "create", "judy", "--reuse-name")
    assert alice.get("/admin/users?search=judy").json()["users"][0]["name"] == "judy"


def test_what_would_be_lost_is_in_the_way(alice, people):
    kim = newcomer(people, "kim")
    assert kim.post("/api/organizations", json={"name": "kims"}).status == 200
    make_repo(kim, "tiny", "kim")
    told = asked(alice, "GET", "/admin/users/kim/deletion", 200).json()
    assert [h["code"] for h in told["hindrances"]] == ["OnlyOrganizationAdministrator", "OwnsRepositories"]
    assert asked(alice, "DELETE", "/admin/users/kim", 409).error_code == "OnlyOrganizationAdministrator"
    asked(alice, "DELETE", "/api/organizations/kims", 204)
    owner = asked(alice, "DELETE", "/admin/users/kim", 409)
    assert owner.error_code == "OwnsRepositories"
    assert "kim still owns 1 repository" in owner.error
    assert asked(alice, "DELETE", "/admin/users/alice", 409).error_code == "OwnAccount"
    codes = [h["code"] for h in asked(alice, "GET", "/admin/users/alice/deletion", 200).json()["hindrances"]]
    assert codes[:2] == ["OwnAccount", "LastAdministrator"]


def test_repositories_go_to_whom_the_administrator_names(alice, people):
    lee = newcomer(people, "lee")
    for name in ("tiny", "shared"):
        make_repo(lee, name, "lee")
    mia = newcomer(people, "mia")
    make_repo(mia, "shared", "mia")
    asked(alice, "DELETE", "/admin/users/lee?moveRepositoriesTo=mia", 409)
    asked(alice, "DELETE", "/admin/users/lee?moveRepositoriesTo=lee", 400)
    asked(alice, "DELETE", "/admin/users/lee?moveRepositoriesTo=nobody", 404)
    assert lee.get("/api/models/lee/tiny").status == 200, "all or nothing"
    asked(alice, "DELETE", "/admin/users/lee?moveRepositoriesTo=bob", 204)
    assert people.http(None).get("/api/models/bob/tiny").json()["id"] == "bob/tiny"
    moved = people.http(None).get("/api/models/lee/tiny")
    assert (moved.status, moved.headers["Location"]) == (307, "/api/models/bob/tiny")


def test_an_organisation_is_deleted_by_its_administrators(alice, bob, people):
    carol = signed_in(people, "carol")
    assert bob.post("/api/organizations", json={"name": "crew"}).status == 200
    assert bob.put("/api/organizations/crew/members/carol", json={"role": "write"}).status == 204
    make_repo(bob, "crewed", "crew")
    invited = alice.post("/admin/invitations", json={"org": "crew", "role": "read"}).json()
    for method, path in (("DELETE", "/api/organizations/crew"), ("GET", "/api/organizations/crew/deletion")):
        asked(carol, method, path, 403)
        asked(Browser(people.url), method, path, 401)
        asked(people.http(people.key("bob", "read")), method, path, 403)
    told = asked(bob, "GET", "/api/organizations/crew/deletion", 200).json()
    assert (told["members"], told["repositories"], told["invitations"]) == (2, 1, 1)
    assert asked(bob, "DELETE", "/api/organizations/crew", 409).error_code == "OwnsRepositories"
    asked(bob, "DELETE", "/api/organizations/crew?moveRepositoriesTo=dave", 403)
    asked(bob, "DELETE", "/api/organizations/crew?moveRepositoriesTo=bob", 204)
    asked(bob, "GET", "/api/organizations/crew/deletion", 404)
    assert carol.post("/api/repos/create", json={"name": "x", "organization": "crew"}).status == 403
    assert invited["id"] not in [one["id"] for one in alice.get("/admin/invitations").json()]
    assert people.http(None).get("/api/organizations/crew/overview").status == 404


def test_the_command_line_says_what_would_go_before_it_deletes(alice, people):
    newcomer(people, "nina")
    people.key("nina")
    said = refused(people, "user", "delete", "nina")
    assert "ends 1 key, 1 session" in said
    assert "--yes" in said
    assert alice.get("/admin/users?search=nina").json()["users"]
    assert "deleted nina" in people.admin("user", "delete", "nina", "--yes")
    assert alice.get("/admin/users?search=nina").json()["users"] == []
    assert "only administrator" in refused(people, "user", "delete", "alice", "--yes")
    assert "is a user" in refused(people, "org", "delete", "alice", "--yes")
    olaf = newcomer(people, "olaf")
    assert olaf.post("/api/organizations", json={"name": "olafs"}).status == 200
    make_repo(olaf, "kept", "olafs")
    assert "owns 1 repository" in refused(people, "org", "delete", "olafs", "--yes")
    people.admin("org", "delete", "olafs", "--yes", "--move-repositories-to", "olaf")
    assert people.http(None).get("/api/models/olaf/kept").status == 200
