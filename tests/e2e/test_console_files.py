"""The console's pages, beside the API and never in its way."""

import gzip
import re

import pytest
from harness import hub as hubs
from harness.client import LATEST
from harness.hub import REPO_ROOT, Hub
from harness.openapi import DOCUMENT

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SCRIPT = b"console.log('siahub');" * 1000


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    built = tmp_path_factory.mktemp("console")
    (built / "assets").mkdir()
    (built / "index.html").write_text("<!doctype html><title>SiaHub</title>")
    (built / "assets" / "app-0a1b.js").write_bytes(SCRIPT)
    (built / "assets" / "app-0a1b.js.gz").write_bytes(gzip.compress(SCRIPT))
    hub = Hub(serve_args=("--console", str(built)))
    try:
        hubs.populate(hub.start())
        yield hub
        assert hub.stop() == 0, hub.log_tail()
    finally:
        hub.close()


def test_pages_are_for_browsers_alone(hub, alice, model):
    nobody = hub.http()
    for path in ("/", "/login", "/models", f"/{model}", f"/{model}/tree/main", "/datasets/alice/x", "/admin/sia"):
        page = nobody.get(path, headers=BROWSER)
        assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8"), path
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.body.startswith(b"<!doctype html>")
    missing = nobody.get(f"/{model}")
    assert missing.status == 404 and missing.json()["error"]
    assert nobody.get("/admin/sia").status == 401
    assert nobody.get("/api/nothing", headers=BROWSER).headers["Content-Type"].startswith("application/json")
    assert nobody.request("POST", "/login", headers=BROWSER).status == 404
    listed = nobody.get("/api/models", headers=BROWSER).json()
    assert model in [entry["id"] for entry in listed]


def test_a_page_may_load_what_the_documentation_says(hub):
    text = (REPO_ROOT / "docs" / "console.md").read_text()
    (documented,) = re.findall(r"```\n(default-src .*?)\n```", text, re.DOTALL)
    policy = "; ".join(documented.splitlines())

    def sent(path: str) -> str:
        return hub.http().get(path, headers=BROWSER).headers["Content-Security-Policy"]

    for path in ("/", "/login", "/alice/x", "/admin/sia", "/nothing/like/it/at/all", "/?pictures=all", "/?picture=elsewhere"):
        assert sent(path) == policy, path
    wider = policy.replace("img-src 'self' data: blob:", "img-src 'self' data: blob: https:")
    assert sent("/alice/x?pictures=elsewhere") == wider != policy


def test_the_document_of_the_api_is_served(hub):
    answer = hub.http().get("/api/openapi.yaml")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/yaml")
    assert answer.body == DOCUMENT.read_bytes()
    footer = (REPO_ROOT / "console" / "src" / "app" / "shell.tsx").read_text()
    assert 'href="/api/openapi.yaml"' in footer


def test_files_of_repositories_win(fresh, hub, alice, model):
    text = b"<script>alert(1)</script>"
    fresh(LATEST).api("upload_file", repo_id=model, path_or_fileobj=text, path_in_repo="assets/index.html")
    answer = hub.http().get(f"/{model}/raw/main/assets/index.html", headers=BROWSER)
    assert (answer.status, answer.body) == (200, text)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_assets_are_sent_once_and_compressed(hub):
    nobody = hub.http()
    plain = nobody.get("/assets/app-0a1b.js")
    assert plain.body == SCRIPT and "immutable" in plain.headers["Cache-Control"]
    packed = nobody.get("/assets/app-0a1b.js", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.body) == SCRIPT
    again = nobody.get("/assets/app-0a1b.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    head = nobody.request("HEAD", "/assets/app-0a1b.js")
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(SCRIPT)))
    for path in ("/assets/../index.html", "/assets/%2e%2e/index.html", "/assets/gone.js", "/assets/%2fetc/passwd"):
        assert nobody.get(path, headers=BROWSER).status == 404, path


def test_a_directory_without_a_console_is_refused(tmp_path):
    hub = Hub(serve_args=("--console", str(tmp_path)))
    try:
        with pytest.raises(RuntimeError, match="no index.html"):
            hub.start()
    finally:
        hub.close()
