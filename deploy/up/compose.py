"""compose.yaml as `make up` needs it: services with their commands, settings, files and neighbours."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?:(:?[-?])([^}]*))?\})")


@dataclass
class Mount:
    source: str
    """A path beside compose.yaml when it begins with a dot, else the name of a volume."""
    target: str


@dataclass
class Service:
    name: str
    image: str
    user: str
    command: list[str]
    environment: dict[str, str]
    mounts: list[Mount]
    secrets: list[str]
    tmpfs: list[str]
    waits_for: dict[str, str]
    """Service to condition."""
    networks: dict[str, dict]
    health: list[str] = field(default_factory=list)
    """CMD of its health check; empty for one that ends by itself."""

    @property
    def one_shot(self) -> bool:
        return not self.health


def interpolate(value, variables: dict[str, str]):
    """Compose's ${NAME}, ${NAME:-default}, ${NAME:?why} and $$ in every text."""
    if isinstance(value, dict):
        return {interpolate(k, variables): interpolate(v, variables) for k, v in value.items()}
    if isinstance(value, list):
        return [interpolate(v, variables) for v in value]
    if not isinstance(value, str):
        return value

    def one(found: re.Match) -> str:
        name, kind, rest = found.groups()
        if name is None:
            return "$"
        if variables.get(name):
            return variables[name]
        if kind and kind.endswith("?"):
            raise SystemExit(f"{name} is not set: {rest}")
        return rest or ""

    return VARIABLE.sub(one, value)


def load(file: Path, variables: dict[str, str]) -> list[Service]:
    """In an order in which each comes after those that it waits for."""
    document = interpolate(yaml.safe_load(file.read_text()), variables)
    services = {name: _service(name, entry) for name, entry in document["services"].items()}
    ordered: dict[str, Service] = {}

    def add(service: Service) -> None:
        for before in service.waits_for:
            add(services[before])
        ordered[service.name] = service

    for service in services.values():
        add(service)
    return list(ordered.values())


def _service(name: str, entry: dict) -> Service:
    networks = entry["networks"]
    health = entry.get("healthcheck", {})
    test = [] if health.get("disable") else health["test"]
    return Service(
        name=name,
        image=entry["image"],
        user=entry["user"].partition(":")[0],
        command=list(entry["command"]),
        environment={key: str(value) for key, value in entry.get("environment", {}).items()},
        mounts=[Mount(*text.split(":")[:2]) for text in entry.get("volumes", [])],
        secrets=entry.get("secrets", []),
        tmpfs=[text.partition(":")[0] for text in entry.get("tmpfs", [])],
        waits_for={key: how["condition"] for key, how in entry.get("depends_on", {}).items()},
        networks=dict.fromkeys(networks, {}) if isinstance(networks, list) else networks,
        health=["sh", "-c", *test[1:]] if test and test[0] == "CMD-SHELL" else test[1:],
    )
