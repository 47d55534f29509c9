"""The real clients over HTTPS, through deploy/Caddyfile with a private authority, to a hub that trusts this proxy."""

import json
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from harness.caddy import Caddy
from harness.client import LATEST, OLDEST, VERSIONS, Client
from harness.data import MIB, assert_same_files, make_files, noise, read_files, weights, write_stream
from harness.hub import Hub, populate
from harness.http import Http

DRIVER = Path(__file__).parents[1] / "node" / "driver.mjs"
FILES = {
    "config.json": b'{"secure": true}',
    "with space/\u00fcn\u00ef.txt": b"odd",
    "model.safetensors": weights("tls", 6 * MIB),
    "sub/noise.bin": noise("tls", 3 * MIB),
}
BIG = 300 * MIB


@pytest.fixture(scope="module")
def hub():
    hub = Hub(serve_args=("--trusted-proxies", "127.0.0.1"))
    try:
        populate(hub.start())
        yield hub
        assert hub.stop() == 0, hub.log_tail()
    finally:
        hub.close()


@pytest.fixture(scope="module")
def caddy(hub):
    with Caddy([hub.url], [hub.url]) as caddy:
        yield caddy


@pytest.fixture
def secure(hub, caddy):
    made = []

    def get(version=LATEST, *, xet=True):
        made.append(Client(version, caddy.url, hub.key("alice"), xet=xet, **caddy.trust))
        return made[-1]

    yield get
    for client in made:
        client.close()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("xet", [True, False], ids=["xet", "lfs"])
def test_a_folder_there_and_back(secure, caddy, repo, tmp_path, version, xet):
    client = secure(version, xet=xet)
    make_files(tmp_path / "up", FILES)
    client.api("create_repo", repo)
    made = client.api("upload_folder", repo_id=repo, folder_path=tmp_path / "up")
    assert made["commit_url"].startswith(f"{caddy.url}/{repo}/commit/")
    client.api("snapshot_download", repo, local_dir=tmp_path / "down")
    got = {name: body for name, body in read_files(tmp_path / "down").items() if name in FILES}
    assert_same_files(got, FILES)


def test_the_hf_command(secure, repo, tmp_path):
    client = secure()
    make_files(tmp_path / "up", FILES)
    client.cli("upload", repo, tmp_path / "up")
    client.cli("download", repo, "--local-dir", tmp_path / "down")
    assert (tmp_path / "down" / "sub" / "noise.bin").read_bytes() == FILES["sub/noise.bin"]


@pytest.mark.parametrize("use_xet", [True, False], ids=["xet", "lfs"])
def test_the_javascript_client(hub, caddy, repo, tmp_path, use_xet):
    local = make_files(tmp_path / "up", FILES)

    def js(step, **more):
        asked = json.dumps({"step": step, "url": caddy.url, "token": hub.key("alice"), "repo": repo, **more}, default=str)
        env = {"PATH": os.environ["PATH"], **caddy.trust}
        done = subprocess.run(["node", DRIVER, asked], capture_output=True, text=True, timeout=120, env=env)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout.splitlines()[-1])
        assert "ok" in answer, answer
        return answer["ok"]

    js("createRepo")
    js("upload", files={n: local / n for n in FILES}, options={"useXet": use_xet, "useWebWorkers": False})
    for xet in (True, False):
        js("download", path="model.safetensors", into=tmp_path / "got", options={"xet": xet})
        assert (tmp_path / "got").read_bytes() == FILES["model.safetensors"]


@pytest.mark.parametrize(("version", "xet"), [(LATEST, True), (OLDEST, False)], ids=["xet", "lfs"])
def test_a_large_file_passes_as_a_stream(secure, caddy, repo, tmp_path, version, xet):
    """Caddy keeps none of it, in memory or on disk."""
    client = secure(version, xet=xet)
    big = tmp_path / "big.bin"
    write_stream(big, "big", BIG)
    written = caddy.written()
    client.api("create_repo", repo)
    client.api("upload_file", repo_id=repo, path_or_fileobj=big, path_in_repo="big.bin")
    got = Path(client.api("hf_hub_download", repo, "big.bin", local_dir=tmp_path / "down"))
    assert subprocess.run(["cmp", big, got]).returncode == 0
    assert caddy.peak_memory() < 192 * MIB
    assert caddy.written() - written < 8 * MIB, "it wrote bodies to disk"
    assert not any((caddy.home / "tmp").iterdir())


