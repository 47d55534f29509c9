"""What no honest client sends. Each gets a clear 4xx, leaves nothing behind, and costs the hub no memory to speak of."""

import json
import socket
import struct
import threading
import time
from urllib.parse import urlsplit

import lz4.frame
import pytest
from harness import xet
from harness.data import MIB, noise, sha256
from harness.http import file, lfs_file

NDJSON = {"Content-Type": "application/x-ndjson"}
CHUNKS = [noise(f"bad {i}", 20_000 + i) for i in range(5)]
GOOD = xet.Xorb(CHUNKS)
MEMORY = 192 * MIB


@pytest.fixture(scope="module")
def uploader(hub):
    alice = hub.http(hub.key("alice"))
    alice.create_repo("alice/bad")
    return xet.Uploader(alice, "alice/bad")


@pytest.fixture(autouse=True)
def nothing_is_stored(hub, uploader):
    """Around every test: no new body, no file left half-written, no new commit, no memory kept."""
    before = hub.bodies(), uploader.http.tree("alice/bad"), uploader.http.get("/api/models/alice/bad").json()["sha"]
    yield
    deadline = time.monotonic() + 5
    while hub.unfinished() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert hub.alive
    assert hub.unfinished() == []
    after = hub.bodies(), uploader.http.tree("alice/bad"), uploader.http.get("/api/models/alice/bad").json()["sha"]
    assert after == before
    assert hub.within(MEMORY)


def refused(answer, *statuses):
    assert answer.status in (statuses or range(400, 500)), (answer.status, answer.body[:300])
    text = answer.headers.get("X-Error-Message") or answer.body.decode()
    assert text.strip(), "a refusal says why"
    assert "/tmp/" not in text and "exception" not in text.lower()


# -- xorbs -----------------------------------------------------------------------------------


def bomb(claimed: int, real: int) -> bytes:
    payload = lz4.frame.compress(b"\0" * real, store_size=False)
    return xet.raw_record(len(payload), 1, claimed, payload)


def wrong_footer() -> bytes:
    return GOOD.body + xet.footer(xet.Xorb(CHUNKS[:4] + [b"other"]))


XORBS = {
    "nothing": b"",
    "one byte": b"\0",
    "cut in a header": GOOD.body[:5],
    "cut in a chunk": GOOD.body[:-1],
    "cut between chunks": GOOD.body[: 8 + len(CHUNKS[0])],
    "a byte too many": GOOD.body + b"\0",
    "garbage behind": GOOD.body + b"garbage" * 100,
    "one bit turned": GOOD.body[:100] + bytes([GOOD.body[100] ^ 1]) + GOOD.body[101:],
    "chunks exchanged": b"".join(xet.chunk_record(c) for c in (CHUNKS[1], CHUNKS[0], *CHUNKS[2:])),
    "a chunk twice": GOOD.body + xet.chunk_record(CHUNKS[0]),
    "an unknown version": b"\1" + GOOD.body[1:],
    "an unknown scheme": xet.raw_record(10, 7, 10, b"x" * 10),
    "scheme 99": xet.raw_record(10, 99, 10, b"x" * 10),
    "an empty chunk": xet.raw_record(0, 0, 0, b""),
    "stored and plain length differ": xet.raw_record(10, 0, 11, b"x" * 10),
    "a chunk too long": xet.raw_record(131073, 0, 131073, b"x" * 131073),
    "a plain length of 16 MiB": xet.raw_record(10, 1, 0xFFFFFF, b"x" * 10),
    "a stored length of 16 MiB": xet.raw_record(0xFFFFFF, 1, 100, b"x" * 1000),
    "not LZ4": xet.raw_record(10, 1, 100, b"x" * 10),
    "an LZ4 bomb that admits it": bomb(16 * MIB - 1, 16 * MIB - 1),
    "an LZ4 bomb that lies": bomb(1000, 64 * MIB),
    "LZ4 that gives less": bomb(2000, 1000),
    "LZ4 that gives one more": bomb(999, 1000),
    "LZ4 with a skippable frame": xet.raw_record(12, 1, 1, struct.pack("<II", 0x184D2A50, 4) + b"abcd"),
    "two LZ4 frames": (lambda p: xet.raw_record(2 * len(p), 1, 2000, p + p))(lz4.frame.compress(b"a" * 1000, store_size=False)),
    "a footer of another xorb": wrong_footer(),
    "a footer cut": GOOD.body + xet.footer(GOOD)[:-10],
    "a footer with a huge count": GOOD.body + b"XETBLOB\1" + GOOD.hash + b"XBLBHSH\0" + b"\xff\xff\xff\xff",
    "only a footer": xet.footer(GOOD),
    "a JSON text": b'{"hello": "world"}',
}


