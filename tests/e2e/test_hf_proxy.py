"""`siahub hf-proxy`: stock clients work with an upstream hub through it, and their large files lie in SiaHub."""

import base64
import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from harness.client import LATEST, VERSIONS, Client, raises
from harness.data import MIB, assert_same_files, make_files, noise, read_files, sha256, sha256_of, weights, write_stream
from harness.http import Http, file, lfs_file
from harness.hub import Hub, allowed, populate
from harness.ports import free_port
from harness.proxy import HfProxy, TlsTerminator
from harness.relay import Relay

DRIVER = Path(__file__).with_name("node") / "driver.mjs"
MEMORY_LIMIT = 128 * MIB
HUGE = 512 * MIB


@pytest.fixture(scope="module")
def upstream():
    with Hub(serve_args=("--accept-foreign-objects", "true")) as hub:
        populate(hub)
        yield hub


@pytest.fixture(scope="module")
def siahub():
    with Hub() as hub:
        yield hub


@pytest.fixture(scope="module")
def proxy(upstream, siahub):
    with HfProxy(upstream.url, siahub) as proxy:
        yield proxy


@pytest.fixture
def client_of(upstream):
    made = []

    def get(url: str, version: str = LATEST, *, user: str = "alice", scope: str = "write", **options) -> Client:
        made.append(Client(version, url, upstream.key(user, scope), **options))
        return made[-1]

    yield get
    for client in made:
        client.close()


@pytest.fixture
def alice(proxy, upstream) -> Http:
    return proxy.http(upstream.key("alice"))


@pytest.fixture
def model(alice, repo) -> str:
    assert alice.create_repo(repo).status == 200
    return repo


FILES = {
    "README.md": b"# through the proxy\n",
    "config.json": b"{}",
    "weights.safetensors": weights("proxy", 5 * MIB),
    "sub/noise.bin": noise("proxy", 3 * MIB),
}


def without_attributes(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name != ".gitattributes"}


def write_xet(client: Client, repo: str, content: bytes, path: str = "w.bin") -> None:
    client.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo=path)


# -- stock clients ---------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_large_files_land_in_siahub_and_come_back(version, proxy, upstream, siahub, client_of, model, tmp_path):
    before, held = set(upstream.bodies()), len(siahub.bodies())
    content = dict(FILES, **{"own.bin": noise(version, 4 * MIB)})
    folder = make_files(tmp_path / "up", content)
    client_of(proxy.url, version).api("upload_folder", repo_id=model, folder_path=folder)
    assert set(upstream.bodies()) == before, "bytes of a large file went to the upstream"
    assert len(siahub.bodies()) > held
    got = tmp_path / "down"
    client_of(proxy.url, version).api("snapshot_download", repo_id=model, local_dir=got)
    assert_same_files(without_attributes(read_files(got)), content)
    assert upstream.http().get(f"/{model}/resolve/main/README.md").body == content["README.md"]


@pytest.mark.parametrize("version", VERSIONS)
def test_download_without_xet(version, proxy, client_of, model, tmp_path):
    write_xet(client_of(proxy.url), model, FILES["weights.safetensors"])
    reader = client_of(proxy.url, version, xet=False)
    got = reader.api("hf_hub_download", model, "w.bin", local_dir=tmp_path)
    assert Path(got).read_bytes() == FILES["weights.safetensors"]


@pytest.mark.parametrize("version", VERSIONS)
def test_plain_lfs_uploads_go_to_the_upstream(version, proxy, upstream, client_of, model):
    before = set(upstream.bodies())
    content = noise(f"lfs {version}", 2 * MIB)
    write_xet(client_of(proxy.url, version, xet=False), model, content)
    assert set(upstream.bodies()) > before
    assert upstream.http().follow(f"/{model}/resolve/main/w.bin").body == content


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("xet", [True, False], ids=["xet", "lfs"])
def test_files_of_the_upstream_still_download(version, xet, proxy, upstream, client_of, model, tmp_path):
    direct, content = client_of(upstream.url), noise(f"direct {version} {xet}", 2 * MIB)
    write_xet(direct, model, content, "theirs.bin")
    write_xet(client_of(proxy.url), model, noise(f"mine {version} {xet}", 2 * MIB), "ours.bin")
    client_of(proxy.url, version, xet=xet).api("snapshot_download", repo_id=model, local_dir=tmp_path)
    found = read_files(tmp_path)
    assert found["theirs.bin"] == content
    assert found["ours.bin"] == noise(f"mine {version} {xet}", 2 * MIB)


