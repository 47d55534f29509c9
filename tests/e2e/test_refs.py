"""Branches, tags, history and squashing, through every client version."""

import pytest
from harness.client import OLDEST, raises
from harness.http import deleted_folder, file, next_page


@pytest.fixture
def history(alice, model):
    """A repository with an initial commit and three more."""
    for i in range(3):
        assert alice.commit(model, file(f"{i}.txt", b"%d" % i), summary=f"number {i}").status == 200
    return model


def names(refs, kind):
    return sorted(r["name"] for r in refs[kind])


def test_branches(client, history):
    client.api("create_branch", history, branch="dev")
    client.api("create_branch", history, branch="feature/with/slashes", revision="dev")
    refs = client.api("list_repo_refs", history)
    assert names(refs, "branches") == ["dev", "feature/with/slashes", "main"]
    heads = {r["name"]: (r["ref"], r["target_commit"]) for r in refs["branches"]}
    assert heads["dev"] == ("refs/heads/dev", heads["main"][1])
    client.api("delete_branch", history, branch="feature/with/slashes")
    assert names(client.api("list_repo_refs", history), "branches") == ["dev", "main"]
    with raises("RevisionNotFoundError"):
        client.api("list_repo_files", history, revision="feature/with/slashes")


@pytest.mark.parametrize("digits", [7, 40])
def test_a_branch_from_a_commit(client, history, digits):
    old = client.api("list_repo_commits", history)[2]["commit_id"]
    client.api("create_branch", history, branch="old", revision=old[:digits])
    assert client.api("model_info", history, revision="old")["sha"] == old
    assert client.api("list_repo_files", history, revision="old") == [".gitattributes", "0.txt"]


def test_an_empty_branch(alice, history):
    assert alice.post(f"/api/models/{history}/branch/empty", json={"emptyBranch": True}).status == 200
    assert alice.tree(history, "empty") == []
    (only,) = alice.get(f"/api/models/{history}/commits/empty").json()
    assert only["id"] != alice.get(f"/api/models/{history}").json()["sha"]
    assert alice.commit(history, file("fresh.txt", b"f"), rev="empty").status == 200
    assert [e["path"] for e in alice.tree(history, "empty")] == ["fresh.txt"]


def test_branches_that_cannot_be(client, history):
    client.api("create_branch", history, branch="dev")
    with raises("HfHubHTTPError") as caught:
        client.api("create_branch", history, branch="dev")
    assert caught.error.status == 409
    assert "Reference refs/heads/dev already exists" in caught.error.message
    client.api("create_branch", history, branch="dev", exist_ok=True)
    for name in ("refs/pr/5", "refs/something/random"):
        with raises("BadRequestError") as caught:
            client.api("create_branch", history, branch=name)
        assert "Invalid reference for a branch" in caught.error.message
    with raises("RevisionNotFoundError"):
        client.api("create_branch", history, branch="x", revision="nowhere")


@pytest.mark.parametrize("name", ["a b", "a..b", "a~b", "a^b", "a:b", "-a", "a.lock", "a//b", "/a", "a/", "a\\b", "@", "x" * 300])
def test_branch_names_git_would_not_take(alice, history, name):
    from urllib.parse import quote

    answer = alice.post(f"/api/models/{history}/branch/{quote(name, safe='')}", json={})
    assert answer.status in (400, 422), answer.body
    assert [b["name"] for b in alice.get(f"/api/models/{history}/refs").json()["branches"]] == ["main"]


def test_branches_that_cannot_go(client, history):
    with raises("HfHubHTTPError") as caught:
        client.api("delete_branch", history, branch="main")
    assert "Cannot delete refs/heads/main" in caught.error.message
    client.api("create_tag", history, tag="v1")
    for missing in ("nowhere", "v1"):
        with raises("HfHubHTTPError") as caught:
            client.api("delete_branch", history, branch=missing)
        assert "Invalid rev id" in caught.error.message


def test_a_branch_may_be_called_as_a_tag(client, history):
    client.api("create_tag", history, tag="same")
    client.api("create_branch", history, branch="same")
    refs = client.api("list_repo_refs", history)
    assert names(refs, "tags") == ["same"] and "same" in names(refs, "branches")


