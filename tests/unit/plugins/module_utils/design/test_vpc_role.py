# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subnets of role pwan_vpc, and the IPv6 block of each."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.vpc_role import (
    lacking_rights,
    objects_by_key,
    public_keys,
    role_subnets,
)

OPTIONS: dict[str, Any] = {
    "network": "prod",
    "space": "acme",
    "ipv6": True,
    "subnets": [{"zone": "a", "cidr": "10.1.0.0/24"}, {"zone": "b", "cidr": "10.1.1.0/24", "key": "subnet/acme/own"}],
    "public_subnets": [{"zone": "a", "cidr": "10.1.255.240/28"}],
}


def with_block(block: str, state: str = "associated", **more: Any) -> dict[str, Any]:
    shown = {"ipv6_cidr_block": block, "ipv6_cidr_block_state": {"state": state}}
    return {**more, "ipv6_cidr_block_association_set": [shown]}


def blocks(vpc: dict[str, Any], *found: dict[str, Any]) -> list[str]:
    return [one["ipv6_cidr"] for one in role_subnets(OPTIONS, vpc, found)]


def test_subnets_have_their_tags_and_names() -> None:
    found = role_subnets({**OPTIONS, "ipv6": False}, {}, [])
    assert [(one["key"], one["name"], one.get("public", False), one["ipv6_cidr"]) for one in found] == [
        ("subnet/acme/a", "prod-acme-a", False, ""),
        ("subnet/acme/own", "prod-acme-b", False, ""),
        ("natgw-subnet/acme/a", "prod-acme-public-a", True, ""),
    ]


@pytest.mark.parametrize(
    ("vpc", "expected"),
    [
        ("2001:db8:1:ab00::/56", ["2001:db8:1:ab01::/64", "2001:db8:1:ab02::/64", ""]),
        ("2001:db8:1::/56", ["2001:db8:1:1::/64", "2001:db8:1:2::/64", ""]),
        ("2001:db8::/56", ["2001:db8:0:1::/64", "2001:db8:0:2::/64", ""]),
    ],
)
def test_new_subnets_get_the_blocks_after_the_first(vpc: str, expected: list[str]) -> None:
    assert blocks(with_block(vpc)) == expected


def test_a_subnet_keeps_its_block_and_no_other_one_gets_it() -> None:
    own = with_block("2001:db8:1:ab02::/64", cidr_block="10.1.1.0/24")
    strange = with_block("2001:db8:1:ab01::/64", cidr_block="10.1.9.0/24")
    assert blocks(with_block("2001:db8:1:ab00::/56"), own, strange) == [
        "2001:db8:1:ab03::/64",
        "2001:db8:1:ab02::/64",
        "",
    ]


def test_a_block_that_was_taken_off_is_none() -> None:
    vpc = with_block("2001:db8:1:ab00::/56")
    vpc["ipv6_cidr_block_association_set"].insert(
        0, with_block("2001:db8:9::/56", "disassociated")["ipv6_cidr_block_association_set"][0]
    )
    gone = with_block("2001:db8:1:ab01::/64", "disassociated", cidr_block="10.1.0.0/24")
    # EC2 still shows it, so that it is not given to another subnet yet
    assert blocks(vpc, gone)[:2] == ["2001:db8:1:ab02::/64", "2001:db8:1:ab03::/64"]


def test_objects_are_found_by_their_tag() -> None:
    owned_by_network = {"id": "rtb-1", "tags": {"bonded.internet/key": "rtb/acme"}}
    assert objects_by_key([{"id": "rtb-0", "tags": {}}, owned_by_network]) == {"rtb/acme": owned_by_network}


def test_public_subnets_and_their_tables_have_the_zone_in_their_tags() -> None:
    assert public_keys(["a"], "acme") == [{"subnet": "natgw-subnet/acme/a", "table": "natgw-rtb/acme/a"}]


def test_missing_rights_are_known_by_the_modules_words() -> None:
    said = ["Unable: Failed to modify subnet", "Failed to modify subnet", "Failed to create subnet"]
    assert lacking_rights(said) == ["ec2:ModifySubnetAttribute"]
