# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API requests: faults, the log, and Django's response.

The application runs in the server's one worker thread, so the database needs one connection and no lock.
"""

from __future__ import annotations

import json
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from werkzeug.test import create_environ, run_wsgi_app

from lab.kit.faults import Faults
from lab.kit.history import History
from lab.kit.messages import Request, Response
from lab.kit.request_log import RequestLog

from . import database
from .faults import INSTEAD, Fault, parse
from .middleware import WRITES
from .renaming import Renaming

Submit = Callable[[Callable[[], Response]], Response]
Note = Callable[[int | None], None]
_SECRETS = ("password", "token")
_MASK = "********"
_MOST_TEXT = 2000


class Api:
    """Answers API requests.

    :param url: the server's address.
    :param submit: runs a function in the thread where the database is, and returns its result.
    """

    def __init__(self, url: str, log: RequestLog, submit: Submit) -> None:
        self.log, self.faults, self.renaming = log, Faults(parse), Renaming({}, [])
        self.history = History(database.save, database.forget)
        self._url, self._submit, self._application = url, submit, WSGIHandler()

    def response(self, request: Request) -> Response:
        """Return the response to a request; the request is logged."""
        arrived, parts = time.time(), urllib.parse.urlsplit(request.target)
        path, query = parts.path, parts.query
        fault = self.faults.take(request.method, request.target)
        if fault is not None and fault.delay:
            time.sleep(fault.delay)

        def note(status: int | None) -> None:
            asked = {"method": request.method, "path": path, "query": query, "body": readable(request.body)}
            acted = {} if fault is None else {"fault": fault.name}
            self.log.add(arrived, {**asked, "status": status, **acted})

        if fault is None:
            return self._submit(lambda: self._process(request, parts, note))
        if fault.action == "break":
            note(None)
            return Response(0, b"", cut=True)
        if fault.action in INSTEAD and not fault.done:
            note(fault.status)
            return _instead(fault)
        if fault.page_size:
            parts = parts._replace(query=f"{parts.query}&page_size={fault.page_size}".lstrip("&"))
        return _spoilt(self._submit(lambda: self._process(request, parts, note)), fault)

    def _process(self, request: Request, parts: urllib.parse.SplitResult, note: Note) -> Response:
        """Return the application's response. In the worker thread, and so is the log entry."""
        path, body = parts.path, request.body
        if self.renaming:
            path = self.renaming.path_in(path)
            body = self.renaming.body_in(path, body)
        environ = create_environ(
            path, self._url, parts.query, method=request.method, headers=list(request.headers.items()), data=body
        )
        chunks, status, headers = run_wsgi_app(self._application, environ, buffered=True)
        content, code = b"".join(chunks), int(status.split()[0])
        if self.renaming:
            content = self.renaming.body_out(request.method, path, content)
        note(code)
        if request.method in WRITES and code < 300 and not parts.path.rstrip("/").endswith("/login"):
            self.history.wrote(f"{request.method} {parts.path}")
        return Response(code, content, dict(headers))


def _spoilt(response: Response, fault: Fault) -> Response:
    """Return the response that a client gets of one that is affected by a fault."""
    if fault.action in INSTEAD:
        return _instead(fault)
    if fault.fields:
        response.body = _altered(response.body, fault.fields)
    if fault.action == "lost":
        return Response(0, b"", cut=True)
    if fault.action == "truncate":
        response.most, response.cut = len(response.body) // 2, True
    response.pace = fault.pace
    return response


def _instead(fault: Fault) -> Response:
    """The answer that a fault gives instead of the application's."""
    headers = dict(fault.headers)
    if isinstance(fault.body, bytes):
        content = fault.body
    elif isinstance(fault.body, str):
        content = fault.body.encode()
    else:
        content = b"" if fault.body is None else json.dumps(fault.body).encode()
        headers.setdefault("Content-Type", "application/json")
    headers.setdefault("Content-Type", "text/plain; charset=utf-8")
    return Response(fault.status, content, headers)


def _altered(content: bytes, fields: dict[str, Any]) -> bytes:
    """An answer in which an object, or each object of a list, has these fields; any other answer as it is."""
    try:
        found = json.loads(content)
    except ValueError:
        return content
    listed = found.get("results", [found]) if isinstance(found, dict) else found
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict):
            entry.update(fields)
    return json.dumps(found).encode()


def masked(value: Any) -> Any:
    """The value without what stands under a key that names a secret."""
    if isinstance(value, dict):
        return {
            key: _MASK if item is not None and any(word in str(key).lower() for word in _SECRETS) else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def readable(body: bytes) -> Any:
    """A request's body as the log shows it."""
    if not body:
        return None
    text = body.decode("utf-8", "replace")
    try:
        return masked(json.loads(text))
    except ValueError:
        # What is not JSON may still hold a password, which could not be found in it.
        return _MASK if any(word in text.lower() for word in _SECRETS) else text[:_MOST_TEXT]
