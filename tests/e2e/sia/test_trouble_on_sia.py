"""Hosts that refuse or expire the token of the hub's account or want money, an indexd that refuses its app key, has no
room or is away, while bodies go to Sia and while they come back: uploads wait, what is cached goes on,
`/ready`, the metrics and the doctor say what is wrong, and when it is over everything goes on by itself."""

from __future__ import annotations

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable

import pytest
from harness.client import LATEST, Client
from harness.cluster import until
from harness.data import MIB, assert_same_files, make_files, noise
from harness.http import Http
from harness.hub import BINARY, Hub
from harness.ports import free_port
from harness.sia_hub import PATIENCE, admin, downloaded, restart_wiped, sia_hub, wait_until_pinned

pytestmark = pytest.mark.slow  # a hub looks every 15 seconds whether all is well


@dataclass
class Trouble:
    begin: Callable[[object], None]
    end: Callable[[object], None]
    told: str
    """By `/ready` on the listener of the operator, where it gives causes: what is wrong, and what to do."""
    check: str
    """Of the doctor, which says that it is an error."""
    found: str
    status: str = "degraded"


def every_host(network) -> range:
    return range(len(network.host_list()))


def refuse(network, text: str, **limits: int) -> None:
    """Every host, every call that carries a token."""
    for index in every_host(network):
        network.fault(index, kind="error", rpc="token", text=text, **limits)


def take(network) -> None:
    for index in every_host(network):
        network.fault(index)


def limit(network, size: int) -> None:
    network.indexd_order("limit", account=network.description()["account"], maxPinnedData=size)


def refusing_hosts(text: str, told: str) -> Trouble:
    return Trouble(
        lambda network: refuse(network, text), take, told, "sia.calls", "0 of 15 hosts take calls of this account"
    )


def refusing_indexd(text: str, told: str) -> Trouble:
    return Trouble(
        lambda network: network.indexd_fault("/", status=401, text=text),
        lambda network: network.indexd_order("honest"),
        *(told, "sia.app_key", text, "down"),
    )


HOSTS = {
    "expired_tokens": refusing_hosts(
        "account token expired", r"hosts say that the token of this account has expired\. Set the clock"
    ),
    "refused_tokens": refusing_hosts(
        "token is invalid", r"hosts refuse the token of this account\. Compare sia.app_key"
    ),
    "no_funds": refusing_hosts(
        "not enough funds", r"hosts say that this account has not enough funds\. Send Siacoin"
    ),
}
INDEXD = {
    "unknown_key": refusing_indexd("unknown account", "does not know the app key, or no longer.* siahub sia connect"),
    "bad_signature": refusing_indexd("invalid signature", "Check the clocks of both machines"),
    "away": Trouble(
        lambda network: network.indexd_order("stop"),
        lambda network: network.indexd_order("start"),
        *("indexd.* does not answer.*Start indexd", "sia.indexd", "does not answer", "down"),
    ),
}
ROOM = {
    "quota": Trouble(
        lambda network: limit(network, 1),
        lambda network: limit(network, 10**12),
        *("The quota with indexd is used up.* Raise the quota", "sia.quota", "not one more slab"),
    ),
}


def each_of(troubles: dict[str, Trouble]):
    return pytest.mark.parametrize("trouble", troubles.values(), ids=troubles.keys())


@pytest.fixture(scope="module")
def hub(network):
    hub = sia_hub(network, "--metrics-listen", f"127.0.0.1:{free_port()}")
    try:
        yield hub
    finally:
        hub.close()


@pytest.fixture(autouse=True)
def no_trouble_is_left(network, hub):
    yield
    for trouble in (HOSTS | INDEXD | ROOM).values():
        trouble.end(network)


@pytest.fixture
def client(hub):
    client = Client(LATEST, hub.url, hub.key("alice"))
    yield client
    client.close()


def upload(client: Client, repo: str, folder) -> dict[str, bytes]:
    files = {"weights.bin": noise(repo, 6 * MIB)}
    client.cli("upload", repo, make_files(folder, files))
    return files


def cold(hub: Hub, client: Client, repo: str, folder) -> dict[str, bytes]:
    """Files that lie on Sia alone."""
    files = upload(client, repo, folder)
    wait_until_pinned(hub)
    restart_wiped(hub)
    return files


def watch(hub: Hub, path: str) -> bytes:
    args = hub.serve_args
    return Http(f"http://{args[args.index('--metrics-listen') + 1]}").get(path).body


def metric(hub: Hub, name: str) -> int:
    return int(re.search(rf"^{name} (\d+)$", watch(hub, "/metrics").decode(), re.M).group(1))


def until_told(hub: Hub, trouble: Trouble) -> None:
    def told() -> bool:
        ready = json.loads(watch(hub, "/ready"))
        sia = ready["dependencies"]["sia"]
        assert ready["status"] in ("ready", "degraded"), "it takes uploads and serves what it has"
        return sia["status"] == trouble.status and re.search(trouble.told, sia["cause"])

    until(told, PATIENCE)
    assert metric(hub, "siahub_sia_ok") == 0


def until_well(hub: Hub) -> None:
    until(lambda: json.loads(watch(hub, "/ready"))["status"] == "ready" and metric(hub, "siahub_sia_ok") == 1, PATIENCE)


