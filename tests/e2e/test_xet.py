"""The Xet protocol: by the real client both ways, and call by call where the order of calls or a refusal matters."""

import json
import time

import pytest
from harness import xet
from harness.client import LATEST, VERSIONS, Client
from harness.data import GIB, MIB, noise, sha256, sha256_of, weights, write_stream
from harness.hub import Hub, populate
from harness.http import lfs_file
from harness.relay import Relay


@pytest.fixture
def uploader(alice, model):
    return xet.Uploader(alice, model)


def put(uploader, content: bytes, path: str = "a.bin", scheme: int = 0) -> xet.File:
    file = uploader.upload(content, sha256(content), scheme)
    answer = uploader.http.commit(uploader.repo, lfs_file(path, sha256(content), len(content)))
    assert answer.status == 200, answer.body
    return file


def cas_of(uploader):
    return xet.read_token(uploader.http, uploader.repo)


# -- real clients ----------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_large_files_travel_by_xet_both_ways(fresh, relay, version, repo):
    client = fresh(version, via=relay)
    content = weights(version, 20 * MIB)
    client.api("create_repo", repo)
    client.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="w.safetensors")
    assert relay.of("POST", "/v1/xorbs/") and relay.of("POST", "/shards")
    assert not relay.of("PUT", "")
    assert relay.content_bytes < len(content), "floats should have been compressed"
    path = client.api("hf_hub_download", repo, "w.safetensors")
    assert open(path, "rb").read() == content
    assert relay.of("GET", "/reconstructions/")
    assert not [r for r in relay.of("GET", "/resolve/") if r.path.endswith("w.safetensors")]


@pytest.mark.parametrize("shards", [1, 2])
@pytest.mark.parametrize("reconstruction", [1, 2])
def test_every_version_of_the_protocol(hub, fresh, repo, shards, reconstruction):
    with Relay(hub.url) as relay:
        client = fresh(
            LATEST,
            via=relay,
            HF_XET_CLIENT_SHARD_API_VERSION=str(shards),
            HF_XET_CLIENT_RECONSTRUCTION_API_VERSION=str(reconstruction),
        )
        content = noise(f"{shards}{reconstruction}", 3 * MIB)
        client.api("create_repo", repo)
        client.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="a.bin")
        assert open(client.api("hf_hub_download", repo, "a.bin"), "rb").read() == content
        assert relay.of("POST", f"/v{shards}/shards") and not relay.of("POST", f"/v{3 - shards}/shards")
        assert relay.of("GET", f"/v{reconstruction}/reconstructions")
        assert not relay.of("GET", f"/v{3 - reconstruction}/reconstructions")


def test_several_ranges_in_one_fetch(fresh, repo):
    client = fresh(LATEST, HF_XET_CLIENT_ENABLE_MULTIRANGE_FETCHING="true")
    a, b = noise("a", 6 * MIB), noise("b", MIB)
    client.api("create_repo", repo)
    client.api("upload_file", repo_id=repo, path_or_fileobj=a + b, path_in_repo="first.bin")
    mixed = a[: 2 * MIB] + b + a[4 * MIB :]
    client.api("upload_file", repo_id=repo, path_or_fileobj=mixed, path_in_repo="second.bin")
    assert open(client.api("hf_hub_download", repo, "second.bin"), "rb").read() == mixed


def test_a_file_of_one_repeated_byte(client, alice, repo):
    content = bytes([59]) * 1_000_000
    client.api("create_repo", repo)
    client.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="a.bin")
    entry = alice.tree(repo)[-1]
    assert entry["xetHash"] == "53f845640fcd1c7440befff65bd93434c83a30c6559a705597d61f2ef64e2f88"
    assert open(client.api("hf_hub_download", repo, "a.bin"), "rb").read() == content


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_changed_percent_uploads_about_a_percent(fresh, hub, repo, tmp_path):
    """1 GiB; then ten pieces of one MiB each are different. Both with the client's caches and without them."""
    source = tmp_path / "big.bin"
    with open(source, "wb") as out:
        for i in range(1024):
            out.write(noise(f"gib {i}", MIB))
    with Relay(hub.url) as relay:
        client = fresh(LATEST, via=relay)
        client.api("create_repo", repo)
        client.api("upload_file", repo_id=repo, path_or_fileobj=source, path_in_repo="big.bin")
        assert relay.content_bytes >= GIB
        for change, uploader in ((1, client), (2, fresh(LATEST, via=relay))):
            with open(source, "r+b") as out:
                for i in range(10):
                    out.seek((i * 100 + 13 * change) * MIB)
                    out.write(noise(f"change {change} {i}", MIB))
            relay.reset()
            uploader.api("upload_file", repo_id=repo, path_or_fileobj=source, path_in_repo="big.bin")
            print(f"change {change} of 10 MiB sent {relay.content_bytes / MIB:.1f} MiB of 1 GiB")
            assert relay.content_bytes < 0.02 * GIB
    reader = fresh(LATEST)
    back = reader.api("hf_hub_download", repo, "big.bin")
    assert sha256_of(back) == sha256_of(source)
    source.unlink()


