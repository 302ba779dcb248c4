# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences of security groups: rows as those of audit_table.py, on a network that has groups of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.playbooks.running import Json, Outcome, Site, demo_hosts, demo_variables

from .audit_plants import Ground
from .audit_row import CHANGED, LEFT, Found, Row, bystander
from .auditing import audited, judge

SAVED = "groups"


def variables() -> Json:
    return {**demo_variables(), "bonding_security_groups": True}


@pytest.fixture(scope="module")
def built(stand_ins: Site, first_run: Outcome) -> Site:
    """The demonstration's network after a run that has made its groups."""
    assert first_run.code == 0
    stand_ins.load("built")
    stand_ins.server.control("POST", "move", {"bond": 19, "aggregator": "agg1"})
    outcome = stand_ins.write_inventory("groups", demo_hosts(), variables()).run("site")
    assert outcome.code == 0, outcome.output
    stand_ins.save(SAVED)
    return stand_ins


@pytest.fixture
def ground(built: Site) -> Iterator[Ground]:
    built.load(SAVED)
    yield Ground(built, variables(), {})


@pytest.fixture(scope="module")
def advice(built: Site) -> set[str]:
    built.load(SAVED)
    found = audited(Ground(built, variables(), {}))
    assert found["status"] == "clean", found["findings"]
    return {one["id"] for one in found["findings"]}


def group_of(ground: Ground, kind: str) -> tuple[str, Json]:
    """Return the key and the group of the network of this kind, as EC2 shows it."""
    keys = sorted(key for key in ground.site.ours("security_groups") if key.startswith(f"sg/{kind}/"))
    number = ground.ours("security_groups", keys[0])["id"]
    (group,) = ground.ec2.describe_security_groups(GroupIds=[number])["SecurityGroups"]
    return keys[0], group


def rule_goes(ground: Ground) -> None:
    _key, group = group_of(ground, "aggregators")
    (vxlan,) = [one for one in group["IpPermissions"] if one.get("FromPort") == 4789]
    ground.ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[vxlan])


def all_is_open(ground: Ground) -> None:
    _key, group = group_of(ground, "aggregators")
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "for a test"}]}
    ground.ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[everything])


def all_of_ipv6_is_open(ground: Ground) -> None:
    _key, group = group_of(ground, "gateway")
    everything = {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0", "Description": "for a test"}]}
    ground.ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[everything])


def one_port_is_open(ground: Ground) -> None:
    """A rule of others that the operator has for a reason: it opens one port."""
    _key, group = group_of(ground, "aggregators")
    sources = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    one = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **sources}
    ground.ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[one])


def group_goes(ground: Ground) -> None:
    """The aggregators carry the group no more; EC2 deletes it."""
    _key, group = group_of(ground, "aggregators")
    number = group["GroupId"]
    carriers = ground.ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [number]}])
    for one in carriers["NetworkInterfaces"]:
        others = [other["GroupId"] for other in one["Groups"] if other["GroupId"] != number]
        ground.ec2.modify_network_interface_attribute(NetworkInterfaceId=one["NetworkInterfaceId"], Groups=others)
    ground.ec2.delete_security_group(GroupId=number)


ROWS = (
    Row("a rule of ours is gone", rule_goes, (Found("security_group_rule", "sg/aggregators/", CHANGED),)),
    Row(
        "a rule of others opens everything",
        all_is_open,
        (bystander("security_group_rule", "/all from 0.0.0.0/0", LEFT, "warning"),),
    ),
    Row(
        "a rule of others opens everything for IPv6",
        all_of_ipv6_is_open,
        (bystander("security_group_rule", "sg/gateway/acme/all from ::/0", LEFT, "warning"),),
    ),
    Row("a rule of others opens a port", one_port_is_open, ()),
    Row(
        "a group of ours is gone",
        group_goes,
        (Found("security_group", "sg/aggregators/"), Found("group_attachment", "sg/aggregators/")),
        frozenset({"security_group_rule", "group_attachment"}),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_difference_of_a_group_is_found_and_nothing_is_invented(row: Row, ground: Ground, advice: set[str]) -> None:
    judge(row, ground, advice)
