"""Git itself: clone, fetch, shallow clones and LFS, from the addresses that the pages show."""

import os
import subprocess

import pytest
from harness.client import LATEST
from harness.data import noise

WEIGHTS = noise(11, 400_000)
LARGE_TEXT = noise(12, 400_000).hex().encode()  # not LFS, and too large to lie in the database


class Work:
    """A folder in which git is run as a new user would run it."""

    def __init__(self, home):
        self.home = home
        self.env = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0"}
        self("lfs", "install")
        self("config", "--global", "user.name", "Alice")
        self("config", "--global", "user.email", "alice@example.org")

    def run(self, *args, **env):
        return subprocess.run(
            ["git", *args], cwd=self.home, env={**self.env, **env}, capture_output=True, text=True, timeout=120
        )

    def __call__(self, *args, **env):
        done = self.run(*args, **env)
        assert done.returncode == 0, f"git {' '.join(args)}: {done.stderr}"
        return done.stdout.strip()

    def checked(self, folder):
        self("-C", folder, "fsck", "--full", "--strict")
        assert self("-C", folder, "status", "--porcelain") == ""
        return self.home / folder


@pytest.fixture
def git(tmp_path):
    return Work(tmp_path)


@pytest.fixture
def filled(clients, repo):
    alice = clients(LATEST)
    alice.api("create_repo", repo)
    for path, content in {"README.md": b"# it", "a/b/c.txt": b"1", "model.bin": WEIGHTS, "long.txt": LARGE_TEXT}.items():
        alice.api("upload_file", path_or_fileobj=content, path_in_repo=path, repo_id=repo)
    alice.api("create_tag", repo, tag="v1")
    return repo


def commits(client, repo, revision="main"):
    return [c["commit_id"] for c in client.api("list_repo_commits", repo, revision=revision)]


def test_a_clone_has_every_commit_and_every_byte(git, hub, clients, filled):
    git("clone", f"{hub.url}/{filled}", "clone")
    folder = git.checked("clone")
    assert git("-C", "clone", "log", "--format=%H").split() == commits(clients(LATEST), filled)
    assert git("-C", "clone", "symbolic-ref", "HEAD") == "refs/heads/main"
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert (folder / "long.txt").read_bytes() == LARGE_TEXT
    assert (folder / "a/b/c.txt").read_bytes() == b"1"


def test_pointers_alone_where_lfs_is_left_out(git, hub, filled):
    git("clone", f"{hub.url}/{filled}.git", "clone", GIT_LFS_SKIP_SMUDGE="1")
    assert (git.home / "clone/model.bin").read_text().startswith("version https://git-lfs.github.com/spec/v1\n")


def test_what_is_new_is_fetched(git, hub, clients, filled):
    alice = clients(LATEST)
    git("clone", f"{hub.url}/{filled}", "clone")
    alice.api("upload_file", path_or_fileobj=b"2", path_in_repo="a/b/c.txt", repo_id=filled)
    alice.api("create_branch", filled, branch="dev", revision="v1")
    alice.api("upload_file", path_or_fileobj=b"dev", path_in_repo="dev.txt", repo_id=filled, revision="dev")
    git("-C", "clone", "pull", "--ff-only")
    folder = git.checked("clone")
    assert (folder / "a/b/c.txt").read_bytes() == b"2"
    git("-C", "clone", "checkout", "dev")
    assert (folder / "dev.txt").read_bytes() == b"dev" and (folder / "a/b/c.txt").read_bytes() == b"1"
    assert git("-C", "clone", "log", "--format=%H").split() == commits(alice, filled, "dev")
    assert "Already up to date" in git("-C", "clone", "pull", "origin", "dev")


def test_a_shallow_clone_grows(git, hub, clients, filled):
    alice = clients(LATEST)
    all_commits = commits(alice, filled)

    def known():
        git.checked("clone")
        return git("-C", "clone", "log", "--format=%H").split()

    git("clone", "--depth", "1", f"{hub.url}/{filled}", "clone")
    assert known() == all_commits[:1]
    git("-C", "clone", "fetch", "--depth", "3")
    assert known() == all_commits[:3]
    alice.api("upload_file", path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=filled)
    git("-C", "clone", "pull", "--ff-only")
    all_commits = commits(alice, filled)
    assert known() == all_commits[:4]
    git("-C", "clone", "fetch", "--unshallow")
    assert known() == all_commits


def test_a_tag_alone(git, hub, clients, filled):
    clients(LATEST).api("upload_file", path_or_fileobj=b"late", path_in_repo="late.txt", repo_id=filled)
    git("clone", "--branch", "v1", "--single-branch", f"{hub.url}/{filled}", "clone")
    assert not (git.checked("clone") / "late.txt").exists()


def test_a_private_repository_asks_for_a_key(git, hub, clients, filled):
    clients(LATEST).api("update_repo_settings", filled, visibility="private")
    refused = git.run("clone", f"{hub.url}/{filled}", "clone")
    assert refused.returncode != 0 and "could not read Username" in refused.stderr
    own = hub.url.replace("http://", f"http://alice:{hub.key('alice')}@")
    git("clone", f"{own}/{filled}", "clone")
    assert (git.checked("clone") / "model.bin").read_bytes() == WEIGHTS
    strangers = hub.url.replace("http://", f"http://dave:{hub.key('dave')}@")
    assert "not found" in git.run("clone", f"{strangers}/{filled}", "other").stderr
    wrong = hub.url.replace("http://", "http://alice:hf_wrong@")
    assert "Authentication failed" in git.run("clone", f"{wrong}/{filled}", "other").stderr


def test_a_dataset_under_its_former_name(git, hub, clients, repo):
    alice = clients(LATEST)
    alice.api("create_repo", repo, repo_type="dataset")
    alice.api("upload_file", path_or_fileobj=b"a,b\n", path_in_repo="t.csv", repo_id=repo, repo_type="dataset")
    alice.api("move_repo", from_id=repo, to_id=repo + "-new", repo_type="dataset")
    git("clone", f"{hub.url}/datasets/{repo}", "clone")
    assert (git.checked("clone") / "t.csv").read_bytes() == b"a,b\n"


def test_thousands_of_files(git, hub, alice, model):
    lines = [{"key": "file", "value": {"path": f"{i % 50:02}/{i}.json", "content": f'{{"i": {i}}}'}} for i in range(3000)]
    assert alice.commit(model, *lines).status == 200
    git("clone", f"{hub.url}/{model}", "clone")
    assert len(list(git.checked("clone").glob("*/*.json"))) == 3000


def test_a_push_is_told_the_way(git, hub, filled):
    own = hub.url.replace("http://", f"http://alice:{hub.key('alice')}@")
    git("clone", f"{own}/{filled}", "clone")
    git("-C", "clone", "commit", "--allow-empty", "-m", "mine")
    pushed = git.run("-C", "clone", "push")
    assert pushed.returncode != 0 and "hf upload" in pushed.stderr


def test_other_protocols_are_told_which_one(git, hub, alice, filled):
    old = git.run("-c", "protocol.version=0", "clone", f"{hub.url}/{filled}", "clone")
    assert old.returncode != 0 and "version 2" in old.stderr
    assert alice.get(f"/{filled}/info/refs").status == 400
    partial = git.run("clone", "--filter=blob:none", f"{hub.url}/{filled}", "partial")
    assert partial.returncode == 0, "git goes on without what is not offered"
    answer = alice.request("POST", f"/{filled}/git-upload-pack", body=b"0010command=push0000")
    assert answer.status == 200 and b"ERR" in answer.body
