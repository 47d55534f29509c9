"""What an operator sees: metrics that Prometheus reads, a line of the log for every request, probes, and how a hub ends."""

import json
import re
import signal
import socket
import threading
import time
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from harness import xet
from harness.data import MIB, noise, sha256
from harness.http import Http, file, lfs_file
from harness.hub import Hub, populated
from harness.proxy import HfProxy
from harness.redis import Redis
from prometheus_client.parser import text_string_to_metric_families

METRICS = re.compile(rb"Metrics are at (http://[\w.\[\]:-]+)/metrics")
PATIENCE_SECONDS = 30
SERVE = ("--metrics-listen", "127.0.0.1:0")


def watched(log: bytes) -> Http:
    return Http(METRICS.findall(log)[-1].decode())


class Numbers:
    """One reading of /metrics."""

    def __init__(self, hub: Hub) -> None:
        answer = watched(hub.log()).get("/metrics")
        assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        self.families = {family.name: family for family in text_string_to_metric_families(answer.body.decode())}

    def samples(self, name: str, **labels: str):
        family = self.families[name.removesuffix("_total").removesuffix("_count").removesuffix("_bucket")]
        return [s for s in family.samples if s.name == name and labels.items() <= s.labels.items()]

    def sum(self, name: str, **labels: str) -> float:
        return sum(sample.value for sample in self.samples(name, **labels))


def eventually(holds, what: str = "it") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.02)


def lines(hub: Hub, **wanted) -> list[dict]:
    found = []
    for line in hub.log().splitlines():
        if line.startswith(b'{"time"'):
            entry = json.loads(line)
            if all(entry.get(key) == value for key, value in wanted.items()):
                found.append(entry)
    return found


def line(hub: Hub, **wanted) -> dict:
    eventually(lambda: lines(hub, **wanted), f"a line with {wanted}")
    [only] = lines(hub, **wanted)
    return only


@pytest.fixture(scope="module")
def hub():
    hub = Hub(serve_args=SERVE)
    try:
        hub.start()
        hub.add_user("alice")
        yield hub
        assert hub.stop() == 0, hub.log_tail()
    finally:
        hub.close()


CONTENT = noise("operation", 4 * MIB)


@pytest.fixture
def stored(alice, model) -> str:
    xet.Uploader(alice, model).upload(CONTENT, sha256(CONTENT))
    assert alice.commit(model, lfs_file("a.bin", sha256(CONTENT), len(CONTENT))).status == 200
    return model


# -- metrics -----------------------------------------------------------------------------------


def test_metrics_are_not_served_to_the_public(hub, alice):
    assert alice.get("/metrics").status == 404
    with closing(populated()) as plain:
        assert not METRICS.search(plain.log())


def test_requests_are_counted_by_route_and_status(hub, alice, stored):
    before = Numbers(hub)
    route = "/{ns}/{name}/resolve/{rest*}"
    for _ in range(3):
        assert alice.request("HEAD", f"/{stored}/resolve/main/a.bin").status == 200
    assert alice.get(f"/{stored}/resolve/main/none").status == 404
    assert alice.get("/no/such/place/at/all").status == 404

    def gain(name: str, **labels: str) -> float:
        return Numbers(hub).sum(name, **labels) - before.sum(name, **labels)

    requests = "siahub_http_requests_total"
    eventually(lambda: gain(requests, route=route, method="HEAD", status="200") == 3)
    eventually(lambda: gain(requests, route=route, method="GET", status="404") == 1)
    eventually(lambda: gain(requests, route="none", method="GET", status="404") == 1)
    assert gain("siahub_http_request_duration_seconds_count", route=route, method="HEAD") == 3
    buckets = Numbers(hub).samples("siahub_http_request_duration_seconds_bucket", route=route, method="HEAD")
    assert [s.value for s in buckets] == sorted(s.value for s in buckets) and buckets[-1].labels["le"] == "+Inf"


def test_no_path_name_or_secret_becomes_a_label(hub, alice, stored):
    alice.get(f"/{stored}/resolve/main/some-very-odd-name?token=hf_secret")
    text = watched(hub.log()).get("/metrics").body.decode()
    for secret in ("alice", "some-very-odd-name", "hf_secret", stored.split("/")[1]):
        assert secret not in text


