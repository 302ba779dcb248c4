# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A management server that follows a script: the exact requests that must come, in order, and what each is answered."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.bonded.internet.plugins.module_utils._client import (
    Client,
    Connection,
    Response,
    Retry,
    TransportError,
    client,
)
from ansible_collections.bonded.internet.plugins.plugin_utils import _call

HOST = "https://bonding.example.com"
API = f"{HOST}/api/v4/"
CONNECTION = Connection(HOST, username="ops@example.com", password="secret")
LOGIN = {"api_url": HOST, "api_username": "ops@example.com", "api_password": "secret"}


@dataclass(frozen=True)
class Step:
    """One expected request and its answer; ``body`` None means that none may be sent."""

    method: str
    path: str
    body: Any
    answer: Response | TransportError


def get(path: str, value: Any, status: int = 200) -> Step:
    return Step("GET", path, None, reply(value, status))


def post(path: str, body: Any, value: Any, status: int = 201) -> Step:
    return Step("POST", path, body, reply(value, status))


def patch(path: str, body: Any, value: Any, status: int = 200) -> Step:
    return Step("PATCH", path, body, reply(value, status))


def delete(path: str, status: int = 204, value: Any = None) -> Step:
    return Step("DELETE", path, None, reply(value, status))


def options(path: str, value: Any, status: int = 200) -> Step:
    return Step("OPTIONS", path, None, reply(value, status))


def lost(method: str, path: str, body: Any = None) -> Step:
    return Step(method, path, body, TransportError("Connection reset by peer", sent=True))


def refused(method: str, path: str, body: Any = None) -> Step:
    return Step(method, path, body, TransportError("Connection refused", sent=False))


def reply(value: Any, status: int = 200, **headers: str) -> Response:
    """An answer; text is sent as it is, everything else as JSON."""
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return Response(status, text, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass
class ScriptedServer:
    """Compares each request with the next step of the script."""

    steps: list[Step]
    done: int = 0
    waits: list[float] = field(default_factory=list)
    closed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        assert url.startswith(API)
        asked = (method, url.removeprefix(API), None if body is None else json.loads(body))
        with self.lock:
            assert self.done < len(self.steps), f"more than the script has: {asked}"
            step = self.steps[self.done]
            assert asked == (step.method, step.path, step.body)
            self.done += 1
        if isinstance(step.answer, TransportError):
            raise step.answer
        return step.answer

    def close(self) -> None:
        self.closed = True

    def finish(self) -> None:
        left = [(step.method, step.path) for step in self.steps[self.done :]]
        assert not left, f"never asked: {left}"

    def client(self, parallel: int = 1) -> Client:
        return Client(CONNECTION, parallel, transport=self, retry=Retry(sleep=self.waits.append, jitter=lambda: 1.0))


@contextlib.contextmanager
def script(*steps: Step) -> Iterator[ScriptedServer]:
    """A server for the block; at its end every step must have been taken."""
    server = ScriptedServer(list(steps))
    yield server
    server.finish()


def run_module(
    monkeypatch: pytest.MonkeyPatch,
    main: Callable[[], None],
    arguments: Mapping[str, Any],
    *steps: Step,
    check: bool = False,
    diff: bool = False,
) -> dict[str, Any]:
    """Run a module as Ansible would, against a script; returns what it prints.

    No time passes in retries. Variables of the environment play no part.
    """
    for name in ("URL", "USERNAME", "PASSWORD", "TOKEN", "VALIDATE_CERTS", "CA_PATH", "MAP", "TIMEOUT"):
        monkeypatch.delenv(f"BONDING_API_{name}", raising=False)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    arguments = {**LOGIN, **arguments, "_ansible_check_mode": check, "_ansible_diff": diff}
    with script(*steps) as server:
        monkeypatch.setattr(client, "RequestsTransport", lambda _connection, _parallel: server)
        return call(monkeypatch, main, arguments)


def outside_of_ansible(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a module find itself in a process of its own, whatever of Ansible other tests have imported.

    In Ansible's own process ansible-core 2.19 and later display a warning at once, and do not return it.
    """
    monkeypatch.setattr("ansible.module_utils._internal.is_controller", False, raising=False)


def call(monkeypatch: pytest.MonkeyPatch, main: Callable[[], None], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Run a module with exactly these arguments; returns what it prints."""
    outside_of_ansible(monkeypatch)
    # what Ansible's own call leaves behind is put back with the test
    for name in ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE"):
        monkeypatch.setattr(basic, name, None, raising=False)
    return _call.call(main, {"_ansible_remote_tmp": "/tmp", "_ansible_keep_remote_files": False, **arguments})
