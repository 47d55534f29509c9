#!/usr/bin/env python3
"""Compares what a browser waits for on a large hub with the same on one a hundred times smaller, in one run, on SQLite and
on PostgreSQL: pages of the catalogue and lists of the console by HTTP, each from the hubs in turn. The rows are those of
scale.py, with a user for every ten repositories. Prints the median time of both and the ratio.

  tests/postgres/with_postgres.sh bench/scale_http.py --build build [--repos N] [--xorbs N] [--rounds N] [--only postgres|sqlite]
"""

import argparse
import http.client
import json
import os
import pathlib
import random
import re
import statistics
import time
import urllib.parse

import scale
from hub import Hub

PAGES = 100  # in the catalogue of either hub
MODELS = "/api/models"
TWO_TAGS = "filter=task3&filter=library5"

# {n}: a number below the repositories, {u}: below the users, {deep}: a cursor in the middle of the list.
REQUESTS = {
    "catalogue: first page": f"{MODELS}?limit=20",
    "catalogue: deep page": f"{MODELS}?limit=20&cursor={{deep}}",
    "catalogue: last modified": f"{MODELS}?limit=20&sort=lastModified",
    "catalogue: downloads": f"{MODELS}?limit=20&sort=downloads",
    "catalogue: a name": f"{MODELS}?limit=20&search=repo{{n}}",
    "catalogue: a common word": f"{MODELS}?limit=20&search=repo",
    "catalogue: no such name": f"{MODELS}?limit=20&search=nothing{{n}}",
    "catalogue: author": f"{MODELS}?limit=20&author=user{{u}}",
    "catalogue: licence": f"{MODELS}?limit=20&filter=license:l3",
    "catalogue: task, library": f"{MODELS}?limit=20&{TWO_TAGS}",
    "catalogue: and language": f"{MODELS}?limit=20&{TWO_TAGS}&filter=en",
    "catalogue: they never meet": f"{MODELS}?limit=20&filter=even&filter=odd",
    "catalogue: a rare tag": f"{MODELS}?limit=20&filter=tag{{n}}",
    "catalogue: on Sia": f"{MODELS}?limit=20&durability=pinned",
    "catalogue: not on Sia": f"{MODELS}?limit=20&durability=local",
    "tags of the catalogue": "/api/models-tags-by-type",
    "start page": "/api/stats",
    "admin: users": "/admin/users?limit=50",
    "admin: a user": "/admin/users?limit=50&search=user{u}",
    "admin: organisations": "/admin/orgs?limit=50",
    "admin: events": "/admin/events?limit=100",
    "admin: assets": "/admin/assets?limit=50",
    "admin: assets on the way": "/admin/assets?limit=50&state=uploading",
    "admin: assets not on Sia": "/admin/assets?limit=50&state=local",
    "admin: usage by day": "/admin/usage?days=30&by=day",
    "admin: usage by model": "/admin/usage?days=30&by=repo",
    "admin: status": "/admin/status",
}


# Two tags that half of the repositories have each, and none both.
HALVES = ("repo_tags", "repo_id, tag", "{i}, CASE {i} % 2 WHEN 0 THEN 'even' ELSE 'odd' END", "repos")


def counts(repos: int, xorbs: int) -> dict[str, int]:
    return scale.counts(repos, xorbs) | {"users": max(1000, repos // 10)}


class Served:
    """A hub on a large or a small database."""

    def __init__(self, database, program: pathlib.Path, repos: int, users: int) -> None:
        self.repos, self.users = repos, users
        os.environ["SIAHUB_DATABASE_URL"] = database.url
        self.hub = Hub(program, database.folder.name)
        self.hub.admin("user", "create", "operator", "--admin")
        key = self.hub.admin("key", "create", "--user", "operator", "--scope", "admin").strip()
        self.headers = {"Authorization": f"Bearer {key}"}
        address = urllib.parse.urlsplit(self.hub.base)
        self.connection = http.client.HTTPConnection(address.hostname, address.port)
        self.deep = self.cursor_in_the_middle()
        self.connection.close()  # opened again when it is used: the other hub is filled first, which takes its time

    def get(self, path: str) -> tuple[float, http.client.HTTPResponse, bytes]:
        begin = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - begin
        assert answer.status == 200, (path, answer.status, body)
        return took, answer, body

    def cursor_in_the_middle(self) -> str:
        path = f"{MODELS}?limit={min(1000, max(1, self.repos // PAGES))}"
        for _ in range(PAGES // 2):
            link = re.search(r"<([^>]+)>", self.get(path)[1].headers["Link"])[1]
            path = re.sub(r"^https?://[^/]+", "", link)
        return urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)["cursor"][0]

    def path_of(self, request: str, rng: random.Random) -> str:
        return request.format(n=rng.randrange(self.repos), u=rng.randrange(1000), deep=urllib.parse.quote(self.deep))

    def close(self) -> None:
        self.connection.close()
        self.hub.process.terminate()
        self.hub.process.wait()


def compare(name: str, request: str, small: Served, large: Served, rounds: int) -> None:
    rng = random.Random(7)
    took: dict[Served, list[float]] = {small: [], large: []}
    for turn in range(rounds + 3):
        for served in (small, large):
            seconds, _, body = served.get(served.path_of(request, rng))
            json.loads(body)
            if turn >= 3:  # before that it warms up
                took[served].append(seconds * 1e6)
    before, after = (statistics.median(took[served]) for served in (small, large))
    print(f"  {name:28}{before:10.0f} µs{after:10.0f} µs  ×{after / before:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default="build")
    parser.add_argument("--repos", type=int, default=100_000)
    parser.add_argument("--xorbs", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", choices=("postgres", "sqlite"))
    options = parser.parse_args()
    program = options.build.resolve() / "siahub"
    sizes = {"small": (options.repos // scale.SMALL, options.xorbs // scale.SMALL), "large": (options.repos, options.xorbs)}
    for key, kind in {"postgres": scale.Postgres, "sqlite": scale.Sqlite}.items():
        if options.only not in (None, key):
            continue
        served = {}
        try:
            for size, (repos, xorbs) in sizes.items():
                how_many = counts(repos, xorbs)
                database = kind(program, f"scale_http_{size}", how_many, [HALVES])
                served[size] = Served(database, program, repos, how_many["users"])
            print(f"{kind.name}: {options.repos} repositories, {options.xorbs} xorbs against {scale.SMALL} times fewer")
            for name, request in REQUESTS.items():
                compare(name, request, served["small"], served["large"], options.rounds)
        finally:
            for hub in served.values():
                hub.close()


if __name__ == "__main__":
    main()
