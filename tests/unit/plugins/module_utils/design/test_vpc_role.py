# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of role pwan_vpc: subnets with their IPv6 blocks, route tables with their default routes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.vpc_role import (
    role_subnets,
    subnet_failures,
    vpc_objects,
)

OPTIONS: dict[str, Any] = {
    "network": "prod",
    "space": "acme",
    "ipv6": True,
    "subnets": [{"zone": "a", "cidr": "10.1.0.0/24"}, {"zone": "b", "cidr": "10.1.1.0/24", "key": "subnet/acme/own"}],
    "public_subnets": [{"zone": "a", "cidr": "10.1.255.240/28"}],
    "absent_public_zones": [],
    "default_route": True,
    "egress_only": False,
    "absent_egress_only": False,
    "tags": {"owner": "net", "bonded.internet/key": "theirs"},
}


def with_block(block: str, state: str = "associated", **more: Any) -> dict[str, Any]:
    shown = {"ipv6_cidr_block": block, "ipv6_cidr_block_state": {"state": state}}
    return {**more, "ipv6_cidr_block_association_set": [shown]}


def blocks(vpc: dict[str, Any], *found: dict[str, Any]) -> list[str]:
    return [one["ipv6_cidr"] for one in role_subnets(OPTIONS, vpc, found)]


def test_subnets_have_their_tags_and_names() -> None:
    found = role_subnets({**OPTIONS, "ipv6": False}, {}, [])
    assert [(one["key"], one["tags"]["Name"], one["ipv6_cidr"]) for one in found] == [
        ("subnet/acme/a", "prod-acme-a", ""),
        ("subnet/acme/own", "prod-acme-b", ""),
        ("natgw-subnet/acme/a", "prod-acme-public-a", ""),
    ]
    own = {"bonded.internet/network": "prod", "bonded.internet/key": "subnet/acme/own", "Name": "prod-acme-b"}
    assert found[1]["tags"] == {"owner": "net", **own}


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


def tagged(key: str, **more: Any) -> dict[str, Any]:
    return {**more, "tags": {"bonded.internet/network": "prod", "bonded.internet/key": key}}


def results(**more: Any) -> dict[str, Any]:
    """Return the results of the role's tasks on a VPC of ours, with other ones."""
    vpc = tagged("vpc/acme", **with_block("2001:db8:1:ab00::/56", id="vpc-1"))
    return {"vpcs": {"vpcs": [vpc]}, "vpc": {"vpc": vpc}, "internet_gateway": {"gateway_id": "igw-1"}, **more}


def tables(options: dict[str, Any], **more: Any) -> list[tuple[Any, ...]]:
    found = vpc_objects({**OPTIONS, **options}, results(**more))["tables"]
    return [(one["key"], one["id"], one["subnets"], [route["dest"] for route in one["routes"]]) for one in found]


def test_each_public_subnet_has_a_table_of_its_own() -> None:
    subnets = [("subnet/acme/a", "subnet-a"), ("subnet/acme/own", "subnet-b"), ("natgw-subnet/acme/a", "subnet-c")]
    made = {"created_subnets": {"results": [{"subnet": tagged(key, id=number)} for key, number in subnets]}}
    created = [{"__pwan_vpc_table": {"key": "natgw-rtb/acme/a"}, "id": "rtb-2"}, {"skipped": True}]
    found = {"route_tables": [tagged("rtb/acme", id="rtb-1", routes=[{"destination_cidr_block": "0.0.0.0/0"}])]}
    assert tables({}, **made, created_tables={"results": created}, route_tables=found) == [
        ("rtb/acme", "rtb-1", ["subnet-a", "subnet-b"], ["::/0"]),
        ("natgw-rtb/acme/a", "rtb-2", ["subnet-c"], ["0.0.0.0/0"]),
    ]
    new = vpc_objects(OPTIONS, results(route_tables=found))["new_tables"]
    assert [(one["key"], one["tags"]["Name"]) for one in new] == [("natgw-rtb/acme/a", "prod-acme-public-a")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["0.0.0.0/0", "::/0"]),
        ({"ipv6": False}, ["0.0.0.0/0"]),
        ({"default_route": False}, ["::/0"]),
        ({"egress_only": True}, ["0.0.0.0/0"]),
        ({"absent_egress_only": True}, ["0.0.0.0/0"]),
    ],
)
def test_default_routes_lead_to_the_internet_gateway_unless_another_task_makes_them(
    options: dict[str, Any], expected: list[str]
) -> None:
    assert tables(options)[0][3] == expected
    assert tables(options)[1][3] == ["0.0.0.0/0"]


