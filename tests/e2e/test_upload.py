"""`hf upload`: files, folders, patterns, revisions, ignore and attribute rules, and sending nothing twice."""

import hashlib

import pytest
from harness.client import LATEST, OLDEST, VERSIONS, raises
from harness.data import MIB, assert_same_files, blob_id, make_files, noise, read_files, sha256, weights
from harness.relay import Relay

ODD_NAMES = {
    "with space.txt": b"space",
    "plus+plus.txt": b"plus",
    "per%cent.txt": b"percent",
    "per%20cent.txt": b"looks encoded",
    "hash#tag.txt": b"hash",
    "question?mark.txt": b"question",
    "amp&ersand=x.txt": b"amp",
    "quote'\".txt": b"quotes",
    "semi;colon,comma.txt": b"semi",
    "ünï-ćödé-日本語-🤗.txt": "ünïcode".encode(),
    "folder with space/ü+%#.bin": noise("odd", 5000),
    "~tilde[brackets]{braces}.txt": b"tilde",
    "a" * 200 + ".txt": b"long",
    "deep/" * 20 + "file.txt": b"deep",
}


def several(size: int = MIB, salt: str = "") -> dict[str, bytes]:
    return {
        "config.json": b'{"a": 1}',
        "notes.txt": b"hello\n",
        "empty.txt": b"",
        "empty.bin": b"",
        "weights/model.safetensors": weights("w" + salt, size),
        "weights/deeper/still/noise.bin": noise("n" + salt, size // 2),
        "data/text without lfs.csv": b"a,b\n" * 1000,
    }


def downloaded(client, repo, into, **options) -> dict[str, bytes]:
    client.api("snapshot_download", repo, local_dir=into, **options)
    found = read_files(into)
    found.pop(".gitattributes", None)
    return found


def test_one_file(transfer, repo, tmp_path):
    content = weights("one", 3 * MIB)
    (tmp_path / "model.safetensors").write_bytes(content)
    text = transfer.cli("upload", repo, tmp_path / "model.safetensors").text
    assert repo in text  # says where it is now
    path = transfer.run(
        "from huggingface_hub import hf_hub_download\nresult = hf_hub_download(repo, 'model.safetensors')", repo=repo
    )
    with open(path, "rb") as back:
        assert back.read() == content


def test_one_file_under_another_name(transfer, repo, tmp_path):
    (tmp_path / "local.bin").write_bytes(noise(1, 100_000))
    transfer.cli("upload", repo, tmp_path / "local.bin", "some/where/remote.bin")
    assert transfer.api("list_repo_files", repo) == [".gitattributes", "some/where/remote.bin"]


def test_a_folder_with_folders(transfer, repo, folder, tmp_path):
    make_files(folder, several())
    transfer.cli("upload", repo, folder, ".")
    assert_same_files(downloaded(transfer, repo, tmp_path / "back"), several())


def test_a_folder_into_a_folder_of_a_dataset(transfer, repo, folder, tmp_path):
    make_files(folder, several())
    transfer.cli("upload", repo, folder, "in/side", "--repo-type", "dataset")
    back = downloaded(transfer, repo, tmp_path / "back", repo_type="dataset")
    assert_same_files(back, {f"in/side/{name}": content for name, content in several().items()})


def test_odd_names(transfer, repo, folder, tmp_path):
    make_files(folder, ODD_NAMES)
    transfer.cli("upload", repo, folder, ".")
    assert_same_files(downloaded(transfer, repo, tmp_path / "back"), ODD_NAMES)
    for name, content in ODD_NAMES.items():
        assert transfer.api("file_exists", repo, name), name
        got = transfer.run(
            "from huggingface_hub import hf_hub_download\nresult = open(hf_hub_download(repo, name), 'rb').read()",
            repo=repo,
            name=name,
        )
        assert got == content, name


@pytest.mark.slow
def test_thousands_of_small_files(client, repo, folder, tmp_path):
    files = {f"part-{i % 40:02}/file-{i:05}.txt": f"content of {i}\n".encode() * (i % 7) for i in range(2000)}
    files |= {f"bins/{i:03}.bin": noise(i, 700) for i in range(100)}
    make_files(folder, files)
    client.cli("upload", repo, folder, ".")
    assert_same_files(downloaded(client, repo, tmp_path / "back"), files)
    entries = client.api("list_repo_tree", repo, recursive=True)
    assert sum(1 for e in entries if "blob_id" in e) == len(files) + 1


@pytest.mark.parametrize("version", VERSIONS)
def test_include_and_exclude(clients, version, repo, folder):
    client = clients(version)
    names = ("a.json", "b.json", "c.bin", "sub/d.json", "sub/skip.json")
    make_files(folder, {n: n.encode() for n in names})
    client.cli("upload", repo, folder, ".", "--include", "*.json", "--exclude", "*skip*")
    assert client.api("list_repo_files", repo) == [".gitattributes", "a.json", "b.json", "sub/d.json"]


@pytest.mark.parametrize("version", VERSIONS)
def test_delete_patterns_ride_along(clients, version, repo, folder):
    client = clients(version)
    make_files(folder, {"old/1.txt": b"1", "old/2.txt": b"2", "keep.txt": b"k"})
    client.cli("upload", repo, folder, ".")
    new = make_files(folder.parent / "new", {"old/2.txt": b"new 2", "added.txt": b"a"})
    before = len(client.api("list_repo_commits", repo))
    client.cli("upload", repo, new, ".", "--delete", "old/*", "--commit-message", "swap", "--commit-description", "why")
    assert client.api("list_repo_files", repo) == [".gitattributes", "added.txt", "keep.txt", "old/2.txt"]
    commits = client.api("list_repo_commits", repo)
    assert len(commits) == before + 1
    assert (commits[0]["title"], commits[0]["message"]) == ("swap", "why")


def test_uploading_again_keeps_what_was_there(transfer, repo, folder, tmp_path):
    make_files(folder, several(MIB // 4))
    transfer.cli("upload", repo, folder, ".")
    other = make_files(tmp_path / "other", {"notes.txt": b"changed\n", "more.bin": noise("more", 5000)})
    transfer.cli("upload", repo, other, ".")
    expected = several(MIB // 4) | {"notes.txt": b"changed\n", "more.bin": noise("more", 5000)}
    assert_same_files(downloaded(transfer, repo, tmp_path / "back"), expected)


@pytest.mark.parametrize(("version", "xet"), [(v, x) for v in VERSIONS for x in (True, False)])
def test_uploading_the_same_again_sends_nothing_and_says_so(fresh, hub, version, xet, repo, folder):
    make_files(folder, several(2 * MIB, f"{version}{xet}"))
    with Relay(hub.url) as relay:
        first = fresh(version, via=relay, xet=xet)
        first.cli("upload", repo, folder, ".")
        assert relay.content_bytes > MIB
        head = first.api("model_info", repo)["sha"]
        relay.reset()
        text = fresh(version, via=relay, xet=xet).cli("upload", repo, folder, ".", HF_HUB_VERBOSITY="info").text
        assert relay.content_bytes == 0, relay.requests
        assert relay.of("POST", "/commit/") == []
        assert "No files have been modified since last commit" in text
    assert first.api("model_info", repo)["sha"] == head


def test_one_changed_file_of_many_is_the_only_one_committed(client, repo, folder):
    make_files(folder, several(MIB // 4))
    client.cli("upload", repo, folder, ".")
    before = {e["path"]: e.get("blob_id") for e in client.api("list_repo_tree", repo, recursive=True)}
    (folder / "notes.txt").write_bytes(b"other\n")
    client.cli("upload", repo, folder, ".")
    after = {e["path"]: e.get("blob_id") for e in client.api("list_repo_tree", repo, recursive=True)}
    assert {p for p in after if after[p] != before[p]} == {"notes.txt"}
    assert after["notes.txt"] == blob_id(b"other\n")


def test_a_revision_is_made_when_it_is_not_there(client, repo, folder):
    client.api("create_repo", repo)
    make_files(folder, {"a.txt": b"on a branch"})
    client.cli("upload", repo, folder, ".", "--revision", "feature/x")
    assert client.api("list_repo_files", repo) == [".gitattributes"]
    assert client.api("list_repo_files", repo, revision="feature/x") == [".gitattributes", "a.txt"]
    client.cli("upload", repo, folder, "again", "--revision", "feature/x")
    assert client.api("file_exists", repo, "again/a.txt", revision="feature/x")


def test_a_pull_request_is_a_clear_error_for_now(client, repo, folder):
    client.api("create_repo", repo)
    make_files(folder, {"a.txt": b"x"})
    output = client.cli("upload", repo, folder, ".", "--create-pr", ok=False)
    assert output.code != 0
    assert "pull request" in output.text.lower()
    assert client.api("list_repo_files", repo) == [".gitattributes"]


def test_private_from_the_first_upload(client, clients, repo, folder):
    make_files(folder, {"a.txt": b"x"})
    client.cli("upload", repo, folder, ".", "--private")
    assert client.api("model_info", repo)["private"] is True


def test_content_from_memory_and_from_open_files(transfer, repo, tmp_path):
    transfer.api("create_repo", repo)
    content = noise("memory", 300_000)
    (tmp_path / "open.bin").write_bytes(content)
    transfer.run(
        """
import io
from huggingface_hub import HfApi
api = HfApi()
api.upload_file(repo_id=repo, path_in_repo="bytes.bin", path_or_fileobj=content)
api.upload_file(repo_id=repo, path_in_repo="bytesio.bin", path_or_fileobj=io.BytesIO(content))
with open(path, "rb") as file:
    api.upload_file(repo_id=repo, path_in_repo="file.bin", path_or_fileobj=file)
""",
        repo=repo,
        content=content,
        path=tmp_path / "open.bin",
    )
    files = [e for e in transfer.api("list_repo_tree", repo) if e["path"].endswith(".bin")]
    assert len(files) == 3
    assert {f["lfs"]["sha256"] for f in files} == {sha256(content)}
    if transfer.version != OLDEST:  # which does not read the hash from trees
        assert all(f["xet_hash"] for f in files)


# -- which way a file goes -------------------------------------------------------------------


def preupload(alice, repo, files, **more):
    import base64

    body = {
        "files": [
            {"path": p, "size": len(c), "sample": base64.b64encode(c[:512]).decode()} for p, c in files.items()
        ],
        **more,
    }
    answer = alice.post(f"/api/models/{repo}/preupload/main", json=body)
    assert answer.status == 200, answer.body
    found = answer.json()["files"]
    assert [f["path"] for f in found] == list(files)
    return {f["path"]: f for f in found}


@pytest.mark.parametrize(
    ("name", "content", "mode"),
    [
        ("a.bin", b"text", "lfs"),
        ("a.safetensors", b"text", "lfs"),
        ("test.lfs.txt", b"text", "lfs"),
        ("saved_model/x/y.txt", b"text", "lfs"),
        ("a.tar.zz", b"text", "lfs"),
        ("runtfevents.1", b"text", "lfs"),
        ("a.bin", b"", "regular"),
        ("a.txt", b"text", "regular"),
        ("a.json", "ünicode".encode(), "regular"),
        ("noextension", b"\0\1\2\3" * 200, "lfs"),
        ("big.txt", b"x" * (10 * MIB + 1), "lfs"),
        ("nearly-big.txt", b"x" * (9 * MIB), "regular"),
        ("cut.txt", b"a" * 511 + "é".encode() + b"b" * 100, "regular"),
    ],
)
def test_how_a_file_is_sent_depends_on_its_name_size_and_first_bytes(alice, model, name, content, mode):
    assert preupload(alice, model, {name: content})[name]["uploadMode"] == mode


def test_the_attributes_of_the_repository_decide(client, alice, model):
    client.api("upload_file", path_or_fileobj=b"*.png filter=lfs diff=lfs merge=lfs -text\n", path_in_repo=".gitattributes", repo_id=model)
    modes = preupload(alice, model, {"image.png": b"ten bytes!", "weights.bin": b"text"})
    assert (modes["image.png"]["uploadMode"], modes["weights.bin"]["uploadMode"]) == ("lfs", "regular")
    client.api("upload_file", path_or_fileobj=b"ten bytes!", path_in_repo="image.png", repo_id=model)
    (entry,) = client.api("get_paths_info", model, ["image.png"])
    assert entry["lfs"]["size"] == 10


def test_the_attributes_of_the_request_win(alice, model):
    modes = preupload(alice, model, {"a.xyz": b"t", "b.bin": b"t"}, gitAttributes="*.xyz filter=lfs\n")
    assert (modes["a.xyz"]["uploadMode"], modes["b.bin"]["uploadMode"]) == ("lfs", "regular")


def test_the_ignore_rules_of_the_repository_decide(client, repo, folder):
    client.api("create_repo", repo)
    client.api("upload_file", path_or_fileobj=b"nested/*\n*.log\n!keep.log\n", path_in_repo=".gitignore", repo_id=repo)
    make_files(folder, {"nested/a.txt": b"1", "x.log": b"2", "keep.log": b"3", "b.txt": b"4", "deep/y.log": b"5"})
    client.cli("upload", repo, folder, ".")
    assert client.api("list_repo_files", repo) == [".gitattributes", ".gitignore", "b.txt", "keep.log"]


def test_the_ignore_rules_of_the_upload_win(client, repo, folder):
    client.api("create_repo", repo)
    client.api("upload_file", path_or_fileobj=b"*.txt\n", path_in_repo=".gitignore", repo_id=repo)
    make_files(folder, {".gitignore": b"*.log\n", "a.txt": b"1", "x.log": b"2"})
    client.cli("upload", repo, folder, ".")
    assert client.api("list_repo_files", repo) == [".gitattributes", ".gitignore", "a.txt"]


def test_preupload_tells_what_is_there(client, alice, model):
    client.api("upload_file", path_or_fileobj=b"hello", path_in_repo="a.txt", repo_id=model)
    client.api("upload_file", path_or_fileobj=b"world", path_in_repo="a.bin", repo_id=model)
    found = preupload(alice, model, {"a.txt": b"?", "a.bin": b"?", "new.txt": b"?"})
    assert found["a.txt"]["oid"] == blob_id(b"hello")
    assert found["a.bin"]["oid"] == hashlib.sha256(b"world").hexdigest()
    assert found["new.txt"].get("oid") is None
    assert all(f["shouldIgnore"] is False for f in found.values())


# -- the model card --------------------------------------------------------------------------


def test_a_card_without_metadata_is_warned_about(client, repo, folder):
    make_files(folder, {"README.md": b"# just text\n"})
    text = client.cli("upload", repo, folder, ".").text
    assert "metadata" in text.lower()
    assert client.api("file_exists", repo, "README.md")


def test_a_card_with_wrong_metadata_is_refused(client, model):
    card = b"\n---\nlicense: mit\nmodel-index: foo\n---\n\nHello\n"
    with raises("ValueError") as caught:
        client.api("upload_file", path_or_fileobj=card, path_in_repo="README.md", repo_id=model)
    assert "Invalid metadata in README.md" in caught.error.message
    assert not client.api("file_exists", model, "README.md")


def test_a_sound_card_is_read(client, model):
    card = b"---\nlicense: apache-2.0\ntags:\n- one\n- two\nlibrary_name: siahub\n---\n# Card\n"
    client.api("upload_file", path_or_fileobj=card, path_in_repo="README.md", repo_id=model)
    info = client.api("model_info", model)
    assert {"one", "two"} <= set(info["tags"])
    assert info["card_data"]["license"] == "apache-2.0"


@pytest.mark.parametrize("version", [v for v in VERSIONS if v != LATEST])
def test_the_large_folder_command_of_older_clients(clients, version, repo, folder, tmp_path):
    # 2.x has no upload-large-folder any more: its plain upload does the same.
    client = clients(version)
    make_files(folder, several(MIB // 2))
    client.cli("upload-large-folder", repo, folder, "--repo-type", "model", "--num-workers", "4")
    assert_same_files(downloaded(client, repo, tmp_path / "back"), several(MIB // 2))


