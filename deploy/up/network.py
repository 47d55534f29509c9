"""Where each service listens. As root every service is a host: a network namespace with its own address on a
bridge. Otherwise all share this machine's loopback, each with an address of its own in 127.0.0.0/8."""

from __future__ import annotations

import subprocess

BRIDGE_HOST = 1
CADDY_HOST = 2
FIRST_HOST = 10


class Loopback:
    """Same ports, same processes; only the wires between them are not there."""

    separate_hosts = False
    proxy_is_seen_as = "127.0.0.1"

    def __init__(self, prefix: str, port: int, names: list[str]) -> None:
        """Clients reach it at `port` and the one after it."""
        self.addresses = {name: f"{prefix}.{FIRST_HOST + i}" for i, name in enumerate(names)}
        self.addresses["caddy"] = f"{prefix}.{CADDY_HOST}"
        self.public = {"HUB_HOST": f"localhost:{port}", "DATA_HOST": f"127.0.0.1:{port}"}
        self.public["PROXY_HOST"] = f"localhost:{port + 1}"
        self.certificate_names = ["DNS:localhost", "IP:127.0.0.1"]
        self.caddy_environment = {"HTTPS_PORT": str(port), "HTTP_PORT": str(port + 2)}

    def set_up(self) -> None:
        """The kernel answers for all of 127.0.0.0/8."""

    def tear_down(self) -> None:
        """Nothing was set up."""

    def inside(self, _service: str) -> list[str]:
        return []


class Namespaces:
    separate_hosts = True

    def __init__(self, tag: str, prefix: str, names: list[str], on_this_host: list[str]) -> None:
        """`on_this_host` share the machine's own network, as the other end of the bridge: they reach the world."""
        self.tag, self.prefix = tag, prefix
        self.bridge = f"sh{tag}"
        self.hosts = {name: FIRST_HOST + i for i, name in enumerate(names)}
        self.hosts["caddy"] = CADDY_HOST
        self.on_this_host = set(on_this_host)
        self.addresses = {
            name: f"{prefix}.{BRIDGE_HOST if name in self.on_this_host else host}" for name, host in self.hosts.items()
        }
        self.proxy_is_seen_as = self.addresses["caddy"]
        # One address for each public name: names would have to be in everybody's /etc/hosts.
        self.public_hosts = {"HUB_HOST": 2, "DATA_HOST": 3, "PROXY_HOST": 4}
        self.public = {name: f"{prefix}.{host}" for name, host in self.public_hosts.items()}
        self.certificate_names = [f"IP:{address}" for address in self.public.values()]
        self.caddy_environment: dict[str, str] = {}

    def _namespace(self, service: str) -> str:
        return f"siahub-{self.tag}-{service}"

    def inside(self, service: str) -> list[str]:
        return [] if service in self.on_this_host else ["ip", "netns", "exec", self._namespace(service)]

    def set_up(self) -> None:
        if not _exists("link", self.bridge):
            self._refuse_a_subnet_in_use()
            _ip("link", "add", self.bridge, "type", "bridge")
            _ip("address", "add", f"{self.prefix}.{BRIDGE_HOST}/24", "dev", self.bridge)
            _ip("link", "set", self.bridge, "up")
        for service, host in self.hosts.items():
            if service not in self.on_this_host and not _exists("netns", self._namespace(service)):
                self._add(service, host)

    def _refuse_a_subnet_in_use(self) -> None:
        used = subprocess.run(["ip", "-o", "-4", "address"], capture_output=True, text=True, check=True).stdout
        if f" {self.prefix}." in used:
            raise SystemExit(f"{self.prefix}.0/24 is in use on this machine; set UP_SUBNET, 10.87.0 for instance")

    def _add(self, service: str, host: int) -> None:
        namespace, outer = self._namespace(service), f"sh{self.tag}.{host}"
        _ip("netns", "add", namespace)
        _ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        _ip("link", "set", outer, "master", self.bridge, "up")
        hosts = list(self.public_hosts.values()) if service == "caddy" else [host]
        for each in hosts:
            _ip("-n", namespace, "address", "add", f"{self.prefix}.{each}/24", "dev", "eth0")
        _ip("-n", namespace, "link", "set", "eth0", "up")
        _ip("-n", namespace, "link", "set", "lo", "up")
        # As in a container, where no port needs privileges.
        low_ports = "echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start"
        _ip("netns", "exec", namespace, "sh", "-c", low_ports)

    def tear_down(self) -> None:
        for service in self.hosts:
            if _exists("netns", self._namespace(service)):
                _ip("netns", "delete", self._namespace(service))
        if _exists("link", self.bridge):
            _ip("link", "delete", self.bridge)


def _ip(*args: str) -> None:
    subprocess.run(["ip", *args], check=True)


def _exists(kind: str, name: str) -> bool:
    if kind == "link":
        return subprocess.run(["ip", "link", "show", name], capture_output=True).returncode == 0
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    return name in (line.split()[0] for line in listed.splitlines() if line)
