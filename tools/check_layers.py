#!/usr/bin/env python3
"""Fails when a file of src/ includes a header of a layer that cmake/layers.cmake does not allow it."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DECLARATION = re.compile(r"set\(SIAHUB_DEPS_(\w+)([^)]*)\)")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z0-9_]+)/')


def allowed_layers() -> dict[str, set[str]]:
    text = (ROOT / "cmake/layers.cmake").read_text()
    direct = {m[1]: set(m[2].split()) for m in DECLARATION.finditer(text)}
    closed: dict[str, set[str]] = {}
    for layer, deps in direct.items():  # lowest first, so every dependency is closed already
        closed[layer] = {layer} | deps | set().union(*(closed[d] for d in deps))
    return closed


def violations() -> list[str]:
    allowed = allowed_layers()
    found = []
    for path in sorted((ROOT / "src").rglob("*.[ch]pp")):
        layer = path.relative_to(ROOT / "src").parts[0]
        if layer not in allowed:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if match and match[1] not in allowed[layer]:
                found.append(f"{path.relative_to(ROOT)}:{number}: {layer} may not use {match[1]}")
    return found


if __name__ == "__main__":
    problems = violations()
    print("\n".join(problems))
    sys.exit(1 if problems else 0)
