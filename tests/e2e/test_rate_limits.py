"""Who asks too often is told when to come back, in the words that the stock client understands; several hubs on one
Redis count together; without Redis each counts alone; what clients do by default never meets a limit."""

import time

import pytest

from harness.client import LATEST, Client, ClientError
from harness.data import MIB, noise, sha256, write_stream
from harness.http import file
from harness.hub import Hub, populate
from harness.redis import Redis

# A token every two seconds: slow enough to count requests, quick enough to wait for one.
ANONYMOUS = 6
FEW = (
    *("--limit-anonymous", "0.5", "--limit-anonymous-burst", str(ANONYMOUS)),
    *("--limit-wrong-key", "0.001", "--limit-wrong-key-burst", "3"),
    *("--limit-key", "0.01", "--limit-key-burst", "40"),
)
REPO = "alice/limited"


def has_public_model(hub: Hub) -> Hub:
    populate(hub.start())
    alice = hub.http(hub.key("alice"))
    assert alice.create_repo(REPO).status == 200
    assert alice.commit(REPO, *(file(f"{i}.txt", b"%d" % i) for i in range(8))).status == 200
    return hub


@pytest.fixture(scope="module")
def limited():
    hub = Hub(serve_args=FEW)
    try:
        yield has_public_model(hub)
        assert hub.stop() == 0
    finally:
        hub.close()


def drain(http, path=f"/api/models/{REPO}"):
    """Asks until it is too often; that answer."""
    for _ in range(200):
        answer = http.get(path)
        if answer.status == 429:
            return answer
        assert answer.status in (200, 401), answer.body
    raise AssertionError("there is no limit")


def expect_told(answer, limit: int, window: int, longest: int):
    seconds = int(answer.headers["Retry-After"])
    assert 1 <= seconds <= longest
    assert answer.headers["RateLimit"] == f'"api";r=0;t={seconds}'
    assert answer.headers["RateLimit-Policy"] == f'"fixed window";"api";q={limit};w={window}'
    assert f"try again in {seconds} s" in answer.error


def test_a_stranger_is_told_when_to_come_back(limited):
    answer = drain(limited.http())
    expect_told(answer, ANONYMOUS, 2 * ANONYMOUS, 2)
    assert "use a key" in answer.error
    time.sleep(int(answer.headers["Retry-After"]))
    assert limited.http().get(f"/api/models/{REPO}").status == 200


def test_head_is_told_too(limited):
    drain(limited.http())
    answer = limited.http().head(f"/{REPO}/resolve/main/0.txt")
    assert answer.status == 429 and answer.headers["RateLimit"].startswith('"api";r=0;t=')


def test_a_key_is_not_held_up_by_strangers_and_has_a_limit_of_its_own(limited):
    limited.import_key("bob", "hf_" + "b" * 34)
    bob, carol = limited.http("hf_" + "b" * 34), limited.http(limited.key("carol"))
    drain(limited.http())
    answers = [bob.get("/api/whoami-v2") for _ in range(41)]
    assert [a.status for a in answers] == [200] * 40 + [429]
    expect_told(answers[-1], 40, 4000, 100)
    assert "this key" in answers[-1].error
    assert carol.get("/api/whoami-v2").status == 200


def test_wrong_keys_are_slowed_down_and_right_ones_are_not(limited):
    statuses = [limited.http("hf_" + "x" * 34).get("/api/whoami-v2").status for _ in range(5)]
    assert statuses == [401] * 3 + [429] * 2
    expect_told(limited.http("hf_other").get("/api/whoami-v2"), 3, 3000, 1000)
    assert limited.http(limited.key("dave")).get("/api/whoami-v2").status == 200


@pytest.fixture
def stranger(limited):
    """The stock client without a key, awake: a token comes back in less time than it takes to start."""
    client = Client(LATEST, limited.url, None)
    client.run("import huggingface_hub.hf_api; result = 0")
    yield client
    client.close()


def drained(limited, attempt, expected, tries: int = 10):
    """What attempt() answers right after the bucket was drained; again when a token came back in between."""
    for _ in range(tries):
        drain(limited.http())
        answer = attempt()
        if expected(answer):
            return answer
    raise AssertionError(f"never as expected, at last {answer}")


def test_the_stock_client_reads_the_headers(limited, stranger):
    def refused_info() -> str:
        try:
            stranger.api("model_info", REPO)
            return ""
        except ClientError as error:
            return str(error)

    message = drained(limited, refused_info, bool)
    assert "you have reached your 'api' rate limit" in message
    assert f"(0/{ANONYMOUS} requests remaining in current {2 * ANONYMOUS}s window)" in message


def test_the_stock_client_waits_as_told_and_goes_on(limited, stranger):
    """http_backoff() is what its uploads, pages and downloads use: it sleeps what RateLimit says and one second more."""

    def timed_get() -> list:
        return stranger.run(
            "import time; from huggingface_hub.utils import http_backoff\n"
            "begun = time.monotonic()\n"
            "status = http_backoff('GET', url).status_code\n"
            "result = [status, time.monotonic() - begun]",
            url=f"{limited.url}/api/models/{REPO}",
        )

    status, _ = drained(limited, timed_get, lambda answer: answer[1] >= 2)
    assert status == 200
    assert "Rate limited. Waiting" in stranger.stderr()


