# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials that cannot be used, as users give them: nothing of them is in what a module prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._grammar import password_problem
from ansible_collections.bonded.internet.plugins.modules import network_plan, routing_protocol, space_info
from tests.unit.plugins.api_objects import protocol
from tests.unit.plugins.raw import answer, raw_server
from tests.unit.plugins.scripted import call, get, patch, post, run_module

HOSTS = [{"host": "agg1", "aggregator": "7", "private_ip_address": "192.0.2.11"}]
PLAN = {"network": "prod", "aggregators": HOSTS}
BROKEN = {
    "api_token": "S3cr3t-C4nary\n.",
    "api_password": "S3cr3t-C4nary\r.",
    "api_username": "S3cr3t-C4nary\n.",
    "api_url": "https://S3cr3t-C4nary\n.example.com",
    "ca_path": "/S3cr3t-C4nary\n.",
}


def printed(result: dict[str, Any]) -> str:
    """Return the part of a result that Ansible shows at usual verbosity."""
    return json.dumps({name: value for name, value in result.items() if name != "invocation"})


@pytest.mark.parametrize(("main", "more"), [(space_info.main, {}), (network_plan.main, PLAN)], ids=["info", "plan"])
@pytest.mark.parametrize("option", sorted(BROKEN))
def test_a_broken_value_is_refused_by_name(
    option: str, main: Callable[[], None], more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    login = {"api_url": "https://bonding.example.com", "api_username": "ops", "api_password": "pass"}
    result = call(monkeypatch, main, {**login, **more, option: BROKEN[option]})
    assert result["failed"]
    assert result["msg"].startswith(f"{option} (BONDING_API_")
    assert "C4nary" not in printed(result)
    assert "exception" not in result


def test_a_token_out_of_a_file_ends_with_a_line_break(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BONDING_API_TOKEN", "S3cr3t-C4nary\n")
    with raw_server(answer(b"[]")) as server:
        result = call(monkeypatch, space_info.main, {"api_url": f"{server.url}\n"})
        assert b"Authorization: Token S3cr3t-C4nary\r\n" in server.seen[0]
    assert result["spaces"] == []


def test_a_token_that_the_server_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server(answer(b'{"detail": "S3cr3t-C4nary is no token"}', status="401 No")) as server:
        result = call(monkeypatch, space_info.main, {"api_url": server.url, "api_token": "S3cr3t-C4nary\n"})
    assert "is no token" in result["msg"]
    assert "C4nary" not in printed(result)


def test_risks_are_warned_of_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    result = run_module(monkeypatch, space_info.main, {"validate_certs": False}, get("spaces/", []))
    said = json.dumps(result) + capsys.readouterr().err
    assert said.count("validate_certs is false") == 1
    result = run_module(monkeypatch, space_info.main, {"api_url": "https://bonding.example.com"}, get("spaces/", []))
    assert "warnings" not in result


SESSION = {
    "aggregator": 7,
    "name": "prod_bgp_8",
    "protocol": "bgp",
    "local_as": 64512,
    "neighbor_address": "203.0.113.8",
    "neighbor_as": 64512,
    "password": "S3cr3t-C4nary",
}
LIST = "aggregators/7/protocols/"
MADE = protocol("bgp", 61, "prod_bgp_8", password="S3cr3t-C4nary")  # a server that shows it, by mistake
BODY = {name: SESSION[name] for name in SESSION if name not in ("aggregator", "protocol")}
POST = ("aggregators/7/bgp_protocols/", BODY)
PATCH = ("aggregators/7/bgp_protocols/61/", {"password": "S3cr3t-C4nary"})
ALWAYS = {"update_password": "always"}


@pytest.mark.parametrize(
    ("more", "steps", "changed"),
    [
        ({}, [get(LIST, []), post(*POST, MADE)], True),
        ({}, [get(LIST, [MADE])], False),
        (ALWAYS, [get(LIST, [MADE]), patch(*PATCH, MADE)], True),
        ({}, [get(LIST, []), post(*POST, {"password": ["S3cr3t-C4nary is too short"]}, 400)], False),
        (ALWAYS, [get(LIST, [MADE]), patch(*PATCH, {"detail": "S3cr3t-C4nary?"}, 403)], False),
        (ALWAYS, [get(LIST, [MADE]), patch(*PATCH, {**MADE, "hold_time": "S3cr3t-C4nary"})], True),
    ],
    ids=["create", "nothing", "update", "refused creation", "refused update", "spoilt answer"],
)
def test_the_password_of_a_bgp_session(
    more: dict[str, Any], steps: list[Any], changed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run_module(monkeypatch, routing_protocol.main, {**SESSION, **more}, *steps, diff=True)
    assert result["changed"] is changed
    assert "C4nary" not in json.dumps(result)


@pytest.mark.parametrize(
    "password",
    ['S3cr3t"C4nary', "S3cr3t\nC4nary", "S3cr3t€C4nary", "S3cr3t C4nary", "S3cr3t\\C4nary", "", "S3cr3t" * 14],
)
def test_a_password_that_bird_cannot_take(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, routing_protocol.main, {**SESSION, "password": password})
    problem = (password_problem(password) or "").rstrip(".")
    said = f"password: {problem} (the value is not shown). Nothing was changed."
    assert result["msg"] == f"BGP protocol 'prod_bgp_8' of aggregator 7: {said}"
    assert "C4nary" not in json.dumps(result)
