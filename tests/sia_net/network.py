"""Builds and runs a local Sia network: the processes, the file that describes it, the control ports.

Only Python's own library: the scripts beside this file and the harness of the end-to-end tests use it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
INDEXD = Path(os.environ.get("SIAHUB_SIA_NET_INDEXD", HERE.parents[1] / "build" / "tests" / "sia_net" / "sia_net_indexd"))
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "siahub" / "sia_net"
PACKAGES = ("sia_net_hosts", "sia_interop")


class OrderRefused(Exception):
    """The control port answered with an error."""


def build(package: str = "sia_net_hosts", profile: str = "tests") -> Path:
    """The program of this package, compiled when something changed. Clones share what was compiled."""
    if shutil.which("cargo") is None:
        raise RuntimeError("cargo 1.85 or newer is needed to build the hosts of the test network (see rustup)")
    command = ["cargo", "build", f"--profile={profile}", "--quiet", "--jobs=2", "--package", package]
    environment = os.environ | {"CARGO_TARGET_DIR": str(CACHE)}
    subprocess.run(command, cwd=HERE, env=environment, check=True, preexec_fn=lambda: os.nice(5))
    return CACHE / profile / package


def ask(url: str, order: dict | None = None, timeout: float = 30) -> object:
    """GET, or POST when there is an order."""
    body = None if order is None else json.dumps(order).encode()
    request = urllib.request.Request(url, data=body, method="GET" if order is None else "POST")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        raise OrderRefused(error.read().decode(errors="replace").strip()) from None


class Program:
    """A process that prints one line of JSON when it is ready and ends when its input does."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.log = log
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-4000:]}")
        self.ready = json.loads(line)

    def end(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def kill(self) -> None:
        self.process.kill()
        self.end()


class Network:
    """Everything of one network; ends with the process that made it, however that ends."""

    # What its hosts can be told to lie about; real ones compute roots and sign prices themselves.
    lies = frozenset({"wrong_bytes", "wrong_proof", "short_data", "wrong_root"})

    def __init__(self, *, hosts: int = 15, memory_mib: int = 2048, seed: str = "default", profile: str = "tests") -> None:
        self.profile = profile
        self.home = Path(tempfile.mkdtemp(prefix="siahub-sia-net-"))
        self.options = ["--hosts", str(hosts), "--memory-mib", str(memory_mib), "--seed", seed]
        self.hosts: Program | None = None
        self.indexd: Program | None = None

    def start(self) -> "Network":
        program = build(profile=self.profile)
        if not INDEXD.exists():
            raise RuntimeError(f"{INDEXD} is missing: `make build` makes it")
        begun = time.monotonic()
        self.hosts = Program([str(program), *self.options], self.home / "hosts.log")
        self.indexd = Program([str(INDEXD), json.dumps(self.hosts.ready["hosts"])], self.home / "indexd.log")
        self.seconds_to_start = time.monotonic() - begun
        self.file.write_text(json.dumps(self.description(), indent=2) + "\n")
        return self

    @property
    def file(self) -> Path:
        return self.home / "network.json"

    def description(self) -> dict:
        """Addresses and keys: what tests/sia_net/README.md lists."""
        indexd = {name: value for name, value in self.indexd.ready.items() if name != "control"}
        controls = {"hosts_control": self.hosts.ready["control"], "indexd_control": self.indexd.ready["control"]}
        return indexd | controls | {"hosts": self.hosts.ready["hosts"]}

    def processes(self) -> list[int]:
        """Everything but the clients."""
        return [self.hosts.process.pid, self.indexd.process.pid]

    def close(self) -> None:
        for program in (self.indexd, self.hosts):
            if program:
                program.end()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> "Network":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- orders ----------------------------------------------------------------------------------

    def host_order(self, index: int, order: str, **fields: object) -> dict:
        return ask(f"{self.hosts.ready['control']}/hosts/{index}/{order}", fields)

    def host_list(self) -> list[dict]:
        return ask(f"{self.hosts.ready['control']}/hosts")

    def stop_host(self, index: int) -> None:
        self.host_order(index, "stop")

    def start_host(self, index: int) -> None:
        self.host_order(index, "start")

    def fault(self, index: int, kind: str = "none", **fields: object) -> None:
        """See hosts/src/fault.rs; without a kind the host is honest again."""
        self.host_order(index, "fault", kind=kind, **fields)

    def indexd_order(self, order: str, **fields: object) -> dict:
        return ask(f"{self.indexd.ready['control']}/{order}", fields)

    def indexd_fault(self, path: str, **fields: object) -> None:
        """Requests below this path meet it: see src/sia/test_support/fake_indexd.hpp."""
        self.indexd_order("fault", path=path, **fields)

    def slabs(self) -> list[dict]:
        return ask(f"{self.indexd.ready['control']}/slabs")

    def repair(self, root: str, to: int) -> None:
        """Moves a sector as indexd's repair does: another host has it, its old one does not, objects have changed."""
        hosts = self.hosts.ready["hosts"]
        holders = [host["index"] for host in self.host_list() if root in ask(f"{self.hosts.ready['control']}/hosts/{host['index']}/sectors")]
        for holder in holders:
            if holder != to:
                self.host_order(to, "copy", root=root, **{"from": holder})
                self.host_order(holder, "drop", root=root)
        self.indexd_order("move", root=root, to=hosts[to]["publicKey"])


def kind(*, real: bool) -> type[Network]:
    """The network of stand-ins, or the one of real parts (README.md)."""
    if not real:
        return Network
    from real import real_network

    return real_network.RealNetwork


if __name__ == "__main__":
    for wanted in PACKAGES:
        build(wanted)
    if os.environ.get("SIAHUB_SIA_NET") == "real":
        from real import real_network

        real_network.prepare()
