"""compose.yaml, Dockerfile, units and proxy configurations against their own checkers, and against each other and the
program: every command, flag, setting, port, path, name and secret that one of them uses has to exist."""

import ipaddress
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from harness import program
from harness.certificates import Authority
from harness.client import VENVS
from harness.hub import REPO_ROOT
from harness.upstream import Upstream

DEPLOY = REPO_ROOT / "deploy"
TOOLS = VENVS / "deploy" / "bin"
OURS = ["cas-1", "cas-2", "gateway-1", "gateway-2", "hf-proxy", "migrate"]
SERVERS = ["caddy", "postgres", "redis", "cas-1", "cas-2", "gateway-1", "gateway-2", "hf-proxy"]
ROLE_OF = {"migrate": "admin"}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def run(*command, **more):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, **more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """deploy/ as an operator prepares it."""
    folder = tmp_path_factory.mktemp("operator") / "deploy"
    shutil.copytree(DEPLOY, folder, ignore=shutil.ignore_patterns("secrets", "tls", ".env"))
    shutil.copy(folder / ".env.example", folder / ".env")
    made = run(folder / "make-secrets.sh")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def compose(folder):
    """What Docker Compose itself makes of the file."""
    said = run(TOOLS / "docker-compose", "config", "--format", "json", cwd=folder, env={"PATH": os.environ["PATH"], "HOME": str(folder)})
    assert said.returncode == 0 and not said.stderr, said.stderr
    return json.loads(said.stdout)


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


# -- Compose ---------------------------------------------------------------------------------


def test_it_has_the_services_of_the_design(services):
    assert set(services) == {*SERVERS, "migrate"}


