"""curl against resolve: whole files, every kind of range, headers, on regular files and on files kept as xorbs."""

import re
import subprocess

import pytest
from harness import xet
from harness.data import blob_id, noise, sha256, weights
from harness.http import file, lfs_file

TEXT = b"0123456789" * 1000
BIG = weights("curl", 2_000_000) + noise("curl", 1_500_000)


@pytest.fixture(scope="module")
def stored(hub):
    alice, repo = hub.http(hub.key("alice")), "alice/curl"
    alice.create_repo(repo)
    uploader = xet.Uploader(alice, repo)
    uploader.upload(BIG, sha256(BIG), scheme=1)
    lines = [file("t.txt", TEXT), file("empty.txt", b""), lfs_file("b.bin", sha256(BIG), len(BIG))]
    assert alice.commit(repo, *lines).status == 200
    return repo


CONTENT = {"t.txt": TEXT, "b.bin": BIG}


def curl(hub, path, *options):
    """The last answer of `curl -L -i`: (status, headers, body)."""
    command = ["curl", "--silent", "--show-error", "--location", "--include", *options, f"{hub.url}{path}"]
    out = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    while True:
        head, _, out = out.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        if status not in (301, 302, 303, 307, 308):
            break
    headers = {k.strip().lower(): v.strip() for k, _, v in (l.partition(":") for l in head.decode().split("\r\n")[1:])}
    return status, headers, out


@pytest.mark.parametrize("name", CONTENT)
def test_whole_files(hub, stored, name):
    status, headers, body = curl(hub, f"/{stored}/resolve/main/{name}")
    assert (status, body) == (200, CONTENT[name])
    assert int(headers["content-length"]) == len(body)
    assert headers["accept-ranges"] == "bytes"
    assert "content-encoding" not in headers


def test_an_empty_file(hub, stored):
    status, headers, body = curl(hub, f"/{stored}/resolve/main/empty.txt")
    assert (status, body, headers["content-length"]) == (200, b"", "0")


RANGES = [(0, 0), (0, 9), (5, 5), (100, 8191), (65_535, 65_537), (131_071, 262_145), (1_999_990, 2_000_010)]


@pytest.mark.parametrize("name", CONTENT)
@pytest.mark.parametrize(("first", "last"), RANGES)
def test_one_range(hub, stored, name, first, last):
    content = CONTENT[name]
    status, headers, body = curl(hub, f"/{stored}/resolve/main/{name}", "--range", f"{first}-{last}")
    if first >= len(content):
        assert status == 416
        return
    last = min(last, len(content) - 1)
    assert (status, body) == (206, content[first : last + 1])
    assert headers["content-range"] == f"bytes {first}-{last}/{len(content)}"
    assert int(headers["content-length"]) == len(body)


@pytest.mark.parametrize("name", CONTENT)
def test_open_and_suffix_ranges(hub, stored, name):
    content, path = CONTENT[name], f"/{stored}/resolve/main/{name}"
    assert curl(hub, path, "--range", "9000-")[2] == content[9000:]
    for count in (1, 10, 5000, 10**9):
        status, headers, body = curl(hub, path, "--range", f"-{count}")
        assert (status, body) == (206, content[-count:] if count < len(content) else content)
        assert headers["content-range"].endswith(f"/{len(content)}")
    assert curl(hub, path, "--range", f"0-{10**12}")[2] == content


@pytest.mark.parametrize("name", CONTENT)
def test_several_ranges(hub, stored, name):
    content = CONTENT[name]
    asked = [(0, 9), (100, 199), (len(content) - 5, len(content) - 1)]
    option = ",".join(f"{a}-{b}" for a, b in asked)
    status, headers, body = curl(hub, f"/{stored}/resolve/main/{name}", "--range", option)
    assert status == 206
    boundary = re.fullmatch(r'multipart/byteranges; ?boundary="?([^"]+)"?', headers["content-type"]).group(1)
    assert int(headers["content-length"]) == len(body)
    pieces = body.split(b"--" + boundary.encode())
    assert pieces[-1].strip() == b"--"
    found = []
    for piece in pieces[1:-1]:
        head, _, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        span = re.search(rb"(?i)content-range: bytes (\d+)-(\d+)/(\d+)", head)
        assert int(span[3]) == len(content)
        found.append((int(span[1]), int(span[2])))
        assert data.removesuffix(b"\r\n") == content[int(span[1]) : int(span[2]) + 1]
    assert found == asked


@pytest.mark.parametrize("name", CONTENT)
@pytest.mark.parametrize("asked", ["bytes={size}-", "bytes={size}-{more}", "bytes={more}-", "bytes=-0"])
def test_unsatisfiable_ranges(hub, stored, name, asked):
    size = len(CONTENT[name])
    value = asked.format(size=size, more=size + 10)
    status, headers, _ = curl(hub, f"/{stored}/resolve/main/{name}", "--header", f"Range: {value}")
    assert status == 416
    assert headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize("name", CONTENT)
