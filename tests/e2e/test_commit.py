"""The commit endpoint, line by line, and the same through CommitOperations of the real clients."""

import base64
import json

import pytest
from harness import xet
from harness.client import raises
from harness.data import noise, sha256
from harness.http import deleted, deleted_folder, file, lfs_file

NDJSON = {"Content-Type": "application/x-ndjson"}


def content(http, repo, path, rev="main"):
    answer = http.follow(f"/{repo}/resolve/{rev}/{path}")
    return answer.body if answer.status == 200 else None


def paths(http, repo, rev="main"):
    return [e["path"] for e in http.tree(repo, rev) if e["type"] == "file" and e["path"] != ".gitattributes"]


@pytest.fixture
def filled(alice, model):
    answer = alice.commit(
        model,
        file("a.txt", b"a"),
        file("dir/b.txt", b"b"),
        file("dir/sub/c.txt", b"c"),
        file("dir2/d.txt", b"d"),
        summary="fill",
    )
    assert answer.status == 200, answer.body
    return model


def ok(answer):
    assert answer.status == 200, answer.body
    return answer.json()


def test_the_answer_names_the_commit(alice, hub, filled):
    done = ok(alice.commit(filled, file("x.txt", b"x"), summary="one more", description="because"))
    assert done["success"] is True and len(done["commitOid"]) == 40
    assert done["commitUrl"] == f"{hub.url}/{filled}/commit/{done['commitOid']}"
    (head, *_) = alice.get(f"/api/models/{filled}/commits/main").json()
    assert (head["id"], head["title"]) == (done["commitOid"], "one more")
    assert head["authors"][0]["user"] == "alice"


def test_the_clients_operations(client, alice, repo):
    client.api("create_repo", repo)
    big = noise("big", 200_000)
    done = client.run(
        """
from huggingface_hub import HfApi, CommitOperationAdd as Add, CommitOperationDelete as Delete, CommitOperationCopy as Copy
api = HfApi()
first = api.create_commit(repo, [
    Add("a.txt", b"a"), Add("big.bin", big), Add("dir/x.txt", b"x"), Add("dir/y.txt", b"y"), Add("gone.txt", b"g"),
], commit_message="first\\n\\nwith body")
second = api.create_commit(repo, [
    Delete("gone.txt"), Delete("dir/", is_folder=True),
    Copy("a.txt", "copy.txt"), Copy("big.bin", "copies/big.bin"), Add("new.txt", b"n"),
], commit_message="second", parent_commit=first.oid)
result = [first.oid, second.oid, second.commit_url]
""",
        repo=repo,
        big=big,
    )
    assert paths(alice, repo) == ["a.txt", "big.bin", "copies/big.bin", "copy.txt", "new.txt"]
    assert content(alice, repo, "copy.txt") == b"a"
    assert content(alice, repo, "copies/big.bin") == big
    assert done[2].endswith(f"/{repo}/commit/{done[1]}")
    assert content(alice, repo, "dir/x.txt", done[0]) == b"x"


def test_delete_file_and_folder_by_the_client(client, alice, repo):
    client.api("create_repo", repo)
    alice.commit(repo, file("a.txt", b"a"), file("d/b.txt", b"b"), file("d/e/c.txt", b"c"), file("z.txt", b"z"))
    client.api("delete_file", "a.txt", repo)
    client.api("delete_folder", "d", repo)
    assert paths(alice, repo) == ["z.txt"]
    with raises("EntryNotFoundError") as caught:
        client.api("delete_file", "a.txt", repo)
    assert "does" in caught.error.message
    client.api("delete_files", repo, ["z.*"])
    assert paths(alice, repo) == []


@pytest.mark.parametrize("path", ["dir", "dir/"])
def test_a_folder_goes_with_all_below_it(alice, filled, path):
    ok(alice.commit(filled, deleted_folder(path)))
    assert paths(alice, filled) == ["a.txt", "dir2/d.txt"]


def test_a_folder_named_as_a_file_goes_too(alice, filled):
    ok(alice.commit(filled, deleted("dir")))
    assert paths(alice, filled) == ["a.txt", "dir2/d.txt"]


def test_content_in_either_encoding(alice, filled):
    lines = [
        {"key": "file", "value": {"path": "u.txt", "content": "ünï", "encoding": "utf-8"}},
        {"key": "file", "value": {"path": "b.txt", "content": base64.b64encode(b"\xff\0").decode(), "encoding": "base64"}},
    ]
    ok(alice.commit(filled, *lines))
    assert content(alice, filled, "u.txt") == "ünï".encode()
    assert content(alice, filled, "b.txt") == b"\xff\0"


def test_renaming_by_old_path(alice, filled):
    big = noise("renamed", 90_000)
    xet.Uploader(alice, filled).upload(big, sha256(big))
    ok(alice.commit(filled, lfs_file("old.bin", sha256(big), len(big))))
    ok(
        alice.commit(
            filled,
            file("renamed.txt", b"a", oldPath="a.txt"),
            lfs_file("new/name.bin", sha256(big), len(big), oldPath="old.bin"),
        )
    )
    assert paths(alice, filled) == ["dir/b.txt", "dir/sub/c.txt", "dir2/d.txt", "new/name.bin", "renamed.txt"]
    assert content(alice, filled, "new/name.bin") == big