def test_the_javascript_client(proxy, upstream, siahub, model, tmp_path):
    def js(step: str, **more):
        asked = json.dumps({"step": step, "url": proxy.url, "token": upstream.key("alice"), **more}, default=str)
        done = subprocess.run(["node", DRIVER, asked], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout.splitlines()[-1])
        assert "error" not in answer, answer
        return answer["ok"]

    before, held = set(upstream.bodies()), len(siahub.bodies())
    content = noise("js through the proxy", 3 * MIB)
    local = tmp_path / "up.bin"
    local.write_bytes(content)
    name = {"type": "model", "name": model}
    js("upload", repo=name, files={"js.bin": local})
    assert set(upstream.bodies()) == before and len(siahub.bodies()) > held
    for wanted, part in ((None, content), ([1000, 2_000_000], content[1000:2_000_000])):
        js("download", repo=name, path="js.bin", into=tmp_path / "got", **({"slice": wanted} if wanted else {}))
        assert (tmp_path / "got").read_bytes() == part


def test_uploading_again_sends_nothing(proxy, siahub, client_of, model):
    content = noise("again", 8 * MIB)
    write_xet(client_of(proxy.url), model, content)
    held = siahub.bodies()
    write_xet(client_of(proxy.url), model, content + b"and a little more", "other.bin")
    assert sum(siahub.bodies().values()) - sum(held.values()) < MIB


def test_curl_reads_ranges(proxy, upstream, client_of, model):
    content = FILES["sub/noise.bin"]
    write_xet(client_of(proxy.url), model, content)
    url = f"{proxy.url}/{model}/resolve/main/w.bin"
    for spec, part in (("0-99", content[:100]), ("1000000-2000000", content[1000000:2000001]), ("-5", content[-5:])):
        done = subprocess.run(["curl", "-sSfL", "-r", spec, url], capture_output=True, timeout=60)
        assert done.stdout == part, done.stderr
    missed = subprocess.run(
        ["curl", "-sSL", "-o", os.devnull, "-w", "%{http_code}", "-r", "99999999-", url], capture_output=True, timeout=60
    )
    assert missed.stdout == b"416"


def test_git_lfs_finds_what_siahub_holds(proxy, client_of, alice, model):
    content = noise("git lfs", 2 * MIB)
    write_xet(client_of(proxy.url), model, content)
    asked = {"operation": "download", "transfers": ["basic"], "objects": [{"oid": sha256(content), "size": 2 * MIB}]}
    answer = alice.post(f"/{model}.git/info/lfs/objects/batch", json=asked)
    assert answer.headers["Content-Type"] == "application/vnd.git-lfs+json"
    (found,) = answer.json()["objects"]
    assert alice.as_(None).get(found["actions"]["download"]["href"]).body == content


# -- rights ----------------------------------------------------------------------------------


def test_a_stranger_learns_no_more_than_at_the_upstream(proxy, upstream, client_of, repo):
    owner, content = client_of(proxy.url), noise("private", 2 * MIB)
    owner.api("create_repo", repo, private=True)
    write_xet(owner, repo, content)
    for stranger in (proxy.http(upstream.key("dave")), proxy.http()):
        for path in (
            f"/{repo}/resolve/main/w.bin",
            f"/api/models/{repo}/xet-read-token/main",
            f"/api/models/{repo}/xet-write-token/main",
            f"/.siahub/xet-read-token/models/{repo}/main",
        ):
            direct = path.replace("/.siahub/xet-read-token/models", "/api/models")
            if direct != path:
                direct = f"/api/models/{repo}/xet-read-token/main"
            expected, got = upstream.http(stranger.token).get(direct), stranger.get(path)
            assert (got.status, got.error_code, got.body) == (expected.status, expected.error_code, expected.body), path
            assert got.status in (401, 404)
    with raises("RepositoryNotFoundError"):
        client_of(proxy.url, user="dave").api("hf_hub_download", repo, "w.bin")


