#!/usr/bin/env python3
"""tidy.py BUILD [PATH…]: clang-tidy over src/, or over the named files and folders of it.

BUILD is a tree that `make build` has built (its compile commands and precompiled header are used).
A file without findings is remembered in BUILD/tidy/ by the contents of everything the verdict rests
on: itself, what it includes of src/, its compile command, .clang-tidy and the tool's version. So a
second run looks only at what changed. Most of the work on a file is what it includes, so several are
looked at as if they were one, and one by one only when that finds something. Exits with 1 when any
file has findings.
"""

import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
TOOL = "clang-tidy-19"
BATCH = 10
JOBS = int(os.environ.get("JOBS", "2"))
PRECOMPILED = SRC / "core/pch.hpp"
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
OWN_FILES = re.compile(r" -(o|c) \S+")
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


class Tidy:
    """Runs the tool over batches, several at a time, and keeps the verdicts."""

    def __init__(self, build: pathlib.Path) -> None:
        entries = json.loads((build / "compile_commands.json").read_text())
        self.commands = {pathlib.Path(e["file"]).resolve(): e["command"] for e in entries}
        self.directory = entries[0]["directory"]
        self.stamps = build / "tidy"
        self.stamps.mkdir(exist_ok=True)
        version = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
        self.basis = version + digest(ROOT / ".clang-tidy")

    def stamp(self, source: pathlib.Path) -> pathlib.Path:
        return self.stamps / str(source.relative_to(SRC)).replace("/", "__")

    def state(self, source: pathlib.Path) -> str:
        return verdict_rests_on(source, self.commands[source], self.basis)

    def known_clean(self, source: pathlib.Path) -> bool:
        stamp = self.stamp(source)
        return stamp.is_file() and stamp.read_text() == self.state(source)

    def batches(self, chosen: list[pathlib.Path]) -> list[list[pathlib.Path]]:
        """Neighbours that are compiled alike."""
        alike: dict[str, list[pathlib.Path]] = {}
        for source in chosen:
            alike.setdefault(OWN_FILES.sub("", self.commands[source]), []).append(source)
        return [files[i : i + BATCH] for files in alike.values() for i in range(0, len(files), BATCH)]

    def said_of(self, batch: list[pathlib.Path]) -> list[str]:
        """What the tool says of one file, or of several as if they were one."""
        with tempfile.TemporaryDirectory() as home:
            together = batch[0]
            if len(batch) > 1:
                together = pathlib.Path(home) / "together.cpp"
                together.write_text("".join(f'#include "{source}"\n' for source in batch))
            command = OWN_FILES.sub("", self.commands[batch[0]]) + f" -c {together}"
            entry = {"directory": self.directory, "file": str(together), "command": command}
            (pathlib.Path(home) / "compile_commands.json").write_text(json.dumps([entry]))
            wanted = [TOOL, "-p", home, f"--config-file={ROOT / '.clang-tidy'}", "--quiet", together]
            if len(batch) > 1:
                wanted.insert(1, "--checks=-bugprone-suspicious-include")
            run = subprocess.run(wanted, capture_output=True, text=True)
        said = [line for line in (run.stdout + run.stderr).splitlines() if not NOISE.match(line)]
        return said or ([f"{TOOL} ended with {run.returncode}"] if run.returncode else [])

    def look(self, batch: list[pathlib.Path]) -> list[pathlib.Path]:
        """The files with findings. A batch that has any, or that cannot be one, is looked at in halves."""
        states = [self.state(source) for source in batch]
        said = self.said_of(batch)
        if not said:
            for source, state in zip(batch, states):
                self.stamp(source).write_text(state)
            return []
        if len(batch) > 1:
            half = len(batch) // 2
            return self.look(batch[:half]) + self.look(batch[half:])
        print("\n".join([f"{batch[0].relative_to(ROOT)}:", *said]), flush=True)
        return batch


def main(build: pathlib.Path, wanted: list[str]) -> int:
    tidy = Tidy(build)
    chosen = sources(tidy.commands, wanted)
    batches = tidy.batches([source for source in chosen if not tidy.known_clean(source)])
    with ThreadPoolExecutor(JOBS) as pool:
        bad = [source for found in pool.map(tidy.look, batches) for source in found]
    print(f"tidy: {len(chosen) - len(bad)} of {len(chosen)} files are clean")
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]))
