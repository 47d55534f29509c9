"""A cas and a gateway as processes of their own, whose bodies lie on a local Sia network and on no disk any more."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from .client import LATEST, Client
from .cluster import Cluster, until
from .data import make_files
from .http import Http, Response
from .ports import free_port
from .sia_hub import sia_flags

REPO = "alice/cold"


@contextmanager
def cold_cluster(network, server: str, uploads: list[dict[str, bytes]], scratch: Path) -> Iterator[Cluster]:
    """Every upload makes xorbs of its own."""
    cluster = Cluster(cas=1, gateways=1, server=server)
    key = cluster.home / "app-key"
    key.write_text(network.description()["app_key"])
    flags = sia_flags(network, key)
    for process in cluster.processes:
        for flag, value in zip(flags[::2], flags[1::2]):
            process.set(flag, value)
    cluster.cas[0].set("--sia-pack-wait", "1s")
    cluster.gateways[0].set("--metrics-listen", f"127.0.0.1:{free_port()}")
    with cluster:
        cluster.add_user("alice")
        client = Client(LATEST, cluster.url, cluster.key("alice"), **cluster.trust)
        for number, files in enumerate(uploads):
            client.cli("upload", REPO, make_files(scratch / str(number), files))
        client.close()
        until(lambda: cluster.sql("SELECT DISTINCT state FROM xorb_pins") == "pinned", 120)
        assert cluster.cas[0].stop() == 0
        shutil.rmtree(cluster.cas[0].data / "xorbs")
        cluster.cas[0].start()
        assert cluster.sql("SELECT COUNT(*) FROM xorb_bodies") == "0"
        yield cluster
        cluster.stop()


def link(cluster: Cluster, name: str) -> str:
    """Path and query of the signed URL of a file."""
    answer = cluster.at(cluster.cas[0], cluster.key("alice")).get(f"/{REPO}/resolve/main/{name}")
    assert answer.status == 302, answer.body
    return "/" + answer.headers["Location"].split("/", 3)[3]


def read_range(cluster: Cluster, path: str, first: int, last: int) -> Response:
    """Straight from the gateway."""
    return cluster.at(cluster.gateways[0]).get(path, headers={"Range": f"bytes={first}-{last}"})


def read_from_hosts(network) -> int:
    return sum(host["readBytes"] for host in network.host_list())


def metrics_of(cluster: Cluster) -> Http:
    """Of the gateway, whose second listener comes up right behind the first."""
    command = cluster.gateways[0].command
    http = Http(f"http://{command[command.index('--metrics-listen') + 1]}")
    until(lambda: _answers(http))
    return http


def _answers(http: Http) -> bool:
    try:
        return http.get("/health").status == 200
    except OSError:
        return False


def fetches(cluster: Cluster) -> int:
    """Of the gateway since its start."""
    text = metrics_of(cluster).get("/metrics").body.decode()
    return int(re.search(r'^siahub_cache_misses_total\{cache="bodies"\} (\d+)', text, re.M).group(1))
