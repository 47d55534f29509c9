"""Lists of models, datasets and spaces: searching, filtering by author, sorting, paging, and who sees what."""

import pytest
from harness.client import raises
from harness.http import file, next_page

NAMES = ["Alpha-one", "alpha-two", "beta.one", "gamma_one", "zeta-alpha"]


@pytest.fixture(scope="module")
def listed(hub):
    """Five models of bob's in this order, one private; two of acme's; a dataset and a space."""
    bob, alice = hub.http(hub.key("bob")), hub.http(hub.key("alice"))
    for name in NAMES:
        assert bob.create_repo(f"bob/{name}").status == 200
    assert bob.create_repo("bob/alpha-secret", private=True).status == 200
    for name in ("alpha-org", "beta-org"):
        assert alice.create_repo(f"acme/{name}").status == 200
    bob.create_repo("bob/alpha-data", "dataset")
    bob.create_repo("bob/alpha-space", "space", sdk="static")
    card = b"---\ntags:\n- special\nlicense: mit\n---\n"
    assert bob.commit("bob/beta.one", file("README.md", card)).status == 200
    return hub


def ids(found):
    return [r["id"] for r in found]


def test_by_author(client, listed):
    assert sorted(ids(client.api("list_models", author="bob"))) == sorted(f"bob/{n}" for n in NAMES)
    assert sorted(ids(client.api("list_models", author="acme"))) == ["acme/alpha-org", "acme/beta-org"]
    assert client.api("list_models", author="nobody") == []
    assert ids(client.api("list_datasets", author="bob")) == ["bob/alpha-data"]
    assert ids(client.api("list_spaces", author="bob")) == ["bob/alpha-space"]


def test_by_search(client, listed):
    assert sorted(ids(client.api("list_models", search="alpha"))) == [
        "acme/alpha-org",
        "bob/Alpha-one",
        "bob/alpha-two",
        "bob/zeta-alpha",
    ]
    assert ids(client.api("list_models", search="ALPHA-t")) == ["bob/alpha-two"]
    assert ids(client.api("list_models", search="beta", author="bob")) == ["bob/beta.one"]
    assert ids(client.api("list_models", search="100%_")) == []


def test_every_search_word_must_match(listed):
    answer = listed.http().get("/api/models?search=alpha&search=org")
    assert ids(answer.json()) == ["acme/alpha-org"]


def test_private_ones_are_listed_to_their_readers(clients, listed):
    assert "bob/alpha-secret" in ids(clients(user="bob").api("list_models", author="bob"))
    assert "bob/alpha-secret" not in ids(clients(user="dave").api("list_models", author="bob"))
    assert "bob/alpha-secret" not in ids(clients(user=None).api("list_models", author="bob"))
    assert "bob/alpha-secret" not in ids(clients(user=None).api("list_models", search="secret"))


def test_sorting(client, listed):
    by_creation = ids(client.api("list_models", author="bob", sort="created_at" if client.version != "hf-0.36" else "createdAt"))
    assert by_creation == [f"bob/{n}" for n in reversed(NAMES)]
    changed = ids(client.api("list_models", author="bob", sort="last_modified" if client.version != "hf-0.36" else "lastModified"))
    assert changed[0] == "bob/beta.one"


@pytest.mark.parametrize("sort", ["lastModified", "createdAt", "downloads", "likes", "trendingScore"])
def test_every_order(listed, sort):
    answer = listed.http().get(f"/api/models?author=bob&sort={sort}&direction=-1")
    assert sorted(ids(answer.json())) == sorted(f"bob/{n}" for n in NAMES)
    assert listed.http().get("/api/models?sort=colour").status == 400


def test_limits_and_pages(client, listed):
    assert len(client.api("list_models", author="bob", limit=3)) == 3
    path, found = "/api/models?author=bob&limit=2", []
    while path:
        answer = listed.http().get(path)
        assert len(answer.json()) <= 2
        found += ids(answer.json())
        path = next_page(answer)
        assert path is None or ("author=bob" in path and path.startswith("http://"))
    assert sorted(found) == sorted(f"bob/{n}" for n in NAMES)


def test_pages_stay_whole_while_repositories_come_and_go(listed):
    bob = listed.http(listed.key("bob"))
    for i in range(6):
        bob.create_repo(f"bob/page-{i}")
    first = bob.get("/api/models?search=page-&limit=3&sort=createdAt")
    bob.create_repo("bob/page-new")
    rest = bob.get(next_page(first))
    assert ids(first.json()) + ids(rest.json()) == [f"bob/page-{i}" for i in (5, 4, 3, 2, 1, 0)]
    for i in (*range(6), "new"):
        bob.delete("/api/repos/delete", json={"name": f"page-{i}", "organization": "bob"})


def test_by_tag(client, listed):
    assert ids(client.api("list_models", filter="special")) == ["bob/beta.one"]
    assert ids(client.api("list_models", filter="license:mit")) == ["bob/beta.one"]
    assert client.api("list_models", filter=["special", "other"]) == []


def test_details(client, listed):
    (full,) = client.api("list_models", search="beta.one", full=True)
    assert {s["rfilename"] for s in full["siblings"]} == {".gitattributes", "README.md"}
    assert full["sha"] and full["last_modified"]
    (card,) = client.api("list_models", search="beta.one", cardData=True)
    assert card["card_data"]["license"] == "mit"
    (chosen,) = client.api("list_models", search="beta.one", expand=["sha", "likes"])
    assert chosen["sha"] == full["sha"]
    with raises("BadRequestError"):
        client.api("list_models", expand=["nonsense"])


def test_the_plain_list_is_light(listed):
    (item,) = listed.http().get("/api/models?search=beta.one").json()
    assert item["id"] == item["modelId"] == "bob/beta.one"
    assert {"private", "likes", "downloads", "tags", "createdAt"} <= set(item)
    assert "siblings" not in item
