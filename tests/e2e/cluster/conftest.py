"""A cluster whose every part a test may break: its own PostgreSQL, its own Redis, two of everything else."""

from __future__ import annotations

import pytest
from harness.client import LATEST, Client
from harness.cluster import Cluster
from harness.database import Server
from harness.redis import Redis


@pytest.fixture(scope="module")
def server():
    with Server() as server:
        yield server


@pytest.fixture(scope="module")
def redis():
    with Redis() as redis:
        yield redis


@pytest.fixture
def stock():
    """stock(cluster, version, …) answers a real client of alice, by way of the reverse proxy."""
    made: list[Client] = []

    def get(cluster: Cluster, version: str = LATEST, **options) -> Client:
        made.append(Client(version, cluster.url, cluster.key("alice"), **cluster.trust, **options))
        return made[-1]

    yield get
    for client in made:
        client.close()
