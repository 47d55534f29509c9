"""The part of GitHub that signs people in, as GitHub documents it: where a browser is sent, what a code is exchanged for,
and who a token stands for. Strict where GitHub is: what it would refuse is refused, in its words and with its statuses.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from .browser import Browser

CLIENT, SECRET = "Iv1.8a61f9b3a7aba766", "a secret & more="


@dataclass
class Person:
    """`emails`: as /user/emails lists them."""

    login: str
    id: int
    name: str | None
    emails: list[dict]


def email(address: str, *, primary: bool = True, verified: bool = True) -> dict:
    return {"email": address, "primary": primary, "verified": verified, "visibility": None}


def person(login: str, id: int, *emails: dict, name: str | None = None) -> Person:
    return Person(login, id, name, list(emails) or [email(f"{login}@example.org")])


@dataclass
class Grant:
    """What an authorisation code is good for, once."""

    person: Person
    redirect_uri: str
    challenge: str


@dataclass
class Github:
    """`api`: the path under which it says who somebody is; that of GitHub Enterprise Server unless told otherwise."""

    hub: str
    api: str = "/api/v3"
    people: dict[str, Person] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Person] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Paths, in order."""
    secret: str = SECRET
    away: bool = False
    """Answers 502 to everything but people."""

    def __enter__(self) -> "Github":
        place = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                place.get(self)

            def do_POST(self) -> None:
                place.post(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def visit(self, url: str, who: Person, *, agrees: bool = True) -> str:
        """Somebody who is signed in here follows the hub's link and agrees, or not; where he is sent back to."""
        assert url.startswith(self.url + "/login/oauth/authorize?"), url
        asked = url.removeprefix(self.url) + f"&as={who.login}&agrees={int(agrees)}"
        self.people[who.login] = who
        answer = Browser(self.url).get(asked)
        assert answer.status == 302, (answer.status, answer.body)
        return answer.headers["Location"]

    # -- what it answers ----------------------------------------------------------------------------

    def get(self, call: BaseHTTPRequestHandler) -> None:
        where = urlsplit(call.path)
        self.asked.append(where.path)
        if where.path == "/login/oauth/authorize":
            return self._authorize(call, {name: values[0] for name, values in parse_qs(where.query).items()})
        if self.away:
            return _json(call, 502, {"message": "Server Error"})
        if not call.headers.get("User-Agent"):
            return _json(call, 403, {"message": "Request forbidden by administrative rules."})
        who = self.tokens.get(call.headers.get("Authorization", "").removeprefix("Bearer "))
        if who is None:
            return _json(call, 401, {"message": "Bad credentials"})
        if where.path == f"{self.api}/user":
            return _json(call, 200, {"login": who.login, "id": who.id, "name": who.name, "email": None})
        if where.path == f"{self.api}/user/emails":
            count = int(parse_qs(where.query).get("per_page", ["30"])[0])
            return _json(call, 200, who.emails[:count])
        return _json(call, 404, {"message": "Not Found"})

    def _authorize(self, call: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        back = asked["redirect_uri"]
        assert asked["client_id"] == CLIENT and back.startswith(self.hub + "/oauth/callback/"), asked
        assert {"read:user", "user:email"} <= set(asked["scope"].split())
        if asked["agrees"] == "0":
            refusal = {"error": "access_denied", "error_description": "The user has denied your application access."}
            return _redirect(call, back, {**refusal, "state": asked["state"]})
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_hex(10)
        self.grants[code] = Grant(self.people[asked["as"]], back, asked["code_challenge"])
        return _redirect(call, back, {"code": code, "state": asked["state"]})

    def post(self, call: BaseHTTPRequestHandler) -> None:
        self.asked.append(call.path)
        sent = call.rfile.read(int(call.headers["Content-Length"])).decode()
        if call.path != "/login/oauth/access_token":
            return _json(call, 404, {"message": "Not Found"})
        if self.away:
            return _json(call, 502, {"message": "Server Error"})
        answer = self._exchange({name: values[0] for name, values in parse_qs(sent).items()})
        # Whoever does not ask for JSON gets a form; errors have status 200, too.
        if "application/json" in call.headers.get("Accept", ""):
            return _json(call, 200, answer)
        return _answer(call, 200, "application/x-www-form-urlencoded", urlencode(answer).encode())

    def _exchange(self, sent: dict[str, str]) -> dict:
        if (sent.get("client_id"), sent.get("client_secret")) != (CLIENT, self.secret):
            return _refusal("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
        grant = self.grants.pop(sent.get("code", ""), None)
        proof = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if grant is None or base64.urlsafe_b64encode(proof).decode().rstrip("=") != grant.challenge:
            return _refusal("bad_verification_code", "The code passed is incorrect or expired.")
        if sent.get("redirect_uri") != grant.redirect_uri:
            return _refusal("redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL.")
        token = "gho_" + secrets.token_hex(18)
        self.tokens[token] = grant.person
        return {"access_token": token, "scope": "read:user,user:email", "token_type": "bearer"}


def _refusal(error: str, why: str) -> dict:
    return {"error": error, "error_description": why, "error_uri": "https://docs.github.com/"}


def _redirect(call: BaseHTTPRequestHandler, where: str, query: dict[str, str]) -> None:
    call.send_response(302)
    call.send_header("Location", f"{where}?{urlencode(query)}")
    call.send_header("Content-Length", "0")
    call.end_headers()


def _json(call: BaseHTTPRequestHandler, status: int, value: Any) -> None:
    _answer(call, status, "application/json; charset=utf-8", json.dumps(value).encode())


def _answer(call: BaseHTTPRequestHandler, status: int, kind: str, body: bytes) -> None:
    call.send_response(status)
    call.send_header("Content-Type", kind)
    call.send_header("Content-Length", str(len(body)))
    call.end_headers()
    call.wfile.write(body)