def test_a_read_key_gets_no_write_token(proxy, upstream, model):
    path = f"/api/models/{model}/xet-write-token/main"
    reader = upstream.key("alice", "read")
    expected, got = upstream.http(reader).get(path), proxy.http(reader).get(path)
    assert got.status == expected.status == 403
    assert got.body == expected.body and got.error == expected.error


def test_a_token_opens_its_own_repository_only(proxy, upstream, siahub, client_of, alice, repo):
    names = [f"{repo}-{n}" for n in "ab"]
    contents = [noise(f"own {n}", 2 * MIB) for n in "ab"]
    for name, content in zip(names, contents):
        assert alice.create_repo(name, private=True).status == 200
        write_xet(client_of(proxy.url), name, content)
    hashes = [alice.head(f"/{name}/resolve/main/w.bin").headers["X-Xet-Hash"] for name in names]
    answer = alice.get(f"/.siahub/xet-read-token/models/{names[0]}/main")
    assert answer.headers["X-Xet-Cas-Url"] == answer.json()["casUrl"] == siahub.url
    cas = siahub.http(answer.json()["accessToken"])
    assert cas.get(f"/v2/reconstructions/{hashes[0]}").status == 200
    assert cas.get(f"/v2/reconstructions/{hashes[1]}").status == 404
    assert cas.post("/v2/shards", body=b"").status == 403


def test_tokens_live_as_long_as_the_upstreams(proxy, upstream, siahub, client_of, alice, model):
    granted = upstream.http(upstream.key("alice")).get(f"/api/models/{model}/xet-write-token/main").json()
    exchanged = alice.get(f"/api/models/{model}/xet-write-token/main").json()
    assert exchanged["casUrl"] == siahub.url and exchanged["accessToken"] != granted["accessToken"]
    assert abs(exchanged["exp"] - granted["exp"]) <= 5
    assert siahub.http(granted["accessToken"]).get("/v1/chunks/default/" + "0" * 64).status == 401
    unchanged = alice.get(f"/api/models/{model}/xet-read-token/main").json()
    assert unchanged["casUrl"] == upstream.url


def test_mirrors_are_hidden(proxy, siahub, client_of, model):
    write_xet(client_of(proxy.url), model, noise("hidden", 2 * MIB))
    for path in ("/api/models", "/api/datasets", "/api/spaces"):
        assert siahub.http().get(path).json() == []
    for path in (f"/api/models/{model}", f"/{model}/resolve/main/w.bin", f"/api/mirrors/{model}"):
        assert siahub.http().get(path).status in (401, 404)


@pytest.mark.parametrize("route", ["/internal/xet-token", "/internal/mirror-files"])
def test_nobody_but_the_hubs_processes_may_ask(route, siahub, proxy, model):
    claim = {"repository": f"h/models/{model}", "scope": "write", "files": []}
    unsigned = base64.urlsafe_b64encode(json.dumps({"sub": "hf-proxy", "exp": time.time() + 60}).encode()).decode()
    forged = base64.urlsafe_b64encode(int((time.time() + 60) * 1000).to_bytes(8, "little") + bytes(32)).decode().rstrip("=")
    for token in (None, "", "int_", f"int_{forged}", f"eyJhbGciOiJub25lIn0.{unsigned}.", "x" * 10000):
        answer = siahub.http(token).post(route, json=claim)
        assert answer.status == 403, (token, answer.status)
        assert "token" in answer.error
    assert proxy.http().post(route, json=claim).status != 200


# -- passing on ------------------------------------------------------------------------------


