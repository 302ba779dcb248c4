# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kit of both stand-ins: the list of faults, and what HTTP and the control API have in common."""

from __future__ import annotations

import http.client
import json
import re
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest

from lab.kit.faults import Fault, FaultError, Faults
from lab.process import ROOT, LabError, Running

SEEDS = ROOT / "lab" / "demo"


class Named(Fault):
    """A fault for requests of one name."""

    def __init__(self, name: str, after: int = 0, count: int | None = 1) -> None:
        self.name, self.after, self.count = name, after, count

    def matches(self, *request: str) -> bool:
        return request == (self.name,)

    def shown(self) -> dict[str, Any]:
        return dict(vars(self))


def parse(given: Any) -> Named:
    if "name" not in given:
        raise FaultError("a name is missing")
    return Named(**given)


def test_the_first_fault_that_matches_acts_and_is_counted_down() -> None:
    faults = Faults(parse)
    faults.add([{"name": "a", "after": 1, "count": 2}, {"name": "a", "count": None}, {"name": "b", "count": 0}])
    first, second = faults.pending()[:2]
    assert faults.take("b") is None
    taken = [faults.take("a") for _ in range(4)]
    assert [one and one.count for one in taken] == [None, 0, 0, None]
    assert (first["after"], second["count"]) == (1, None)
    assert [fault["name"] for fault in faults.pending()] == ["a"]
    faults.clear()
    assert faults.take("a") is None


def test_of_faults_that_make_no_sense_none_is_added() -> None:
    faults = Faults(parse)
    with pytest.raises(FaultError, match="a name is missing"):
        faults.add([{"name": "a"}, {}])
    assert faults.pending() == []


@pytest.fixture(scope="module", params=["lab.aws", "lab.bondingadmin"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    """Each of the stand-ins."""
    with Running(request.param, "--seed", SEEDS / f"{request.param.removeprefix('lab.')}.yml") as server:
        yield server


@pytest.fixture
def connection(running: Running) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(running.url).netloc, timeout=10)
    yield connection
    connection.close()


def test_a_kept_open_connection_carries_api_and_control_requests(connection: http.client.HTTPConnection) -> None:
    connection.connect()
    first = connection.sock
    for method, path in [("GET", "/__lab__/ready"), ("POST", "/"), ("GET", "/__lab__/nothing"), ("GET", "/")]:
        connection.request(method, path, b"Action=Nothing")
        answer = connection.getresponse()
        body = answer.read()
        assert (answer.version, answer.getheader("Content-Length")) == (11, str(len(body)))
        assert connection.sock is first


def test_a_body_without_length_is_refused(connection: http.client.HTTPConnection) -> None:
    connection.putrequest("POST", "/")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Connection")) == (411, "close")


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("GET", "stat", None, "answered 404: .*there is no GET stat; there are: GET ready, GET state"),
        ("POST", "save", None, "answered 400: .*say .name=x"),
        ("POST", "load?name=-x", None, "answered 400: .*letters, digits"),
        ("POST", "faults", ["boom"], "answered 400: .*a fault is an object"),
    ],
)
def test_control_requests_that_are_refused(running: Running, method: str, path: str, body: Any, words: str) -> None:
    with pytest.raises(LabError, match=words):
        running.control(method, path, body)


def test_a_control_body_that_is_no_json(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/__lab__/faults", b"{")
    answer = connection.getresponse()
    assert answer.status == 400
    assert re.match("the body is not JSON: ", json.loads(answer.read())["error"])


def test_an_entry_begins_with_number_time_and_duration(
    running: Running, connection: http.client.HTTPConnection
) -> None:
    running.clear_log()
    for _ in range(2):
        connection.request("POST", "/", b"")
        connection.getresponse().read()
    one, two = running.log()
    assert list(one)[:3] == ["n", "t", "ms"]
    assert (two["n"] - one["n"], one["t"] <= two["t"], one["ms"] > 0) == (1, True, True)
