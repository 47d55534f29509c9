#!/usr/bin/env python3
"""What it costs to watch and to limit: the CPU of a HEAD resolve at a hub that writes its line of the log for each, counts
it in metrics that are scraped, and limits it by key, with one that does none of it. In one run, rounds take turns.

  bench/watching.py --build build [--rounds N]
"""

import argparse
import contextlib
import pathlib
import statistics
import subprocess
import tempfile
import urllib.parse

import hub
from database import cpu_seconds

CALLS = 20000
OFF = ["--log-level", "off", "--limit-key", "0", "--limit-anonymous", "0", "--limit-wrong-key", "0"]
WAYS = {
    "neither": OFF,
    "line in the log": ["--log-level", "info", *OFF[2:]],
    "metrics": [*OFF, "--metrics-listen", "127.0.0.1:0"],
    "limit by key": OFF[:2] + ["--limit-key", "1000000", "--limit-key-burst", "1000000"],
    "all": ["--log-level", "info", "--metrics-listen", "127.0.0.1:0", "--limit-key", "1000000", "--limit-key-burst", "1000000"],
}


def cpu_of_call(load: pathlib.Path, target: hub.Hub) -> float:
    port = str(urllib.parse.urlsplit(target.base).port)
    command = [load, "requests", "HEAD", "127.0.0.1", port, "/bench/model/resolve/main/model.bin", str(CALLS), "8"]
    before = cpu_seconds(target)
    subprocess.run([*command, f"Authorization: Bearer {target.key}"], check=True, stdout=subprocess.DEVNULL)
    return (cpu_seconds(target) - before) / CALLS


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default="build")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    program, load = options.build.resolve() / "siahub", options.build.resolve() / "bench" / "http_load"
    with contextlib.ExitStack() as stack:
        hubs = {}
        for name, arguments in WAYS.items():
            data = stack.enter_context(tempfile.TemporaryDirectory())
            hubs[name] = hub.Hub(program, data, arguments, stack.enter_context(open(pathlib.Path(data) / "log", "wb")))
            stack.callback(hubs[name].process.wait)
            stack.callback(hubs[name].process.terminate)
            hub.upload(hubs[name], b"x" * 100_000)
            cpu_of_call(load, hubs[name])
        rounds = [{name: cpu_of_call(load, target) for name, target in hubs.items()} for _ in range(options.rounds)]
        for name in WAYS:
            cost = statistics.median(taken[name] for taken in rounds)
            ratio = statistics.median(taken[name] / taken["neither"] for taken in rounds)
            print(f"{name:16} {cost * 1e6:6.1f} µs of CPU for a HEAD resolve  ×{ratio:.2f}")


if __name__ == "__main__":
    main()
