# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of a stand-in's state, one after each write: each of them is what a run leaves that was killed there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PREFIX = "write-"
"""Prefix of the copies' names: `write-0` is the state before the first write."""


class History:
    """The writes since `begin`, and a copy of the state after each of them.

    :param save: keeps a copy of the state under a name
    :param forget: drops the copy of a name
    """

    def __init__(self, save: Callable[[str], None], forget: Callable[[str], None]) -> None:
        self._save, self._forget = save, forget
        self._writes: list[dict[str, Any]] = []
        self._copies = 0
        self._recording = False

    def begin(self) -> None:
        """Keep a copy of the state as it is now, and one after each write from now on."""
        self.end()
        self._recording = True
        self._keep()

    def end(self) -> None:
        """Keep no further copy, and drop those that there are."""
        self._recording = False
        for number in range(self._copies):
            self._forget(f"{PREFIX}{number}")
        self._writes, self._copies = [], 0

    def wrote(self, what: str) -> None:
        """Keep a copy of the state after a write, if there was a `begin`."""
        if self._recording:
            self._writes.append({"n": self._copies, "t": time.time(), "what": what})
            self._keep()

    def writes(self) -> list[dict[str, Any]]:
        """Return the writes in their order: `n` is the number of the copy, `t` the time when the write was done."""
        return list(self._writes)

    def _keep(self) -> None:
        self._save(f"{PREFIX}{self._copies}")
        self._copies += 1
