"""`make run`: what it prints works, the link to a password is told until there is one, and a second start builds nothing."""

import os
import re
import signal
import subprocess
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from harness.browser import Browser
from harness.client import LATEST, VENVS
from harness.data import make_files, noise, read_files
from harness.hub import REPO_ROOT

PASSWORD = "correct horse battery"
BUILT = [REPO_ROOT / "build" / "siahub", REPO_ROOT / "console" / "dist" / "index.html"]
START_SECONDS = 240


class Run:
    """`make run` in a terminal of its own."""

    def __init__(self, data, owner="me"):
        told = {"DATA": str(data), "LISTEN": "127.0.0.1:0", "OWNER": owner}
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))} | told
        self.process = subprocess.Popen(
            ["make", "--no-print-directory", "-C", REPO_ROOT, "run"],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )

    def __enter__(self):
        """Reads until everything has been said."""
        too_long = threading.Timer(START_SECONDS, self._signal, (signal.SIGKILL,))
        too_long.start()
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "hf download" in line:
                break
        too_long.cancel()
        assert "hf download" in self.said, self.said
        self.url = re.search(r"SiaHub is at (\S+) ", self.said).group(1)
        return self

    def __exit__(self, *_):
        """Ctrl-C, which a terminal sends to all of them."""
        self._signal(signal.SIGINT)
        self.process.wait(timeout=60)
        self.process.stdout.close()
        with pytest.raises(OSError):
            Browser(self.url).get("/health")

    def _signal(self, which):
        os.killpg(self.process.pid, which)

    @property
    def exports(self):
        return dict(re.findall(r"^  export (\w+)=(\S+)$", self.said, re.M))

    @property
    def link(self):
        return re.search(r"http://\S+/reset\?token=\S+", self.said)


def set_password(link):
    place = urlsplit(link)
    body = {"token": parse_qs(place.query)["token"][0], "new": PASSWORD}
    assert Browser(f"{place.scheme}://{place.netloc}").post("/api/password/reset", json=body).status in (200, 204)


def test_from_the_first_start_to_the_third(tmp_path):
    data = tmp_path / "data"
    with Run(data) as first:
        work_as_told(first, tmp_path)
        assert first.link, first.said
    built = [file.stat().st_mtime_ns for file in BUILT]
    with Run(data) as second:
        assert second.exports["HF_TOKEN"] == first.exports["HF_TOKEN"]
        assert second.link and second.link.group() != first.link.group(), "nobody has a password yet"
        assert second.link.group().startswith(second.url)
        set_password(second.link.group())
    with Run(data) as third:
        assert not third.link, "there is a password"
        command = re.search(r"Another password: (.*)$", third.said, re.M).group(1)
        again = subprocess.run(command, shell=True, cwd=REPO_ROOT, capture_output=True, text=True)
        assert again.stdout.startswith(f"{third.url}/reset?token="), again
        assert Browser(third.url).sign_in("me", PASSWORD)["user"]["name"] == "me"
        page = Browser(third.url).get("/", headers={"Accept": "text/html"})
        assert b'<div id="root">' in page.body
    assert [file.stat().st_mtime_ns for file in BUILT] == built, "the later starts built nothing"


def work_as_told(run, tmp_path):
    """The printed lines, in an empty home."""
    make_files(tmp_path / "my-model", {"config.json": b"{}", "weights.bin": noise("run", 5_000_000)})
    env = {"PATH": f"{VENVS / LATEST / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path / "home"), **run.exports}

    def shell(command):
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=200)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    assert run.exports["HF_ENDPOINT"] == run.url
    upload, download = re.findall(r"^  (hf (?:upload|download) .*)$", run.said, re.M)
    shell("hf auth login --token $HF_TOKEN")
    assert "me" in shell("hf auth whoami")
    shell(upload)
    shell(f"{download} --local-dir got")
    got = {name: body for name, body in read_files(tmp_path / "got").items() if not name.startswith(".")}
    assert got["weights.bin"] == noise("run", 5_000_000) and got["config.json"] == b"{}"
