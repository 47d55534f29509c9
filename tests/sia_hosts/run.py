#!/usr/bin/env python3
"""run.py PROBE [--hosts N] [--real]: puts the hosts of a local Sia network (tests/sia_net) through everything that our client
does with hosts; PROBE is the path of sia_host_probe."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "sia_net"))
import network  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("probe")
    parser.add_argument("--hosts", type=int, default=14)
    parser.add_argument("--real", action="store_true", help="hosts of the Foundation (tests/sia_net/README.md)")
    options = parser.parse_args()
    with network.kind(real=options.real)(hosts=options.hosts, memory_mib=2048) as net:
        arguments = [part for host in net.description()["hosts"] for part in (host["address"], host["publicKey"])]
        environment = os.environ | {"SIAHUB_SIA_APP_KEY": net.description()["app_key"]}
        return subprocess.run([options.probe, *arguments], env=environment, timeout=600, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
