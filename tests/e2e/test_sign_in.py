"""Signing in with a browser: the first administrator, passwords, sessions, invitations, what protects them."""

import json
import re
import subprocess
import time
from pathlib import Path

import pytest
from harness.browser import Browser
from harness.cluster import until
from harness.http import file
from harness.hub import BINARY, Hub, populate

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
    browser = Browser(people.url)
    browser.sign_in("alice", PASSWORD)
    return browser


@pytest.fixture
def bob(people):
    browser = Browser(people.url)
    browser.sign_in("bob", PASSWORD)
    return browser


# -- the first administrator -------------------------------------------------------------------------


def test_a_new_hub_prints_the_link_by_which_its_first_administrator_begins():
    with Hub() as hub:
        link = setup_link(hub)
        assert link.startswith(hub.url)
        browser = Browser(hub.url)
        before = browser.session()
        assert (before["setupNeeded"], before["user"], before["csrf"]) == (True, None, "")
        person = {"name": "root", "email": "root@example.org", "password": PASSWORD}
        wrong = browser.post("/api/setup", json={"token": "x" * 43, **person})
        assert (wrong.status, wrong.error_code) == (403, "InvalidLink")
        weak = browser.post("/api/setup", json={"token": token_in(link), **person, "password": "short"})
        assert (weak.status, weak.error_code) == (400, "WeakPassword")
        told = browser.enter("/api/setup", {"token": token_in(link), **person})
        assert told["user"]["name"] == "root"
        assert told["user"]["isAdmin"] is True
        assert told["setupNeeded"] is False
        again = Browser(hub.url).post("/api/setup", json={"token": token_in(link), **person, "name": "two"})
        assert (again.status, again.error_code) == (409, "SetupDone")
        assert browser.get("/admin/users").status == 200
        hub.stop()
        seen = len(hub.log())
        hub.start()
        assert b"/setup?token=" not in hub.log()[seen:]
        assert browser.session()["user"]["name"] == "root", "sessions outlive the process"


def test_an_administrator_of_the_command_line():
    with Hub() as hub:
        hub.admin("user", "create", "root", "--admin")
        set_password(hub, "root")
        assert Browser(hub.url).sign_in("root", PASSWORD)["user"]["isAdmin"] is True


def test_a_link_for_a_user_that_is_not_there(hub):
    command = [BINARY, "admin", "user", "reset", "nobody", "--data", hub.data]
    done = subprocess.run(command, capture_output=True, text=True, env=hub.database.environment())
    assert done.returncode == 1
    assert "nobody" in done.stderr


# -- in and out --------------------------------------------------------------------------------------


def test_sign_in_and_out(browser):
    assert browser.session()["user"] is None
    told = browser.sign_in("Alice", PASSWORD)
    assert told["user"] == {
        "name": "alice",
        "fullname": "alice",
        "email": "alice@example.org",
        "isAdmin": True,
        "orgs": [{"name": "acme", "fullname": "acme", "role": "admin"}],
    }
    assert told["hub"]["endpoint"] == browser.url
    cookie = browser.set_cookies[-1]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie, "this hub is reached by http"
    me = browser.get("/api/whoami-v2").json()
    assert (me["name"], me["auth"]) == ("alice", {"type": "session"})
    old = dict(browser.cookies)
    assert browser.delete("/api/session").status == 204
    assert browser.cookies == {}
    browser.cookies = old
    assert browser.get("/api/whoami-v2").status == 401
    assert browser.session()["user"] is None
    assert browser.cookies == {}, "a cookie that means nothing any more is taken away"


def test_behind_https_the_cookie_is_secure():
    with Hub(serve_args=("--public-url", "https://hub.example.org")) as hub:
        link = setup_link(hub)
        assert link.startswith("https://hub.example.org/")
        browser = Browser(hub.url)
        body = {"token": token_in(link), "name": "root", "password": PASSWORD}
        answer = browser.post("/api/setup", json=body, headers={"Origin": "https://hub.example.org"})
        assert answer.status == 200
        assert "; Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("name", "password"), [("alice", "wrong horse battery"), ("nobody", PASSWORD), ("dave", PASSWORD), ("acme", PASSWORD)]
)
def test_whatever_is_wrong_is_refused_alike(browser, name, password):
    answer = browser.post("/api/session", json={"name": name, "password": password})
    assert (answer.status, answer.error_code, answer.error) == (401, "InvalidCredentials", "Wrong name or password")
    assert "WWW-Authenticate" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_the_address_stands_for_the_name(browser):
    assert browser.sign_in("ALICE@example.org", PASSWORD)["user"]["name"] == "alice"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"name": "alice"}', b'{"name": 1, "password": 2}'])
