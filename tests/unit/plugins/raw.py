# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server on a socket: sends the bytes that it is given, whatever they are, piece by piece."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterable, Iterator


class RawServer:
    """Answers each connection's first request with the next of the answers, and hangs up."""

    def __init__(self, answers: Iterable[bytes | Iterable[bytes]]) -> None:
        self._answers = iter(answers)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.seen: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=10)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        for answer in self._answers:
            try:
                connection, _peer = self._socket.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                request = b""
                while b"\r\n\r\n" not in request:
                    request += connection.recv(65536)
                self.seen.append(request)
                for piece in [answer] if isinstance(answer, bytes) else answer:
                    connection.sendall(piece)


@contextlib.contextmanager
def raw_server(*answers: bytes | Iterable[bytes]) -> Iterator[RawServer]:
    """A server for the block."""
    server = RawServer(answers)
    try:
        yield server
    finally:
        server.close()


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer in one piece."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body
