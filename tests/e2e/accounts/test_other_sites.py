"""What other sites cannot do with the cookie of somebody who is signed in."""

import pytest
from harness.accounts import PASSWORD
from harness.browser import Browser

CROSS_SITE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/x-www-form-urlencoded"},
]


@pytest.mark.parametrize("headers", CROSS_SITE)
def test_other_sites_sign_nobody_in(browser, headers):
    answer = browser.post("/api/session", json={"name": "alice", "password": PASSWORD}, headers=headers)
    assert answer.status in (400, 403)
    assert answer.error_code == "CrossSite"
    assert browser.cookies == {}


@pytest.mark.parametrize("headers", CROSS_SITE)
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