def test_errors_and_headers_of_the_upstream_pass_unchanged(proxy, upstream, alice, model):
    direct = upstream.http(alice.token)
    for method, path, options in (
        ("GET", f"/{model}/resolve/main/nothing.bin", {}),
        ("GET", f"/api/models/{model}/tree/no-such-branch", {}),
        ("GET", "/api/models/alice/no-such-repository", {}),
        ("POST", "/api/repos/create", {"body": b"{not json"}),
        ("DELETE", "/api/repos/delete", {"json": {"name": "no-such-repository"}}),
        ("GET", "/no/such/%7Epath%2Fhere?and=%20query", {}),
    ):
        expected, got = direct.request(method, path, **options), alice.request(method, path, **options)
        assert (got.status, got.body) == (expected.status, expected.body), path
        assert got.error_code == expected.error_code and got.headers.get("X-Repo-Commit") == expected.headers.get(
            "X-Repo-Commit"
        )
    marked = alice.get("/api/whoami-v2", headers={"X-Request-Id": "my-own-id"})
    assert marked.headers["X-Request-Id"] == "my-own-id"


def test_addresses_lead_to_the_proxy(proxy, upstream, alice, model):
    assert alice.create_repo(model).json()["url"] == f"{proxy.url}/{model}"
    done = alice.commit(model, file("a.txt", b"1"))
    assert done.json()["commitUrl"].startswith(f"{proxy.url}/{model}/commit/")
    for i in range(3):
        alice.create_repo(f"{model}-{i}")
    page = alice.get("/api/models?author=alice&limit=2")
    assert page.headers["Link"].startswith(f"<{proxy.url}/api/models?")
    assert page.headers["X-Request-Id"]


def test_large_bodies_stream_through(proxy, upstream, client_of, model, tmp_path):
    source = tmp_path / "huge.bin"
    digest = write_stream(source, "huge", HUGE)
    writer = client_of(proxy.url, xet=False)
    writer.api("upload_file", repo_id=model, path_or_fileobj=source, path_in_repo="huge.bin")
    got = tmp_path / "got.bin"
    url = f"{proxy.url}/{model}/resolve/main/huge.bin"
    subprocess.run(["curl", "-sSfL", "-o", got, url], check=True, timeout=120)
    assert sha256_of(got) == digest
    hops = subprocess.run(["curl", "-sS", "-o", os.devnull, "-w", "%{redirect_url}", url], capture_output=True, timeout=60)
    assert hops.stdout.decode().startswith(proxy.url), "the bytes did not come through the proxy"
    assert proxy.peak_memory() < allowed(MEMORY_LIMIT)


def test_connections_to_the_upstream_are_used_again(upstream, siahub):
    with Relay(upstream.url) as relay, HfProxy(relay.url, siahub, "--threads", "1") as proxy:
        for _ in range(30):
            assert proxy.http().get("/api/models").status == 200
            assert proxy.http().head("/api/models").status == 200
        assert len(relay.requests) == 60
        assert relay.connections == 1


def test_an_early_refusal_reaches_a_client_that_is_sending(proxy, upstream):
    """413 while the body is still on its way, not a broken pipe."""
    body = (b"x" * MIB for _ in range(64))
    answer = proxy.http("hf_" + "w" * 34).request(
        "POST", "/api/models/alice/x/commit/main", body=body, headers={"Content-Length": str(64 * MIB)}
    )
    assert answer.status == 401


# -- what is missing -------------------------------------------------------------------------


def test_an_absent_upstream_is_a_502(siahub):
    dead = f"http://127.0.0.1:{free_port()}"
    with HfProxy(dead, siahub) as proxy:
        for path in ("/api/models", "/a/b/resolve/main/x", "/api/models/a/b/xet-write-token/main"):
            answer = proxy.http().get(path)
            assert answer.status == 502 and answer.error_code == "BadGateway"
            assert dead.removeprefix("http://") in answer.error
        assert proxy.http().get("/health").status == 200
        told = proxy.http().get("/ready")
        assert told.status == 503 and told.json()["dependencies"]["upstream"]["status"] == "down"