@pytest.mark.parametrize("name", XORBS)
def test_xorbs(uploader, name):
    refused(uploader.cas.post(f"/v1/xorbs/default/{GOOD.hex}", body=XORBS[name]), 400, 413)


def test_a_xorb_under_another_name(uploader):
    refused(uploader.cas.post(f"/v1/xorbs/default/{'ab' * 32}", body=GOOD.body), 400)


@pytest.mark.parametrize("name", ["xyz", "ab" * 31, "ab" * 33, "..%2f..%2fetc%2fpasswd", "g" * 64, "%00" * 10])
def test_xorbs_with_impossible_names(uploader, name):
    refused(uploader.cas.post(f"/v1/xorbs/default/{name}", body=GOOD.body))


@pytest.mark.parametrize("prefix", ["other", "..", "default%2f.."])
def test_xorbs_under_an_unknown_prefix(uploader, prefix):
    refused(uploader.cas.post(f"/v1/xorbs/{prefix}/{GOOD.hex}", body=GOOD.body))


def test_a_xorb_that_is_too_large(uploader, hub):
    chunk = xet.chunk_record(noise("large", 131072))
    sent = uploader.cas.token
    status = raw(hub, head(hub, f"POST /v1/xorbs/default/{GOOD.hex}", sent, 70 * MIB), (chunk for _ in range(560)))
    assert status in (400, 413)


def test_too_many_chunks(uploader):
    xorb = xet.Xorb([i.to_bytes(3, "little") for i in range(8193)])
    refused(uploader.xorb(xorb), 400, 413)


# -- shards ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stored(uploader):
    """A xorb that is there, for the shards to lie about."""
    xorb = xet.Xorb([noise(f"stored {i}", 30_000 + i) for i in range(4)])
    assert uploader.xorb(xorb).status == 200
    return xorb


def segment(xorb, start, end, **lies):
    return xet.Segment(xorb.hash, xorb.nodes[start:end], start, end, **lies)


