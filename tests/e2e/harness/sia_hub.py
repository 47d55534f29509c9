"""A hub whose bodies live on a local Sia network, and what tests do to it again and again."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from . import database
from . import hub as hubs
from .data import read_files
from .hub import Hub

PATIENCE = 120


def sia_flags(network, key: Path, redundancy: tuple[int, int] | None = (4, 14)) -> tuple[str, ...]:
    """`redundancy`: data shards and all shards; None takes the hub's own."""
    flags = ("--sia-indexd", network.description()["app_url"], "--sia-app-key-file", str(key))
    if redundancy is None:
        return flags
    data, total = map(str, redundancy)
    return (*flags, "--sia-data-shards", data, "--sia-total-shards", total)


def sia_hub(network, *more: str, app_key: str = "", redundancy: tuple[int, int] | None = (4, 14)) -> Hub:
    hub = Hub()
    key = hub.home / "app-key"
    key.write_text(app_key or network.description()["app_key"])
    hub.serve_args = (*sia_flags(network, key, redundancy), "--sia-pack-wait", "1s", *more)
    try:
        hubs.populate(hub.start())
    except BaseException:
        hub.close()
        raise
    return hub


def admin(hub: Hub, path: str = "") -> dict:
    answer = hub.http(hub.key("alice", "admin")).get(f"/admin/sia{path}")
    assert answer.status == 200, answer.body
    return answer.json()


def wait_until_pinned(hub: Hub) -> dict:
    deadline = time.monotonic() + PATIENCE
    while set(states := admin(hub, "/queue")["states"]) != {"pinned"}:
        assert time.monotonic() < deadline, f"{states}\n{hub.log_tail()}"
        time.sleep(0.2)
    return states


def wipe(hub: Hub) -> None:
    """Bodies and caches of a stopped hub."""
    for folder in ("xorbs", "cache"):
        shutil.rmtree(hub.data / folder, ignore_errors=True)


def restart_wiped(hub: Hub) -> None:
    hub.stop()
    wipe(hub)
    hub.start()
    assert hub.bodies() == {}


def downloaded(client, repo, into) -> dict[str, bytes]:
    client.api("snapshot_download", repo, local_dir=into, cache_dir=into.parent / "hf")
    found = read_files(into)
    found.pop(".gitattributes", None)
    return found


def lose_everything(hub: Hub) -> None:
    """Disk and database, the signing keys too; what stays is the app key. An empty database is there instead."""
    hub.kill()
    hub.database.drop()
    shutil.rmtree(hub.data)
    hub.database = database.create(hub.data)
