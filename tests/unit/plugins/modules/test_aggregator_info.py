# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""aggregator_info: what is asked, and the shape that is returned."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.modules.aggregator_info import main
from tests.unit.plugins.api_objects import SLOTS, aggregator, ethernet, protocol, routing_filter, vlan, vxlan
from tests.unit.plugins.scripted import API, get, run_module

LIST = get("aggregators/", [aggregator(8, "agg2"), aggregator(7, "agg1", routing_group={"id": 2, "name": "z"})])
AGG1 = {
    "id": 7,
    "name": "agg1",
    "space": "root",
    "ip": "203.0.113.7",
    "ipv6": None,
    "routing_group": 2,
    "status": "up",
    "version": "6.6.2",
}


def test_all_without_parts_take_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"gather": []}, LIST)
    assert [item["id"] for item in result["aggregators"]] == [7, 8]
    assert result["aggregators"][0] == AGG1
    assert not result["changed"]


@pytest.mark.parametrize("check", [False, True])
def test_one_by_name_with_all_parts(monkeypatch: pytest.MonkeyPatch, check: bool) -> None:
    unknown = {"id": 9, "url": f"{API}aggregators/7/wireguard_interfaces/9/", "type": "wireguard", "name": "wg0"}
    parts = [
        get("aggregators/7/interfaces/", [vxlan(2, "vx1", 11), unknown, vlan(3, "eth1.5"), ethernet(1, "eth1")]),
        get("aggregators/7/filters/", [routing_filter(5, "f1")]),
        get("aggregators/7/protocols/", [protocol("static", 6, "s", routes=[])]),
    ]
    result = run_module(monkeypatch, main, {"aggregator": "agg1", "parallel": 1}, LIST, *parts, check=check)
    (found,) = result["aggregators"]
    assert [(item["name"], item["type"]) for item in found["interfaces"]] == [
        ("eth1", "ethernet"),
        ("eth1.5", "vlan"),
        ("vx1", "vxlan"),
    ]
    assert found["interfaces"][1]["parent"] == "eth1"
    assert found["filters"] == [{"name": "f1", "family": "ipv4", "body": "accept;"}]
    assert found["protocols"] == [
        {"name": "s", "protocol": "static", "space": None, "enabled": True, **SLOTS, "routes": []}
    ]


def test_one_by_id(monkeypatch: pytest.MonkeyPatch) -> None:
    one = get("aggregators/7/", aggregator(7, "agg1", routing_group=f"{API}routing_groups/2/"))
    assert run_module(monkeypatch, main, {"aggregator": 7, "gather": []}, one)["aggregators"] == [AGG1]


def test_protocols_alone_look_filters_up_only_if_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    slot = {"mode": "filter", "filter": f"{API}aggregators/7/filters/5/"}
    steps = [
        get("aggregators/7/", aggregator(7, "agg1")),
        get("aggregators/7/protocols/", [protocol("babel", 6, "b", export_ipv4=slot)]),
        get("aggregators/7/filters/", [routing_filter(5, "f1")]),
    ]
    result = run_module(monkeypatch, main, {"aggregator": 7, "gather": ["protocols"]}, *steps)
    assert result["aggregators"][0]["protocols"][0]["export_ipv4"] == {"mode": "filter", "filter": "f1"}


def test_an_unknown_id(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"aggregator": 9}, get("aggregators/9/", {"detail": "Not found."}, 404))
    assert "There is no aggregator with the id 9 that this user can see" in result["msg"]
