# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_cpe_nat: the exact requests, and what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.modules.bond_cpe_nat import main
from tests.unit.plugins.api_objects import cpe_nat_ip
from tests.unit.plugins.scripted import delete, get, patch, post, run_module

LIST = "bonds/17/cpe_nat_ips/"
BODY = {"ip": "198.51.100.20", "nat_ip": "192.0.2.10"}
WANTED = {"bond": 17, **BODY}
CREATED = {**BODY, "enabled": True}  # whatever the server's default is
MADE = cpe_nat_ip(71, "198.51.100.20", "192.0.2.10")
RETURNED = {"bond": 17, **BODY, "enabled": True}


def test_creates(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, get(LIST, []), post(LIST, CREATED, MADE))
    assert (result["action"], result["cpe_nat_ip"]) == ("create", RETURNED)


def test_check_mode_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, get(LIST, []), check=True)
    assert (result["action"], result["cpe_nat_ip"]) == ("create", RETURNED)


def test_a_second_run_only_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not run_module(monkeypatch, main, WANTED, get(LIST, [MADE]))["changed"]


def test_another_destination_keeps_the_object(monkeypatch: pytest.MonkeyPatch) -> None:
    step = patch(f"{LIST}71/", {"nat_ip": "192.0.2.11"}, cpe_nat_ip(71, "198.51.100.20", "192.0.2.11"))
    result = run_module(monkeypatch, main, {**WANTED, "nat_ip": "192.0.2.11"}, get(LIST, [MADE]), step)
    assert result["cpe_nat_ip"]["nat_ip"] == "192.0.2.11"


def test_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"bond": 17, "ip": "198.51.100.20", "state": "absent"}
    result = run_module(monkeypatch, main, arguments, get(LIST, [MADE]), delete(f"{LIST}71/"))
    assert (result["action"], result["cpe_nat_ip"]) == ("delete", None)


def test_the_servers_rule_reaches_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    step = post(LIST, CREATED, {"nat_ip": ["Must be in a private connected network."]}, 400)
    result = run_module(monkeypatch, main, WANTED, get(LIST, []), step)
    assert result["failure"]["fields"] == {"nat_ip": ["Must be in a private connected network."]}


def test_a_prefix_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {**WANTED, "ip": "198.51.100.20/32"})
    assert "ip: '198.51.100.20/32' is not an IP address without prefix length" in result["msg"]
