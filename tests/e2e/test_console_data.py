"""What the console's pages ask beyond the Hub API: changes of a commit, where bytes lie, figures, usage, operation."""

import os
import time

import pytest
from harness.client import LATEST
from harness.data import MIB, make_files, noise
from harness.hub import Hub


@pytest.fixture
def admin(hub: Hub):
    return hub.http(hub.key("alice", "admin"))


def changes(http, repo: str, commit: str = "main") -> dict:
    answer = http.get(f"/api/models/{repo}/changes/{commit}")
    assert answer.status == 200, answer.body
    seen = answer.json()
    return seen | {"files": {file["path"]: file for file in seen["files"]}}


def test_a_commit_shows_what_it_changed(fresh, hub, alice, model, tmp_path):
    weights = noise("changes", 3 * MIB)
    client = fresh(LATEST)
    client.api("upload_folder", repo_id=model, folder_path=make_files(
        tmp_path / "1", {"notes.md": b"one\ntwo\nthree\n", "w.bin": weights, "old.txt": b"old\n"}))
    first = changes(alice, model)
    assert first["files"]["w.bin"]["status"] == "added" and first["files"]["w.bin"]["lfs"]
    chunks = first["files"]["w.bin"]["chunks"]
    assert chunks["new"] == chunks["total"] > 10 and chunks["newBytes"] == 3 * MIB

    altered = weights[:MIB] + noise("another middle", 4096) + weights[MIB + 4096:]
    make_files(tmp_path / "2", {"notes.md": b"one\n2\nthree\n", "w.bin": altered})
    client.api("upload_folder", repo_id=model, folder_path=tmp_path / "2", delete_patterns="old.txt", commit_message="Second")
    second = changes(alice, model)
    assert second["commit"]["title"] == "Second" and second["parent"] == first["commit"]["id"]
    files = second["files"]
    assert set(files) == {"notes.md", "w.bin", "old.txt"} and not second["truncated"]
    assert files["notes.md"]["diff"] == "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
    assert (files["old.txt"]["status"], files["old.txt"]["newSize"]) == ("deleted", None)
    few = files["w.bin"]["chunks"]
    assert 0 < few["new"] < 8 < few["total"] and 4096 <= few["newBytes"] < MIB
    assert files["w.bin"]["diff"] is None and files["w.bin"]["binary"]
    assert alice.get(f"/api/models/{model}/changes/{'0' * 40}").status == 404


def test_what_one_may_not_read_has_no_changes(hub, alice, model):
    alice.put(f"/api/models/{model}/settings", json={"gated": "manual"})
    assert hub.http(hub.key("bob")).get(f"/api/models/{model}/changes/main").status == 403
    alice.put(f"/api/models/{model}/settings", json={"private": True})
    for path in ("changes/main", "storage", "storage/.gitattributes", "deletion", "usage"):
        assert hub.http(hub.key("bob")).get(f"/api/models/{model}/{path}").status == 404, path
        assert hub.http().get(f"/api/models/{model}/{path}").status == 401, path


