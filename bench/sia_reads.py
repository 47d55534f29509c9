#!/usr/bin/env python3
"""sia_reads.py [--real] [--mib N] [--file-mib N] [--only PART]: a hub on a local Sia network whose bodies are on no disk any more.

Prints, each beside its yardstick: time to the first byte and bytes read from hosts for a cold range of 128 KiB (the
Foundation's SDK reading the same range of the same object's hosts, as a process); what 100 concurrent cold readers of one range
cost (one reader); speed and CPU time of `curl` for a large cold file (the SDK reading the same objects one after the other,
hosts optimised); the median of a warm range (a request for /health on the same hub); the peak of resident memory while the hub
pins and many read cold (512 MiB; sia_memory.py takes worker and gateway apart). Network, hosts, hub and readers share this
machine, so times are for comparing only.

    .venvs/test/bin/python bench/sia_reads.py
"""

from __future__ import annotations

import argparse
import http.client
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "e2e"))
if "--real" in sys.argv:
    os.environ["SIAHUB_SIA_NET"] = "real"

from harness.client import LATEST, Client  # noqa: E402
from harness.data import MIB, write_stream  # noqa: E402
from harness.sia import SiaNetwork, Theirs, build, their_client  # noqa: E402
from harness.sia_hub import restart_wiped, sia_hub, wait_until_pinned  # noqa: E402

RANGE, READERS, ROUNDS, WARM = 128 * 1024, 100, 9, 400
PARTS = ["cold_ranges", "many_readers", "warm_range", "cold_file", "memory"]
MEMORY_LIMIT, LOAD_READERS = 512 * MIB, 32