def test_a_copy_needs_no_size(alice, filled):
    big = noise("copied", 70_000)
    xet.Uploader(alice, filled).upload(big, sha256(big))
    ok(alice.commit(filled, lfs_file("one.bin", sha256(big), len(big))))
    ok(alice.commit(filled, lfs_file("two.bin", sha256(big))))
    sizes = {e["path"]: e["size"] for e in alice.tree(filled) if e["path"].endswith(".bin")}
    assert sizes == {"one.bin": len(big), "two.bin": len(big)}


def test_lines_apply_in_their_order(alice, filled):
    ok(alice.commit(filled, deleted("a.txt"), file("a.txt", b"again"), file("twice.txt", b"1"), file("twice.txt", b"2")))
    assert content(alice, filled, "a.txt") == b"again"
    assert content(alice, filled, "twice.txt") == b"2"
    ok(alice.commit(filled, deleted_folder("dir"), file("dir/only.txt", b"o")))
    assert [p for p in paths(alice, filled) if p.startswith("dir/")] == ["dir/only.txt"]


def test_a_file_may_become_a_folder_and_back(alice, filled):
    ok(alice.commit(filled, deleted("a.txt"), file("a.txt/inside.txt", b"i")))
    assert content(alice, filled, "a.txt/inside.txt") == b"i"
    ok(alice.commit(filled, deleted_folder("a.txt"), file("a.txt", b"a")))
    assert content(alice, filled, "a.txt") == b"a"


def test_an_lfs_file_outside_the_attributes_is_added_to_them(alice, filled):
    big = noise("attr", 60_000)
    xet.Uploader(alice, filled).upload(big, sha256(big))
    ok(alice.commit(filled, lfs_file("without extension", sha256(big), len(big))))
    attributes = content(alice, filled, ".gitattributes")
    assert b"without[[:space:]]extension filter=lfs diff=lfs merge=lfs -text\n" in attributes
    ok(alice.commit(filled, lfs_file("matched.bin", sha256(big), len(big))))
    assert content(alice, filled, ".gitattributes") == attributes


@pytest.mark.parametrize("digits", [5, 7, 40])
def test_a_parent_that_is_the_head(alice, filled, digits):
    head = alice.get(f"/api/models/{filled}").json()["sha"]
    ok(alice.commit(filled, file("x.txt", b"x"), parentCommit=head[:digits]))
    stale = alice.commit(filled, file("y.txt", b"y"), parentCommit=head[:digits])
    assert stale.status == 412
    assert "The branch was updated since you opened this page" in stale.error
    assert content(alice, filled, "y.txt") is None


def test_the_client_sees_the_lock(client, repo):
    client.api("create_repo", repo)
    old = client.api("model_info", repo)["sha"]
    client.api("upload_file", repo_id=repo, path_or_fileobj=b"1", path_in_repo="a.txt", parent_commit=old)
    with raises("HfHubHTTPError") as caught:
        client.api("upload_file", repo_id=repo, path_or_fileobj=b"2", path_in_repo="b.txt", parent_commit=old)
    assert caught.error.status == 412


def test_replaying_a_commit_is_harmless(alice, filled):
    lines = [file("r.txt", b"r"), deleted("a.txt")]
    head = alice.get(f"/api/models/{filled}").json()["sha"]
    first = ok(alice.commit(filled, *lines, parentCommit=head, summary="replayed"))
    again = ok(alice.commit(filled, *lines, parentCommit=head, summary="replayed"))
    assert again["commitOid"] == first["commitOid"]
    assert len(alice.get(f"/api/models/{filled}/commits/main").json()) == 3
    adds = [file("r.txt", b"r")]
    assert ok(alice.commit(filled, *adds, summary="nothing new"))["commitOid"] == first["commitOid"]


def test_a_body_without_a_last_newline(alice, filled):
    lines = [{"key": "header", "value": {"summary": "js"}}, file("js.txt", b"js")]
    body = "\n".join(map(json.dumps, lines)).encode()
    ok(alice.post(f"/api/models/{filled}/commit/main", body=body, headers=NDJSON))
    assert content(alice, filled, "js.txt") == b"js"


def test_a_big_commit_of_inline_files(alice, filled):
    files = {f"big-{i}.txt": bytes([65 + i]) * (9 << 20) for i in range(6)}
    ok(alice.commit(filled, *(file(n, c) for n, c in files.items())))
    for name, expected in files.items():
        assert content(alice, filled, name) == expected


def test_other_branches_do_not_move(alice, filled):
    assert alice.post(f"/api/models/{filled}/branch/dev", json={}).status == 200
    ok(alice.commit(filled, file("on-dev.txt", b"d"), rev="dev"))
    assert content(alice, filled, "on-dev.txt") is None
    assert content(alice, filled, "on-dev.txt", "dev") == b"d"