def test_storage_of_a_repository_and_of_a_file(fresh, hub, alice, model, tmp_path):
    content = noise("stored here", 2 * MIB)
    files = {"a.bin": content, "folder/b.bin": content, "c.bin": noise("other", MIB), "d.txt": b"small"}
    fresh(LATEST).api("upload_folder", repo_id=model, folder_path=make_files(tmp_path / "up", files))
    seen = alice.get(f"/api/models/{model}/storage").json()
    sums = seen["summary"]
    assert sums["bytes"] >= 3 * MIB and sums["pinned"] == 0 and sums["local"] == sums["storedBytes"] >= 3 * MIB
    assert seen["inline"]["files"] >= 1 and seen["cursor"] is None
    assert sums["xorbs"] == len(seen["xorbs"]) >= 1
    for xorb in seen["xorbs"]:
        assert xorb["state"] == "local" and xorb["local"] and xorb["used"] <= xorb["size"]
        assert {"kind": "model", "id": model} in xorb["repos"]

    file = alice.get(f"/api/models/{model}/storage/folder/b.bin").json()
    assert (file["size"], file["inline"], file["state"]) == (2 * MIB, False, "local")
    assert sum(term["length"] for term in file["terms"]) == 2 * MIB
    assert {term["xorb"] for term in file["terms"]} == {xorb["hash"] for xorb in file["xorbs"]}
    assert file["slabs"] is None and file["hosts"] is None
    assert alice.get(f"/api/models/{model}/storage/d.txt").json()["inline"]
    for missing in ("folder", "nothing", ""):
        assert alice.get(f"/api/models/{model}/storage/{missing or '%20'}").status == 404

    gone = alice.get(f"/api/models/{model}/deletion").json()
    assert gone["bytes"] == sums["bytes"] and gone["frees"] >= 3 * MIB and gone["commits"] == 2
    assert hub.http(hub.key("bob")).get(f"/api/models/{model}/deletion").status == 403


def test_sharing_with_what_is_private_is_not_to_be_seen(fresh, hub, alice, model, tmp_path):
    content = noise("the same in both", 2 * MIB)
    secret = "bob/secretly-the-same"
    bob = hub.http(hub.key("bob"))
    assert bob.create_repo(secret, private=True).status == 200
    for user, repo in (("bob", secret), ("alice", model)):
        fresh(LATEST, user=user).api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="same.bin")
    for seer, known in ((alice, False), (bob, True)):
        seen = seer.get(f"/api/models/{model}/storage").json()
        assert (seen["summary"]["sharedBytes"] > 0) is known
        assert any(repo["id"] == secret for xorb in seen["xorbs"] for repo in xorb["repos"]) is known
    assert alice.get(f"/api/models/{model}/deletion").json()["frees"] >= 2 * MIB


def test_pages_of_xorbs(fresh, hub, alice, model, admin):
    fresh(LATEST).api("upload_file", repo_id=model, path_or_fileobj=noise("many xorbs", 150 * MIB), path_in_repo="w.bin")
    whole = [xorb["hash"] for xorb in alice.get(f"/api/models/{model}/storage").json()["xorbs"]]
    assert len(whole) >= 3
    for path, http in ((f"/api/models/{model}/storage?limit=1", alice), ("/admin/assets?limit=1", admin)):
        found, cursor = [], ""
        while cursor is not None:
            page = http.get(path + (f"&cursor={cursor}" if cursor else "")).json()
            found += [xorb["hash"] for xorb in page["xorbs"]]
            cursor = page["cursor"]
        assert len(found) == len(set(found)) and set(whole) <= set(found)
    assert alice.get(f"/api/models/{model}/storage?cursor=x").status == 400
    assert alice.get(f"/api/models/{model}/storage?limit=0").status == 400
    assert alice.get("/admin/assets").status == 403
    assert hub.http().get("/admin/assets").status == 401
    assert admin.get("/admin/assets?state=none").status == 400


def test_figures_and_tags(hub, alice, admin):
    nobody = hub.http()
    seen = nobody.get("/api/stats").json()
    assert {"models", "datasets", "spaces", "bytes", "storedBytes", "dedupSaved", "pinnedBytes"} < set(seen)
    assert seen["hosts"] is None
    for plural in ("models", "datasets", "spaces"):
        tags = nobody.get(f"/api/{plural}-tags-by-type").json()
        assert {"pipeline_tag", "library", "license", "language", "dataset", "other"} <= set(tags)
    assert alice.get("/api/models?durability=pinned").json() == []
    assert alice.get("/api/models?durability=none").status == 400


