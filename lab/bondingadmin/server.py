# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP/1.1 on the loopback address: kept-open connections, faults, the log, TLS.

A thread for each connection reads and writes; one worker thread deals with the requests, one after the other, so
the database needs one connection and no lock, and the log has the order in which things were done.
"""

from __future__ import annotations

import concurrent.futures
import http.server
import io
import json
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from .control import PREFIX, Control
from .faults import INSTEAD, Fault, Faults
from .log import Log
from .renaming import Renaming

T = TypeVar("T")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
#: How long requests that are being dealt with may take at the end.
DRAIN_SECONDS = 5.0


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Server(http.server.ThreadingHTTPServer):
    """:param app: the WSGI application; called in the worker thread only."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, log: Log, faults: Faults, worker: concurrent.futures.Executor) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.log = log
        self.faults = faults
        self.worker = worker
        self.renaming: Renaming | None = None
        self.context: ssl.SSLContext | None = None
        self.app: Callable[..., Iterable[bytes]]
        self.control: Control
        self._busy = 0
        self._idle = threading.Condition()

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.server_address[1]}"

    def submit(self, deed: Callable[[], T]) -> T:
        """Run it in the worker thread, and wait."""
        return self.worker.submit(deed).result()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.context is not None:
            # The handshake comes in the connection's own thread: one that is never made must not hold up others.
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that went away, or does not trust the certificate, is no error of ours.
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError, TimeoutError)):
            super().handle_error(request, client_address)

    def use(self, renaming: Renaming) -> None:
        """Answer with these paths, fields and values from now on."""
        self.renaming = renaming

    def busy(self, change: int) -> None:
        with self._idle:
            self._busy += change
            self._idle.notify_all()

    def drain(self) -> None:
        """Wait for the requests that are being dealt with."""
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, DRAIN_SECONDS)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "bondingadmin"
    sys_version = ""
    disable_nagle_algorithm = True
    # One write for head and body.
    wbufsize = -1
    server: Server

    def setup(self) -> None:
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def log_message(self, format: str, *args: Any) -> None:
        """The log is elsewhere."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_") and name.removeprefix("do_") in METHODS:
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        self.server.busy(1)
        try:
            self._deal()
        finally:
            self.server.busy(-1)

    def _deal(self) -> None:
        arrived = time.time()
        if self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self._send(_plain(411, "A body needs a Content-Length."))
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urllib.parse.urlsplit(self.path)
        if parts.path.startswith(PREFIX):
            status, found = self.server.control.answer(self.command, parts.path, parts.query, body)
            self._send(Answer(status, [("Content-Type", "application/json")], json.dumps(found).encode()))
            return
        fault = self.server.faults.take(self.command, self.path)
        if fault is not None and fault.delay:
            time.sleep(fault.delay)

        def noted(status: int | None) -> None:
            name = None if fault is None else fault.name
            self.server.log.add(arrived, self.command, parts.path, parts.query, body, status, name)

        if fault is not None and fault.deed == "break":
            noted(None)
            self._cut()
            return
        if fault is not None and fault.page_size:
            parts = parts._replace(query=f"{parts.query}&page_size={fault.page_size}".lstrip("&"))
        if fault is not None and fault.deed in INSTEAD and not fault.done:
            answer = _instead(fault)
            noted(answer.status)
        else:
            answer = self.server.submit(lambda: self._process(parts, body, noted))
            if fault is not None and fault.deed in INSTEAD:
                answer = _instead(fault)
        if fault is not None and fault.fields:
            answer.body = _altered(answer.body, fault.fields)
        if fault is not None and fault.deed == "lost":
            self._cut()
        elif fault is not None and fault.pace:
            self._drip(answer, fault.pace)
        elif fault is not None and fault.deed == "truncate":
            self._send(answer, len(answer.body) // 2)
            self._cut()
        else:
            self._send(answer)

    def _process(self, parts: urllib.parse.SplitResult, body: bytes, noted: Callable[[int | None], None]) -> Answer:
        """The application's answer. In the worker thread, and so is the log entry."""
        head: dict[str, Any] = {}
        renaming = self.server.renaming
        asked = parts
        if renaming:
            parts = parts._replace(path=renaming.path_in(parts.path))
            body = renaming.body_in(parts.path, body)

        def start_response(status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
            head.update(status=int(status.split()[0]), headers=headers)

        chunks = self.server.app(self._environ(parts, body), start_response)
        try:
            content = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        if renaming:
            content = renaming.body_out(self.command, parts.path, content)
        noted(head["status"])
        if self.command in WRITES and head["status"] < 300 and not asked.path.rstrip("/").endswith("/login"):
            self.server.control.history.wrote(f"{self.command} {asked.path}")
        return Answer(head["status"], head["headers"], content)

    def _environ(self, parts: urllib.parse.SplitResult, body: bytes) -> dict[str, Any]:
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": urllib.parse.unquote(parts.path, "iso-8859-1"),
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": self.client_address[0],
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if self.server.context else "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            name = name.upper().replace("-", "_")
            if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                environ[f"HTTP_{name}"] = value
        return environ

    def _send(self, answer: Answer, most: int | None = None) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if answer.status >= 200 and answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[:most])
        self.wfile.flush()

    def _drip(self, answer: Answer, pace: float) -> None:
        """Send an answer byte after byte, so many a second."""
        wire, self.wfile = self.wfile, io.BytesIO()
        try:
            self._send(answer)
            content = self.wfile.getvalue()
        finally:
            self.wfile = wire
        for byte in content:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(1 / pace)

    def _cut(self) -> None:
        # No lingering: what was sent is sent, then the connection is reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


def _plain(status: int, text: str) -> Answer:
    return Answer(status, [("Content-Type", "text/plain")], text.encode())


def _instead(fault: Fault) -> Answer:
    """The answer that a fault gives instead of the application's."""
    headers = dict(fault.headers)
    if isinstance(fault.body, bytes):
        content = fault.body
    elif isinstance(fault.body, str):
        content = fault.body.encode()
    else:
        content = b"" if fault.body is None else json.dumps(fault.body).encode()
        headers.setdefault("Content-Type", "application/json")
    headers.setdefault("Content-Type", "text/plain; charset=utf-8")
    return Answer(fault.status, list(headers.items()), content)


def _altered(content: bytes, fields: dict[str, Any]) -> bytes:
    """An answer in which an object, or each object of a list, has these fields; any other answer as it is."""
    try:
        found = json.loads(content)
    except ValueError:
        return content
    listed = found.get("results", [found]) if isinstance(found, dict) else found
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict):
            entry.update(fields)
    return json.dumps(found).encode()
