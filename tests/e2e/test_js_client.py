"""@huggingface/hub from npm, unmodified, in Node. It uploads through the LFS batch endpoint, by Xet or by plain PUT."""

import json
import subprocess
from pathlib import Path

import pytest
from harness.data import MIB, assert_same_files, make_files, noise, read_files, sha256, weights
from harness.http import file
from harness.relay import Relay

DRIVER = Path(__file__).with_name("node") / "driver.mjs"


class JsError(Exception):
    def __init__(self, error):
        super().__init__(str(error))
        self.status, self.message, self.name = error.get("status"), error["message"], error["name"]


@pytest.fixture
def js(hub):
    def run(step, *, token=hub.key("alice"), url=hub.url, **more):
        asked = json.dumps({"step": step, "url": url, "token": token, **more}, default=str)
        done = subprocess.run(["node", DRIVER, asked], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout.splitlines()[-1])
        if "error" in answer:
            raise JsError(answer["error"])
        return answer["ok"]

    return run


FILES = {
    "config.json": b'{"js": true}',
    "empty.txt": b"",
    "with space/ünï.txt": b"odd",
    "weights.safetensors": weights("js", 5 * MIB),
    "sub/noise.bin": noise("js", 2 * MIB),
}


def test_who_am_i(js):
    me = js("whoami")
    assert (me["type"], me["name"]) == ("user", "alice")
    assert me["orgs"][0]["name"] == "acme"
    assert me["auth"]["accessToken"]["role"] == "write"
    assert {"id", "email", "emailVerified", "isPro", "canPay", "avatarUrl", "fullname"} <= set(me)


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_create_and_delete(js, alice, repo, kind):
    name = {"type": kind, "name": repo}
    made = js("createRepo", repo=name, options={"private": True, **({"sdk": "static"} if kind == "space" else {})})
    assert made["repoUrl"].endswith(repo) and made["id"]
    assert alice.get(f"/api/{kind}s/{repo}").json()["private"] is True
    js("deleteRepo", repo=name)
    assert js("repoExists", repo=name) is False


def test_create_with_a_license(js, alice, repo):
    js("createRepo", repo=repo, options={"license": "mit"})
    assert alice.get(f"/api/models/{repo}").json()["cardData"]["license"] == "mit"


@pytest.mark.parametrize("use_xet", [True, False])
def test_upload_and_download(js, hub, clients, repo, tmp_path, use_xet):
    js("createRepo", repo=repo)
    local = make_files(tmp_path / "up", FILES)
    with Relay(hub.url) as relay:
        options = {"useXet": use_xet, "useWebWorkers": False}
        done = js("upload", url=relay.url, repo=repo, files={n: local / n for n in FILES}, options=options)
        assert bool(relay.of("POST", "/xorbs/")) is use_xet
        assert bool(relay.of("PUT", "")) is not use_xet
    assert len(done["commit"]["oid"]) == 40 and done["commit"]["url"].endswith(done["commit"]["oid"])
    clients().api("snapshot_download", repo, local_dir=tmp_path / "python")
    got = read_files(tmp_path / "python")
    got.pop(".gitattributes")
    assert_same_files(got, FILES)
    for number, (name, content) in enumerate(FILES.items()):
        if not content:
            continue  # it asks for the first byte, which an empty file does not have: 416, on the public hub too
        for xet in (True, False):
            into = tmp_path / f"js-{number}-{xet}"
            found = js("download", repo=repo, path=name, into=into, options={"xet": xet})
            assert found["size"] == len(content)
            assert into.read_bytes() == content, (name, xet)


def test_slices_are_read_by_range(js, repo, clients, tmp_path):
    content = weights("slices", 4 * MIB)
    clients().api("create_repo", repo)
    clients().api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="a.bin")
    for xet in (True, False):
        into = tmp_path / str(xet)
        js("download", repo=repo, path="a.bin", into=into, slice=[1_000_000, 1_300_000], options={"xet": xet})
        assert into.read_bytes() == content[1_000_000:1_300_000]


