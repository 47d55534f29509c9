#!/usr/bin/env python3
"""run.py PROBE [--hosts N]: puts the hosts of a local Sia network (tests/sia_net) through everything that our client
does with hosts; PROBE is the path of sia_host_probe."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "sia_net"))
import network  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("probe")
    parser.add_argument("--hosts", type=int, default=14)
    options = parser.parse_args()
    with network.Network(hosts=options.hosts, memory_mib=2048) as net:
        arguments = [part for host in net.description()["hosts"] for part in (host["address"], host["publicKey"])]
        return subprocess.run([options.probe, *arguments], timeout=600, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
