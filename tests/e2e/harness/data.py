"""Deterministic bytes to send, and comparing what came back."""

from __future__ import annotations

import hashlib
import random
import struct
from pathlib import Path
from typing import Iterator

MIB = 1 << 20
GIB = 1 << 30


def noise(seed: int | str, size: int) -> bytes:
    """Incompressible."""
    return random.Random(seed).randbytes(size)


def weights(seed: int | str, size: int) -> bytes:
    """Like the tensors of a model: 32-bit floats whose high bytes repeat, so that both LZ4 schemes get used."""
    rng = random.Random(seed)
    table = [struct.pack("<f", rng.gauss(0, 0.02)) for _ in range(251)]
    period = b"".join(rng.choice(table) for _ in range(1 << 14))
    return b"".join(period + noise(f"{seed}/{i}", 1 << 14) for i in range(size // (5 << 14) + 1))[:size]


def stream(seed: int | str, size: int) -> Iterator[bytes]:
    """noise() for files that do not fit into memory, a MiB at a time."""
    rng = random.Random(seed)
    for start in range(0, size, MIB):
        yield rng.randbytes(min(MIB, size - start))


def write_stream(path: Path, seed: int | str, size: int) -> str:
    """Writes the file and answers its SHA-256."""
    digest = hashlib.sha256()
    with open(path, "wb") as out:
        for block in stream(seed, size):
            out.write(block)
            digest.update(block)
    return digest.hexdigest()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    with open(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else _digest(source)


def _digest(source) -> str:
    digest = hashlib.sha256()
    while block := source.read(MIB):
        digest.update(block)
    return digest.hexdigest()


def blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def make_files(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def read_files(root: Path) -> dict[str, bytes]:
    """Every file below root by its relative name, without what the client keeps for itself."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not name.startswith(".cache/"):
            found[name] = path.read_bytes()
    return found


def assert_same_files(got: dict[str, bytes], expected: dict[str, bytes]) -> None:
    assert sorted(got) == sorted(expected)
    for name, content in expected.items():
        assert got[name] == content, f"{name}: {len(got[name])} bytes came back for {len(content)}"
