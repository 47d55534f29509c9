"""The rows and queries of scale.py: a hub of models with cards, files, recipes, pins, downloads and a usage log.

The texts that stand as constants in src/ are taken from there; those that are put together at run time are written out
as they become. In all of them {n} is a number below the repositories, {x} the hash of a xorb, {f} of a file, {o} an id of git.
"""

import pathlib
import re

SRC = pathlib.Path(__file__).resolve().parent.parent / "src"
TODAY = 20_000  # a day of 2024
NOW = (TODAY + 1) * 86_400_000 - 1
TERMS = 10  # of a file, each in a xorb of its own


def literals(text: str, macros: dict[str, str]) -> str:
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|\b(SIAHUB_\w+)\b', text)
    return "".join(macros[name] if name else words for words, name in parts)


def constant(path: str, name: str, *values: str) -> str:
    """The SQL that `name` is in the file, with the values in the places of $1, $2, …"""
    source = re.sub(r"^\s*//.*$", "", (SRC / path).read_text(), flags=re.M)
    macros: dict[str, str] = {}
    for macro, body in re.findall(r"#define (SIAHUB_\w+)((?:.*\\\n)*.*)", source):
        macros[macro] = literals(body, macros)
    text = re.search(rf"\b{name} =(.*?);", source, re.S)
    assert text, f"{path} has no {name}"
    return re.sub(r"\$(\d+)", lambda place: values[int(place[1]) - 1], literals(text[1], macros))


COLUMNS = "id, kind, owner_id, namespace, name, private, gated, default_branch, sdk, downloads, likes, created_at, updated_at"
OF_REPOS = "repos." + COLUMNS.replace(", ", ", repos.")


def page(where: str = "", order: str = "trending", start: str = "", after: str = "") -> str:
    """A page of the catalogue, as hub/list_sql.cpp makes it."""
    column = f"repos.{order}" + (" + 0" if start else "")
    after = f" AND ({column}, repos.id) < ({after})" if after else ""
    return (f"SELECT {OF_REPOS}, repos.{order} FROM {start}repos WHERE repos.kind = 'model'{where} AND repos.private = 0{after}"
            f" ORDER BY {column} DESC, repos.id DESC LIMIT 21")


def tagged(*tags: str) -> str:
    return "".join(f" AND EXISTS (SELECT 1 FROM repo_tags t WHERE t.repo_id = repos.id AND t.tag = '{tag}')" for tag in tags)


def sums(where: str, column: str, lines: str, group: str = "d.id") -> str:
    """What was moved since a month, as hub/usage.cpp makes it."""
    return ("SELECT s.id, s.event, CAST(SUM(s.lines) AS BIGINT), CAST(SUM(s.bytes) AS BIGINT), CAST(SUM(s.count) AS BIGINT),"
            f" CAST(SUM(s.saved) AS BIGINT) FROM (SELECT {group} AS id, d.event, d.lines, d.bytes, d.count, d.saved FROM usage_days d"
            f" WHERE {where} AND d.day >= {TODAY - 29} UNION ALL SELECT {column}, l.event, 1, l.bytes, l.count, l.saved"
            f" FROM usage_log l WHERE l.summed = 0 AND {lines} AND l.at >= {MONTH}) s GROUP BY s.id, s.event")


DAY = "l.at / 86400000"
MONTH = NOW - 30 * 86_400_000
STORAGE = "hub/storage_sql.hpp"
FIGURES = "hub/figures.cpp"
RARE = " AND start.repo_id = repos.id AND start.tag = 'tag{n}'"

CONSOLE = {
    **{f"list: {order}": page(order=order) for order in ("updated_at", "created_at", "downloads", "likes")},
    "list: page 2000": page(after="50000, {n}"),
    "list: licence": page(tagged("license:l3")),
    "list: two tags": page(tagged("license:l3", "library5")),
    "list: three tags": page(tagged("license:l3", "library5", "en")),
    "list: rare tag": page(RARE, start="repo_tags start CROSS JOIN "),
    "list: pinned": page(" AND EXISTS (SELECT 1 FROM repo_durability d WHERE d.repo_id = repos.id AND d.local = 0)"),
    "list: many local": page(" AND EXISTS (SELECT 1 FROM repo_durability d WHERE d.repo_id = repos.id AND d.local = 1)"),
    "list: few local": page(" AND start.repo_id = repos.id AND start.local = 1", start="repo_durability start CROSS JOIN "),
    "repo: xorbs": constant(STORAGE, "kXorbsOfRepo", "{n}", "{zero}", "101"),
    "repo: summary": constant(STORAGE, "kSummary", "{n}", "0"),
    "repo: deletion": constant(STORAGE, "kFreed", "{n}", "0"),
    "repo: usage": sums("d.part = 'repo' AND d.scope = -1 AND d.id = {n}", DAY, "l.repo_id + 0 = {n}", "d.day"),
    "repo: downloads": f"SELECT day, count FROM repo_downloads WHERE repo_id = {{n}} AND day >= {TODAY - 29}",
    "assets: page": constant(STORAGE, "kAssets", "{x}", "101"),
    "assets: uploading": constant(STORAGE, "kAssetsOfState", "{x}", "101", "'uploading'"),
    "assets: local": constant(STORAGE, "kAssetsWithoutPin", "{x}", "101"),
    "assets: xorb": constant(STORAGE, "kXorb", "{x}"),
    "assets: its repos": constant(STORAGE, "kReposOfXorb", "{x}", "0", "21"),
    "usage: own": sums("d.part = 'day' AND d.scope = {u}", DAY, "l.user_id + 0 = {u}"),
    "events": "SELECT l.id, l.at, l.event, coalesce(u.name, ''), coalesce(r.kind, ''), coalesce(r.namespace, ''), coalesce(r.name, ''),"
    " l.bytes, coalesce(l.detail, '') FROM usage_log l LEFT JOIN users u ON u.id = l.user_id LEFT JOIN repos r ON r.id = l.repo_id"
    " WHERE l.id < 9000000000000000000 ORDER BY l.id DESC LIMIT 50",
}

