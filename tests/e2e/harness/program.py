"""What `siahub` says of itself: its commands, their flags, its settings. Deployment files are held against it."""

from __future__ import annotations

import functools
import re
import subprocess

from .hub import BINARY

COMMAND = re.compile(r"^  siahub ((?:[a-z-]+ )*[a-z-]+) {2,}", re.M)
SETTING = re.compile(r"^### `([^`]+)`$(.*?)(?=^### |\Z)", re.M | re.S)
FLAG = re.compile(r"^  (--[a-z-]+)", re.M)


def say(*words: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=60, env=env)
    return done.returncode, done.stdout + done.stderr


@functools.cache
def commands() -> set[str]:
    return set(COMMAND.findall(say("--help")[1]))


@functools.cache
def flags(command: str) -> set[str]:
    return set(FLAG.findall(say(*command.split(), "--help")[1]))


@functools.cache
def environment_of(role: str) -> set[str]:
    """The variables that a role reads, those that name a file included."""
    found = {"SIAHUB_CONFIG"}
    for _, text in SETTING.findall(say("config", "reference")[1]):
        (variable,) = re.findall(r"environment `(\w+)`", text)
        if f"`{role}`" in text[text.index("read by") :]:
            found |= {variable, f"{variable}_FILE"}
    return found


@functools.cache
def settings() -> set[str]:
    return {key for key, _ in SETTING.findall(say("config", "reference")[1])}


def default_of(setting: str) -> str:
    text = dict(SETTING.findall(say("config", "reference")[1]))[setting]
    return re.search(r"default: `([^`]*)`", text).group(1)
