"""`make up`: the services of compose.yaml as processes, used by the real client; once as root, once as anybody."""

import itertools
import os
import re
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from harness.browser import Browser
from harness.client import LATEST, OLDEST, Client
from harness.data import MIB, assert_same_files, make_files, noise, read_files
from harness.http import Http
from harness.hub import Hub
from harness.up import Up, alive

PASSWORD = "correct horse battery"
SERVERS = ["caddy", "postgres", "redis", "cas-1", "cas-2", "gateway-1", "gateway-2", "hf-proxy"]
FILES = {"config.json": b"{}", "weights.bin": noise("up", 8 * MIB), "sub/more.bin": noise("more", 2 * MIB)}


@pytest.fixture(scope="module")
def upstream():
    """The hub in front of which hf-proxy stands."""
    with Hub(serve_args=("--accept-foreign-objects", "true")) as hub:
        hub.add_user("alice")
        yield hub


@pytest.fixture(scope="module", params=["as_i_am", "as_nobody"])
def up(request, upstream):
    with Up(upstream=upstream.url, as_nobody=request.param == "as_nobody") as up:
        yield up


@pytest.fixture
def client(up):
    client = Client(LATEST, up.facts["hub"], up.facts["key"], **up.trust)
    yield client
    client.close()


def test_there_and_back(up, client, tmp_path):
    make_files(tmp_path / "up", FILES)
    client.cli("upload", "me/model", tmp_path / "up")
    for turn in range(3):  # from either gateway, by either cas
        client.api("snapshot_download", "me/model", local_dir=tmp_path / f"down-{turn}", force_download=True)
        got = {name: body for name, body in read_files(tmp_path / f"down-{turn}").items() if name in FILES}
        assert_same_files(got, FILES)


def test_the_pages_and_signing_in_by_https(up):
    """What a browser does there, from the printed link on: the cookies are for https alone."""
    hub, ca = up.facts["hub"], up.facts["ca"]
    page = Http(hub, ca=ca).get("/", headers={"Accept": "text/html"})
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f"connect-src 'self' {up.facts['data']};" in page.headers["Content-Security-Policy"]
    script = re.search(rb'/assets/index-[^"]+\.js', page.body).group().decode()
    assert all(Http(hub, ca=ca).get(script).status == 200 for _ in range(4)), "by either cas"

    link = urlsplit(up.facts["password_link"])
    assert f"{link.scheme}://{link.netloc}" == hub
    body = {"token": parse_qs(link.query)["token"][0], "new": PASSWORD}
    browser = Browser(hub, ca=ca)
    assert browser.post("/api/password/reset", json=body).status in (200, 204)
    assert browser.sign_in("me", PASSWORD)["user"]["name"] == "me"
    for cookie in browser.set_cookies:
        attributes = {word.strip().lower() for word in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax"} <= attributes, cookie
    made = browser.post("/api/keys", json={"name": "from the page", "scope": "read"})
    assert made.status in (200, 201), made.body
    assert [browser.session()["user"]["name"] for _ in range(4)] == ["me"] * 4, "by either cas"

    assert f"sign in as me at {hub}/login" in up.up(), "the link is told until there is a password"
    assert up.facts["password_link"] is None


def test_each_has_an_address_of_its_own(up):
    addresses = up.facts["services"]
    assert len({addresses[name] for name in SERVERS}) == len(SERVERS)
    networks = {os.stat(f"/proc/{up.pid(name)}/ns/net").st_ino for name in SERVERS}
    assert len(networks) == (len(SERVERS) if up.facts["separate_hosts"] else 1)


def test_nobody_has_privileges(up):
    for name in SERVERS:
        status = up.status(name)
        assert int(status["CapEff"], 16) == 0 and int(status["Uid"].split()[0]) != 0, name
        assert status["NoNewPrivs"] == "1" or not up.facts["separate_hosts"], name


def test_the_gateways_have_a_role_of_their_own(up):
    secret = next((up.state / "containers" / "gateway-1").rglob("gateway_database_url"))
    said = subprocess.run(
        ["psql", "-XqAt", "-d", secret.read_text().strip(), "-c", "SELECT current_user", "-c", "SELECT * FROM api_keys"],
        capture_output=True, text=True, env={"PATH": os.environ["PATH"]},
    )
    assert said.stdout.strip() == "siahub_gateway" and "permission denied" in said.stderr
    for file in (up.state / "containers").glob("*/secrets/*"):
        assert file.stat().st_mode & 0o077 == 0, file


def test_in_front_of_another_hub(up, upstream, request, tmp_path):
    """hf-proxy believes the private authority, and the hub believes hf-proxy."""
    repo, before = f"alice/{request.node.callspec.id}", up.bodies()
    content = noise(repo, 4 * MIB)
    client = Client(LATEST, up.facts["hf_proxy"], upstream.key("alice"), **up.trust)
    client.api("create_repo", repo)
    client.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo="w.bin")
    got = client.api("hf_hub_download", repo, "w.bin", local_dir=tmp_path)
    client.close()
    assert Path(got).read_bytes() == content
    assert up.bodies() > before and not upstream.bodies(), "the bytes lie in SiaHub, the repository at the upstream"