@pytest.mark.parametrize("version", VERSIONS)
def test_content_known_to_the_hub_is_not_sent_by_a_client_that_never_saw_it(fresh, hub, version, repo):
    content = noise(f"known {version}", 8 * MIB)
    first = fresh(version)
    first.api("create_repo", repo)
    first.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="a.bin")
    with Relay(hub.url) as relay:
        second = fresh(version, via=relay)
        second.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="copy.bin")
        assert relay.content_bytes == 0
    assert open(first.api("hf_hub_download", repo, "copy.bin"), "rb").read() == content


# -- xorbs and shards, call by call ----------------------------------------------------------


@pytest.mark.parametrize("scheme", [0, 1, 2])
def test_every_compression_scheme(uploader, scheme):
    content = weights("scheme", 300_001)
    file = put(uploader, content, scheme=scheme)
    assert xet.read_file(cas_of(uploader), xet.to_hex(file.file_hash)) == content
    assert uploader.http.follow(f"/{uploader.repo}/resolve/main/a.bin").body == content


@pytest.mark.parametrize("size", [1, 8191, 131072])
def test_chunks_of_any_allowed_length(uploader, size):
    content = noise(size, size * 3)
    xorb = xet.Xorb.of(content, chunk=size)
    assert uploader.xorb(xorb).json() == {"was_inserted": True}
    assert uploader.shard(xet.shard([xet.whole(xorb, sha256(content))], [xorb])).status == 200


def test_sending_a_xorb_again_is_harmless(uploader):
    xorb = xet.Xorb.of(noise("again", 200_000))
    assert uploader.xorb(xorb).json() == {"was_inserted": True}
    assert uploader.xorb(xorb).json() == {"was_inserted": False}
    compressed = xet.Xorb(xorb.chunks, scheme=1)
    assert compressed.hex == xorb.hex
    assert uploader.xorb(compressed).json() == {"was_inserted": False}


def test_the_footer_of_older_clients_is_accepted(uploader):
    xorb = xet.Xorb.of(noise("footer", 200_000))
    answer = uploader.cas.post(f"/v1/xorbs/default/{xorb.hex}", body=xorb.body + xet.footer(xorb))
    assert (answer.status, answer.json()) == (200, {"was_inserted": True})
    content = b"".join(xorb.chunks)
    uploader.shard(xet.shard([xet.whole(xorb, sha256(content))], [xorb]))
    assert uploader.http.commit(uploader.repo, lfs_file("a.bin", sha256(content), len(content))).status == 200
    assert uploader.http.follow(f"/{uploader.repo}/resolve/main/a.bin").body == content


def test_a_xorb_of_the_largest_legal_size(uploader):
    chunk = noise("full", 131072)
    xorb = xet.Xorb([chunk] * 512)
    assert xorb.size == xet.XORB_LIMIT
    assert uploader.xorb(xorb).json() == {"was_inserted": True}


def test_a_xorb_of_the_most_chunks(uploader):
    xorb = xet.Xorb([i.to_bytes(4, "little") for i in range(8192)])
    assert uploader.xorb(xorb).json() == {"was_inserted": True}
    too_many = xet.Xorb([i.to_bytes(4, "little") for i in range(8193)])
    assert uploader.xorb(too_many).status in (400, 413)


@pytest.mark.parametrize("prefix", ["default", "default-merkledb"])
def test_both_prefixes_mean_the_same(uploader, prefix):
    xorb = xet.Xorb.of(noise(prefix, 70_000))
    assert uploader.cas.post(f"/v1/xorbs/{prefix}/{xorb.hex}", body=xorb.body).json() == {"was_inserted": True}
    assert uploader.xorb(xorb).json() == {"was_inserted": False}


def test_shards_of_the_first_version_say_whether_they_were_new(uploader):
    content = noise("v1", 100_000)
    xorb = xet.Xorb.of(content)
    uploader.xorb(xorb)
    body = xet.shard([xet.whole(xorb, sha256(content))], [xorb])
    assert uploader.shard(body).json()["result"] == 1
    assert uploader.shard(body).json()["result"] == 0