def test_a_file_with_shared_pieces(js, repo, tmp_path):
    """Pieces of one xorb used apart from each other: several ranges of it in one plan."""
    a, b = noise("js a", 3 * MIB), noise("js b", MIB)
    js("createRepo", repo=repo)
    local = make_files(tmp_path / "up", {"1.bin": a + b, "2.bin": a[:MIB] + b + a[2 * MIB :]})
    for name in ("1.bin", "2.bin"):
        js("upload", repo=repo, files={name: local / name}, options={"useWebWorkers": False})
        js("download", repo=repo, path=name, into=tmp_path / name)
        assert (tmp_path / name).read_bytes() == (local / name).read_bytes()


def test_file_information(js, alice, repo, tmp_path):
    content = noise("js info", 100_000)
    js("createRepo", repo=repo)
    local = make_files(tmp_path / "up", {"a.bin": content, "t.txt": b"text"})
    js("upload", repo=repo, files={"a.bin": local / "a.bin", "t.txt": local / "t.txt"}, options={"useWebWorkers": False})
    info = js("fileInfo", repo=repo, path="a.bin")
    assert (info["size"], info["etag"]) == (len(content), f'"{sha256(content)}"')
    assert info["xet"]["hash"]
    plain = js("fileInfo", repo=repo, path="t.txt")
    assert plain["size"] == 4 and "xet" not in plain
    assert js("fileInfo", repo=repo, path="none.txt") is None
    assert js("fileExists", repo=repo, path="t.txt") is True
    assert js("fileExists", repo=repo, path="none.txt") is False


def test_lists(js, alice, repo):
    js("createRepo", repo=repo)
    for i in range(3):
        alice.commit(repo, file(f"d/{i}.txt", b"x"), summary=f"c{i}")
    files = js("listFiles", repo=repo, options={"expand": True})
    assert sorted(f["path"] for f in files) == [".gitattributes", "d", "d/0.txt", "d/1.txt", "d/2.txt"]
    assert {f["path"]: f["lastCommit"]["title"] for f in files}["d/1.txt"] == "c1"
    commits = js("listCommits", repo=repo, options={"batchSize": 2})
    assert [c["title"] for c in commits] == ["c2", "c1", "c0", "initial commit"]
    assert js("countCommits", repo=repo) == 4
    (found,) = js("pathsInfo", repo=repo, paths=["d/0.txt", "none"])
    assert found["lastCommit"]["title"] == "c0"
    assert [m["name"] for m in js("listModels", search=repo.split("/")[1])] == [repo]
    assert js("modelInfo", repo=repo)["name"] == repo


def test_branches_with_slashes(js, alice, repo):
    js("createRepo", repo=repo)
    js("createBranch", repo=repo, branch="feature/x")
    alice.commit(repo, file("b.txt", b"x"), rev="feature%2Fx")
    files = js("listFiles", repo=repo, options={"revision": "feature/x"})
    assert "b.txt" in [f["path"] for f in files]
    js("deleteBranch", repo=repo, branch="feature/x")


def test_renaming_and_deleting(js, alice, repo):
    js("createRepo", repo=repo)
    alice.commit(repo, file("a.txt", b"a"), file("b.txt", b"b"))
    js("deleteFiles", repo=repo, paths=["a.txt"])
    assert [e["path"] for e in alice.tree(repo)] == [".gitattributes", "b.txt"]


def test_errors_are_typed(js, hub, repo):
    with pytest.raises(JsError) as caught:
        js("listFiles", repo=repo)
    assert (caught.value.name, caught.value.status) == ("HubApiError", 404)
    assert "Repository not found" in caught.value.message
    with pytest.raises(JsError) as caught:
        js("checkAccess", repo=repo, token=hub.key("dave"))
    assert caught.value.status == 404
    with pytest.raises(JsError) as caught:
        js("createRepo", repo="bob/not-mine")
    assert caught.value.status == 403
