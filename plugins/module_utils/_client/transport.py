# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP exchange; the only file that imports requests (private to the collection)."""

from __future__ import annotations

import traceback
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol

from .connection import Connection
from .errors import ClientError

REQUESTS_IMPORT_ERROR: str | None
try:
    import requests
    from requests.adapters import HTTPAdapter
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None


@dataclass(frozen=True)
class Response:
    """A whole answer. Header names are lower case."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class TransportError(Exception):
    """No usable answer.

    :ivar sent: whether the server may have got the request
    :ivar tls: whether TLS itself failed (then nothing was sent)
    """

    def __init__(self, reason: str, *, sent: bool, tls: bool = False) -> None:
        super().__init__(reason)
        self.sent = sent
        self.tls = tls


class Transport(Protocol):
    """What the client needs of HTTP; tests bring their own."""

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        """Make one exchange, following no redirect.

        :raises TransportError: if there is no answer
        """

    def close(self) -> None:
        """Close what is open."""


def authorization(connection: Connection) -> str:
    """The value of the Authorization header: a token beats a password."""
    if connection.token:
        return f"Token {connection.token}"
    pair = f"{connection.username}:{connection.password}".encode()
    return f"Basic {b64encode(pair).decode('ascii')}"


class RequestsTransport:
    """HTTP by requests, with kept-open connections shared by up to ``parallel`` threads."""

    def __init__(self, connection: Connection, parallel: int) -> None:
        if REQUESTS_IMPORT_ERROR is not None:
            raise ClientError("The Python library requests is not installed.")
        self._connection = connection
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=parallel, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        # A session cookie would make the server ask for a CSRF token on writes.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        try:
            answer = self._session.request(
                method,
                url,
                data=body,
                headers=dict(headers),
                # Given as a callable: requests would let an entry of ~/.netrc replace a plain header.
                auth=self._authenticate,
                # Given with each request: the session's own value would lose against REQUESTS_CA_BUNDLE.
                verify=self._verify(),
                timeout=(min(self._connection.timeout, 10), self._connection.timeout),
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            raise TransportError(_reason(error), sent=False, tls=True) from error
        except OSError as error:
            # Every exception of requests is an OSError; so is a CA file that does not exist.
            raise TransportError(_reason(error), sent=_may_have_been_sent(error)) from error
        headers_got = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, answer.text, headers_got)

    def close(self) -> None:
        self._session.close()

    def _verify(self) -> bool | str:
        if not self._connection.validate_certs:
            return False
        return self._connection.ca_path or True

    def _authenticate(self, request: Any) -> Any:
        request.headers["Authorization"] = authorization(self._connection)
        return request


def _may_have_been_sent(error: OSError) -> bool:
    """Whether the server may have got the request: not if no connection came about."""
    if isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)):
        return False
    if isinstance(error, requests.exceptions.InvalidURL) or not isinstance(error, requests.exceptions.RequestException):
        return False
    cause = error.args[0] if error.args else None
    inner = getattr(cause, "reason", cause)
    return type(inner).__name__ not in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


def _reason(error: BaseException) -> str:
    """The innermost words of an exception of requests, which wraps urllib3's, which wraps the socket's."""
    current: Any = error
    for _depth in range(8):
        inner = getattr(current, "reason", None) if not isinstance(current, str) else None
        if inner is None and getattr(current, "args", None) and isinstance(current.args[-1], BaseException):
            inner = current.args[-1]
        if inner is None or isinstance(inner, str):
            break
        current = inner
    text = str(current)
    # urllib3 puts the connection object in front: "<...HTTPSConnection object at 0x7f..>: Failed to ..."
    return text.split(">: ", 1)[-1].split("): ", 1)[-1] if text.startswith(("<", "HTTP")) else text
