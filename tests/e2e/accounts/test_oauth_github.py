"""Signing in through GitHub: a stand-in that is as strict, and a browser of the tests' own that goes there and back."""

import tempfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from harness.accounts import PASSWORD, error_of, set_password
from harness.browser import Browser
from harness.github import CLIENT, SECRET, Github, Person, email, person
from harness.hub import Hub
from harness.ports import free_port


class Place:
    """A hub whose people are at GitHub, or at a GitHub of their company's own (`enterprise`)."""

    def __init__(self, hub: Hub, github: Github) -> None:
        self.hub, self.github = hub, github

    def start(self, browser: Browser, id: str = "github", query: str = "") -> str:
        answer = browser.get(f"/oauth/start/{id}{query}")
        assert answer.status == 302
        return answer.headers["Location"]

    def come_back(self, browser: Browser, who: Person, id: str = "github", query: str = "", **more: bool) -> str:
        """The address at the hub that GitHub sends the browser to."""
        back = self.github.visit(self.start(browser, id, query), who, **more)
        assert back.startswith(f"{self.hub.url}/oauth/callback/{id}?")
        return back.removeprefix(self.hub.url)

    def sign_in(self, browser: Browser, who: Person, id: str = "github", query: str = "", **more: bool) -> str:
        """Where the browser ends up."""
        return landing(browser, self.come_back(browser, who, id, query, **more))

    def last_cause(self) -> str:
        lines = [line for line in self.hub.log().decode().splitlines() if "oauth.failed" in line]
        return lines[-1]


