"""A hub of two cas, each with bodies of its own, backed up by both into one directory and restored as one process."""

import subprocess

import pytest
from harness import database
from harness.client import LATEST, Client
from harness.cluster import Cluster
from harness.data import MIB, noise, read_files, weights
from harness.hub import BINARY, Hub


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as cluster:
        cluster.add_user("alice")
        yield cluster


def backup(cluster, cas, to):
    command = [BINARY, "admin", "backup", "--data", cluster.home / cas.name, "--to", to]
    command += ["--database-url", cluster.database.url, "--signing-keys", cluster.keys_file]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_each_node_adds_its_bodies(cluster, tmp_path):
    contents = {}
    for index, cas in enumerate(cluster.cas):
        repo = f"alice/on-{index}"
        contents[repo] = {"a.bin": weights(f"node {index}", 5 * MIB), "b.bin": noise(f"node {index}", 3 * MIB)}
        client = Client(LATEST, cas.url, cluster.key("alice"))
        try:
            client.api("create_repo", repo)
            for name, content in contents[repo].items():
                client.api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo=name)
        finally:
            client.close()
    assert all(map(cluster.bodies, cluster.cas)), "a node without bodies proves nothing"
    to = tmp_path / "backup"
    first = backup(cluster, cluster.cas[0], to)
    assert first.returncode == 1 and "lie on other nodes" in first.stderr, first
    second = backup(cluster, cluster.cas[1], to)
    assert second.returncode == 0, second
    hub = Hub()
    hub.database.drop()
    hub.database = database.Sqlite(hub.data)
    try:
        hub.admin("restore", "--from", str(to))
        hub.start()
        client = Client(LATEST, hub.url, cluster.key("alice"))
        try:
            for repo, files in contents.items():
                into = tmp_path / repo.replace("/", "-")
                client.cli("download", repo, "--local-dir", into)
                found = read_files(into)
                found.pop(".gitattributes", None)
                assert found == files
        finally:
            client.close()
        assert hub.stop() == 0
    finally:
        hub.close()


def test_the_doctor_names_a_node_that_fell_silent(cluster):
    silent = cluster.cas[1]
    silent.kill()
    cluster.sql(f"UPDATE nodes SET seen_at = seen_at - 3600000 WHERE url = '{silent.url}'")
    command = [BINARY, "admin", "doctor", "--data", cluster.home / cluster.cas[0].name]
    command += ["--database-url", cluster.database.url, "--signing-keys", cluster.keys_file]
    command += ["--listen", f"127.0.0.1:{cluster.cas[0].port}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    (line,) = [line for line in done.stdout.splitlines() if "cluster.nodes" in line]
    assert line.startswith("warning") and silent.url in line
