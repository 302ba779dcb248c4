# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: the list of those that are left, and the one that a request meets."""

from __future__ import annotations

import abc
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from .messages import ControlError


class FaultError(ControlError):
    """A fault that makes no sense; the text says why."""


class Fault(abc.ABC):
    """A fault: `after` so many matching requests, it is put into `count` of them (None: into all)."""

    after: int
    count: int | None

    @abc.abstractmethod
    def matches(self, *request: str) -> bool:
        """Return True if the fault is meant for a request."""

    @abc.abstractmethod
    def shown(self) -> dict[str, Any]:
        """Return the JSON object of the fault, with its numbers counted down."""


F = TypeVar("F", bound=Fault)


class Faults(Generic[F]):
    """The faults that are not used up. Thread-safe.

    :param parse: makes a fault of its JSON value, or raises FaultError
    """

    def __init__(self, parse: Callable[[Any], F]) -> None:
        self._parse = parse
        self._faults: list[F] = []
        self._lock = threading.Lock()

    def add(self, given: Any) -> None:
        """Append a fault or a list of faults. Raises FaultError, and adds none, if one of them makes no sense."""
        parsed = [self._parse(one) for one in (given if isinstance(given, list) else [given])]
        with self._lock:
            self._faults += parsed

    def pending(self) -> list[dict[str, Any]]:
        """Return the faults that are left, as JSON objects."""
        with self._lock:
            return [fault.shown() for fault in self._faults]

    def clear(self) -> None:
        """Drop all faults."""
        with self._lock:
            self._faults.clear()

    def take(self, *request: str) -> F | None:
        """Return the first fault that a request meets, if any, and count it down."""
        with self._lock:
            for fault in [one for one in self._faults if one.count != 0 and one.matches(*request)]:
                if fault.after:
                    fault.after -= 1
                    continue
                if fault.count is not None:
                    fault.count -= 1
                self._faults = [one for one in self._faults if one.count != 0]
                return fault
        return None
