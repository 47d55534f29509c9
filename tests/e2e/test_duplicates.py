"""Copies of repositories, copies of files between them, and the list of what one's own repositories store."""

import pytest
from harness.client import LATEST, raises
from harness.data import noise

WEIGHTS = noise(7, 3_000_000)


@pytest.fixture(scope="module")
def newest(clients):
    return clients(LATEST, "alice")


@pytest.fixture
def original(newest, repo):
    newest.api("create_repo", repo)
    files = {"README.md": b"---\nlicense: mit\n---\n# it", "deep/er/config.json": b"{}", "model.bin": WEIGHTS}
    for path, content in files.items():
        newest.api("upload_file", path_or_fileobj=content, path_in_repo=path, repo_id=repo)
    return repo


def listed(client, repo, **more):
    return sorted(client.api("list_repo_files", repo, **more))


def read(client, repo, path):
    return client.run(
        "from huggingface_hub import hf_hub_download; result = open(hf_hub_download(repo, path), 'rb').read()",
        repo=repo,
        path=path,
    )


def test_a_copy_outlives_its_original(newest, clients, original):
    copy = original + "-copy"
    newest.cli("repos", "duplicate", original, copy)
    assert listed(newest, copy) == listed(newest, original)
    assert [c["title"] for c in newest.api("list_repo_commits", copy)] == [f"Duplicate from {original}"]
    assert newest.api("model_info", copy)["card_data"]["license"] == "mit"
    newest.api("delete_repo", original)
    assert read(newest, copy, "model.bin") == WEIGHTS
    assert read(clients(LATEST, None), copy, "deep/er/config.json") == b"{}"
    newest.api("upload_file", path_or_fileobj=b"more", path_in_repo="more.txt", repo_id=copy)
    assert "more.txt" in listed(newest, copy)


def test_a_copy_into_ones_own_namespace_of_what_one_may_read(newest, clients, original):
    bob = clients(LATEST, "bob")
    made = bob.run(
        "from huggingface_hub import duplicate_repo; result = str(duplicate_repo(repo))", repo=original
    )
    assert made.endswith("/bob/" + original.split("/")[1])
    with raises("HfHubHTTPError") as caught:
        bob.run("from huggingface_hub import duplicate_repo; result = str(duplicate_repo(repo))", repo=original)
    assert caught.error.status == 409
    newest.api("update_repo_settings", original, visibility="private")
    with raises("RepositoryNotFoundError"):
        bob.run(
            "from huggingface_hub import duplicate_repo; result = str(duplicate_repo(repo, to_id='bob/stolen'))",
            repo=original,
        )
    with raises("HfHubHTTPError") as caught:
        newest.run(
            "from huggingface_hub import duplicate_repo; result = str(duplicate_repo(repo, to_id='bob/gift'))",
            repo=original,
        )
    assert caught.error.status == 403


def test_a_private_original_makes_a_private_copy(newest, clients, original):
    newest.api("update_repo_settings", original, visibility="private")
    newest.cli("repos", "duplicate", original, original + "-copy")
    assert newest.api("model_info", original + "-copy")["private"] is True
    newest.cli("repos", "duplicate", original, original + "-open", "--public")
    assert read(clients(LATEST, None), original + "-open", "model.bin") == WEIGHTS


def test_a_space_is_kept_and_not_run(newest, repo):
    newest.api("create_repo", repo, repo_type="space", space_sdk="static")
    newest.cli("repos", "duplicate", repo, repo + "-copy", "--type", "space")
    assert newest.api("space_info", repo + "-copy")["sdk"] == "static"
    with raises("BadRequestError") as caught:
        newest.run(
            "from huggingface_hub import duplicate_repo\n"
            "result = str(duplicate_repo(repo, to_id=repo + '-2', repo_type='space', space_hardware='t4-medium'))",
            repo=repo,
        )
    assert "does not run them" in caught.error.message


def test_files_go_from_one_repository_to_another_without_their_bytes(newest, clients, hub, original):
    target = original + "-target"
    newest.api("create_repo", target)
    newest.cli("cp", f"hf://{original}/model.bin", f"hf://{target}/weights/model.bin")
    newest.cli("repos", "cp", f"hf://{original}/deep/er/config.json", f"hf://{target}/config.json")
    newest.api("delete_repo", original)
    assert read(newest, target, "weights/model.bin") == WEIGHTS
    assert read(newest, target, "config.json") == b"{}"


def test_no_file_into_a_repository_of_others(clients, original):
    with raises("HfHubHTTPError") as caught:
        clients(LATEST, "dave").run(
            "from huggingface_hub import HfApi, CommitOperationCopy\n"
            "HfApi().create_commit(repo, operations=[CommitOperationCopy('model.bin', 'x.bin')], commit_message='x')",
            repo=original,
        )
    assert caught.error.status == 403


def test_the_list_of_what_repositories_store(newest, clients, original):
    [own] = [r for r in newest.api("list_user_repos") if r["id"] == original]
    assert own["type"] == "model" and own["visibility"] == "public"
    assert own["storage"] >= len(WEIGHTS)
    assert 0 < own["storage_percent"] <= 100
    assert original in newest.cli("repos", "ls", "--format", "json").stdout
    name = original.replace("alice/", "acme/")
    newest.api("create_repo", name, private=True)
    assert name in [r["id"] for r in clients(LATEST, "carol").api("list_user_repos", "acme")]
    with raises("HfHubHTTPError") as caught:
        clients(LATEST, "dave").api("list_user_repos", "acme")
    assert caught.error.status == 403
    with raises("HfHubHTTPError") as caught:
        clients(LATEST, None).api("list_user_repos")
    assert caught.error.status == 401


def test_there_are_no_discussions(newest, original):
    count = "from huggingface_hub import HfApi; result = len(list(HfApi().get_repo_discussions(repo)))"
    assert newest.run(count, repo=original) == 0


def test_what_this_hub_does_not_have_is_named(newest):
    output = newest.cli("collections", "list", ok=False)
    assert "it has no buckets, collections, jobs" in output.text
