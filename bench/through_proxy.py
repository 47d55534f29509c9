#!/usr/bin/env python3
"""Compares a warm download through Caddy and a gateway with Caddy serving the same bytes from a file itself, in one run:
rounds take turns. Prints the ratio of the throughput, and the CPU per GiB of each process.

  tests/postgres/with_postgres.sh .venvs/test/bin/python bench/through_proxy.py [--rounds N]
"""

import argparse
import os
import pathlib
import ssl
import statistics
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "e2e"))
from harness import xet  # noqa: E402
from harness.caddy import free_port  # noqa: E402
from harness.cluster import Cluster  # noqa: E402
from harness.data import MIB, noise, sha256  # noqa: E402
from harness.http import lfs_file  # noqa: E402

SIZE = 60 * MIB
TURNS = 4


def cpu_of(pid: int) -> float:
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def download(url: str, context: ssl.SSLContext) -> float:
    """Seconds for the file, TURNS times."""
    buffer, begin = bytearray(MIB), time.perf_counter()
    for _ in range(TURNS):
        with urllib.request.urlopen(url, context=context) as answer:
            size = 0
            while count := answer.readinto(buffer):
                size += count
        assert size == SIZE
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    cluster = Cluster(cas=1, gateways=1)
    site = cluster.home / "site"
    site.mkdir()
    content = noise("bench", SIZE)
    (site / "a.bin").write_bytes(content)
    os.chmod(cluster.home, 0o755)
    plain_port = free_port()
    config = cluster.home / "Caddyfile"
    authority = cluster.caddy.authority
    config.write_text(
        f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\nhttps://localhost:{plain_port} {{\n"
        f"\ttls {authority.certificate} {authority.key}\n\troot * {site}\n\tfile_server\n}}\n"
    )
    with cluster:
        plain = subprocess.Popen(["caddy", "run", "--config", config, "--adapter", "caddyfile"], stderr=subprocess.DEVNULL)
        try:
            cluster.add_user("alice")
            alice = cluster.at(cluster.cas[0], cluster.key("alice"))
            assert alice.create_repo("alice/bench").status == 200
            xet.Uploader(alice, "alice/bench").upload(content, sha256(content))
            assert alice.commit("alice/bench", lfs_file("a.bin", sha256(content), SIZE)).status == 200
            context = ssl.create_default_context(cafile=str(authority.ca))
            link = alice.get("/alice/bench/resolve/main/a.bin").headers["Location"]
            urls = {"gateway": link, "file": f"https://localhost:{plain_port}/a.bin"}
            pids = {"gateway": [cluster.gateways[0].process.pid, cluster.caddy.process.pid], "file": [plain.pid]}
            for url in urls.values():
                download(url, context)
            took, cpu = ({way: [] for way in urls} for _ in range(2))
            for _ in range(options.rounds):
                for way, url in urls.items():
                    before = [cpu_of(pid) for pid in pids[way]]
                    took[way].append(download(url, context))
                    cpu[way].append([cpu_of(pid) - b for pid, b in zip(pids[way], before)])
            gib = TURNS * SIZE / (1 << 30)
            for way in urls:
                speed = gib / statistics.median(took[way])
                parts = [statistics.median(values) / gib for values in zip(*cpu[way])]
                # Of the gateway and Caddy, or of Caddy alone.
                print(f"{way:8} {speed:6.2f} GiB/s, CPU s per GiB: " + ", ".join(f"{part:.2f}" for part in parts))
            print(f"throughput ratio {statistics.median(took['file']) / statistics.median(took['gateway']):.2f}")
        finally:
            plain.terminate()
            plain.wait()


if __name__ == "__main__":
    main()
