# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The meshes of the roles pwan_mesh and cpe_nat_bgp, as an operator gives them."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.mesh_role import (
    bgp_of_options,
    mesh_of_options,
)
from ansible_collections.bonded.internet.plugins.plugin_utils._variables import (
    ROLE_BGP,
    ROLE_MEMBERS,
    ROLE_SPEAKERS,
    ROLE_VXLAN,
)

ROLES = pathlib.Path(__file__).parents[5] / "roles"
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


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("pwan_mesh_vxlan", ROLE_VXLAN),
        ("pwan_mesh_members", ROLE_MEMBERS),
        ("cpe_nat_bgp_options", ROLE_BGP),
        ("cpe_nat_bgp_members", ROLE_SPEAKERS),
    ],
)
def test_the_argument_specs_have_the_keys_of_the_inventory(name: str, keys: dict[str, Any]) -> None:
    path = ROLES / name.rpartition("_")[0] / "meta/argument_specs.yml"
    options = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    assert set(options[name]["options"]) == set(keys["options"])


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
        ({"members": [{"aggregator": "agg1", "private_ip_address": "here"}]}, "'here' is not an IPv4 address"),
        ({"vxlan": {"subnet": "10.254.0.0/30"}}, "has no address for agg1 (7)"),
        ({"vxlan": {"subnet": "10.254.0.1/20"}}, "vxlan.subnet"),
        ({"vxlan": {"subnet": "10.254.0.0/20", "addresses": {"12": "10.254.0.7"}}}, "both have the tunnel address"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], words: str) -> None:
    found, problems = mesh_of_options({**OPTIONS, **options})
    assert found == {}
    assert words in " ".join(problems)


BGP: dict[str, Any] = {
    "network": "prod",
    "aggregator": "agg1",
    "options": {"asn": 64512, "subnet": "10.253.0.0/20"},
    "members": [
        {"aggregator": "agg1", "private_ip_address": "10.1.0.11", "subnet": "10.1.0.0/24"},
        {"aggregator": "12", "private_ip_address": "10.1.1.12", "subnet": "10.1.1.0/24", "index": 2},
    ],
    "vni": 10000000,
    "mtu": 1500,
    "aggregators": OPTIONS["aggregators"],
}
DIRECT = {"asn": 64512, "mode": "direct"}
ONE_SUBNET = [{**one, "subnet": "10.1.0.0/23"} for one in BGP["members"]]


def test_bgp_runs_over_a_vxlan_without_a_space() -> None:
    found, problems = bgp_of_options(BGP)
    assert problems == []
    (interface,), (session,) = found["interfaces"], found["protocols"]
    assert (interface["name"], interface["space"], interface["addresses"]) == ("vx10000000", None, ["10.253.0.7/20"])
    assert interface["endpoints"] == [{"ip": "10.1.1.12", "vni": 10000000}]
    assert (session["name"], session["local_as"], session["local_address"], session["neighbor_address"]) == (
        *("prod_bgp_12", 64512),
        *("10.253.0.7", "10.253.0.2"),
    )
    assert [one["name"] for one in found["filters"]] == ["prod_import_0", "prod_export_0"]
    assert "if net ~ [ 10.1.0.0/24{32,32}, 10.1.1.0/24{32,32} ] then accept;" in found["filters"][0]["body"]


def test_direct_bgp_has_no_tunnels() -> None:
    found, problems = bgp_of_options({**BGP, "options": DIRECT, "members": ONE_SUBNET})
    assert (found["interfaces"], problems) == ([], [])
    (session,) = found["protocols"]
    assert (session["local_address"], session["neighbor_address"]) == ("10.1.0.11", "10.1.1.12")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"network": "Prod!"}, "cpe_nat_bgp_network"),
        ({"aggregator": "agg9"}, "cpe_nat_bgp_members: the aggregator 'agg9' itself is missing"),
        ({"vni": 0}, "cpe_nat_bgp_vni"),
        ({"options": {"asn": 64512}}, "mode: transit needs a subnet"),
        ({"options": {**DIRECT, "subnet": "10.253.0.0/20"}}, "only transit has tunnels"),
        ({"options": DIRECT}, "mode: direct works inside one subnet (got 10.1.0.0/24, 10.1.1.0/24)"),
        ({"options": {**BGP["options"], "route_reflectors": ["agg9"]}}, "route_reflectors: 'agg9'"),
        ({"options": {**BGP["options"], "subnet": "10.253.0.0/30"}}, "has no address for agg1 (7)"),
        ({"members": [{**BGP["members"][0], "subnet": "here"}]}, "'here' is not an IPv4 network"),
    ],
)
def test_wrong_options_of_bgp_are_refused(options: dict[str, Any], words: str) -> None:
    found, problems = bgp_of_options({**BGP, **options})
    assert found == {}
    assert words in " ".join(problems)
