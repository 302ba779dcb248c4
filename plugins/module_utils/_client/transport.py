# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP exchange; the only file that imports requests."""

from __future__ import annotations

import re
import traceback
import warnings
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol

from .._printable import printable
from .connection import Connection
from .errors import ClientError

REQUESTS_IMPORT_ERROR: str | None
try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import InsecureRequestWarning

    from .bounded import bound
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

    class _Adapter(HTTPAdapter):
        """requests' adapter with a bound to the time of whole answers, direct and by a proxy."""

        def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
            super().init_poolmanager(*arguments, **options)
            bound(self.poolmanager)

        def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
            manager = super().proxy_manager_for(*arguments, **options)
            bound(manager)
            return manager


MOST_BYTES = 64 * 1024 * 1024
"""Of an answer's body, unpacked."""
CONNECT_SECONDS = 10
# Small, since a chunk of a packed body may unpack to a thousand times its size.
_CHUNK = 16 * 1024
_ENCODINGS = ("", "identity", "gzip", "deflate")


@dataclass(frozen=True)
class Response:
    """A whole answer. Header names are lower case.

    :param flaw: what keeps the body from being read as JSON, though it may look like it; empty if nothing does
    """

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    flaw: str = ""


class TransportError(Exception):
    """Error of a request that got no usable answer.

    :ivar sent: whether the server may have got the request
    :ivar tls: whether TLS itself failed (then nothing was sent)
    :ivar final: whether the same request would only fail the same way again
    """

    def __init__(self, reason: str, *, sent: bool, tls: bool = False, final: bool = False) -> None:
        super().__init__(reason)
        self.sent = sent
        self.tls = tls
        self.final = final or tls


class Transport(Protocol):
    """HTTP interface that the client uses; tests bring their own implementation."""

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        """Make one exchange, following no redirect.

        :raises TransportError: if there is no answer
        """

    def close(self) -> None:
        """Close the open connections."""


def authorization(connection: Connection) -> str:
    """Return the value of the Authorization header: a token beats a password."""
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
        adapter = _Adapter(pool_connections=1, pool_maxsize=parallel, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        # A session cookie would make the server ask for a CSRF token on writes.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if not connection.validate_certs:
            # Connection.warnings() says it once, and what to do; urllib3 would at each request.
            warnings.simplefilter("ignore", InsecureRequestWarning)

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        try:
            return self._exchange(method, url, body, headers)
        except TransportError:
            raise
        except requests.exceptions.SSLError as error:
            failure = TransportError(_without_credentials(_reason(error)), sent=False, tls=True)
        except Exception as error:
            failure = _failure(error)
        # Here, and not in an `except`: its context would be the library's exception, whose words may hold a header.
        raise failure

    def close(self) -> None:
        self._session.close()

    def _exchange(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        answer = self._session.request(
            method,
            url,
            data=body,
            headers={"Accept-Encoding": "gzip, deflate", **headers},
            # Given as a callable: requests would let an entry of ~/.netrc replace a plain header.
            auth=self._authenticate,
            # Given with each request: the session's own value would lose against REQUESTS_CA_BUNDLE.
            verify=self._verify(),
            timeout=(min(self._connection.timeout, CONNECT_SECONDS), self._connection.timeout),
            allow_redirects=False,
            stream=True,
        )
        with answer:
            content = _content(answer)
        got = {name.lower(): value for name, value in answer.headers.items()}
        try:
            return Response(answer.status_code, content.decode("utf-8"), got)
        except UnicodeDecodeError:
            return Response(answer.status_code, content.decode("utf-8", "replace"), got, "its text is not UTF-8")

    def _verify(self) -> bool | str:
        if not self._connection.validate_certs:
            return False
        return self._connection.ca_path or True

    def _authenticate(self, request: Any) -> Any:
        request.headers["Authorization"] = authorization(self._connection)
        return request


def _content(answer: Any) -> bytes:
    """Return the body, unpacked, read piece by piece.

    :raises TransportError: if it is larger than MOST_BYTES, or packed in a way that was not asked for
    """
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        # Packed twice, a few bytes would unpack to a million times their size.
        raise TransportError("the answer is packed in a way that was not asked for", sent=True, final=True)
    content = bytearray()
    for piece in answer.iter_content(_CHUNK):
        content += piece
        if len(content) > MOST_BYTES:
            raise TransportError(f"the answer is larger than {MOST_BYTES // 1024 // 1024} MiB", sent=True, final=True)
    return bytes(content)


def _failure(error: Exception) -> TransportError:
    """Return the cause of a failure, in words that hold neither a header nor a value of an option."""
    # Of the network and of the answer; all others speak of the request.
    harmless = (
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
        requests.exceptions.ChunkedEncodingError,
        requests.exceptions.ContentDecodingError,
    )
    is_plain = isinstance(error, OSError) and not isinstance(error, requests.exceptions.RequestException)
    if isinstance(error, OSError) and (is_plain or isinstance(error, harmless)):
        return TransportError(_without_credentials(_reason(error)), sent=_may_have_been_sent(error))
    # An InvalidHeader quotes the header, an InvalidURL may quote the proxy's password.
    unsent = isinstance(error, (requests.exceptions.RequestException, ValueError))
    return TransportError(
        f"the request cannot be made ({type(error).__name__}); check api_url and the proxies of the environment "
        "(HTTPS_PROXY, HTTP_PROXY)",
        sent=not unsent,
        final=True,
    )


def _may_have_been_sent(error: OSError) -> bool:
    """Return True if the server may have got the request: not if no connection was established."""
    if isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)):
        return False
    if not isinstance(error, requests.exceptions.RequestException):
        return False
    cause = error.args[0] if error.args else None
    inner = getattr(cause, "reason", cause)
    return type(inner).__name__ not in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


def _reason(error: BaseException) -> str:
    """Return the innermost words of an exception of requests, which wraps urllib3's, which wraps the socket's."""
    current: Any = error
    for _depth in range(8):
        inner = getattr(current, "reason", None) if not isinstance(current, str) else None
        if inner is None and getattr(current, "args", None) and isinstance(current.args[-1], BaseException):
            inner = current.args[-1]
        if inner is None or isinstance(inner, str):
            break
        current = inner
    # urllib3 puts the object in front: "<...Connection object at 0x7f..>: Failed ...", "...Pool(host='...'): Read ..."
    return re.sub(r"^(<.*?>|\w+\(host=.*?\)): ", "", str(current))


def _without_credentials(text: str) -> str:
    """Return a text as one line, without user and password in its URLs, such as a proxy's."""
    return printable(re.sub(r"//[^/\s]*@", "//", text)).strip()