def test_transfers_by_signed_url_and_xet_token_are_not_counted(limited, tmp_path):
    """Alice's key may ask 40 times; a file of many ranges is fetched with far more requests than that."""
    data = noise("ranges", 4 * MIB)
    alice = limited.http(limited.key("alice"))
    client = Client(LATEST, limited.url, limited.key("alice"))
    try:
        client.api("upload_file", path_or_fileobj=data, path_in_repo="large.bin", repo_id=REPO)
    finally:
        client.close()
    link = alice.get(f"/{REPO}/resolve/main/large.bin").headers["Location"]
    pieces = [
        limited.http().get(link, headers={"Range": f"bytes={at}-{at + MIB // 16 - 1}"}) for at in range(0, len(data), MIB // 16)
    ]
    assert {p.status for p in pieces} == {206} and b"".join(p.body for p in pieces) == data


# -- several hubs, one Redis ---------------------------------------------------------------------


@pytest.fixture
def redis():
    with Redis() as redis:
        yield redis


@pytest.fixture
def two(redis):
    hubs = [Hub(serve_args=("--redis-url", redis.url, "--limit-anonymous", "0.001", "--limit-anonymous-burst", "20")) for _ in range(2)]
    try:
        yield [has_public_model(hub) for hub in hubs]
        assert [hub.stop() for hub in hubs] == [0, 0]
    finally:
        for hub in hubs:
            hub.close()


def statuses(hub: Hub, count: int) -> list[int]:
    return [hub.http().get(f"/api/models/{REPO}").status for _ in range(count)]


def wait_for_log(hub: Hub, event: bytes, times: int) -> None:
    deadline = time.monotonic() + 20
    while hub.log().count(event) < times:
        assert time.monotonic() < deadline, hub.log_tail()
        time.sleep(0.02)


OK, DEGRADED = b'"event":"redis.ok"', b'"event":"redis.degraded"'


def test_two_hubs_share_a_limit(two):
    one, other = two
    assert statuses(one, 12) == [200] * 12
    assert statuses(other, 12) == [200] * 8 + [429] * 4
    assert statuses(one, 2) == [429] * 2
    assert [hub.log().count(OK) for hub in two] == [1, 1]


def test_redis_killed_requests_go_on(two, redis):
    one, other = two
    assert statuses(one, 15) == [200] * 15
    redis.kill()
    for hub in two:
        wait_for_log(hub, DEGRADED, 1)
    assert statuses(one, 22) == [200] * 20 + [429] * 2, "now it counts alone"
    assert statuses(other, 22) == [200] * 20 + [429] * 2
    alice = one.http(one.key("alice"))
    assert alice.commit(REPO, file("more.txt", b"more")).status == 200
    redis.start()
    for hub in two:
        wait_for_log(hub, OK, 2)
    assert statuses(one, 12) == [200] * 12, "a new Redis has full buckets"
    assert statuses(other, 12) == [200] * 8 + [429] * 4
    assert [hub.log().count(DEGRADED) for hub in two] == [1, 1], "one line for each change"


def test_redis_paused_costs_one_short_deadline(two, redis):
    one, _ = two
    assert statuses(one, 1) == [200]
    redis.pause()
    times = []
    for _ in range(15):
        begun = time.monotonic()
        assert statuses(one, 1) == [200]
        times.append(time.monotonic() - begun)
    assert sum(times) < 3, f"one waits for a quarter of a second, the others for nothing: {times}"
    assert sorted(times)[-2] < 0.25, times
    redis.resume()
    wait_for_log(one, OK, 2)


def test_a_hub_starts_without_its_redis(redis):
    redis.kill()
    hub = Hub(serve_args=("--redis-url", redis.url))
    try:
        has_public_model(hub)
        assert statuses(hub, 3) == [200] * 3
        assert hub.log().count(DEGRADED) == 1
        redis.start()
        wait_for_log(hub, OK, 1)
        assert statuses(hub, 3) == [200] * 3
        assert hub.stop() == 0
    finally:
        hub.close()


@pytest.mark.parametrize("with_redis", [False, True], ids=["alone", "redis"])
def test_a_large_transfer_meets_no_limit_by_default(redis, with_redis, tmp_path):
    """300 MiB in large files and 300 small ones, up and down, by the stock client with nothing in its caches."""
    hub = Hub(serve_args=("--redis-url", redis.url) if with_redis else ())
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    for i in range(3):
        write_stream(source / f"large-{i}.bin", f"limits/{i}", 100 * MIB)
    for i in range(300):
        (source / f"small-{i}.txt").write_text(str(i))
    try:
        populate(hub.start())
        for client in (Client(LATEST, hub.url, hub.key("alice")), Client(LATEST, hub.url, hub.key("alice"))):
            try:
                if not target.exists():
                    client.api("create_repo", REPO)
                    client.api("upload_folder", repo_id=REPO, folder_path=str(source))
                    target.mkdir()
                else:
                    client.api("snapshot_download", REPO, local_dir=str(target))
                assert "429" not in client.stderr(), client.stderr()
            finally:
                client.close()
        for path in source.iterdir():
            assert sha256((target / path.name).read_bytes()) == sha256(path.read_bytes()), path.name
        assert hub.stop() == 0
    finally:
        hub.close()
