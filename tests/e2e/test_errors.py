"""Over plain HTTP the clients raise the exceptions their users know, and every answer can be told apart by its id."""

import json
import uuid

import pytest
from harness.client import raises

KINDS = ("model", "dataset", "space")


@pytest.mark.parametrize("kind", KINDS)
def test_missing_repositories(client, clients, repo, kind):
    for one in (client, clients(client.version, None)):
        for call in (
            lambda: one.api("repo_info", repo, repo_type=kind),
            lambda: one.api("list_repo_tree", repo, repo_type=kind),
            lambda: one.api("list_repo_refs", repo, repo_type=kind),
            lambda: one.api("list_repo_commits", repo, repo_type=kind),
            lambda: one.api("get_paths_info", repo, ["a"], repo_type=kind),
            lambda: one.api("hf_hub_download", repo, "a", repo_type=kind),
            lambda: one.api("snapshot_download", repo, repo_type=kind),
        ):
            with raises("RepositoryNotFoundError"):
                call()


def test_private_repositories_look_missing(client, clients, repo):
    client.api("create_repo", repo, private=True)
    for user in ("dave", None):
        one = clients(client.version, user)
        with raises("RepositoryNotFoundError") as hidden:
            one.api("model_info", repo)
        with raises("RepositoryNotFoundError") as missing:
            one.api("model_info", repo + "x")
        assert hidden.error.status == missing.error.status
        for call in ("hf_hub_download",):
            with raises("RepositoryNotFoundError"):
                one.api(call, repo, ".gitattributes")


def test_missing_revisions(client, repo):
    client.api("create_repo", repo)
    for call in (
        lambda: client.api("model_info", repo, revision="nowhere"),
        lambda: client.api("list_repo_tree", repo, revision="nowhere"),
        lambda: client.api("list_repo_commits", repo, revision="nowhere"),
        lambda: client.api("get_paths_info", repo, ["a"], revision="nowhere"),
        lambda: client.api("hf_hub_download", repo, ".gitattributes", revision="nowhere"),
        lambda: client.api("snapshot_download", repo, revision="nowhere"),
        lambda: client.api("upload_file", repo_id=repo, path_or_fileobj=b"", path_in_repo="a", revision="nowhere"),
        lambda: client.api("hf_hub_download", repo, ".gitattributes", revision="f" * 40),
    ):
        with raises("RevisionNotFoundError"):
            call()


def test_missing_files(client, repo):
    client.api("create_repo", repo)
    client.api("upload_file", repo_id=repo, path_or_fileobj=b"x", path_in_repo="dir/x.txt")
    for path in ("nothing.txt", "dir/nothing.txt", "dir"):
        with raises("EntryNotFoundError"):
            client.api("hf_hub_download", repo, path)
    with raises("EntryNotFoundError"):
        client.api("list_repo_tree", repo, path_in_repo="nothing")


def test_uploads_into_nothing(client, repo):
    with raises("RepositoryNotFoundError") as caught:
        client.api("upload_file", repo_id=repo, path_or_fileobj=b"x", path_in_repo="a.txt")
    assert "Repository Not Found" in caught.error.message
    assert "create" in caught.error.message.lower()


def test_no_right_to_write(client, clients, repo):
    client.api("create_repo", repo)
    for one in (clients(client.version, "dave"), clients(client.version, "alice", scope="read")):
        with raises("HfHubHTTPError") as caught:
            one.api("upload_file", repo_id=repo, path_or_fileobj=b"x", path_in_repo="a.txt")
        assert caught.error.status == 403


def test_bad_requests(client, repo):
    client.api("create_repo", repo)
    with raises("BadRequestError"):
        client.api("model_info", repo, expand=["nonsense"])
    with raises("BadRequestError"):
        client.api("create_branch", repo, branch="refs/pr/1")


