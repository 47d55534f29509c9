"""Every route × everyone who may knock: a private byte needs a right on every path, and nothing forged opens a door."""

import json

import pytest
from harness import xet
from harness.data import noise, sha256
from harness.http import file, lfs_file

SECRET = noise("secret", 200_000)
OTHER = noise("other secret", 150_000)
NDJSON = {"Content-Type": "application/x-ndjson"}
LFS = {"Content-Type": "application/vnd.git-lfs+json"}


@pytest.fixture(scope="module")
def private(hub):
    """acme/private: alice administers, bob writes, carol reads, dave is nobody. And alice/mine, of alice alone."""
    alice = hub.http(hub.key("alice"))
    for repo, content in (("acme/private", SECRET), ("alice/mine", OTHER)):
        assert alice.create_repo(repo, private=True).status == 200
        xet.Uploader(alice, repo).upload(content, sha256(content))
        done = alice.commit(repo, file("t.txt", b"private text"), lfs_file("b.bin", sha256(content), len(content)))
        assert done.status == 200
    return "acme/private"


WHO = ["anonymous", "forged", "stranger", "reader", "writer with a read key", "writer", "owner"]


def knock(hub, who):
    return {
        "anonymous": lambda: hub.http(),
        "forged": lambda: hub.http("hf_" + "f" * 34),
        "stranger": lambda: hub.http(hub.key("dave")),
        "reader": lambda: hub.http(hub.key("carol")),
        "writer with a read key": lambda: hub.http(hub.key("bob", "read")),
        "writer": lambda: hub.http(hub.key("bob")),
        "owner": lambda: hub.http(hub.key("alice")),
    }[who]()


