"""The console in a browser on the deployment of several processes: two cas and two gateways on PostgreSQL and Redis, behind
Caddy with TLS, its bytes coming from another name than its pages. Those tests of console/e2e that have the tag @deployment.
"""

import pytest
from harness.cluster import Cluster
from harness.database import Server
from harness.playwright_run import CONSOLE, build, drive, link
from harness.redis import Redis

from harness.console_content import fill_with_the_model


@pytest.fixture(scope="module")
def cluster():
    build()
    with Server() as server, Redis() as redis:
        cluster = Cluster(server=server.url)
        for cas in cluster.cas:
            cas.set("--redis-url", redis.url)
            cas.set("--console", CONSOLE / "dist")
            cas.set("--limit-sign-in", "0")
        with cluster:
            for name in ("alice", "bob"):
                cluster.add_user(name)
            fill_with_the_model(cluster.url, {name: cluster.key(name) for name in ("alice", "bob")}, cluster.trust)
            yield cluster
            cluster.stop()


@pytest.mark.timeout(900)
def test_the_pages_of_a_deployment(cluster, tmp_path):
    drive(
        tmp_path,
        SIAHUB_URL=cluster.url,
        SIAHUB_DATA_URL=cluster.data_url,
        SIAHUB_SETUP_LINK=link("setup", cluster.cas[0].whole_log()),
        SIAHUB_RESET_LINK=link("reset", cluster.admin("user", "reset", "alice")),
        SIAHUB_KEY=cluster.key("alice"),
        PAGES_ONLY="@deployment",
        PAGES_PICTURES="screenshots/deployment",
    )