@pytest.mark.parametrize("name", [*SERVERS, "migrate"])
def test_containers_have_no_privileges_and_bounded_resources(services, name):
    service = services[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"] and not service.get("privileged")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert int(service["user"].partition(":")[0]) > 0
    assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"])
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert name == "migrate" or service["healthcheck"]["test"]
    assert [port["target"] for port in service.get("ports", [])] == ([80, 443] if name == "caddy" else [])


def test_only_the_proxies_reach_the_world(compose):
    assert compose["networks"]["internal"]["internal"] is True
    for name, service in compose["services"].items():
        assert "internal" in service["networks"]
        assert ("edge" in service["networks"]) == (name in ("caddy", "hf-proxy")), name


def test_secrets_are_made_and_given_to_those_that_read_them(compose, folder):
    made = {name: folder / "secrets" / name for name in compose["secrets"]}
    for name, secret in compose["secrets"].items():
        assert secret["file"] == str(made[name]) and made[name].stat().st_size > 0
        assert made[name].stat().st_mode & 0o777 == 0o400
    for name, service in compose["services"].items():
        given = {secret["source"] for secret in service.get("secrets", [])}
        read = set(re.findall(r"/run/secrets/(\w+)", json.dumps(service)))
        assert read <= given, f"{name} reads what it is not given"
        if os.geteuid() == 0:
            owner = int(service["user"].partition(":")[0])
            assert {made[secret].stat().st_uid for secret in given} <= {owner}, name
    assert "10-roles.sh" in json.dumps(compose["services"]["postgres"]), "which reads gateway_password"


def test_secrets_stay_when_they_are_made_again(folder):
    before = {f: f.read_bytes() for f in (folder / "secrets").rglob("*") if f.is_file()}
    assert run(folder / "make-secrets.sh").returncode == 0
    assert {f: f.read_bytes() for f in (folder / "secrets").rglob("*") if f.is_file()} == before
    everything = b"".join(before.values())
    passwords = {before[folder / "secrets" / f"{who}_password"].strip() for who in ("postgres", "gateway", "redis")}
    assert len(passwords) == 3 and all(len(password) == 48 and everything.count(password) >= 2 for password in passwords)


@pytest.mark.parametrize("name", OURS)
def test_processes_are_told_what_they_understand(services, folder, name, tmp_path):
    service = services[name]
    command, *words = service["command"]
    assert command in program.commands()
    assert {word for word in words if word.startswith("--")} <= program.flags(command)
    role = ROLE_OF.get(command, command)
    told = {key for key in service["environment"] if key.startswith("SIAHUB_")}
    assert told <= program.environment_of(role), told - program.environment_of(role)
    if role != "admin":
        status, said = program.say("config", "check", "--role", role, env=as_on_this_machine(service, folder, tmp_path))
        assert status == 0 and "unknown" not in said, said


def as_on_this_machine(service, folder, tmp_path) -> dict[str, str]:
    """The environment of a container, its paths being those of this machine."""
    places = {mount["target"]: mount["source"] for mount in service["volumes"] if mount["type"] == "bind"}
    config = (folder / "siahub.toml").read_text().replace("/etc/siahub/signing", places["/etc/siahub/signing"])
    (tmp_path / "siahub.toml").write_text(config)
    said = {key: value.replace("/run/secrets", str(folder / "secrets")) for key, value in service["environment"].items()}
    return {**said, "SIAHUB_CONFIG": str(tmp_path / "siahub.toml")}


def test_files_that_containers_see_exist(services, folder):
    for name, service in services.items():
        for mount in service.get("volumes", []):
            source = mount["source"]
            if mount["type"] == "bind" and source != str(folder / "tls"):  # a certificate of the operator's, if he has one
                assert os.path.exists(source), (name, source)


def test_order_of_starting(services):
    for name in ("cas-1", "cas-2", "gateway-1", "gateway-2"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def seconds(text: str) -> float:
    units = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
    return sum(float(count) * units[unit] for count, unit in re.findall(r"([\d.]+)(ms|h|m|s)", text))


@pytest.mark.parametrize("name", [*OURS[:-1], "caddy"])
def test_there_is_time_to_drain(services, name):
    delay = re.search(r'^drain_delay = "(\w+)"$', (DEPLOY / "siahub.toml").read_text(), re.M).group(1)
    needed = seconds(delay) + seconds(program.default_of("drain"))
    assert seconds(services[name]["stop_grace_period"]) >= needed + 10


def test_caddy_hears_that_a_process_ends_before_it_does():
    asks = re.search(r"health_interval (\w+)", (DEPLOY / "common.caddy").read_text()).group(1)
    delay = re.search(r'^drain_delay = "(\w+)"$', (DEPLOY / "siahub.toml").read_text(), re.M).group(1)
    assert seconds(delay) >= 2 * seconds(asks)


def test_the_settings_know_the_proxy(compose, folder):
    address = compose["services"]["caddy"]["networks"]["internal"]["ipv4_address"]
    (pool,) = compose["networks"]["internal"]["ipam"]["config"]
    settings = (folder / "siahub.toml").read_text()
    assert f'trusted_proxies = ["{address}"]' in settings
    assert ipaddress.ip_address(address) in ipaddress.ip_network(pool["subnet"])
    assert ipaddress.ip_address(address) not in ipaddress.ip_network(pool["ip_range"]), "somebody else may get it"


def port_of(settings: str) -> str:
    return re.search(r'^listen = "0\.0\.0\.0:(\d+)"$', settings, re.M).group(1)


def test_caddy_finds_everybody(services, folder):
    said = services["caddy"]["environment"]
    port = port_of((folder / "siahub.toml").read_text())
    assert said["CAS"].split() == [f"cas-1:{port}", f"cas-2:{port}"]
    assert said["GATEWAYS"].split() == [f"gateway-1:{port}", f"gateway-2:{port}"]
    assert said["HF_PROXY"] == f"hf-proxy:{port}"
    for name in ("cas-1", "cas-2"):
        assert services[name]["environment"]["SIAHUB_CLUSTER_URL"] == f"http://{name}:{port}"


def test_the_proxied_hub_is_found_by_its_public_name(services):
    aliases = services["caddy"]["networks"]["internal"]["aliases"]
    assert services["hf-proxy"]["environment"]["SIAHUB_PROXY_CAS"] == f"https://{aliases[0]}"


def test_every_variable_is_in_the_example():
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    assert asked == set(re.findall(r"^(\w+)=", (DEPLOY / ".env.example").read_text(), re.M))


# -- the image -------------------------------------------------------------------------------


def test_hadolint_has_nothing_to_say():
    said = run(TOOLS / "hadolint", "--no-color", DEPLOY / "Dockerfile")
    assert said.returncode == 0 and not said.stdout, said.stdout


def test_the_image_and_compose_agree(services):
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    instructions = [line.split(None, 1) for line in text.splitlines() if re.match(r"[A-Z]+ ", line)]
    (user,) = (value for key, value in instructions if key == "USER")
    (port,) = (value for key, value in instructions if key == "EXPOSE")
    (volume,) = (value for key, value in instructions if key == "VOLUME")
    settings = (DEPLOY / "siahub.toml").read_text()
    assert {services[name]["user"] for name in OURS} == {user}
    assert port == port_of(settings) and f'data = "{volume}"' in settings
    (entry,) = (json.loads(value) for key, value in instructions if key == "ENTRYPOINT")
    (default,) = (json.loads(value) for key, value in instructions if key == "CMD")
    assert entry == ["siahub"] and default[0] in program.commands()
    assert {word for word in default if word.startswith("--")} <= program.flags(default[0])
    for sources in re.findall(r"^COPY (?:--\S+ )*(.*) \S+$", text, re.M):
        for source in sources.split():
            assert (REPO_ROOT / source).exists() and in_the_context(source), source
    programs = {name for name in os.listdir(DEPLOY) if f"deploy/{name} /usr/local/bin/" in text}
    checks = {shlex.split(services[name]["healthcheck"]["test"][1])[0] for name in OURS if name != "migrate"}
    assert checks <= programs


def in_the_context(path: str) -> bool:
    """As Dockerfile.dockerignore says: the last line that names it or a directory above it."""
    said = False
    for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines():
        place = line.lstrip("!")
        if not line.startswith("#") and (place == "*" or f"{path}/".startswith(f"{place}/")):
            said = line.startswith("!")
    return said


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    """What lies in the stages that build, by name, before anything runs in them."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=REPO_ROOT).stdout.splitlines()
    context = [path for path in listed if in_the_context(path) and (REPO_ROOT / path).is_file()]
    text = (DEPLOY / "Dockerfile").read_text()
    made = {}
    for name, steps in re.findall(r"^FROM \S+ AS (\w+)$(.*?)(?=^FROM )", text, re.M | re.S):
        made[name] = tmp_path_factory.mktemp(name)
        for words in re.findall(r"^COPY (.*)$", steps, re.M):
            *sources, target = words.split()
            assert target in ("./", sources[0], str(Path(sources[0]).parent) + "/"), words
            for path in context:
                if any(f"{path}/".startswith(f"{source}/") for source in sources):
                    (made[name] / path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(REPO_ROOT / path, made[name] / path)
    return made


def test_secrets_and_what_was_built_here_stay_outside():
    for path in ("deploy/secrets/database_url", "deploy/tls/tls.key", "deploy/.env", "console/node_modules/vite", "console/dist/index.html"):
        assert not in_the_context(path), path


def test_the_program_is_configured_from_what_its_stage_holds(stages):
    """With its packaging, in the way that `make deb` does."""
    place = stages["build"]
    said = run("make", "--no-print-directory", "build/build.ninja", "PACKAGES=build", cwd=place, env={"PATH": os.environ["PATH"]})
    assert said.returncode == 0, said.stdout + said.stderr
    assert (place / "build" / "CPackConfig.cmake").exists() and not (place / "console").exists()


def test_the_stage_of_the_pages_holds_their_sources(stages):
    """All but the tests in a browser, as a look at the same files here tells."""
    def sources(root: Path) -> set[str]:
        listed = run("git", "ls-files", "console", "api", cwd=REPO_ROOT).stdout.split()
        return {path for path in listed if (root / path).is_file() and not path.startswith("console/e2e/")}

    assert sources(stages["console"]) == sources(REPO_ROOT)
    assert os.access(stages["console"] / "tools" / "console.sh", os.X_OK)


def test_the_health_check_believes_only_a_200():
    with Upstream() as upstream:
        check = [DEPLOY / "siahub-ready", "/ready", "127.0.0.1", upstream.port]
        assert run(*check).returncode == 0
        upstream.ready = False
        assert run(*check).returncode != 0
    assert run(*check).returncode != 0


# -- units -----------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_say_what_the_program_understands(unit):
    text = unit.read_text()
    (command,) = re.findall(r"^ExecStart=/usr/bin/siahub (\S+)$", text, re.M)
    assert command in program.commands()
    told = set(re.findall(r"^Environment=(SIAHUB_\w+)=", text, re.M))
    assert told <= program.environment_of(command), told - program.environment_of(command)
    loaded, read = set(re.findall(r"^LoadCredential=(\w+):", text, re.M)), set(re.findall(r"%d/(\w+)$", text, re.M))
    assert loaded == read
    assert seconds(re.search(r"^TimeoutStopSec=(\w+)$", text, re.M).group(1)) >= seconds(program.default_of("drain")) + 10
    assert int(re.search(r"^LimitNOFILE=(\d+)$", text, re.M).group(1)) >= 2 * int(program.default_of("max_connections"))
    assert "Restart=on-failure" in text and "SIAHUB_CONFIG=/etc/siahub/siahub.toml" in text


def test_the_packaged_settings_are_valid():
    env = {"SIAHUB_CONFIG": str(DEPLOY / "debian" / "siahub.toml")}
    status, said = program.say("config", "check", "--role", "serve", env=env)
    assert status == 0 and 'data = "/var/lib/siahub"' in said, said


def test_the_documentation_names_settings_that_exist():
    text = (REPO_ROOT / "docs" / "deployment.md").read_text()
    for command in re.findall(r"siahub ((?:admin|config) \w+(?: \w+)?)", text):
        words = command.split()
        assert any(" ".join(words[:n]) in program.commands() for n in (2, 3)), command
    named = set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)?) = |`((?:cluster|gateway|database|redis)\.[a-z_]+)`", text))
    assert {a or b for a, b in named} <= program.settings()


# -- proxies ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Caddyfile", "Caddyfile.single", "common.caddy"])
def test_caddyfiles_are_formatted(name):
    text = (DEPLOY / name).read_text()
    assert run("caddy", "fmt", DEPLOY / name).stdout == text


def test_a_single_hub_behind_caddy(tmp_path):
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HUB_HOST": "hub.example.org", "TLS": "a@example.org"}
    said = run("caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile.single", env=env)
    assert said.returncode == 0, said.stderr


def test_nginx_understands_its_configuration(tmp_path):
    Authority(tmp_path, "DNS:hub.example.org")
    site = (DEPLOY / "nginx.conf").read_text()
    site = site.replace("/etc/siahub/tls/chain.pem", f"{tmp_path}/tls.pem").replace("/etc/siahub/tls/key.pem", f"{tmp_path}/tls.key")
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/site.conf; }}")
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    said = run(nginx, "-t", "-p", tmp_path, "-e", tmp_path / "log", "-c", tmp_path / "nginx.conf")
    assert said.returncode == 0, said.stderr
