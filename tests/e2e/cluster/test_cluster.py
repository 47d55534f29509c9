"""Two cas and two gateways on one PostgreSQL behind Caddy: stock clients over HTTPS land on any of them."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.client import LATEST, OLDEST, VERSIONS, Client
from harness.cluster import Cluster, until
from harness.data import MIB, noise, weights
from harness.http import file, lfs_file


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as cluster:
        cluster.add_user("alice")
        cluster.add_user("bob")
        yield cluster
        cluster.stop()


@pytest.fixture
def client(cluster):
    made = []

    def get(version=LATEST, user="alice", **options):
        made.append(Client(version, cluster.url, cluster.key(user), **cluster.trust, **options))
        return made[-1]

    yield get
    for each in made:
        each.close()


FILES = {"a.bin": weights("cluster a", 40 * MIB), "b.bin": noise("cluster b", 24 * MIB), "config.json": b"{}"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("up")
    for name, content in FILES.items():
        (path / name).write_bytes(content)
    return path


def files_in(path):
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in path.rglob("*") if p.is_file() and ".cache" not in p.parts}


@pytest.mark.parametrize("version", VERSIONS)
def test_stock_clients_upload_and_download_over_https(cluster, client, folder, tmp_path, version):
    repo = f"alice/whole-{version.replace('.', '-')}"
    writer = client(version)
    writer.api("create_repo", repo)
    writer.api("upload_folder", repo_id=repo, folder_path=folder)
    reader = client(version)
    reader.api("snapshot_download", repo, local_dir=tmp_path / "back")
    back = files_in(tmp_path / "back")
    back.pop(".gitattributes", None)
    assert back == FILES


def test_both_of_each_take_part(cluster, client, tmp_path):
    """The proxy deals requests out in turns: after some uploads and downloads nobody went without."""
    repo = "alice/turns"
    client().api("create_repo", repo)
    for turn in range(12):
        content = noise(f"turn {turn}", 3 * MIB)
        client().api("upload_file", repo_id=repo, path_or_fileobj=content, path_in_repo=f"{turn}.bin")
        back = client(OLDEST).api("hf_hub_download", repo, f"{turn}.bin", local_dir=tmp_path)
        assert Path(back).read_bytes() == content
        if all(map(cluster.bodies, cluster.cas)) and all(map(cluster.cached, cluster.gateways)):
            return
    pytest.fail("one process was never used")


def test_links_name_the_public_addresses(cluster, client, folder):
    repo = "alice/links"
    client().api("create_repo", repo)
    client().api("upload_folder", repo_id=repo, folder_path=folder)
    for cas in cluster.cas:
        http = cluster.at(cas, cluster.key("alice"))
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": f"localhost:{cluster.caddy.port}"}
        answer = http.get(f"/{repo}/resolve/main/a.bin", headers=forwarded)
        assert answer.status == 302
        assert answer.headers["Location"].startswith(cluster.data_url + "/gw/files/")
        token = http.get(f"/api/models/{repo}/xet-read-token/main", headers=forwarded)
        assert token.json()["casUrl"] == cluster.url


def link_to(cluster, repo, name):
    http = cluster.at(cluster.cas[0], cluster.key("alice"))
    location = http.get(f"/{repo}/resolve/main/{name}").headers["Location"]
    return location.removeprefix(cluster.data_url)


def test_a_file_by_range_from_every_gateway(cluster, client, folder):
    repo = "alice/ranges"
    client().api("create_repo", repo)
    client().api("upload_folder", repo_id=repo, folder_path=folder)
    path = link_to(cluster, repo, "a.bin")
    for gateway in cluster.gateways:
        answer = cluster.at(gateway).get(path, headers={"Range": "bytes=10000000-20000000"})
        assert answer.status == 206
        assert answer.body == FILES["a.bin"][10_000_000:20_000_001]


def test_commits_through_both_cas_lose_nothing(cluster, client):
    repo = "alice/many-hands"
    client().api("create_repo", repo)
    names = [f"f{i}.txt" for i in range(40)]

    def commit(index):
        http = cluster.at(cluster.cas[index % 2], cluster.key("alice"))
        return http.commit(repo, file(names[index], f"{index}".encode())).status

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(commit, range(len(names)))) == {200}
    for cas in cluster.cas:
        tree = cluster.at(cas, cluster.key("alice")).get(f"/api/models/{repo}/tree/main").json()
        assert {entry["path"] for entry in tree} >= set(names)


def test_a_key_revoked_on_one_is_worthless_on_all_within_five_seconds(cluster):
    key = cluster.admin("key", "create", "--user", "bob", "--scope", "write")
    for cas in cluster.cas:
        assert cluster.at(cas, key).get("/api/whoami-v2").status == 200
    listed = cluster.admin("key", "list", "--user", "bob").splitlines()
    number = next(line.split("\t")[0] for line in listed if line.split("\t")[1].rstrip("…") in key)
    cluster.admin("key", "revoke", number, "--user", "bob")
    time.sleep(5)
    for cas in cluster.cas:
        assert cluster.at(cas, key).get("/api/whoami-v2").status == 401


def test_nobody_without_the_keys_gets_a_body_by_the_internal_route(cluster):
    cas = next(cas for cas in cluster.cas if cluster.bodies(cas))
    xorb = next(iter(cluster.bodies(cas)))
    for headers in ({}, {"Authorization": "Bearer int_AAAA"}, {"Authorization": f"Bearer {cluster.key('alice')}"}):
        answer = cluster.at(cas).get(f"/internal/xorbs/{xorb}", headers=headers)
        assert answer.status == 403 and not answer.body.startswith(b"\0")


def test_a_warm_gateway_needs_no_database(cluster, client, folder):
    """A xorb range that was served once is served again while the holders and the database are not asked."""
    repo = "alice/warm"
    client().api("create_repo", repo)
    client().api("upload_folder", repo_id=repo, folder_path=folder)
    token = cluster.at(cluster.cas[0], cluster.key("alice")).get(f"/api/models/{repo}/xet-read-token/main").json()
    info = cluster.at(cluster.cas[0], cluster.key("alice")).request("HEAD", f"/{repo}/resolve/main/b.bin")
    recipe = cluster.at(cluster.cas[0], token["accessToken"]).get(f"/v2/reconstructions/{info.headers['X-Xet-Hash']}").json()
    xorb = next(iter(recipe["xorbs"].values()))[0]
    path = xorb["url"].removeprefix(cluster.data_url)
    ranges = {"Range": "bytes=" + ",".join(f"{r['bytes']['start']}-{r['bytes']['end']}" for r in xorb["ranges"])}
    gateway = cluster.at(cluster.gateways[0])
    first = gateway.get(path, headers=ranges)
    assert first.status == 206
    for cas in cluster.cas:
        cas.pause()
    try:
        again = gateway.get(path, headers=ranges, timeout=5)
    finally:
        for cas in cluster.cas:
            cas.resume()
    assert again.status == 206
    assert hashlib.sha256(again.body).digest() == hashlib.sha256(first.body).digest()


def test_a_gateway_keeps_its_cache_over_a_restart(cluster):
    gateway = cluster.gateways[1]
    held = cluster.cached(gateway)
    assert held > 0
    gateway.kill()
    gateway.start()
    assert cluster.cached(gateway) == held


def test_an_upload_survives_the_death_of_one_cas(cluster, client, tmp_path):
    big = weights("survivor", 200 * MIB)
    (tmp_path / "big.bin").write_bytes(big)
    repo = "alice/survivor"
    writer = client()
    writer.api("create_repo", repo)
    process = writer.spawn(
        "import sys; from huggingface_hub import upload_file;"
        "print('started', flush=True);"
        "upload_file(repo_id=sys.argv[1], path_or_fileobj=sys.argv[2], path_in_repo='big.bin')",
        repo, tmp_path / "big.bin",
    )  # fmt: skip
    before = {cas.name: cluster.bodies(cas) for cas in cluster.cas}
    victim = cluster.cas[1]
    deadline = time.monotonic() + 60
    while cluster.bodies(victim) == before[victim.name] and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    victim.kill()
    victim.start()
    status = process.wait(timeout=120)
    if status != 0:  # the client may give up; whoever tries again completes it
        writer.api("upload_file", repo_id=repo, path_or_fileobj=tmp_path / "big.bin", path_in_repo="big.bin")
    reader = client(OLDEST)
    path = reader.api("hf_hub_download", repo, "big.bin", local_dir=tmp_path / "back")
    with open(path, "rb") as back:
        assert hashlib.file_digest(back, "sha256").digest() == hashlib.sha256(big).digest()


def holder_of(cluster, name):
    return cluster.sql(f"SELECT holder FROM leases WHERE name = '{name}'")


def test_work_for_all_is_done_by_one_and_handed_over(cluster):
    nodes = {(cluster.home / cas.name / "node").read_text().strip(): cas for cas in cluster.cas}
    first = until(lambda: holder_of(cluster, "housekeeping"))
    nodes[first].stop()
    second = until(lambda: (now := holder_of(cluster, "housekeeping")) != first and now)
    nodes[first].start()
    assert {first, second} == set(nodes)


@pytest.mark.parametrize("cas", [0, 1])
def test_parts_of_an_upload_reach_the_node_that_has_it(cluster, client, cas):
    """An LFS upload in parts: begun at one cas, its parts and its end sent to the other."""
    repo = f"alice/parts-{cas}"
    client().api("create_repo", repo)
    content = noise(f"parts {cas}", 130 * MIB)
    oid = hashlib.sha256(content).hexdigest()
    begun, other = (cluster.at(cluster.cas[i], cluster.key("alice")) for i in (cas, 1 - cas))
    batch = begun.post(
        f"/{repo}.git/info/lfs/objects/batch",
        json={"operation": "upload", "transfers": ["multipart"], "objects": [{"oid": oid, "size": len(content)}]},
        headers={"Content-Type": "application/vnd.git-lfs+json"},
    ).json()
    upload = batch["objects"][0]["actions"]["upload"]
    size = int(upload["header"].pop("chunk_size"))

    def path_of(url):
        return "/" + url.split("/", 3)[3]

    parts = []
    for number in sorted(upload["header"]):
        start = (int(number) - 1) * size
        sent = other.as_(None).put(path_of(upload["header"][number]), body=content[start : start + size])
        assert sent.status == 200, sent.body
        parts.append({"partNumber": int(number), "etag": sent.headers["ETag"]})
    done = other.post(path_of(upload["href"]), json={"oid": oid, "parts": parts})
    assert done.status == 200, done.body
    assert begun.commit(repo, lfs_file("w.bin", oid, len(content))).status == 200
    path = link_to(cluster, repo, "w.bin")
    assert cluster.at(cluster.gateways[0]).get(path).body == content