def test_shards_of_the_second_version_report_and_end_with_a_result(uploader):
    content = noise("v2", 100_000)
    xorb = xet.Xorb.of(content)
    uploader.xorb(xorb)
    answer = uploader.shard(xet.shard([xet.whole(xorb, sha256(content))], [xorb]), version=2)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.body.splitlines() if line]
    assert lines[-1]["type"] == "result"
    assert {line["type"] for line in lines[:-1]} <= {"validating", "committing"}


def test_a_shard_naming_only_known_xorbs(uploader):
    content = noise("known", 100_000)
    xorb = xet.Xorb.of(content)
    uploader.xorb(xorb)
    uploader.shard(xet.shard([xet.whole(xorb, None)], [xorb]))
    assert uploader.shard(xet.shard([xet.whole(xorb, sha256(content))])).status == 200
    assert uploader.http.commit(uploader.repo, lfs_file("a.bin", sha256(content), len(content))).status == 200


def test_a_file_without_a_sha256_cannot_be_committed(uploader):
    content = noise("nosha", 100_000)
    xorb = xet.Xorb.of(content)
    uploader.xorb(xorb)
    assert uploader.shard(xet.shard([xet.whole(xorb, None)], [xorb])).status == 200
    answer = uploader.http.commit(uploader.repo, lfs_file("a.bin", sha256(content), len(content)))
    assert 400 <= answer.status < 500


def test_an_empty_file(uploader):
    empty = sha256(b"")
    assert uploader.shard(xet.shard([xet.File([], empty)])).status == 200
    assert uploader.http.commit(uploader.repo, lfs_file("empty.bin", empty, 0)).status == 200
    assert uploader.http.follow(f"/{uploader.repo}/resolve/main/empty.bin").body == b""


def test_one_chunk_used_many_times_and_out_of_order(uploader):
    chunks = [noise(i, 30_000 + i) for i in range(4)]
    xorb = xet.Xorb(chunks)
    order = [3, 1, 1, 0, 2, 3]
    segments = [xet.Segment(xorb.hash, [xorb.nodes[i]], i, i + 1) for i in order]
    content = b"".join(chunks[i] for i in order)
    file = xet.File(segments, sha256(content))
    uploader.xorb(xorb)
    assert uploader.shard(xet.shard([file], [xorb])).status == 200
    uploader.http.commit(uploader.repo, lfs_file("a.bin", sha256(content), len(content)))
    assert xet.read_file(cas_of(uploader), xet.to_hex(file.file_hash)) == content
    assert uploader.http.follow(f"/{uploader.repo}/resolve/main/a.bin").body == content


# -- deduplication ---------------------------------------------------------------------------


def test_the_first_chunk_of_a_file_is_known_by_a_key_of_the_moment(uploader):
    content = noise("dedup", 500_000)
    xorb = xet.Xorb.of(content)
    put(uploader, content)
    answer = uploader.cas.get(f"/v1/chunks/default/{xet.to_hex(xorb.nodes[0][0])}")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    body = answer.body
    assert body[:32] == xet.SHARD_TAG and body[48:96] == xet.BOOKEND
    footer = body[-200:]
    key = footer[72:104]
    assert key != bytes(32), "plain chunk hashes would let a reader name chunks it does not have"
    offsets = [int.from_bytes(footer[i : i + 8], "little") for i in (8, 16, 24, 40, 56, 192)]
    assert offsets == [48, 96] + [len(body) - 200] * 4
    hashes = {xet.keyed(key, h) for h, _ in xorb.nodes}
    rows = {body[i : i + 32] for i in range(96, len(body) - 200, 48)}
    assert hashes <= rows and xorb.hash in rows
    assert not {h for h, _ in xorb.nodes} & rows


def test_an_unknown_chunk_is_not_found(uploader):
    assert uploader.cas.get(f"/v1/chunks/default/{'0' * 63}1").status == 404
    assert uploader.cas.get("/v1/chunks/default/xyz").status == 400