def test_that_the_upstream_is_away_is_said_by_hf_proxy(up, upstream):
    """And not by Caddy, which goes on believing in it for longer than it takes to ask."""
    command = ["curl", "-sS", "-D-", "-o", "/dev/null", "--cacert", up.facts["ca"], f"{up.facts['hf_proxy']}/api/models"]
    upstream.stop()
    try:
        end = time.monotonic() + 3
        while time.monotonic() < end:
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            assert " 502" in said.splitlines()[0] and upstream.url.removeprefix("http://") in said, said
    finally:
        upstream.start()


def test_it_goes_on_without_one_gateway_and_up_brings_it_back(up, client, tmp_path):
    lost = up.pid("gateway-1")
    os.kill(lost, signal.SIGKILL)
    while alive(lost):
        time.sleep(0.01)
    client.api("create_repo", "me/other", exist_ok=True)
    client.api("upload_file", repo_id="me/other", path_or_fileobj=FILES["weights.bin"], path_in_repo="w.bin")
    got = client.api("hf_hub_download", "me/other", "w.bin", local_dir=tmp_path)
    assert Path(got).read_bytes() == FILES["weights.bin"]
    others = {name: up.pid(name) for name in SERVERS if name != "gateway-1"}
    up.up()
    assert up.pid("gateway-1") != lost and up.status("gateway-1")["State"][0] in "RS"
    assert {name: up.pid(name) for name in others} == others, "it left the rest alone"


@pytest.mark.parametrize("up", ["as_i_am"], indirect=True)
def test_nobody_notices_that_everything_is_restarted(up):
    """The oldest client repeats nothing by itself."""
    results, over = [], threading.Event()

    def work():
        client = Client(OLDEST, up.facts["hub"], up.facts["key"], xet=False, **up.trust)
        client.api("create_repo", "me/restarts")
        for turn in itertools.takewhile(lambda _: not over.is_set(), itertools.count()):
            content = noise(turn, MIB)
            name = f"{turn}.bin"
            client.api("upload_file", repo_id="me/restarts", path_or_fileobj=content, path_in_repo=name)
            got = client.api("hf_hub_download", "me/restarts", name, local_dir=client.home / "got")
            results.append(Path(got).read_bytes() == content)
        client.close()

    with ThreadPoolExecutor() as pool:
        working = pool.submit(work)
        try:
            for name in ("cas-1", "cas-2", "gateway-1", "gateway-2"):
                pid, done = up.pid(name), len(results)
                os.kill(pid, signal.SIGTERM)
                while alive(pid):
                    time.sleep(0.01)
                up.up()
                while len(results) < done + 3 and not working.done():
                    time.sleep(0.01)
        finally:
            over.set()
        working.result()
    assert all(results)


def test_down_leaves_nothing_behind(up):
    pids = [up.pid(name) for name in SERVERS]
    up.run("down")
    assert not any(map(alive, pids))
    if up.facts["separate_hosts"]:
        left = subprocess.run(["ip", "-o", "address"], capture_output=True, text=True).stdout
        assert up.env["UP_SUBNET"] not in left
