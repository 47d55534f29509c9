"""The log of events: what it tells of accounts, and what it keeps to itself."""

import time

from harness.accounts import PASSWORD, set_password, signed_in, token_in
from harness.browser import Browser
from harness.cluster import until


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
    nina = signed_in(people, "nina")
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

    (sign_in,) = of(event="sign_in", user="nina")
    assert (sign_in["about"], sign_in["detail"]) == (None, "127.0.0.1")
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
