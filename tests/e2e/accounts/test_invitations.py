"""Invitations and open registration."""

from harness.accounts import PASSWORD, token_in
from harness.browser import Browser
from harness.hub import Hub


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
