# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""space_info: what is asked, and the shape that is returned."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.modules.space_info import main
from tests.unit.plugins.api_objects import space
from tests.unit.plugins.scripted import get, run_module

LIST = get("spaces/", [space("root"), space("acme", private_wan_enabled=True)])
ACME = {
    "id": 3,
    "key": "acme",
    "name": "ACME",
    "private_wan_enabled": True,
    "private_wan_mode": "managed_mesh",
    "private_wan_include_interfaces": False,
}


def test_all_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {}, LIST)
    assert [item["key"] for item in result["spaces"]] == ["acme", "root"]
    assert result["spaces"][0] == ACME


def test_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_module(monkeypatch, main, {"space": "acme"}, LIST)["spaces"] == [ACME]


def test_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "There is no space with the key 'x'" in run_module(monkeypatch, main, {"space": "x"}, LIST)["msg"]


def test_a_list_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    first = {"count": 2, "next": "http://inside/api/v4/spaces/?page=2", "previous": None, "results": [space("root")]}
    second = {"count": 2, "next": None, "previous": None, "results": [space("acme")]}
    steps = [get("spaces/", first), get("spaces/?page=2", second)]
    assert [item["key"] for item in run_module(monkeypatch, main, {}, *steps)["spaces"]] == ["acme", "root"]
