"""Signing in and out with a password: the cookie, refusals that tell nothing, attempts that are limited."""

import pytest
from harness.accounts import PASSWORD, set_password, setup_link, signed_in, token_in
from harness.browser import Browser
from harness.hub import Hub


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


def test_signing_in_again_replaces_the_session_and_needs_no_token_of_it(people):
    people.add_user("olga")
    set_password(people, "olga")
    browser = signed_in(people, "olga")
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
