"""A node is lost and its objects come back by another, packed otherwise: no process that knew them has to be restarted."""

from __future__ import annotations

import time

import pytest
from harness import xet
from harness.cluster import Cluster, until
from harness.data import MIB, sha256, weights
from harness.http import lfs_file

REPO = "alice/replaced"
RAW, LZ4 = 0, 1
CONTENTS = {f"{name}.bin": weights(f"replaced {name}", 3 * MIB) for name in ("whole", "part", "link", "cold")}


@pytest.fixture
def cluster(server):
    """One cas to lose, one that takes its objects anew, one that knows them as they were; a gateway that does, too."""
    with Cluster(server=server.url, cas=3, gateways=1) as cluster:
        cluster.add_user("alice")
        yield cluster


def upload(http, content: bytes, scheme: int) -> xet.File:
    return xet.Uploader(http, REPO).upload(content, sha256(content), scheme)


def link_of(http, name: str) -> str:
    return "/" + http.get(f"/{REPO}/resolve/main/{name}").headers["Location"].split("/", 3)[3]


def test_everything_reads_back_by_processes_that_knew_the_objects_before(cluster):
    lost, taking, knowing = (cluster.at(cas, cluster.key("alice")) for cas in cluster.cas)
    gateway = cluster.at(cluster.gateways[0])
    assert lost.create_repo(REPO).status == 200
    files = {name: upload(lost, content, RAW) for name, content in CONTENTS.items()}
    assert lost.commit(REPO, *(lfs_file(n, sha256(c), len(c)) for n, c in CONTENTS.items())).status == 200
    reader = xet.read_token(knowing, REPO)

    def plan_of(name: str) -> dict:
        return reader.get(f"/v2/reconstructions/{xet.to_hex(files[name].file_hash)}").json()

    def read(name: str) -> bytes:
        """As hf_xet does, by the cas that knows them as they were."""
        return xet.read_file(reader, xet.to_hex(files[name].file_hash))

    # The gateway has all of one, the beginning of others; the third cas signs links to all.
    assert read("whole.bin") == CONTENTS["whole.bin"]
    for name in ("part.bin", "link.bin"):
        assert gateway.get(link_of(knowing, name), headers={"Range": "bytes=0-99"}).status == 206
    [[entry]] = plan_of("link.bin")["xorbs"].values()
    old_link = "/" + entry["url"].split("/", 3)[3]
    plan_of("cold.bin")

    cluster.cas[0].kill()
    cluster.sql("UPDATE nodes SET seen_at = seen_at - 600000 WHERE id = '%s'" % (cluster.cas[0].data / "node").read_text().strip())
    for name, content in CONTENTS.items():
        upload(taking, content, LZ4)
    assert len(cluster.bodies(cluster.cas[1])) == len(CONTENTS)

    # Plain downloads never noticed, a link from before ends like one that has expired.
    for name, content in CONTENTS.items():
        answer = gateway.get(link_of(taking, name))
        assert answer.status == 200 and answer.body == content, name
    answer = gateway.get(old_link)
    assert answer.status == 403 and "stored anew" in answer.json()["error"]
    # The links of the third cas are those of now after some seconds.
    began = time.monotonic()
    for name, content in CONTENTS.items():

        def comes() -> bool:
            try:
                return read(name) == content
            except AssertionError:  # 403: a client asks for a new link
                return False

        until(comes)
    assert time.monotonic() - began < 45
