# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second server over HTTP, on 127.0.0.1 alone, and its control API below /__lab__/.

The control API is the part of the first server's that tests need: GET state, GET and DELETE log, GET, POST and DELETE
faults, POST reset, POST save and load; and GET and PUT habits, a list of names.
"""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .api import Answer, Api, Request
from .fields import Json
from .habits import HABITS
from .seed import seeded
from .store import Store

CONTROL = "/__lab__/"


class Server(ThreadingHTTPServer):
    """The second server on a port."""

    daemon_threads = True

    def __init__(self, seed: Json, habits: frozenset[str] = frozenset(HABITS), port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.seed = seed
        self.habits = habits
        self.lock = threading.Lock()
        self.log: list[Json] = []
        self.faults: list[Json] = []
        self.saved: dict[str, Store] = {}
        self.reset()

    @property
    def url(self) -> str:
        """The address that the server listens on."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reset(self) -> None:
        """Go back to the seed."""
        self.api = Api(seeded(self.habits, self.seed), self.seed["users"])
        self.faults = []

    def take(self, habits: frozenset[str]) -> None:
        """Have these habits from now on, whatever is there."""
        unknown = sorted(habits - set(HABITS))
        if unknown:
            raise ValueError(f"no habits: {', '.join(unknown)}")
        self.habits = habits
        self.api.store.habits = habits

    def fault(self, request: Request) -> Json | None:
        """Return the fault that acts on a request, and count it."""
        for one in self.faults:
            fits = re.search(one.get("path", ""), request.target) and one.get("method") in (None, request.method)
            if fits and one.get("count", 1) != 0:
                one["count"] = one.get("count", 1) - 1
                return one
        return None

    def control(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Any:
        """Answer one request to the control API; raise LookupError or ValueError if it makes no sense."""
        name = query.get("name", [""])[0]
        actions = {
            ("GET", "state"): self.api.state,
            ("GET", "log"): lambda: self.log,
            ("DELETE", "log"): self.log.clear,
            ("GET", "habits"): lambda: sorted(self.habits),
            ("PUT", "habits"): lambda: self.take(frozenset(body)),
            ("GET", "faults"): lambda: [one for one in self.faults if one.get("count", 1)],
            ("DELETE", "faults"): self.faults.clear,
            ("POST", "faults"): lambda: self.faults.extend(body if isinstance(body, list) else [body]),
            ("POST", "reset"): self.reset,
            ("POST", "save"): lambda: self.saved.update({name: self.api.store.copy()}),
            ("POST", "load"): lambda: setattr(self.api, "store", self.saved[name].copy()),
        }
        return actions[method, path]()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "second"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""

    def _serve(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, dict(self.headers), data)
        split = urlsplit(self.path)
        if split.path.startswith(CONTROL):
            return self._send(self._control(request, split.path.removeprefix(CONTROL)))
        start = time.monotonic()
        with self.server.lock:
            fault = self.server.fault(request)
            given = self.server.api.answer(request) if not fault or "status" not in fault else None
        if fault:
            time.sleep(fault.get("delay", 0))
        given = given or Answer((fault or {})["status"], html=(fault or {}).get("html", "<h1>Server Error</h1>"))
        with self.server.lock:
            self.server.log.append(
                {
                    "n": len(self.server.log) + 1,
                    "t": time.time(),
                    "ms": round((time.monotonic() - start) * 1000),
                    "method": self.command,
                    "path": split.path,
                    "query": split.query,
                    "body": _readable(data),
                    "status": given.status,
                }
            )
        self._send(given)
        return None

    def _control(self, request: Request, path: str) -> Answer:
        try:
            with self.server.lock:
                query = parse_qs(urlsplit(request.target).query)
                done = self.server.control(request.method, path, query, json.loads(request.data or b"null"))
            return Answer(200, done)
        except (LookupError, ValueError) as error:
            return Answer(400, {"detail": repr(error)})

    def _send(self, answer: Answer) -> None:
        text, headers = answer.sent
        content = text.encode()
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve


def _readable(data: bytes) -> Any:
    """Return a body for the log, without secrets."""
    try:
        body = json.loads(data or b"null")
    except ValueError:
        return "not JSON"
    return {**body, "password": "***"} if isinstance(body, dict) and "password" in body else body
