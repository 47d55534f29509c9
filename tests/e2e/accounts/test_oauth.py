"""Signing in through an OpenID provider, the npm package oidc-provider, with a browser of the tests' own."""

import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from harness.accounts import PASSWORD, error_of, set_password, token_in
from harness.browser import Browser
from harness.hub import Hub
from harness.oidc import OidcProvider
from harness.ports import free_port


class Place:
    """A hub and its provider."""

    def __init__(self, hub: Hub, provider: OidcProvider) -> None:
        self.hub, self.provider = hub, provider

    def start(self, browser: Browser, id: str = "rsa", query: str = "") -> str:
        answer = browser.get(f"/oauth/start/{id}{query}")
        assert answer.status == 302
        return answer.headers["Location"]

    def sign_in(self, browser: Browser, person: str, id: str = "rsa", query: str = "") -> str:
        """Where the browser ends up."""
        back = self.provider.visit(self.start(browser, id, query), person)
        assert back.startswith(self.hub.url + f"/oauth/callback/{id}?")
        answer = browser.get(back.removeprefix(self.hub.url))
        assert answer.status == 302
        return answer.headers["Location"]


def place_with(home: Path, **more: str):
    hub = Hub()
    hub.url = f"http://127.0.0.1:{free_port()}"
    provider = OidcProvider(hub.url, home)
    settings = home / "siahub.toml"
    settings.write_text('[limits]\nsign_in_per_minute = 0\n\n' + provider.settings(home / "secret", **more))
    hub.serve_args = ("--config", str(settings))
    return hub, provider


@pytest.fixture(scope="module")
def place():
    with tempfile.TemporaryDirectory() as home:
        hub, provider = place_with(Path(home), sign_up="true")
        with provider, hub:
            hub.add_user("alice", email="alice@example.org")
            hub.admin("user", "create", "root", "--admin")
            set_password(hub, "alice")
            set_password(hub, "root")
            yield Place(hub, provider)


@pytest.fixture
def browser(place):
    return Browser(place.hub.url)


def test_the_sign_in_page_names_the_providers(browser):
    assert browser.session()["providers"] == [
        {"id": "rsa", "name": "Example", "startUrl": "/oauth/start/rsa"},
        {"id": "ec", "name": "Example", "startUrl": "/oauth/start/ec"},
    ]


@pytest.mark.parametrize(("id", "person"), [("rsa", "mia"), ("ec", "noah")])
def test_somebody_new_signs_up_and_comes_back(place, browser, id, person):
    assert place.sign_in(browser, person, id, "?next=/settings/tokens") == "/settings/tokens"
    user = browser.session()["user"]
    assert (user["name"], user["fullname"], user["email"]) == (person, f"The {person}", f"{person}@example.org")
    assert user["isAdmin"] is False
    told = browser.get("/api/identities").json()
    assert told["hasPassword"] is False
    assert [(i["provider"], i["name"]) for i in told["identities"]] == [(id, "Example")]
    again = Browser(place.hub.url)
    assert place.sign_in(again, person, id) == "/"
    assert again.session()["user"]["name"] == person
    gone = browser.delete(f"/api/identities/{id}")
    assert gone.status == 409, "it is the only way in"


def test_the_question_has_pkce_state_and_nonce(place, browser):
    asked = parse_qs(urlsplit(place.start(browser)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len(asked["state"][0]) == len(asked["nonce"][0]) == 43
    assert asked["redirect_uri"] == [f"{place.hub.url}/oauth/callback/rsa"]
    (cookie,) = browser.set_cookies
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_an_address_alone_takes_over_no_account(place, browser):
    assert error_of(place.sign_in(browser, "twin-of-alice")) == "account_exists"
    assert browser.session()["user"] is None


def test_an_address_that_is_not_proven_makes_no_account(place, browser):
    assert error_of(place.sign_in(browser, "unproven")) == "email_unverified"


def test_who_is_signed_in_links_an_account_and_unlinks_it(place, browser):
    csrf = browser.sign_in("alice", PASSWORD)["csrf"]
    assert error_of(place.start(browser, query="?link=wrong")) == "state_invalid"
    assert place.sign_in(browser, "wonderland", query=f"?link={csrf}&next=/settings") == "/settings"
    other = Browser(place.hub.url)
    assert place.sign_in(other, "wonderland") == "/"
    assert other.session()["user"]["name"] == "alice"
    root = Browser(place.hub.url)
    csrf = root.sign_in("root", PASSWORD)["csrf"]
    assert error_of(place.sign_in(root, "wonderland", query=f"?link={csrf}")) == "already_linked"
    assert browser.delete("/api/identities/rsa").status == 204
    assert browser.delete("/api/identities/rsa").status == 404


def test_an_answer_is_good_once_and_in_one_browser(place, browser):
    back = place.provider.visit(place.start(browser), "olga").removeprefix(place.hub.url)
    stranger = Browser(place.hub.url)
    place.start(stranger)
    assert error_of(stranger.get(back).headers["Location"]) == "state_invalid"
    assert stranger.session()["user"] is None
    assert browser.get(back).headers["Location"] == "/"
    browser.cookies.pop("siahub_session")
    assert error_of(browser.get(back).headers["Location"]) == "state_invalid"


def test_answers_that_do_not_check_out(place, browser):
    def state() -> str:
        return parse_qs(urlsplit(place.start(browser)).query)["state"][0]

    refused = browser.get(f"/oauth/callback/rsa?error=access_denied&state={state()}")
    assert error_of(refused.headers["Location"]) == "provider_refused"
    forged = browser.get(f"/oauth/callback/rsa?code=invented&state={state()}")
    assert error_of(forged.headers["Location"]) == "code_refused"
    swapped = browser.get(f"/oauth/callback/ec?code=x&state={state()}")
    assert error_of(swapped.headers["Location"]) == "state_invalid"
    assert error_of(browser.get("/oauth/callback/rsa?code=x").headers["Location"]) == "state_invalid"
    for path in ("start", "callback"):
        assert error_of(browser.get(f"/oauth/{path}/nowhere").headers["Location"]) == "provider_unknown"


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/%0d%0ax"])
def test_next_stays_on_the_hub(place, browser, next):
    assert place.sign_in(browser, "paul", query=f"?next={next}") == "/"


def test_who_is_switched_off_stays_out(place, browser):
    place.sign_in(browser, "quinn")
    root = Browser(place.hub.url)
    root.sign_in("root", PASSWORD)
    assert root.patch("/admin/users/quinn", json={"disabled": True}).status == 200
    assert error_of(place.sign_in(Browser(place.hub.url), "quinn")) == "account_disabled"


def test_without_sign_up_an_invitation_is_needed(tmp_path):
    hub, provider = place_with(tmp_path)
    with provider, hub:
        place = Place(hub, provider)
        hub.admin("user", "create", "root", "--admin")
        set_password(hub, "root")
        root = Browser(hub.url)
        root.sign_in("root", PASSWORD)
        assert error_of(place.sign_in(Browser(hub.url), "rita")) == "registration_closed"
        token = token_in(root.post("/admin/invitations", json={}).json()["url"])
        browser = Browser(hub.url)
        assert place.sign_in(browser, "rita", query=f"?invitation={token}") == "/"
        assert browser.session()["user"]["name"] == "rita"
        assert error_of(place.sign_in(Browser(hub.url), "sam", query=f"?invitation={token}")) == "invitation_invalid"


def test_a_provider_that_is_away(tmp_path):
    hub, provider = place_with(tmp_path)
    with hub:
        assert error_of(Place(hub, provider).start(Browser(hub.url))) == "provider_unavailable"