def test_a_default_route_without_a_target_is_dead_in_public_tables_too() -> None:
    dead = {"destination_cidr_block": "0.0.0.0/0", "state": "blackhole"}
    alive = {"destination_ipv6_cidr_block": "::/0", "state": "active"}
    found = [
        tagged("rtb/acme", id="rtb-1", routes=[dead, alive]),
        tagged("natgw-rtb/acme/a", id="rtb-2", routes=[dead]),
    ]
    assert vpc_objects(OPTIONS, results(route_tables={"route_tables": found}))["dead_routes"] == [
        {"table": "rtb-1", "destination": "0.0.0.0/0"},
        {"table": "rtb-2", "destination": "0.0.0.0/0"},
    ]


def test_a_route_to_another_target_is_a_problem() -> None:
    routes = [{"destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}]
    elsewhere = [*routes, {"destination_ipv6_cidr_block": "::/0", "gateway_id": "igw-9"}]
    tables_now = [
        tagged("rtb/acme", id="rtb-1", routes=elsewhere),
        tagged("natgw-rtb/acme/a", id="rtb-2", routes=routes),
    ]
    updated = {"results": [{"route_table": one} for one in tables_now]}
    found = vpc_objects(OPTIONS, results(updated_tables=updated, route_tables={"route_tables": tables_now}))
    assert (
        "in route table rtb-1 the route to ::/0 does not lead to the internet gateway igw-1" in found["route_problem"]
    )
    without = vpc_objects({**OPTIONS, "ipv6": False}, results(updated_tables=updated))
    assert without["route_problem"] == ""


def test_public_subnets_without_a_nat_gateway_go_with_their_tables() -> None:
    subnets = [
        tagged("natgw-subnet/acme/b", cidr_block="10.1.255.0/28"),
        tagged("subnet/acme/b", cidr_block="10.1.1.0/24"),
    ]
    found = [tagged("natgw-rtb/acme/b", id="rtb-3"), tagged("rtb/acme", id="rtb-1")]
    given = results(subnets={"subnets": subnets}, route_tables={"route_tables": found})
    made = vpc_objects({**OPTIONS, "absent_public_zones": ["b"]}, given)
    assert (made["absent_subnets"], made["absent_tables"]) == (["10.1.255.0/28"], ["rtb-3"])


def test_objects_of_other_owners_and_two_vpcs_are_problems() -> None:
    others = {
        "subnets": {"subnets": [{"id": "subnet-9", "cidr_block": "10.1.0.0/24", "tags": {}}]},
        "attached": {"internet_gateways": [{"internet_gateway_id": "igw-9"}]},
    }
    assert "vpc-1 has subnet-9 and igw-9 without the tag" in vpc_objects(OPTIONS, results(**others))["foreign_problem"]
    two = results(vpcs={"vpcs": [{"id": "vpc-1"}, {"id": "vpc-2"}]})
    assert "key vpc/acme: vpc-1, vpc-2." in vpc_objects(OPTIONS, two)["duplicate_problem"]
    assert [vpc_objects(OPTIONS, results())[f"{one}_problem"] for one in ("foreign", "duplicate")] == ["", ""]


def test_results_of_another_space_do_not_count() -> None:
    """A host creates several VPCs one after another, and a new one looks nothing up."""
    other = tagged("vpc/other", id="vpc-9")
    found = vpc_objects(OPTIONS, {"vpc": {"vpc": other}, "created_subnets": {"results": []}})
    assert (found["subnets"], found["vpc_id"]) == ([], "")


def test_missing_rights_are_known_by_the_modules_words() -> None:
    said = ["Unable: Failed to modify subnet", "Failed to modify subnet", "Failed to create subnet"]
    failures = [{"failed": True, "msg": text} for text in said]
    assert subnet_failures([*failures, {"subnet": {}}]) == (
        f"The credentials seem to lack ec2:ModifySubnetAttribute. amazon.aws says: {'; '.join(said)}"
    )
    assert subnet_failures(failures[2:]) == "amazon.aws says: Failed to create subnet"
