"""Real answers are as api/openapi.yaml says, for every route of figures, the catalogue, repositories, storage and usage."""

import json

import pytest
from harness.client import LATEST
from harness.data import MIB, make_files, noise
from harness.http import Http
from harness.openapi import check, operations

TAGS = {"hub", "catalogue", "repositories", "files", "history", "storage", "usage", "operation"}
CARD = "---\nlicense: mit\nlibrary_name: transformers\npipeline_tag: text-generation\ntags: [a]\n---\n# Hello\n"


class Checked:
    """A caller all of whose answers are compared with the document."""

    def __init__(self, http: Http, seen: set) -> None:
        self.http, self.seen = http, seen

    def __call__(self, method: str, path: str, status: int = 200, **more):
        answer = self.http.request(method, path, **more)
        assert answer.status == status, (method, path, answer.status, answer.body)
        self.seen.add((method, check(method, path, answer)))
        return answer.json() if answer.body else None


def commit_body(summary: str, **files: str) -> bytes:
    lines = [{"key": "header", "value": {"summary": summary}}]
    lines += [{"key": "file", "value": {"path": path, "content": text}} for path, text in files.items()]
    return "\n".join(json.dumps(line) for line in lines).encode()


@pytest.mark.parametrize("plural", ["models", "datasets", "spaces"])
def test_every_route_answers_as_described(fresh, hub, plural, tmp_path):
    seen: set = set()
    alice = Checked(hub.http(hub.key("alice")), seen)
    bob, nobody = Checked(hub.http(hub.key("bob")), seen), Checked(hub.http(), seen)
    admin = Checked(hub.http(hub.key("alice", "admin")), seen)
    kind, name = plural[:-1], f"described-{plural}"
    repo = f"/api/{plural}/alice/{name}"

    new = {"type": kind, "name": name} | ({"sdk": "static"} if kind == "space" else {})
    alice("POST", "/api/repos/create", json=new)
    alice("POST", "/api/repos/create", 409, json=new)
    alice("POST", "/api/repos/create", 400, json={"type": kind, "name": "--"})
    nobody("POST", "/api/repos/create", 401, json=new)
    bob("POST", "/api/repos/create", 403, json=new | {"organization": "alice"})
    files = {"README.md": CARD.encode(), "sub/w.bin": noise(plural, MIB), "w2.bin": noise(plural, 2 * MIB), "a.txt": b"one\n"}
    fresh(LATEST).api("upload_folder", repo_id=f"alice/{name}", repo_type=kind, folder_path=make_files(tmp_path / "up", files))
    body = commit_body("Second", **{"a.txt": "two\n", "b.txt": "b"})
    alice("POST", f"{repo}/commit/main", body=body)
    bob("POST", f"{repo}/commit/main", 403, body=body)

    alice("GET", repo), alice("GET", f"{repo}?blobs=true"), alice("GET", f"{repo}/revision/main"), nobody("GET", repo)
    nobody("GET", f"/api/{plural}/alice/nothing", 401), bob("GET", f"/api/{plural}/alice/nothing", 404)
    alice("GET", f"{repo}/tree/main/sub?expand=true"), alice("GET", f"{repo}/tree/main/none", 404)
    alice("POST", f"{repo}/paths-info/main", json={"paths": ["a.txt", "w2.bin"], "expand": True})
    wanted = {"files": [{"path": "x.bin", "size": 9, "sample": "AA=="}]}
    alice("POST", f"{repo}/preupload/main", json=wanted), bob("POST", f"{repo}/preupload/main", 403, json=wanted)

    alice("POST", f"{repo}/branch/next", json={}), alice("POST", f"{repo}/branch/next", 409, json={})
    alice("POST", f"{repo}/tag/main", json={"tag": "v1"})
    alice("GET", f"{repo}/refs")
    alice("PUT", f"{repo}/settings", json={"defaultBranch": "next"})
    alice("PUT", f"{repo}/settings", json={"defaultBranch": "main", "gated": "manual"})
    bob("GET", f"{repo}/changes/main", 403)
    alice("PUT", f"{repo}/settings", json={"gated": False})
    alice("DELETE", f"{repo}/tag/v1"), alice("DELETE", f"{repo}/branch/next")
    commits = alice("GET", f"{repo}/commits/main?limit=2")
    for commit in commits:
        alice("GET", f"{repo}/changes/{commit['id']}")
    assert alice("GET", f"{repo}/commits/main?path=a.txt&limit=1")[0]["title"] == "Second"
    alice("GET", f"{repo}/commits/main?path=sub&cursor={commits[0]['id']}")
    alice("GET", f"{repo}/commits/main?path=none", 404), alice("GET", f"{repo}/commits/main?path=../x", 422)
    alice("GET", f"{repo}/commits/main?path=a.txt&cursor=x", 400), alice("GET", f"{repo}/commits/none?path=a.txt", 404)
    nobody("GET", f"{repo}/changes/main"), alice("GET", f"{repo}/changes/none", 404)

    storage = nobody("GET", f"{repo}/storage?limit=1")
    nobody("GET", f"{repo}/storage?cursor={storage['xorbs'][0]['hash']}"), nobody("GET", f"{repo}/storage?limit=x", 400)
    nobody("GET", f"{repo}/storage/w2.bin"), nobody("GET", f"{repo}/storage/a.txt"), nobody("GET", f"{repo}/storage/none", 404)
    alice("GET", f"{repo}/deletion"), bob("GET", f"{repo}/deletion", 403), nobody("GET", f"{repo}/deletion", 401)
    nobody("GET", f"{repo}/usage?days=3")

    for query in ("", "?full=true&limit=2", "?durability=local", "?search=described&sort=downloads&expand=tags"):
        assert nobody("GET", f"/api/{plural}{query}")
    nobody("GET", f"/api/{plural}?durability=x", 400)
    nobody("GET", f"/api/{plural}-tags-by-type"), nobody("GET", "/api/stats"), nobody("GET", "/ready")
    for by in ("day", "key", "repo", "user"):
        alice("GET", f"/api/usage?by={by}"), admin("GET", f"/admin/usage?by={by}")
    nobody("GET", "/api/usage", 401), alice("GET", "/admin/usage", 403), alice("GET", "/api/usage?by=x", 400)
    admin("GET", "/admin/status"), admin("GET", "/admin/doctor"), admin("GET", "/admin/assets?state=local&limit=1")
    for path in ("/admin/status", "/admin/doctor", "/admin/assets"):
        alice("GET", path, 403), nobody("GET", path, 401)

    alice("POST", "/api/repos/move", json={"fromRepo": f"alice/{name}", "toRepo": f"alice/{name}-2", "type": kind})
    assert hub.http().get(repo).status == 307
    bob("DELETE", "/api/repos/delete", 403, json={"type": kind, "name": f"{name}-2", "organization": "alice"})
    alice("DELETE", "/api/repos/delete", json={"type": kind, "name": f"{name}-2"})
    assert operations(TAGS) - seen == set(), "described and not asked"
