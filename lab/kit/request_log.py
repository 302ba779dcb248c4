# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request log: in memory for the control API, and as JSON lines in a file."""

from __future__ import annotations

import json
import pathlib
import threading
import time
from typing import Any


class RequestLog:
    """Entries in the order in which the requests were carried out. Thread-safe.

    An entry begins with ``n``, which counts from 1 and never starts again, ``t``, the time of arrival in seconds since
    the epoch, and ``ms``, the milliseconds that the request took.
    """

    def __init__(self, path: pathlib.Path | None = None) -> None:
        self._entries: list[dict[str, Any]] = []
        self._number = 0
        self._lock = threading.Lock()
        self._file = None if path is None else path.open("a", encoding="utf-8", buffering=1)

    def add(self, arrived: float, entry: dict[str, Any]) -> None:
        """Append an entry about a request that arrived at this time."""
        with self._lock:
            self._number += 1
            took = round((time.time() - arrived) * 1000, 2)
            line = {"n": self._number, "t": round(arrived, 4), "ms": took, **entry}
            self._entries.append(line)
            if self._file is not None:
                self._file.write(json.dumps(line) + "\n")

    def entries(self) -> list[dict[str, Any]]:
        """Return the entries since the last `clear`."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forget the entries; a file keeps its lines."""
        with self._lock:
            self._entries.clear()
