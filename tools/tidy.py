#!/usr/bin/env python3
"""tidy.py BUILD [PATH…]: clang-tidy over src/, or over the named files and folders of it.

BUILD is a tree that `make build` has built (its compile commands and precompiled header are used).
A file without findings is remembered in BUILD/tidy/ by the contents of everything the verdict rests
on: itself, what it includes of src/, its compile command, .clang-tidy and the tool's version. So a
second run looks only at what changed. Exits with 1 when any file has findings.
"""

import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
TOOL = "clang-tidy-19"
JOBS = int(os.environ.get("JOBS", "2"))
PRECOMPILED = SRC / "core/pch.hpp"
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
NOISE = re.compile(r"^(\d+ warnings? .*generated\.|)$")  # counts what system headers would say


@functools.cache
def digest(path: pathlib.Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


@functools.cache
def includes(path: pathlib.Path) -> list[pathlib.Path]:
    named = (SRC / name.decode() for name in INCLUDE.findall(path.read_bytes()))
    return [header for header in named if header.is_file()]


def with_headers(source: pathlib.Path) -> list[pathlib.Path]:
    found, ahead = {source}, [source, PRECOMPILED]
    while ahead:
        new = set(includes(ahead.pop())) - found
        found |= new
        ahead += new
    return sorted(found)


def verdict_rests_on(source: pathlib.Path, command: str, basis: bytes) -> str:
    whole = hashlib.sha256(basis + command.encode())
    for path in with_headers(source):
        whole.update(str(path.relative_to(ROOT)).encode() + digest(path))
    return whole.hexdigest()


def sources(commands: dict[pathlib.Path, str], wanted: list[str]) -> list[pathlib.Path]:
    """The compiled sources of src/ below any of the wanted paths; tests are not held to the checks."""
    roots = [pathlib.Path(path).resolve() for path in wanted] or [SRC]
    chosen = [
        path
        for path in commands
        if path.is_relative_to(SRC)
        and not path.stem.endswith(("_test", "_bench"))
        and any(path.is_relative_to(root) for root in roots)
    ]
    if not chosen:
        sys.exit("tidy: no sources of src/ there")
    return sorted(chosen)


def main(build: pathlib.Path, wanted: list[str]) -> int:
    entries = json.loads((build / "compile_commands.json").read_text())
    commands = {pathlib.Path(e["file"]).resolve(): e["command"] for e in entries}
    version = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
    basis = version + digest(ROOT / ".clang-tidy")
    stamps = build / "tidy"
    stamps.mkdir(exist_ok=True)

    def check(source: pathlib.Path) -> bool:
        stamp = stamps / str(source.relative_to(SRC)).replace("/", "__")
        state = verdict_rests_on(source, commands[source], basis)
        if stamp.is_file() and stamp.read_text() == state:
            return True
        run = subprocess.run([TOOL, "-p", build, "--quiet", source], capture_output=True, text=True)
        said = [line for line in (run.stdout + run.stderr).splitlines() if not NOISE.match(line)]
        if run.returncode == 0 and not said:
            stamp.write_text(state)
            return True
        print("\n".join(said) or f"{source}: {TOOL} ended with {run.returncode}", flush=True)
        return False

    chosen = sources(commands, wanted)
    with ThreadPoolExecutor(JOBS) as pool:
        bad = [path for path, clean in zip(chosen, pool.map(check, chosen)) if not clean]
    print(f"tidy: {len(chosen) - len(bad)} of {len(chosen)} files are clean")
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]))