@pytest.mark.parametrize(
    "asked", ["bytes=", "bytes=a-b", "bytes=5", "bytes=9-5", "chunks=0-1", "bytes=--5", "bytes=0-1;2-3", "bytes=1e3-2e3", "bytes=99999999999999999999999-"]
)
def test_ranges_that_are_none_are_ignored_or_refused(hub, stored, name, asked):
    status, _, body = curl(hub, f"/{stored}/resolve/main/{name}", "--header", f"Range: {asked}")
    assert status in (400, 416) or (status == 200 and body == CONTENT[name])


def test_absurdly_many_ranges_cost_little(hub, stored):
    option = ",".join(f"{i}-{i + 100000}" for i in range(900))
    status, _, body = curl(hub, f"/{stored}/resolve/main/b.bin", "--header", f"Range: bytes={option}")
    assert status in (200, 400, 416, 431) or len(body) < 4 * len(BIG)


@pytest.mark.parametrize("name", CONTENT)
def test_head(alice, stored, name):
    answer = alice.head(f"/{stored}/resolve/main/{name}")
    content = CONTENT[name]
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["X-Repo-Commit"] == alice.get(f"/api/models/{stored}").json()["sha"]
    assert int(answer.headers["Content-Length"]) == len(content)
    tag = sha256(content) if name == "b.bin" else blob_id(content)
    assert answer.headers["ETag"] == f'"{tag}"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert f'filename="{name}"' in answer.headers["Content-Disposition"]


def test_head_of_a_xet_file_tells_the_way_to_its_xorbs(alice, hub, stored):
    answer = alice.head(f"/{stored}/resolve/main/b.bin")
    assert answer.headers["X-Linked-ETag"] == f'"{sha256(BIG)}"'
    assert int(answer.headers["X-Linked-Size"]) == len(BIG)
    digest, sha = answer.headers["X-Xet-Hash"], answer.headers["X-Repo-Commit"]
    links = dict(re.findall(r'<([^>]+)>; rel="([\w-]+)"', answer.headers["Link"]))
    links = {rel: url for url, rel in links.items()}
    assert links["xet-auth"] == f"{hub.url}/api/models/{stored}/xet-read-token/{sha}"
    assert links["xet-reconstruction-info"] == f"{hub.url}/v1/reconstructions/{digest}"
    assert "X-Xet-Hash" not in alice.head(f"/{stored}/resolve/main/t.txt").headers


def test_unchanged_files_are_not_sent_again(hub, stored):
    for name in CONTENT:
        tag = hub.http().head(f"/{stored}/resolve/main/{name}").headers["ETag"]
        for method in ("HEAD", "GET"):
            answer = hub.http().request(method, f"/{stored}/resolve/main/{name}", headers={"If-None-Match": tag})
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["ETag"] == tag and answer.headers["X-Repo-Commit"]


def test_a_range_of_a_changed_file_is_the_whole_file(hub, stored):
    answer = hub.http().follow(f"/{stored}/resolve/main/t.txt", headers={"Range": "bytes=0-4", "If-Range": '"other"'})
    assert (answer.status, answer.body) == (200, TEXT)
    tag = f'"{blob_id(TEXT)}"'
    answer = hub.http().follow(f"/{stored}/resolve/main/t.txt", headers={"Range": "bytes=0-4", "If-Range": tag})
    assert (answer.status, answer.body) == (206, TEXT[:5])


@pytest.mark.parametrize("query", ["?download=true", "?noContentDisposition=1", "?cb=123&x=y"])
def test_queries_do_not_matter(hub, stored, query):
    assert hub.http().follow(f"/{stored}/resolve/main/t.txt{query}").body == TEXT


def test_raw_is_what_git_would_hold(alice, stored):
    from harness.git import pointer

    assert alice.follow(f"/{stored}/raw/main/t.txt").body == TEXT
    assert alice.follow(f"/{stored}/raw/main/b.bin").body == pointer(sha256(BIG), len(BIG))


def test_the_answer_for_browsers_that_know_xet(hub, stored):
    accept = {"Range": "bytes=0-0", "Accept": "application/vnd.xet-fileinfo+json, */*"}
    info = hub.http().get(f"/{stored}/resolve/main/b.bin", headers=accept)
    assert info.status == 200
    assert info.headers["Content-Type"].startswith("application/vnd.xet-fileinfo+json")
    assert info.headers["X-Xet-Hash"] and info.headers["X-Linked-Size"] == str(len(BIG))
    assert info.headers["X-Linked-ETag"] == f'"{sha256(BIG)}"' and "xet-auth" in info.headers["Link"]
    plain = hub.http().follow(f"/{stored}/resolve/main/t.txt", headers=accept)
    assert (plain.status, plain.body, plain.headers["Content-Range"]) == (206, b"0", f"bytes 0-0/{len(TEXT)}")
    any_type = hub.http().follow(f"/{stored}/resolve/main/b.bin", headers={"Range": "bytes=0-0", "Accept": "*/*"})
    assert (any_type.status, any_type.body) == (206, BIG[:1])


def test_two_hundred_readers_of_one_file(hub, stored):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(32) as pool:
        got = list(pool.map(lambda _: hub.http().follow(f"/{stored}/resolve/main/b.bin").body == BIG, range(200)))
    assert all(got)
