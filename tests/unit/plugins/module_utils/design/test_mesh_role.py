# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh of role pwan_mesh, as an operator gives it."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.mesh_role import mesh_of_options
from ansible_collections.bonded.internet.plugins.plugin_utils._variables import ROLE_MEMBERS, ROLE_VXLAN

SPECS = pathlib.Path(__file__).parents[5] / "roles/pwan_mesh/meta/argument_specs.yml"
OPTIONS: dict[str, Any] = {
    "network": "prod",
    "space": "acme",
    "aggregator": "agg1",
    "vxlan": {"subnet": "10.254.0.0/20"},
    "members": [
        {"aggregator": "agg1", "private_ip_address": "10.1.0.11"},
        {"aggregator": "12", "private_ip_address": "10.1.0.12", "index": 2},
    ],
    "mtu": 1500,
    "spaces": [{"id": 11, "private_wan_mode": "unmanaged"}],
    "aggregators": [{"id": 7, "name": "agg1"}, {"id": 12, "name": "agg2"}],
}


def made(**options: Any) -> dict[str, Any]:
    found, problems = mesh_of_options({**OPTIONS, **options})
    assert problems == []
    return found


def test_the_argument_specs_have_the_keys_of_the_inventory() -> None:
    options = yaml.safe_load(SPECS.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    assert set(options["pwan_mesh_vxlan"]["options"]) == set(ROLE_VXLAN["options"])
    assert set(options["pwan_mesh_members"]["options"]) == set(ROLE_MEMBERS["options"])


def test_an_aggregator_gets_its_own_objects() -> None:
    found = made()
    (interface,), (protocol,) = found["interfaces"], found["protocols"]
    assert (interface["name"], interface["vni"], interface["mtu"]) == ("vx10000011", 10000011, 1500)
    assert (interface["addresses"], interface["endpoints"]) == (
        ["10.254.0.7/20"],
        [{"ip": "10.1.0.12", "vni": 10000011}],
    )
    assert (protocol["name"], protocol["export_ipv4"]["mode"], found["filters"]) == ("prod_babel_11", "all", [])
    (other,) = made(aggregator="agg2")["interfaces"]
    assert (other["addresses"], other["endpoints"][0]["ip"]) == (["10.254.0.2/20"], "10.1.0.11")


def test_beside_the_managed_mesh_a_filter_keeps_its_routes_apart() -> None:
    found = made(
        spaces=[{"id": 11, "private_wan_mode": "managed_mesh"}], vxlan={**OPTIONS["vxlan"], "protocol": "ospf"}
    )
    assert [one["name"] for one in found["filters"]] == ["prod_export_11"]
    assert found["protocols"][0]["export_ipv4"] == {"mode": "filter", "filter": "prod_export_11"}
    assert found["protocols"][0]["name"] == "prod_ospf_11"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"network": "Prod!"}, "pwan_mesh_network"),
        ({"aggregator": "agg9"}, "the aggregator 'agg9' itself is missing"),
        ({"members": [{"aggregator": "agg9", "private_ip_address": "10.1.0.9"}]}, "has no aggregator 'agg9'"),
        ({"members": [{"aggregator": "agg1", "private_ip_address": "here"}]}, "'here' is no IPv4 address"),
        ({"vxlan": {"subnet": "10.254.0.0/30"}}, "has no address for agg1 (7)"),
        ({"vxlan": {"subnet": "10.254.0.1/20"}}, "vxlan.subnet"),
        ({"vxlan": {"subnet": "10.254.0.0/20", "addresses": {"12": "10.254.0.7"}}}, "both have the tunnel address"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], words: str) -> None:
    found, problems = mesh_of_options({**OPTIONS, **options})
    assert found == {}
    assert words in " ".join(problems)
