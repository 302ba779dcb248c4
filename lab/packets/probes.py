# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Datagrams every few milliseconds on many paths at once, and which of them came back."""

from __future__ import annotations

import collections
import contextlib
import itertools
import selectors
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from .echo_servers import ECHO_PORT
from .netns import entered

INTERVAL = 0.02
"""Seconds between two datagrams on a path."""
LAST_CALL = 0.3
"""Seconds for which answers are waited for after the last datagram."""
KEPT = 1.0
"""Seconds for which an answer to a datagram with a port of its own is waited for."""
_DATAGRAM = struct.Struct("!I")
_PORTS = itertools.cycle(range(10000, 30000))
"""Of datagrams with a port of their own. None comes again for minutes, also not in what is sent next: for who tracks
connections it would be an old one.
"""


@dataclass(frozen=True)
class Path:
    """From a namespace to an address.

    :param name: for people.
    :param source: one of the namespace's addresses, if not the one that the kernel would choose.
    :param anew: whether each datagram has a port of its own: for who translates or tracks it, a new connection each.
    """

    name: str
    namespace: str
    address: str
    source: str = ""
    anew: bool = False


@dataclass
class Traffic:
    """Datagrams of one path: the times (seconds, monotonic) at which each was sent, and the numbers that came back."""

    path: Path
    sent: list[float] = field(default_factory=list)
    back: set[int] = field(default_factory=set)

    def lost(self) -> list[int]:
        """The numbers of those that did not come back."""
        return [number for number in range(len(self.sent)) if number not in self.back]

    def silences(self) -> tuple[float, float]:
        """Return the times at which the first and the last lost datagram were sent."""
        times = [self.sent[number] for number in self.lost()]
        return min(times, default=0.0), max(times, default=0.0)

    def gap(self) -> float:
        """The longest time, in seconds, between the sending of one that came back and of the next that did."""
        times = [self.sent[number] for number in sorted(self.back)]
        if not times:
            return self.sent[-1] - self.sent[0] if self.sent else 0.0
        return max(
            (after - before for before, after in zip(times, [*times[1:], self.sent[-1]], strict=True)), default=0.0
        )


class Probes:
    """Sends on every path every INTERVAL seconds, from `with` to its end. Read `traffic` after that."""

    def __init__(self, paths: list[Path], interval: float = INTERVAL) -> None:
        self.traffic = [Traffic(path) for path in paths]
        self._interval = interval
        self._ended = threading.Event()
        self._sockets: list[socket.socket] = []
        self._old: collections.deque[tuple[float, socket.socket]] = collections.deque()
        self._thread = threading.Thread(target=self._send, daemon=True)

    def __enter__(self) -> Probes:
        self._sockets = [_opened(one.path, next(_PORTS)) for one in self.traffic]
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()
        for made in [*self._sockets, *(made for _when, made in self._old)]:
            made.close()

    def go_on(self, seconds: float) -> None:
        """Send for so long: a length of traffic to be measured, and no wait for anything."""
        self._ended.wait(seconds)

    def _send(self) -> None:
        with selectors.DefaultSelector() as selector:
            for made, one in zip(self._sockets, self.traffic, strict=True):
                selector.register(made, selectors.EVENT_READ, one)
            due = time.monotonic()
            while not self._ended.is_set():
                # On a machine that has stood still nothing is made up for: a burst would be lost in full buffers.
                due = max(due + self._interval, time.monotonic())
                self._renew(selector)
                for made, one in zip(self._sockets, self.traffic, strict=True):
                    one.sent.append(time.monotonic())
                    with contextlib.suppress(OSError):
                        made.sendto(_DATAGRAM.pack(len(one.sent) - 1), (one.path.address, ECHO_PORT))
                self._receive(selector, due)
            # What is on its way may still come back.
            self._receive(selector, time.monotonic() + LAST_CALL, until_all=True)

    def _renew(self, selector: selectors.BaseSelector) -> None:
        """Open other sockets for the paths that want it; the old ones still receive for a while."""
        now = time.monotonic()
        for number, one in enumerate(self.traffic):
            if one.path.anew:
                self._old.append((now, self._sockets[number]))
                self._sockets[number] = _opened(one.path, next(_PORTS))
                selector.register(self._sockets[number], selectors.EVENT_READ, one)
        while self._old and self._old[0][0] < now - KEPT:
            _when, made = self._old.popleft()
            selector.unregister(made)
            made.close()

    def _receive(self, selector: selectors.BaseSelector, due: float, until_all: bool = False) -> None:
        while True:
            left = max(due - time.monotonic(), 0)
            if until_all and all(len(one.back) == len(one.sent) for one in self.traffic):
                return
            for key, _events in selector.select(left):
                made, one = key.fileobj, key.data
                assert isinstance(made, socket.socket)
                # An ICMP error is told to the socket at its next use.
                with contextlib.suppress(OSError):
                    one.back.add(_DATAGRAM.unpack(made.recv(100))[0])
            if not left:
                return


def sent_for(path: Path, seconds: float) -> Traffic:
    """Send on one path for so long; return its traffic."""
    with Probes([path]) as probes:
        probes.go_on(seconds)
    return probes.traffic[0]


def _opened(path: Path, port: int) -> socket.socket:
    with entered(path.namespace):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((path.source, port if path.anew else 0))
    made.setblocking(False)
    return made