def lie(name: str, stored: xet.Xorb) -> bytes:
    nodes = stored.nodes
    missing = xet.Xorb([noise("nowhere", 9999)])
    whole = xet.whole(stored, sha256(b"x"))
    reversed_xorb = xet.Xorb(stored.chunks[::-1])
    grown = xet.Xorb([*stored.chunks[:3], b"z" * 30_003])
    digest = sha256(b"x")
    good = xet.shard([whole], [stored])
    return {
        "nothing": lambda: b"",
        "a wrong tag": lambda: xet.shard([whole], [stored], tag=b"x" * 32),
        "a wrong version": lambda: xet.shard([whole], [stored], version=99),
        "cut in the header": lambda: good[:40],
        "cut in the files": lambda: good[:100],
        "cut in the xorbs": lambda: good[:-60],
        "no bookends": lambda: good[:48],
        "garbage behind": lambda: good + b"x" * 47,
        "four thousand million segments": lambda: xet.shard([xet.File(whole.segments, digest, segment_count=0xFFFFFFFF)]),
        "four thousand million chunks": lambda: good[: -48 * 6] + xet.xorb_records(stored, count=0xFFFFFFFF) + xet.BOOKEND,
        "a wrong file hash": lambda: xet.shard([xet.File(whole.segments, digest, hash=b"h" * 32)], [stored]),
        "a file hash of zeros": lambda: xet.shard([xet.File(whole.segments, digest, hash=bytes(32))], [stored]),
        "a xorb that is not there": lambda: xet.shard([xet.whole(missing, digest)], [missing]),
        "a segment of a xorb that is not there": lambda: xet.shard([xet.whole(missing, digest)]),
        "no verification": lambda: xet.shard([xet.File(whole.segments, digest, verified=False)], [stored]),
        "a forged verification": lambda: xet.shard([xet.File([segment(stored, 0, 4, verification=b"v" * 32)], digest)], [stored]),
        "a verification of other chunks": lambda: xet.shard(
            [xet.File([segment(stored, 0, 2, verification=xet.range_hash([h for h, _ in nodes[2:]]))], digest)], [stored]
        ),
        "a range past the end": lambda: xet.shard([xet.File([xet.Segment(stored.hash, nodes, 0, 5)], digest)], [stored]),
        "a range that is empty": lambda: xet.shard([xet.File([xet.Segment(stored.hash, [], 2, 2)], digest)], [stored]),
        "a range backwards": lambda: xet.shard([xet.File([xet.Segment(stored.hash, nodes, 3, 1)], digest)], [stored]),
        "a range beyond all numbers": lambda: xet.shard([xet.File([xet.Segment(stored.hash, nodes, 0xFFFFFFFE, 0xFFFFFFFF)], digest)], [stored]),
        "a wrong segment size": lambda: xet.shard([xet.File([segment(stored, 0, 4, size=5)], digest)], [stored]),
        "a segment of 4 GiB": lambda: xet.shard([xet.File([segment(stored, 0, 4, size=0xFFFFFFFF)], digest)], [stored]),
        "a xorb described in another order": lambda: good[: -48 * 6] + _described_as(stored, reversed_xorb),
        "a xorb described with other chunks": lambda: good[: -48 * 6] + _described_as(stored, grown),
        "a xorb described with fewer chunks": lambda: good[: -48 * 6] + _described_as(stored, xet.Xorb(stored.chunks[:2])),
        "random bytes": lambda: noise("shard", 5000),
        "random records": lambda: good[:48] + noise("records", 48 * 50) + xet.BOOKEND * 2,
    }[name]()


def _described_as(real: xet.Xorb, other: xet.Xorb) -> bytes:
    records = xet.xorb_records(other)
    return real.hash + records[32:] + xet.BOOKEND


LIES = (
    "nothing|a wrong tag|a wrong version|cut in the header|cut in the files|cut in the xorbs|no bookends|garbage behind|"
    "four thousand million segments|four thousand million chunks|a wrong file hash|a file hash of zeros|"
    "a xorb that is not there|a segment of a xorb that is not there|no verification|a forged verification|"
    "a verification of other chunks|a range past the end|a range that is empty|a range backwards|"
    "a range beyond all numbers|a wrong segment size|a segment of 4 GiB|a xorb described in another order|"
    "a xorb described with other chunks|a xorb described with fewer chunks|random bytes|random records"
).split("|")


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("name", LIES)
def test_shards(uploader, stored, name, version):
    answer = uploader.shard(lie(name, stored), version)
    if version == 2 and answer.status == 200:  # found wrong after the answer had begun
        last = json.loads(answer.body.splitlines()[-1])
        assert last["type"] == "error" and last["message"]
    else:
        refused(answer)
    refused(uploader.http.commit("alice/bad", lfs_file("a.bin", sha256(b"x"), 1)))


def test_a_shard_that_is_too_large(uploader, hub):
    row = noise("row", 48)
    status = raw(hub, head(hub, "POST /v1/shards", uploader.cas.token, 80 * MIB), (row * 20_000 for _ in range(88)))
    assert status in (400, 413)


# -- commits and JSON ------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [1000, 1_000_000])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deeply_nested_json(uploader, depth, opening):
    for path in ("/api/repos/create", "/api/models/alice/bad/preupload/main", "/api/models/alice/bad/branch/x", "/api/validate-yaml"):
        refused(uploader.http.post(path, body=opening * depth, headers={"Content-Type": "application/json"}))


@pytest.mark.parametrize("body", [b"", b"nul", b'{"a":1', b'"text"', b"5", b"\xff\xfe", b'{"name": "\xff"}', b"\0", b'{"name":"a","name":'])
@pytest.mark.parametrize("path", ["/api/repos/create", "/api/models/alice/bad/preupload/main", "/api/repos/move"])
def test_malformed_json(uploader, path, body):
    refused(uploader.http.post(path, body=body, headers={"Content-Type": "application/json"}), 400, 422)


