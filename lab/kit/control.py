# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API below ``/__lab__/``: for the operator of a stand-in, and no part of what the stand-in simulates.

Every response is JSON; an error is ``{"error": TEXT}``.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .faults import Faults
from .history import History
from .messages import ControlError, NotFound, Response
from .request_log import RequestLog

PREFIX = "/__lab__/"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""Names of copies; a copy may become a file."""


@dataclass(frozen=True)
class ControlRequest:
    """Query and parsed body of a control request; the body is None if there was none."""

    query: dict[str, str]
    body: Any

    @property
    def copy(self) -> str:
        """Return the name of a copy. Raises ControlError if the query has none, or no good one."""
        name = self.query.get("name", "")
        if not NAME.fullmatch(name):
            raise ControlError("say ?name=x, with a name of letters, digits, '_', '.' and '-'")
        return name


Actions = dict[str, Callable[[ControlRequest], object]]
"""Control requests by method and path, such as ``POST save``."""


class Control:
    """Carries out control requests, each between two API requests, never during one.

    :param own: the stand-in's own ones; those about its state are ``GET state``, and ``POST`` of reset, save and load.
    :param done: the response to a request that returns nothing.
    """

    def __init__(self, log: RequestLog, faults: Faults[Any], history: History, own: Actions, done: object) -> None:
        self._done = done
        self._actions: Actions = {
            "GET ready": lambda _: {"ready": True},
            **own,
            "GET log": lambda _: log.entries(),
            "DELETE log": lambda _: log.clear(),
            "GET faults": lambda _: faults.pending(),
            "POST faults": lambda request: faults.add(request.body),
            "DELETE faults": lambda _: faults.clear(),
            "POST history": lambda _: history.begin(),
            "GET history": lambda _: history.writes(),
            "DELETE history": lambda _: history.end(),
        }

    def response(self, method: str, target: str, body: bytes) -> Response:
        """Carry out a control request; `target` is the path with the query."""
        try:
            status, result = 200, self._carry_out(method, urllib.parse.urlsplit(target), body)
        except ControlError as error:
            status, result = error.status, {"error": str(error)}
        content = json.dumps(self._done if result is None else result).encode()
        return Response(status, content, {"Content-Type": "application/json"})

    def _carry_out(self, method: str, url: urllib.parse.SplitResult, body: bytes) -> object:
        name = f"{method} {url.path.removeprefix(PREFIX).strip('/')}"
        if name not in self._actions:
            raise NotFound(f"there is no {name}; there are: {', '.join(self._actions)}")
        query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query).items()}
        try:
            parsed = json.loads(body) if body.strip() else None
        except ValueError as error:
            raise ControlError(f"the body is not JSON: {error}") from error
        return self._actions[name](ControlRequest(query, parsed))