def test_status_and_doctor(hub, alice, admin):
    seen = admin.get("/admin/status").json()
    assert seen["role"] == "serve" and seen["database"]["ok"] and seen["database"]["sizeBytes"] > 0
    assert seen["database"]["kind"] == ("postgres" if "SIAHUB_TEST_DATABASE_URL" in os.environ else "sqlite")
    assert seen["disk"]["totalBytes"] > seen["disk"]["freeBytes"] > 0 and seen["sia"] is None
    assert [node["own"] for node in seen["nodes"]] in ([], [True])
    checks = {check["name"]: check for check in admin.get("/admin/doctor").json()["checks"]}
    assert len(checks) > 5 and checks["database.schema"]["ok"], checks
    assert all(check["ok"] == (check["severity"] == "ok") and (check["ok"] or check["advice"]) for check in checks.values())
    for path in ("/admin/status", "/admin/doctor"):
        assert alice.get(path).status == 403 and hub.http().get(path).status == 401


def test_usage_by_day_key_and_repository(fresh, hub, alice, model, admin, tmp_path):
    content = noise("usage of the console", 3 * MIB)
    client = fresh(LATEST)
    for name in ("a.bin", "b.bin"):
        client.api("upload_file", repo_id=model, path_or_fileobj=content + name.encode(), path_in_repo=name)
    fresh(LATEST, user="bob").api("hf_hub_download", repo_id=model, filename="a.bin", local_dir=tmp_path)
    deadline = time.monotonic() + 30
    while True:
        rows = {row["label"]: row for row in alice.get("/api/usage?by=repo&days=2").json()["rows"]}
        days = alice.get(f"/api/models/{model}/usage?days=2").json()["days"]
        if model in rows and rows[model]["uploads"] >= 2 and days[-1]["downloads"] >= 1 and days[-1]["bytesOut"] >= 3 * MIB:
            break
        assert time.monotonic() < deadline, (rows, days)
        time.sleep(0.5)
    assert rows[model]["id"] == f"models/{model}"
    assert 3 * MIB <= rows[model]["bytesIn"] < 6 * MIB and rows[model]["commits"] >= 2
    assert rows[model]["dedupSaved"] > 2 * MIB
    assert len(days) == 2 and days[-1]["bytesIn"] == rows[model]["bytesIn"]
    by_key = alice.get("/api/usage?by=key").json()["rows"]
    assert any(row["id"] and row["bytesIn"] >= 3 * MIB for row in by_key), by_key
    by_day = alice.get("/api/usage").json()
    assert by_day["days"] == 30 and len(by_day["rows"]) == 30
    csv = alice.get("/api/usage?by=repo&format=csv")
    assert csv.headers["Content-Type"].startswith("text/csv") and model.encode() in csv.body
    users = {row["id"] for row in admin.get("/admin/usage?by=user").json()["rows"]}
    assert {"alice", "bob"} <= users
    assert alice.get("/admin/usage").status == 403 and hub.http().get("/api/usage").status == 401
    for wrong in ("by=x", "days=0", "days=367", "format=xml"):
        assert alice.get(f"/api/usage?{wrong}").status == 400, wrong


def test_the_default_branch_can_be_changed(hub, alice, model):
    assert alice.request("POST", f"/api/models/{model}/branch/next", json={}).status == 200
    body = b'{"key":"header","value":{"summary":"card"}}\n{"key":"file","value":{"path":"README.md","content":"---\\nlicense: mit\\n---\\n"}}\n'
    answer = alice.request("POST", f"/api/models/{model}/commit/next", body=body, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status == 200, answer.body
    assert "license:mit" not in alice.get(f"/api/models/{model}").json()["tags"]
    changed = alice.put(f"/api/models/{model}/settings", json={"defaultBranch": "next"})
    assert (changed.status, changed.json()["defaultBranch"]) == (200, "next")
    info = alice.get(f"/api/models/{model}").json()
    assert "license:mit" in info["tags"] and info["sha"] == answer.json()["commitOid"]
    assert alice.put(f"/api/models/{model}/settings", json={"defaultBranch": "none"}).status == 404