def test_bytes_and_connections_are_counted(hub, alice, stored):
    before = Numbers(hub)
    answer = alice.get(f"/{stored}/resolve/main/a.bin")
    whole = hub.http().get(answer.headers["Location"])
    assert whole.body == CONTENT
    sent = "siahub_http_sent_bytes_total"
    # The last bytes arrive before whoever sent them counts them.
    eventually(lambda: Numbers(hub).sum(sent) - before.sum(sent) > len(CONTENT))
    eventually(lambda: Numbers(hub).sum("siahub_http_response_body_bytes_total", route="/gw/files/{file}/{name}") >= len(CONTENT))
    parts = urlsplit(hub.url)
    with socket.create_connection((parts.hostname, parts.port)):
        eventually(lambda: Numbers(hub).sum("siahub_http_connections") >= 1)


def test_parts_of_the_hub_show_how_they_do(hub, alice, stored):
    for _ in range(3):
        alice.get(f"/api/models/{stored}/tree/main")
    numbers = Numbers(hub)
    for cache in ("keys", "trees", "files", "xorb_indexes", "open_files"):
        assert numbers.samples("siahub_cache_hits_total", cache=cache)
        assert numbers.samples("siahub_cache_evictions_total", cache=cache)
    assert numbers.sum("siahub_cache_hits_total", cache="keys") > 0
    assert numbers.sum("siahub_cache_hits_total", cache="trees") > 0
    assert numbers.sum("siahub_database_connections_max") >= 1
    assert numbers.sum("siahub_database_connections_taken_total") > 0
    assert {s.labels["pool"] for s in numbers.samples("siahub_work_pool_queue")} == {"compute", "disk"}
    assert numbers.sum("siahub_upload_memory_limit_bytes", pool="buffers") > MIB
    assert numbers.sum("process_resident_memory_bytes") > MIB
    assert numbers.sum("process_open_fds") > 3
    assert numbers.sum("process_cpu_seconds_total") > 0
    assert abs(numbers.sum("process_start_time_seconds") - time.time()) < 24 * 3600
    [build] = numbers.samples("siahub_build_info")
    assert build.labels["role"] == "serve" and re.fullmatch(r"\d+\.\d+\.\d+.*", build.labels["version"])


def test_refusals_by_limits_are_counted():
    with Hub(serve_args=(*SERVE, "--limit-wrong-key", "0.001", "--limit-wrong-key-burst", "1")) as hub:
        stranger = hub.http("hf_" + "x" * 34)
        assert [stranger.get("/api/whoami-v2").status for _ in range(3)] == [401, 429, 429]
        assert Numbers(hub).sum("siahub_rate_limited_total", limit="wrong_key") == 2


def test_hf_proxy_has_metrics_and_probes_of_its_own(hub):
    with HfProxy(hub.url, hub, *SERVE) as proxy:
        assert proxy.http().get("/api/models").status == 200
        beside = watched(proxy.log().encode())
        assert beside.get("/ready").json()["status"] == "ready"
        assert beside.get("/health").status == 200
        assert 'role="hf-proxy"' in beside.get("/metrics").body.decode()


# -- the log -----------------------------------------------------------------------------------


def test_a_line_tells_who_did_what(hub, alice, stored):
    mine = {"X-Request-Id": f"tell-{stored}"}
    answer = alice.get(f"/api/models/{stored}/tree/main?recursive=true", headers=mine)
    assert answer.headers["X-Request-Id"] == mine["X-Request-Id"]
    told = line(hub, event="request", request_id=mine["X-Request-Id"])
    expected = {
        "level": "info",
        "method": "GET",
        "route": "/api/models/{ns}/{name}/tree/{rest*}",
        "path": f"/api/models/{stored}/tree/main",
        "status": 200,
        "bytes_in": 0,
        "bytes_out": len(answer.body),
        "remote": "127.0.0.1",
        "user": "alice",
    }
    assert expected.items() <= told.items()
    assert told["key_id"] > 0 and told["repo_id"] > 0 and 0 <= told["answer_ms"] <= told["duration_ms"]
    assert "ended" not in told


def test_uploads_and_downloads_tell_their_bytes(hub, alice, model):
    content = noise("told bytes", MIB)
    uploader = xet.Uploader(alice, model)
    uploader.upload(content, sha256(content))
    alice.commit(model, lfs_file("b.bin", sha256(content), len(content)))
    location = alice.get(f"/{model}/resolve/main/b.bin").headers["Location"]
    hub.http().get(location, headers={"X-Request-Id": f"get-{model}"})
    told = line(hub, event="request", request_id=f"get-{model}")
    assert told["bytes_out"] == len(content) and told["repo_id"] > 0
    eventually(lambda: [e for e in lines(hub, event="request", route="/v1/xorbs/{prefix}/{xorb}") if e["bytes_in"] > MIB])