def landing(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status == 302, (answer.status, answer.body)
    return answer.headers["Location"]


def settings(github: Github, secret: Path) -> str:
    secret.write_text(SECRET + "\n")
    common = f'kind = "github"\nissuer = "{github.url}"\nclient_id = "{CLIENT}"\nclient_secret_file = "{secret}"\n'
    return (
        "[limits]\nsign_in_per_minute = 0\n\n"
        f'[[oauth]]\nid = "github"\n{common}sign_up = true\n\n'
        f'[[oauth]]\nid = "closed"\nname = "Work"\n{common}\n'
        f'[[oauth]]\nid = "elsewhere"\n{common}api_url = "{github.url}/elsewhere/"\nsign_up = true\n'
    )


@pytest.fixture(scope="module")
def place():
    with tempfile.TemporaryDirectory() as home:
        hub = Hub()
        hub.url = f"http://127.0.0.1:{free_port()}"
        with Github(hub.url) as github:
            file = Path(home) / "siahub.toml"
            file.write_text(settings(github, Path(home) / "secret"))
            hub.serve_args = ("--config", str(file))
            with hub:
                hub.add_user("alice", email="alice@example.org")
                set_password(hub, "alice")
                yield Place(hub, github)


@pytest.fixture
def browser(place):
    return Browser(place.hub.url)


def test_the_sign_in_page_names_it(browser):
    names = {provider["id"]: provider["name"] for provider in browser.session()["providers"]}
    assert names == {"github": "GitHub", "closed": "Work", "elsewhere": "GitHub"}


def test_somebody_new_signs_up_and_comes_back_under_another_name(place, browser):
    mia = person("mia", 583231, name="Mia Example")
    place.github.asked.clear()
    assert place.sign_in(browser, mia, query="?next=/settings/tokens") == "/settings/tokens"
    assert place.github.asked == ["/login/oauth/authorize", "/login/oauth/access_token", "/api/v3/user", "/api/v3/user/emails"]
    user = browser.session()["user"]
    assert (user["name"], user["fullname"], user["email"]) == ("mia", "Mia Example", "mia@example.org")
    # People rename themselves; a name that is free again may be another's.
    again, other = Browser(place.hub.url), Browser(place.hub.url)
    assert place.sign_in(again, replace(mia, login="mia-renamed")) == "/"
    assert again.session()["user"]["name"] == "mia"
    assert place.sign_in(other, person("mia", 583232, email("another-mia@example.org"))) == "/"
    assert other.session()["user"]["name"] not in (None, "mia")


def test_the_interface_may_be_at_another_address(place, browser):
    place.github.api = "/elsewhere"
    try:
        assert place.sign_in(browser, person("noah", 7), "elsewhere") == "/"
    finally:
        place.github.api = "/api/v3"
    assert browser.session()["user"]["name"] == "noah"


def test_the_address_is_the_first_one_and_proven(place, browser):
    many = [email(f"{n}@example.org", primary=False) for n in range(40)]
    assert place.sign_in(browser, person("olga", 20, *many, email("olga@example.org"))) == "/"
    assert browser.session()["user"]["email"] == "olga@example.org"
    second = email("second@example.org", primary=False)
    for emails in ([email("first@example.org", verified=False), second], [second]):
        stranger = Browser(place.hub.url)
        assert error_of(place.sign_in(stranger, person("pat", 21, *emails))) == "email_unverified"
        assert stranger.session()["user"] is None


def test_an_address_alone_takes_over_no_account_but_linking_does(place, browser):
    twin = person("al", 30, email("alice@example.org"))
    assert error_of(place.sign_in(browser, twin)) == "account_exists"
    csrf = browser.sign_in("alice", PASSWORD)["csrf"]
    assert place.sign_in(browser, twin, query=f"?link={csrf}&next=/settings") == "/settings"
    other = Browser(place.hub.url)
    assert place.sign_in(other, twin) == "/"
    assert other.session()["user"]["name"] == "alice"


def test_without_sign_up_strangers_stay_out(place, browser):
    assert error_of(place.sign_in(browser, person("rita", 40), "closed")) == "registration_closed"


def test_who_does_not_agree_is_told_so(place, browser):
    assert error_of(place.sign_in(browser, person("sam", 50), agrees=False)) == "provider_refused"
    assert "access_denied: The user has denied your application access." in place.last_cause()
    assert browser.session()["user"] is None


def test_the_state_must_be_the_one_of_this_browser(place, browser):
    tom = person("tom", 60)
    back = place.come_back(browser, tom)
    stranger = Browser(place.hub.url)
    place.start(stranger)
    place.github.asked.clear()
    assert error_of(landing(stranger, back)) == "state_invalid"
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert error_of(landing(browser, back.replace(state, "x" * 43))) == "state_invalid"
    assert error_of(landing(browser, back.replace("/callback/github", "/callback/closed"))) == "state_invalid"
    assert place.github.asked == [], "nobody asks about a code that came with a wrong state"
    assert stranger.session()["user"] is browser.session()["user"] is None


def test_what_came_back_is_good_once(place, browser):
    uma = person("uma", 70)
    back = place.come_back(browser, uma)
    assert landing(browser, back) == "/"
    browser.cookies.pop("siahub_session")
    assert error_of(landing(browser, back)) == "state_invalid"
    # With a state that is good: the code is not, and GitHub says so with status 200.
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(place.start(browser)).query)["state"][0]
    assert error_of(landing(browser, f"/oauth/callback/github?code={code}&state={state}")) == "code_refused"
    assert "bad_verification_code: The code passed is incorrect or expired." in place.last_cause()
    assert browser.session()["user"] is None


def test_a_code_of_somebody_elses_journey_is_worthless(place, browser):
    """The attack that PKCE is against: a code that was stolen on its way, brought with a good state."""
    stolen = parse_qs(urlsplit(place.come_back(Browser(place.hub.url), person("victor", 80))).query)["code"][0]
    state = parse_qs(urlsplit(place.start(browser)).query)["state"][0]
    assert error_of(landing(browser, f"/oauth/callback/github?code={stolen}&state={state}")) == "code_refused"
    assert browser.session()["user"] is None


def test_a_hub_with_a_wrong_secret(place, browser):
    place.github.secret = "rotated"
    try:
        assert error_of(place.sign_in(browser, person("wim", 90))) == "answer_invalid"
    finally:
        place.github.secret = SECRET
    assert "incorrect_client_credentials" in place.last_cause()
    assert SECRET not in place.hub.log().decode()


def test_a_provider_that_does_not_work(place, browser):
    place.github.away = True
    try:
        assert error_of(place.sign_in(browser, person("xena", 91))) == "provider_unavailable"
    finally:
        place.github.away = False
    assert place.sign_in(browser, person("xena", 91)) == "/"
