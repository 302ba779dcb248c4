# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that spoil an answer and not the connection: slow, big, altered, in pages, and those to what was done."""

from __future__ import annotations

import time
from typing import Any

import pytest

from lab.process import LabError, Running

from .conftest import Api

NEW = {"name": "vx5", "vni": 5}
VXLANS = "aggregators/7/vxlan_interfaces/"


def names(server: Running) -> set[str]:
    (found,) = [row for row in server.state()["aggregators"] if row["id"] == 7]
    return {row["name"] for row in found["interfaces"]}


@pytest.mark.parametrize(
    ("answer", "status"),
    [({"status": 500}, 500), ({"html": True}, 200), ({"redirect": "https://a.example.com/"}, 302), ({"big": 1}, 200)],
)
def test_done_and_then_answered_otherwise(api: Api, server: Running, answer: dict[str, Any], status: int) -> None:
    server.faults([{"method": "POST", "done": True, **answer}])
    assert api("POST", VXLANS, NEW, allow_redirects=False).status_code == status
    assert "vx5" in names(server)
    assert server.log()[-1]["status"] == 201  # what was done, and the client did not get to see


def test_slow_answer_comes_whole(api: Api, server: Running) -> None:
    expected = sorted(row["key"] for row in api.get("spaces/"))
    server.faults([{"path": "spaces", "drip": 10_000}])
    started = time.monotonic()
    answer = api("GET", "spaces/")
    took, length = time.monotonic() - started, len(answer.content)
    assert sorted(row["key"] for row in answer.json()) == expected
    assert took >= length / 10_000


@pytest.mark.parametrize("packed", [False, True])
def test_big_answer_is_an_empty_list(api: Api, server: Running, packed: bool) -> None:
    server.faults([{"path": "spaces", "big": 3, "gzip": packed}])
    answer = api("GET", "spaces/")
    assert (answer.json(), len(answer.content)) == ([], 3 * 2**20 + 2)
    assert (int(answer.headers["Content-Length"]) < 2**20) is packed


@pytest.mark.parametrize("query", ["", "?page_size=2"])
def test_fields_of_each_object_are_altered_in_the_answer_alone(api: Api, server: Running, query: str) -> None:
    before = server.state()
    server.faults([{"path": "spaces", "alter": {"name": 5}}])
    body = api("GET", f"spaces/{query}").json()
    rows = body["results"] if query else body
    assert {row["name"] for row in rows} == {5}
    assert server.state() == before


def test_altered_answer_to_a_write(api: Api, server: Running) -> None:
    server.faults([{"method": "POST", "alter": {"vni": 6}}])
    assert api("POST", VXLANS, NEW).json()["vni"] == 6
    assert "vx5" in names(server)


def test_pages_that_nobody_asked_for(api: Api, server: Running) -> None:
    server.faults([{"path": "spaces", "page_size": 1}])
    body = api("GET", "spaces/").json()
    assert (len(body["results"]), body["count"]) == (1, len(server.state()["spaces"]))
    assert "page=2" in body["next"]


def test_done_goes_with_another_answer_only(server: Running) -> None:
    with pytest.raises(LabError, match="done goes with one of status, html, redirect, big, not with lost"):
        server.faults([{"lost": True, "done": True}])


def test_history_is_a_copy_after_each_write(api: Api, server: Running) -> None:
    states = [server.state()]
    server.begin_history()
    server.faults([{"method": "DELETE", "lost": True}])
    made = api.write("POST", VXLANS, NEW)
    states.append(server.state())
    api("POST", VXLANS, NEW)  # refused: no write
    api.get("spaces/")
    with pytest.raises(OSError):
        api("DELETE", f"{VXLANS}{made['id']}/")
    states.append(server.state())
    writes = server.history()
    assert [(entry["n"], entry["what"].split("/api/v4/")) for entry in writes] == [
        (1, ["POST ", VXLANS]),
        (2, ["DELETE ", f"{VXLANS}{made['id']}/"]),
    ]
    for number in (1, 0, 2):
        server.load(f"write-{number}")
        assert server.state() == states[number]
    server.end_history()
    assert server.history() == []
    with pytest.raises(LabError, match="there is no copy named write-1"):
        server.load("write-1")
