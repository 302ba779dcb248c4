# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""network_plan on a server whose objects lack fields: refused where the plan would write them, else a warning."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import client
from ansible_collections.bonded.internet.plugins.module_utils._resources import RESOURCES
from ansible_collections.bonded.internet.plugins.modules import network_plan
from tests.unit.plugins.api_objects import aggregator, space, vxlan
from tests.unit.plugins.scripted import LOGIN, call, outside_of_ansible
from tests.unit.plugins.store import StoreServer

TWO = [
    {"host": "agg1", "aggregator": "7", "private_ip_address": "192.0.2.11"},
    {"host": "agg2", "aggregator": "12", "private_ip_address": "192.0.2.12"},
]
ACME = {"key": "acme", "private_wan": "unmanaged", "vxlan": {"subnet": "10.254.0.0/20"}}
OTHERS = vxlan(5, "vxother", 77, endpoints=["192.0.2.50"], space_key=None)


def without(item: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}


def plan(monkeypatch: pytest.MonkeyPatch, *interfaces: dict[str, Any], **options: Any) -> dict[str, Any]:
    outside_of_ansible(monkeypatch)
    found = StoreServer(
        spaces=[space("acme")],
        aggregators=[aggregator(7, "agg1"), aggregator(12, "agg2")],
        bonds=[],
        aggregators__7__vxlan_interfaces=list(interfaces),
    )
    monkeypatch.setattr(client, "RequestsTransport", lambda _connection, _parallel: found)
    result = call(monkeypatch, network_plan.main, {**LOGIN, "network": "prod", "aggregators": TWO, **options})
    assert found.writes == 0
    return result


def test_a_field_that_it_would_write_and_no_object_shows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    result = plan(monkeypatch, without(OTHERS, "vni", "mtu"), spaces=[ACME])
    assert result["failed"]
    (problem,) = result["problems"]
    assert problem.startswith(
        "The management server has no vni in any VXLAN interface that was read, and this plan writes"
    )
    assert "Or say bonding_allow_nonconforming: true to write it nevertheless." in problem


def test_the_switch_makes_it_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    result = plan(monkeypatch, without(OTHERS, "vni"), spaces=[ACME], allow_nonconforming=True)
    assert not result.get("failed"), result
    assert any("has no vni in any VXLAN interface" in str(text) for text in result["warnings"])


def test_a_plan_that_does_not_write_it_has_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    result = plan(monkeypatch, without(OTHERS, "vni"))
    assert result["plan"] == []
    assert any("has no vni in any VXLAN interface" in str(text) for text in result["warnings"])


def test_one_object_that_shows_it_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    result = plan(monkeypatch, without(OTHERS, "vni"), {**OTHERS, "id": 6, "name": "vxtwo"}, spaces=[ACME])
    assert not result.get("failed"), result
    assert not any("that was read: its API" in str(text) for text in result.get("warnings", []))


def test_a_map_cures_it(monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = {**without(OTHERS, "vni"), "network_id": 77}
    result = plan(monkeypatch, renamed, spaces=[ACME], api_map={"fields": {"vxlan_interface": {"vni": "network_id"}}})
    assert not result.get("failed"), result
    assert not any("that was read: its API" in str(text) for text in result.get("warnings", []))


def test_what_may_be_null_may_be_left_out() -> None:
    """A server may leave out what is null; lists are judged by their first entry."""
    shown = dict(RESOURCES["static_protocol"].shown({"name": "r", "routes": [{"network": "10.0.0.0/8"}]}))
    assert shown["name"]
    assert shown["routes.network"]
    assert not shown["routes.destination"]
    assert not shown["import_ipv4"]
    assert not {"space", "routes.address", "import_ipv4.filter", "password"} & set(shown)
