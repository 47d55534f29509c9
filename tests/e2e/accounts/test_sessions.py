"""Sessions: what they may do, their list, and what ends them."""

import json
from pathlib import Path

from harness.accounts import PASSWORD, set_password, signed_in
from harness.browser import Browser
from harness.http import file


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
    carol = signed_in(people, "carol")
    wanted = {"name": "team", "organization": "acme"}
    assert carol.post("/api/repos/create", json=wanted).status == 403
    assert bob.post("/api/repos/create", json=wanted).status == 200
    assert carol.get("/api/models/acme/team").status == 200




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


def test_sessions_are_not_in_a_backup(people, alice, tmp_path):
    people.admin("backup", "--to", str(tmp_path / "copy"))
    names = {p.name: p.stat().st_size for p in (tmp_path / "copy").rglob("*.rows")}
    empty = names["device_codes.rows"]
    assert names["passwords.rows"] > empty
    assert names["sessions.rows"] <= empty + 200, "the head alone"
    raw = b"".join(p.read_bytes() for p in Path(tmp_path).rglob("sessions.rows"))
    assert b"127.0.0.1" not in raw
