"""Organisations and their members."""

from harness.accounts import signed_in


def test_an_organisation_and_its_members(bob, alice, people):
    carol = signed_in(people, "carol")
    made = bob.post("/api/organizations", json={"name": "labs", "fullname": "The Labs"})
    assert (made.status, made.json()["numUsers"]) == (200, 1)
    assert bob.post("/api/organizations", json={"name": "Labs"}).status == 409
    assert bob.post("/api/organizations", json={"name": "-"}).status == 400
    assert bob.post("/api/repos/create", json={"name": "m", "organization": "labs"}).status == 200
    assert carol.put("/api/organizations/labs/members/carol", json={"role": "admin"}).status == 403
    assert carol.get("/api/organizations/labs/members").status == 403
    assert bob.put("/api/organizations/labs/members/carol", json={"role": "boss"}).status == 400
    assert bob.put("/api/organizations/labs/members/nobody", json={"role": "read"}).status == 404
    assert bob.put("/api/organizations/labs/members/acme", json={"role": "read"}).status == 404
    assert bob.put("/api/organizations/labs/members/carol", json={"role": "write"}).status == 204
    assert carol.post("/api/repos/create", json={"name": "n", "organization": "labs"}).status == 200
    assert carol.delete("/api/organizations/labs/members/bob").status == 403
    assert bob.delete("/api/organizations/labs/members/bob").status == 409
    members = {m["user"]: m["role"] for m in bob.get("/api/organizations/labs/members").json()}
    assert members == {"bob": "admin", "carol": "write"}
    assert carol.delete("/api/organizations/labs/members/carol").status == 204, "everybody may leave"
    assert carol.post("/api/repos/create", json={"name": "o", "organization": "labs"}).status == 403
    assert alice.put("/api/organizations/labs/members/carol", json={"role": "read"}).status == 204
    seen = {m["user"]: m["role"] for m in alice.get("/api/organizations/labs/members").json()}
    assert seen == {"bob": "admin", "carol": "read"}, "who may change them sees them"


def test_a_read_key_changes_no_organisation(people):
    http = people.http(people.key("alice", "read"))
    assert http.post("/api/organizations", json={"name": "x1"}).status == 403
    assert http.put("/api/organizations/acme/members/dave", json={"role": "read"}).status == 403