def test_no_secret_reaches_the_log(hub, alice, stored):
    location = alice.get(f"/{stored}/resolve/main/a.bin").headers["Location"]
    hub.http().get(location, headers={"X-Request-Id": f"secret-{stored}"})
    line(hub, event="request", request_id=f"secret-{stored}")
    signature = re.search(r"[?&]s=([^&]+)", location).group(1)
    token = xet.Uploader(alice, stored).cas.token
    for secret in (alice.token, signature, token):
        assert secret.encode() not in hub.log()


def test_a_client_that_leaves_is_told_of(hub, alice, model):
    content = noise("left alone", 48 * MIB)
    xet.Uploader(alice, model).upload(content, sha256(content))
    alice.commit(model, lfs_file("c.bin", sha256(content), len(content)))
    parts = urlsplit(alice.get(f"/{model}/resolve/main/c.bin").headers["Location"])
    with socket.create_connection((parts.hostname, parts.port)) as client:
        request = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: h\r\nX-Request-Id: left-{model}\r\n\r\n"
        client.sendall(request.encode())
        client.recv(1000)
    told = line(hub, event="request", request_id=f"left-{model}")
    assert told["ended"] == "client_left" and told["status"] == 200 and told["bytes_out"] < len(content)


def test_probes_are_lines_for_debugging_only(hub, alice):
    alice.get("/health", headers={"X-Request-Id": "probe"})
    alice.get("/api/whoami-v2", headers={"X-Request-Id": "after-the-probe"})
    line(hub, request_id="after-the-probe")
    assert not lines(hub, request_id="probe")


def test_the_log_can_be_logfmt_or_without_requests():
    with Hub(serve_args=("--log-format", "logfmt", "--log-level", "debug")) as hub:
        hub.http().get("/api/models", headers={"X-Request-Id": "a b"})
        wanted = re.compile(rb'^time=\S+Z level=info event=request request_id="a b" method=GET route=/api/models ', re.M)
        eventually(lambda: wanted.search(hub.log()))
    with Hub(serve_args=("--log-requests", "false")) as hub:
        hub.http().get("/api/models")
        hub.stop()
        assert lines(hub, event="drained") and not lines(hub, event="request")


# -- probes ------------------------------------------------------------------------------------


def test_ready_names_each_dependency_and_its_latency(hub):
    answer = hub.http().get("/ready")
    assert answer.status == 200
    told = answer.json()
    assert told["status"] == "ready" and set(told["dependencies"]) == {"database", "disk"}
    for each in told["dependencies"].values():
        assert each["status"] == "ok" and each["required"] and each["latency_ms"] >= 0
    assert watched(hub.log()).get("/ready").json()["status"] == "ready"


def test_without_redis_a_hub_is_degraded():
    with Redis() as redis, Hub(serve_args=(*SERVE, "--redis-url", redis.url)) as hub:

        def ready() -> dict:
            answer = hub.http().get("/ready")
            assert answer.status == 200
            return answer.json()

        eventually(lambda: ready()["status"] == "ready")
        assert Numbers(hub).sum("siahub_redis_up") == 1
        redis.kill()
        eventually(lambda: ready()["status"] == "degraded")
        told = ready()["dependencies"]
        assert told["redis"]["status"] == "down" and not told["redis"]["required"] and told["database"]["status"] == "ok"
        assert "cause" not in told["redis"], "strangers are told no causes"
        assert watched(hub.log()).get("/ready").json()["dependencies"]["redis"]["cause"]
        assert Numbers(hub).sum("siahub_redis_up") == 0
        redis.start()
        eventually(lambda: ready()["status"] == "ready")


def test_without_its_disk_a_hub_is_not_ready():
    with Hub(serve_args=SERVE) as hub:
        assert hub.http().get("/ready").status == 200
        away = hub.home / "away"
        hub.data.rename(away)
        eventually(lambda: hub.http().get("/ready").status == 503)
        told = hub.http().get("/ready").json()
        assert told["status"] == "unready" and told["dependencies"]["disk"]["status"] == "down"
        assert hub.http().get("/health").status == 200
        away.rename(hub.data)
        eventually(lambda: hub.http().get("/ready").status == 200)


# -- the end -----------------------------------------------------------------------------------


