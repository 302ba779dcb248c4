# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gates before the two stand-ins: a write is answered when the kernels have carried it out, and one write at a time.

So the kernels see the writes of a run one by one, in their order, however fast they follow each other, and a run never
goes on from a write that no packet has met yet. `Lab.sync` alone would take all writes between two looks as one.
"""

from __future__ import annotations

import http.client
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

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
        self, urls: dict[str, str], carry_out: Callable[[], object], after: Callable[[], object] = lambda: None
    ) -> None:
        self.writes: list[Write] = []
        self.errors: list[Exception] = []
        self._carry_out, self._after, self._one = carry_out, after, threading.RLock()
        self._ended = threading.Event()
        self._servers = {name: _Server(url, self) for name, url in urls.items()}
        self._threads = [threading.Thread(target=self._look, daemon=True)]
        self._threads += [threading.Thread(target=one.serve_forever, daemon=True) for one in self._servers.values()]

    @property
    def urls(self) -> dict[str, str]:
        """Return the URLs of the gates."""
        return {name: f"http://127.0.0.1:{server.server_address[1]}" for name, server in self._servers.items()}

    def __enter__(self) -> Gates:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
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

    def write(self, what: str, ask: Callable[[], Answer]) -> Answer:
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


@dataclass(frozen=True)
class Answer:
    """The answer of a stand-in."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Many hosts of a playbook connect at once.
    request_queue_size = 128

    def __init__(self, url: str, gates: Gates) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind, self.gates = urllib.parse.urlsplit(url).netloc, gates

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone away is no error of the lab's; what a stand-in does is seen by who asked."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._behind = http.client.HTTPConnection(self.server.behind, timeout=120)

    def finish(self) -> None:
        super().finish()
        self._behind.close()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        what = named(self.command, self.path, body)
        answer = self.server.gates.write(what, lambda: self._ask(body)) if what else self._ask(body)
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in _HOPS:
                self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _ask(self, body: bytes) -> Answer:
        # With the gate's own Host: links in answers lead through it too.
        kept = {name: value for name, value in self.headers.items() if name.lower() not in _HOPS}
        self._behind.request(self.command, self.path, body, {**kept, "Content-Length": str(len(body))})
        found = self._behind.getresponse()
        return Answer(found.status, found.getheaders(), found.read())

    def log_message(self, format: str, *args: object) -> None:
        """The stand-ins keep logs of their own."""


def named(method: str, path: str, body: bytes) -> str:
    """A request in a word or two if it may change something; empty if it only looks."""
    if method in READS:
        return ""
    action = urllib.parse.parse_qs(body.decode("latin-1")).get("Action", [""])[0]
    if action:
        return "" if action.startswith(LOOKS) else action
    return f"{method} {path}"
