"""What a browser does with a hub: keeps its cookies, sends them along, and the CSRF token with what changes something."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from .http import Http, Response

SAFE = ("GET", "HEAD")


class Browser:
    """`url`: the hub's, or a relay's or proxy's in front of it."""

    def __init__(self, url: str, *, ca: Any = None) -> None:
        self.url = url
        self.http = Http(url, ca=ca)
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []
        """As they were sent, with their attributes."""
        self.csrf = ""

    def request(self, method: str, path: str, *, csrf: str | None = None, **more: Any) -> Response:
        """`csrf`: another token than the session's; "" for none."""
        headers = dict(more.pop("headers", None) or {})
        if self.cookies:
            headers.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        token = self.csrf if csrf is None else csrf
        if method not in SAFE and token:
            headers.setdefault("X-CSRF-Token", token)
        if method not in SAFE:
            headers.setdefault("Origin", "{0.scheme}://{0.netloc}".format(urlsplit(self.url)))
        answer = self.http.request(method, path, headers=headers, **more)
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.set_cookies.append(line)
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    def get(self, path: str, **more: Any) -> Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> Response:
        return self.request("POST", path, **more)

    def put(self, path: str, **more: Any) -> Response:
        return self.request("PUT", path, **more)

    def patch(self, path: str, **more: Any) -> Response:
        return self.request("PATCH", path, **more)

    def delete(self, path: str, **more: Any) -> Response:
        return self.request("DELETE", path, **more)

    # -- what nearly every test needs --------------------------------------------------------

    def session(self) -> dict:
        answer = self.get("/api/session")
        assert answer.status == 200, answer.body
        return self._entered(answer)

    def sign_in(self, name: str, password: str) -> dict:
        answer = self.post("/api/session", json={"name": name, "password": password})
        assert answer.status == 200, (answer.status, answer.body)
        return self._entered(answer)

    def enter(self, path: str, body: dict) -> dict:
        """POST to what signs in by itself: /api/setup, /api/register."""
        answer = self.post(path, json=body)
        assert answer.status == 200, (answer.status, answer.body)
        return self._entered(answer)

    def _entered(self, answer: Response) -> dict:
        told = answer.json()
        self.csrf = told["csrf"]
        return told
