# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Eventual consistency on demand: what has just been made is not visible everywhere; private to the stand-in."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass
class HiddenObject:
    """Until when an object stays hidden: this many more requests that would show it, or until this moment.

    :ivar asked: whether the request that is being answered would have shown it.
    """

    calls: int
    until: float
    asked: bool = False


class HiddenObjects:
    """The objects of a region that are hidden, by id."""

    def __init__(self) -> None:
        self._veils: dict[str, HiddenObject] = {}

    def hide(self, ids: Iterable[str], calls: int, seconds: float) -> None:
        """From now on these look as if they did not exist yet."""
        for one in ids:
            self._veils[one] = HiddenObject(calls, time.monotonic() + seconds)

    def hides(self, resource_id: str) -> bool:
        """Return True if the request must not see the object. A veil ends after its calls and its time."""
        veil = self._veils.get(resource_id)
        if veil is None:
            return False
        if veil.calls <= 0 and time.monotonic() >= veil.until:
            del self._veils[resource_id]
            return False
        veil.asked = True
        return True

    def named(self, values: Iterable[str]) -> str | None:
        """The first hidden id among a request's values."""
        return next((value for value in values if self.hides(value)), None)

    def answered(self) -> None:
        """A request is done: what it did not see is one request closer to being seen."""
        for veil in self._veils.values():
            veil.calls -= veil.asked
            veil.asked = False

    def clear(self) -> None:
        """Everything is visible."""
        self._veils.clear()
