# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""End of the server's certificate, seen where it is verified."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import Connection, certificate_end
from tests.certificates import self_signed


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A server of TLS that ends each connection; its URL, and the file of its certificate."""
    pem = str(self_signed(tmp_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):  # the end of the test
            while True:
                plain, _address = listening.accept()
                with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as secured:
                    secured.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{listening.getsockname()[1]}", pem
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(10)


def test_the_end_of_a_trusted_certificate_is_seen(server: tuple[str, str]) -> None:
    url, pem = server
    end = certificate_end(Connection(url, token="secret", ca_path=pem))
    assert end is not None
    assert timedelta(hours=23) < end - datetime.now(UTC) <= timedelta(days=1)


def test_what_is_not_verified_is_not_seen(server: tuple[str, str]) -> None:
    url, _pem = server
    assert certificate_end(Connection(url, token="secret")) is None
    assert certificate_end(Connection(url, token="secret", validate_certs=False)) is None
    assert certificate_end(Connection("http://127.0.0.1:9", token="secret")) is None
    assert certificate_end(Connection("https://127.0.0.1:9", token="secret")) is None
