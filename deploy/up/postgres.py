"""What PostgreSQL's image does before its server starts: a new cluster, its owner, the scripts that come with it."""

from __future__ import annotations

import glob
import os
import shlex
import subprocess

from place import Place


def programs() -> str:
    """The newest PostgreSQL of Debian."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if not found:
        raise SystemExit("PostgreSQL is not installed: make bootstrap")
    return found[-1]


def prepare(place: Place, as_user: list[str], path: str) -> list[str]:
    """Answers the server's command."""
    data = place.paths["/var/lib/postgresql/data"]
    sockets = place.paths["/var/run/postgresql"]
    said = place.service.environment
    environment = {
        **{"PATH": path, "HOME": str(data), "LC_ALL": "C.UTF-8", "PGHOST": str(sockets)},
        **{"POSTGRES_USER": said["POSTGRES_USER"], "POSTGRES_DB": said["POSTGRES_DB"]},
        "GATEWAY_PASSWORD_FILE": str(place.paths["/run/secrets/gateway_password"]),
    }

    def run(*command: object) -> None:
        done = subprocess.run([*as_user, *map(str, command)], env=environment, cwd="/", capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{command[0]}: {done.stdout}{done.stderr}")

    if not os.path.exists(data / "PG_VERSION"):
        user = f"--username={said['POSTGRES_USER']}"
        password = f"--pwfile={place.paths['/run/secrets/postgres_password']}"
        run("initdb", "-D", data, user, password, "--auth-local=trust", *shlex.split(said["POSTGRES_INITDB_ARGS"]))
        with open(data / "pg_hba.conf", "a") as rules:
            rules.write("host all all all scram-sha-256\n")
        only_here = f"-c listen_addresses='' -c unix_socket_directories='{sockets}'"
        run("pg_ctl", "-D", data, "-o", only_here, "-w", "-l", data / "first.log", "start")
        try:
            run("createdb", "-U", said["POSTGRES_USER"], said["POSTGRES_DB"])
            run("bash", place.paths["/docker-entrypoint-initdb.d/10-roles.sh"])
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "fast", "stop")
    (data / "postmaster.pid").unlink(missing_ok=True)  # ours alone; the caller knows that nobody runs on it
    where = ["-D", str(data), "-c", f"listen_addresses={place.address}", "-c", f"unix_socket_directories={sockets}"]
    return [*place.service.command, *where]
