# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gates before the stand-ins: which requests are writes, and that one is answered when it has been carried out."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lab.packets.gates import Gates, named


@pytest.mark.parametrize(
    ("method", "path", "body", "name"),
    [
        ("GET", "/api/v4/spaces/", b"", ""),
        ("OPTIONS", "/api/v4/spaces/", b"", ""),
        ("PATCH", "/api/v4/spaces/11/", b"{}", "PATCH /api/v4/spaces/11/"),
        ("DELETE", "/api/v4/aggregators/1/filters/3/", b"", "DELETE /api/v4/aggregators/1/filters/3/"),
        ("POST", "/", b"Action=DescribeVpcs&Version=2016-11-15", ""),
        ("POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15", ""),
        ("POST", "/", b"Action=ReplaceRoute&Version=2016-11-15", "ReplaceRoute"),
    ],
)
def test_only_what_may_change_something_is_a_write(method: str, path: str, body: bytes, name: str) -> None:
    assert named(method, path, body) == name


class Behind(BaseHTTPRequestHandler):
    """A stand-in that notes what it is asked, and answers with the host by which it was asked."""

    protocol_version = "HTTP/1.1"
    noted: list[str]

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.noted.append(f"{self.command} {self.path}")
        body = str(self.headers["Host"]).encode()
        self.send_response(201)
        self.send_header("X-Word", "kept")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def stand_in() -> Iterator[tuple[str, list[str]]]:
    noted: list[str] = []
    handler = type("Noting", (Behind,), {"noted": noted})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", noted
        server.shutdown()


def ask(url: str, data: bytes | None = None) -> tuple[int, str, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, data), timeout=10) as answer:
        return answer.status, answer.headers["X-Word"], answer.read().decode()


def test_an_answer_comes_through_and_names_the_gate(stand_in: tuple[str, list[str]]) -> None:
    url, noted = stand_in
    with Gates({"bonding_api_url": url}, lambda: None) as gates:
        gate = gates.urls["bonding_api_url"]
        assert ask(f"{gate}/x") == (201, "kept", gate.removeprefix("http://"))
    assert noted == ["GET /x"]
    assert gates.writes == []


def test_each_write_is_carried_out_before_its_answer_and_before_the_next(stand_in: tuple[str, list[str]]) -> None:
    url, noted = stand_in
    held: list[list[str]] = []
    written = threading.local()
    after: list[int] = []
    with Gates({"server": url}, lambda: held.append(list(noted)), lambda: after.append(len(noted))) as gates:

        def write(number: int) -> bool:
            written.number = number
            ask(f"{gates.urls['server']}/{number}", b"{}")
            # Answered: so there was a look at the stand-in that had this write already.
            return any(f"POST /{number}" in seen for seen in held)

        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(write, range(8)))
    # One at a time: no look has ever seen two writes more than the one before.
    assert after == list(range(1, 9))
    assert all(one.accepted <= one.carried_out for one in gates.writes)
    assert [one.what for one in gates.writes] == noted
    assert all(one.carried_out <= two.accepted for one, two in zip(gates.writes, gates.writes[1:], strict=False))


def test_what_cannot_be_carried_out_is_kept_and_the_run_gets_its_answer(stand_in: tuple[str, list[str]]) -> None:
    url, _noted = stand_in

    def fail() -> None:
        raise OSError("no such device")

    with Gates({"server": url}, fail) as gates:
        assert ask(f"{gates.urls['server']}/x", b"{}")[0] == 201
    assert str(gates.errors[0]) == "no such device"
