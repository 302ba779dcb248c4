# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API of the second server: from a request to an answer."""

from __future__ import annotations

import base64
import email.utils
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .fields import Invalid, Json
from .kinds import KINDS, Kind
from .store import ROOT, NotThere, Row, Store
from .view import View

MISTAKEN_PATH = "<!doctype html>\n<html><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>\n"
AT_BUSY = 23
BONDS = {
    "bonds": lambda store, row: row.values["aggregator"],
    "bonds_secondary": lambda store, row: row.values["secondary_aggregator"],
    "bonds_current": lambda store, row: store.places.get(row.id, row.values["aggregator"]),
}
"""The lists of bonds below an aggregator, and the aggregator by which each chooses."""


@dataclass(frozen=True)
class Answer:
    """An answer: a body as JSON, a page as HTML, or nothing."""

    status: int
    body: Any = None
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def sent(self) -> tuple[str, dict[str, str]]:
        """The body as it is sent, and all headers but its length."""
        if self.status == 204:
            return "", dict(self.headers)
        text, kind = (self.html, "html") if self.html else (json.dumps(self.body), "json")
        form = {"html": "text/html", "json": "application/json"}[kind]
        return text, {**self.headers, "Content-Type": f"{form}; charset=utf-8"}


@dataclass(frozen=True)
class Request:
    """A request."""

    method: str
    target: str
    headers: Mapping[str, str]
    data: bytes = b""

    @property
    def query(self) -> dict[str, str]:
        """The parameters."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def body(self) -> Any:
        """The JSON that was sent; raises Invalid."""
        try:
            return json.loads(self.data or b"{}")
        except ValueError as error:
            raise Invalid(f"JSON parse error - {error}") from None


@dataclass(frozen=True)
class Where:
    """Target of a path: a list of one kind, a list of several, or an object."""

    path: str
    kinds: tuple[Kind, ...]
    parent: int | None = None
    row: Row | None = None
    bonds: str = ""
    """The list of bonds below an aggregator, if it is one."""

    @property
    def one(self) -> bool:
        return len(self.kinds) == 1 and not self.bonds


class Api:
    """The API on a store."""

    def __init__(self, store: Store, users: list[Json]) -> None:
        self.store = store
        self.users = users
        self.asked = 0

    def answer(self, request: Request) -> Answer:
        """Return the answer to one request."""
        self.asked += 1
        view = View(self.store, f"http://{request.headers.get('Host', 'localhost')}")
        if self.store.has("busy_proxy") and self.asked % AT_BUSY == 0:
            return self._busy()
        try:
            return self._answer(request, view)
        except NotThere:
            return self._refused(404, "Not found.")
        except Invalid as refused:
            return Answer(400, view.errors(refused.errors))

    def state(self) -> Json:
        """Return all objects by their kinds, without any habit."""
        plain = self.store.copy()
        plain.habits = frozenset()
        view = View(plain, "http://localhost")
        found: dict[str, list[Json]] = {}
        for row in plain.rows.values():
            found.setdefault(row.kind, []).append({**view.object(row), "parent_id": row.parent})
        return found

    def _busy(self) -> Answer:
        if self.asked % 2:
            return Answer(503, html="<h1>Service Unavailable</h1>", headers={"Retry-After": "0"})
        return Answer(429, html="slow down", headers={"Retry-After": email.utils.formatdate(usegmt=True)})

    def _refused(self, status: int, text: str) -> Answer:
        if self.store.has("html_errors"):
            return Answer(status, html=MISTAKEN_PATH.replace("Not Found", text))
        return Answer(status, {"detail": text})

    def _answer(self, request: Request, view: View) -> Answer:
        path = urlsplit(request.target).path
        if not path.startswith(ROOT) or not path.endswith("/"):
            raise NotThere
        path = path.removeprefix(ROOT)
        if path == "login/":
            return self._log_in(request)
        if not self._known(request.headers.get("Authorization", "")):
            return Answer(
                401, {"detail": "Invalid username/password."}, headers={"WWW-Authenticate": 'Basic realm="api"'}
            )
        if not path:
            return Answer(
                200, {kind.path: f"{view.base}{ROOT}{kind.path}/" for kind in KINDS.values() if not kind.parent}
            )
        where = self.where(path)
        if request.method == "OPTIONS":
            return Answer(200, self._options(where, view))
        allowed = self._allowed(where)
        if request.method not in allowed:
            return self._refused(405, f'Method "{request.method}" not allowed.')
        if request.method == "GET":
            return Answer(200, view.object(where.row) if where.row else self._list(where, request.query, view))
        return self._write(where, request, view)

    # Who

    def _known(self, authorization: str) -> bool:
        scheme, _space, secret = authorization.partition(" ")
        if scheme == "Token":
            return any(user.get("token") == secret for user in self.users)
        if scheme != "Basic":
            return False
        try:
            name, _colon, password = base64.b64decode(secret).decode().partition(":")
        except ValueError:
            return False
        return any((user["email"], user["password"]) == (name, password) for user in self.users)

    def _log_in(self, request: Request) -> Answer:
        if request.method != "POST":
            return self._refused(405, "Method not allowed.")
        given = request.body
        for user in self.users:
            if (user["email"], user["password"]) == (given.get("email"), given.get("password")):
                return Answer(200, {"auth_token": user.setdefault("token", f"token-of-{user['email']}")})
        return Answer(401, {"detail": "Unable to log in with provided credentials."})

    # Where

    def where(self, path: str) -> Where:
        """Return what a path below the API's root names; raise NotThere."""
        parts = [unquote(part) for part in path.strip("/").split("/")]
        tops = {kind.path: kind for kind in KINDS.values() if not kind.parent}
        if parts[0] not in tops or len(parts) > 4:
            raise NotThere
        top = tops[parts[0]]
        if len(parts) == 1:
            return Where(path, (top,))
        row = self.store.by_name(top, parts[1])
        if len(parts) == 2:
            return Where(path, (top,), row=row)
        below = [kind for kind in KINDS.values() if kind.parent == top.name]
        kinds = tuple(kind for kind in below if kind.path == parts[2])
        if len(parts) == 4:
            if not kinds:
                raise NotThere
            return Where(path, kinds, parent=row.id, row=self.store.by_name(kinds[0], parts[3], row.id))
        mixed = tuple(kind for kind in below if kind.mixed and kind.mixed[0] == parts[2])
        if top.name == "aggregator" and parts[2] in BONDS:
            return Where(path, (KINDS["bond"],), parent=row.id, bonds=parts[2])
        if not kinds and not mixed:
            raise NotThere
        return Where(path, kinds or mixed, parent=row.id)

    def _allowed(self, where: Where) -> set[str]:
        if not where.one:
            return {"GET"}
        methods = set(where.kinds[0].methods.split()) & (
            {"GET", "PUT", "PATCH", "DELETE"} if where.row else {"GET", "POST"}
        )
        return methods - {"PUT"} if self.store.has("no_put") else methods

    # What

    def _list(self, where: Where, query: dict[str, str], view: View) -> Any:
        if where.bonds:
            chosen = BONDS[where.bonds]
            rows = [row for row in self.store.all("bond") if chosen(self.store, row) == where.parent]
            shown = [view.short_bond(row) for row in rows]
        else:
            rows = list(self.store.all(*(kind.name for kind in where.kinds), parent=where.parent))
            shown = [view.object(row) for row in rows]
        if query.get("search") and not self.store.has("loose_search"):
            shown = [one for one in shown if query["search"].lower() in json.dumps(one).lower()]
        if not where.one and not where.bonds and where.parent is not None:
            shown += view.strangers(where.parent, where.path.split("/")[2])
        return view.listing(where.path, view.ordered(shown, query.get("ordering")), query)

    def _options(self, where: Where, view: View) -> Json:
        about: Json = {
            "name": where.path.strip("/").split("/")[-1],
            "description": "",
            "renders": ["application/json", "text/html"],
            "parses": ["application/json"],
        }
        allowed = self._allowed(where)
        if self.store.has("bare_options"):
            return about
        verbs = {"POST", "PUT"} & (allowed | ({"PUT"} if where.row and "PATCH" in allowed else set()))
        if where.one and verbs:
            kind = where.kinds[0]
            fields = {"id": {"type": "integer", "required": False, "read_only": True, "label": "ID"}}
            fields["url"] = {"type": "field", "required": False, "read_only": True, "label": "Url"}
            if kind.mixed:
                fields[kind.mixed[1]] = {"type": "field", "required": False, "read_only": True, "label": "Kind"}
            fields |= {one.name: one.about for one in kind.fields}
            about["actions"] = {verb: view.with_more(fields) for verb in sorted(verbs)}
        return about

    def _write(self, where: Where, request: Request, view: View) -> Answer:
        kind, other = where.kinds[0], self.store.has("other_statuses")
        if request.method == "DELETE":
            assert where.row is not None
            self.store.delete(where.row)
            return Answer(200, {"detail": "Deleted."}) if other else Answer(204)
        whole = request.method == "PUT"
        body = request.body
        row = self.store.write(kind, where.parent, body, where.row, whole=whole)
        shown = view.object(row)
        if request.method == "POST":
            if self.store.has("thin_answers"):
                shown = {"id": row.id, "url": view.url(row)}
            return Answer(200 if other else 201, shown, headers={"Location": view.url(row)})
        if request.method == "PATCH" and self.store.has("empty_answers") and kind.name in ("filter", *_PROTOCOLS):
            return Answer(204)
        if request.method == "PATCH" and self.store.has("thin_answers"):
            shown = {name: value for name, value in shown.items() if name in {"id", "url", *body}}
        return Answer(202 if other else 200, shown)


_PROTOCOLS = tuple(kind.name for kind in KINDS.values() if kind.mixed and kind.mixed[0] == "protocols")
