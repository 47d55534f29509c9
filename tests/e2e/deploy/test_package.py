"""The Debian package: what is in it, and that an installed hub works as its unit starts it."""

import os
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from harness.client import LATEST, VENVS, Client
from harness.hub import REPO_ROOT

from harness.console_tree import NO_PYPI, Tree, without_node

HERE = Path(__file__).parent
UNITS = sorted((REPO_ROOT / "deploy" / "systemd").glob("*.service"))
CONSOLE = REPO_ROOT / "console" / "dist"
HARDENED = 2.0
"""systemd-analyze's exposure: 0 is nothing, 10 everything; a plain service has 9.6."""


def run(*command, **more):
    done = subprocess.run(list(map(str, command)), text=True, capture_output=True, timeout=240, **more)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def make_deb(target, tree=REPO_ROOT, **more):
    """What was said, and the package."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))} | more
    said = run("make", "-C", tree, "deb", f"DEB_DIR={target}", "PACKAGES=build", env=environment)
    (package,) = target.glob("*.deb")
    return said, package


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    said, package = make_deb(tmp_path_factory.mktemp("deb"))
    assert "without the console" not in said
    return package


def test_without_node_it_is_a_package_of_an_api(tmp_path):
    """On a machine that has none and cannot get one. The tree is this one but for a console that was never built."""
    tree = Tree(tmp_path / "tree")
    (tree.root / "build").symlink_to(REPO_ROOT / "build")
    shutil.copy(REPO_ROOT / "Makefile", tree.root)
    shutil.copytree(REPO_ROOT / "tools", tree.root / "tools", dirs_exist_ok=True)
    said, package = make_deb(tmp_path, tree.root, PATH=without_node(tmp_path / "bin"), **NO_PYPI)
    assert "The package is without the console: the hub in it is an API alone." in said
    listed = run("dpkg-deb", "--contents", package)
    assert "./usr/bin/siahub" in listed and "/usr/share/siahub" not in listed


def test_its_files(package):
    listed = {line.split(None, 5)[5]: line.split()[:2] for line in run("dpkg-deb", "--contents", package).splitlines()}
    assert listed["./usr/bin/siahub"] == ["-rwxr-xr-x", "root/root"]
    assert listed["./etc/siahub/siahub.toml"] == ["-rw-r--r--", "root/root"]
    assert {f"./lib/systemd/system/{unit.name}" for unit in UNITS} <= set(listed)
    assert all(owner == "root/root" for _, owner in listed.values())
    pages = {path.removeprefix("./usr/share/siahub/console/") for path in listed if "/siahub/console/" in path}
    assert {"index.html", "index.html.br", "licenses.txt"} <= pages
    built = {str(path.relative_to(CONSOLE)) for path in (CONSOLE / "assets").iterdir()}
    assert built and {path for path in pages if path.startswith("assets/") and path != "assets/"} == built


def test_it_names_the_libraries_it_needs(package):
    depends = run("dpkg-deb", "--field", package, "Depends")
    for library in ("libc6", "libpq5", "libsqlite3-0", "libssl3", "libstdc++6"):
        assert library in depends, depends
    assert "-dev" not in depends and "clang" not in depends


def test_lintian_has_nothing_to_say(package):
    assert run("lintian", "--allow-root", "--fail-on", "warning", package) == ""


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_are_hardened(unit):
    report = run("systemd-analyze", "security", "--offline=yes", f"--threshold={int(HARDENED * 10)}", unit)
    assert "Overall exposure level" in report


def test_installed_as_an_operator_does(package, tmp_path):
    if not can_boot():
        return unpacked_as_myself(package, tmp_path)
    home = package.parent
    subprocess.run([HERE / "in_scratch_root.sh", home, HERE / "installed.sh", package, VENVS / LATEST / "bin"], timeout=240)
    told = (home / "said").read_text()
    assert told.endswith("all of it worked\n"), told


def can_boot() -> bool:
    """Root, with what a container may take away from root."""
    probe = ["unshare", "--net", "--mount", "--cgroup", "mount", "-t", "cgroup2", "probe", "/mnt"]
    return os.geteuid() == 0 and subprocess.run(probe, capture_output=True).returncode == 0


def unpacked_as_myself(package, tmp_path):
    """Where nothing can be installed; the program and its configuration are those of the package all the same."""
    run("dpkg-deb", "--extract", package, tmp_path / "root")
    env = {
        "PATH": os.environ["PATH"],
        "SIAHUB_CONFIG": str(tmp_path / "root/etc/siahub/siahub.toml"),
        "SIAHUB_DATA": str(tmp_path / "data"),
    }
    program = tmp_path / "root/usr/bin/siahub"
    run(program, "admin", "user", "create", "alice", env=env)
    key = run(program, "admin", "key", "create", "--user", "alice", "--scope", "write", env=env).strip()
    with subprocess.Popen([program, "serve"], env=env) as service:
        try:
            wait_until_ready("http://127.0.0.1:8470")
            client = Client(LATEST, "http://127.0.0.1:8470", key)
            content = os.urandom(5_000_000)
            client.api("create_repo", "alice/model")
            client.api("upload_file", repo_id="alice/model", path_or_fileobj=content, path_in_repo="w.bin")
            assert Path(client.api("hf_hub_download", "alice/model", "w.bin")).read_bytes() == content
            client.close()
            page = urllib.request.Request("http://127.0.0.1:8470/", headers={"Accept": "text/html"})
            assert b'<div id="root">' in urllib.request.urlopen(page, timeout=5).read()
        finally:
            service.terminate()
    assert service.returncode == 0


def wait_until_ready(url):
    for _ in range(300):
        try:
            return urllib.request.urlopen(f"{url}/ready", timeout=5).close()
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} is not ready")