def test_json_that_is_too_large(uploader):
    refused(uploader.http.post("/api/repos/create", body=b'{"name":"' + b"x" * (64 * MIB) + b'"}'), 400, 413)


LINE_BEGIN = b'{"key":"header","value":{"summary":"'


def test_a_line_that_is_too_long(uploader):
    line = LINE_BEGIN + b"a" * (50 * MIB) + b'"}}\n'
    refused(uploader.http.post("/api/models/alice/bad/commit/main", body=line, headers=NDJSON), 413)


def test_a_line_without_end(uploader, hub):
    """A commit of one line that goes on for 2 GiB by its own account: what arrives of it waits on disk, until its sender
    hangs up."""
    begin = head(hub, "POST /api/models/alice/bad/commit/main", hub.key("alice"), 2048 * MIB, NDJSON) + LINE_BEGIN
    block = b"a" * MIB
    with socket.create_connection((urlsplit(hub.url).hostname, urlsplit(hub.url).port), timeout=30) as connection:
        connection.sendall(begin)
        for _ in range(300):
            connection.sendall(block)
        assert hub.within(MEMORY)
    deadline = time.monotonic() + 30
    while hub.unfinished() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert hub.unfinished() == []


def test_many_bad_lines(uploader):
    lines = b'{"key":"header","value":{"summary":"s"}}\n' + b'{"key":"file","value":{"path":"a","content":"!","encoding":"base64"}}\n' * 20000
    refused(uploader.http.post("/api/models/alice/bad/commit/main", body=lines, headers=NDJSON), 400, 422)


@pytest.mark.parametrize("encoded", ["!", "YQ", "YQ=", "Y===", "YQ==YQ==", "YQ\n==", "ÿ", "Y Q=="])
def test_bad_base64(uploader, encoded):
    line = {"key": "file", "value": {"path": "a.txt", "content": encoded, "encoding": "base64"}}
    refused(uploader.http.commit("alice/bad", line), 400, 422)
    if encoded not in ("YQ",):
        sample = {"files": [{"path": "a", "size": 1, "sample": encoded}]}
        answer = uploader.http.post("/api/models/alice/bad/preupload/main", json=sample)
        assert answer.status in (200, 400, 422)