R = "acme/private"
READS = [
    ("GET", f"/api/models/{R}", None),
    ("GET", f"/api/models/{R}/revision/main", None),
    ("GET", f"/api/models/{R}/tree/main", None),
    ("GET", f"/api/models/{R}/tree/main/none", None),
    ("POST", f"/api/models/{R}/paths-info/main", {"paths": ["t.txt"]}),
    ("GET", f"/api/models/{R}/refs", None),
    ("GET", f"/api/models/{R}/commits/main", None),
    ("GET", f"/api/models/{R}/xet-read-token/main", None),
    ("GET", f"/api/models/{R}/auth-check", None),
    ("HEAD", f"/{R}/resolve/main/t.txt", None),
    ("GET", f"/{R}/resolve/main/t.txt", None),
    ("GET", f"/{R}/resolve/main/b.bin", None),
    ("GET", f"/{R}/resolve/nowhere/t.txt", None),
    ("GET", f"/{R}/raw/main/t.txt", None),
    ("POST", f"/{R}.git/info/lfs/objects/batch", {"operation": "download", "transfers": ["basic"], "objects": [{"oid": sha256(SECRET), "size": len(SECRET)}]}),
]
WRITES = [
    ("POST", f"/api/models/{R}/preupload/main", {"files": [{"path": "x.txt", "size": 1, "sample": "eA=="}]}),
    ("GET", f"/api/models/{R}/xet-write-token/main", None),
    ("POST", f"/{R}.git/info/lfs/objects/batch", {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": "ab" * 32, "size": 5}]}),
    ("POST", f"/api/models/{R}/commit/main", "commit"),
    ("POST", f"/api/models/{R}/branch/%s", {}),
    ("POST", f"/api/models/{R}/tag/main", {"tag": "%s"}),
    ("DELETE", f"/api/models/{R}/branch/to-go-%s", None),
    ("DELETE", f"/api/models/{R}/tag/to-go-%s", None),
    ("GET", f"/api/models/{R}/auth-check/write", None),
]
MANAGES = [
    ("PUT", f"/api/models/{R}/settings", {"private": True}),
    ("POST", f"/api/models/{R}/super-squash/squashed-%s", {"message": "m"}),
]


def ask(http, method, path, body, mark):
    """`mark` makes names unique, so that each of WHO finds the same world."""
    path = path.replace("%s", mark)
    headers = LFS if "info/lfs" in path else {}
    if body == "commit":
        lines = [{"key": "header", "value": {"summary": mark}}, file("t.txt", mark.encode())]
        return http.request(method, path, body=b"\n".join(json.dumps(l).encode() for l in lines), headers=NDJSON)
    if body is not None:
        return http.request(method, path, body=json.dumps(body).replace("%s", mark).encode(), headers={"Content-Type": "application/json", **headers})
    return http.request(method, path)


def hidden(answer, who):
    expected = {"anonymous": (401, "RepoNotFound"), "forged": (401, None), "stranger": (404, "RepoNotFound")}[who]
    assert (answer.status, answer.error_code) == expected
    assert b"private" not in answer.body.lower() and "secret" not in str(answer.headers).lower()


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path", "body"), READS, ids=[f"{m} {p}" for m, p, _ in READS])
def test_reading(hub, private, who, method, path, body):
    answer = ask(knock(hub, who), method, path, body, "x")
    if who in ("anonymous", "forged", "stranger"):
        hidden(answer, who)
    elif "none" in path:
        assert (answer.status, answer.error_code) == (404, "EntryNotFound")
    elif "nowhere" in path:
        assert (answer.status, answer.error_code) == (404, "RevisionNotFound")
    else:
        assert answer.status in (200, 302, 307), answer.body


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=[f"{m} {p}" for m, p, _ in WRITES])
def test_writing(hub, private, who, method, path, body):
    mark = f"by-{who}-{WRITES.index((method, path, body))}".replace(" ", "-")
    alice = hub.http(hub.key("alice"))
    if "to-go" in path:
        assert alice.post(f"/api/models/{R}/branch/to-go-{mark}", json={}).status == 200
        assert alice.post(f"/api/models/{R}/tag/main", json={"tag": f"to-go-{mark}"}).status == 200
    head = alice.get(f"/api/models/{R}").json()["sha"]
    answer = ask(knock(hub, who), method, path, body, mark)
    if who in ("anonymous", "forged", "stranger"):
        hidden(answer, who)
    elif who in ("reader", "writer with a read key"):
        assert answer.status == 403, answer.body
        assert answer.error
    else:
        assert answer.status == 200, answer.body
        return
    assert alice.get(f"/api/models/{R}").json()["sha"] == head


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path", "body"), MANAGES, ids=[f"{m} {p}" for m, p, _ in MANAGES])
def test_managing(hub, private, who, method, path, body):
    mark = who.replace(" ", "-")
    hub.http(hub.key("alice")).post(f"/api/models/{R}/branch/squashed-{mark}", json={})
    answer = ask(knock(hub, who), method, path, body, mark)
    if who in ("anonymous", "forged", "stranger"):
        hidden(answer, who)
    elif who in ("reader", "writer with a read key"):
        assert answer.status == 403
    elif who == "owner":
        assert answer.status == 200, answer.body
    else:
        assert answer.status in (200, 403)


@pytest.mark.parametrize("who", ["anonymous", "stranger", "reader"])
def test_deleting(hub, private, who):
    answer = knock(hub, who).delete("/api/repos/delete", json={"name": "private", "organization": "acme"})
    assert answer.status in (401, 403, 404)
    answer = knock(hub, who).post("/api/repos/move", json={"fromRepo": R, "toRepo": "dave/stolen", "type": "model"})
    assert answer.status in (401, 403, 404)
    assert hub.http(hub.key("alice")).get(f"/api/models/{R}").status == 200


# -- tokens for the CAS ----------------------------------------------------------------------


@pytest.fixture
def cas(hub, private):
    """Tokens of several kinds: (read of acme/private, write of acme/private, read of alice/mine)."""
    bob, alice = hub.http(hub.key("bob")), hub.http(hub.key("alice"))
    write = xet.Uploader(bob, R).cas
    return xet.read_token(bob, R), write, xet.read_token(alice, "alice/mine")


def hash_of(content):
    return xet.to_hex(xet.whole(xet.Xorb.of(content), None).file_hash)


def test_a_read_token_reads_the_files_of_its_repository_only(cas):
    read, write, elsewhere = cas
    for token in (read, write):
        assert xet.read_file(token, hash_of(SECRET)) == SECRET
        for version in (1, 2):
            assert token.get(f"/v{version}/reconstructions/{hash_of(OTHER)}").status == 404
    assert elsewhere.get(f"/v2/reconstructions/{hash_of(SECRET)}").status == 404
    batch = read.get(f"/v1/reconstructions?file_id={hash_of(SECRET)}&file_id={hash_of(OTHER)}").json()
    assert list(batch["files"]) == [hash_of(SECRET)]


def test_a_file_of_another_repository_looks_missing(cas):
    read, *_ = cas
    there, nowhere = (read.get(f"/v2/reconstructions/{h}") for h in (hash_of(OTHER), "ab" * 32))
    assert (there.status, there.body.replace(hash_of(OTHER).encode(), b"")) == (
        nowhere.status,
        nowhere.body.replace(b"ab" * 32, b""),
    )


def test_a_read_token_writes_nothing(cas):
    read, write, _ = cas
    xorb = xet.Xorb.of(noise("read token", 70_000))
    assert read.post(f"/v1/xorbs/default/{xorb.hex}", body=xorb.body).status in (401, 403)
    body = xet.shard([xet.whole(xorb, sha256(b""))], [xorb])
    for version in (1, 2):
        assert read.post(f"/v{version}/shards", body=body).status in (401, 403)
    assert write.post(f"/v1/xorbs/default/{xorb.hex}", body=xorb.body).json() == {"was_inserted": True}


CAS_ROUTES = [
    ("GET", "/v1/chunks/default/" + "ab" * 32),
    ("POST", "/v1/xorbs/default/" + "ab" * 32),
    ("POST", "/v1/shards"),
    ("POST", "/v2/shards"),
    ("GET", "/v1/reconstructions/" + "ab" * 32),
    ("GET", "/v2/reconstructions/" + "ab" * 32),
    ("GET", "/v1/reconstructions?file_id=" + "ab" * 32),
]


@pytest.mark.parametrize(("method", "path"), CAS_ROUTES)
def test_the_cas_wants_a_token_of_its_own(hub, private, cas, method, path):
    body = b"x" if method == "POST" else None
    tokens = [None, "", "x", hub.key("alice"), "hf_" + "f" * 34]
    genuine = cas[1].token
    tokens += [genuine[:-1], genuine + "x", genuine[:-2] + ("aa" if genuine[-2:] != "aa" else "bb"), genuine.swapcase()]
    tokens += [genuine[:i] + ("A" if genuine[i] != "A" else "B") + genuine[i + 1 :] for i in range(0, len(genuine) - 1, 7)]
    for token in tokens:
        answer = hub.http(token).request(method, path, body=body)
        assert answer.status in (401, 403), (token, answer.status)


def test_a_cas_token_opens_nothing_else(hub, private, cas):
    for token in (cas[0].token, cas[1].token):
        http = hub.http(token)
        for path in ("/api/whoami-v2", f"/api/models/{R}", f"/{R}/resolve/main/t.txt", f"/api/models/{R}/xet-write-token/main"):
            assert http.get(path).status == 401


def test_tokens_end_when_the_right_ends(hub):
    """A reader whose repository turned private gets no new token; what he holds lives its quarter of an hour at most."""
    alice, dave = hub.http(hub.key("alice")), hub.http(hub.key("dave"))
    alice.create_repo("alice/turning")
    before = dave.get("/api/models/alice/turning/xet-read-token/main").json()
    alice.put("/api/models/alice/turning/settings", json={"private": True})
    assert dave.get("/api/models/alice/turning/xet-read-token/main").status == 404
    import time

    assert before["exp"] - time.time() <= 3600


# -- proving possession ----------------------------------------------------------------------


def test_a_shard_cannot_name_the_chunks_of_others_without_having_them(hub, private):
    """Dave knows the hashes a reader sees (xorb hash, chunk ranges), but not the content."""
    dave = hub.http(hub.key("dave"))
    dave.create_repo("dave/thief")
    uploader = xet.Uploader(dave, "dave/thief")
    xorb = xet.Xorb.of(SECRET)
    nodes = xorb.nodes
    stolen = [
        xet.File([xet.Segment(xorb.hash, nodes, 0, len(nodes))], sha256(SECRET), verified=False),
        xet.File([xet.Segment(xorb.hash, nodes, 0, len(nodes), verification=bytes(32))], sha256(SECRET)),
        xet.File([xet.Segment(xorb.hash, nodes, 0, len(nodes), verification=noise(1, 32))], sha256(SECRET)),
        xet.File([xet.Segment(xorb.hash, nodes[:1], 0, 1, verification=xet.range_hash([nodes[1][0]]))], sha256(SECRET)),
    ]
    for thing in stolen:
        for version in (1, 2):
            answer = uploader.shard(xet.shard([thing]), version)
            framed = version == 2 and answer.status == 200
            assert json.loads(answer.body)["type"] == "error" if framed else 400 <= answer.status < 500, answer.body
    assert 400 <= dave.commit("dave/thief", lfs_file("b.bin", sha256(SECRET), len(SECRET))).status < 500
    assert dave.get("/dave/thief/resolve/main/b.bin").status == 404


def test_an_oid_is_no_capability(hub, private):
    """Knowing the SHA-256 of a private file gives neither its bytes nor the right to commit it elsewhere."""
    dave = hub.http(hub.key("dave"))
    dave.create_repo("dave/oid")
    assert 400 <= dave.commit("dave/oid", lfs_file("b.bin", sha256(SECRET), len(SECRET))).status < 500
    for operation in ("download", "upload"):
        body = {"operation": operation, "transfers": ["basic"], "objects": [{"oid": sha256(SECRET), "size": len(SECRET)}]}
        answer = dave.post("/dave/oid.git/info/lfs/objects/batch", body=json.dumps(body).encode(), headers=LFS)
        (found,) = answer.json()["objects"]
        if operation == "download":
            assert found["error"]["code"] == 404
        else:
            assert found["actions"]["upload"], "the batch answer must not reveal that somebody has this object"


def test_a_claimed_sha256_cannot_replace_the_content_of_others(hub, private):
    """Dave uploads bytes of his own and claims that they are somebody's SHA-256: nobody else ever reads them."""
    dave, alice = hub.http(hub.key("dave")), hub.http(hub.key("alice"))
    dave.create_repo("dave/liar")
    lie = noise("lie", len(SECRET))
    uploader = xet.Uploader(dave, "dave/liar")
    xorb = xet.Xorb.of(lie)
    uploader.xorb(xorb)
    uploader.shard(xet.shard([xet.whole(xorb, sha256(SECRET))], [xorb]))
    dave.commit("dave/liar", lfs_file("b.bin", sha256(SECRET), len(SECRET)))
    assert alice.follow(f"/{R}/resolve/main/b.bin").body == SECRET
    alice.create_repo("alice/victim")
    alice.commit("alice/victim", lfs_file("b.bin", sha256(SECRET), len(SECRET)))
    answer = alice.follow("/alice/victim/resolve/main/b.bin")
    assert answer.body != lie


def test_the_dedup_answer_holds_no_plain_hashes_of_others(hub, private):
    dave = hub.http(hub.key("dave"))
    dave.create_repo("dave/curious")
    first = xet.Xorb.of(SECRET).nodes[0][0]
    answer = xet.Uploader(dave, "dave/curious").cas.get(f"/v1/chunks/default/{xet.to_hex(first)}")
    assert answer.status in (200, 404)
    for digest, _ in xet.Xorb.of(SECRET).nodes:
        assert digest not in answer.body


# -- signed URLs for whole files -------------------------------------------------------------


def test_where_a_private_file_redirects_cannot_be_altered(hub, private):
    owner = knock(hub, "owner")
    answer = owner.get(f"/{R}/resolve/main/b.bin")
    if answer.status == 200:
        assert answer.body == SECRET
        return
    location = answer.headers["Location"]
    assert hub.http().get(location).body == SECRET
    from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

    parts = urlsplit(urljoin(hub.url, location))
    query = parse_qsl(parts.query, keep_blank_values=True)
    for i, (name, value) in enumerate(query):
        for changed in (value[:-1] + ("0" if value[-1:] != "0" else "1"), ""):
            altered = [*query[:i], (name, changed), *query[i + 1 :]]
            assert hub.http().get(parts._replace(query=urlencode(altered)).geturl()).status == 403, name
    assert hub.http().get(parts._replace(query="").geturl()).status == 403


def test_deleted_repositories_open_no_door(hub):
    alice = hub.http(hub.key("alice"))
    alice.create_repo("alice/doomed", private=True)
    content = noise("doomed", 100_000)
    xet.Uploader(alice, "alice/doomed").upload(content, sha256(content))
    alice.commit("alice/doomed", lfs_file("b.bin", sha256(content), len(content)))
    token = xet.read_token(alice, "alice/doomed")
    alice.delete("/api/repos/delete", json={"name": "doomed", "organization": "alice"})
    assert token.get(f"/v2/reconstructions/{hash_of(content)}").status in (401, 403, 404)