def test_auth_check(client, clients, repo):
    client.api("create_repo", repo, private=True)
    client.api("auth_check", repo)
    with raises("RepositoryNotFoundError"):
        clients(client.version, "dave").api("auth_check", repo)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/models/alice/none", 404, "RepoNotFound"),
        ("GET", "/api/models/alice/none/tree/main", 404, "RepoNotFound"),
        ("HEAD", "/alice/none/resolve/main/a", 404, "RepoNotFound"),
        ("GET", "/datasets/alice/none/resolve/main/a", 404, "RepoNotFound"),
        ("GET", "/api/models/alice/none/xet-read-token/main", 404, "RepoNotFound"),
        ("GET", "/api/models/alice/errors/tree/none", 404, "RevisionNotFound"),
        ("HEAD", "/alice/errors/resolve/none/a", 404, "RevisionNotFound"),
        ("GET", "/api/models/alice/errors/xet-read-token/none", 404, "RevisionNotFound"),
        ("GET", "/alice/errors/resolve/main/none", 404, "EntryNotFound"),
        ("GET", "/alice/errors/raw/main/none", 404, "EntryNotFound"),
        ("GET", "/api/models/alice/errors/tree/main/none", 404, "EntryNotFound"),
        ("GET", "/api/nothing/like/this", 404, None),
        ("DELETE", "/api/models/alice/errors/tree/main", 405, None),
        ("PATCH", "/api/whoami-v2", 405, None),
    ],
)
def test_errors_on_the_wire(alice, method, path, status, code):
    alice.create_repo("alice/errors")
    answer = alice.request(method, path)
    assert (answer.status, answer.error_code) == (status, code)
    message = answer.headers["X-Error-Message"]
    assert message and "\n" not in message and message.isascii()
    if method != "HEAD":
        assert answer.headers["Content-Type"].startswith("application/json")
        assert json.loads(answer.body)["error"] == message


def test_the_words_clients_compare(alice, hub):
    assert alice.get("/api/models/alice/none").error == "Repository not found"
    assert hub.http().get("/api/models/alice/none").error == "Repository not found"
    assert hub.http().get("/api/models/alice/none").status == 401


def test_a_missing_file_still_names_the_commit(alice, model):
    head = alice.get(f"/api/models/{model}").json()["sha"]
    assert alice.head(f"/{model}/resolve/main/none").headers["X-Repo-Commit"] == head


@pytest.mark.parametrize("path", ["/api/models", "/api/models/alice/none", "/health", "/nothing"])
def test_request_ids(hub, path):
    given, trace = str(uuid.uuid4()), str(uuid.uuid4())
    assert hub.http().get(path, headers={"X-Request-Id": given}).headers["X-Request-Id"] == given
    assert trace in hub.http().get(path, headers={"X-Amzn-Trace-Id": trace}).headers["X-Request-Id"]
    own = [hub.http().get(path).headers["X-Request-Id"] for _ in range(2)]
    assert own[0] != own[1] and all(own)


def test_a_request_id_cannot_carry_anything_else(hub):
    import socket
    from urllib.parse import urlsplit

    parts = urlsplit(hub.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\x01b\xff\r\nConnection: close\r\n\r\n")
        head = connection.makefile("rb").read().split(b"\r\n\r\n")[0]
    assert b"a\x01b" not in head


def test_the_client_prints_the_request_id(client, repo):
    with raises("RepositoryNotFoundError") as caught:
        client.api("model_info", repo)
    assert "Request ID" in caught.error.message


def test_browsers_may_read_the_headers(hub):
    answer = hub.http().get("/api/models", headers={"Origin": "http://example.org"})
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", "http://example.org")
    exposed = {h.strip().lower() for h in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"x-repo-commit", "x-request-id", "x-error-code", "x-error-message", "x-total-count", "etag", "link"} <= exposed
    preflight = hub.http().request(
        "OPTIONS",
        "/api/models",
        headers={
            "Origin": "http://example.org",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,range",
        },
    )
    assert preflight.status in (200, 204)
    assert "authorization" in preflight.headers["Access-Control-Allow-Headers"].lower()
