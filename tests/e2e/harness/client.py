"""Drives one real, unmodified Python client: as the `hf` command or through HfApi in its own environment."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .hub import REPO_ROOT

VENVS = REPO_ROOT / ".venvs"
WORKER = Path(__file__).with_name("worker.py")
LATEST, OLDER, OLDEST = "hf-latest", "hf-1.19", "hf-0.36"
VERSIONS = (LATEST, OLDER, OLDEST)
CLI_SECONDS = 240


class ClientError(Exception):
    """An exception that the client raised, by the names of its classes."""

    def __init__(self, error: dict) -> None:
        where = "\n".join(line for line in error["traceback"].splitlines() if "File " in line)[-600:]
        super().__init__(f"{error['type']}: {error['message']}\n{where}")
        self.type, self.mro, self.message = error["type"], error["mro"], error["message"]
        self.status = error["status"]

    def is_a(self, name: str) -> bool:
        return name in self.mro


class raises:  # noqa: N801 - reads as pytest.raises does
    """with raises("RepositoryNotFoundError"): the client must raise that class or one below it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.error: ClientError | None = None

    def __enter__(self) -> "raises":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        assert error is not None, f"{self.name} was not raised"
        if not isinstance(error, ClientError):
            return False
        assert error.is_a(self.name), f"expected {self.name}, got {error}"
        self.error = error
        return True


@dataclass
class Output:
    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout + self.stderr


class Client:
    def __init__(self, version: str, url: str, token: str | None, *, xet: bool = True, **env: str) -> None:
        self.version, self.xet, self.token = version, xet, token
        self.home = Path(tempfile.mkdtemp(prefix="siahub-client-"))
        self.bin = VENVS / version / "bin"
        self.env = {
            # Nothing of the developer's own environment: a client behaves differently when it sees an agent,
            # a terminal or a token of somebody else.
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "HF_HOME": str(self.home / "hf"),
            "HF_ENDPOINT": url,
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "NO_COLOR": "1",
            "PYTHONUNBUFFERED": "1",
            **({"HF_TOKEN": token} if token else {}),
            **({} if xet else {"HF_HUB_DISABLE_XET": "1"}),
            **env,
        }
        self._worker: subprocess.Popen | None = None

    # -- HfApi -------------------------------------------------------------------------------

    def api(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """HfApi().method(...), its answer as plain data. Raises ClientError."""
        return self._ask({"call": method, "args": _plain(list(args)), "kwargs": _plain(kwargs)})

    def run(self, code: str, **variables: Any) -> Any:
        """Runs code in the client's environment; what it leaves in `result` comes back as plain data."""
        return self._ask({"code": code, "vars": _plain(variables)})

    def _ask(self, request: dict) -> Any:
        if self._worker is None:
            self._worker = subprocess.Popen(
                [self.bin / "python", WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=open(self.home / "stderr", "ab"),
                text=True,
                env=self.env,
            )
        self._worker.stdin.write(json.dumps(request) + "\n")
        self._worker.stdin.flush()
        line = self._worker.stdout.readline()
        if not line:
            raise RuntimeError(f"the client died:\n{self.stderr()}")
        reply = json.loads(line)
        if "error" in reply:
            raise ClientError(reply["error"])
        return _unplain(reply["ok"])

    def stderr(self) -> str:
        return (self.home / "stderr").read_text(errors="replace")

    # -- the command line --------------------------------------------------------------------

    def cli(self, *args: str | Path, ok: bool = True, **env: str) -> Output:
        done = subprocess.run(
            [self.bin / "hf", *map(str, args)],
            env={**self.env, **env},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=CLI_SECONDS,
        )
        output = Output(done.returncode, done.stdout, done.stderr)
        if ok and output.code != 0:
            raise AssertionError(f"hf {' '.join(map(str, args))} ended with {output.code}:\n{output.text}")
        return output

    def spawn(self, code: str, *args: str | Path, **env: str) -> subprocess.Popen:
        """A process of its own, for tests that kill it."""
        return subprocess.Popen(
            [self.bin / "python", "-c", code, *map(str, args)],
            env={**self.env, **env},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def start(self, *args: str | Path) -> subprocess.Popen:
        """`hf`, left running."""
        return subprocess.Popen(
            [self.bin / "hf", *map(str, args)],
            env=self.env,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=open(self.home / "stdout", "ab"),
            stderr=subprocess.STDOUT,
        )

    # -- life --------------------------------------------------------------------------------

    def close(self) -> None:
        if self._worker is not None:
            self._worker.stdin.close()
            try:
                self._worker.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._worker.kill()
                self._worker.wait()
            self._worker = None
        shutil.rmtree(self.home, ignore_errors=True)


def _plain(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray)):
        return {"__bytes__": base64.b64encode(value).decode()}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value


def _unplain(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"__bytes__"}:
            return base64.b64decode(value["__bytes__"])
        return {k: _unplain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_unplain(v) for v in value]
    return value
