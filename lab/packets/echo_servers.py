# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs that answer in the lab's namespaces, and the questions to them: all in this process.

A socket belongs to the namespace in which it was made, so one thread serves all hosts. A page holds the name of the
namespace that answers and the address that it sees; a datagram comes back as it was, and so does what a connection of
TCP to the echo's port says.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from .netns import entered

PAGE_PORT, ECHO_PORT = 80, 7
BUFFER = 4_000_000
"""Bytes that wait for an echo, where net.core.rmem_max allows it; the kernel takes what it allows."""


@dataclass(frozen=True)
class Page:
    """Page of a host: the host's name, and the client's address as the host saw it."""

    host: str
    client: str


class Answers:
    """Serves pages and echoes datagrams in each namespace that it is told of."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._open: dict[str, list[socket.socket]] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def open(self, namespace: str) -> None:
        """From now on something answers there."""
        if namespace in self._open:
            return
        with entered(namespace):
            page = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
            echo = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            talk = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        for one in (page, echo, talk):
            # IPv4 comes in here too.
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        # The Internet's host answers many paths: where the machine stands still, the usual buffer is full in 0.5 s.
        echo.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        for one, port in ((page, PAGE_PORT), (talk, ECHO_PORT)):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("::", port))
            one.listen(50)
        echo.bind(("::", ECHO_PORT))
        self._open[namespace] = []
        for one, deed in ((page, self._page), (echo, self._echo), (talk, self._talk)):
            self._register(one, deed, namespace)

    def _register(self, one: socket.socket, deed: Callable[[socket.socket, str], None], namespace: str) -> None:
        one.setblocking(False)
        self._open[namespace].append(one)
        self._selector.register(one, selectors.EVENT_READ, (deed, namespace))

    def close(self, namespace: str) -> None:
        """The namespace is gone."""
        for one in self._open.pop(namespace, []):
            self._selector.unregister(one)
            one.close()

    def end(self) -> None:
        """Nothing answers any more."""
        self._ended.set()
        self._thread.join(5)
        for namespace in list(self._open):
            self.close(namespace)

    def _serve(self) -> None:
        while not self._ended.is_set():
            for key, _events in self._selector.select(0.1):
                deed, namespace = key.data
                with contextlib.suppress(OSError):
                    deed(key.fileobj, namespace)

    @staticmethod
    def _page(listening: socket.socket, namespace: str) -> None:
        found, (mapped, *_rest) = listening.accept()
        client = mapped.removeprefix("::ffff:")
        with found:
            found.settimeout(1)
            found.recv(1000)
            body = f"{namespace} {client}"
            found.sendall(f"HTTP/1.0 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())

    def _talk(self, listening: socket.socket, namespace: str) -> None:
        found, _client = listening.accept()
        self._register(found, self._repeat, namespace)

    def _repeat(self, connection: socket.socket, namespace: str) -> None:
        data = b""
        with contextlib.suppress(OSError):
            data = connection.recv(1000)
        if data:
            connection.sendall(data)
            return
        self._selector.unregister(connection)
        self._open[namespace].remove(connection)
        connection.close()

    @staticmethod
    def _echo(echo: socket.socket, _namespace: str) -> None:
        data, client = echo.recvfrom(1000)
        echo.sendto(data, client)


class Conversation:
    """Connection of TCP from a host in this namespace to the echo of an address, which stays open."""

    def __init__(self, namespace: str, address: str, timeout: float = 5.0) -> None:
        with entered(namespace):
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        self._socket.connect((address, ECHO_PORT))

    def goes_on(self, text: str) -> bool:
        """Say a text; return True if just this text comes back in time."""
        said, heard = text.encode(), b""
        try:
            self._socket.sendall(said)
            while len(heard) < len(said) and (part := self._socket.recv(1000)):
                heard += part
        except OSError:
            return False
        return heard == said

    def close(self) -> None:
        """End it."""
        self._socket.close()


def fetch(
    namespace: str, address: str, *, source: str = "", source_port: int = 0, port: int = PAGE_PORT, timeout: float = 1.0
) -> Page | None:
    """The page that a host in this namespace gets from the address, with `source` as its own.

    None if there is no answer within `timeout` seconds.
    """
    with entered(namespace):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        client = socket.socket(family, socket.SOCK_STREAM)
    with client:
        client.settimeout(timeout)
        try:
            if source or source_port:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                client.bind((source, source_port))
            client.connect((address, port))
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            text = b""
            while part := client.recv(1000):
                text += part
        except OSError:
            return None
    host, _space, seen = text.decode().rpartition("\r\n")[2].partition(" ")
    return Page(host, seen)
