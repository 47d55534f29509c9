#!/usr/bin/env python3
"""Compares an HTTP server with nginx on this machine, in interleaved rounds; prints medians and ratios.

  http_compare.py --build build                        the bare HTTP layer, as http_bench_server
  http_compare.py --build build --pid PID --port PORT \\
      --download TARGET --download-size N [--small METHOD:TARGET]... [--header H]...
                                                       any running server, for example a hub: a signed
                                                       URL's path, HEAD:/…/resolve/main/x, GET:/api/…

nginx (package nginx-light, one worker, sendfile on) serves the same file (--download-file, else one of
--download-size bytes that both serve) and a small static file of 200 bytes. Servers run on core 0, the
client on core 1, rounds alternate. CPU is the time the server's threads ran, from
/proc/PID/task/*/schedstat; the ticks of /proc/PID/stat would be as long as what is measured.
"""

import argparse
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

GIB = 1 << 30
NGINX_CONF = """
worker_processes 1; daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 600s;
  open_file_cache max=16; client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
  fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port} reuseport; root {dir}/root; default_type application/json; }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid: int) -> float:
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def wait_for_port(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"nothing listens on port {port}")


def pin(pid: int) -> None:
    for task in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(task), {0})


class Peer:
    def __init__(self, name: str, pid: int, port: int, download: str, small: list[str], headers):
        self.name, self.pid, self.port = name, pid, port
        self.download, self.small, self.headers = download, small, headers
        self.results: dict[str, list[tuple[float, float]]] = {}

    def load(self, client: str, label: str, arguments: list[str], units) -> None:
        last = max(os.sched_getaffinity(0))
        before = cpu_seconds(self.pid)
        line = subprocess.run(["taskset", "-c", str(last), client, *arguments, *self.headers],
                              check=True, capture_output=True, text=True).stdout
        cpu = cpu_seconds(self.pid) - before
        result = json.loads(line)
        amount = units(result)
        self.results.setdefault(label, []).append((amount / result["seconds"], cpu / amount))

    def round(self, options) -> None:
        address = ["127.0.0.1", str(self.port)]
        if self.download:
            self.load(options.client, "download",
                      ["download", *address, self.download, str(options.download_size),
                       str(options.step), str(options.times)], lambda r: r["bytes"] / GIB)
        for index, spec in enumerate(self.small):
            method, target = spec.split(":", 1)
            self.load(options.client, f"small {index}",
                      ["requests", method, *address, target, str(options.requests),
                       str(options.connections)], lambda r: r["requests"])

    def median(self, label: str) -> tuple[float, float]:
        rounds = self.results[label]
        return (statistics.median(r for r, _ in rounds), statistics.median(c for _, c in rounds))


def start_nginx(directory: pathlib.Path, options) -> tuple[subprocess.Popen, Peer]:
    root = directory / "root"
    root.mkdir()
    root.joinpath("small").write_bytes(b"x" * 200)
    if options.download_file:
        root.joinpath("file").symlink_to(options.download_file.resolve())
    else:
        with root.joinpath("file").open("wb") as file:
            block = os.urandom(1 << 20)
            for at in range(0, options.download_size, len(block)):
                file.write(block[:options.download_size - at])
    port = free_port()
    config = directory / "nginx.conf"
    config.write_text(NGINX_CONF.format(dir=directory, port=port))
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", str(config)], stderr=subprocess.DEVNULL)
    wait_for_port(port)
    methods = [spec.split(":", 1)[0] for spec in options.small]
    return process, Peer("nginx", process.pid, port, "/file", [f"{m}:/small" for m in methods], [])


def start_own(directory: pathlib.Path, options) -> tuple[subprocess.Popen, Peer]:
    process = subprocess.Popen([options.build / "bench/http_bench_server", "--file",
                                directory / "root/file"], stdout=subprocess.PIPE, text=True)
    port = int(process.stdout.readline().split()[1])
    return process, Peer("siahub", process.pid, port, "/file", options.small, options.header)


def report(own: Peer, nginx: Peer, options) -> None:
    names = {"download": f"download in ranges of {options.step} bytes"}
    names.update({f"small {i}": spec for i, spec in enumerate(options.small)})
    control = pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()
    print(f"congestion control: nginx {control}, siahub reno towards its own host (see README.md)")
    for label in own.results:
        small = label.startswith("small")
        unit, cpu_unit, scale = ("/s", "µs CPU each", 1e6) if small else ("GiB/s", "ms CPU per GiB", 1e3)
        print(names[label])
        for peer in (own, nginx):
            rate, cpu = peer.median(label)
            low, high = min(r for r, _ in peer.results[label]), max(r for r, _ in peer.results[label])
            print(f"  {peer.name:8} {rate:12.2f} {unit} [{low:.2f}-{high:.2f}]  "
                  f"{cpu * scale:9.2f} {cpu_unit}")
        rate, cpu = (a / b for a, b in zip(own.median(label), nginx.median(label)))
        print(f"  ratio    throughput {rate:.2f}  cpu {cpu:.2f}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--pid", type=int)
    parser.add_argument("--port", type=int)
    parser.add_argument("--download", default="")
    parser.add_argument("--download-size", type=int, default=GIB)
    parser.add_argument("--download-file", type=pathlib.Path, help="what nginx serves beside it")
    parser.add_argument("--step", type=int, default=GIB)
    parser.add_argument("--times", type=int, help="downloads per round, default as many as make 2 GiB")
    parser.add_argument("--small", action="append", default=[])
    parser.add_argument("--header", action="append", default=[])
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not options.pid and not options.small:
        options.small = ["GET:/small"]
    options.times = options.times or max(1, 2 * GIB // options.download_size)
    options.client = options.build / "bench/http_load"
    return options


def main() -> None:
    options = parse()
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        directory.chmod(0o755)
        nginx_process, nginx = start_nginx(directory, options)
        processes = [nginx_process]
        try:
            if options.pid:
                own = Peer("siahub", options.pid, options.port, options.download, options.small,
                           options.header)
                if not options.download:
                    nginx.download = ""
            else:
                own_process, own = start_own(directory, options)
                processes.append(own_process)
            for peer in (own, nginx):
                pin(peer.pid)
                peer.round(options)  # warm: page cache, allocator, branch predictors
                peer.results.clear()
            for number in range(options.rounds):
                for peer in ((own, nginx), (nginx, own))[number % 2]:
                    peer.round(options)
            report(own, nginx, options)
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
                process.wait()


if __name__ == "__main__":
    main()
