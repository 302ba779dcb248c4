# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that come slowly, or are large, or broken; and what is never said of a request that cannot be made."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ansible_collections.bonded.internet.plugins.module_utils._client import (
    Client,
    ClientError,
    Connection,
    Retry,
    UnclearError,
    UnreachableError,
    bounded,
    transport,
)
from tests.unit.plugins.raw import RawServer, answer, raw_server

NO_PAUSES = Retry(sleep=lambda _seconds: None)
ONCE = Retry(attempts=1)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n"


def client(url: str, retry: Retry = ONCE, timeout: float = 20, **more: Any) -> Client:
    credentials = {"username": "ops@example.com", "password": "C4nary", **more}
    return Client(Connection(url, timeout=timeout, **credentials), retry=retry)


class Steps:
    """A clock that goes on by a second each time that it is looked at; then the server may send its next piece."""

    def __init__(self) -> None:
        self.now = 0.0
        self.looked = threading.Semaphore(0)
        self.over = False

    def monotonic(self) -> float:
        self.now += 1
        self.looked.release()
        return self.now

    @contextlib.contextmanager
    def slow_server(self, head: bytes, drip: bytes) -> Iterator[RawServer]:
        """A server that sends `head` at once, and then a byte a second."""
        with raw_server(self._pieces(head, drip)) as server:
            yield server
            self.over = True

    def _pieces(self, head: bytes, drip: bytes) -> Iterator[bytes]:
        yield head
        for letter in drip:
            while not self.looked.acquire(timeout=0.05):
                if self.over:
                    return
            yield bytes([letter])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Steps:
    steps = Steps()
    monkeypatch.setattr(bounded, "time", steps)
    return steps


@pytest.mark.parametrize(
    ("head", "drip"),
    [(b"", HEAD + b"X: " + b"x" * 100), (HEAD + b"\r\n", b"[" + b" " * 38 + b"]")],
    ids=["head", "body"],
)
def test_an_answer_must_be_whole_in_time(clock: Steps, head: bytes, drip: bytes) -> None:
    with clock.slow_server(head, drip) as server, client(server.url) as one:
        with pytest.raises(UnreachableError, match="imed out"):
            one.get("a/")
        assert 20 <= clock.now <= 23


def test_an_answer_that_is_slow_but_in_time(clock: Steps) -> None:
    with clock.slow_server(HEAD + b"\r\n", b"[" + b" " * 38 + b"]") as server:
        with client(server.url, timeout=60) as one:
            assert one.get("a/") == []
        assert 30 < clock.now <= 60


def test_a_write_whose_answer_is_slow_is_unclear(clock: Steps) -> None:
    slow = clock.slow_server(HEAD + b"\r\n", b"x" * 40)
    with slow as server, client(server.url) as one, pytest.raises(UnclearError, match="imed out"):
        one.post("a/", {})


BOMB = gzip.compress(b"x" * 5000)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (answer(b"x" * 5000), "the answer is larger than 0 MiB"),
        (answer(BOMB, "Content-Encoding: gzip"), "the answer is larger than 0 MiB"),
        (answer(gzip.compress(BOMB), "Content-Encoding: gzip, gzip"), "packed in a way that was not asked for"),
        (answer(b"x", "Content-Encoding: br"), "packed in a way that was not asked for"),
    ],
    ids=["large", "bomb", "twice", "unknown"],
)
def test_answers_are_bounded_and_not_asked_for_again(sent: bytes, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MOST_BYTES", 4000)
    with raw_server(sent, sent) as server, client(server.url, NO_PAUSES) as one:
        with pytest.raises(UnreachableError) as caught:
            one.get("a/")
        assert f"gives no usable answer: GET a/: {words}" in str(caught.value).replace("the answer is packed", "packed")
        assert len(server.seen) == 1
        with pytest.raises(UnclearError, match="It may or may not have been done"):
            one.patch("a/", {})
        assert len(server.seen) == 2


def test_an_answer_that_is_packed_as_was_asked_for() -> None:
    with raw_server(answer(gzip.compress(b"[]"), "Content-Encoding: gzip")) as server, client(server.url) as one:
        assert one.get("a/") == []
        assert b"Accept-Encoding: gzip, deflate\r\n" in server.seen[0]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (answer(b'[{"id": 1, "name": "\xff"}]'), "was answered with 200, but not with JSON (its text is not UTF-8)"),
        (answer(b"\xff\xfe", status="500 No"), "was answered with 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]", "cannot be reached"),
        (answer(b"no gzip", "Content-Encoding: gzip"), "cannot be reached"),
        (b"HTTP/1.1 abc\r\n\r\n", "cannot be reached"),
        (b"hello\r\n\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000, "cannot be reached"),
        (b"", "cannot be reached"),
    ],
)
def test_broken_answers(sent: bytes, words: str) -> None:
    with raw_server(sent) as server, client(server.url) as one, pytest.raises(ClientError) as caught:
        one.get("a/")
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


