# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client of the management server (private to the collection). It knows no resource."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .connection import API_ROOT, Connection
from .errors import ApiError, ClientError, UnclearError, UnreachableError
from .retry import PASSING, REPEATABLE, Retry
from .transport import RequestsTransport, Response, Transport, TransportError
from .wording import parse, refusal, tls_failure

_MOST_PAGES = 10_000


class Client:
    """Talks to one management server; usable by several threads, and as a context manager.

    Paths are relative to ``/api/v4/`` and end with a slash, e.g. ``aggregators/7/vxlan_interfaces/``.
    All methods raise :class:`ClientError` or one of its kinds.
    """

    def __init__(
        self,
        connection: Connection,
        parallel: int = 8,
        *,
        transport: Transport | None = None,
        retry: Retry | None = None,
    ) -> None:
        connection.check()
        self.connection = connection
        self.parallel = max(1, parallel)
        self._root = connection.root()
        self._transport = transport or RequestsTransport(connection, self.parallel)
        self._retry = retry or Retry()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the kept-open connections."""
        self._transport.close()

    def pause(self, seconds: float) -> None:
        """Wait, as between retries."""
        self._retry.sleep(seconds)

    def url(self, path: str) -> str:
        """The absolute URL of a path below ``/api/v4/``."""
        return self._root + path.lstrip("/")

    def path_of(self, url: str) -> str:
        """The path below ``/api/v4/`` of a URL, whatever host it names (a proxy may have another name)."""
        path = urlsplit(url).path
        return path.split(API_ROOT, 1)[1] if API_ROOT in path else path.lstrip("/")

    def get(self, path: str) -> Any:
        """The JSON of one path."""
        return self._json("GET", path, self._exchange("GET", path)[0])

    def list(self, path: str) -> list[dict[str, Any]]:
        """All objects of a collection, whether the server sends one array or pages."""
        body = self.get(path)
        if isinstance(body, list):
            return body
        objects: list[dict[str, Any]] = []
        seen = {path}
        for page in range(2, _MOST_PAGES):
            if not isinstance(body, Mapping) or not isinstance(body.get("results"), list):
                raise ApiError(f"GET {path} did not return a list.", method="GET", path=path, status=200)
            objects.extend(body["results"])
            following = self._next_page(path, page, body, len(objects))
            if following is None or following in seen:
                return objects
            seen.add(following)
            body = self.get(following)
        raise ApiError(f"GET {path} has more than {_MOST_PAGES} pages.", method="GET", path=path, status=200)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Create; returns the object as the server has it, or None if it sent none.

        :raises UnclearError: if it may or may not have been done
        """
        return self._json("POST", path, self._exchange("POST", path, body)[0])

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change the given fields to absolute values; returns the object, or None if the server sent none."""
        return self._json("PATCH", path, self._exchange("PATCH", path, body)[0])

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Replace the object; returns it, or None if the server sent none."""
        return self._json("PUT", path, self._exchange("PUT", path, body)[0])

    def delete(self, path: str) -> bool:
        """Delete; False if it was not there any more."""
        try:
            self._exchange("DELETE", path)
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    def options(self, path: str) -> Any:
        """The server's own description of a path."""
        return self._json("OPTIONS", path, self._exchange("OPTIONS", path)[0])

    def _exchange(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[Response, int]:
        """One request with its retries; returns a success and how often it was made."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        attempt, waited = 0, 0.0
        while True:
            attempt += 1
            response: Response | None = None
            failure: TransportError | None = None
            try:
                response = self._transport.send(method, self.url(path), data, headers)
            except TransportError as error:
                failure = error
            if response is not None and 200 <= response.status < 300:
                return response, attempt
            if self._may_repeat(method, response, failure):
                pause = self._retry.pause(attempt, waited, response)
                if pause is not None:
                    self._retry.sleep(pause)
                    waited += pause
                    continue
            raise self._error(method, path, response, failure, attempt)

    def _may_repeat(self, method: str, response: Response | None, failure: TransportError | None) -> bool:
        """Whether the same request may be made again without looking first."""
        if failure is not None:
            return not failure.tls and (method in REPEATABLE or not failure.sent)
        if response is None:
            raise AssertionError("the caller has checked response")
        # 429 is said before anything is done, so even a POST may come back; the others are not that clear.
        return response.status == 429 or (response.status in PASSING and method in REPEATABLE)

    def _error(
        self, method: str, path: str, response: Response | None, failure: TransportError | None, attempts: int
    ) -> ClientError:
        tried = f" (tried {attempts} times)" if attempts > 1 else ""
        if failure is not None:
            if failure.tls:
                return tls_failure(method, path, self._root, str(failure))
            if failure.sent and method not in ("GET", "HEAD", "OPTIONS"):
                return UnclearError(
                    f"The answer to {method} {path} was lost{tried}: {failure}. It may or may not have been done.",
                    method=method,
                    path=path,
                )
            return UnreachableError(
                f"The management server {self._root} cannot be reached: {method} {path}: {failure}{tried}.",
                method=method,
                path=path,
            )
        if response is None:
            raise AssertionError("the caller has checked response")
        error = refusal(method, path, response, self.connection)
        if method == "POST" and response.status in PASSING and response.status != 429:
            return UnclearError(
                f"{error} It may or may not have been done.",
                method=method,
                path=path,
                status=response.status,
                detail=error.detail,
            )
        return error

    def _json(self, method: str, path: str, response: Response) -> Any:
        try:
            return parse(response)
        except ValueError as error:
            text = f"{method} {path} was answered with {response.status}, but not with JSON"
            if method == "POST":
                # Whatever stands in between may have lost the rest of a real answer.
                raise UnclearError(
                    f"{text}. It may or may not have been done.", method=method, path=path, status=response.status
                ) from error
            raise ApiError(
                f"{text}; api_url does not seem to name a management server.",
                method=method,
                path=path,
                status=response.status,
            ) from error

    def _next_page(self, path: str, page: int, body: Mapping[str, Any], got: int) -> str | None:
        """The path and query of the page after this one; None after the last."""
        following = body.get("next")
        if following:
            # Only its query counts: behind a proxy the server names itself by another host.
            return f"{path.split('?')[0]}?{urlsplit(str(following)).query}"
        count = body.get("count")
        if "next" in body or not isinstance(count, int) or got >= count or not body["results"]:
            return None
        query = dict(parse_qsl(urlsplit(path).query))
        return f"{path.split('?')[0]}?{urlencode({**query, 'page': page})}"
