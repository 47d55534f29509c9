"""Blob, tree and commit ids are those that git itself computes for the same content."""

import datetime

import pytest
from harness import xet
from harness.data import noise, sha256
from harness.git import Git, pointer
from harness.http import deleted, file, lfs_file

BIG = noise("git", 120_000)


@pytest.fixture
def git(tmp_path):
    return Git(tmp_path)


def files_of(alice, repo, rev="main"):
    """The content of every blob at a revision, as git stores it."""
    return {e["path"]: alice.follow(f"/{repo}/raw/{rev}/{quoted(e['path'])}").body for e in alice.tree(repo, rev) if e["type"] == "file"}


def quoted(path):
    from urllib.parse import quote

    return quote(path)


def build(alice, repo):
    xet.Uploader(alice, repo).upload(BIG, sha256(BIG))
    names = ["a.txt", "a/b.txt", "a.b/c.txt", "a-b/d.txt", "a0/e.txt", "Z.txt", "ü/ö.txt", "deep/er/still/x", "empty", "sp ace/+%#"]
    assert alice.commit(repo, *(file(n, n.encode() * (n != "empty")) for n in names if n != "a.txt")).status == 200
    assert alice.commit(repo, lfs_file("a/big.bin", sha256(BIG), len(BIG)), file("a.txt", b"after"), summary="two", description="with\n\na body").status == 200
    assert alice.commit(repo, deleted("a/b.txt"), file("Z.txt", b"changed"), summary="ünïcode title").status == 200


def test_blobs_and_trees(alice, model, git):
    build(alice, model)
    files = files_of(alice, model)
    assert files["a/big.bin"] == pointer(sha256(BIG), len(BIG))
    root = git.tree(files)
    for entry in alice.tree(model):
        assert entry["oid"] == git.subtree(root, entry["path"]), entry["path"]


def test_commits(alice, model, git):
    """Rebuilt from what the API says about each commit: its files, title, message, author and date."""
    build(alice, model)
    alice.post(f"/api/models/{model}/branch/side", json={})
    alice.commit(model, file("on-side.txt", b"x"), rev="side", summary="on the side")
    for branch in ("main", "side"):
        parents = []
        for commit in reversed(alice.get(f"/api/models/{model}/commits/{branch}").json()):
            author = commit["authors"][0]["user"]
            date = datetime.datetime.fromisoformat(commit["date"].replace("Z", "+00:00"))
            message = commit["title"] + ("\n\n" + commit["message"] if commit["message"] else "")
            tree = git.tree(files_of(alice, model, commit["id"]))
            made = git.commit(tree, parents, message, author, f"{author}@example.org", int(date.timestamp()))
            assert commit["id"] == made, commit
            parents = [commit["id"]]


def test_one_commit_has_one_id_everywhere(alice, model, clients):
    done = alice.commit(model, file("x.txt", b"x")).json()["commitOid"]
    alice.post(f"/api/models/{model}/tag/main", json={"tag": "v1"})
    seen = {
        alice.get(f"/api/models/{model}").json()["sha"],
        alice.get(f"/api/models/{model}/revision/main").json()["sha"],
        alice.get(f"/api/models/{model}/revision/v1").json()["sha"],
        alice.get(f"/api/models/{model}/revision/{done[:7]}").json()["sha"],
        alice.get(f"/api/models/{model}/commits/main").json()[0]["id"],
        alice.get(f"/api/models/{model}/refs").json()["branches"][0]["targetCommit"],
        alice.get(f"/api/models/{model}/refs").json()["tags"][0]["targetCommit"],
        alice.head(f"/{model}/resolve/main/x.txt").headers["X-Repo-Commit"],
        alice.head(f"/{model}/resolve/v1/x.txt").headers["X-Repo-Commit"],
        alice.tree(model, query="?expand=true")[-1]["lastCommit"]["id"],
        clients().api("model_info", model)["sha"],
        alice.post(f"/api/models/{model}/preupload/main", json={"files": []}).json()["commitOid"],
    }
    assert seen == {done}


def test_the_same_content_in_two_repositories_has_the_same_tree(alice, repo):
    trees = []
    for name in (repo, repo + "-2"):
        alice.create_repo(name)
        alice.commit(name, file("d/a.txt", b"a"), file("d/b/c.txt", b"c"))
        trees.append({e["path"]: e["oid"] for e in alice.tree(name)})
    assert trees[0] == trees[1]


def test_an_order_of_commits_does_not_change_the_tree(alice, repo):
    lines = [file(f"d{i % 3}/{i}.txt", b"%d" % i) for i in range(12)]
    trees = []
    for name, batches in ((repo, [lines]), (repo + "-2", [[line] for line in reversed(lines)])):
        alice.create_repo(name)
        for batch in batches:
            assert alice.commit(name, *batch).status == 200
        trees.append({e["path"]: e["oid"] for e in alice.tree(name)})
    assert trees[0] == trees[1]