def test_nonsense_is_refused(browser, body):
    answer = browser.post("/api/session", body=body, headers={"Content-Type": "application/json"})
    assert answer.status == 400


def test_attempts_are_limited_for_the_account():
    with Hub(serve_args=("--limit-sign-in-burst", "3", "--limit-sign-in", "0.1")) as hub:
        hub.add_user("alice")
        hub.add_user("bob")
        set_password(hub, "alice")
        set_password(hub, "bob")
        browser = Browser(hub.url)
        for _ in range(3):
            assert browser.post("/api/session", json={"name": "alice", "password": "x"}).status == 401
        refused = browser.post("/api/session", json={"name": "ALICE", "password": PASSWORD})
        assert (refused.status, refused.error_code) == (429, "TooManyAttempts")
        assert 0 < int(refused.headers["Retry-After"]) <= 600
        assert browser.sign_in("bob", PASSWORD)["user"]["name"] == "bob"
        statuses = [browser.post("/api/session", json={"name": f"n{i}", "password": "x"}).status for i in range(12)]
        assert statuses[-1] == 429, "one address has an end, too"


def test_unknown_users_take_as_long(browser):
    """By the processor's time of the hub, which what else runs here does not change."""

    def cost(name: str, hub: Hub) -> float:
        before = hub.cpu_seconds()
        for _ in range(3):
            assert browser.post("/api/session", json={"name": name, "password": "wrong password"}).status == 401
        return hub.cpu_seconds() - before

    with Hub(serve_args=("--limit-sign-in", "0")) as hub:
        hub.add_user("alice")
        set_password(hub, "alice")
        browser = Browser(hub.url)
        known, unknown = cost("alice", hub), cost("nobody", hub)
        assert unknown > known / 3
        assert unknown > 0.05


# -- other sites -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_other_sites_sign_nobody_in(browser, headers):
    answer = browser.post("/api/session", json={"name": "alice", "password": PASSWORD}, headers=headers)
    assert answer.status in (400, 403)
    assert answer.error_code == "CrossSite"
    assert browser.cookies == {}


def test_signing_in_again_replaces_the_session_and_needs_no_token_of_it(people):
    people.add_user("olga")
    set_password(people, "olga")
    browser = Browser(people.url)
    browser.sign_in("olga", PASSWORD)
    old = dict(browser.cookies)
    wrong = browser.post("/api/session", json={"name": "carol", "password": "x"}, csrf="")
    assert (wrong.status, wrong.error_code) == (401, "InvalidCredentials")
    assert browser.session()["user"]["name"] == "olga", "a failed attempt ends nothing"
    told = browser.post("/api/session", json={"name": "carol", "password": PASSWORD}, csrf="")
    assert told.status == 200, told.body
    assert told.json()["user"]["name"] == "carol"
    assert browser.session()["user"]["name"] == "carol"
    before = Browser(people.url)
    before.cookies = old
    assert before.get("/api/whoami-v2").status == 401, "the session that it replaced has ended"
    link = Browser(people.url).sign_in("olga", PASSWORD)
    assert link["user"]["name"] == "olga"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Content-Type": "text/plain"},
    ],
)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/session", {"name": "alice", "password": PASSWORD}),
        ("/api/register", {"name": "mallory", "password": PASSWORD}),
        ("/api/setup", {"name": "mallory", "password": PASSWORD, "token": "x"}),
        ("/api/password/reset", {"token": "x", "new": PASSWORD}),
    ],
)
def test_other_sites_sign_nobody_out_of_a_session_into_another(bob, headers, path, body):
    for csrf in ("", bob.csrf):
        answer = bob.post(path, json=body, headers=headers, csrf=csrf)
        assert answer.status in (400, 403)
        assert answer.error_code == "CrossSite"
    assert bob.session()["user"]["name"] == "bob"


