# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API below ``/__lab__/``: for who runs the stand-in, not part of what it stands in for.

| request | does |
|---|---|
| ``GET ready`` | answers ``{"ready": true}`` |
| ``GET state`` | everything that exists (see ``state``) |
| ``GET log``, ``DELETE log`` | the requests so far (see ``log``) |
| ``GET faults``, ``POST faults``, ``DELETE faults`` | what goes wrong on demand (see ``faults``); POST adds |
| ``GET renaming``, ``POST renaming`` | other paths, fields and values (see ``renaming``); ``{}`` ends it |
| ``POST reset`` | back to the seed; faults and a renaming are forgotten, saved copies and the log stay |
| ``POST save?name=x``, ``POST load?name=x`` | keep a copy of the whole database, put it back |
| ``POST history`` | from now on keep a copy after each write, named ``write-1``, ``write-2``, ...; ``write-0`` is now |
| ``GET history``, ``DELETE history`` | the writes so far, ``[{n, t, what}]``; keep no more copies, and drop those |
| ``POST move`` | ``{bond, aggregator}``, ids or names: the bond is on this aggregator now, as after a failover |
| ``POST permissions`` | ``{email: [name or pattern]}``: from now on the users' own groups give these, and no others |

Errors are ``{"error": TEXT}`` with 400 or 404.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from lab.history import History

from . import database, models, state
from .faults import FaultError, Faults
from .log import Log
from .renaming import Renaming, RenamingError
from .seed import permit
from .urls import RESOURCES

PREFIX = "/__lab__/"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
T = TypeVar("T")


class ControlError(Exception):
    """A request to the control API that makes no sense."""


class Control:
    """:param submit: runs a function in the thread where the database is, and returns what it returns."""

    def __init__(self, seed: dict[str, Any], log: Log, faults: Faults, submit: Callable[[Callable[[], T]], T]) -> None:
        self.seed = seed
        self.log = log
        self.faults = faults
        self.submit: Callable[[Callable[[], Any]], Any] = submit
        self.history = History(database.save, database.forget)
        #: Called with each new renaming.
        self.rename: Callable[[Renaming], None] = lambda _renaming: None
        self.renaming = Renaming({}, [])

    def answer(self, method: str, path: str, query: str, body: bytes) -> tuple[int, Any]:
        """Status and JSON answer to a request for this path, which begins with PREFIX."""
        deeds: dict[tuple[str, str], Callable[[], Any]] = {
            ("GET", "ready"): lambda: {"ready": True},
            ("GET", "state"): lambda: self.submit(state.everything),
            ("GET", "log"): self.log.entries,
            ("DELETE", "log"): self.log.clear,
            ("GET", "faults"): self.faults.shown,
            ("POST", "faults"): lambda: self.faults.add(_json(body)),
            ("DELETE", "faults"): self.faults.clear,
            ("GET", "renaming"): lambda: self.renaming.shown,
            ("POST", "renaming"): lambda: self._rename(_json(body)),
            ("POST", "reset"): self._reset,
            ("POST", "save"): lambda: self._copy(database.save, query),
            ("POST", "load"): lambda: self._copy(database.load, query),
            ("POST", "history"): lambda: self.submit(self.history.begin),
            ("GET", "history"): self.history.writes,
            ("DELETE", "history"): lambda: self.submit(self.history.end),
            ("POST", "move"): lambda: self._move(_json(body)),
            ("POST", "permissions"): lambda: self._permit(_json(body)),
        }
        what = path.removeprefix(PREFIX).strip("/")
        deed = deeds.get((method, what))
        if deed is None:
            known = ", ".join(f"{verb} {name}" for verb, name in deeds)
            return HTTPStatus.NOT_FOUND, {"error": f"there is no {method} {what}; there are: {known}"}
        try:
            found = deed()
        except (ControlError, FaultError, RenamingError, database.DatabaseError) as error:
            return HTTPStatus.BAD_REQUEST, {"error": str(error)}
        return HTTPStatus.OK, {"ok": True} if found is None else found

    def _reset(self) -> None:
        self.faults.clear()
        self._rename({})
        self.submit(lambda: database.reset(self.seed))

    def _rename(self, given: Any) -> None:
        self.renaming = Renaming(given, list(RESOURCES))
        self.rename(self.renaming)

    def _copy(self, deed: Callable[[str], None], query: str) -> None:
        names = urllib.parse.parse_qs(query).get("name", [])
        if len(names) != 1 or not NAME.fullmatch(names[0]):
            raise ControlError("say ?name=x, with a name of letters, digits, '_', '.' and '-'")
        self.submit(lambda: deed(names[0]))

    def _move(self, given: Any) -> None:
        if not isinstance(given, dict) or set(given) != {"bond", "aggregator"}:
            raise ControlError("a move is {bond, aggregator}")
        self.submit(lambda: move(given["bond"], given["aggregator"]))

    def _permit(self, given: Any) -> None:
        if not isinstance(given, dict) or not all(isinstance(names, list) for names in given.values()):
            raise ControlError("permissions are {email: [name or pattern]}")
        try:
            self.submit(lambda: permit_all(given))
        except ValueError as error:
            raise ControlError(str(error)) from error


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise ControlError(f"the body is no JSON: {error}") from error


def move(bond: str | int, aggregator: str | int) -> None:
    """Set the aggregator that the bond is on at the moment."""
    found = _one(models.Bond, bond)
    found.current_aggregator = _one(models.Aggregator, aggregator)
    found.save()


def permit_all(given: dict[str, list[str]]) -> None:
    """Give each user of these just these permissions."""
    for email, names in given.items():
        user = models.User.objects.filter(email=email).first()
        if user is None:
            raise ControlError(f"there is no user {email}")
        permit(user, names)


def _one(model: Any, reference: str | int) -> Any:
    where = {"pk": int(reference)} if str(reference).isdigit() else {"name": reference}
    found = list(model.objects.filter(**where))
    if len(found) != 1:
        ids = ", ".join(str(row.pk) for row in found) or "none"
        raise ControlError(f"{model.__name__.lower()} {reference}: one was expected, found: {ids}")
    return found[0]
