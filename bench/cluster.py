#!/usr/bin/env python3
"""Compares two cas and two gateways with one of each, on the same cores and in one run: rounds take turns. Prints uploads,
API calls and warm downloads per second, their ratio, and where the CPU of the machine went meanwhile: when hardly any is
idle, the cores are what limits, and more processes on them can gain nothing. Clients speak to the processes directly.

  tests/postgres/with_postgres.sh .venvs/test/bin/python bench/cluster.py --build build [--rounds N]
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "e2e"))
from harness import xet  # noqa: E402
from harness.cluster import Cluster  # noqa: E402
from harness.data import MIB, noise, sha256  # noqa: E402
from harness.http import lfs_file  # noqa: E402

REPO = "alice/bench"
CLIENTS = 4
XORB, XORBS = 8 * MIB, 16
CALLS = 6000
FILE, TURNS = 60 * MIB, 16
STEP = 8 * MIB
# One client here asks more often than a person's key may. The limit counts all the same, which costs what it costs.
LIMITS = {"SIAHUB_LIMITS_KEY_PER_SECOND": "1000000", "SIAHUB_LIMITS_KEY_BURST": "1000000"}
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pids: list[int]) -> float:
    total = 0.0
    for pid in pids:
        try:
            tasks = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
            total += sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
        except FileNotFoundError:
            continue  # a connection of the database that has ended
    return total


def idle_seconds() -> float:
    fields = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()
    return (int(fields[4]) + int(fields[5])) / TICKS


class Hub:
    """A cluster with a file in its gateways' caches."""

    def __init__(self, size: int, load: pathlib.Path) -> None:
        self.size, self.load = size, load
        self.cluster = Cluster(cas=size, gateways=size)

    def prepare(self) -> None:
        cluster, content = self.cluster, noise("bench", FILE)
        cluster.add_user("alice")
        self.key = cluster.key("alice")
        self.https = [cluster.at(cas, self.key) for cas in cluster.cas]
        assert self.https[0].create_repo(REPO).status == 200
        file = xet.Uploader(self.https[0], REPO).upload(content, sha256(content))
        assert self.https[0].commit(REPO, lfs_file("a.bin", sha256(content), FILE)).status == 200
        reader = xet.read_token(self.https[0], REPO)
        plan = reader.get(f"/v2/reconstructions/{xet.to_hex(file.file_hash)}").json()
        [[entry]] = plan["xorbs"].values()
        self.link = "/" + entry["url"].split("/", 3)[3]
        self.bytes = entry["ranges"][0]["bytes"]["end"] + 1
        for gateway in cluster.gateways:
            self.run_download(gateway, 1)
        self.uploaders = [xet.Uploader(self.https[i % self.size], REPO) for i in range(CLIENTS)]
        for uploader in self.uploaders:
            assert uploader.cas
        pid = int((pathlib.Path(cluster.sql("SHOW data_directory")) / "postmaster.pid").read_text().split()[0])
        self.postmaster = pid

    def database_pids(self) -> list[int]:
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.postmaster)], capture_output=True, text=True)
        return [self.postmaster, *map(int, children.stdout.split())]

    def run_download(self, gateway, turns: int) -> None:
        command = [self.load, "download", "127.0.0.1", str(gateway.port), self.link, str(self.bytes), str(STEP), str(turns)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def run_calls(self, cas) -> None:
        command = [self.load, "requests", "HEAD", "127.0.0.1", str(cas.port), f"/{REPO}/resolve/main/a.bin", str(CALLS), "8"]
        subprocess.run([*command, f"Authorization: Bearer {self.key}"], check=True, stdout=subprocess.DEVNULL)

    # Each with CLIENTS at once, spread over the processes; answers how much was done.

    def uploads(self) -> float:
        xorbs = [xet.Xorb.of(os.urandom(XORB)) for _ in range(XORBS)]
        bodies = [(xorb.hex, xorb.body) for xorb in xorbs]

        def send(i: int) -> None:
            for name, body in bodies[i::CLIENTS]:
                answer = self.uploaders[i].cas.post(f"/v1/xorbs/default/{name}", body=body)
                assert answer.status == 200, answer.body

        self.begin()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(send, range(CLIENTS)))
        return XORB * XORBS / MIB

    def calls(self) -> float:
        self.begin()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda i: self.run_calls(self.cluster.cas[i % self.size]), range(CLIENTS)))
        return CLIENTS * CALLS

    def downloads(self) -> float:
        self.begin()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda i: self.run_download(self.cluster.gateways[i % self.size], TURNS), range(CLIENTS)))
        return CLIENTS * TURNS * self.bytes / (1 << 30)

    def seconds(self) -> dict[str, float]:
        """Of CPU until now, and of the clock."""
        own = os.times()
        return {
            "cas": cpu_of([cas.process.pid for cas in self.cluster.cas]),
            "gateways": cpu_of([gateway.process.pid for gateway in self.cluster.gateways]),
            "PostgreSQL": cpu_of(self.database_pids()),
            "clients": own.user + own.system + own.children_user + own.children_system,
            "idle": idle_seconds(),
            "clock": time.perf_counter(),
        }

    def begin(self) -> None:
        self.before = self.seconds()

    def measure(self, what: str) -> tuple[float, dict[str, float]]:
        """How much per second, and the share of the machine that each had."""
        done = getattr(self, what)()
        after = self.seconds()
        spent = {name: after[name] - self.before[name] for name in after}
        clock = spent.pop("clock")
        shares = {name: value / clock / os.cpu_count() for name, value in spent.items()}
        shares["others"] = max(0.0, 1 - sum(shares.values()))
        return done / clock, shares


LOADS = {"uploads": "MiB/s", "calls": "calls/s", "downloads": "GiB/s"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default="build")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    load = options.build.resolve() / "bench" / "http_load"
    os.environ |= LIMITS
    one, two = Hub(1, load), Hub(2, load)
    with one.cluster, two.cluster:
        for hub in (one, two):
            hub.prepare()
            for what in LOADS:
                hub.measure(what)
        for what, unit in LOADS.items():
            rounds = [[hub.measure(what) for hub in (one, two)] for _ in range(options.rounds)]
            rates = [statistics.median(taken[i][0] for taken in rounds) for i in range(2)]
            ratio = statistics.median(two_of[0] / one_of[0] for one_of, two_of in rounds)
            print(f"{what:10} one of each {rates[0]:8.1f} {unit}, two of each {rates[1]:8.1f} {unit}: ×{ratio:.2f}")
            for i, name in enumerate(("one", "two")):
                shares = {key: statistics.median(taken[i][1][key] for taken in rounds) for key in rounds[0][i][1]}
                print(f"    CPU with {name}: " + ", ".join(f"{key} {share:.0%}" for key, share in shares.items()), flush=True)


if __name__ == "__main__":
    main()
