# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""routing_filter: the exact requests, and what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.modules.routing_filter import main
from tests.unit.plugins.api_objects import routing_filter
from tests.unit.plugins.scripted import delete, get, patch, post, run_module

LIST = "aggregators/7/filters/"
BODY = {"name": "prod_export_3", "family": "ipv4", "body": "if source = RTS_BABEL then reject; accept;"}
WANTED = {"aggregator": 7, **BODY}
MADE = routing_filter(5, "prod_export_3", body=BODY["body"])


def test_creates(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, get(LIST, []), post(LIST, BODY, MADE))
    assert (result["action"], result["routing_filter"]) == ("create", BODY)


def test_check_mode_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, get(LIST, []), check=True)
    assert (result["action"], result["routing_filter"]) == ("create", BODY)


def test_a_second_run_only_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not run_module(monkeypatch, main, WANTED, get(LIST, [MADE]))["changed"]


def test_changes_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    step = patch(f"{LIST}5/", {"body": "accept;"}, {**MADE, "body": "accept;"})
    result = run_module(monkeypatch, main, {**WANTED, "body": "accept;"}, get(LIST, [MADE]), step, diff=True)
    assert result["diff"]["before"]["body"] == BODY["body"]
    assert result["diff"]["after"]["body"] == "accept;"


def test_one_in_use_is_not_deleted_and_the_server_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    step = delete(f"{LIST}5/", 400, {"detail": "The filter is used by the protocol prod_babel_3."})
    arguments = {"aggregator": 7, "name": "prod_export_3", "state": "absent"}
    result = run_module(monkeypatch, main, arguments, get(LIST, [MADE]), step)
    assert "The filter is used by the protocol prod_babel_3." in result["msg"]
    assert result["failure"] == {"method": "DELETE", "path": f"{LIST}5/", "status": 400, "fields": {}}


def test_a_new_one_needs_family_and_body(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"aggregator": 7, "name": "f"}, get(LIST, []))
    assert "family and body must be given" in result["msg"]
