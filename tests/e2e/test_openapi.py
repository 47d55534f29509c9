"""Real answers are as api/openapi.yaml says, for every route of signing in, keys, accounts and their administration."""

import pytest
from harness.accounts import PASSWORD, set_password, setup_link, token_in
from harness.browser import Browser
from harness.hub import Hub, populate
from harness.openapi import check, operations

TAGS = {"session", "password", "keys", "device", "oauth", "organizations", "accounts", "administration"}
# Of these tags, but somebody else's to test.
ELSEWHERE = ("/admin/status", "/admin/doctor", "/admin/usage", "/admin/assets", "/admin/sia")


class Checked:
    """A browser all of whose answers are compared with the document."""

    def __init__(self, browser: Browser, seen: set) -> None:
        self.browser, self.seen = browser, seen

    def __call__(self, method: str, path: str, status: int, json=None, **more):
        answer = self.browser.request(method, path, json=json, **more)
        assert answer.status == status, (method, path, answer.status, answer.body)
        self.seen.add((method, check(method, path, answer)))
        return answer.json() if answer.body else None


@pytest.fixture(scope="module")
def hub():
    with Hub(serve_args=("--limit-sign-in", "0")) as hub:
        yield hub


def test_every_route_answers_as_described(hub):
    seen: set = set()
    browser = Browser(hub.url)
    root = Checked(browser, seen)
    stranger = Checked(Browser(hub.url), seen)

    root("GET", "/api/session", 200)
    link = token_in(setup_link(hub))
    person = {"name": "root", "password": PASSWORD, "email": "root@example.org"}
    root("POST", "/api/setup", 403, {"token": "x", **person})
    root("POST", "/api/setup", 400, {"token": link, **person, "password": "x"})
    root("POST", "/api/setup", 200, {"token": link, **person})
    stranger("POST", "/api/setup", 409, {"token": link, **person})
    populate(hub)
    set_password(hub, "bob")
    stranger("POST", "/api/session", 401, {"name": "root", "password": "wrong"})
    stranger("POST", "/api/session", 400, {})
    root("DELETE", "/api/session", 403)
    browser.session()
    root("GET", "/api/session", 200)
    root("GET", "/api/whoami-v2", 200)
    stranger("GET", "/api/whoami-v2", 401)

    other = Browser(hub.url)
    other.sign_in("root", PASSWORD)
    sessions = root("GET", "/api/sessions", 200)
    gone = next(s for s in sessions if not s["current"])
    root("DELETE", f"/api/sessions/{gone['id']}", 204)
    root("DELETE", f"/api/sessions/{gone['id']}", 404)
    root("DELETE", "/api/sessions", 204)
    stranger("GET", "/api/sessions", 401)
    root("POST", "/api/password", 401, {"current": "x", "new": "another horse battery"})
    root("POST", "/api/password", 400, {"current": PASSWORD, "new": "x"})
    root("POST", "/api/password", 204, {"current": PASSWORD, "new": "another horse battery"})
    stranger("POST", "/api/password/reset", 403, {"token": "x", "new": PASSWORD})

    key = root("POST", "/api/keys", 200, {"name": "one", "scope": "admin", "expiresAt": "2100-01-01T00:00:00Z"})
    root("GET", "/api/keys", 200)
    root("POST", "/api/keys", 400, {"name": "one"})
    root("DELETE", f"/api/keys/{key['id']}", 204)
    root("DELETE", f"/api/keys/{key['id']}", 404)
    stranger("GET", "/api/keys", 401)

    root("POST", "/api/organizations", 200, {"name": "labs"})
    root("POST", "/api/organizations", 409, {"name": "labs"})
    root("POST", "/api/organizations", 400, {"name": "--"})
    root("GET", "/api/organizations/labs/overview", 200)
    root("GET", "/api/organizations/nothing/overview", 404)
    root("PUT", "/api/organizations/labs/members/bob", 204, {"role": "read"})
    root("PUT", "/api/organizations/labs/members/bob", 400, {"role": "boss"})
    root("GET", "/api/organizations/labs/members", 200)
    root("DELETE", "/api/organizations/labs/members/root", 409)
    root("DELETE", "/api/organizations/labs/members/bob", 204)
    root("DELETE", "/api/organizations/labs/members/bob", 404)
    root("GET", "/api/users/bob/overview", 200)
    root("GET", "/api/users/nobody/overview", 404)

    root("GET", "/admin/users?limit=2", 200)
    root("GET", "/admin/users", 200)
    stranger("GET", "/admin/users", 401)
    assert [(o["name"], o["members"]) for o in root("GET", "/admin/orgs?search=LAB", 200)["orgs"]] == [("labs", 1)]
    root("GET", "/admin/orgs?limit=0", 400)
    stranger("GET", "/admin/orgs", 401)
    root("PATCH", "/admin/users/carol", 200, {"isAdmin": True})
    root("PATCH", "/admin/users/nobody", 404, {"isAdmin": True})
    reset = root("POST", "/admin/users/carol/reset", 200, {})
    stranger("POST", "/api/password/reset", 204, {"token": token_in(reset["url"]), "new": PASSWORD})
    made = root("POST", "/admin/invitations", 200, {"email": "x@example.org", "org": "labs", "role": "write"})
    plain = root("POST", "/admin/invitations", 200, {})
    root("GET", "/admin/invitations", 200)
    stranger("GET", f"/api/invitations/{token_in(made['url'])}", 200)
    stranger("GET", f"/api/invitations/{token_in(plain['url'])}", 200)
    stranger("GET", "/api/invitations/x", 404)
    root("DELETE", f"/admin/invitations/{plain['id']}", 204)
    root("DELETE", f"/admin/invitations/{plain['id']}", 404)
    new = Checked(Browser(hub.url), seen)
    new("POST", "/api/register", 403, {"name": "zoe", "password": PASSWORD})
    token = token_in(made["url"])
    new("POST", "/api/register", 409, {"name": "bob", "password": PASSWORD, "invitation": token})
    new("POST", "/api/register", 400, {"name": "zoe", "password": "x", "invitation": token})
    new("POST", "/api/register", 200, {"name": "zoe", "password": PASSWORD, "invitation": token})
    browser.post("/api/repos/create", json={"name": "m"})
    events = root("GET", "/admin/events?limit=200", 200)["events"]
    kinds = {event["event"] for event in events}
    assert {"sign_in", "sign_in_failed", "session_revoked", "password_changed", "reset_link_made"} <= kinds
    assert {"key_created", "user_created", "user_role_changed", "invitation_used", "org_created"} <= kinds
    root("GET", "/admin/events", 200)
    root("GET", "/admin/events?limit=1", 200)

    root("GET", "/admin/users/zoe/deletion", 200)
    root("DELETE", "/admin/users/zoe", 204)
    root("GET", "/admin/users/root/deletion", 200)
    root("DELETE", "/admin/users/root", 409)
    root("GET", "/api/organizations/labs/deletion", 200)
    root("DELETE", "/api/organizations/labs", 204)
    stranger("DELETE", "/api/organizations/labs", 401)
    deletions = [e["event"] for e in root("GET", "/admin/events?limit=2", 200)["events"]]
    assert sorted(deletions) == ["org_deleted", "user_deleted"]

    root("GET", "/api/identities", 200)
    root("DELETE", "/api/identities/company", 404)
    stranger("GET", "/oauth/start/nowhere", 302)
    stranger("GET", "/oauth/callback/nowhere", 302)

    asked = stranger("POST", "/oauth/device", 200, body=b"client_id=x")
    grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
    poll = f"{grant}&device_code={asked['device_code']}".encode()
    stranger("POST", "/oauth/token", 400, body=poll)
    stranger("POST", "/oauth/token", 400, body=b"grant_type=password")
    root("GET", f"/api/device/{asked['user_code']}", 200)
    root("GET", "/api/device/BBBB-BBBB", 404)
    root("POST", f"/api/device/{asked['user_code']}", 400, {})
    root("POST", f"/api/device/{asked['user_code']}", 204, {"approve": True, "expiresAt": "2100-01-01T00:00:00Z"})
    stranger("POST", "/oauth/token", 200, body=poll)
    root("DELETE", "/api/session", 204)

    described = {(m, p) for m, p in operations(TAGS) if not p.startswith(ELSEWHERE)}
    assert described - seen == set(), "described and not asked"
