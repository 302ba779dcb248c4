# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP/1.1 in front of a stand-in.

A thread for each connection reads and writes; one worker thread carries out the requests, one after the other, so that
a stand-in needs no lock, and its log has the order in which the requests were carried out.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import gc
import http.server
import io
import signal
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from .control import PREFIX, Control
from .messages import Request, Response
from .parent_watch import end_with_parent

T = TypeVar("T")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
DRAIN_SECONDS = 5.0
"""Time that requests in progress get at the end."""


class Server(http.server.ThreadingHTTPServer):
    """HTTP server of a stand-in.

    :ivar application: answers the requests to the API, in the connection's thread; `submit` leads to the worker.
    :ivar control: answers the requests to the control API, in the worker; without one they are the application's.
    """

    daemon_threads = True
    # Many hosts of a playbook connect at once.
    request_queue_size = 128
    application: Callable[[Request], Response]
    control: Control | None = None

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None = None) -> None:
        super().__init__((host, port), Handler)
        self.context = context
        self._worker = concurrent.futures.ThreadPoolExecutor(1, "worker")
        self._busy = 0
        self._idle = threading.Condition()

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"{'https' if self.context else 'http'}://{host!s}:{port}"

    def submit(self, action: Callable[[], T]) -> T:
        """Run a function in the worker thread; return its result."""
        return self._worker.submit(action).result()

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        # What is loaded now stays: the collector need not look at it again.
        gc.freeze()
        done = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: done.set())
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        end_with_parent()
        print(f"listening on {self.url}", flush=True)
        done.wait()
        self.shutdown()
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, DRAIN_SECONDS)
        self.close()

    def close(self) -> None:
        """Close the socket and end the worker."""
        self.server_close()
        self._worker.shutdown(wait=False, cancel_futures=True)

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """Inside, a request is in progress, for which the end waits."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._idle:
            self._busy += change
            self._idle.notify_all()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.context is not None:
            # The handshake comes in the connection's own thread: one that is never made must not hold up others.
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that went away, or does not trust the certificate, is no error of ours.
        if not isinstance(sys.exception(), (ConnectionError, ssl.SSLError, TimeoutError)):
            super().handle_error(request, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    """HTTP connection."""

    protocol_version = "HTTP/1.1"
    # Answers are sent at once: without this, each waits for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    # One write for head and body.
    wbufsize = -1
    server: Server

    def setup(self) -> None:
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: the request log says more."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_") and name.removeprefix("do_") in METHODS:
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        with self.server.busy():
            response = self._response()
            if response.pace:
                self._drip(response)
            elif response.status:
                self._send(response)
            if response.cut:
                # No lingering: what was sent is sent, then the connection is reset.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True

    def _response(self) -> Response:
        if self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            return Response(411, b"A body needs a Content-Length.", {"Content-Type": "text/plain"})
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        control = self.server.control
        if control is not None and self.path.startswith(PREFIX):
            return self.server.submit(lambda: control.response(self.command, self.path, body))
        return self.server.application(Request(self.command, self.path, self.headers, body))

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        if response.status not in (204, 304):
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body[: response.most])
        self.wfile.flush()

    def _drip(self, response: Response) -> None:
        """Send a response byte after byte, `pace` of them a second."""
        wire, self.wfile = self.wfile, io.BytesIO()
        try:
            self._send(response)
            content = self.wfile.getvalue()
        finally:
            self.wfile = wire
        for byte in content:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(1 / response.pace)
