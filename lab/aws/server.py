# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP/1.1 with kept-open connections in front of the API and its control; private to the stand-in."""

from __future__ import annotations

import socket
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .api import Answer, Api
from .control import PREFIX, Control


class Server(ThreadingHTTPServer):
    """Listens on one address; a thread for each connection, one request at a time in all."""

    daemon_threads = True
    # Many hosts of a playbook connect at once.
    request_queue_size = 128

    def __init__(self, host: str, port: int, api: Api) -> None:
        super().__init__((host, port), Handler)
        self.api, self.control = api, Control(api)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that has gone away is no error of ours; anything else is printed.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    # Answers are sent at once: without this, each waits for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith(PREFIX):
            self._send(self.server.control.answer(self.command, self.path, body))
            return
        url = f"http://{self.headers.get('Host', 'localhost')}{self.path}"
        self._send(self.server.api.answer(self.command, url, dict(self.headers.items()), body))

    def _send(self, answer: Answer) -> None:
        if answer.cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        head = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        head += [f"Content-Length: {len(answer.body)}", f"Date: {self.date_time_string()}"]
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal: the action log says more."""
