"""Making, finding, changing, moving and deleting repositories of every type."""

import pytest
from harness.client import LATEST, OLDEST, raises

KINDS = ("model", "dataset", "space")


def create_command(client, repo, *options):
    verb = ("repo", "create") if client.version == OLDEST else ("repos", "create")
    return client.cli(*verb, repo, *options)


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_line_creates_and_deletes(client, repo, kind):
    sdk = "--space_sdk" if client.version == OLDEST else "--space-sdk"
    create_command(client, repo, "--repo-type", kind, *((sdk, "static") if kind == "space" else ()))
    assert client.api("repo_exists", repo, repo_type=kind)
    if client.version == OLDEST:  # its `hf repo` has no delete
        client.api("delete_repo", repo, repo_type=kind)
    else:
        client.cli("repos", "delete", repo, "--repo-type", kind, "--yes")
    assert not client.api("repo_exists", repo, repo_type=kind)


def test_a_private_repository_is_seen_by_its_owner_only(client, clients, repo):
    create_command(client, repo, "--private")
    assert client.api("model_info", repo)["private"] is True
    for stranger in (clients(client.version, "dave"), clients(client.version, None)):
        assert not stranger.api("repo_exists", repo)
        with raises("RepositoryNotFoundError"):
            stranger.api("model_info", repo)


def test_a_repository_of_an_organisation(client, clients, repo):
    name = repo.replace("alice/", "acme/")
    client.api("create_repo", name)
    assert clients(client.version, "bob").api("model_info", name)["author"] == "acme"
    clients(client.version, "bob").api("upload_file", path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=name)
    with raises("HfHubHTTPError") as caught:
        clients(client.version, "carol").api(
            "upload_file", path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=name
        )
    assert caught.error.status == 403


@pytest.mark.parametrize("namespace", ["bob", "acme", "nowhere"])
def test_no_repository_in_a_namespace_of_others(clients, hub, namespace):
    with raises("HfHubHTTPError") as caught:
        clients(LATEST, "dave").api("create_repo", f"{namespace}/intruder")
    assert caught.error.status == 403
    assert not clients().api("repo_exists", f"{namespace}/intruder")


def test_creating_twice(client, repo):
    first = client.api("create_repo", repo)
    with raises("HfHubHTTPError") as caught:
        client.api("create_repo", repo)
    assert caught.error.status == 409
    assert client.api("create_repo", repo, exist_ok=True)["str"] == first["str"]
    assert first["str"].endswith(f"/{repo}")


