# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that must be whole within a time.

requests and urllib3 bound each wait for the next bytes, so that a server which sends a byte now and then holds a run
for ever. Here the time counts from the request on, for headers and body together.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import time
from typing import Any

try:
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
    from urllib3.connection import HTTPConnection, HTTPSConnection
except ImportError:  # transport.py says that requests is missing before any of these is used
    HTTPConnection = HTTPSConnection = HTTPConnectionPool = HTTPSConnectionPool = object  # type: ignore[assignment,misc]


class _Timed(io.RawIOBase):
    """A socket's file that is read only until a moment."""

    def __init__(self, raw: Any, sock: Any, seconds: float) -> None:
        self._raw, self._sock, self._seconds = raw, sock, seconds
        self._end = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out: the answer was not whole in time")
        self._sock.settimeout(left)
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        with contextlib.suppress(OSError):  # the socket may be closed; if it is not, it is used again
            self._sock.settimeout(self._seconds)
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """An answer that must be whole within the socket's time-out, which urllib3 sets to the one for reading."""

    def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock, seconds))


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedTlsConnection(HTTPSConnection):
    response_class = _TimedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTlsConnection


def bound(manager: Any) -> None:
    """Let all answers of a pool manager of urllib3, direct or of an HTTP proxy, be whole within the time for reading.

    One of a SOCKS proxy has connections of its own, and is left as it is.
    """
    if type(manager) in (PoolManager, ProxyManager):
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