def get(url: str, first: int, size: int) -> tuple[float, float]:
    """Seconds until the first byte, and until the last."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=300)
    begun = time.perf_counter()
    connection.request("GET", f"{parts.path}?{parts.query}", headers={"Range": f"bytes={first}-{first + size - 1}"})
    answer = connection.getresponse()
    assert answer.status == 206, answer.status
    length = len(answer.read(1))
    to_first = time.perf_counter() - begun
    length += len(answer.read())
    connection.close()
    assert length == size
    return to_first, time.perf_counter() - begun


class Bench:
    def __init__(self, network, mib: int, file_mib: int) -> None:
        self.network, self.mib, self.file_mib = network, mib, file_mib
        self.hub = sia_hub(network, "--sia-snapshot-every", "7d")
        self.client = Client(LATEST, self.hub.url, self.hub.key("alice"))

    def upload(self, repo: str, files: int, mib: int) -> None:
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home) / "up"
            folder.mkdir()
            for i in range(files):
                write_stream(folder / f"{i}.bin", f"{repo} {i}", mib * MIB)
            self.client.cli("upload", repo, folder)

    def link(self, repo: str, number: int) -> str:
        http = self.hub.http(self.hub.key("alice"))
        return http.get(f"/{repo}/resolve/main/{number}.bin").headers["Location"]

    def read_from_hosts(self) -> int:
        return sum(host["readBytes"] for host in self.network.host_list())

    def cold_ranges(self) -> None:
        theirs = their_client(self.network)
        with tempfile.TemporaryDirectory() as home:
            source = Path(home) / "file"
            write_stream(source, "theirs", self.mib * MIB)
            object_id = theirs.put(source).split()[0]
            ours, bytes_ours, sdk, bytes_sdk = [], [], [], []
            for i in range(ROUNDS):
                at = (1 + 2 * i) * MIB + 12_345
                url = self.link("alice/cold", 0)
                before = self.read_from_hosts()
                ours.append(get(url, at, RANGE)[0])
                bytes_ours.append(self.read_from_hosts() - before)
                before, begun = self.read_from_hosts(), time.perf_counter()
                theirs.get(object_id, Path(home) / "part", at, RANGE)
                sdk.append(time.perf_counter() - begun)
                bytes_sdk.append(self.read_from_hosts() - before)
        say("first byte of a cold 128 KiB range", statistics.median(ours), statistics.median(sdk), "s", "the SDK's whole process")
        say("bytes read from hosts for it", statistics.median(bytes_ours) / 1024, statistics.median(bytes_sdk) / 1024, "KiB", "the SDK")

    def many_readers(self) -> None:
        costs = []
        for readers, number in ((1, 1), (READERS, 2)):
            url, before = self.link("alice/cold", number), self.read_from_hosts()
            with ThreadPoolExecutor(readers) as pool:
                list(pool.map(lambda _, url=url: get(url, 3 * MIB, RANGE), range(readers)))
            costs.append((self.read_from_hosts() - before) / 1024)
        say(f"bytes read from hosts for {READERS} cold readers of one range", costs[1], costs[0], "KiB", "one reader")

    def objects_of(self, repo: str) -> list[str]:
        """On Sia, with the bodies of all files of a repository."""
        rows = self.hub.database.rows(
            "SELECT DISTINCT lower(hex(p.object)) FROM xorb_pins p JOIN reconstruction_terms t ON t.xorb_hash = p.hash "
            "JOIN reconstruction_files f ON f.file_hash = t.file_hash JOIN repos r ON r.id = f.repo_id "
            f"WHERE r.full_key = '{repo}'"
        )
        return [row[0] for row in rows]

    def cold_file(self) -> None:
        self.upload("alice/large", 1, self.file_mib)
        wait_until_pinned(self.hub)
        restart_wiped(self.hub)
        about, objects = self.network.description(), self.objects_of("alice/large")
        theirs = Theirs([str(build("sia_interop", "release")), about["app_url"], about["app_key"]], {})
        with tempfile.TemporaryDirectory() as home:
            url, cpu, begun = self.link("alice/large", 0), self.hub.cpu_seconds(), time.perf_counter()
            subprocess.run(["curl", "-sSf", "-o", f"{home}/curl", url], check=True)
            ours, ours_cpu = time.perf_counter() - begun, self.hub.cpu_seconds() - cpu
            assert (Path(home) / "curl").stat().st_size == self.file_mib * MIB
            cpu, begun = cpu_of_children(), time.perf_counter()
            sizes = [len(theirs.get(id, Path(home) / "sdk")) for id in objects]
            sdk, sdk_cpu = time.perf_counter() - begun, cpu_of_children() - cpu
        mib = sum(sizes) / MIB
        say(f"curl of a cold file of {self.file_mib} MiB", self.file_mib / ours, mib / sdk, "MiB/s", f"the SDK, {len(objects)} objects")
        say("CPU time for it", ours_cpu * 1024 / self.file_mib, sdk_cpu * 1024 / mib, "s/GiB", "the SDK")

    def warm_range(self) -> None:
        url = self.link("alice/cold", 1)
        warm = [get(url, 3 * MIB, RANGE)[1] for _ in range(WARM)]
        small = []
        for _ in range(WARM):
            begun = time.perf_counter()
            self.hub.http().get("/health")
            small.append(time.perf_counter() - begun)
        say("a warm 128 KiB range, median", statistics.median(warm) * 1e3, statistics.median(small) * 1e3, "ms", "/health")

    def memory(self) -> None:
        stop = threading.Event()

        def read(number: int) -> int:
            done = 0
            while not stop.is_set():
                get(self.link("alice/cold", number % 4), (number * 977 + done * 131) % (self.mib - 9) * MIB, 8 * MIB)
                done += 1
            return done

        restart_wiped(self.hub)
        before = self.hub.memory()
        with ThreadPoolExecutor(LOAD_READERS) as pool:
            readers = [pool.submit(read, i) for i in range(LOAD_READERS)]
            self.upload("alice/load", 4, 4 * self.mib)
            wait_until_pinned(self.hub)
            stop.set()
            total = sum(reader.result() for reader in readers)
        print(f"  ({total} cold or warm reads of 8 MiB beside {16 * self.mib} MiB pinned; idle it had {before >> 20} MiB)")
        say("resident memory, worker and gateway in one process", self.hub.memory("VmHWM") / MIB, MEMORY_LIMIT / MIB, "MiB", "512 MiB each")

    def run(self, parts: list[str]) -> None:
        self.upload("alice/cold", 4, self.mib)
        wait_until_pinned(self.hub)
        restart_wiped(self.hub)
        for part in parts:
            getattr(self, part)()
        self.client.close()


def cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def say(what: str, ours: float, yardstick: float, unit: str, name: str) -> None:
    print(f"{what}: {ours:.3g} {unit}; {name}: {yardstick:.3g} {unit}; ratio {ours / yardstick:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--mib", type=int, default=24)
    parser.add_argument("--file-mib", type=int, default=256)
    parser.add_argument("--only", choices=PARTS)
    arguments = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with SiaNetwork(memory_mib=8192, profile="release") as network:
        bench = Bench(network, arguments.mib, arguments.file_mib)
        try:
            bench.run([arguments.only] if arguments.only else PARTS)
        finally:
            bench.hub.close()


if __name__ == "__main__":
    main()
