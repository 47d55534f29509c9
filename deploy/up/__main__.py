"""The services of deploy/compose.yaml as processes of this machine: `make up`, `make down`.

What compose.yaml says of images, limits and privileges is Docker's part; commands, settings, secrets, order, health
checks and wiring are taken from it. Nothing is started again when it dies: `make up` does that.

UP_DIR (.up) holds state and logs. UP_SUBNET (10.86.0) is where the hosts are; without root they are in 127.86.0
and clients come to UP_PORT (8443). PROXY_UPSTREAM is the hub behind hf-proxy.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import certificates  # noqa: E402
import postgres  # noqa: E402
from compose import Service, load  # noqa: E402
from network import Loopback, Namespaces  # noqa: E402
from place import Place  # noqa: E402
from processes import Daemons  # noqa: E402

DEPLOY = Path(__file__).resolve().parents[1]
CONSOLE = DEPLOY.parent / "console" / "dist"
HEALTHY_SECONDS = 120
OWNER = "me"
# A container has its image's programs, this machine its own.
SAME_AS = {("wget", "-q", "--spider"): ["curl", "-fs", "-o", "/dev/null"]}


class Up:
    def __init__(self) -> None:
        self.state = Path(os.environ.get("UP_DIR", DEPLOY.parent / ".up")).resolve()
        self.binary = Path(os.environ.get("SIAHUB_BINARY", DEPLOY.parent / "build" / "siahub"))
        self.daemons = Daemons(self.state)
        self.path = f"{self.state}/bin:{postgres.programs()}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        self.authority = certificates.Authority(self.state / "tls")
        # Twice: what the services are called does not depend on the names that the network gives them.
        names = [service.name for service in self._load({"HUB_HOST": "-", "DATA_HOST": "-", "PROXY_HOST": "-", "TLS": "-"})]
        self.network = self._network(names)
        # As an operator says it whose certificates are his own: by their places in the containers.
        tls = {"TLS": "/etc/caddy/tls/tls.pem /etc/caddy/tls/tls.key", "CA_FILE": "/etc/siahub/tls/bundle.pem"}
        self.public = {**self.network.public, **tls}
        self.services = self._load(self.public)
        self.places = {s.name: Place(s, self.state, DEPLOY, self.network) for s in self.services}

    def _load(self, public: dict[str, str]) -> list[Service]:
        upstream = os.environ.get("PROXY_UPSTREAM", "")
        return load(DEPLOY / "compose.yaml", {**public, "PROXY_UPSTREAM": upstream})

    def _network(self, names: list[str]):
        names = [name for name in names if name != "caddy"]
        subnet = os.environ.get("UP_SUBNET", "10.86.0")
        if can_make_hosts():
            tag = hashlib.sha256(str(self.state).encode()).hexdigest()[:6]
            # hf-proxy is the one that reaches out; the others have no way to.
            return Namespaces(tag, subnet, names, ["hf-proxy"])
        return Loopback(subnet.replace("10.", "127.", 1), int(os.environ.get("UP_PORT", "8443")), names)

    # -- up ----------------------------------------------------------------------------------

    def up(self) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        with open(self.state / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._prepare()
            for service in self.services:
                self._start(service)
            for service in self.services:
                if not service.one_shot:
                    self._wait_until_healthy(service)
            self._say(self._first_key())

    def _prepare(self) -> None:
        (self.state / "bin").mkdir(exist_ok=True)
        for name, program in (("siahub", self.binary), ("siahub-ready", DEPLOY / "siahub-ready")):
            new = self.state / "bin" / f".{name}.new"
            shutil.copy(program, new)
            new.chmod(0o755)
            new.rename(self.state / "bin" / name)
        # As the package lays it out: the program looks for the pages beside itself.
        pages = self.state / "share" / "siahub" / "console"
        shutil.rmtree(pages, ignore_errors=True)
        if (CONSOLE / "index.html").exists():
            shutil.copytree(CONSOLE, pages, copy_function=shutil.copy2)
        subprocess.run([DEPLOY / "make-secrets.sh", self.state / "secrets"], check=True)
        if os.geteuid() == 0:
            self._check_that_services_can_reach(self.state / "bin" / "siahub")
            (self.state / "secrets").chmod(0o711)
        self.authority.make(self.network.certificate_names)
        self.network.set_up()

    def _check_that_services_can_reach(self, program: Path) -> None:
        done = subprocess.run(["setpriv", "--reuid=10001", "--clear-groups", "test", "-x", program])
        if done.returncode != 0:
            raise SystemExit(f"{self.state} is closed to the users of the services; set UP_DIR to another place")

    def _start(self, service: Service) -> None:
        if self.daemons.alive(service.name):
            return
        for name, condition in service.waits_for.items():
            if condition == "service_healthy":
                self._wait_until_healthy(self.places[name].service)
        place = self.places[service.name]
        place.make()
        if service.name == "caddy":
            self.authority.give(place.uid)
        if service.one_shot:
            return self._run_once(service)
        command = self._program(service)
        if service.name == "postgres":
            command = postgres.prepare(place, self._as_user(place), self.path)
        self.daemons.start(service.name, [*self._inside(place), *command], self._environment(place))

    def _run_once(self, service: Service) -> None:
        place = self.places[service.name]
        command = [*self._inside(place), *self._program(service)]
        done = subprocess.run(command, env=self._environment(place), cwd="/", capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{service.name}: {done.stdout}{done.stderr}")

    def _program(self, service: Service) -> list[str]:
        own = ["siahub"] if service.image.startswith("siahub") else []
        return own + [self.places[service.name].translate(word) for word in service.command]

    def _as_user(self, place: Place) -> list[str]:
        if os.geteuid() != 0:
            return []
        who = [f"--reuid={place.uid}", f"--regid={place.uid}", "--clear-groups"]
        return ["setpriv", *who, "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]

    def _inside(self, place: Place) -> list[str]:
        return [*self.network.inside(place.service.name), *self._as_user(place)]

    def _environment(self, place: Place) -> dict[str, str]:
        said = {}
        for key, value in place.service.environment.items():
            said[key] = place.translate_own(value) if key == "CADDY_ADMIN" else place.translate(value)
        if place.service.name == "caddy":
            said |= self.network.caddy_environment
        return {"PATH": self.path, "HOME": "/", "LANG": "C.UTF-8", **said}

    def _wait_until_healthy(self, service: Service) -> None:
        place = self.places[service.name]
        command = [place.translate_own(word) for word in service.health]
        for theirs, ours in SAME_AS.items():
            if tuple(command[: len(theirs)]) == theirs:
                command = ours + command[len(theirs) :]
        deadline = time.monotonic() + HEALTHY_SECONDS
        while subprocess.run(
            [*self._inside(place), *command], env=self._environment(place), cwd="/", capture_output=True
        ).returncode:
            if not self.daemons.alive(service.name) or time.monotonic() > deadline:
                raise SystemExit(f"{service.name} is not healthy:\n{self.daemons.log(service.name)}")
            time.sleep(0.1)

    def _first_key(self) -> str:
        file = self.state / "first-key"
        if not file.exists():
            self.admin("user", "create", OWNER)
            key = self.admin("key", "create", "--user", OWNER, "--scope", "admin")
            file.touch(mode=0o600)
            file.write_text(key)
        return file.read_text().strip()

    def admin(self, *words: str) -> str:
        """siahub admin, as `docker compose exec cas-1` would run it."""
        place = self.places["cas-1"]
        command = [*self._inside(place), "siahub", "admin", *words]
        done = subprocess.run(command, env=self._environment(place), cwd="/", capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"siahub admin {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def _password_link(self, hub: str, key: str) -> str | None:
        """By which the owner sets his first password; nothing when he has one, or when there are no pages."""
        if not (CONSOLE / "index.html").exists():
            return None
        asked = urllib.request.Request(f"{hub}/api/identities", headers={"Authorization": f"Bearer {key}"})
        trust = ssl.create_default_context(cafile=str(self.authority.ca))
        with urllib.request.urlopen(asked, timeout=30, context=trust) as answer:
            has_password = json.load(answer)["hasPassword"]
        return None if has_password else self.admin("user", "reset", OWNER)

    def _sign_in(self, hub: str, link: str | None) -> str:
        if not (CONSOLE / "index.html").exists():
            return "There is no console: `make console` says why.\n"
        what = f"set a password for {OWNER} at {link}" if link else f"sign in as {OWNER} at {hub}/login"
        return f"In a browser that knows the authority {self.authority.ca}: {what}\n"

    def _say(self, key: str) -> None:
        hub, data, proxy = (f"https://{self.public[name]}" for name in ("HUB_HOST", "DATA_HOST", "PROXY_HOST"))
        ca = self.authority.ca
        facts = {"hub": hub, "data": data, "hf_proxy": proxy, "ca": str(ca), "key": key}
        facts["password_link"] = self._password_link(hub, key)
        facts["services"] = {name: self.network.addresses[name] for name in self.places}
        facts["separate_hosts"] = self.network.separate_hosts
        info = self.state / "info.json"
        info.touch(mode=0o600)
        info.write_text(json.dumps(facts, indent=2))
        where = (
            "each service is a host of its own (a network namespace)"
            if self.network.separate_hosts
            else "all services share this machine's network: only root can give each a host of its own"
        )
        print(f"SiaHub runs as its services, {where}\n")
        for name, address in facts["services"].items():
            print(f"  {name:10} {address}")
        print(f"\n  hub {hub}, data {data}, hf-proxy {proxy}\n  state and logs in {self.state}; `make down` stops all\n")
        print(self._sign_in(hub, facts["password_link"]))
        print("In this or another terminal:\n")
        print(f"  export SSL_CERT_FILE={ca} REQUESTS_CA_BUNDLE={ca} NODE_EXTRA_CA_CERTS={ca}")
        print(f"  export HF_ENDPOINT={hub} HF_TOKEN={key}")
        print(f"  hf upload {OWNER}/my-model ./my-model\n  hf download {OWNER}/my-model")

    # -- down --------------------------------------------------------------------------------

    def down(self) -> None:
        names = [service.name for service in reversed(self.services)]
        storage = ["postgres", "redis"]
        for group in ([n for n in names if n not in storage], storage):
            for name in group:
                # PostgreSQL ends its sessions on SIGINT; on SIGTERM it would wait for them.
                self.daemons.stop(name, signal.SIGINT if name == "postgres" else signal.SIGTERM)
            for name in group:
                self.daemons.wait_until_gone(name)
        self.network.tear_down()


def can_make_hosts() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "--net", "--mount", "true"]).returncode == 0


def main() -> None:
    match sys.argv[1:]:
        case ["up"]:
            Up().up()
        case ["down"]:
            Up().down()
        case ["admin", *words]:
            print(Up().admin(*words))
        case _:
            raise SystemExit("usage: up | down | admin WORDS…")


main()
