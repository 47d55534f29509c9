"""HfFileSystem: listing, globbing, reading with seeks, writing, copying, removing: by every version of the client."""

import pytest
from harness.data import MIB, noise, weights

OPEN = "from huggingface_hub import HfFileSystem\nfs = HfFileSystem(skip_instance_cache=True)\n"
BIG = weights("fs", 12 * MIB)


@pytest.fixture(scope="module")
def filled(hub, clients):
    repo, client = "alice/files", clients()
    client.api("create_repo", repo, repo_type="dataset")
    client.run(
        """
from huggingface_hub import HfApi, CommitOperationAdd as Add
HfApi().create_commit(repo, [
    Add("a.txt", b"hello"), Add("data/x.csv", b"1,2"), Add("data/y.csv", b"3,4"), Add("data/deep/z.csv", b"5,6"),
    Add("data/big.bin", big),
], commit_message="fill", repo_type="dataset")
""",
        repo=repo,
        big=BIG,
    )
    return f"datasets/{repo}"


def fs(client, code, **variables):
    return client.run(OPEN + code, **variables)


def test_ls(client, filled):
    names = fs(client, "result = sorted(fs.ls(root, detail=False))", root=filled)
    assert names == [f"{filled}/{n}" for n in (".gitattributes", "a.txt", "data")]
    details = fs(client, "result = {e['name']: [e['type'], e['size']] for e in fs.ls(root + '/data')}", root=filled)
    assert details[f"{filled}/data/big.bin"] == ["file", len(BIG)]
    assert details[f"{filled}/data/deep"] == ["directory", 0]


def test_glob_find_and_walk(client, filled):
    assert fs(client, "result = sorted(fs.glob(root + '/data/**/*.csv'))", root=filled) == [
        f"{filled}/data/{n}" for n in ("deep/z.csv", "x.csv", "y.csv")
    ]
    assert fs(client, "result = sorted(fs.glob(root + '/*.txt'))", root=filled) == [f"{filled}/a.txt"]
    assert len(fs(client, "result = fs.find(root)", root=filled)) == 6
    assert fs(client, "result = sorted(d for d, _, _ in fs.walk(root))", root=filled) == [
        filled,
        f"{filled}/data",
        f"{filled}/data/deep",
    ]


def test_info_and_existence(client, filled):
    info = fs(client, "result = fs.info(root + '/data/big.bin', expand_info=True)", root=filled)
    assert (info["type"], info["size"]) == ("file", len(BIG)) and info["last_commit"]["title"] == "fill"
    code = "result = [fs.exists(root + p) for p in ('/a.txt', '/data', '/none', '')] + [fs.exists('alice/none')]"
    assert fs(client, code, root=filled) == [True, True, False, True, False]
    assert fs(client, "result = [fs.isdir(root + '/data'), fs.isfile(root + '/data')]", root=filled) == [True, False]


def test_reading_with_seeks(client, filled):
    code = """
with fs.open(root + "/data/big.bin", "rb", block_size=1 << 20) as f:
    out = [f.read(10)]
    for at in (5_000_000, 65_530, len(big) - 7, 9_999_999):
        f.seek(at)
        out.append(f.read(20))
    f.seek(-5, 2)
    out.append(f.read())
result = out
"""
    expected = [BIG[:10]] + [BIG[at : at + 20] for at in (5_000_000, 65_530, len(BIG) - 7, 9_999_999)] + [BIG[-5:]]
    assert fs(client, code, root=filled, big=BIG) == expected


def test_reading_as_a_stream_and_at_once(client, filled):
    code = """
with fs.open(root + "/data/big.bin", "rb", block_size=0) as f:
    streamed = b"".join(iter(lambda: f.read(1 << 20), b""))
result = [streamed == big, fs.cat_file(root + "/data/big.bin") == big, fs.read_text(root + "/a.txt"),
          fs.cat_file(root + "/data/big.bin", start=100, end=200) == big[100:200]]
"""
    assert fs(client, code, root=filled, big=BIG) == [True, True, "hello", True]


def test_at_a_revision(client, filled):
    sha = fs(client, "result = fs.info(root + '/a.txt', expand_info=True)['last_commit']['oid']", root=filled)
    assert fs(client, "result = fs.read_text(root + '@' + sha + '/a.txt')", root=filled, sha=sha) == "hello"


def test_fetching_to_disk(client, filled, tmp_path):
    fs(client, "fs.get(root + '/data', to, recursive=True)", root=filled, to=tmp_path / "got")
    assert (tmp_path / "got" / "big.bin").read_bytes() == BIG
    assert (tmp_path / "got" / "deep" / "z.csv").read_bytes() == b"5,6"


def test_writing_copying_moving_and_removing(client, repo):
    # Appending is left out: no version can do that on any hub.
    client.api("create_repo", repo)
    content = noise("written", 3 * MIB)
    code = """
with fs.open(root + "/new.txt", "w") as f:
    f.write("first")
with fs.open(root + "/big.bin", "wb") as f:
    f.write(content)
fs.copy(root + "/new.txt", root + "/copy.txt")
fs.copy(root + "/big.bin", root + "/big-copy.bin")
fs.mv(root + "/copy.txt", root + "/moved.txt")
fs.rm(root + "/big.bin")
result = [sorted(fs.ls(root, detail=False)), fs.read_text(root + "/moved.txt"), fs.cat_file(root + "/big-copy.bin") == content]
"""
    names, text, same = fs(client, code, root=repo, content=content)
    assert names == [f"{repo}/{n}" for n in (".gitattributes", "big-copy.bin", "moved.txt", "new.txt")]
    assert (text, same) == ("first", True)


def test_missing_things(client, filled):
    code = """
errors = []
for act in (lambda: fs.open(root + "/none.txt"), lambda: fs.ls(root + "/none"), lambda: fs.info("datasets/alice/none/x"),
            lambda: fs.ls(root + "@nowhere")):
    try:
        act()
        errors.append(None)
    except FileNotFoundError as e:
        errors.append("FileNotFoundError")
result = errors
"""
    assert fs(client, code, root=filled) == ["FileNotFoundError"] * 4
