"""Who the hub takes you for: logging in, whoami, keys of every scope, the administrator's commands."""

import json

import pytest
from harness.client import OLDEST, VERSIONS, Client, raises
from harness.hub import Hub


@pytest.fixture(params=VERSIONS)
def anonymous(request, hub):
    client = Client(request.param, hub.url, None)
    yield client
    client.close()


def test_login_stores_the_key_and_whoami_knows_it(anonymous, hub):
    assert anonymous.cli("auth", "whoami", ok=anonymous.version == OLDEST).text.strip()  # says how to log in
    anonymous.cli("auth", "login", "--token", hub.key("alice"))
    text = anonymous.cli("auth", "whoami").text
    assert "alice" in text
    assert "acme" in text


def test_login_with_a_wrong_key_is_refused(anonymous):
    output = anonymous.cli("auth", "login", "--token", "hf_" + "x" * 34, ok=False)
    assert output.code != 0
    assert "invalid" in output.text.lower()


def test_whoami_names_the_account_its_organisations_and_its_key(client):
    me = client.api("whoami")
    assert (me["name"], me["type"]) == ("alice", "user")
    assert [org["name"] for org in me["orgs"]] == ["acme"]
    assert me["orgs"][0]["roleInOrg"] == "admin"
    assert me["auth"]["accessToken"]["role"] == "write"


@pytest.mark.parametrize(("user", "role"), [("bob", "write"), ("carol", "read")])
def test_whoami_tells_the_role_in_an_organisation(hub, user, role):
    orgs = hub.http(hub.key(user)).get("/api/whoami-v2").json()["orgs"]
    assert [(o["name"], o["roleInOrg"]) for o in orgs] == [("acme", role)]


@pytest.mark.parametrize(("scope", "role"), [("read", "read"), ("write", "write"), ("admin", "write")])
def test_a_key_says_its_scope_in_words_that_clients_know(hub, scope, role):
    token = hub.http(hub.key("bob", scope)).get("/api/whoami-v2").json()["auth"]["accessToken"]
    assert token["role"] == role


def test_a_wrong_key_is_not_a_hidden_repository(clients, hub):
    client = Client("hf-latest", hub.url, "hf_" + "y" * 34)
    with raises("HfHubHTTPError") as caught:
        client.api("whoami")
    assert caught.error.status == 401
    client.close()


@pytest.mark.parametrize(
    "header",
    [None, "Bearer", "Bearer ", "Bearer hf_unknown", "Basic !!!", "Basic YTpi", "Digest abc", "hf_unknown"],
)
def test_whoami_wants_a_known_key(hub, header):
    answer = hub.http().get("/api/whoami-v2", headers={"Authorization": header} if header else {})
    assert answer.status == 401
    assert answer.error
    assert answer.error_code != "RepoNotFound"


@pytest.mark.parametrize("path", ["/api/models", "/api/models/alice/nothing", "/alice/nothing/resolve/main/a"])
def test_a_wrong_key_is_refused_even_where_none_is_needed(hub, path):
    answer = hub.http("hf_" + "z" * 34).get(path)
    assert answer.status == 401
    assert answer.error == "Invalid credentials in Authorization header"
    assert answer.error_code is None


def test_git_sends_the_key_as_a_password(hub):
    import base64

    basic = base64.b64encode(f"hf_user:{hub.key('alice')}".encode()).decode()
    answer = hub.http().get("/api/whoami-v2", headers={"Authorization": f"Basic {basic}"})
    assert answer.status == 200
    assert answer.json()["name"] == "alice"


def test_keys_are_made_imported_and_shown_once(hub):
    key = hub.admin("key", "create", "--user", "dave", "--scope", "write")
    assert key.startswith("hf_") and len(key) == 37 and key[3:].isalnum()
    assert hub.http(key).get("/api/whoami-v2").json()["name"] == "dave"
    imported = "hf_" + "Imported" * 4
    hub.import_key("dave", imported)
    assert hub.http(imported).get("/api/whoami-v2").json()["name"] == "dave"
    stored = b"".join(p.read_bytes() for p in hub.data.rglob("*") if p.is_file())
    assert key.encode() not in stored and imported.encode() not in stored


def test_the_administrator_may_use_names_and_keys_outside_the_public_rules(hub):
    hub.add_user("__DUMMY_USER__", fullname="Dummy User", email="dummy@example.org")
    hub.import_key("__DUMMY_USER__", "not-at-all-like-a-hub-key")
    me = hub.http("not-at-all-like-a-hub-key").get("/api/whoami-v2").json()
    assert (me["name"], me["fullname"], me["email"]) == ("__DUMMY_USER__", "Dummy User", "dummy@example.org")


@pytest.mark.parametrize(
    "command",
    [
        ("user", "create", "alice"),
        ("org", "create", "acme"),
        ("org", "create", "alice"),
        ("org", "create", "neworg", "--member", "nobody:write"),
        ("org", "create", "neworg", "--member", "alice:king"),
        ("key", "create", "--user", "nobody", "--scope", "read"),
        ("key", "create", "--user", "alice", "--scope", "everything"),
    ],
)
def test_the_administrator_is_told_what_is_wrong(hub, command):
    with pytest.raises(RuntimeError) as caught:
        hub.admin(*command)
    assert len(str(caught.value).splitlines()) <= 3


def test_everything_is_administered_before_the_first_start():
    hub = Hub()
    try:
        hub.add_user("early")
        hub.add_org("earlyorg", early="admin")
        key = hub.key("early")
        hub.start()
        me = hub.http(key).get("/api/whoami-v2").json()
        assert (me["name"], me["orgs"][0]["name"]) == ("early", "earlyorg")
        assert hub.stop() == 0
    finally:
        hub.close()


def test_whoami_as_json_on_the_command_line(hub, clients):
    text = clients().cli("auth", "whoami", "--format", "json").stdout
    assert "alice" in json.dumps(json.loads(text))