def test_tags(client, history):
    commits = [c["commit_id"] for c in client.api("list_repo_commits", history)]
    client.api("create_tag", history, tag="v3", tag_message="the third")
    client.api("create_tag", history, tag="v1", revision=commits[2])
    client.api("create_tag", history, tag="v2.short", revision=commits[1][:9])
    tags = {r["name"]: (r["ref"], r["target_commit"]) for r in client.api("list_repo_refs", history)["tags"]}
    assert tags == {
        "v1": ("refs/tags/v1", commits[2]),
        "v2.short": ("refs/tags/v2.short", commits[1]),
        "v3": ("refs/tags/v3", commits[0]),
    }
    assert client.api("list_repo_files", history, revision="v1") == [".gitattributes", "0.txt"]
    client.api("delete_tag", history, tag="v1")
    with raises("RevisionNotFoundError"):
        client.api("delete_tag", history, tag="v1")
    with raises("RevisionNotFoundError"):
        client.api("model_info", history, revision="v1")


def test_tags_that_cannot_be(client, history):
    client.api("create_tag", history, tag="v1")
    with raises("HfHubHTTPError") as caught:
        client.api("create_tag", history, tag="v1")
    assert caught.error.status == 409
    client.api("create_tag", history, tag="v1", exist_ok=True)
    with raises("RevisionNotFoundError"):
        client.api("create_tag", history, tag="invalid tag", revision="nowhere")
    with raises("HfHubHTTPError"):
        client.api("create_tag", history, tag="invalid tag")


def test_refs_on_the_command_line(client, history):
    if client.version == OLDEST:  # it has `hf repo tag` only
        client.cli("repo", "tag", "create", history, "v9")
        assert "v9" in client.cli("repo", "tag", "list", history).text
        return
    client.cli("repos", "branch", "create", history, "cli")
    client.cli("repos", "tag", "create", history, "v9", "--revision", "cli", "-m", "nine")
    assert "v9" in client.cli("repos", "tag", "list", history).text
    client.cli("repos", "branch", "delete", history, "cli")
    assert names(client.api("list_repo_refs", history), "branches") == ["main"]


def test_pull_requests_are_listed_when_asked_for(client, history):
    assert client.api("list_repo_refs", history, include_pull_requests=True)["pull_requests"] == []
    assert client.api("list_repo_refs", history)["pull_requests"] is None


def test_history(client, history):
    commits = client.api("list_repo_commits", history, formatted=True)
    assert [c["title"] for c in commits] == ["number 2", "number 1", "number 0", "initial commit"]
    assert all(c["authors"] == ["alice"] for c in commits)
    assert commits[0]["formatted_title"] == "number 2"
    assert "formatted" not in str(client.api("list_repo_commits", history)[0].get("formatted_title") or "")
    dates = [c["created_at"] for c in commits]
    assert dates == sorted(dates, reverse=True)


def test_history_in_pages(alice, repo):
    alice.create_repo(repo)
    for i in range(12):
        alice.commit(repo, file("n.txt", b"%d" % i), summary=str(i))
    path, titles, pages = f"/api/models/{repo}/commits/main?limit=5", [], 0
    from harness.http import next_page

    while path:
        answer = alice.get(path)
        assert answer.headers["X-Total-Count"] == "13"
        titles += [c["title"] for c in answer.json()]
        pages += 1
        path = next_page(answer)
    assert (titles, pages) == ([str(i) for i in range(11, -1, -1)] + ["initial commit"], 3)


def test_long_histories_by_the_client(client, alice, repo):
    alice.create_repo(repo)
    for i in range(70):
        alice.commit(repo, file("n.txt", b"%d" % i), summary=str(i))
    assert [c["title"] for c in client.api("list_repo_commits", repo)][:-1] == [str(i) for i in range(69, -1, -1)]


def test_squashing(client, history):
    client.api("create_branch", history, branch="kept")
    client.api("super_squash_history", history, commit_message="all in one")
    (only,) = client.api("list_repo_commits", history)
    assert only["title"] == "all in one"
    assert client.api("list_repo_files", history) == [".gitattributes", "0.txt", "1.txt", "2.txt"]
    assert len(client.api("list_repo_commits", history, revision="kept")) == 4


