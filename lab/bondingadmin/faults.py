# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that the simulator injects on demand. Their keys and actions are in docs/lab-bondingadmin.md, "Faults".

The first fault of the list that matches a request acts. Requests to the control API meet none.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from typing import Any

from lab.kit.faults import Fault as KitFault
from lab.kit.faults import FaultError

KEYS = {"method", "path", "count", "skip", "delay", "status", "body", "headers", "done", "gzip"}
INSTEAD = ("status", "html", "redirect", "big")
"""The actions that answer something else than the application does."""
ACTIONS = ("break", "lost", "truncate", "html", "redirect", "big", "drip", "alter", "page_size")
MIB = 1 << 20
HTML = """<!doctype html>
<html lang="en"><head><title>Please stand by</title></head><body><h1>Please stand by</h1></body></html>
"""


@dataclass
class Fault(KitFault):
    """A fault as it was given (``given``), and how much of it is left."""

    given: dict[str, Any]
    method: re.Pattern[str]
    path: re.Pattern[str]
    count: int | None
    after: int
    delay: float
    #: one of ACTIONS, "status", or "" for a delay alone
    action: str
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    #: whether the request is dealt with before another answer is given
    done: bool = False
    #: bytes a second of a ``drip``
    pace: float = 0
    #: the fields that an answer gets by ``alter``
    fields: dict[str, Any] = field(default_factory=dict)
    page_size: int = 0

    @property
    def name(self) -> str:
        return self.action or "delay"

    def matches(self, *request: str) -> bool:
        """Return True if the request, a method and a path with its query, is the fault's."""
        method, target = request
        return bool(self.method.fullmatch(method) and self.path.search(target))

    def shown(self) -> dict[str, Any]:
        """Return the fault as it was given, with its numbers counted down."""
        return {**self.given, "count": self.count, "skip": self.after}


def parse(given: Any) -> Fault:
    """A fault from its JSON. Raises FaultError."""
    if not isinstance(given, dict):
        raise FaultError(f"a fault is an object, not {given!r}")
    unknown = sorted(set(given) - KEYS - set(ACTIONS))
    if unknown:
        raise FaultError(f"unknown in a fault: {', '.join(unknown)}; known: {', '.join(sorted(KEYS | set(ACTIONS)))}")
    actions = [action for action in ACTIONS if given.get(action)]
    if len(actions) > 1 or (given.get("status") and actions and actions[0] not in ("html", "redirect")):
        raise FaultError(
            f"one action for each fault, not {', '.join(actions + ['status'] * bool(given.get('status')))}"
        )
    action = actions[0] if actions else "status" if given.get("status") else ""
    if not action and not given.get("delay"):
        raise FaultError(f"a fault needs one of: delay, status, {', '.join(ACTIONS)}")
    try:
        fault = Fault(
            given=given,
            method=re.compile(given.get("method") or ".*", re.IGNORECASE),
            path=re.compile(given.get("path") or ""),
            count=None if given.get("count", 1) is None else int(given.get("count", 1)),
            after=int(given.get("skip", 0)),
            delay=float(given.get("delay") or 0),
            action=action,
            status=int(given.get("status") or {"html": 200, "redirect": 302}.get(action, 0)),
            body=given.get("body"),
            headers={str(name): str(value) for name, value in (given.get("headers") or {}).items()},
            done=bool(given.get("done")),
            pace=float(given.get("drip") or 0),
            fields=dict(given.get("alter") or {}),
            page_size=int(given.get("page_size") or 0),
        )
        size = int(given.get("big") or 0)
    except (re.error, TypeError, ValueError, AttributeError) as error:
        raise FaultError(f"{given}: {error}") from error
    if fault.done and action not in INSTEAD:
        raise FaultError(f"done goes with one of {', '.join(INSTEAD)}, not with {action or 'delay'}")
    if action == "big":
        fault.status = 200
        fault.body = f"[{' ' * (size * MIB)}]"
        if given.get("gzip"):
            fault.body = gzip.compress(fault.body.encode())
            fault.headers["Content-Encoding"] = "gzip"
        fault.headers.setdefault("Content-Type", "application/json")
    if action == "html":
        fault.body = HTML if given["html"] is True else str(given["html"])
        fault.headers.setdefault("Content-Type", "text/html; charset=utf-8")
    if action == "redirect":
        fault.headers["Location"] = str(given["redirect"])
    return fault