@pytest.mark.parametrize("rev", ["nowhere", "v1", "refs%2Fpr%2F1"])
def test_only_branches_take_commits(alice, filled, rev):
    alice.post(f"/api/models/{filled}/tag/main", json={"tag": "v1"})
    answer = alice.commit(filled, file("x.txt", b"x"), rev=rev)
    assert (answer.status, answer.error_code) == (404, "RevisionNotFound")
    head = alice.get(f"/api/models/{filled}").json()["sha"]
    assert 400 <= alice.commit(filled, file("x.txt", b"x"), rev=head).status < 500


def test_deleting_what_is_not_there_changes_nothing(alice, filled):
    head = alice.get(f"/api/models/{filled}").json()["sha"]
    for line in (deleted("nothing.txt"), deleted_folder("no/folder"), deleted("a.txt/below")):
        answer = alice.commit(filled, file("half.txt", b"h"), line)
        assert (answer.status, answer.error_code) == (404, "EntryNotFound")
        assert "A file with this name doesn't exist" in answer.error
    assert alice.get(f"/api/models/{filled}").json()["sha"] == head


def test_renaming_what_is_not_there(alice, filled):
    assert alice.commit(filled, file("n.txt", b"n", oldPath="nothing.txt")).status in (400, 404, 422)
    assert content(alice, filled, "n.txt") is None


def test_an_object_nobody_uploaded(alice, filled):
    answer = alice.commit(filled, file("ok.txt", b"o"), lfs_file("a.bin", "ab" * 32, 5))
    assert 400 <= answer.status < 500 and answer.error
    assert content(alice, filled, "ok.txt") is None


def test_an_object_of_another_size(alice, filled):
    big = noise("size", 60_000)
    xet.Uploader(alice, filled).upload(big, sha256(big))
    assert 400 <= alice.commit(filled, lfs_file("a.bin", sha256(big), len(big) + 1)).status < 500


@pytest.mark.parametrize(
    "path",
    ["..\\ddd", "../up", "/absolute", "a/../b", "a/./b", "a//b", "", ".", "..", ".git/config", "a/.git/x", "x\0y", "a/", "x" * 5000],
)
def test_bad_paths(alice, filled, path):
    head = alice.get(f"/api/models/{filled}").json()["sha"]
    answer = alice.commit(filled, file(path, b"x"))
    assert answer.status in (400, 422), answer.body
    assert answer.error
    assert alice.get(f"/api/models/{filled}").json()["sha"] == head


def test_a_backslash_inside_is_an_ordinary_character(alice, filled):
    ok(alice.commit(filled, file("folder/..\\..\\..\\file", b"x")))
    assert "folder/..\\..\\..\\file" in paths(alice, filled)


HEADER = json.dumps({"key": "header", "value": {"summary": "s"}}).encode() + b"\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"{}",
        b"[]\n",
        b"not json\n",
        HEADER + b"{\n",
        HEADER + b'{"key":"file"}\n',
        HEADER + b'{"key":"file","value":5}\n',
        HEADER + b'{"key":"file","value":{"path":"a"}}\n',
        HEADER + b'{"key":"file","value":{"path":5,"content":"","encoding":"base64"}}\n',
        HEADER + b'{"key":"file","value":{"path":"a","content":"!!!!","encoding":"base64"}}\n',
        HEADER + b'{"key":"file","value":{"path":"a","content":"YQ","encoding":"base32"}}\n',
        HEADER + b'{"key":"lfsFile","value":{"path":"a","algo":"md5","oid":"00","size":1}}\n',
        HEADER + b'{"key":"lfsFile","value":{"path":"a","algo":"sha256","oid":"zz","size":1}}\n',
        HEADER + b'{"key":"lfsFile","value":{"path":"a","algo":"sha256","oid":"' + b"ab" * 32 + b'","size":-1}}\n',
        HEADER + b'{"key":"dance","value":{}}\n',
        HEADER + b'{"value":{}}\n',
        HEADER + HEADER,
        b'{"key":"file","value":{"path":"a","content":"","encoding":"base64"}}\n' + HEADER,
        b'{"key":"header","value":{}}\n',
        b'{"key":"header","value":{"summary":5}}\n',
        b'{"key":"header","value":{"summary":"s","parentCommit":"nothex"}}\n',
        b'{"key":"header","value":{"summary":"s","parentCommit":"abc"}}\n',
        HEADER + b'\xff\xfe\n',
        HEADER + b"[" * 100_000 + b"\n",
    ],
)
def test_malformed_bodies(alice, filled, body):
    head = alice.get(f"/api/models/{filled}").json()["sha"]
    answer = alice.post(f"/api/models/{filled}/commit/main", body=body, headers=NDJSON)
    assert answer.status in (400, 422), (answer.status, answer.body)
    assert answer.error
    assert alice.get(f"/api/models/{filled}").json()["sha"] == head


def test_a_pull_request_is_a_typed_error_for_now(alice, filled):
    body = HEADER + json.dumps(file("x.txt", b"x")).encode()
    answer = alice.post(f"/api/models/{filled}/commit/main?create_pr=1", body=body, headers=NDJSON)
    assert 400 <= answer.status < 502 and "pull request" in answer.error.lower()
    assert content(alice, filled, "x.txt") is None
