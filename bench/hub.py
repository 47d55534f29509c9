#!/usr/bin/env python3
"""Compares a hub with nginx in one run: a warm ranged download through a signed URL (nginx serves the
very file of the xorb), HEAD resolve and tree. Starts its own hub on a temporary directory; prints what
http_compare.py prints.

  bench/hub.py --build build [arguments for http_compare.py]
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
FILE_BYTES = 60 << 20  # one xorb
# One client here asks more often than a person's key may. The limit counts all the same, which costs what it costs.
USUAL = ["--log-level", "off", "--limit-key", "1000000", "--limit-key-burst", "1000000"]


class Hub:
    def __init__(self, program: pathlib.Path, data: str, arguments: list[str] = USUAL, log=None):
        self.program, self.data = program, data
        self.admin("user", "create", "bench")
        self.key = self.admin("key", "create", "--user", "bench", "--scope", "write").strip()
        self.process = subprocess.Popen(
            [program, "serve", "--data", data, "--listen", "127.0.0.1:0", "--threads", "1", *arguments],
            stdout=subprocess.PIPE, stderr=log, text=True)
        self.base = re.search(r"http://\S+", self.process.stdout.readline())[0]

    def admin(self, *words: str) -> str:
        command = [self.program, "admin", *words, "--data", self.data]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def call(self, method: str, url: str, body: bytes | None = None, key: str | None = None,
             **headers: str):
        request = urllib.request.Request(urllib.parse.urljoin(self.base, url), body, method=method)
        if key != "":
            request.add_header("Authorization", f"Bearer {key or self.key}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def call_json(self, method: str, url: str, value=None, **options):
        body = None if value is None else json.dumps(value).encode()
        return json.loads(self.call(method, url, body, Content_Type="application/json", **options))


def upload(hub: Hub, content: bytes) -> None:
    hub.call_json("POST", "/api/repos/create", {"name": "model"})
    oid = hashlib.sha256(content).hexdigest()
    batch = hub.call_json("POST", "/bench/model.git/info/lfs/objects/batch",
                          {"operation": "upload", "transfers": ["basic"],
                           "objects": [{"oid": oid, "size": len(content)}]})
    hub.call("PUT", batch["objects"][0]["actions"]["upload"]["href"], content, key="")
    lines = [{"key": "header", "value": {"summary": "weights"}},
             {"key": "lfsFile", "value": {"path": "model.bin", "algo": "sha256", "oid": oid,
                                          "size": len(content)}}]
    lines += [{"key": "file", "value": {"path": f"config-{i}.json", "content": "{}"}}
              for i in range(8)]
    hub.call("POST", "/api/models/bench/model/commit/main",
             "\n".join(map(json.dumps, lines)).encode(), Content_Type="application/x-ndjson")


def signed_range(hub: Hub) -> tuple[str, int]:
    """The path of a signed URL and how many bytes it grants from byte 0 on."""
    tree = hub.call_json("GET", "/api/models/bench/model/tree/main")
    file_hash = next(item["xetHash"] for item in tree if item["path"] == "model.bin")
    token = hub.call_json("GET", "/api/models/bench/model/xet-read-token/main")["accessToken"]
    plan = hub.call_json("GET", f"/v2/reconstructions/{file_hash}", key=token)
    [entries] = plan["xorbs"].values()
    [entry] = entries
    [granted] = entry["ranges"]
    assert granted["bytes"]["start"] == 0
    return entry["url"].removeprefix(hub.base), granted["bytes"]["end"] + 1


def body_of(data: str, signed: str) -> pathlib.Path:
    xorb = re.search(r"/gw/xorbs/([0-9a-f]{64})", signed)[1]
    [body] = pathlib.Path(data).glob(f"xorbs/*/*/{xorb}")
    return body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    arguments, others = parser.parse_known_args()
    program = pathlib.Path(arguments.build).resolve() / "siahub"
    with tempfile.TemporaryDirectory() as data:
        hub = Hub(program, data)
        try:
            upload(hub, os.urandom(FILE_BYTES))
            path, size = signed_range(hub)
            port = urllib.parse.urlsplit(hub.base).port
            sys.exit(subprocess.call(
                [sys.executable, HERE / "http_compare.py", "--build", arguments.build,
                 "--pid", str(hub.process.pid), "--port", str(port),
                 "--download", path, "--download-size", str(size),
                 "--download-file", body_of(data, path),
                 "--small", "HEAD:/bench/model/resolve/main/model.bin",
                 "--small", "GET:/api/models/bench/model/tree/main",
                 "--header", f"Authorization: Bearer {hub.key}", *others]))
        finally:
            hub.process.terminate()
            hub.process.wait()


if __name__ == "__main__":
    main()
