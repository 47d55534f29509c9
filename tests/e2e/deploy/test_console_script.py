"""tools/console.sh: which Node it takes, and that it works only when something has changed."""

import re

import pytest
from harness.console_tree import NO_PYPI, Tree, without_node


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "tree")


def built(done):
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.fullmatch(r"v(\d+)\.(\d+)\.(\d+)", text).groups()))


def test_without_node_it_takes_one_from_pypi_once(tree, tmp_path):
    path = without_node(tmp_path / "bin")
    assert "taking a newer Node from PyPI" in built(tree.run("build", path=path)).stderr
    assert version(tree.built_by) >= (22, 12)
    # The second time it has both, and asks nobody.
    assert built(tree.run("build", path=path, **NO_PYPI)).stderr == ""
    assert tree.builds == 1
    (tree.root / "console" / "new.ts").write_text("export {};")
    built(tree.run("build", path=path, **NO_PYPI))
    assert tree.builds == 2
    said = built(tree.run("exec", "npm", "--version", path=path, **NO_PYPI)).stdout
    assert re.fullmatch(r"[\d.]+\n", said), "npm is that of the same Node"
    # Nor is one used that is too old.
    for name in ("node", "npm"):
        old = tmp_path / "bin" / name
        old.write_text("#!/bin/sh\necho an old Node >&2; exit 1\n")
        old.chmod(0o755)
    (tree.root / "console" / "newer.ts").write_text("export {};")
    assert "npm" not in built(tree.run("build", path=path, **NO_PYPI)).stdout
    assert tree.builds == 3 and version(tree.built_by) >= (22, 12)


def test_with_no_node_to_be_had_it_says_so(tree, tmp_path):
    done = tree.run("build", path=without_node(tmp_path / "bin"), **NO_PYPI)
    assert done.returncode == 1
    assert "no Node of 20.19 or newer, and none to be had from PyPI" in done.stderr
    assert not (tree.root / "console" / "dist").exists()


def test_pages_that_cannot_be_built_are_told(tree):
    (tree.root / "console" / "build.mjs").write_text("throw new Error('a page is wrong');")
    done = tree.run("build")
    assert done.returncode == 1 and "a page is wrong" in done.stderr
