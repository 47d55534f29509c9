"""tree, paths-info and repository info: what they list, in pages, with last commits, and fields on request."""

import pytest
from harness import xet
from harness.client import LATEST, OLDEST, VERSIONS, raises
from harness.data import blob_id, noise, sha256
from harness.git import pointer
from harness.http import file, lfs_file, next_page

BIG = noise("tree", 50_000)


@pytest.fixture(scope="module")
def filled(hub):
    """Three commits: several files; one changed; one deep file added."""
    alice, repo = hub.http(hub.key("alice")), "alice/for-trees"
    alice.create_repo(repo)
    xet.Uploader(alice, repo).upload(BIG, sha256(BIG))
    lines = [file("a.txt", b"a"), file("dir/b.txt", b"b"), file("dir/sub/c.txt", b"c"), file("ü/d e+f.txt", b"d")]
    assert alice.commit(repo, *lines, lfs_file("dir/big.bin", sha256(BIG), len(BIG)), summary="first").status == 200
    assert alice.commit(repo, file("dir/b.txt", b"B"), summary="second").status == 200
    assert alice.commit(repo, file("dir/sub/deep/e.txt", b"e"), summary="third").status == 200
    return repo


EVERY = [
    ".gitattributes",
    "a.txt",
    "dir",
    "dir/b.txt",
    "dir/big.bin",
    "dir/sub",
    "dir/sub/c.txt",
    "dir/sub/deep",
    "dir/sub/deep/e.txt",
    "ü",
    "ü/d e+f.txt",
]


def by_path(entries):
    return {e["path"]: e for e in entries}


def test_one_level(client, filled):
    assert sorted(by_path(client.api("list_repo_tree", filled))) == [".gitattributes", "a.txt", "dir", "ü"]
    below = by_path(client.api("list_repo_tree", filled, path_in_repo="dir"))
    assert sorted(below) == ["dir/b.txt", "dir/big.bin", "dir/sub"]
    assert sorted(by_path(client.api("list_repo_tree", filled, path_in_repo="dir/sub"))) == ["dir/sub/c.txt", "dir/sub/deep"]
    assert sorted(by_path(client.api("list_repo_tree", filled, path_in_repo="ü"))) == ["ü/d e+f.txt"]


def test_all_levels(client, filled):
    assert sorted(by_path(client.api("list_repo_tree", filled, recursive=True))) == EVERY
    below = client.api("list_repo_tree", filled, path_in_repo="dir/sub", recursive=True)
    assert sorted(by_path(below)) == ["dir/sub/c.txt", "dir/sub/deep", "dir/sub/deep/e.txt"]


def test_what_an_entry_says(client, filled):
    entries = by_path(client.api("list_repo_tree", filled, recursive=True))
    plain, big = entries["dir/b.txt"], entries["dir/big.bin"]
    assert (plain["size"], plain["blob_id"], plain["lfs"]) == (1, blob_id(b"B"), None)
    assert big["size"] == len(BIG)
    assert big["blob_id"] == blob_id(pointer(sha256(BIG), len(BIG)))
    assert (big["lfs"]["size"], big["lfs"]["sha256"]) == (len(BIG), sha256(BIG))
    assert big["lfs"]["pointer_size"] == len(pointer(sha256(BIG), len(BIG)))
    if client.version != OLDEST:  # which does not read the hash from trees
        assert big["xet_hash"] == xet.to_hex(xet.whole(xet.Xorb.of(BIG), None).file_hash)
        assert plain["xet_hash"] is None
    assert len(entries["dir"]["tree_id"]) == 40


def test_the_last_commit_of_each(client, filled):
    entries = by_path(client.api("list_repo_tree", filled, recursive=True, expand=True))
    titles = {p: e["last_commit"]["title"] for p, e in entries.items()}
    assert titles == {
        ".gitattributes": "initial commit",
        "a.txt": "first",
        "dir": "third",
        "dir/b.txt": "second",
        "dir/big.bin": "first",
        "dir/sub": "third",
        "dir/sub/c.txt": "first",
        "dir/sub/deep": "third",
        "dir/sub/deep/e.txt": "third",
        "ü": "first",
        "ü/d e+f.txt": "first",
    }
    old = client.api("list_repo_commits", filled)[1]["commit_id"]
    entries = by_path(client.api("list_repo_tree", filled, recursive=True, expand=True, revision=old))
    assert entries["dir/b.txt"]["last_commit"]["oid"] == old
    assert "dir/sub/deep" not in entries