# Once each: those of the operator's chart of a month, which are waited for, and what is counted in the background when it is
# slow (hub/long_count.hpp).
ONCE = {
    "usage: hub": sums("d.part = 'day' AND d.scope = -1", DAY, "1 = 1"),
    "usage: by repo": sums("d.part = 'repo' AND d.scope = -1", "coalesce(l.repo_id, 0)", "1 = 1"),
    "stats: repos": "SELECT kind, COUNT(*) FROM repos WHERE private = 0 AND kind <> 'mirror' GROUP BY kind",
    "stats: bytes": constant(FIGURES, "kBytes"),
    "stats: large": constant(FIGURES, "kLargeBytes"),
    "stats: commits": constant(FIGURES, "kCommitsToday", str((TODAY * 86_400_000) << 22), str(TODAY * 86_400_000)),
    "stats: downloads": constant(FIGURES, "kDownloadsToday", str(TODAY)),
    "stats: a 4096th": constant(FIGURES, "kXorbs", "{part}", "{next}"),
    "tags by type": constant(FIGURES, "kTags", "'model'"),
    "assets: a 4096th": constant(STORAGE, "kAssetCounts", "{part}", "{next}"),
    "bodies": constant(STORAGE, "kBodies"),
    "pins": "SELECT state, COUNT(*), CAST(SUM(size) AS BIGINT) FROM xorb_pins GROUP BY state",
    "pins: failed": "SELECT hash FROM xorb_pins WHERE state IN ('stored', 'packing', 'uploading') AND last_error <> ''"
    " ORDER BY since DESC, hash LIMIT 50",
}

def summed(part: str, scope: str, column: str) -> str:
    day = "at / 86400000"
    return ("INSERT INTO usage_days (part, scope, day, id, event, lines, bytes, count, saved)"
            f" SELECT '{part}', {scope}, {day}, {column}, event, COUNT(*), SUM(bytes), SUM(count), SUM(saved) FROM usage_log"
            f" WHERE at < {NOW - 60_000} GROUP BY {', '.join(dict.fromkeys(c for c in (scope, day, column) if c != '-1'))}, event;")


# What the program has made of the rows in the background: sums of all lines but those of the last minute, and which
# repositories are on Sia.
MADE = "".join(summed(part, scope, column) for scope in ("-1", "user_id") for part, column in
               (("day", "at / 86400000"), ("key", "coalesce(key_id, 0)"), ("repo", "repo_id"))) + summed("user", "-1", "user_id") + f"""
UPDATE usage_log SET summed = 1 WHERE at < {NOW - 60_000};
INSERT INTO repo_durability (repo_id, local, look, version)
    SELECT f.repo_id, MAX(CASE WHEN p.state = 'pinned' THEN 0 ELSE 1 END), 0, 1 FROM reconstruction_files f
    JOIN reconstruction_terms t ON t.file_hash = f.file_hash LEFT JOIN xorb_pins p ON p.hash = t.xorb_hash GROUP BY f.repo_id;
"""

# table: (columns, values for number {i}, how many). A few of a thousand xorbs are on their way to Sia, the rest is there; what
# {i} counts of files and terms goes by xorbs, so that every xorb has a file and every repository about ten.
ROWS = {
    "repo_tags": [
        ("repo_id, tag", value, "repos")
        for value in ("{i}, 'license:l' || ({i} % 7)", "{i}, 'library' || ({i} % 11)", "{i}, 'task' || ({i} % 13)",
                      "{i}, CASE {i} % 3 WHEN 0 THEN 'en' WHEN 1 THEN 'de' ELSE 'fr' END", "{i}, 'tag' || {i}")
    ],
    "reconstruction_files": [("repo_id, file_hash, size, created_at", "{i} % {repos}, h({i}), {i}, {i}", "some")],
    "xorb_pins": [
        ("hash, state, node, size, since, waiting_since, next_try, object, sealed",
         "h({i}), CASE WHEN {i} % 1000 = 0 THEN 'uploading' ELSE 'pinned' END, 'node' || ({i} % 2), {i}, {i}, {i}, 0, h({i}), h({i})",
         "pinned")
    ],
    "repo_downloads": [("repo_id, day, count", f"{{i}} / 10, {TODAY} - {{i}} % 10, 3", "lines")],
    "usage_log": [
        ("id, at, event, user_id, repo_id, bytes, count",
         f"({NOW} - {{i}} * 2600) * 4194304 + {{i}}, {NOW} - {{i}} * 2600, CASE {{i}} % 3 WHEN 0 THEN 'upload' ELSE 'download' END,"
         " {i} % 1000, CASE WHEN {i} % 10 < 8 THEN {i} % 1000 ELSE {i} % {repos} END, {i}, 1", "lines")
    ],
}