# -- reconstruction --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spread(hub):
    """A file of three xorbs with compressed and plain chunks: (cas, file hash, content, repository)."""
    alice, repo = hub.http(hub.key("alice")), "alice/spread"
    alice.create_repo(repo)
    uploader = xet.Uploader(alice, repo)
    parts = [weights("s0", 400_000), noise("s1", 300_000), weights("s2", 250_000)]
    xorbs = [xet.Xorb.of(p, scheme=s) for p, s in zip(parts, (2, 0, 1))]
    for xorb in xorbs:
        assert uploader.xorb(xorb).status == 200
    segments = [xet.Segment(x.hash, x.nodes, 0, len(x.nodes)) for x in xorbs]
    content = b"".join(parts)
    file = xet.File(segments, sha256(content))
    assert uploader.shard(xet.shard([file], xorbs)).status == 200
    assert alice.commit(repo, lfs_file("spread.bin", sha256(content), len(content))).status == 200
    return xet.read_token(alice, repo), xet.to_hex(file.file_hash), content, repo


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    "asked",
    [None, "bytes=0-0", "bytes=65535-65536", "bytes=399999-400000", "bytes=100-949999", "bytes=700000-5000000"],
)
def test_any_range_can_be_rebuilt(spread, version, asked):
    cas, file, content, _ = spread
    expected = content
    if asked:
        first, last = map(int, asked.removeprefix("bytes=").split("-"))
        expected = content[first : last + 1]
    got = xet.read_file(cas, file, asked, version)
    assert got[: len(expected)] == expected
    assert len(got) - len(expected) < xet.CHUNK


def test_open_and_suffix_ranges(spread):
    cas, file, content, _ = spread
    assert xet.read_file(cas, file, "bytes=900000-") == content[900_000:]
    plan = cas.get(f"/v2/reconstructions/{file}", headers={"Range": "bytes=-10"}).json()
    assert sum(t["unpacked_length"] for t in plan["terms"]) - plan["offset_into_first_range"] == 10


@pytest.mark.parametrize("version", [1, 2])
def test_past_the_end_is_416(spread, version):
    cas, file, content, _ = spread
    for start in (len(content), len(content) + 1, 10**12):
        answer = cas.get(f"/v{version}/reconstructions/{file}", headers={"Range": f"bytes={start}-{start + 9}"})
        assert answer.status == 416
    assert cas.get(f"/v{version}/reconstructions/{file}", headers={"Range": "bytes=x-y"}).status in (400, 416)


@pytest.mark.parametrize("version", [1, 2])
def test_unknown_and_malformed_files(spread, version):
    cas, *_ = spread
    assert cas.get(f"/v{version}/reconstructions/{'ab' * 32}").status == 404
    assert cas.get(f"/v{version}/reconstructions/nothex").status == 400


def test_a_batch_leaves_out_what_it_does_not_know(spread):
    cas, file, content, _ = spread
    answer = cas.get(f"/v1/reconstructions?file_id={file}&file_id={'ab' * 32}")
    assert answer.status == 200
    batch = answer.json()
    assert list(batch["files"]) == [file]
    assert sum(t["unpacked_length"] for t in batch["files"][file]) == len(content)
    needed = {t["hash"] for t in batch["files"][file]}
    assert set(batch["fetch_info"]) == needed


def test_a_plan_is_the_same_twice_but_for_its_signatures(spread):
    cas, file, *_ = spread
    plans = [cas.get(f"/v2/reconstructions/{file}", headers={"Range": "bytes=100-700000"}).json() for _ in range(2)]
    for plan in plans:
        for entries in plan["xorbs"].values():
            for entry in entries:
                assert entry.pop("url").startswith("http://")
    assert plans[0] == plans[1]


def test_telemetry_is_taken(spread):
    cas, *_ = spread
    body = {"time": "2026-01-01T00:00:00.000Z", "event": "x", "session_id": "s", "user_agent": "u", "metrics": {}}
    assert cas.post("/v1/telemetry", json=body).status in (200, 202, 204)


# -- signed URLs -----------------------------------------------------------------------------


def entries(spread, asked=None):
    cas, file, *_ = spread
    plan = cas.get(f"/v2/reconstructions/{file}", headers={"Range": asked} if asked else {}).json()
    return [e for several in plan["xorbs"].values() for e in several]


def fetch(hub, url, first, last):
    return hub.http().get(url, headers={"Range": f"bytes={first}-{last}"})


def test_a_signed_url_serves_its_range_without_a_key(spread, hub):
    for entry in entries(spread):
        (r,) = entry["ranges"]
        answer = fetch(hub, entry["url"], r["bytes"]["start"], r["bytes"]["end"])
        assert answer.status == 206
        assert len(answer.body) == r["bytes"]["end"] - r["bytes"]["start"] + 1
        xet.read_chunks(answer.body)


def test_a_signed_url_serves_nothing_but_its_range(spread, hub):
    cas, file, *_ = spread
    entry = entries(spread, "bytes=0-10")[0]
    (r,) = entry["ranges"]
    assert r["bytes"]["start"] == 0 and r["chunks"]["end"] == 1
    end = r["bytes"]["end"]
    for first, last in ((0, end + 1), (end + 1, end + 100)):
        assert fetch(hub, entry["url"], first, last).status == 403
    whole = hub.http().get(entry["url"])
    assert whole.status == 403 or len(whole.body) == end + 1