@pytest.mark.parametrize("path", ["dir%2Fsub", "dir/sub", "dir%2fsub/", "dir/sub/"])
def test_slashes_may_be_encoded(alice, filled, path):
    assert len(alice.tree(filled, f"main/{path}", query="")) == 2


@pytest.mark.parametrize("value", ["true", "True", "1"])
def test_recursive_in_many_words(alice, filled, value):
    assert len(alice.tree(filled, query=f"?recursive={value}")) == len(EVERY)


def test_missing_paths_and_revisions(client, alice, filled):
    for path in ("nothing", "dir/nothing", "a.txt/below"):
        with raises("EntryNotFoundError"):
            client.api("list_repo_tree", filled, path_in_repo=path)
    with raises("RevisionNotFoundError"):
        client.api("list_repo_tree", filled, revision="nowhere")
    assert alice.get(f"/api/models/{filled}/tree/main/a.txt").error_code == "EntryNotFound"


def test_pages(alice, repo):
    alice.create_repo(repo)
    names = [f"d{i % 3}/f{i:04}.txt" for i in range(2500)]
    assert alice.commit(repo, *(file(n, n.encode()) for n in names)).status == 200
    path, found, sizes = f"/api/models/{repo}/tree/main?recursive=true", [], []
    while path:
        answer = alice.get(path)
        sizes.append(len(answer.json()))
        found += [e["path"] for e in answer.json() if e["type"] == "file"]
        path = next_page(answer)
        assert path is None or path.startswith("http://")
    assert sorted(found) == sorted([*names, ".gitattributes"])
    assert len(found) == len(set(found))
    assert max(sizes) <= 1000
    assert len(alice.tree(repo, query="?recursive=true&limit=100")) == 2504
    assert len(alice.get(f"/api/models/{repo}/tree/main?recursive=true&limit=100").json()) == 100


@pytest.mark.parametrize("version", VERSIONS)
def test_pages_by_the_client(clients, alice, version, repo):
    alice.create_repo(repo)
    alice.commit(repo, *(file(f"{i:04}.txt", b"x") for i in range(1100)))
    client = clients(version)
    assert len(client.api("list_repo_files", repo)) == 1101
    expanded = client.api("list_repo_tree", repo, expand=True)
    assert len(expanded) == 1101 and all(e["last_commit"] for e in expanded)


@pytest.mark.parametrize("query", ["cursor=nonsense", "limit=0", "limit=-5", "limit=many", "cursor=%00"])
def test_unsound_pages(alice, filled, query):
    answer = alice.get(f"/api/models/{filled}/tree/main?{query}")
    assert answer.status in (200, 400)


def test_paths_info(client, filled):
    found = by_path(client.api("get_paths_info", filled, ["a.txt", "dir/sub", "nothing.txt", "dir/big.bin", "ü/d e+f.txt"]))
    assert sorted(found) == ["a.txt", "dir/big.bin", "dir/sub", "ü/d e+f.txt"]
    assert found["dir/big.bin"]["lfs"]["sha256"] == sha256(BIG)
    expanded = by_path(client.api("get_paths_info", filled, ["dir/b.txt", "dir"], expand=True))
    assert {p: e["last_commit"]["title"] for p, e in expanded.items()} == {"dir/b.txt": "second", "dir": "third"}


def test_paths_info_as_json_and_as_a_form(alice, filled):
    as_json = alice.post(f"/api/models/{filled}/paths-info/main", json={"paths": ["a.txt", "dir"], "expand": True})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    as_form = alice.post(f"/api/models/{filled}/paths-info/main", body=b"paths=a.txt&paths=dir&expand=True", headers=form)
    assert as_json.json() == as_form.json()
    assert [e["type"] for e in sorted(as_json.json(), key=lambda e: e["path"])] == ["file", "directory"]
    for unsound in ({"paths": "a.txt/"}, {"paths": 5}, {}, [], {"paths": [5]}):
        assert alice.post(f"/api/models/{filled}/paths-info/main", json=unsound).status in (200, 400)
    assert alice.post(f"/api/models/{filled}/paths-info/main", body=b"{", headers={"Content-Type": "application/json"}).status == 400


