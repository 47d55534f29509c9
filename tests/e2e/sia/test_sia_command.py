"""`siahub sia` as a person uses it: what it shows, and what it says when something is wrong."""

from __future__ import annotations

import json
import re
import subprocess
import time

from harness.hub import BINARY
from harness.sia import approve, our_client


def test_account_and_hosts(network, ours):
    assert network.description()["account"] in ours("account")
    head, *hosts = [line.split("\t") for line in ours("hosts").splitlines()]
    assert head == ["HOST", "ADDRESS", "COUNTRY", "LATITUDE", "LONGITUDE", "UPLOAD"]
    known = {(host["publicKey"], host["address"]) for host in network.description()["hosts"]}
    assert {(key, address) for key, address, *_ in hosts} == known
    assert all(upload == "yes" for *_, upload in hosts)


def verdicts(answer) -> dict[str, str]:
    return {finding["check"]: finding["verdict"] for finding in json.loads(answer.stdout)["findings"]}


def doctor(client, redundancy: str = "4-of-14"):
    answer = client.attempt("doctor", "--redundancy", redundancy, "--json")
    return answer.returncode, verdicts(answer)


def test_the_doctor_looks_at_everything(network, ours):
    # Fifteen hosts are one more than needed: enough, but not for long.
    assert doctor(ours) == (1, {"sia.indexd": "ok", "sia.quota": "ok", "sia.hosts": "warning", "sia.calls": "ok"})
    status, found = doctor(ours, "10-of-30")
    assert status == 2 and found["sia.hosts"] == "error" and found["sia.indexd"] == "ok"


def test_the_doctor_names_what_is_wrong(network, ours):
    assert doctor(our_client(network, "11" * 32)) == (2, {"sia.app_key": "error"})
    account = network.description()["account"]
    network.indexd_order("limit", account=account, maxPinnedData=1)
    assert doctor(ours)[1]["sia.quota"] == "error"
    network.indexd_order("limit", account=account, maxPinnedData=10**12)
    network.indexd_order("stop")
    assert doctor(ours) == (2, {"sia.indexd": "error"})
    network.indexd_order("start")
    network.indexd_fault("/hosts", status=503, text="maintenance")
    assert doctor(ours)[1]["sia.hosts"] == "error"


def test_words_that_make_no_sense(network, ours, tmp_path, file_of):
    def complaint(*words: object, status: int = 2) -> str:
        answer = ours.attempt(*words)
        assert answer.returncode == status, answer
        return answer.stderr

    assert "64 hex digits" in complaint("account", "--app-key", "12")
    key = tmp_path / "key"
    key.write_text(ours.environment["SIAHUB_SIA_APP_KEY"] + "\n")
    assert network.description()["account"] in ours("account", "--app-key-file", key)
    assert "Cannot read" in complaint("account", "--app-key-file", tmp_path / "nothing")
    assert "10-of-30" in complaint("doctor", "--redundancy", "ten")
    assert "shards are too few" in complaint("put", file_of(1), "--redundancy", "4-of-8")
    assert "No such file" in complaint("put", tmp_path / "nothing", status=1)
    assert "empty" in complaint("put", file_of(0), status=1)
    assert "not a file" in complaint("put", tmp_path, status=1)
    assert "64 hex digits" in complaint("get", "12", tmp_path / "x", status=1)
    assert "404" in complaint("get", "12" * 32, tmp_path / "x", status=1)


def test_to_standard_output_and_over_an_old_file(ours, file_of, tmp_path):
    source = file_of(1000)
    id = ours.put(source)
    old = tmp_path / "old"
    old.write_bytes(b"what was there before" * 1000)
    assert ours.get(id, old) == source.read_bytes()
    copied = tmp_path / "copied"
    with open(copied, "wb") as out:
        subprocess.run([*ours.command, "get", id, "-"], env=ours.environment, stdout=out, check=True, timeout=60)
    assert copied.read_bytes() == source.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copied", "file-0", "old"]


def test_an_app_key_comes_from_a_persons_approval_or_from_the_operator(network, ours, tmp_path):
    about = network.description()
    phrase = tmp_path / "phrase"
    keys = []
    for _ in range(2):
        flags = ["--phrase-file", phrase] if keys else []
        command = [*ours.command, "connect", "--indexd", about["app_url"], *map(str, flags)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asking:
            page = re.search(r"http://\S+", asking.stderr.readline()).group()
            approve(page, about["connect_key"])
            keys.append(asking.stdout.read().strip())
            if not flags:
                phrase.write_text(asking.stderr.read().rpartition(": ")[2])
    assert keys[0] == keys[1]
    assert "app        SiaHub" in our_client(network, keys[0])("account")
    password = tmp_path / "password"
    password.write_text(about["admin_password"] + "\n")
    flags = ["--admin-url", about["admin_url"], "--admin-password-file", password]
    key = ours("register", *flags)
    assert "app        SiaHub" in our_client(network, key)("account")
    refused = ours.attempt("register", *flags[:2], "--admin-password", "wrong")
    assert (refused.returncode, "401" in refused.stderr) == (1, True)


def test_a_rejected_connection_ends(network, ours):
    about = network.description()
    command = [*ours.command, "connect", "--indexd", about["app_url"]]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as asking:
        page = re.search(r"http://\S+", asking.stderr.readline()).group()
        approve(page, about["connect_key"], answer=b'{"approve": false}')
        assert "rejected" in asking.stderr.read()
        assert asking.wait(60) == 1


def test_the_example_program(network, ours):
    about = network.description()
    program = BINARY.parent / "examples" / "sia_roundtrip"
    command = [str(program), about["app_url"], about["app_key"], "4", "14"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert 'read "come home when ten arrive."' in done.stdout
    assert done.stdout.count("stored ") == 2
    time.sleep(2)
    assert not {line.split()[1] for line in done.stdout.splitlines() if line.startswith("stored")} & ours.ids()
