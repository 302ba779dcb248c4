# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The log of API actions, in memory and, if wanted, in a file; private to the stand-in."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import IO, Any


class ActionLog:
    """One entry for each API action, in the order in which they were carried out.

    An entry is ``{n, t, ms, service, region, action, params, status, error, message, fault}``: a number that counts up
    from 1 and never starts again, seconds since the epoch, milliseconds taken, the flat query parameters without Action
    and Version, the HTTP status (0 when the connection was cut), the error's code and text or null, and the kind of
    fault that was put in, or null.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._entries: list[dict[str, Any]] = []
        self._count = 0
        self._lock = threading.Lock()
        self._file: IO[str] | None = None if path is None else path.open("a", encoding="utf-8", buffering=1)

    def add(self, started: float, entry: dict[str, Any]) -> None:
        """Append an entry.

        :param started: the time when the request came, in seconds since the epoch.
        """
        with self._lock:
            self._count += 1
            took = round((time.time() - started) * 1000, 1)
            line = {"n": self._count, "t": round(started, 3), "ms": took, **entry}
            self._entries.append(line)
            if self._file is not None:
                self._file.write(json.dumps(line) + "\n")

    def entries(self) -> list[dict[str, Any]]:
        """Return the entries that were logged since the last ``clear``."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forget the entries in memory; a file keeps its lines."""
        with self._lock:
            self._entries.clear()