def told(error: BaseException) -> str:
    """All that a traceback of an exception says, with what led to it."""
    return "".join(traceback.format_exception(error))


UNSENDABLE = [
    {"token": "C4nary\nX: y"},
    {"token": "C4nary €"},
    {"username": "C4nary\udcff"},
]


@pytest.mark.parametrize("credentials", UNSENDABLE, ids=range(len(UNSENDABLE)))
def test_a_request_that_cannot_be_made_is_told_without_its_values(
    credentials: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "check", lambda _self: None)  # which refuses them, as a second line of defence
    with raw_server() as server, client(server.url, NO_PAUSES, **credentials) as one:
        with pytest.raises(ClientError) as caught:
            one.post("a/", {})
        assert server.seen == []
    assert "the request cannot be made (" in str(caught.value)
    for secret in ("C4nary", "QzRuYXJ5"):
        assert secret not in told(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.InvalidHeader("Header part (b'Token C4nary') is wrong"),
        requests.exceptions.InvalidURL("Failed to parse: http://u:C4nary@proxy:x"),
        UnicodeEncodeError("latin-1", "Token C4nary", 0, 1, "ordinal not in range"),
        ValueError("Invalid header value b'Token C4nary'"),
        TypeError("C4nary"),
        requests.exceptions.ConnectionError(ValueError("http://u:C4nary@proxy:3128 refused")),
        OSError("http://u:C4nary@proxy:3128 refused"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_exception_of_the_libraries_gets_out(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise error

    monkeypatch.setattr(requests.Session, "request", fail)
    with client("https://bonding.example.com", NO_PAUSES) as one, pytest.raises(ClientError) as caught:
        one.get("a/")
    assert "C4nary" not in told(caught.value)


@pytest.mark.parametrize(
    "proxy", ["http://u:C4nary@127.0.0.1:1", "http://u:C4nary@h:x", "u:C4nary@h h", "//u:C4nary@["]
)
def test_the_password_of_a_proxy_is_not_told(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, proxy)
    with client("https://bonding.invalid") as one, pytest.raises(UnreachableError) as caught:
        one.get("a/")
    assert "C4nary" not in told(caught.value)
    assert "QzRuYXJ5" not in told(caught.value)


def test_a_proxy_has_as_much_time_as_a_server(clock: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.slow_server(HEAD + b"\r\n", b"x" * 40) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        monkeypatch.setenv("http_proxy", server.url)
        with client("http://bonding.invalid") as one, pytest.raises(UnreachableError, match="imed out"):
            one.get("a/")
        assert server.seen[0].startswith(b"GET http://bonding.invalid/api/v4/a/ ")


def test_a_connection_that_is_kept_open_gets_its_time_back(clock: Steps) -> None:
    """Check that the next request has its whole time-out again, not the rest of the last answer's."""
    owned_by_network, theirs = socket.socketpair()
    with owned_by_network, theirs:
        owned_by_network.settimeout(20)
        theirs.sendall(HEAD + b"\r\n" + b"x" * 40)
        response = bounded._TimedResponse(owned_by_network)
        response.begin()
        assert owned_by_network.gettimeout() == 19
        assert response.read() == b"x" * 40
        assert owned_by_network.gettimeout() == 20
