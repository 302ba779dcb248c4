# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of resources: what other layers rely on, and what the API contract says."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._objects import SLOTS, group_of, title_of
from ansible_collections.bonded.internet.plugins.module_utils._resources import LISTINGS, RESOURCES, TABLE

KINDS = [
    "space",
    "ethernet_interface",
    "vlan_interface",
    "vxlan_interface",
    "filter",
    "static_protocol",
    "bgp_protocol",
    "babel_protocol",
    "ospf_protocol",
    "connected_ip",
    "cpe_nat_ip",
    "bond_route",
    "bond_interface",
    "bond",
    "aggregator",
    "node",
    "routing_group",
]


def test_all_kinds_are_there() -> None:
    assert list(RESOURCES) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_each_says_where_it_is_and_how_sure_that_is(kind: str) -> None:
    resource = RESOURCES[kind]
    assert resource.kind == kind
    assert resource.path.endswith("/")
    assert resource.field(resource.key) is not None
    assert {resource.sure, *(field.sure for field in resource.fields)} <= {"D", "C", "A"}
    assert len({field.name for field in resource.fields}) == len(resource.fields)


def test_paths() -> None:
    assert TABLE.collection("vxlan_interface", "aggregators/7") == "aggregators/7/vxlan_interfaces/"
    assert TABLE.collection("current_bond", "aggregators/7") == "aggregators/7/bonds_current/"
    assert TABLE.item("vxlan_interface", "aggregators/7", 41) == "aggregators/7/vxlan_interfaces/41/"
    assert TABLE.item("cpe_nat_ip", "bonds/17", 3) == "bonds/17/cpe_nat_ips/3/"
    assert TABLE.item("space", "", "acme") == "spaces/acme/"
    assert TABLE.item("space", "", "a/b?c#d %") == "spaces/a%2Fb%3Fc%23d%20%25/"
    with pytest.raises(ValueError, match="VXLAN interface belongs to an aggregator, not to 'bonds/17'"):
        TABLE.collection("vxlan_interface", "bonds/17")


def test_a_key_is_found_in_the_path_of_its_object() -> None:
    assert TABLE.number_in("space", "spaces/a%2Fb/") == "a/b"
    assert TABLE.number_in("space", "bonds/17/") is None
    assert TABLE.number_in("space", "spaces/") is None


def test_listings_end_with_a_slash() -> None:
    assert all(listing.path.endswith("/") and listing.sure in "DCA" for listing in LISTINGS.values())


def test_what_a_new_protocol_exports_is_assumed() -> None:
    """Documented are the slots and their modes. AN-001's Babel has no slot set, and works."""
    for kind in KINDS:
        for slot in SLOTS:
            field = RESOURCES[kind].field(slot)
            assert field is None or field.sure == "D"


def test_creation_order() -> None:
    rank = {kind: RESOURCES[kind].rank for kind in KINDS}
    assert rank["vxlan_interface"] < rank["filter"] < rank["babel_protocol"]
    assert rank["connected_ip"] < rank["cpe_nat_ip"]


def test_kinds_of_one_group_share_their_names() -> None:
    assert {group_of(f"{kind}_interface") for kind in ("ethernet", "vlan", "vxlan", "wireguard")} == {"interface"}
    assert {group_of(f"{kind}_protocol") for kind in ("static", "bgp", "babel", "ospf", "rip")} == {"protocol"}
    assert group_of("bond_interface") == "bond_interface"


def test_titles() -> None:
    assert title_of("cpe_nat_ip") == "CPE NAT IP"
    assert title_of("wireguard_interface") == "wireguard interface"


def test_the_password_is_never_read_back() -> None:
    write_only = {(kind, field.name) for kind in KINDS for field in RESOURCES[kind].fields if field.write_only}
    assert write_only == {("bgp_protocol", "password")}
