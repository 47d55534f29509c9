"""Xorbs and shards by hand, for the tests that must send what no real client would: damaged ones, lying ones, quick ones.

Written from the protocol description, apart from the server's own code, so that the two check each other.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Sequence

import blake3
import lz4.frame

CHUNK_KEY = bytes.fromhex("6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229")
NODE_KEY = bytes.fromhex("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f")
RANGE_KEY = bytes.fromhex("7f1857d6ce56ed66127ff913e7a5c3f3a4cd26d5b5db49e64124987f28fb94c3")
SHARD_TAG = bytes.fromhex("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9")
BOOKEND = b"\xff" * 32 + b"\0" * 16
HAS_VERIFICATION, HAS_METADATA = 1 << 31, 1 << 30
CHUNK = 64 * 1024
XORB_LIMIT = 64 << 20


def keyed(key: bytes, data: bytes) -> bytes:
    return blake3.blake3(data, key=key).digest()


def to_hex(raw: bytes) -> str:
    return b"".join(raw[i : i + 8][::-1] for i in range(0, len(raw), 8)).hex()


def from_hex(text: str) -> bytes:
    raw = bytes.fromhex(text)
    return b"".join(raw[i : i + 8][::-1] for i in range(0, len(raw), 8))


def chunk_hash(data: bytes) -> bytes:
    return keyed(CHUNK_KEY, data)


def _cut(nodes: Sequence[tuple[bytes, int]]) -> int:
    if len(nodes) <= 2:
        return len(nodes)
    limit = min(9, len(nodes))
    for i in range(2, limit):
        if int.from_bytes(nodes[i][0][24:], "little") % 4 == 0:
            return i + 1
    return limit


def tree_hash(nodes: Sequence[tuple[bytes, int]]) -> bytes:
    """The aggregated hash of (hash, size) pairs."""
    if not nodes:
        return bytes(32)
    level = list(nodes)
    while len(level) > 1:
        above = []
        while level:
            taken = _cut(level)
            text = "".join(f"{to_hex(h)} : {size}\n" for h, size in level[:taken])
            above.append((keyed(NODE_KEY, text.encode()), sum(size for _, size in level[:taken])))
            level = level[taken:]
        level = above
    return level[0][0]


def file_hash(nodes: Sequence[tuple[bytes, int]]) -> bytes:
    return keyed(bytes(32), tree_hash(nodes)) if nodes else bytes(32)


def range_hash(hashes: Sequence[bytes]) -> bytes:
    return keyed(RANGE_KEY, b"".join(hashes))


def chunk_record(data: bytes, *, scheme: int = 0) -> bytes:
    stored = data
    if scheme == 1:
        stored = lz4.frame.compress(data, store_size=False)
    elif scheme == 2:
        stored = lz4.frame.compress(b"".join(data[i::4] for i in range(4)), store_size=False)
    return raw_record(len(stored), scheme, len(data), stored)


def raw_record(stored_size: int, scheme: int, size: int, payload: bytes, version: int = 0) -> bytes:
    head = bytes([version]) + stored_size.to_bytes(3, "little") + bytes([scheme]) + size.to_bytes(3, "little")
    return head + payload


@dataclass
class Xorb:
    chunks: list[bytes]
    scheme: int = 0

    @property
    def nodes(self) -> list[tuple[bytes, int]]:
        return [(chunk_hash(c), len(c)) for c in self.chunks]

    @property
    def hash(self) -> bytes:
        return tree_hash(self.nodes)

    @property
    def hex(self) -> str:
        return to_hex(self.hash)

    @property
    def body(self) -> bytes:
        return b"".join(chunk_record(c, scheme=self.scheme) for c in self.chunks)

    @property
    def size(self) -> int:
        return sum(map(len, self.chunks))

    @classmethod
    def of(cls, content: bytes, scheme: int = 0, chunk: int = CHUNK) -> "Xorb":
        return cls([content[i : i + chunk] for i in range(0, len(content), chunk)], scheme)


@dataclass
class Segment:
    xorb: bytes
    nodes: list[tuple[bytes, int]]
    """The chunks of the segment, in order."""
    start: int
    end: int
    size: int | None = None
    verification: bytes | None = None

    def record(self) -> bytes:
        size = sum(s for _, s in self.nodes) if self.size is None else self.size
        return self.xorb + struct.pack("<IIII", 0, size & 0xFFFFFFFF, self.start, self.end)

    def proof(self) -> bytes:
        proof = range_hash([h for h, _ in self.nodes]) if self.verification is None else self.verification
        return proof + bytes(16)


@dataclass
class File:
    segments: list[Segment]
    sha256: str | None
    hash: bytes | None = None
    verified: bool = True
    segment_count: int | None = None

    @property
    def file_hash(self) -> bytes:
        return file_hash([n for s in self.segments for n in s.nodes]) if self.hash is None else self.hash

    def records(self) -> bytes:
        flags = (HAS_VERIFICATION if self.verified else 0) | (HAS_METADATA if self.sha256 else 0)
        count = len(self.segments) if self.segment_count is None else self.segment_count
        out = self.file_hash + struct.pack("<IIII", flags, count, 0, 0)
        out += b"".join(s.record() for s in self.segments)
        if self.verified:
            out += b"".join(s.proof() for s in self.segments)
        if self.sha256:
            out += from_hex(self.sha256) + bytes(16)
        return out


def whole(xorb: Xorb, sha256: str | None) -> File:
    """The file that consists of one whole xorb."""
    nodes = xorb.nodes
    return File([Segment(tree_hash(nodes), nodes, 0, len(nodes))], sha256)


def xorb_records(xorb: Xorb, *, count: int | None = None) -> bytes:
    nodes = xorb.nodes
    out = tree_hash(nodes) + struct.pack("<IIII", 0, len(nodes) if count is None else count, xorb.size, 0)
    offset = 0
    for h, size in nodes:
        out += h + struct.pack("<IIII", offset, size, 0, 0)
        offset += size
    return out


def shard(files: Sequence[File], xorbs: Sequence[Xorb] = (), *, version: int = 2, tag: bytes = SHARD_TAG) -> bytes:
    """In the form hf_xet sends: no lookup tables, no footer."""
    head = tag + struct.pack("<QQ", version, 0)
    body = b"".join(f.records() for f in files) + BOOKEND
    return head + body + b"".join(xorb_records(x) for x in xorbs) + BOOKEND


class Uploader:
    """Sends content to a repository as an Xet client does, with as little work as possible."""

    def __init__(self, http, repo: str, kind: str = "models", rev: str = "main") -> None:
        self.http, self.repo, self.kind, self.rev = http, repo, kind, rev
        self._token: str | None = None

    @property
    def cas(self):
        if self._token is None:
            answer = self.http.get(f"/api/{self.kind}/{self.repo}/xet-write-token/{self.rev}")
            assert answer.status == 200, (answer.status, answer.body)
            self._token = answer.json()["accessToken"]
        return self.http.as_(self._token)

    def xorb(self, xorb: Xorb):
        return self.cas.post(f"/v1/xorbs/default/{xorb.hex}", body=xorb.body)

    def shard(self, body: bytes, version: int = 1):
        return self.cas.post(f"/v{version}/shards", body=body)

    def upload(self, content: bytes, sha256: str, scheme: int = 0) -> File:
        """Stores the content; afterwards a commit may name its SHA-256."""
        xorb = Xorb.of(content, scheme)
        file = whole(xorb, sha256)
        answer = self.xorb(xorb)
        assert answer.status == 200, (answer.status, answer.body)
        answer = self.shard(shard([file], [xorb]))
        assert answer.status == 200, (answer.status, answer.body)
        return file


def footer(xorb: Xorb) -> bytes:
    """The version 1 footer that older clients append to a xorb."""
    nodes = xorb.nodes
    count = struct.pack("<I", len(nodes))
    physical, unpacked, ends = 0, 0, [[], []]
    for chunk in xorb.chunks:
        physical += len(chunk_record(chunk, scheme=xorb.scheme))
        unpacked += len(chunk)
        ends[0].append(physical)
        ends[1].append(unpacked)
    hashes = b"XBLBHSH\0" + count + b"".join(h for h, _ in nodes)
    bounds = b"XBLBBND\1" + count + struct.pack(f"<{2 * len(nodes)}I", *ends[0], *ends[1])
    tail_size = 12 + 16
    to_bounds = len(bounds) + tail_size
    tail = count + struct.pack("<II", to_bounds + len(hashes), to_bounds) + bytes(16)
    out = b"XETBLOB\1" + tree_hash(nodes) + hashes + bounds + tail
    return out + struct.pack("<I", len(out))


def read_chunks(data: bytes) -> list[bytes]:
    """The chunks of a range of a xorb, as a signed URL serves it."""
    chunks = []
    while data:
        version, stored, scheme, size = data[0], data[1:4], data[4], data[5:8]
        assert version == 0
        stored, size = int.from_bytes(stored, "little"), int.from_bytes(size, "little")
        payload, data = data[8 : 8 + stored], data[8 + stored :]
        assert len(payload) == stored
        chunk = payload if scheme == 0 else lz4.frame.decompress(payload)
        chunk = _ungroup(chunk) if scheme == 2 else chunk
        assert len(chunk) == size
        chunks.append(chunk)
    return chunks


def _ungroup(data: bytes) -> bytes:
    out, start = bytearray(len(data)), 0
    for i in range(4):
        size = len(out[i::4])
        out[i::4] = data[start : start + size]
        start += size
    return bytes(out)


def read_file(cas, file_hex: str, asked: str | None = None, version: int = 2) -> bytes:
    """Rebuilds (a range of) a file from the answer to a reconstruction query."""
    headers = {"Range": asked} if asked else {}
    answer = cas.get(f"/v{version}/reconstructions/{file_hex}", headers=headers)
    assert answer.status == 200, (answer.status, answer.body)
    plan = answer.json()
    pieces: dict[tuple[str, int], list[bytes]] = {}
    for xorb, first, end, url, start, last in _fetches(plan):
        data = cas.as_(None).get(url, headers={"Range": f"bytes={start}-{last}"})
        assert data.status in (200, 206), (data.status, data.body)
        assert len(data.body) == last - start + 1
        chunks = read_chunks(data.body)
        assert len(chunks) == end - first
        pieces.update({(xorb, first + i): chunk for i, chunk in enumerate(chunks)})
    out = b""
    for term in plan["terms"]:
        span = range(term["range"]["start"], term["range"]["end"])
        part = b"".join(pieces[term["hash"], i] for i in span)
        assert len(part) == term["unpacked_length"]
        out += part
    out = out[plan["offset_into_first_range"] :]
    if asked and asked.partition("-")[2]:
        first, _, last = asked.removeprefix("bytes=").partition("-")
        out = out[: int(last) - int(first) + 1]
    return out


def _fetches(plan: dict):
    for xorb, entries in plan.get("xorbs", {}).items():
        for entry in entries:
            for r in entry["ranges"]:
                yield xorb, r["chunks"]["start"], r["chunks"]["end"], entry["url"], r["bytes"]["start"], r["bytes"]["end"]
    for xorb, entries in plan.get("fetch_info", {}).items():
        for e in entries:
            yield xorb, e["range"]["start"], e["range"]["end"], e["url"], e["url_range"]["start"], e["url_range"]["end"]


def read_token(http, repo: str, kind: str = "models", rev: str = "main"):
    """The CAS as the holder of a read token for the repository sees it."""
    answer = http.get(f"/api/{kind}/{repo}/xet-read-token/{rev}")
    assert answer.status == 200, (answer.status, answer.body)
    return http.as_(answer.json()["accessToken"])
