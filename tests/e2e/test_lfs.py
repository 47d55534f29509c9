"""Git LFS: what clients without Xet use. Whatever comes in this way can be read by Xet, and the other way round."""

import json

import pytest
from harness import xet
from harness.client import LATEST, VERSIONS
from harness.data import MIB, noise, sha256, weights
from harness.http import lfs_file
from harness.relay import Relay

PARTS_FROM = 128 * MIB + 3  # larger than the hub takes in one piece from those who can send parts
LFS = {"Accept": "application/vnd.git-lfs+json", "Content-Type": "application/vnd.git-lfs+json"}


def batch(http, repo, objects, transfers=("basic",), operation="upload", prefix="", **more):
    body = {
        "operation": operation,
        "transfers": list(transfers),
        "objects": [{"oid": oid, "size": size} for oid, size in objects],
        "hash_algo": "sha256",
        **more,
    }
    return http.post(f"/{prefix}{repo}.git/info/lfs/objects/batch", body=json.dumps(body).encode(), headers=LFS)


def one(http, repo, content, **more):
    answer = batch(http, repo, [(sha256(content), len(content))], **more)
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"].startswith("application/vnd.git-lfs+json")
    (found,) = answer.json()["objects"]
    assert (found["oid"], found["size"]) == (sha256(content), len(content))
    return answer.json(), found


def upload(http, repo, content, **more):
    _, found = one(http, repo, content, **more)
    actions = found["actions"]
    put = http.as_(None).put(actions["upload"]["href"], body=content)
    assert put.status in (200, 201), put.body
    if "verify" in actions:
        verify = http.post(actions["verify"]["href"], json={"oid": sha256(content), "size": len(content)})
        assert verify.status == 200, verify.body


# -- real clients ----------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_without_xet_everything_goes_by_lfs(fresh, relay, version, repo):
    client = fresh(version, via=relay, xet=False)
    content = weights(version, 12 * MIB)
    client.api("create_repo", repo)
    client.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="w.safetensors")
    assert relay.of("POST", "/info/lfs/objects/batch") and relay.of("PUT", "")
    assert not relay.of("POST", "/xorbs/")
    assert open(client.api("hf_hub_download", repo, "w.safetensors"), "rb").read() == content


@pytest.mark.parametrize("reader", [(v, x) for v in VERSIONS for x in (True, False)], ids=str)
@pytest.mark.parametrize("writer", [(LATEST, True), (LATEST, False)], ids=str)
def test_each_way_reads_what_the_other_wrote(fresh, writer, reader, repo):
    content = weights(f"{writer}{reader}", 5 * MIB + 7)
    sender = fresh(writer[0], xet=writer[1])
    sender.api("create_repo", repo)
    sender.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="a.bin")
    receiver = fresh(reader[0], xet=reader[1])
    assert open(receiver.api("hf_hub_download", repo, "a.bin"), "rb").read() == content


def test_content_sent_by_lfs_is_not_sent_again_by_xet(fresh, hub, repo):
    content = noise("lfs then xet", 9 * MIB)
    first = fresh(LATEST, xet=False)
    first.api("create_repo", repo)
    first.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="a.bin")
    with Relay(hub.url) as relay:
        fresh(LATEST, via=relay).api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="b.bin")
        assert relay.content_bytes == 0


def test_both_ways_give_one_content_one_xet_hash(fresh, repo):
    content = weights("same", 4 * MIB)
    for xet_on, name in ((True, "x.bin"), (False, "l.bin")):
        client = fresh(LATEST, xet=xet_on)
        client.api("create_repo", repo, exist_ok=True)
        client.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo=name)
    entries = client.api("get_paths_info", repo, ["x.bin", "l.bin"])
    assert len({e["xet_hash"] for e in entries}) == 1
    assert len({e["lfs"]["sha256"] for e in entries}) == 1


# -- the batch call --------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "prefix"), [("model", ""), ("dataset", "datasets/"), ("space", "spaces/")])
def test_basic(alice, repo, kind, prefix):
    alice.create_repo(repo, kind, **({"sdk": "static"} if kind == "space" else {}))
    content = noise(kind, 150_000)
    upload(alice, repo, content, prefix=prefix)
    assert alice.commit(repo, lfs_file("a.bin", sha256(content), len(content)), kind=f"{kind}s").status == 200
    assert alice.follow(f"/{prefix}{repo}/resolve/main/a.bin").body == content


def test_what_the_hub_has_is_not_asked_for(alice, model):
    content = noise("has", 150_000)
    upload(alice, model, content)
    _, found = one(alice, model, content)
    assert found.get("actions") is None


def test_the_way_is_chosen_from_those_offered(alice, model):
    content = noise("offers", 10_000)
    assert one(alice, model, content, transfers=("basic", "multipart"))[0].get("transfer", "basic") in ("basic", "multipart")
    answer, found = one(alice, model, content, transfers=("basic", "multipart", "xet"), ref={"name": "main"})
    assert answer["transfer"] == "xet"
    action = found["actions"]["upload"]
    assert f"/api/models/{model}/xet-write-token/" in action["href"]
    header = action["header"]
    assert header["X-Xet-Cas-Url"].startswith("http://") and int(header["X-Xet-Token-Expiration"]) > 1_700_000_000
    uploader = xet.Uploader(alice, model)
    uploader._token = header["X-Xet-Access-Token"]
    uploader.upload(content, sha256(content))
    assert alice.commit(model, lfs_file("a.bin", sha256(content), len(content))).status == 200


