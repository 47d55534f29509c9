#!/usr/bin/env python3
"""Compares API calls of a hub on PostgreSQL with those of a hub on SQLite, in one run: rounds take
turns, each call is one after the other on one connection. Prints the median latency of a call and the CPU
time that the hub itself takes for it (not PostgreSQL's own), and PostgreSQL's part as a ratio.

  tests/postgres/with_postgres.sh bench/database.py --build build [--rounds N]
"""

import argparse
import base64
import http.client
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import urllib.parse

from hub import Hub

SERVER = os.environ.get("SIAHUB_TEST_DATABASE_URL", "")
READS, WRITES = 400, 40
numbers = itertools.count()


def start(program: pathlib.Path, data: str, url: str) -> Hub:
    os.environ["SIAHUB_DATABASE_URL"] = url
    return Hub(program, data)


def cpu_seconds(hub: Hub) -> float:
    tasks = pathlib.Path(f"/proc/{hub.process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def commit_body() -> bytes:
    content = base64.b64encode(b"%d" % next(numbers)).decode()
    lines = [{"key": "header", "value": {"summary": "bench"}},
             {"key": "file", "value": {"path": "file.txt", "content": content, "encoding": "base64"}}]
    return "\n".join(json.dumps(line) for line in lines).encode()


def new_repo() -> bytes:
    return json.dumps({"name": f"a-model-with-a-usual-name-{next(numbers)}"}).encode()


CALLS = {
    "whoami": (READS, "GET", "/api/whoami-v2", None),
    "HEAD resolve": (READS, "HEAD", "/bench/model/resolve/main/file.txt", None),
    "tree": (READS, "GET", "/api/models/bench/model/tree/main", None),
    "model info": (READS, "GET", "/api/models/bench/model", None),
    "list": (READS, "GET", "/api/models?limit=20", None),
    "search": (READS, "GET", "/api/models?limit=20&search=bench%2Fmod", None),
    "commit": (WRITES, "POST", "/api/models/bench/model/commit/main", commit_body),
    "create": (WRITES, "POST", "/api/repos/create", new_repo),
}


def measure(hub: Hub, times: int, method: str, path: str, body) -> tuple[float, float]:
    """Median seconds of a call, seconds of CPU for each."""
    address = urllib.parse.urlsplit(hub.base)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    headers = {"Authorization": f"Bearer {hub.key}", "Content-Type": "application/x-ndjson"}
    took, before = [], cpu_seconds(hub)
    for _ in range(times):
        sent = body() if body else None
        begin = time.perf_counter()
        connection.request(method, path, sent, headers)
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - begin)
        assert answer.status == 200, (method, path, answer.status)
    return statistics.median(took), (cpu_seconds(hub) - before) / times


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default="build")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    subprocess.run(["psql", "-Xq", "-d", SERVER, "-c", "CREATE DATABASE bench"], check=True)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        program = options.build / "siahub"
        hubs = [start(program, one, ""),
                start(program, two, SERVER.replace("/postgres?", "/bench?"))]
        try:
            for hub in hubs:
                hub.call_json("POST", "/api/repos/create", {"name": "model"})
                hub.call("POST", "/api/models/bench/model/commit/main", commit_body())
            print(f"{'call':14}{'SQLite µs':>11}{'PostgreSQL µs':>15}{'ratio':>7}"
                  f"{'CPU µs':>9}{'CPU µs':>9}{'ratio':>7}")
            for name, (times, *call) in CALLS.items():
                for hub in hubs:
                    measure(hub, times // 4, *call)
                rounds = [[measure(hub, times, *call) for hub in hubs]
                          for _ in range(options.rounds)]
                latency, cpu = ([statistics.median(r[h][i] for r in rounds) * 1e6 for h in (0, 1)]
                                for i in (0, 1))
                print(f"{name:14}{latency[0]:11.0f}{latency[1]:15.0f}{latency[1] / latency[0]:7.2f}"
                      f"{cpu[0]:9.0f}{cpu[1]:9.0f}{cpu[1] / cpu[0]:7.2f}")
        finally:
            for hub in hubs:
                hub.process.terminate()
                hub.process.wait()


if __name__ == "__main__":
    main()