CHANGES = [
    ("POST", "/api/repos/create", {"name": "forged"}),
    ("POST", "/api/keys", {"name": "forged", "scope": "write"}),
    ("POST", "/api/organizations", {"name": "forged"}),
    ("DELETE", "/api/sessions", None),
    ("DELETE", "/api/session", None),
    ("POST", "/api/password", {"current": PASSWORD, "new": "another horse battery"}),
    ("PATCH", "/admin/users/bob", {"disabled": True}),
    ("PUT", "/api/organizations/acme/members/bob", {"role": "admin"}),
    ("PUT", "/api/models/alice/absent/settings", {"private": True}),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_a_cookie_alone_changes_nothing(alice, bob, method, path, body):
    for token in ("", "x" * 43, bob.csrf):
        answer = alice.request(method, path, json=body, csrf=token)
        assert (answer.status, answer.error_code) == (403, "InvalidCsrfToken")
    assert alice.session()["user"]["name"] == "alice"


def test_a_key_needs_no_csrf_token_and_wins_over_the_cookie(alice, people):
    headers = {"Authorization": f"Bearer {people.key('bob')}"}
    assert alice.get("/api/whoami-v2", headers=headers).json()["name"] == "bob"
    body = {"name": "by-key", "organization": "bob"}
    assert alice.post("/api/repos/create", json=body, headers=headers, csrf="").status == 200
    wrong = {"Authorization": "Bearer hf_" + "x" * 34}
    assert alice.get("/api/whoami-v2", headers=wrong).status == 401


def test_a_cookie_is_no_key_and_a_key_no_cookie(alice, people):
    cookie = alice.cookies["siahub_session"]
    assert people.http(cookie).get("/api/whoami-v2").status == 401
    stolen = Browser(people.url)
    stolen.cookies["siahub_session"] = people.key("alice")
    assert stolen.get("/api/whoami-v2").status == 401


# -- the Hub API with a cookie -----------------------------------------------------------------------


def test_repositories_with_a_cookie(alice, bob, browser):
    made = alice.post("/api/repos/create", json={"name": "secret", "private": True})
    assert made.status == 200, made.body
    head = {"key": "header", "value": {"summary": "first"}}
    lines = b"".join(json.dumps(line).encode() + b"\n" for line in (head, file("a.txt", b"hello")))
    kind = {"Content-Type": "application/x-ndjson"}
    assert alice.post("/api/models/alice/secret/commit/main", body=lines, headers=kind).status == 200
    assert alice.get("/alice/secret/resolve/main/a.txt").body == b"hello"
    assert [m["id"] for m in alice.get("/api/models?author=alice&search=secret").json()] == ["alice/secret"]
    assert bob.get("/api/models/alice/secret").status == 404
    assert browser.get("/api/models/alice/secret").status == 401
    assert bob.post("/api/models/alice/secret/commit/main", body=lines, headers=kind).status == 404
    assert alice.request("DELETE", "/api/repos/delete", json={"name": "secret"}).status == 200


def test_roles_in_an_organisation_count_for_sessions(people, bob):
    carol = Browser(people.url)
    carol.sign_in("carol", PASSWORD)
    wanted = {"name": "team", "organization": "acme"}
    assert carol.post("/api/repos/create", json=wanted).status == 403
    assert bob.post("/api/repos/create", json=wanted).status == 200
    assert carol.get("/api/models/acme/team").status == 200


# -- sessions ----------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended(people):
    here, there = Browser(people.url), Browser(people.url)
    here.sign_in("carol", PASSWORD)
    assert here.delete("/api/sessions").status == 204
    there.post("/api/session", json={"name": "carol", "password": PASSWORD}, headers={"User-Agent": "Lynx/2.9"})
    entries = here.get("/api/sessions").json()
    assert len(entries) == 2
    (other,) = [entry for entry in entries if not entry["current"]]
    assert (other["userAgent"], other["address"]) == ("Lynx/2.9", "127.0.0.1")
    assert there.get("/api/whoami-v2").status == 200
    assert here.delete(f"/api/sessions/{other['id']}").status == 204
    assert there.get("/api/whoami-v2").status == 401
    assert here.delete(f"/api/sessions/{other['id']}").status == 404
    assert here.delete("/api/sessions/x").status == 404
    assert len(here.get("/api/sessions").json()) == 1


def test_a_changed_password_ends_the_other_sessions(people):
    people.add_user("erin")
    set_password(people, "erin")
    here, there = Browser(people.url), Browser(people.url)
    here.sign_in("erin", PASSWORD)
    there.sign_in("erin", PASSWORD)
    wrong = here.post("/api/password", json={"current": "x", "new": "another horse battery"})
    assert (wrong.status, wrong.error_code) == (401, "InvalidCredentials")
    weak = here.post("/api/password", json={"current": PASSWORD, "new": "erin"})
    assert (weak.status, weak.error_code) == (400, "WeakPassword")
    before = here.cookies["siahub_session"]
    assert here.post("/api/password", json={"current": PASSWORD, "new": "another horse battery"}).status == 204
    assert here.cookies["siahub_session"] != before
    assert here.get("/api/whoami-v2").status == 200
    assert there.get("/api/whoami-v2").status == 401
    assert Browser(people.url).post("/api/session", json={"name": "erin", "password": PASSWORD}).status == 401
    assert Browser(people.url).sign_in("erin", "another horse battery")
    key = people.http(people.key("erin"))
    assert key.post("/api/password", json={"new": "by the key 123"}).status == 403


# -- keys --------------------------------------------------------------------------------------------


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


# -- organisations -----------------------------------------------------------------------------------


def test_an_organisation_and_its_members(bob, alice, people):
    carol = Browser(people.url)
    carol.sign_in("carol", PASSWORD)
    made = bob.post("/api/organizations", json={"name": "labs", "fullname": "The Labs"})
    assert (made.status, made.json()["numUsers"]) == (200, 1)
    assert bob.post("/api/organizations", json={"name": "Labs"}).status == 409
    assert bob.post("/api/organizations", json={"name": "-"}).status == 400
    assert bob.post("/api/repos/create", json={"name": "m", "organization": "labs"}).status == 200
    assert carol.put("/api/organizations/labs/members/carol", json={"role": "admin"}).status == 403
    assert carol.get("/api/organizations/labs/members").status == 403
    assert bob.put("/api/organizations/labs/members/carol", json={"role": "boss"}).status == 400
    assert bob.put("/api/organizations/labs/members/nobody", json={"role": "read"}).status == 404
    assert bob.put("/api/organizations/labs/members/acme", json={"role": "read"}).status == 404
    assert bob.put("/api/organizations/labs/members/carol", json={"role": "write"}).status == 204
    assert carol.post("/api/repos/create", json={"name": "n", "organization": "labs"}).status == 200
    assert carol.delete("/api/organizations/labs/members/bob").status == 403
    assert bob.delete("/api/organizations/labs/members/bob").status == 409
    members = {m["user"]: m["role"] for m in bob.get("/api/organizations/labs/members").json()}
    assert members == {"bob": "admin", "carol": "write"}
    assert carol.delete("/api/organizations/labs/members/carol").status == 204, "everybody may leave"
    assert carol.post("/api/repos/create", json={"name": "o", "organization": "labs"}).status == 403
    assert alice.put("/api/organizations/labs/members/carol", json={"role": "read"}).status == 204


def test_a_read_key_changes_no_organisation(people):
    http = people.http(people.key("alice", "read"))
    assert http.post("/api/organizations", json={"name": "x1"}).status == 403
    assert http.put("/api/organizations/acme/members/dave", json={"role": "read"}).status == 403


# -- administration ----------------------------------------------------------------------------------

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
    frank = Browser(people.url)
    frank.sign_in("frank", PASSWORD)
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
    grace = Browser(people.url)
    grace.sign_in("grace", PASSWORD)
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


# -- invitations and registration --------------------------------------------------------------------


def test_an_invitation(alice, people, browser):
    wanted = {"email": "ivan@example.org", "org": "acme", "role": "contributor", "expiresInHours": 2}
    made = alice.post("/admin/invitations", json=wanted).json()
    token = token_in(made["url"])
    assert [entry["id"] for entry in alice.get("/admin/invitations").json()] == [made["id"]]
    told = browser.get(f"/api/invitations/{token}").json()
    assert (told["email"], told["org"], told["role"]) == ("ivan@example.org", "acme", "contributor")
    assert told["invitedBy"] == "alice"
    closed = browser.post("/api/register", json={"name": "ivan", "email": "i@example.org", "password": PASSWORD})
    assert (closed.status, closed.error_code) == (403, "RegistrationClosed")
    taken = browser.post("/api/register", json={"name": "Alice", "password": PASSWORD, "invitation": token})
    assert (taken.status, taken.error_code) == (409, "NameTaken")
    bad = browser.post("/api/register", json={"name": "api", "password": PASSWORD, "invitation": token})
    assert (bad.status, bad.error_code) == (400, "InvalidName")
    session = browser.enter("/api/register", {"name": "ivan", "password": PASSWORD, "invitation": token})
    assert session["user"]["email"] == "ivan@example.org"
    assert session["user"]["isAdmin"] is False
    assert [(o["name"], o["role"]) for o in session["user"]["orgs"]] == [("acme", "contributor")]
    used = Browser(people.url).post("/api/register", json={"name": "judy", "password": PASSWORD, "invitation": token})
    assert (used.status, used.error_code) == (403, "InvalidLink")
    gone = browser.get(f"/api/invitations/{token}")
    assert (gone.status, gone.error_code) == (404, "InvalidLink")


def test_an_invitation_is_withdrawn(alice, browser):
    made = alice.post("/admin/invitations", json={}).json()
    assert alice.delete(f"/admin/invitations/{made['id']}").status == 204
    assert browser.get(f"/api/invitations/{token_in(made['url'])}").status == 404
    assert alice.delete(f"/admin/invitations/{made['id']}").status == 404
    assert alice.post("/admin/invitations", json={"org": "nowhere"}).status == 404
    assert alice.post("/admin/invitations", json={"role": "boss"}).status == 400
    assert alice.post("/admin/invitations", json={"expiresInHours": 0}).status == 400


def test_a_hub_that_is_open():
    with Hub(serve_args=("--open-registration", "true")) as hub:
        browser = Browser(hub.url)
        assert browser.session()["registrationOpen"] is True
        person = {"name": "mia", "email": "mia@example.org", "password": PASSWORD}
        assert browser.enter("/api/register", person)["user"]["name"] == "mia"
        twin = Browser(hub.url).post("/api/register", json={**person, "name": "twin"})
        assert (twin.status, twin.error_code) == (409, "EmailTaken")
        assert browser.get("/admin/users").status == 403


def test_events_are_listed(alice):
    made = alice.post("/api/repos/create", json={"name": "eventful"})
    assert made.status == 200
    page = alice.get("/admin/events?limit=1").json()
    assert len(page["events"]) == 1
    assert page["cursor"] == page["events"][0]["id"]
    events = alice.get("/admin/events?limit=200").json()["events"]
    (created,) = [e for e in events if e["repo"] == "models/alice/eventful"]
    assert (created["event"], created["user"]) == ("create", "alice")
    assert events == sorted(events, key=lambda e: int(e["id"]), reverse=True)


def test_events_of_accounts_are_listed_without_secrets(alice, people):
    people.add_user("nina")
    set_password(people, "nina")
    nina = Browser(people.url)
    nina.sign_in("nina", PASSWORD)
    key = nina.post("/api/keys", json={"name": "lab key", "scope": "read"}).json()
    nina.delete(f"/api/keys/{key['id']}")
    nina.post("/api/organizations", json={"name": "ninas"})
    nina.put("/api/organizations/ninas/members/bob", json={"role": "write"})
    nina.delete("/api/organizations/ninas/members/bob")
    nina.post("/api/repos/create", json={"name": "noted"})
    nina.put("/api/models/nina/noted/settings", json={"private": True})
    nina.post("/api/repos/move", json={"fromRepo": "nina/noted", "toRepo": "nina/renamed", "type": "model"})
    nina.delete("/api/repos/delete", json={"name": "renamed", "type": "model"})
    nina.delete("/api/session")
    invited = alice.post("/admin/invitations", json={"org": "ninas", "role": "read"}).json()
    alice.delete(f"/admin/invitations/{invited['id']}")
    alice.patch("/admin/users/nina", json={"isAdmin": True})
    alice.patch("/admin/users/nina", json={"isAdmin": False, "disabled": True})
    answer = alice.get("/admin/events?limit=200")
    events = answer.json()["events"]

    def of(**wanted):
        return [e for e in events if all(e[name] == value for name, value in wanted.items())]

    (signed_in,) = of(event="sign_in", user="nina")
    assert (signed_in["about"], signed_in["detail"]) == (None, "127.0.0.1")
    assert [(e["about"], e["detail"]) for e in of(user="nina", event="key_created")] == [("lab key", "read")]
    assert [(e["about"], e["detail"]) for e in of(user="nina", event="key_revoked")] == [("lab key", "read")]
    assert [e["about"] for e in of(user="nina", event="org_created")] == ["ninas"]
    assert [(e["about"], e["detail"]) for e in of(user="nina", event="member_changed")] == [("bob", "ninas write")]
    assert [(e["about"], e["detail"]) for e in of(user="nina", event="member_removed")] == [("bob", "ninas")]
    assert [e["detail"] for e in of(user="nina", event="repo_visibility_changed")] == ["private"]
    assert [e["about"] for e in of(user="nina", event="repo_renamed")] == ["models/nina/noted"]
    assert [e["about"] for e in of(user="nina", event="delete")] == ["models/nina/renamed"]
    assert len(of(user="nina", event="sign_out")) == 1
    assert len(of(user="nina", event="password_reset")) == 1
    assert len(of(user=None, event="reset_link_made", about="nina")) == 1
    assert len(of(user=None, event="user_created", about="nina")) == 1
    assert len(of(user="alice", event="invitation_made", about=None, detail="ninas read")) == 1
    assert len(of(user="alice", event="invitation_withdrawn", about=None, detail="ninas read")) == 1
    roles = [e["detail"] for e in of(user="alice", event="user_role_changed", about="nina")]
    assert sorted(roles) == ["administrator", "user"]
    assert len(of(user="alice", event="user_disabled", about="nina")) == 1
    for secret in (PASSWORD, key["key"], token_in(invited["url"])):
        assert secret.encode() not in answer.body


def test_failed_sign_ins_are_noted_and_cannot_fill_the_log(alice, people):
    begun = time.monotonic()

    def fail_as(name):
        answer = Browser(people.url).post("/api/session", json={"name": name, "password": "s3cret-typed"})
        assert (answer.status, answer.error_code) == (401, "InvalidCredentials")

    def failures(name):
        answer = alice.get("/admin/events?limit=200")
        assert b"s3cret-typed" not in answer.body
        events = [e for e in answer.json()["events"] if e["event"] == "sign_in_failed"]
        return [e for e in events if (e["about"] or "").startswith(name)]

    # Others may have used up what may be written in this minute.
    tries = iter(range(100))
    typed = "typed-" + "x" * 70

    def noted():
        fail_as(f"{next(tries)}-{typed}")
        return [e for i in range(100) for e in failures(f"{i}-typed-")]

    first = until(noted, seconds=180)[0]
    assert len(first["about"]) == 64
    assert (first["user"], first["detail"]) == (None, "127.0.0.1")
    for _ in range(5):
        fail_as("again-and-again")
    minutes = (time.monotonic() - begun) / 60
    assert len(failures("again-and-again")) <= 1 + minutes
    for i in range(40):
        fail_as(f"flood-{i}")
    minutes = (time.monotonic() - begun) / 60
    assert len(failures("flood-")) <= 20 + 20 * minutes


def test_sessions_are_not_in_a_backup(people, alice, tmp_path):
    people.admin("backup", "--to", str(tmp_path / "copy"))
    names = {p.name: p.stat().st_size for p in (tmp_path / "copy").rglob("*.rows")}
    empty = names["device_codes.rows"]
    assert names["passwords.rows"] > empty
    assert names["sessions.rows"] <= empty + 200, "the head alone"
    raw = b"".join(p.read_bytes() for p in Path(tmp_path).rglob("sessions.rows"))
    assert b"127.0.0.1" not in raw
