# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_info: what is asked, and the shape that is returned."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.modules.bond_info import main
from tests.unit.plugins.api_objects import aggregator, bond, bond_interface, connected_ip, cpe_nat_ip
from tests.unit.plugins.scripted import API, get, run_module

ROUTE = {
    "id": 1,
    "url": f"{API}bonds/17/routes/1/",
    "network": "172.16.17.0/24",
    "gateway": "192.0.2.2",
    "enabled": True,
    "include_private_wan": True,
}


def test_one_bond_with_all_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [
        get("bonds/17/", bond(17, "branch", secondary_aggregator=f"{API}aggregators/8/")),
        get("bonds/17/interfaces/", [bond_interface(172, "eth1")]),
        get("bonds/17/connected_ips/", [connected_ip(51, "192.0.2.1/24")]),
        get("bonds/17/cpe_nat_ips/", [cpe_nat_ip(71, "198.51.100.20", "192.0.2.10")]),
        get("bonds/17/routes/", [ROUTE]),
    ]
    (found,) = run_module(monkeypatch, main, {"bond": 17}, *steps)["bonds"]
    assert found == {
        "id": 17,
        "name": "branch",
        "space": "acme",
        "aggregator": 7,
        "secondary_aggregator": 8,
        "interfaces": [{"bond": 17, "name": "eth1", "type": "ethernet"}],
        "connected_ips": [
            {
                "bond": 17,
                "ip": "192.0.2.1/24",
                "interface": "eth1",
                "enabled": True,
                "include_private_wan": False,
                "aggregator_routing": "auto",
            }
        ],
        "cpe_nat_ips": [{"bond": 17, "ip": "198.51.100.20", "nat_ip": "192.0.2.10", "enabled": True}],
        "routes": [
            {
                "bond": 17,
                "network": "172.16.17.0/24",
                "gateway": "192.0.2.2",
                "enabled": True,
                "include_private_wan": True,
            }
        ],
    }


def test_the_present_aggregator_is_asked_of_a_bonds_own_ones_first(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [
        get("bonds/17/", bond(17, "branch", secondary_aggregator=f"{API}aggregators/8/")),
        get("aggregators/7/bonds_current/", [bond(18, "other")]),
        get("aggregators/8/bonds_current/", [bond(17, "branch")]),
    ]
    arguments = {"bond": 17, "gather": ["current_aggregator"], "parallel": 1}
    (found,) = run_module(monkeypatch, main, arguments, *steps)["bonds"]
    assert found["current_aggregator"] == 8


def test_the_present_aggregator_may_be_any(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [
        get("bonds/", [bond(17, "a"), bond(18, "b")]),
        get("aggregators/7/bonds_current/", [bond(18, "b")]),
        get("aggregators/", [aggregator(7, "agg1"), aggregator(9, "agg3")]),
        get("aggregators/9/bonds_current/", []),
    ]
    result = run_module(monkeypatch, main, {"gather": ["current_aggregator"], "parallel": 1}, *steps)
    assert [item["current_aggregator"] for item in result["bonds"]] == [None, 7]


def test_interfaces_are_read_for_their_names_but_not_shown_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [
        get("bonds/17/", bond(17, "branch")),
        get("bonds/17/interfaces/", [bond_interface(172, "eth1")]),
        get("bonds/17/connected_ips/", [connected_ip(51, "192.0.2.1/24")]),
    ]
    (found,) = run_module(monkeypatch, main, {"bond": 17, "gather": ["connected_ips"]}, *steps)["bonds"]
    assert "interfaces" not in found
    assert found["connected_ips"][0]["interface"] == "eth1"
