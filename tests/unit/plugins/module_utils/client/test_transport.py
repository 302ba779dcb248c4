# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real HTTP and TLS on the loopback: headers, certificates, lost answers, refused connections."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import (
    ApiError,
    Client,
    ClientError,
    Connection,
    Retry,
    TlsError,
    UnclearError,
    UnreachableError,
)
from tests.certificates import self_signed

ONCE = Retry(attempts=1)


class Handler(BaseHTTPRequestHandler):
    """Answers with what it was asked; hangs up, moves or stays silent where the path says so."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        if "lost" in self.path:
            self.close_connection = True
            return
        status = 302 if "moved" in self.path else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/api/v4/elsewhere/")
        self.send_header("Set-Cookie", "sessionid=1")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PATCH = do_DELETE = answer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test output stays clean."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust the certificate hangs up; that is no error here."""


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serve(Server())


def serve(one: Server) -> Iterator[Server]:
    thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield one
    one.shutdown()
    thread.join()
    one.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    yield from serve(Server(context))


def connect(server: Server, scheme: str = "http", **more: object) -> Client:
    url = f"{scheme}://127.0.0.1:{server.server_port}"
    options = {"username": "ops@example.com", "password": "secret", "timeout": 5, **more}
    return Client(Connection(url, **options), retry=ONCE)  # type: ignore[arg-type]


def test_what_is_sent(server: Server) -> None:
    with connect(server) as client:
        assert client.post("a/", {"name": "é"}) == {}
    ((method, path, headers, body),) = server.seen
    assert (method, path, body) == ("POST", "/api/v4/a/", b'{"name": "\\u00e9"}')
    assert headers["Authorization"] == "Basic b3BzQGV4YW1wbGUuY29tOnNlY3JldA=="
    assert headers["Content-Type"] == "application/json"


def test_netrc_does_not_replace_the_token(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with connect(server, token="abc") as client:
        client.get("a/")
    assert server.seen[0][2]["Authorization"] == "Token abc"


def test_no_session_is_kept(server: Server) -> None:
    with connect(server) as client:
        client.get("a/")
        client.get("a/")
    assert "Cookie" not in server.seen[1][2]


def test_redirects_are_not_followed(server: Server) -> None:
    with connect(server) as client, pytest.raises(ApiError, match=r"redirected \(302\) to /api/v4/elsewhere/"):
        client.patch("moved/", {"name": "x"})
    assert len(server.seen) == 1


def test_a_lost_answer_to_a_post_is_unclear(server: Server) -> None:
    with connect(server) as client, pytest.raises(UnclearError):
        client.post("lost/", {"name": "x"})


def test_a_lost_answer_to_a_get_is_not(server: Server) -> None:
    with connect(server) as client, pytest.raises(UnreachableError):
        client.get("lost/")


def test_a_refused_post_was_certainly_not_done(server: Server) -> None:
    client = connect(server)
    server.server_close()
    server.shutdown()
    with client, pytest.raises(UnreachableError, match="Connection refused"):
        client.post("a/", {"name": "x"})


def test_an_untrusted_certificate(tls_server: Server) -> None:
    with connect(tls_server, "https") as client, pytest.raises(TlsError, match="self.signed certificate"):
        client.get("a/")
    assert tls_server.seen == []


def test_a_ca_file(tls_server: Server, certificate: Path) -> None:
    with connect(tls_server, "https", ca_path=str(certificate)) as client:
        assert client.get("a/") == {}


def test_the_check_can_be_switched_off_also_against_the_environment(
    tls_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ssl.get_default_verify_paths().openssl_cafile)
    with connect(tls_server, "https", validate_certs=False) as client:
        assert client.get("a/") == {}


def test_a_ca_file_that_is_not_there(tls_server: Server) -> None:
    with pytest.raises(ClientError) as caught:
        connect(tls_server, "https", ca_path="/nonexistent/ca.pem")
    assert "/nonexistent/ca.pem" in str(caught.value)
    assert tls_server.seen == []


def test_plain_http_spoken_to_tls(server: Server) -> None:
    with connect(server, "https") as client, pytest.raises(TlsError):
        client.get("a/")