def test_existence(client, history):
    for revision, there in (("main", True), ("nowhere", False), ("0" * 40, False)):
        assert client.api("revision_exists", history, revision) is there
    sha = client.api("model_info", history)["sha"]
    assert client.api("revision_exists", history, sha)
    assert client.api("file_exists", history, "0.txt")
    assert not client.api("file_exists", history, "none.txt")
    assert not client.api("file_exists", history, "0.txt", revision="nowhere")
    assert not client.api("file_exists", "alice/none", "0.txt")
    assert not client.api("revision_exists", "alice/none", "main")


def test_only_writers_change_refs(clients, history):
    reader = clients(user="dave")
    for act in (
        lambda: reader.api("create_branch", history, branch="x"),
        lambda: reader.api("delete_branch", history, branch="main"),
        lambda: reader.api("create_tag", history, tag="x"),
        lambda: reader.api("super_squash_history", history),
    ):
        with raises("HfHubHTTPError") as caught:
            act()
        assert caught.error.status == 403


def titles_of(http, repo: str, path: str, rev: str = "main", limit: int = 50) -> list[str]:
    """The commits of one path, through all pages."""
    found, target = [], f"/api/models/{repo}/commits/{rev}?path={path}&limit={limit}"
    while target:
        answer = http.get(target)
        assert answer.status == 200, (answer.status, answer.body)
        assert len(answer.json()) <= limit
        assert "X-Total-Count" not in answer.headers
        found += [commit["title"] for commit in answer.json()]
        target = next_page(answer)
    return found


def test_the_commits_of_a_path(alice, model):
    for i, (path, content) in enumerate([("d/a", b"1"), ("b", b"1"), ("d/a", b"2"), ("d/c d", b"1")]):
        assert alice.commit(model, file(path, content), summary=f"number {i}").status == 200
    assert alice.commit(model, deleted_folder("d/"), summary="without d").status == 200
    assert alice.commit(model, file("b", b"2"), summary="number 5").status == 200
    expected = {
        "d/a": ["without d", "number 2", "number 0"],
        "d/c%20d": ["without d", "number 3"],
        "d": ["without d", "number 3", "number 2", "number 0"],
        "d/": ["without d", "number 3", "number 2", "number 0"],
        "b": ["number 5", "number 1"],
    }
    for path, titles in expected.items():
        for limit in (50, 1, 2):
            assert titles_of(alice, model, path, limit=limit) == titles
    third = alice.get(f"/api/models/{model}/commits/main").json()[3]["id"]
    assert titles_of(alice, model, "d/a", rev=third) == ["number 2", "number 0"]
    everything = alice.get(f"/api/models/{model}/commits/main?path=").json()
    assert len(everything) == 7, "no path is all of them"
    never = alice.get(f"/api/models/{model}/commits/main?path=never")
    assert (never.status, never.error_code) == (404, "EntryNotFound")
    assert alice.get(f"/api/models/{model}/commits/main?path=b&limit=1000").status == 200
    assert alice.get(f"/api/models/{model}/commits/main?path=../b").status == 422
    assert alice.get(f"/api/models/{model}/commits/main?path=%00").status in (400, 422)
    assert alice.get(f"/api/models/{model}/commits/main?path=b&cursor=x").status == 400
    assert alice.get(f"/api/models/{model}/commits/main?path=b&cursor={'0' * 40}").status == 404


def test_a_page_of_a_path_goes_on_where_it_was_though_the_branch_moves(alice, model):
    for i in range(4):
        assert alice.commit(model, file("a", b"%d" % i), summary=f"number {i}").status == 200
    first = alice.get(f"/api/models/{model}/commits/main?path=a&limit=2")
    assert [c["title"] for c in first.json()] == ["number 3", "number 2"]
    assert alice.commit(model, file("a", b"new"), summary="new").status == 200
    rest = alice.get(next_page(first))
    assert [c["title"] for c in rest.json()] == ["number 1", "number 0"]
    assert next_page(rest) is None
