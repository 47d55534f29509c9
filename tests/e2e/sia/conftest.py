"""One local Sia network per test file, and the two clients of it: `siahub sia` and the Foundation's SDK."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from harness.sia import Ours, SiaNetwork, Theirs, our_client, their_client


@pytest.fixture(scope="module")
def network():
    with SiaNetwork() as network:
        yield network


@pytest.fixture(scope="module")
def ours(network) -> Ours:
    return our_client(network, network.description()["app_key"])


@pytest.fixture(scope="module")
def theirs(network) -> Theirs:
    return their_client(network)


@pytest.fixture
def file_of(tmp_path: Path):
    """file_of(SIZE) is a file of so many bytes, never the same."""
    numbers = itertools.count()

    def make(size: int) -> Path:
        path = tmp_path / f"file-{next(numbers)}"
        path.write_bytes(os.urandom(size))
        return path

    return make


@pytest.fixture(autouse=True)
def all_is_well_again(request):
    """Whatever a test has broken is whole for the next one."""
    yield
    if "network" in request.fixturenames:
        network = request.getfixturevalue("network")
        network.indexd_order("start")
        network.indexd_order("honest")
        for index in range(len(network.host_list())):
            network.fault(index)
            network.start_host(index)