def test_several_parts(alice, model):
    content = weights("parts", PARTS_FROM)
    answer, found = one(alice, model, content, transfers=("multipart",))
    assert answer["transfer"] == "multipart"
    action = found["actions"]["upload"]
    size = int(action["header"]["chunk_size"])
    keys = sorted(k for k in action["header"] if k != "chunk_size")
    assert all(k.isdigit() for k in keys) and len({len(k) for k in keys}) == 1
    assert len(keys) == -(-len(content) // size)
    parts = []
    for number, key in reversed(list(enumerate(keys, 1))):
        put = alice.as_(None).put(action["header"][key], body=content[(number - 1) * size : number * size])
        assert put.status == 200 and put.headers["ETag"]
        parts.append({"partNumber": number, "etag": put.headers["ETag"]})
    body = json.dumps({"oid": sha256(content), "parts": parts[::-1]}).encode()
    assert alice.as_(None).post(action["href"], body=body, headers=LFS).status == 200
    verify = found["actions"].get("verify")
    if verify:
        assert alice.post(verify["href"], json={"oid": sha256(content), "size": len(content)}).status == 200
    assert alice.commit(model, lfs_file("a.bin", sha256(content), len(content))).status == 200
    assert alice.follow(f"/{model}/resolve/main/a.bin").body == content


def test_an_incomplete_multipart_is_refused(alice, model):
    content = weights("incomplete", PARTS_FROM)
    _, found = one(alice, model, content, transfers=("multipart",))
    action = found["actions"]["upload"]
    keys = sorted(k for k in action["header"] if k != "chunk_size")
    size = int(action["header"]["chunk_size"])
    put = alice.as_(None).put(action["header"][keys[0]], body=content[:size])
    parts = [{"partNumber": 1, "etag": put.headers["ETag"]}]
    if len(keys) == 1:
        parts = []
    body = json.dumps({"oid": sha256(content), "parts": parts}).encode()
    answer = alice.as_(None).post(action["href"], body=body, headers=LFS)
    assert 400 <= answer.status < 500
    assert one(alice, model, content)[1]["actions"]


def test_download_actions(alice, hub, model):
    content = noise("down", 200_000)
    upload(alice, model, content)
    alice.commit(model, lfs_file("a.bin", sha256(content), len(content)))
    _, found = one(hub.http(), model, content, operation="download")
    href = found["actions"]["download"]["href"]
    assert hub.http().follow(href).body == content
    assert hub.http().follow(href, headers={"Range": "bytes=10-19"}).body == content[10:20]
    (missing,) = batch(alice, model, [("ab" * 32, 5)], operation="download").json()["objects"]
    assert missing["error"]["code"] == 404 and missing["error"]["message"]


@pytest.mark.parametrize("wrong", ["content", "short", "long"])
def test_wrong_content_is_not_stored(alice, model, wrong):
    content = noise(wrong, 100_000)
    _, found = one(alice, model, content)
    sent = {"content": content[:-1] + b"x", "short": content[:-1], "long": content + b"x"}[wrong]
    answer = alice.as_(None).put(found["actions"]["upload"]["href"], body=sent)
    assert 400 <= answer.status < 500
    assert one(alice, model, content)[1]["actions"], "the hub took content that is not what its name says"
    assert 400 <= alice.commit(model, lfs_file("a.bin", sha256(content), len(content))).status < 500


def test_verify_knows_what_is_stored(alice, model):
    content = noise("verify", 50_000)
    _, found = one(alice, model, content)
    href = found["actions"]["verify"]["href"]
    assert alice.post(href, json={"oid": sha256(content), "size": len(content)}).status == 404
    alice.as_(None).put(found["actions"]["upload"]["href"], body=content)
    assert alice.post(href, json={"oid": sha256(content), "size": len(content)}).status == 200
    assert 400 <= alice.post(href, json={"oid": sha256(content), "size": 1}).status < 500


def test_an_upload_url_is_good_for_its_object_only(alice, hub, model):
    content, other = noise("own", 60_000), noise("other", 60_000)
    _, found = one(alice, model, content)
    href = found["actions"]["upload"]["href"]
    assert 400 <= hub.http().put(href.replace(sha256(content), sha256(other)), body=other).status < 500
    assert hub.http().put(href.split("?")[0], body=content).status in (401, 403, 404)
    assert one(alice, model, other)[1]["actions"]


@pytest.mark.parametrize(
    ("oid", "size"), [("xyz", 1), ("ab" * 31, 1), ("AB" * 32, -1), ("ab" * 32, "5"), ("../../etc/passwd", 1), (5, 5)]
)
def test_unsound_objects(alice, model, oid, size):
    answer = batch(alice, model, [(oid, size)])
    assert answer.status in (400, 422) or answer.json()["objects"][0]["error"]["code"] in (400, 422)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"operation":"dance","objects":[]}', b'{"objects":5}'])
def test_unsound_batches(alice, model, body):
    answer = alice.post(f"/{model}.git/info/lfs/objects/batch", body=body, headers=LFS)
    assert answer.status in (400, 422)
    assert answer.error


def test_locks_are_declined(alice, model):
    answer = alice.post(f"/{model}.git/info/lfs/locks/verify", body=b"{}", headers=LFS)
    assert answer.status in (200, 404, 501)


def test_only_writers_upload(alice, hub, model):
    content = noise("rights", 10_000)
    for http, statuses in ((hub.http(), (401,)), (hub.http(hub.key("dave")), (403,)), (hub.http(hub.key("alice", "read")), (403,))):
        assert batch(http, model, [(sha256(content), len(content))]).status in statuses
