# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles pwan_mesh and cpe_nat_bgp on the stand-ins: one aggregator's objects, as a plan gives them, and back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playbooks.running import Site

from .running import Role

ALL: dict[str, Any] = {"mode": "all", "filter": None}
NONE: dict[str, Any] = {"mode": "none", "filter": None}
ENDPOINTS = [{"ip": "10.1.1.12", "vni": 10000011}, {"ip": "10.1.0.13", "vni": 10000011}]
MESH: dict[str, Any] = {
    "aggregator": 7,
    "interfaces": [
        {
            "name": "vx10000011",
            "type": "vxlan",
            "space": "acme",
            "enabled": True,
            "mtu": 1500,
            "vni": 10000011,
            "addresses": ["10.254.0.7/20"],
            "endpoints": ENDPOINTS,
        }
    ],
    "filters": [{"name": "demo_export_11", "family": "ipv4", "body": "if source = RTS_BABEL then reject;\naccept;"}],
    "protocols": [
        {
            "name": "demo_babel_11",
            "protocol": "babel",
            "space": "acme",
            "enabled": True,
            "import_ipv4": ALL,
            "export_ipv4": {"mode": "filter", "filter": "demo_export_11"},
            "import_ipv6": NONE,
            "export_ipv6": NONE,
            "interfaces": [{"patterns": ["vx10000011"], "type": "wired", "rxcost": 32}],
        }
    ],
}
BGP: dict[str, Any] = {
    "aggregator": "agg1",
    "interfaces": [
        {
            "name": "vx10000000",
            "type": "vxlan",
            "space": None,
            "enabled": True,
            "mtu": 1500,
            "vni": 10000000,
            "addresses": ["10.253.0.7/20"],
            "endpoints": [{"ip": "10.1.1.12", "vni": 10000000}],
        }
    ],
    "protocols": [
        {
            "name": "demo_bgp_12",
            "protocol": "bgp",
            "space": None,
            "enabled": True,
            "import_ipv4": ALL,
            "export_ipv4": NONE,
            "import_ipv6": NONE,
            "export_ipv6": NONE,
            "local_as": 64512,
            "local_address": "10.253.0.7",
            "neighbor_address": "10.253.0.12",
            "neighbor_as": 64512,
            "next_hop_self": True,
        }
    ],
    "filters": [],
}


@pytest.mark.parametrize(("name", "wanted"), [("pwan_mesh", MESH), ("cpe_nat_bgp", BGP)])
def test_makes_the_objects_and_takes_them_away(empty: Site, name: str, wanted: dict[str, Any]) -> None:
    role, given = Role(empty, name, "planned"), {"planned": [wanted]}
    before = empty.aggregator("agg1")
    # -b is for the aggregators: on the controller nothing becomes anybody
    become = ["-b", "--become-user", "nobody", "-e", "ansible_become_exe=/bin/false"]
    role.unchanged("present", given, ["--check", *become])
    role.changes("present", given)

    found = empty.aggregator("agg1")
    for part in ("interfaces", "protocols", "filters"):
        assert [one["name"] for one in found[part]] == [one["name"] for one in wanted[part]]
    interface, asked = found["interfaces"][0], wanted["interfaces"][0]
    assert sorted(map(str, interface["endpoints"])) == sorted(map(str, asked["endpoints"]))
    assert {key: interface[key] for key in asked if key != "endpoints"} == {
        key: value for key, value in asked.items() if key != "endpoints"
    }
    protocol, asked = found["protocols"][0], wanted["protocols"][0]
    assert {key: protocol[key] for key in asked if key != "interfaces"} == {
        key: value for key, value in asked.items() if key != "interfaces"
    }

    role.changes("absent", given)
    assert empty.aggregator("agg1") == before