# -- repository info -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_info(client, repo, kind):
    client.api("create_repo", repo, repo_type=kind, **({"space_sdk": "static"} if kind == "space" else {}))
    client.api("upload_file", repo_id=repo, repo_type=kind, path_or_fileobj=b"hello", path_in_repo="h.txt")
    info = client.api("repo_info", repo, repo_type=kind)
    assert (info["id"], info["author"], info["private"]) == (repo, "alice", False)
    assert {"h.txt", ".gitattributes"} <= {s["rfilename"] for s in info["siblings"]}
    assert len(info["sha"]) == 40 and info["last_modified"] and info["created_at"]
    assert info["likes"] == 0 and info["tags"] is not None
    assert client.api("repo_info", repo, repo_type=kind, revision=info["sha"])["sha"] == info["sha"]


def test_info_with_blobs(client, filled):
    siblings = {s["rfilename"]: s for s in client.api("model_info", filled, files_metadata=True)["siblings"]}
    assert siblings["a.txt"]["size"] == 1 and siblings["a.txt"]["blob_id"] == blob_id(b"a")
    assert siblings["dir/big.bin"]["size"] == len(BIG)
    assert siblings["dir/big.bin"]["lfs"]["sha256"] == sha256(BIG)
    assert client.api("model_info", filled)["siblings"][0]["size"] is None


def test_info_with_chosen_fields(client, alice, filled):
    info = client.api("model_info", filled, expand=["sha", "siblings", "createdAt"])
    assert len(info["sha"]) == 40 and info["siblings"] and info["created_at"]
    answer = alice.get(f"/api/models/{filled}?expand[]=sha&expand[]=private").json()
    assert set(answer) == {"_id", "id", "sha", "private"}
    answer = alice.get(f"/api/models/{filled}/revision/main?expand=xetEnabled").json()
    assert answer["xetEnabled"] is True
    with raises("BadRequestError"):
        client.api("model_info", filled, expand=["sha", "nonsense"])


ALL_FIELDS = {
    "model": "author baseModels cardData childrenModelCount config createdAt disabled downloads downloadsAllTime "
    "evalResults gated gguf inference inferenceProviderMapping lastModified library_name likes mask_token model-index "
    "pipeline_tag private resourceGroup safetensors sha siblings spaces tags transformersInfo trendingScore usedStorage "
    "widgetData",
    "dataset": "author cardData citation createdAt description disabled downloads downloadsAllTime gated lastModified "
    "likes mainSize paperswithcode_id private resourceGroup sha siblings tags trendingScore usedStorage",
    "space": "author cardData createdAt datasets disabled lastModified likes models private region resourceGroup runtime "
    "sdk sha siblings subdomain tags trendingScore usedStorage",
}


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_every_field_may_be_asked_for(alice, repo, kind):
    alice.create_repo(repo, kind, **({"sdk": "gradio"} if kind == "space" else {}))
    for field in ALL_FIELDS[kind].split():
        answer = alice.get(f"/api/{kind}s/{repo}?expand={field}")
        assert answer.status == 200, (field, answer.body)
        assert set(answer.json()) <= {"_id", "id", field}


def test_dates_are_written_as_clients_parse_them(alice, filled):
    import re

    info = alice.get(f"/api/models/{filled}").json()
    dates = [info["lastModified"], info["createdAt"], alice.get(f"/api/models/{filled}/commits/main").json()[0]["date"]]
    for date in dates:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", date)


def test_verifying_checksums_on_the_command_line(clients, filled, tmp_path):
    client = clients(LATEST)
    client.api("snapshot_download", filled, local_dir=tmp_path)
    entries = by_path(client.api("list_repo_tree", filled, recursive=True))
    for path, entry in entries.items():
        if "blob_id" in entry:
            content = (tmp_path / path).read_bytes()
            assert (sha256(content) if entry["lfs"] else blob_id(content)) == (
                entry["lfs"]["sha256"] if entry["lfs"] else entry["blob_id"]
            )
