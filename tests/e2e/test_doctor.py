"""`siahub admin doctor` beside a running hub: all is well, then one thing after the other is broken."""

import json
import subprocess

import pytest
from harness import database
from harness.client import LATEST, Client
from harness.data import MIB, make_files, noise
from harness.hub import BINARY, Hub, populate
from harness.redis import Redis

# The PostgreSQL of the suite runs without fsync, and the doctor says so.
EXPECTED = {"database.durability"}
# A machine that is busy with other tests answers late.
TIMED = {"database.answers", "redis.answers"}


@pytest.fixture
def redis():
    with Redis() as redis:
        yield redis


@pytest.fixture
def hub(redis, tmp_path):
    with Hub(serve_args=("--redis-url", redis.url)) as hub:
        populate(hub)
        client = Client(LATEST, hub.url, hub.key("alice"))
        try:
            client.api("create_repo", "alice/model")
            client.cli("upload", "alice/model", make_files(tmp_path / "up", {"m.bin": noise("doctor", 3 * MIB)}), ".")
        finally:
            client.close()
        yield hub


def examine(hub: Hub, redis: Redis, *args: str) -> tuple[int, dict[str, dict]]:
    """The exit code, and what is not well by its name."""
    listen = hub.url.removeprefix("http://")
    command = [BINARY, "admin", "doctor", "--json", "--data", hub.data, "--listen", listen, "--redis-url", redis.url]
    command += ["--max-connections", "16"]
    done = subprocess.run([*command, *args], env=hub.database.environment(), capture_output=True, text=True, timeout=60)
    report = json.loads(done.stdout)
    assert len(report["findings"]) > 15
    bad = {f["check"]: f for f in report["findings"] if f["verdict"] != "ok" and f["check"] not in EXPECTED | TIMED}
    assert all(f["remedy"] for f in bad.values())
    return done.returncode, bad


def test_names_what_is_broken(hub, redis):
    code, bad = examine(hub, redis, "--deep")
    assert bad == {} and (code == 2 if database.SERVER else code < 2)
    redis.cli("config", "set", "maxmemory", "100mb")
    redis.cli("config", "set", "maxmemory-policy", "noeviction")
    assert set(examine(hub, redis)[1]) == {"redis.eviction"}
    redis.cli("config", "set", "maxmemory", "0")
    hub.data.chmod(0o755)
    assert set(examine(hub, redis)[1]) == {"data.directory"}
    hub.data.chmod(0o700)
    (hub.data / "keys").chmod(0o644)
    code, bad = examine(hub, redis)
    assert set(bad) == {"keys.file"} and code == 2
    (hub.data / "keys").chmod(0o600)
    body = max((p for p in (hub.data / "xorbs").rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    content = bytearray(body.read_bytes())
    content[len(content) // 2] ^= 1
    body.write_bytes(content)
    code, bad = examine(hub, redis, "--deep")
    assert set(bad) == {"bodies.contents"} and code == 2
    assert body.name in bad["bodies.contents"]["what"] and "alice/model" in bad["bodies.contents"]["what"]
    body.unlink()
    assert set(examine(hub, redis)[1]) == {"bodies.files"}
    content[len(content) // 2] ^= 1
    body.write_bytes(content)
    redis.kill()
    assert "redis.reachable" in examine(hub, redis)[1]
    redis.start()
    assert examine(hub, redis, "--deep")[1] == {}


def test_names_a_wrong_setting_by_its_line(hub, redis, tmp_path):
    config = tmp_path / "siahub.toml"
    config.write_text('[server]\nlisen = "127.0.0.1:1"\n')
    code, bad = examine(hub, redis, "--config", str(config))
    assert code == 2 and "line 2" in bad["config.settings"]["what"]
    assert "config.settings" in bad


def test_says_when_no_hub_runs_and_when_there_is_nothing(hub, redis, tmp_path):
    hub.stop()
    code, bad = examine(hub, redis)
    assert bad == {}
    nothing = subprocess.run(
        [BINARY, "admin", "doctor", "--data", tmp_path / "nowhere", "--listen", "127.0.0.1:0"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert nothing.returncode == 2 and "nowhere" in nothing.stdout
    assert not (tmp_path / "nowhere").exists()
