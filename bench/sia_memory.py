#!/usr/bin/env python3
"""sia_memory.py [--mib N]: what the worker and the gateway of a hub on Sia need at most, each a process of its own.

A cas, whose worker pins what is uploaded meanwhile, and a gateway, from which 32 readers read ranges of more than its cache
of 256 MiB holds, on PostgreSQL and a local Sia network. Prints the most resident memory of each beside 512 MiB, how much each has
done for it, and the CPU time that took.

    .venvs/test/bin/python bench/sia_memory.py
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "e2e"))

from harness import database  # noqa: E402
from harness.client import LATEST, Client  # noqa: E402
from harness.cluster import Cluster, Process, until  # noqa: E402
from harness.data import MIB, noise, write_stream  # noqa: E402
from harness.sia import SiaNetwork  # noqa: E402
from harness.sia_cluster import cold_cluster, link, read_from_hosts, read_range  # noqa: E402

LIMIT, READERS, FILES, RANGE = 512, 32, 4, 8 * MIB
PATIENCE = 1200


def memory(process: Process, field: str) -> float:
    """MiB: VmRSS is the resident memory now, VmHWM the most it has been."""
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return int(re.search(rf"^{field}:\s+(\d+) kB", status, re.M).group(1)) / 1024


def read_until(stop: threading.Event, cluster: Cluster, paths: list[str], size: int, seed: int) -> int:
    choose, done = random.Random(seed), 0
    while not stop.is_set():
        first = choose.randrange(size - RANGE)
        answer = read_range(cluster, choose.choice(paths), first, first + RANGE - 1)
        assert answer.status == 206 and len(answer.body) == RANGE, answer.status
        done += 1
    return done


def upload(cluster: Cluster, mib: int) -> None:
    client = Client(LATEST, cluster.url, cluster.key("alice"), **cluster.trust)
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "up"
        folder.mkdir()
        for i in range(FILES):
            write_stream(folder / f"{i}.bin", f"load {i}", mib * MIB)
        client.cli("upload", "alice/load", folder)
    client.close()
    until(lambda: cluster.sql("SELECT DISTINCT state FROM xorb_pins") == "pinned", PATIENCE)


def run(network: SiaNetwork, cluster: Cluster, mib: int) -> None:
    worker, gateway = cluster.cas[0], cluster.gateways[0]
    paths = [link(cluster, f"{i}.bin") for i in range(FILES)]
    idle = {process: memory(process, "VmRSS") for process in (worker, gateway)}
    cpu = {process: process.cpu_seconds() for process in (worker, gateway)}
    stop, before = threading.Event(), read_from_hosts(network)
    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read_until, stop, cluster, paths, mib * MIB, i) for i in range(READERS)]
        try:
            upload(cluster, mib)
        finally:
            stop.set()
        reads = sum(reader.result() for reader in readers)
    work = {
        worker: f"pinned {mib * FILES} MiB",
        gateway: f"gave {reads * RANGE // MIB} MiB of which hosts gave {(read_from_hosts(network) - before) // MIB}",
    }
    for process, done in work.items():
        most, seconds = memory(process, "VmHWM"), process.cpu_seconds() - cpu[process]
        print(
            f"{process.name}: at most {most:.0f} MiB; {LIMIT} MiB each; ratio {most / LIMIT:.2f}"
            f" (idle {idle[process]:.0f} MiB; {done} in {seconds:.1f} s of CPU)",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=96, help="size of a file; four are read, four uploaded")
    mib = parser.parse_args().mib
    files = [{f"{i}.bin": noise(f"cold {i}", mib * MIB) for i in range(FILES)}]
    with (
        database.server() as server,
        SiaNetwork(memory_mib=8192, profile="release") as network,
        tempfile.TemporaryDirectory() as scratch,
        cold_cluster(network, server, files, Path(scratch)) as cluster,
    ):
        run(network, cluster, mib)


if __name__ == "__main__":
    main()