def test_an_upstream_that_dies_and_returns(siahub):
    with Hub(serve_args=("--accept-foreign-objects", "true")) as hub, HfProxy(hub.url, siahub) as proxy:
        assert proxy.http().get("/api/models").status == 200
        hub.kill()
        assert proxy.http().get("/api/models").status == 502
        hub.start()
        assert proxy.http().get("/api/models").status == 200


def test_without_siahub_only_its_part_fails(upstream, client_of, model, tmp_path):
    with Hub() as siahub, HfProxy(upstream.url, siahub) as proxy:
        content = noise("cas gone", 2 * MIB)
        write_xet(client_of(upstream.url), model, content, "theirs.bin")
        write_xet(client_of(proxy.url), model, noise("cas gone too", 2 * MIB), "ours.bin")
        siahub.stop()
        http = proxy.http(upstream.key("alice"))
        token = http.get(f"/api/models/{model}/xet-write-token/main")
        assert token.status == 502 and siahub.url in token.error
        assert http.get(f"/.siahub/xet-read-token/models/{model}/main").status == 502
        assert http.get(f"/{model}/resolve/main/README.md").status == 404
        got = client_of(proxy.url).api("hf_hub_download", model, "theirs.bin", local_dir=tmp_path)
        assert Path(got).read_bytes() == content


# -- an upstream behind TLS ------------------------------------------------------------------


def test_an_upstream_over_https_with_a_private_authority(upstream, siahub, client_of, repo, tmp_path):
    with TlsTerminator(upstream.url) as tls, HfProxy(tls.url, siahub, "--upstream-ca", tls.ca) as proxy:
        client = client_of(proxy.url)
        client.api("create_repo", repo)
        folder = make_files(tmp_path / "up", FILES)
        client.api("upload_folder", repo_id=repo, folder_path=folder)
        got = tmp_path / "down"
        client_of(proxy.url).api("snapshot_download", repo_id=repo, local_dir=got)
        assert_same_files(without_attributes(read_files(got)), FILES)


def test_a_certificate_that_nobody_vouches_for_is_refused(upstream, siahub):
    with TlsTerminator(upstream.url) as tls:
        with HfProxy(tls.url, siahub) as proxy:
            answer = proxy.http().get("/api/models")
            assert answer.status == 502 and "certificate" in answer.error
        with HfProxy(tls.url.replace("localhost", "127.0.0.1"), siahub, "--upstream-ca", tls.ca) as proxy:
            answer = proxy.http().get("/api/models")
            assert answer.status == 502 and "certificate" in answer.error


# -- the upstream's part ---------------------------------------------------------------------


def test_a_foreign_object_is_known_but_not_there(upstream):
    http, repo, content = upstream.http(upstream.key("alice")), "alice/foreign", noise("foreign", 1000)
    assert http.create_repo(repo).status == 200
    line = lfs_file("f.bin", sha256(content), len(content))
    assert http.commit(repo, lfs_file("g.bin", sha256(b"no size"))).status == 400
    assert http.commit(repo, line).status == 200
    head = http.head(f"/{repo}/resolve/main/f.bin")
    assert head.status == 200 and head.headers["X-Linked-Size"] == "1000"
    assert head.headers["X-Linked-ETag"] == f'"{sha256(content)}"'
    assert "X-Xet-Hash" not in head.headers and "Link" not in head.headers
    got = http.get(f"/{repo}/resolve/main/f.bin")
    assert got.status == 404 and "hf-proxy" in got.error and got.headers["X-Linked-ETag"]
    (entry,) = [e for e in http.tree(repo) if e["path"] == "f.bin"]
    assert entry["size"] == 1000 and "xetHash" not in entry
    asked = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": sha256(content), "size": 1000}]}
    (wanted,) = http.post(f"/{repo}.git/info/lfs/objects/batch", json=asked).json()["objects"]
    assert http.as_(None).put(wanted["actions"]["upload"]["href"], body=content).status == 200
    assert http.follow(f"/{repo}/resolve/main/f.bin").body == content
