# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gates before the two stand-ins: a write is answered when the kernels have carried it out, and one write at a time.

So the kernels see the writes of a run one by one, in their order, however fast they follow each other, and a run never
goes on from a write that no packet has met yet. `Lab.sync` alone would take all writes between two looks as one.
"""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

from lab.kit.messages import Request, Response
from lab.kit.server import Server

READS = ("GET", "HEAD", "OPTIONS")
LOOKS = ("Describe", "Get", "Simulate")
"""Prefixes of the actions of AWS that change nothing."""
LOOK_SECONDS = 0.3
"""Seconds between two looks for what a stand-in changes by itself, such as a NAT gateway that becomes available."""
_HOPS = ("connection", "keep-alive", "transfer-encoding", "content-length")


@dataclass(frozen=True)
class Write:
    """A write that a stand-in has accepted, and that the kernels have carried out (seconds, monotonic)."""

    what: str
    accepted: float
    carried_out: float


class Gates:
    """Both gates, from `with` to its end; `urls` are for site.yml, `writes` what has passed.

    :param urls: of the stand-ins, by the names under which site.yml wants them.
    :param carry_out: makes the kernels hold what the stand-ins hold.
    :param after: is called after each write that was carried out.
    """

    def __init__(
        self, urls: dict[str, str], apply_or_predict: Callable[[], object], after: Callable[[], object] = lambda: None
    ) -> None:
        self.writes: list[Write] = []
        self.errors: list[Exception] = []
        self._carry_out, self._after, self._one = apply_or_predict, after, threading.RLock()
        self._ended = threading.Event()
        self._gates = {name: Gate(url, self) for name, url in urls.items()}
        looking = threading.Thread(target=self._look, daemon=True)
        self._threads = [looking, *(gate.thread for gate in self._gates.values())]

    @property
    def urls(self) -> dict[str, str]:
        """Return the URLs of the gates."""
        return {name: gate.server.url for name, gate in self._gates.items()}

    def __enter__(self) -> Gates:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        for gate in self._gates.values():
            gate.server.shutdown()
            gate.server.close()
        for thread in self._threads:
            thread.join()

    def follow(self, written: bool = False) -> None:
        """Carry out what the stand-ins hold now; an error is kept in `errors`, and does not reach who has asked."""
        with self._one:
            try:
                self._carry_out()
                if written:
                    self._after()
            except Exception as error:
                self.errors.append(error)

    def write(self, what: str, ask: Callable[[], Response]) -> Response:
        """Hand a write on, and carry it out before anything else is written."""
        with self._one:
            answer = ask()
            accepted = time.monotonic()
            self.follow(written=True)
            self.writes.append(Write(what, accepted, time.monotonic()))
        return answer

    def _look(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self.follow()


class Gate:
    """Gate before one stand-in.

    :param url: of the stand-in.
    """

    def __init__(self, url: str, gates: Gates) -> None:
        self._behind, self._gates = urllib.parse.urlsplit(url).netloc, gates
        self.server = Server("127.0.0.1", 0)
        self.server.application = self._response
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def _response(self, request: Request) -> Response:
        what = named(request.method, request.target, request.body)
        return self._gates.write(what, lambda: self._ask(request)) if what else self._ask(request)

    def _ask(self, request: Request) -> Response:
        # With the gate's own Host: links in answers lead through it too.
        kept = {name: value for name, value in request.headers.items() if name.lower() not in _HOPS}
        length = {"Content-Length": str(len(request.body))}
        with contextlib.closing(http.client.HTTPConnection(self._behind, timeout=120)) as connection:
            connection.request(request.method, request.target, request.body, kept | length)
            found = connection.getresponse()
            headers = {name: value for name, value in found.getheaders() if name.lower() not in _HOPS}
            return Response(found.status, found.read(), headers)


def named(method: str, path: str, body: bytes) -> str:
    """A request in a word or two if it may change something; empty if it only looks."""
    if method in READS:
        return ""
    action = urllib.parse.parse_qs(body.decode("latin-1")).get("Action", [""])[0]
    if action:
        return "" if action.startswith(LOOKS) else action
    return f"{method} {path}"