TRAVERSALS = ["..", "../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "....//etc", "%00", "a%00b", "%ff", "%", "%zz", "a/../../../keys"]


@pytest.mark.parametrize("path", TRAVERSALS)
@pytest.mark.parametrize(
    "prefix", ["/alice/bad/resolve/main/", "/alice/bad/raw/main/", "/api/models/alice/bad/tree/main/", "/alice/bad/resolve/", "/api/models/", "/", "/v1/xorbs/default/"]
)
def test_traversals(hub, uploader, prefix, path):
    status = raw(hub, head(hub, f"GET {prefix}{path}", hub.key("alice"), 0), ())
    assert status is not None and (400 <= status < 500 or status in (301, 307, 308))


@pytest.mark.parametrize("size", [-1, 1 << 63, 1 << 64, 10**30, "5", None, 1.5, True])
def test_absurd_sizes(uploader, size):
    refused(uploader.http.post("/api/models/alice/bad/preupload/main", json={"files": [{"path": "a", "size": size, "sample": ""}]}), 400, 422)
    line = {"key": "lfsFile", "value": {"path": "a.bin", "algo": "sha256", "oid": "ab" * 32, "size": size}}
    refused(uploader.http.commit("alice/bad", line))
    batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": "ab" * 32, "size": size}]}
    answer = uploader.http.post("/alice/bad.git/info/lfs/objects/batch", json=batch)
    assert answer.status in (400, 422) or answer.json()["objects"][0].get("error")


def test_an_object_of_an_exbibyte_is_refused_before_it_is_sent(uploader):
    batch = {"operation": "upload", "transfers": ["basic", "multipart"], "objects": [{"oid": "ab" * 32, "size": 1 << 60}]}
    answer = uploader.http.post("/alice/bad.git/info/lfs/objects/batch", json=batch)
    assert answer.status in (400, 413, 422) or answer.json()["objects"][0]["error"]["message"]
    assert len(answer.body) < MIB


@pytest.mark.parametrize("cards", [b"---\n" + b"[" * 200_000, b"---\na: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\n" + b"".join(b"%c: &%c [*%c,*%c,*%c,*%c]\n" % (99 + i, 99 + i, *([98 + i] * 4)) for i in range(12)) + b"---\n", b"---\n\xff\xfe\n---\n"])
def test_yaml_that_explodes(uploader, cards):
    answer = uploader.http.post("/api/validate-yaml", json={"content": cards.decode("latin-1"), "repoType": "model"})
    assert answer.status in (200, 400, 413, 422)
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize("pattern", ["*" * 1000 + "a", "[" * 5000, "**/" * 500 + "x", "a" * 100_000, "\\" * 999])
def test_patterns_that_explode(hub, uploader, pattern):
    body = {
        "files": [{"path": "a" * 200 + f"/{i}", "size": 1, "sample": ""} for i in range(50)],
        "gitIgnore": "\n".join([pattern] * 50),
        "gitAttributes": "\n".join([pattern + " filter=lfs"] * 50),
    }
    before = hub.cpu_seconds()
    answer = uploader.http.post("/api/models/alice/bad/preupload/main", json=body)
    assert answer.status in (200, 400, 413, 422)
    assert hub.cpu_seconds() - before < 2


# -- HTTP itself -----------------------------------------------------------------------------


def head(hub, line, token=None, length=0, more=None) -> bytes:
    lines = [f"{line} HTTP/1.1", f"Host: {urlsplit(hub.url).netloc}", f"Content-Length: {length}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    lines += [f"{k}: {v}" for k, v in (more or {}).items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


def raw(hub, start: bytes, blocks=()) -> int | None:
    """The status of the answer to exactly these bytes; None if the hub hung up without one."""
    parts = urlsplit(hub.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        try:
            connection.sendall(start)
            for block in blocks:
                connection.sendall(block)
        except OSError:
            pass  # the hub has heard enough; its answer may have come already
        try:
            answer = connection.recv(4096)
        except OSError:
            return None
    return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else None


REQUESTS = {
    "no HTTP": b"hello\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "no host": b"GET /api/models HTTP/1.1\r\n\r\n",
    "two lengths": b"POST /api/repos/create HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "a length and chunks": b"POST /api/repos/create HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST /api/repos/create HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "a length in words": b"POST /api/repos/create HTTP/1.1\r\nHost: x\r\nContent-Length: five\r\n\r\n",
    "a chunk size in words": b"POST /api/repos/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "a chunk beyond all numbers": b"POST /api/repos/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx\r\n",
    "an unknown encoding": b"POST /api/repos/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    "a header of 1 MiB": b"GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * MIB + b"\r\n\r\n",
    "ten thousand headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(10_000)) + b"\r\n",
    "a target of 1 MiB": b"GET /" + b"a" * MIB + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "a header folded": b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
    "a control character": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x01\x02\r\n\r\n",
    "a NUL in the target": b"GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n",
    "CONNECT": b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n",
}


@pytest.mark.parametrize("name", REQUESTS)
def test_requests_that_are_none(hub, name):
    status = raw(hub, REQUESTS[name])
    assert status is None or 400 <= status < 506


def test_a_host_header_does_not_lead_astray(hub, uploader):
    """Answers build URLs from Host: only from one that could be a host."""
    for host in ("a b", "<script>", "x/../y", 'x"y', "x\\y", "user@x"):
        request = head(hub, "GET /api/models/alice/bad/xet-read-token/main", hub.key("alice"))
        request = request.replace(f"Host: {urlsplit(hub.url).netloc}".encode(), f"Host: {host}".encode())
        parts = urlsplit(hub.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
            connection.sendall(request)
            answer = b""
            while block := connection.recv(65536):
                answer += block
        assert answer.startswith(b"HTTP/1.1 4") or host.encode() not in answer.partition(b"\r\n\r\n")[2]


def test_half_open_and_slow_clients_harm_nobody(hub, uploader):
    """Three hundred connections that say little or nothing, while another client is served as if they were not."""
    parts = urlsplit(hub.url)
    starts = [
        b"",
        b"GET /api/mod",
        head(hub, "GET /alice/bad/resolve/main/.gitattributes", hub.key("alice"))[:-2],
        head(hub, f"POST /v1/xorbs/default/{GOOD.hex}", uploader.cas.token, 64 * MIB),
        head(hub, f"POST /v1/xorbs/default/{GOOD.hex}", uploader.cas.token, 64 * MIB) + GOOD.body[:5000],
        head(hub, "POST /api/models/alice/bad/commit/main", hub.key("alice"), 1000, NDJSON) + b'{"key":',
    ]
    sleepers = []
    try:
        for i in range(300):
            connection = socket.create_connection((parts.hostname, parts.port), timeout=10)
            connection.sendall(starts[i % len(starts)])
            sleepers.append(connection)
        started = time.monotonic()
        for _ in range(50):
            assert uploader.http.get("/api/models/alice/bad").status == 200
        assert time.monotonic() - started < 10
        assert hub.within(MEMORY)
    finally:
        for connection in sleepers:
            connection.close()


@pytest.fixture(scope="module")
def unread(hub, uploader) -> str:
    """Where a file of 24 MiB can be fetched without a key."""
    content, repo = noise("unread", 24 * MIB), "alice/unread"
    uploader.http.create_repo(repo)
    xet.Uploader(uploader.http, repo).upload(content, sha256(content))
    assert uploader.http.commit(repo, lfs_file("a.bin", sha256(content), len(content))).status == 200
    answer = uploader.http.get(f"/{repo}/resolve/main/a.bin", headers={"Range": "bytes=0-0"})
    parts = urlsplit(answer.headers.get("Location") or f"/{repo}/resolve/main/a.bin")
    return parts.path + ("?" + parts.query if parts.query else "")


def test_clients_that_stop_reading_cost_no_memory(hub, uploader, unread):
    """Sixty downloads of a large file that nobody reads."""
    parts = urlsplit(hub.url)
    connections = []
    try:
        for _ in range(60):
            connection = socket.create_connection((parts.hostname, parts.port), timeout=10)
            connection.sendall(head(hub, f"GET {unread}"))
            connections.append(connection)
        time.sleep(1)
        assert hub.within(256 * MIB)
        assert uploader.http.get("/api/models/alice/bad").status == 200
    finally:
        for connection in connections:
            connection.close()


def test_uploads_that_break_off_leave_nothing(hub, uploader):
    """Cut in the middle of a xorb, a shard, an LFS object and a commit, many at once."""
    digest = sha256(b"never")
    batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": digest, "size": 10 * MIB}]}
    (found,) = uploader.http.post("/alice/bad.git/info/lfs/objects/batch", json=batch).json()["objects"]
    href = urlsplit(found["actions"]["upload"]["href"])
    token, key = uploader.cas.token, hub.key("alice")
    starts = [
        head(hub, f"POST /v1/xorbs/default/{GOOD.hex}", token, 10 * MIB) + noise("cut", 3 * MIB),
        head(hub, f"POST /v1/xorbs/default/{GOOD.hex}", token, len(GOOD.body)) + GOOD.body[:-10],
        head(hub, "POST /v2/shards", token, 10 * MIB) + xet.shard([], [])[:40],
        head(hub, f"PUT {href.path}?{href.query}", None, 10 * MIB) + noise("lfs", 3 * MIB),
        head(hub, "POST /api/models/alice/bad/commit/main", key, 10 * MIB, NDJSON)
        + json.dumps({"key": "header", "value": {"summary": "s"}}).encode()
        + b"\n"
        + json.dumps(file("half.txt", b"x" * MIB)).encode(),
    ]

    def cut(start):
        parts = urlsplit(hub.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
            try:
                connection.sendall(start)
                time.sleep(0.05)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except OSError:
                pass

    threads = [threading.Thread(target=cut, args=(starts[i % len(starts)],)) for i in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
