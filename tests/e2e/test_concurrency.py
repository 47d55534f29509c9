"""Many at once: commits to one branch lose nothing and tear nothing, whatever else goes on."""

import threading
from concurrent.futures import ThreadPoolExecutor

from harness import xet
from harness.client import LATEST, OLDEST
from harness.data import MIB, make_files, noise, sha256
from harness.http import deleted, file, lfs_file


def test_a_hundred_committers_lose_no_update(alice, model):
    """Without a lock every commit must succeed, each on top of the one before."""
    with ThreadPoolExecutor(100) as pool:
        answers = list(
            pool.map(
                lambda i: alice.commit(model, file(f"by/{i % 10}/{i}.txt", b"%d" % i), file("shared.txt", b"%d" % i), summary=str(i)),
                range(100),
            )
        )
    assert [a.status for a in answers] == [200] * 100
    oids = {a.json()["commitOid"] for a in answers}
    assert len(oids) == 100
    commits = alice.get(f"/api/models/{model}/commits/main?limit=200").json()
    assert {c["id"] for c in commits[:-1]} == oids
    assert sorted(int(c["title"]) for c in commits[:-1]) == list(range(100))
    files = {e["path"] for e in alice.tree(model) if e["type"] == "file"}
    assert files == {f"by/{i % 10}/{i}.txt" for i in range(100)} | {"shared.txt", ".gitattributes"}
    last = commits[0]["title"].encode()
    assert alice.follow(f"/{model}/resolve/main/shared.txt").body == last


def test_a_hundred_locked_committers_one_wins_each_round(alice, model):
    """With parentCommit exactly one of them may win; the others are told."""
    head = alice.get(f"/api/models/{model}").json()["sha"]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda i: alice.commit(model, file(f"{i}.txt", b"x"), parentCommit=head), range(100)))
    statuses = [a.status for a in answers]
    assert sorted(set(statuses)) == [200, 412] and statuses.count(200) == 1
    assert len(alice.tree(model)) == 2


def test_readers_never_see_half_a_commit(alice, model):
    """Every commit changes two files to the same number: a tree with two numbers is torn."""
    alice.commit(model, file("a.txt", b"0"), file("deep/b.txt", b"0"))
    torn, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            entries = {e["path"]: e["oid"] for e in alice.tree(model)}
            if entries["a.txt"] != entries["deep/b.txt"]:
                torn.append(entries)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda i: alice.commit(model, file("a.txt", b"%d" % i), file("deep/b.txt", b"%d" % i)), range(1, 80)))
    stop.set()
    for reader in readers:
        reader.join()
    assert {a.status for a in done} == {200}
    assert torn == []


def test_adding_and_deleting_in_parallel(alice, model):
    alice.commit(model, *(file(f"old/{i}.txt", b"x") for i in range(40)))

    def act(i):
        line = deleted(f"old/{i}.txt") if i < 40 else file(f"new/{i}.txt", b"y")
        return alice.commit(model, line).status

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(act, range(80))) == {200}
    names = {e["path"] for e in alice.tree(model) if e["type"] == "file"}
    assert names == {f"new/{i}.txt" for i in range(40, 80)} | {".gitattributes"}


def test_the_same_xorb_from_many_at_once(alice, model):
    content = noise("race", 2 * MIB)
    xorb = xet.Xorb.of(content)
    uploader = xet.Uploader(alice, model)
    uploader.cas
    body, shard = xorb.body, xet.shard([xet.whole(xorb, sha256(content))], [xorb])
    path = f"/v1/xorbs/default/{xorb.hex}"
    with ThreadPoolExecutor(16) as pool:
        inserted = list(pool.map(lambda _: uploader.cas.post(path, body=body).json()["was_inserted"], range(32)))
        results = list(pool.map(lambda _: uploader.shard(shard).json()["result"], range(32)))
    assert inserted.count(True) == 1 and results.count(1) == 1
    assert alice.commit(model, lfs_file("a.bin", sha256(content), len(content))).status == 200
    assert alice.follow(f"/{model}/resolve/main/a.bin").body == content


def test_creating_one_repository_from_many_at_once(alice, repo):
    with ThreadPoolExecutor(16) as pool:
        statuses = [a.status for a in pool.map(lambda _: alice.create_repo(repo), range(32))]
    assert statuses.count(200) == 1 and set(statuses) == {200, 409}


def test_branches_are_made_once(alice, model):
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: alice.post(f"/api/models/{model}/branch/race", json={}).status, range(32)))
    assert made.count(200) == 1 and set(made) == {200, 409}


def test_real_clients_upload_side_by_side(fresh, alice, model, tmp_path):
    """Four processes of two versions commit folders to one branch at the same time."""
    code = "import sys\nfrom huggingface_hub import HfApi\nHfApi().upload_folder(repo_id=sys.argv[1], folder_path=sys.argv[2], path_in_repo=sys.argv[3])"
    processes, expected = [], {}
    for i, version in enumerate((LATEST, OLDEST, LATEST, OLDEST)):
        files = {f"{n}.bin": noise(f"{i}{n}", 200_000) for n in range(5)} | {"t.txt": b"%d" % i}
        folder = make_files(tmp_path / str(i), files)
        expected |= {f"in-{i}/{n}": c for n, c in files.items()}
        processes.append(fresh(version).spawn(code, model, folder, f"in-{i}"))
    for process in processes:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
    for path, content in expected.items():
        assert alice.follow(f"/{model}/resolve/main/{path}").body == content, path