def curl(caddy, *args):
    command = ["curl", "-sS", "--cacert", caddy.authority.ca, *args]
    return subprocess.run(list(map(str, command)), capture_output=True, check=True, timeout=120).stdout


@pytest.fixture(scope="module")
def file_url(hub, caddy):
    client = Client(LATEST, caddy.url, hub.key("alice"), **caddy.trust)
    client.api("create_repo", "alice/ranges")
    client.api("upload_file", repo_id="alice/ranges", path_or_fileobj=FILES["sub/noise.bin"], path_in_repo="n.bin")
    client.close()
    return f"{caddy.url}/alice/ranges/resolve/main/n.bin"


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_ranges(caddy, file_url, version):
    content = FILES["sub/noise.bin"]
    fetch = lambda *args: curl(caddy, version, "-L", *args, file_url)  # noqa: E731
    assert fetch() == content
    assert fetch("-r", "1000000-1999999") == content[1_000_000:2_000_000]
    assert fetch("-r", "-100") == content[-100:]
    parts = fetch("-r", "0-9,100-109")
    assert content[:10] in parts and content[100:110] in parts
    status = fetch("-r", f"{len(content)}-", "-o", "/dev/null", "-w", "%{http_code} %{http_version}")
    assert status == b"416 " + (b"2" if version == "--http2" else b"1.1")


FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "Forwarded": "for=6.6.6.6;host=evil.example;proto=http",
    "X-Real-IP": "6.6.6.6",
}


def addresses_of(answer, body: bytes) -> set[str]:
    """Scheme and authority of every address in an answer, headers and body."""
    words = f"{answer.headers} {body.decode()}".replace('"', " ").replace("<", " ").replace(">", " ").split()
    parts = [urlsplit(word.rstrip(",;")) for word in words if word.startswith(("http://", "https://"))]
    return {f"{part.scheme}://{part.netloc}" for part in parts}


@pytest.mark.parametrize("forged", [{}, FORGED], ids=["honest", "forged"])
def test_addresses_in_answers_are_public_and_secure(hub, caddy, file_url, forged):
    sent = {"Authorization": f"Bearer {hub.key('alice')}", **forged}
    ask = lambda *args, **more: caddy.request(*args, headers={**sent, **more.pop("headers", {})}, **more)  # noqa: E731
    path = urlsplit(file_url).path
    batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": "0" * 64, "size": 9}]}
    lfs = {"Content-Type": "application/vnd.git-lfs+json"}
    answers = [
        ask("GET", path),
        ask("HEAD", path),
        ask("GET", "/api/models/alice/ranges/xet-write-token/main"),
        ask("POST", "/alice/ranges.git/info/lfs/objects/batch", body=json.dumps(batch), headers=lfs),
        ask("GET", "/api/models/alice/ranges/commits/main?limit=1"),
    ]
    for answer, body in answers:
        assert answer.status in (200, 302), body
        assert addresses_of(answer, body) == {caddy.url}, (answer.headers, body)


def test_a_stranger_beside_the_proxy_is_not_believed(hub):
    """127.0.0.2 is not the proxy's address."""
    port = urlsplit(hub.url).port
    command = ["curl", "-sS", "--interface", "127.0.0.2", "-D", "-", "-o", "/dev/null", "-X", "HEAD", "--head"]
    for name, value in FORGED.items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run([*command, f"http://127.0.0.1:{port}/alice/ranges/resolve/main/n.bin"], capture_output=True, text=True)
    assert "200" in done.stdout.splitlines()[0], done
    assert f"http://127.0.0.1:{port}/" in done.stdout and "evil.example" not in done.stdout


def test_plain_http_is_sent_to_https(caddy):
    answer = Http(f"http://127.0.0.1:{caddy.env['HTTP_PORT']}").get("/api/models", headers={"Host": "localhost"})
    assert answer.status == 308 and answer.headers["Location"].startswith("https://localhost")