def doctor(hub: Hub) -> dict[str, dict]:
    flags = hub.serve_args[: hub.serve_args.index("--sia-pack-wait")]
    command = [BINARY, "admin", "doctor", "--json", "--data", hub.data, *flags]
    done = subprocess.run(
        command, env=hub.database.environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return {finding["check"]: finding for finding in json.loads(done.stdout)["findings"]}


def expect_found(hub: Hub, trouble: Trouble) -> None:
    finding = doctor(hub)[trouble.check]
    assert finding["verdict"] == "error" and re.search(trouble.found, finding["what"]) and finding["remedy"], finding


@each_of(HOSTS | INDEXD | ROOM)
def test_uploads_wait_for_the_end_of_it(network, hub, client, tmp_path, request, trouble):
    until_well(hub)
    repo = f"alice/waits-{request.node.callspec.id}"
    trouble.begin(network)
    files = upload(client, repo, tmp_path / "up")
    until_told(hub, trouble)
    expect_found(hub, trouble)
    assert set(admin(hub, "/queue")["states"]) - {"pinned"}, "it is not on Sia"
    assert_same_files(downloaded(client, repo, tmp_path / "local"), files)

    trouble.end(network)
    wait_until_pinned(hub)
    until_well(hub)
    restart_wiped(hub)
    assert_same_files(downloaded(client, repo, tmp_path / "down"), files)
    assert trouble.check not in {check for check, finding in doctor(hub).items() if finding["verdict"] == "error"}


@each_of(HOSTS)
def test_readers_are_told_why_until_the_end_of_it(network, hub, client, tmp_path, request, trouble):
    name = request.node.callspec.id
    kept = cold(hub, client, f"alice/kept-{name}", tmp_path / "kept")
    files = cold(hub, client, f"alice/cold-{name}", tmp_path / "cold")
    assert_same_files(downloaded(client, f"alice/kept-{name}", tmp_path / "warm"), kept)
    trouble.begin(network)
    url = hub.http(hub.key("alice")).get(f"/alice/cold-{name}/resolve/main/weights.bin").headers["Location"]
    answer = hub.http().request("GET", url, headers={"Range": "bytes=0-99"})
    assert answer.status == 503 and "of the 4 shards that are needed" in answer.headers["X-Error-Message"]
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(client.cli, "download", f"alice/cold-{name}", "--local-dir", tmp_path / "down")
        another = Client(LATEST, hub.url, hub.key("alice"))
        assert_same_files(downloaded(another, f"alice/kept-{name}", tmp_path / "again"), kept)
        another.close()
        until_told(hub, trouble)
        assert metric(hub, "siahub_sia_hosts_refusing") > 10
        expect_found(hub, trouble)
        assert not waiting.done(), "the client tries again for minutes"
        trouble.end(network)
        waiting.result(timeout=PATIENCE)
    assert (tmp_path / "down" / "weights.bin").read_bytes() == files["weights.bin"]


@each_of(INDEXD | ROOM)
def test_reading_from_hosts_goes_on_all_the_while(network, hub, client, tmp_path, request, trouble):
    repo = f"alice/read-{request.node.callspec.id}"
    files = cold(hub, client, repo, tmp_path / "up")
    until_well(hub)
    trouble.begin(network)
    until_told(hub, trouble)
    assert_same_files(downloaded(client, repo, tmp_path / "down"), files)


def test_tokens_that_expire_on_the_way_are_replaced_and_nobody_is_blamed(network, hub, client, tmp_path):
    hub.stop()
    hub.start()
    refuse(network, "account token expired", times=1)
    files = upload(client, "alice/on-the-way", tmp_path / "up")
    wait_until_pinned(hub)
    assert metric(hub, "siahub_sia_failed_batches_total") == 0
    restart_wiped(hub)
    refuse(network, "account token expired", times=1)
    assert_same_files(downloaded(client, "alice/on-the-way", tmp_path / "down"), files)
    assert metric(hub, "siahub_sia_hosts_refusing") == 0
    assert [host["last_error"] for host in admin(hub, "/hosts")["hosts"] if host["last_error"]] == []


def test_reading_goes_round_hosts_that_refuse_the_token(network, hub, client, tmp_path):
    files = cold(hub, client, "alice/few", tmp_path / "up")
    for index in range(10):
        network.fault(index, kind="error", rpc="token", text="token is invalid")
    assert_same_files(downloaded(client, "alice/few", tmp_path / "down"), files)


def test_who_waits_for_sia_is_answered_when_it_is_over(network, hub, tmp_path):
    trouble = HOSTS["expired_tokens"]
    waiting = sia_hub(network, "--sia-ack", "sia", "--metrics-listen", f"127.0.0.1:{free_port()}")
    client = Client(LATEST, waiting.url, waiting.key("alice"))
    try:
        trouble.begin(network)
        with ThreadPoolExecutor() as pool:
            uploaded = pool.submit(upload, client, "alice/held", tmp_path / "up")
            until_told(waiting, trouble)
            assert not uploaded.done()
            trouble.end(network)
            files = uploaded.result(timeout=PATIENCE)
        restart_wiped(waiting)
        assert_same_files(downloaded(client, "alice/held", tmp_path / "down"), files)
    finally:
        client.close()
        waiting.close()
