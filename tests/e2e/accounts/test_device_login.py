"""`hf auth login` with a browser: the real client asks for a code, somebody agrees on a page, the client has its key."""

import re
import subprocess
import time

import pytest
from harness.accounts import PASSWORD, set_password
from harness.browser import Browser
from harness.client import LATEST, VENVS
from harness.cluster import until
from harness.hub import Hub

LOGIN = "from huggingface_hub._login import _device_code_login as login; login()"


@pytest.fixture(scope="module")
def hub():
    with Hub(serve_args=("--limit-sign-in", "0")) as hub:
        hub.add_user("alice")
        set_password(hub, "alice")
        yield hub


@pytest.fixture
def alice(hub):
    browser = Browser(hub.url)
    browser.sign_in("alice", PASSWORD)
    return browser


class Login:
    """The client, waiting for somebody to agree."""

    def __init__(self, hub: Hub, home) -> None:
        self.environment = {
            "HF_ENDPOINT": hub.url,
            "HF_HOME": str(home),
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "PYTHONUNBUFFERED": "1",
        }
        self.output = home / "output"
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [VENVS / LATEST / "bin/python", "-c", LOGIN], env=self.environment, stdout=output, stderr=output
            )
        self.code = until(lambda: re.search(r"enter the code: (\S+)", self.text())).group(1)

    def text(self) -> str:
        return self.output.read_text()

    def wait(self) -> int:
        return self.process.wait(timeout=60)


def test_the_client_logs_in_by_a_browser(hub, alice, tmp_path):
    login = Login(hub, tmp_path)
    assert f"{hub.url}/device?user_code={login.code}" in login.text()
    told = alice.get(f"/api/device/{login.code}").json()
    assert told["userCode"] == login.code
    assert told["userAgent"].startswith("python")
    assert told["address"] == "127.0.0.1"
    typed = login.code.replace("-", "").lower()
    assert alice.post(f"/api/device/{typed}", json={"approve": True, "name": "by browser"}).status == 204
    assert login.wait() == 0, login.text()
    key = (tmp_path / "token").read_text().strip()
    me = hub.http(key).get("/api/whoami-v2").json()
    assert (me["name"], me["auth"]["accessToken"]["displayName"]) == ("alice", "by browser")
    assert me["auth"]["accessToken"]["role"] == "write"
    assert alice.get(f"/api/device/{login.code}").status == 404, "it is used up"
    assert "by browser" in [k["name"] for k in alice.get("/api/keys").json()]


def test_somebody_refuses(hub, alice, tmp_path):
    login = Login(hub, tmp_path)
    assert alice.post(f"/api/device/{login.code}", json={"approve": False}).status == 204
    assert login.wait() != 0
    assert "denied" in login.text()
    assert not (tmp_path / "token").exists()


def ask(hub: Hub) -> dict:
    return hub.http().post("/oauth/device", body=b"client_id=x").json()


def poll(hub: Hub, code: str):
    grant = "urn:ietf:params:oauth:grant-type:device_code".replace(":", "%3A")
    return hub.http().post("/oauth/token", body=f"grant_type={grant}&device_code={code}&client_id=x".encode())


def test_what_a_program_hears(hub, alice):
    asked = ask(hub)
    assert re.fullmatch("[B-Z]{4}-[B-Z]{4}", asked["user_code"])
    first = poll(hub, asked["device_code"])
    assert (first.status, first.json()["error"]) == (400, "authorization_pending")
    assert poll(hub, asked["device_code"]).json()["error"] == "slow_down"
    assert poll(hub, "invented").json()["error"] == "expired_token"
    assert poll(hub, asked["user_code"]).json()["error"] == "expired_token", "the short code is no secret"
    other = hub.http().post("/oauth/token", body=b"grant_type=refresh_token&refresh_token=x")
    assert other.json()["error"] == "unsupported_grant_type"
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    answer = {"approve": True, "scope": "read", "expiresAt": soon}
    assert alice.post(f"/api/device/{asked['user_code']}", json=answer).status == 204
    token = poll(hub, asked["device_code"]).json()
    assert (token["token_type"], token["scope"]) == ("bearer", "read")
    assert 3500 < token["expires_in"] <= 3600
    assert poll(hub, asked["device_code"]).json()["error"] == "expired_token", "a key is handed out once"


def test_who_may_answer(hub, alice):
    code = ask(hub)["user_code"]
    assert Browser(hub.url).get(f"/api/device/{code}").status == 401
    assert hub.http(hub.key("alice")).post(f"/api/device/{code}", json={"approve": True}).status == 403
    assert alice.post(f"/api/device/{code}", json={"approve": True}, csrf="").status == 403
    assert alice.post(f"/api/device/{code}", json={"approve": True, "scope": "admin"}).status == 403
    assert alice.post(f"/api/device/{code}", json={}).status == 400
    assert alice.post("/api/device/BBBB-BBBB", json={"approve": True}).status == 404
    assert alice.get("/api/device/x'--").status == 404