class Ending:
    """A hub with a large file, a client in the middle of its download and one in the middle of an upload."""

    CONTENT = noise("ending", 48 * MIB)
    UPLOAD = xet.Xorb.of(noise("ending upload", 8 * MIB))

    def __init__(self, *args: str) -> None:
        self.hub = Hub(serve_args=(*SERVE, *args)).start()
        self.hub.add_user("alice")
        alice = self.hub.http(self.hub.key("alice"))
        assert alice.create_repo("alice/model").status == 200
        uploader = xet.Uploader(alice, "alice/model")
        uploader.upload(self.CONTENT, sha256(self.CONTENT))
        alice.commit("alice/model", lfs_file("a.bin", sha256(self.CONTENT), len(self.CONTENT)))
        self.location = alice.get("/alice/model/resolve/main/a.bin").headers["Location"]
        self.token = uploader.cas.token
        self.watched = watched(self.hub.log())

    def __enter__(self) -> "Ending":
        return self

    def __exit__(self, *_: object) -> None:
        self.hub.close()

    def connect(self, head: str, *fields: str) -> socket.socket:
        parts = urlsplit(self.hub.url)
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        client.connect((parts.hostname, parts.port))
        client.settimeout(PATIENCE_SECONDS)
        client.sendall("\r\n".join((f"{head} HTTP/1.1", "Host: h", *fields, "", "")).encode())
        return client

    def download(self) -> socket.socket:
        parts = urlsplit(self.location)
        client = self.connect(f"GET {parts.path}?{parts.query}")
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        return client

    def upload(self) -> socket.socket:
        client = self.connect(
            f"POST /v1/xorbs/default/{self.UPLOAD.hex}",
            f"Authorization: Bearer {self.token}",
            f"Content-Length: {len(self.UPLOAD.body)}",
        )
        client.sendall(self.UPLOAD.body[:MIB])
        return client

    def in_flight(self, wanted: int) -> None:
        eventually(lambda: Numbers(self.hub).sum("siahub_http_requests_in_flight") == wanted)

    def signal(self) -> None:
        self.hub.process.send_signal(signal.SIGTERM)

    def refuses(self) -> bool:
        parts = urlsplit(self.hub.url)
        try:
            socket.create_connection((parts.hostname, parts.port)).close()
            return False
        except ConnectionRefusedError:
            return True

    def draining(self) -> None:
        eventually(self.refuses, "an end of accepting")
        answer = self.watched.get("/ready")
        assert answer.status == 503 and answer.json()["status"] == "draining"


def rest_of(client: socket.socket) -> bytes:
    parts = []
    while part := client.recv(MIB):
        parts.append(part)
    return b"".join(parts)


def test_what_is_in_flight_at_the_end_completes():
    with Ending() as ending:
        down, up = ending.download(), ending.upload()
        ending.in_flight(2)
        ending.signal()
        ending.draining()
        assert ending.hub.alive
        up.sendall(ending.UPLOAD.body[MIB:])
        assert rest_of(up).startswith(b"HTTP/1.1 200")
        assert rest_of(down).endswith(ending.CONTENT[-1000:])
        assert ending.hub.process.wait(timeout=PATIENCE_SECONDS) == 0
        assert line(ending.hub, event="drained")["cut"] == 0
        assert {entry.get("ended") for entry in lines(ending.hub, event="request")} == {None}
        assert ending.UPLOAD.hex in ending.hub.bodies()


def test_what_is_stuck_is_cut_at_the_limit():
    with Ending("--drain", "1s") as ending:
        down, up = ending.download(), ending.upload()
        ending.in_flight(2)
        ending.signal()
        assert ending.hub.process.wait(timeout=PATIENCE_SECONDS) == 0
        assert line(ending.hub, event="drained")["cut"] == 2
        cut = lines(ending.hub, event="request", ended="shut_down")
        assert {entry["route"] for entry in cut} == {"/gw/files/{file}/{name}", "/v1/xorbs/{prefix}/{xorb}"}
        for client in (down, up):
            client.close()


def test_a_second_signal_ends_at_once():
    with Ending("--drain", "1h") as ending:
        down = ending.download()
        ending.in_flight(1)
        ending.signal()
        ending.draining()
        assert ending.hub.alive
        ending.signal()
        assert ending.hub.process.wait(timeout=PATIENCE_SECONDS) == 128 + signal.SIGTERM
        down.close()


def test_a_proxy_may_see_the_end_coming():
    with Ending("--drain-delay", "1h") as ending:
        public = ending.hub.http()
        assert public.get("/ready").status == 200
        ending.signal()
        eventually(lambda: public.get("/ready").status == 503)
        assert public.get("/ready").json()["status"] == "draining"
        assert public.get("/api/models").status == 200, "it goes on serving meanwhile"
        ending.signal()
        assert ending.hub.process.wait(timeout=PATIENCE_SECONDS) == 128 + signal.SIGTERM
