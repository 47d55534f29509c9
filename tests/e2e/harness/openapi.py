"""api/openapi.yaml, and whether an answer of a hub is as it says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator

from .http import Response

DOCUMENT = Path(__file__).resolve().parents[3] / "api" / "openapi.yaml"


@cache
def document() -> dict:
    return yaml.safe_load(DOCUMENT.read_text())


def operations(tags: set[str] | None = None) -> set[tuple[str, str]]:
    """(method, path) of everything described; with `tags`, of these only."""
    return {
        (method.upper(), path)
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch", "delete")
        and (tags is None or tags & set(operation.get("tags", [])))
    }


def operation_of(method: str, target: str) -> tuple[str, dict]:
    """The described path that a request is for. Literal paths come before those with parameters."""
    path = urlsplit(target).path
    for pattern in sorted(document()["paths"], key=lambda p: (p.count("{"), -len(p))):
        regex = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(pattern))
        if re.fullmatch(regex, path) and method.lower() in document()["paths"][pattern]:
            return pattern, document()["paths"][pattern][method.lower()]
    raise AssertionError(f"{method} {path} is not in api/openapi.yaml")


def _resolved(node: dict) -> dict:
    while "$ref" in node:
        found: Any = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def check(method: str, target: str, answer: Response) -> str:
    """The described path; raises when status or body are not as described."""
    pattern, operation = operation_of(method, target)
    assert str(answer.status) in operation["responses"], f"{method} {pattern}: {answer.status} is not described"
    described = _resolved(operation["responses"][str(answer.status)])
    content = described.get("content", {}).get("application/json")
    if content is None:
        assert not answer.body or answer.status >= 300, f"{method} {pattern}: a body that is not described"
        return pattern
    validator = Draft202012Validator({**content["schema"], "components": document()["components"]})
    errors = [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(answer.json())]
    assert not errors, f"{method} {pattern} {answer.status}: {errors[:5]}"
    return pattern