def test_a_changed_signed_url_is_refused(spread, hub):
    from urllib.parse import parse_qsl, urlencode, urlsplit

    entry = entries(spread)[0]
    other = entries(spread)[1]
    (r,) = entry["ranges"]
    span = (r["bytes"]["start"], r["bytes"]["end"])
    parts = urlsplit(entry["url"])
    query = parse_qsl(parts.query, keep_blank_values=True)
    assert query, "a signed URL carries its grant in the query"
    for i, (name, value) in enumerate(query):
        for changed in (value[:-1] + ("0" if value[-1:] != "0" else "1"), "", value + "0"):
            altered = query[:i] + [(name, changed)] + query[i + 1 :]
            url = parts._replace(query=urlencode(altered)).geturl()
            assert fetch(hub, url, *span).status == 403, name
        dropped = parts._replace(query=urlencode(query[:i] + query[i + 1 :])).geturl()
        assert fetch(hub, dropped, *span).status == 403, name
    swapped = parts._replace(path=urlsplit(other["url"]).path).geturl()
    assert fetch(hub, swapped, *span).status == 403
    assert fetch(hub, parts._replace(query="").geturl(), *span).status == 403


@pytest.fixture(scope="module")
def hasty():
    """A hub whose signed URLs live three seconds."""
    with Hub(serve_args=("--signed-url-ttl", "3")) as hub:
        populate(hub)
        yield hub


def test_an_expired_url_is_refused(hasty):
    alice = hasty.http(hasty.key("alice"))
    alice.create_repo("alice/expiry")
    uploader = xet.Uploader(alice, "alice/expiry")
    file = put(uploader, noise("expiry", 100_000))
    plan = cas_of(uploader).get(f"/v2/reconstructions/{xet.to_hex(file.file_hash)}").json()
    entry = next(iter(plan["xorbs"].values()))[0]
    (r,) = entry["ranges"]
    assert fetch(hasty, entry["url"], r["bytes"]["start"], r["bytes"]["end"]).status == 206
    time.sleep(4.2)
    answer = fetch(hasty, entry["url"], r["bytes"]["start"], r["bytes"]["end"])
    assert answer.status == 403
    assert "expired" in answer.error.lower()


def test_a_download_survives_expiry_in_the_middle(hasty):
    """A file in sixteen xorbs, fetched at a pace at which the URLs of the last ones expire before their turn."""
    pieces = [noise(f"slow {i}", 2 * MIB) for i in range(16)]
    writer = Client(LATEST, hasty.url, hasty.key("alice"))
    writer.api("create_repo", "alice/slow")
    for i, content in enumerate([*pieces, b"".join(pieces)]):
        writer.api("upload_file", repo_id="alice/slow", path_or_fileobj=content, path_in_repo=f"{i:02}.bin")
    writer.close()
    with Relay(hasty.url) as relay:
        relay.rate = 7 * MIB
        reader = Client(LATEST, relay.url, hasty.key("alice"), HF_XET_FIXED_DOWNLOAD_CONCURRENCY="1")
        try:
            got = open(reader.api("hf_hub_download", "alice/slow", "16.bin"), "rb").read()
        finally:
            reader.close()
        assert relay.refused > 0, "no URL expired on the way: the test proves nothing"
    assert got == b"".join(pieces)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_plain_download_survives_expiry_and_silence(hasty, version):
    content = noise(f"silence {version}", 25 * MIB)
    repo = f"alice/silence-{version}"
    writer = Client(version, hasty.url, hasty.key("alice"))
    writer.api("create_repo", repo)
    writer.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="a.bin")
    writer.close()
    with Relay(hasty.url) as relay:
        relay.rate, relay.cut_after, relay.falls_silent = 5 * MIB, 13 * MIB, True
        reader = Client(version, relay.url, hasty.key("alice"), xet=False, HF_HUB_DOWNLOAD_TIMEOUT="2")
        try:
            got = open(reader.api("hf_hub_download", repo, "a.bin"), "rb").read()
        finally:
            reader.close()
    assert got == content


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_four_gibibytes_there_and_back(fresh, repo, tmp_path):
    source = tmp_path / "four.bin"
    expected = write_stream(source, "four", 4 * GIB)
    client = fresh(LATEST)
    client.cli("upload", repo, source, "four.bin")
    source.unlink()
    client.cli("download", repo, "four.bin", "--local-dir", tmp_path / "back")
    assert (tmp_path / "back" / "four.bin").stat().st_size == 4 * GIB
    assert sha256_of(tmp_path / "back" / "four.bin") == expected
    (tmp_path / "back" / "four.bin").unlink()
