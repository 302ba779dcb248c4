# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand; private to the stand-in. Their keys and kinds are in docs/lab-aws.md, "Faults".

``after`` matching actions pass first, then ``count`` of them meet the fault (null: all). The first fault of the list
that matches is put in, and only that.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from lab.kit.faults import Fault as KitFault
from lab.kit.faults import FaultError, Faults

KINDS = ("error", "delay", "broken", "lost", "failed", "hidden", "hold")
# What EC2 and IAM answer with another status than 400.
STATUS = {
    "RequestLimitExceeded": 503,
    "Unavailable": 503,
    "InternalError": 500,
    "UnauthorizedOperation": 403,
    "AccessDenied": 403,
    "NoSuchEntity": 404,
}


@dataclass
class Fault(KitFault):
    """A fault; its fields are the keys of its JSON object."""

    action: str = ".*"
    kind: str = "error"
    after: int = 0
    count: int | None = 1
    code: str = "InternalError"
    message: str = "This error was asked for."
    status: int | None = None
    seconds: float = 0
    calls: int = 0

    @property
    def http_status(self) -> int:
        return self.status or STATUS.get(self.code, 400)

    def matches(self, *request: str) -> bool:
        """Return True if the action's name, the one part of a request, is the fault's."""
        return re.fullmatch(self.action, request[0]) is not None

    def shown(self) -> dict[str, Any]:
        """Return the JSON object of the fault, with its numbers counted down."""
        return asdict(self)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def parse_fault(given: Any) -> Fault:
    """One fault from its JSON. Raises FaultError."""
    known = [field.name for field in fields(Fault)]
    if not isinstance(given, Mapping):
        raise FaultError(f"a fault is an object with some of the keys {', '.join(known)}, not {given!r}")
    for key in given:
        if key not in known:
            raise FaultError(f"fault: the key '{key}' is unknown; there are: {', '.join(known)}")
    fault = Fault(**given)
    if fault.kind not in KINDS:
        raise FaultError(f"fault: kind: '{fault.kind}' is none of {', '.join(KINDS)}")
    for key in ("after", "calls"):
        if not _whole(getattr(fault, key)):
            raise FaultError(f"fault: {key}: {getattr(fault, key)!r} is not a whole number of 0 or more")
    if fault.count is not None and not _whole(fault.count):
        raise FaultError(f"fault: count: {fault.count!r} is neither null nor a whole number of 0 or more")
    if isinstance(fault.seconds, bool) or not isinstance(fault.seconds, int | float) or fault.seconds < 0:
        raise FaultError(f"fault: seconds: {fault.seconds!r} is not a number of 0 or more")
    if fault.status is not None and (not _whole(fault.status) or not 400 <= fault.status <= 599):
        raise FaultError(f"fault: status: {fault.status!r} is not an HTTP status from 400 to 599")
    try:
        re.compile(fault.action)
    except (re.error, TypeError) as error:
        raise FaultError(f"fault: action: {fault.action!r} is not a regular expression: {error}") from error
    if fault.kind == "hidden" and not fault.calls and not fault.seconds:
        raise FaultError("fault: kind hidden needs calls or seconds")
    return fault


class ActionFaults(Faults[Fault]):
    """The faults that are not used up, and the actions that one of them holds."""

    def __init__(self) -> None:
        super().__init__(parse_fault)
        self._released = threading.Condition()
        self._held: list[str] = []

    def hold(self, action: str) -> None:
        """Wait until the next release."""
        with self._released:
            held = self._held
            held.append(action)
            self._released.wait_for(lambda: self._held is not held)

    def held(self) -> list[str]:
        """Return the actions that wait."""
        with self._released:
            return list(self._held)

    def release(self) -> None:
        """Let all that wait go on."""
        with self._released:
            self._held = []
            self._released.notify_all()
