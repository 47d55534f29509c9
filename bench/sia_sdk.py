#!/usr/bin/env python3
"""sia_sdk.py [--real] [--mib N] [--rounds N]: our Sia client beside the Foundation's SDK on one local network.

Each round stores a file of its own with `siahub sia put` and with the SDK (tests/sia_net/interop), reads it back with
both, and takes wall time, CPU time and peak memory of each process; the order changes from round to round. Prints the
medians and the ratios. Network, hosts and clients share this machine, and hosts hash every sector again: their CPU time is
taken beside the client's, and with it the throughput that this machine's cores allow. `within` is what a client could
reach at its own CPU time with every core busy, `free` what one that needs no CPU at all would reach; neither says anything
about a machine on which other work runs.
"""

from __future__ import annotations

import argparse
import contextlib
import filecmp
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "sia_net"))
import network  # noqa: E402

DATA, TOTAL = 4, 14
MEMORY_MIB = 4096


@dataclass
class Run:
    seconds: float
    cpu: float
    network_cpu: float  # of hosts and indexd meanwhile
    peak_mib: float
    output: str


def parents() -> dict[int, int]:
    known = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            known[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return known


def cpu_of(roots: list[int]) -> float:
    """Of these processes and those that they have started."""
    parent, ticks = parents(), 0
    for pid in parent:
        line = [pid]
        while line[-1] in parent:
            line.append(parent[line[-1]])
        if not set(line).isdisjoint(roots):
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measured(net: network.Network, command: list[str], environment: dict[str, str]) -> Run:
    of_network, begun = cpu_of(net.processes()), time.monotonic()
    with subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {process.returncode}")
    seconds, of_network = time.monotonic() - begun, cpu_of(net.processes()) - of_network
    return Run(seconds, usage.ru_utime + usage.ru_stime, of_network, usage.ru_maxrss / 1024, output.strip())


class Clients:
    def __init__(self, net: network.Network, siahub: Path) -> None:
        self.net, about = net, net.description()
        self.ours = [str(siahub), "sia"]
        self.environment = {"SIAHUB_SIA_INDEXD": about["app_url"], "SIAHUB_SIA_APP_KEY": about["app_key"]}
        self.sdk = [str(network.build("sia_interop", "release")), about["app_url"], about["app_key"]]

    def put(self, who: str, file: Path) -> Run:
        if who == "ours":
            return measured(self.net, [*self.ours, "put", str(file), "--redundancy", f"{DATA}-of-{TOTAL}"], self.environment)
        return measured(self.net, [*self.sdk, "put", str(file), str(DATA), str(TOTAL - DATA)], self.environment)

    def get(self, who: str, id: str, file: Path) -> Run:
        return measured(self.net, [*(self.ours if who == "ours" else self.sdk), "get", id, str(file)], self.environment)


def one_round(net: network.Network, clients: Clients, order: tuple[str, str], mib: int, runs: dict) -> None:
    with tempfile.TemporaryDirectory() as home:
        for who in order:
            source = Path(home) / who
            # In pieces: a process counts what its parent had in memory as its own peak.
            with open(source, "wb") as file:
                for _ in range(mib):
                    file.write(os.urandom(1 << 20))
            stored = clients.put(who, source)
            runs["put", who].append(stored)
            for reader in order:
                back = Path(home) / "back"
                runs["get", reader].append(clients.get(reader, stored.output.split()[0], back))
                if not filecmp.cmp(source, back, shallow=False):
                    raise RuntimeError(f"{reader} read other bytes than {who} had written")
            for index in range(len(net.host_list())):
                net.host_order(index, "drop")


def report(runs: dict, mib: int) -> None:
    cores = os.cpu_count()
    print(f"{'':12}{'MiB/s':>9}{'within':>9}{'free':>9}{'CPU s/GiB':>11}{'of network':>12}{'peak MiB':>10}")
    median: dict = {}
    for (what, who), list_of_runs in runs.items():
        speed = mib / statistics.median(run.seconds for run in list_of_runs)
        cpu = statistics.median(run.cpu for run in list_of_runs) * 1024 / mib
        of_network = statistics.median(run.network_cpu for run in list_of_runs) * 1024 / mib
        within, free = cores * 1024 / (cpu + of_network), cores * 1024 / max(of_network, 1e-9)
        median[what, who] = (speed, cpu, within)
        peak = max(run.peak_mib for run in list_of_runs)
        print(f"{what} {who:8}{speed:9.1f}{within:9.1f}{free:9.1f}{cpu:11.2f}{of_network:12.2f}{peak:10.0f}")
    for what in ("put", "get"):
        ours, sdk = median[what, "ours"], median[what, "sdk"]
        print(
            f"{what}: ours / SDK: throughput {ours[0] / sdk[0]:.2f}, CPU {ours[1] / sdk[1]:.2f};"
            f" with all {cores} cores busy throughput would be {ours[2] / sdk[2]:.2f}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", action="store_true", help="on the Foundation's indexd and hosts")
    parser.add_argument("--mib", type=int, default=192)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--siahub", type=Path, default=ROOT / "build" / "siahub")
    options = parser.parse_args()
    runs: dict = {(what, who): [] for what in ("put", "get") for who in ("ours", "sdk")}
    with network.kind(real=options.real)(hosts=15, memory_mib=MEMORY_MIB, profile="release") as net:
        clients = Clients(net, options.siahub)
        for number in range(options.rounds):
            one_round(net, clients, ("ours", "sdk") if number % 2 == 0 else ("sdk", "ours"), options.mib, runs)
    print(f"{options.rounds} rounds of {options.mib} MiB at {DATA}-of-{TOTAL}, {'real' if options.real else 'stand-in'} network")
    report(runs, options.mib)
    return 0


if __name__ == "__main__":
    sys.exit(main())
