# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client of the management server. It knows no resource."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .connection import API_ROOT, Connection
from .errors import ApiError, ClientError, UnclearError, UnreachableError
from .messages import parse, refusal, tls_failure
from .pages import Received, all_objects, flawed
from .retry import PASSING, REPEATABLE, Retry, retry_after
from .shapes import flaw_of
from .transport import RequestsTransport, Response, Transport, TransportError

_READING = ("GET", "HEAD", "OPTIONS")
_NO_SERVER = "api_url does not seem to name a management server"
_UNCLEAR = "It may or may not have been done."


def _as_it_is(found: Any) -> Any:
    return found


@dataclass
class _Course:
    """The attempts at one request, the seconds waited between them, and whether one of them may have been done."""

    attempts: int = 0
    waited: float = 0.0
    unclear: bool = False


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
        """Return the absolute URL of a path below ``/api/v4/``."""
        return self._root + path.lstrip("/")

    def path_of(self, url: str) -> str:
        """Return the path below ``/api/v4/`` of a URL, whatever host it names (a proxy may have another name)."""
        path = urlsplit(url).path
        return path.split(API_ROOT, 1)[1] if API_ROOT in path else path.lstrip("/")

    def get(self, path: str) -> Any:
        """Return the JSON of one path."""
        return self._json("GET", path, self._exchange("GET", path))

    def one(self, path: str, received: Received = _as_it_is) -> dict[str, Any]:
        """Return the one object at a path.

        :raises ApiError: also if the answer is none, or its id, URL or name is none
        """
        found = received(self.get(path))
        flaw = flaw_of(found, listed=False)
        if flaw is not None:
            raise flawed(path, flaw if isinstance(found, Mapping) else f"the answer {flaw}")
        return dict(found)

    def list(self, path: str, received: Received = _as_it_is) -> list[dict[str, Any]]:
        """Return all objects of a collection, whether the server sends one array or pages.

        :raises ApiError: also if it is not a list, has not all its objects, or one of them is none
        """
        return all_objects(self.get, path, received)

    def post(self, path: str, body: Mapping[str, Any], received: Received = _as_it_is) -> Any:
        """Create an object; return it as the server has it, or None if the server sent none.

        :raises UnclearError: if it may or may not have been done
        """
        return self._written("POST", path, body, received)

    def patch(self, path: str, body: Mapping[str, Any], received: Received = _as_it_is) -> Any:
        """Change the given fields to absolute values; returns the object, or None if the server sent none.

        :raises UnclearError: if it may or may not have been done
        """
        return self._written("PATCH", path, body, received)

    def delete(self, path: str) -> bool:
        """Delete an object; return False if it was not there any more.

        :raises UnclearError: if it may or may not have been done: a page of a proxy's is no proof
        """
        try:
            response = self._exchange("DELETE", path)
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        if response.status != 204:
            raise UnclearError(
                f"DELETE {path} was answered with {response.status}, not with 204. {_UNCLEAR}",
                method="DELETE",
                path=path,
                status=response.status,
            )
        return True

    def _written(self, method: str, path: str, body: Mapping[str, Any], received: Received) -> Any:
        """Send a write; return the object in the answer, or None if there is none."""
        answer = received(self._json(method, path, self._exchange(method, path, body)))
        flaw = None if answer is None else flaw_of(answer, listed=False)
        if flaw is not None:
            where = "its answer" if not isinstance(answer, Mapping) else "in its answer"
            raise UnclearError(f"{method} {path}: {where} {flaw}. {_UNCLEAR}", method=method, path=path, status=200)
        return answer

    def options(self, path: str) -> Any:
        """Return the server's own description of a path."""
        return self._json("OPTIONS", path, self._exchange("OPTIONS", path))

    def _exchange(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Response:
        """Send a request, again after a passing fault, and return the answer of a success."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        course = _Course()
        while True:
            course.attempts += 1
            outcome: Response | TransportError
            try:
                outcome = self._transport.send(method, self.url(path), data, headers)
            except TransportError as error:
                outcome = error
            if isinstance(outcome, TransportError):
                course.unclear |= outcome.sent
            elif 200 <= outcome.status < 300:
                return outcome
            else:
                # What failed on the server may have failed after the write.
                course.unclear |= outcome.status >= 500
            if self._may_repeat(method, outcome):
                answered = None if isinstance(outcome, TransportError) else outcome
                pause = self._retry.pause(course.attempts, course.waited, answered)
                if pause is not None:
                    self._retry.sleep(pause)
                    course.waited += pause
                    continue
            raise self._error(method, path, outcome, course)

    def _may_repeat(self, method: str, outcome: Response | TransportError) -> bool:
        """Return True if the same request may be sent again without a look at its outcome."""
        if isinstance(outcome, TransportError):
            return not outcome.final and (method in REPEATABLE or not outcome.sent)
        # 429 is said before anything is done, so even a POST may come back; the others are not that clear.
        return outcome.status == 429 or (outcome.status in PASSING and method in REPEATABLE)

    def _error(self, method: str, path: str, outcome: Response | TransportError, course: _Course) -> ClientError:
        tried = f" (tried {course.attempts} times)" if course.attempts > 1 else ""
        if isinstance(outcome, TransportError):
            failure = outcome
            if failure.tls and not course.unclear:
                return tls_failure(method, path, self._root, str(failure))
            if course.unclear and method not in _READING:
                return UnclearError(
                    f"The answer to {method} {path} was lost{tried}: {failure}. {_UNCLEAR}",
                    method=method,
                    path=path,
                )
            what = "gives no usable answer" if failure.final else "cannot be reached"
            return UnreachableError(
                f"The management server {self._root} {what}: {method} {path}: {failure}{tried}.",
                method=method,
                path=path,
            )
        response = outcome
        asked = retry_after(response)
        if response.status in PASSING and asked and course.waited + asked > self._retry.budget:
            tried += f" (it asks to wait {asked:.0f} s; a request waits {self._retry.budget:.0f} s at most)"
        error = refusal(method, path, response, self.connection, tried)
        # A refusal of the same write, when it came again, was one the first time too.
        if course.unclear and method not in _READING and (response.status >= 500 or response.status == 429):
            return UnclearError(
                f"{error} {_UNCLEAR}",
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
            # JSON's own complaints name columns, which do not help the operator.
            why = "" if isinstance(error, json.JSONDecodeError) else f" ({error})"
            text = f"{method} {path} was answered with {response.status}, but not with JSON{why}"
            if method not in _READING:
                # Whatever stands in between may have lost the rest of a real answer.
                raise UnclearError(f"{text}. {_UNCLEAR}", method=method, path=path, status=response.status) from error
            raise ApiError(
                f"{text}; {_NO_SERVER}.",
                method=method,
                path=path,
                status=response.status,
            ) from error
