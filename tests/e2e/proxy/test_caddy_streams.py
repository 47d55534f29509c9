"""deploy/Caddyfile by itself, before upstreams that tell what reaches them: headers, order in time, who is asked again."""

import json
import socket
import threading
import time

import pytest
from harness.caddy import Caddy
from harness.upstream import Upstream

PATIENCE = 30  # seconds for what should happen at once: a machine may be slow


@pytest.fixture(scope="module")
def one():
    with Upstream() as upstream, Caddy([upstream.url], [upstream.url]) as caddy:
        yield upstream, caddy


@pytest.fixture
def two():
    with Upstream() as first, Upstream() as second, Caddy([first.url, second.url], [first.url]) as caddy:
        yield first, second, caddy


def until(what):
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "Connection": "X-Forwarded-Host",
}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_what_a_client_says_of_itself_is_replaced(one, host):
    upstream, caddy = one
    answer, _ = caddy.request("GET", f"/forged-{host}", host=host, headers=FORGED)
    assert answer.status == 200
    (seen,) = upstream.of(f"/forged-{host}")
    assert seen.headers.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert seen.headers.get_all("X-Forwarded-Host") == [f"{host}:{caddy.port}"]
    assert seen.headers.get_all("X-Forwarded-Proto") == ["https"]
    assert seen.headers["Host"] == f"{host}:{caddy.port}"


def test_nothing_is_compressed_and_nobody_is_asked_to(one):
    upstream, caddy = one
    body = b"a" * 100_000
    answer, got = caddy.request("POST", "/plain", body=body, headers={"Accept-Encoding": "gzip, zstd"})
    assert got == body and answer.headers.get("Content-Encoding") is None
    caddy.request("GET", "/asked")
    assert upstream.of("/asked")[0].headers.get("Accept-Encoding") in (None, "identity")


def test_an_answer_arrives_line_by_line(one):
    """Each line is sent only when the one before has reached the client."""
    upstream, caddy = one
    arrived = [threading.Event() for _ in range(5)]

    def answer(exchange):
        exchange.begin_stream()
        for number, event in enumerate(arrived):
            exchange.send_chunk(b'{"line": %d}\n' % number)
            assert event.wait(PATIENCE), "held back"
        exchange.send_chunk(b"")

    upstream.answer, before = answer, upstream.answer
    try:
        connection = caddy.connect()
        connection.request("GET", "/lines")
        got = connection.getresponse()
        for number, event in enumerate(arrived):
            assert got.readline() == b'{"line": %d}\n' % number
            event.set()
        assert got.read() == b""
    finally:
        upstream.answer = before


def test_a_request_arrives_while_it_is_sent(one):
    upstream, caddy = one
    arrived = [threading.Event() for _ in range(5)]

    def answer(exchange):
        for event in arrived:
            assert exchange.chunk() == b"x" * 100
            event.set()
        exchange.reply(200, b"%d" % len(exchange.body()))

    def body():
        for event in arrived:
            yield b"x" * 100
            assert event.wait(PATIENCE), "held back"

    upstream.answer, before = answer, upstream.answer
    try:
        assert caddy.request("PUT", "/upload", body=body(), encode_chunked=True)[1] == b"0"
    finally:
        upstream.answer = before


def test_a_client_that_leaves_ends_its_request(one):
    """A gateway stops fetching what nobody waits for."""
    upstream, caddy = one
    gone = threading.Event()

    def answer(exchange):
        exchange.connection.settimeout(PATIENCE)
        if exchange.connection.recv(1) == b"":
            gone.set()

    upstream.answer, before = answer, upstream.answer
    try:
        connection = caddy.connect()
        connection.request("GET", "/slow")
        until(lambda: upstream.of("/slow"))
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()
        assert gone.wait(PATIENCE)
    finally:
        upstream.answer = before


def test_both_are_used_and_one_that_drains_is_not(two):
    first, second, caddy = two
    until(lambda: caddy.request("GET", "/spread")[0].status == 200 and first.of("/spread") and second.of("/spread"))
    first.ready = False
    until(lambda: _goes_to(caddy, second, first))
    first.ready = True
    until(lambda: caddy.request("GET", "/back") and first.of("/back"))


def _goes_to(caddy, wanted, other):
    before = len(other.seen)
    return all(caddy.request("GET", "/only")[0].status == 200 for _ in range(20)) and len(other.seen) == before


def test_what_cannot_be_sent_goes_to_the_other(two):
    """Caddy 2.6 can do so only for requests without a body, until it has asked the dead one whether it is ready."""
    first, second, caddy = two
    first.keeps_connections = False
    for turn in range(3):
        until(lambda: caddy.request("GET", f"/up-{turn}") and first.of(f"/up-{turn}"))
        first.stop()
        for method in ("GET", "POST") * 6:
            assert caddy.request(method, f"/bare-{turn}")[0].status == 200
        until(lambda: _take_bodies(caddy, 6))
        assert len(second.of(f"/bare-{turn}")) == 12
        first.start()


def _take_bodies(caddy, count):
    answers = [caddy.request("POST", "/full", body=b"%d" % number) for number in range(count)]
    assert all(answer.status == 502 or body == b"%d" % number for number, (answer, body) in enumerate(answers))
    return all(answer.status == 200 for answer, _ in answers)


def test_nonsense_of_one_client_does_not_take_the_hub_away_from_others(two):
    """A body that cannot be read ends in a failed request to a healthy process."""
    *_, caddy = two
    for _ in range(6):
        connection = caddy.connect()
        connection.putrequest("POST", "/nonsense")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        connection.send(b"3\r\nabc\r\nzz\r\n\r\n")
        assert connection.getresponse().status >= 400
        connection.close()
        assert caddy.request("POST", "/sense", body=b"1")[1] == b"1"


def test_what_was_sent_is_not_sent_again(two):
    """A commit whose process dies may have happened."""
    first, second, caddy = two

    def die(exchange):
        exchange.body()
        exchange.connection.shutdown(socket.SHUT_RDWR)

    first.answer = second.answer = die
    assert caddy.request("POST", "/commit", body=b"x")[0].status == 502
    assert len(first.of("/commit") + second.of("/commit")) == 1


def test_a_hub_that_is_away_is_a_typed_error(two):
    first, second, caddy = two
    first.ready = second.ready = False
    until(lambda: caddy.request("POST", "/away", body=b"1")[0].status == 503)
    answer, body = caddy.request("POST", "/away", body=b"1")
    assert answer.headers["X-Error-Message"] == json.loads(body)["error"]
