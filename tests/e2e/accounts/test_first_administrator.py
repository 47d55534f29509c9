"""The first administrator: by the link that a new hub prints, and by the command line."""

import subprocess

from harness.accounts import PASSWORD, set_password, setup_link, token_in
from harness.browser import Browser
from harness.hub import BINARY, Hub


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