def test_creating_again_in_another_namespace_is_fine_when_it_exists(clients, hub, repo):
    hub.http(hub.key("bob")).create_repo(repo.replace("alice", "bob"))
    url = clients().api("create_repo", repo.replace("alice", "bob"), exist_ok=True)
    assert url["str"].endswith(repo.replace("alice", "bob"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_repository_holds_one_commit(client, repo, kind):
    client.api("create_repo", repo, repo_type=kind, **({"space_sdk": "docker"} if kind == "space" else {}))
    commits = client.api("list_repo_commits", repo, repo_type=kind)
    assert [c["title"] for c in commits] == ["initial commit"]
    files = client.api("list_repo_files", repo, repo_type=kind)
    assert files == ([".gitattributes", "README.md"] if kind == "space" else [".gitattributes"])
    attributes = client.run(
        "from huggingface_hub import hf_hub_download\n"
        "result = open(hf_hub_download(repo, '.gitattributes', repo_type=kind)).read()",
        repo=repo,
        kind=kind,
    )
    assert "*.safetensors filter=lfs diff=lfs merge=lfs -text\n" in attributes
    assert ("*.flac filter=lfs" in attributes) == (kind == "dataset")


def test_a_space_tells_its_kind(client, repo):
    client.api("create_repo", repo, repo_type="space", space_sdk="static")
    assert client.api("space_info", repo)["sdk"] == "static"
    with raises("Exception"):
        client.api("create_repo", repo + "-x", repo_type="space")


def test_the_types_do_not_share_names(client, repo):
    client.api("create_repo", repo)
    client.api("create_repo", repo, repo_type="dataset")
    client.api("delete_repo", repo)
    assert client.api("repo_exists", repo, repo_type="dataset")
    assert not client.api("repo_exists", repo)


def test_case_does_not_matter_when_looking_up(client, repo):
    name = repo.replace("alice/", "alice/MiXeD-")
    client.api("create_repo", name)
    assert client.api("model_info", name.lower())["id"] == name
    client.api("upload_file", path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=name.lower())
    assert client.api("file_exists", name.upper().replace("ALICE", "alice"), "x.txt")
    with raises("HfHubHTTPError") as caught:
        client.api("create_repo", name.lower())
    assert caught.error.status == 409


def test_deleting_what_is_not_there(client, repo):
    with raises("RepositoryNotFoundError") as caught:
        client.api("delete_repo", repo)
    assert "Request ID" in caught.error.message
    client.api("delete_repo", repo, missing_ok=True)


def test_a_name_is_free_again_after_deletion(client, repo):
    client.api("create_repo", repo)
    client.api("upload_file", path_or_fileobj=b"old", path_in_repo="old.txt", repo_id=repo)
    client.api("delete_repo", repo)
    client.api("create_repo", repo)
    assert client.api("list_repo_files", repo) == [".gitattributes"]


def test_moving_leaves_a_way_from_the_old_name(client, repo):
    target = repo.replace("alice/", "acme/moved-")
    client.api("create_repo", repo)
    client.api("upload_file", path_or_fileobj=b"kept", path_in_repo="x.txt", repo_id=repo)
    client.api("move_repo", repo, target)
    assert client.api("model_info", target)["id"] == target
    assert client.api("model_info", repo)["id"] == target
    content = client.run(
        "from huggingface_hub import hf_hub_download\nresult = open(hf_hub_download(repo, 'x.txt')).read()", repo=repo
    )
    assert content == "kept"
    client.api("upload_file", path_or_fileobj=b"more", path_in_repo="y.txt", repo_id=repo)
    assert client.api("file_exists", target, "y.txt")


def test_moving_onto_another_or_into_a_strange_namespace_is_refused(client, repo):
    client.api("create_repo", repo)
    client.api("create_repo", repo + "-2")
    for target in (repo + "-2", repo.replace("alice/", "bob/")):
        with raises("HfHubHTTPError"):
            client.api("move_repo", repo, target)
    assert client.api("model_info", repo)["id"] == repo


def test_visibility_is_a_setting(client, clients, repo):
    client.api("create_repo", repo)
    stranger = clients(client.version, "dave")
    for private in (True, False):
        if client.version == LATEST:
            client.cli("repos", "settings", repo, "--private" if private else "--public")
        else:
            client.api("update_repo_settings", repo, private=private)
        assert client.api("model_info", repo)["private"] is private
        assert stranger.api("repo_exists", repo) is not private


def test_only_those_who_manage_a_repository_change_it(clients, hub, repo):
    name = repo.replace("alice/", "acme/")
    clients().api("create_repo", name)
    for user in ("carol", "dave"):
        for act in (
            lambda c: c.api("delete_repo", name),
            lambda c: c.api("update_repo_settings", name, private=True),
            lambda c: c.api("move_repo", name, f"{user}/mine"),
        ):
            with raises("HfHubHTTPError") as caught:
                act(clients(LATEST, user))
            assert caught.error.status == 403
    assert clients().api("model_info", name)["private"] is False


@pytest.mark.parametrize(
    "name", ["a b", "a--b", "-a", "a.", "a..b", "a.git", "ü", "a/b/c", "", ".", "x" * 97, "a\\b", "a%2fb"]
)
def test_names_that_clients_could_not_ask_for_are_refused(alice, name):
    answer = alice.post("/api/repos/create", json={"name": name, "organization": "alice", "type": "model"})
    assert answer.status == 400, answer.body
    assert answer.error


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "castle"},
        {"type": 7},
        {"name": 7},
        {"name": None},
        {"visibility": "secret"},
        {"private": "yes"},
        {"organization": 3},
        {"files": "x"},
    ],
)
def test_creation_wants_sound_fields(alice, repo, fields):
    answer = alice.post("/api/repos/create", json={"name": repo.split("/")[1], "type": "model", **fields})
    assert answer.status == 400, answer.body
    assert alice.get(f"/api/models/{repo}").status == 404


def test_first_files_may_come_with_the_creation(alice, repo):
    import base64

    given = [{"encoding": "base64", "path": ".gitattributes", "content": base64.b64encode(b"*.html filter=lfs\n").decode()}]
    assert alice.create_repo(repo, files=given).status == 200
    assert alice.follow(f"/{repo}/resolve/main/.gitattributes").body == b"*.html filter=lfs\n"
