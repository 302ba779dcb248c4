# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts, variables, groups and members of the live inventory."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import (
    GROUPINGS,
    Aggregator,
    Bond,
    Instance,
    LiveInventory,
    LiveInventoryError,
    Wanted,
    build,
    instance_of,
)

ANSWER: dict[str, Any] = {
    "InstanceId": "i-1",
    "State": {"Name": "running"},
    "InstanceType": "c5.large",
    "Placement": {"AvailabilityZone": "eu-central-1a"},
    "VpcId": "vpc-1",
    "SubnetId": "subnet-1",
    "PrivateIpAddress": "10.1.0.11",
    "PublicIpAddress": "203.0.113.7",
    "Tags": [{"Key": "Name", "Value": "agg1"}],
    "NetworkInterfaces": [
        {
            "NetworkInterfaceId": "eni-2",
            "OwnerId": "123456789012",
            "Attachment": {"DeviceIndex": 1},
            "Groups": [{"GroupId": "sg-3"}],
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.2.0.1", "Association": {"PublicIp": "203.0.113.72"}}],
        },
        {
            "NetworkInterfaceId": "eni-1",
            "OwnerId": "123456789012",
            "Attachment": {"DeviceIndex": 0},
            "Groups": [{"GroupId": "sg-2"}, {"GroupId": "sg-1"}],
            "PrivateIpAddresses": [
                {"PrivateIpAddress": "10.1.0.11", "Association": {"PublicIp": "203.0.113.7"}},
                {"PrivateIpAddress": "10.1.0.12", "Association": {"PublicIp": "203.0.113.71"}},
                {"PrivateIpAddress": "10.1.0.13"},
            ],
        },
    ],
}
AGG1 = Aggregator(7, "agg1", ip="203.0.113.7", space="main", routing_group="Köln 1", status="up", version="6.6.1")
AGG2 = Aggregator(12, "agg2", ip="203.0.113.12")
BONDS = [Bond(20, "globex", 12, 7), Bond(18, "acme", 7), Bond(17, "acme", 7, 12), Bond(21, "acme", None)]


def made(*aggregators: Aggregator, bonds: list[Bond] | None = None, **wanted: Any) -> LiveInventory:
    options = Wanted(**{"group_by": GROUPINGS, **wanted})
    return build(aggregators, BONDS if bonds is None else bonds, [instance_of(ANSWER, "eu-central-1")], options)


def problems(*aggregators: Aggregator, **wanted: Any) -> list[str]:
    with pytest.raises(LiveInventoryError) as caught:
        made(*aggregators, **wanted)
    return caught.value.problems


def test_variables_of_a_host() -> None:
    found = made(AGG2, AGG1)
    assert list(found.hosts) == ["agg1", "agg2"]
    assert found.hosts["agg1"] == {
        "ansible_host": "203.0.113.7",
        "bonding_aggregator": "7",
        "aggregator_bonds": {
            "acme": {"primary": [17, 18], "secondary": []},
            "globex": {"primary": [], "secondary": [20]},
        },
        "aggregator_ip": "203.0.113.7",
        "aggregator_name": "agg1",
        "aggregator_routing_group": "Köln 1",
        "aggregator_space": "main",
        "aggregator_spaces": ["acme", "globex"],
        "aggregator_status": "up",
        "aggregator_version": "6.6.1",
        "aws_account_id": "123456789012",
        "aws_availability_zone": "eu-central-1a",
        "aws_instance_id": "i-1",
        "aws_instance_state": "running",
        "aws_instance_type": "c5.large",
        "aws_network_interface_id": "eni-1",
        "aws_private_ip_address": "10.1.0.11",
        "aws_public_ip_address": "203.0.113.7",
        "aws_region": "eu-central-1",
        "aws_security_group_ids": ["sg-1", "sg-2"],
        "aws_subnet_id": "subnet-1",
        "aws_tags": {"Name": "agg1"},
        "aws_vpc_id": "vpc-1",
    }
    assert found.hosts["agg2"] == {
        "ansible_host": "203.0.113.12",
        "bonding_aggregator": "12",
        "aggregator_bonds": {
            "acme": {"primary": [], "secondary": [17]},
            "globex": {"primary": [20], "secondary": []},
        },
        "aggregator_ip": "203.0.113.12",
        "aggregator_name": "agg2",
        "aggregator_spaces": ["acme", "globex"],
    }


def test_each_public_address_of_an_answer_is_known() -> None:
    assert instance_of(ANSWER, "eu-central-1").public_ips == ("203.0.113.7", "203.0.113.71", "203.0.113.72")
    bare = instance_of({"InstanceId": "i-2"}, "eu-west-1")
    assert bare == Instance("i-2", "eu-west-1", state="unknown")


def test_groups_and_members_are_sorted() -> None:
    found = made(AGG2, AGG1)
    assert found.groups == {
        "aggregators": ["agg1", "agg2"],
        "not_on_aws": ["agg2"],
        "region_eu_central_1": ["agg1"],
        "routing_group_Köln_1": ["agg1"],
        "space_acme": ["agg1", "agg2"],
        "space_globex": ["agg1", "agg2"],
        "vpc_1": ["agg1"],
    }
    assert list(found.groups) == sorted(found.groups)
    assert found.members == [
        {"name": "agg1", "aggregator": "7", "instance_id": "i-1", "region": "eu-central-1"},
        {"name": "agg2", "aggregator": "12"},
    ]
    assert list(made(AGG1, AGG2, group_by=("region",)).groups) == ["aggregators", "not_on_aws", "region_eu_central_1"]


def test_two_spaces_of_one_group_are_refused() -> None:
    bonds = [Bond(1, "a-b", 7), Bond(2, "a_b", 7)]
    assert problems(AGG1, bonds=bonds) == [
        "group space_a_b: space a-b and space a_b would both be this group. Leave space out of group_by, and make "
        "groups by keyed_groups or groups."
    ]
    assert "space_a_b" not in made(AGG1, bonds=bonds, group_by=()).groups


def test_names_of_hosts_are_one_each_and_can_be_given() -> None:
    twin = Aggregator(13, "agg2", ip="203.0.113.13")
    assert problems(AGG1, AGG2, twin) == [
        "host agg2: 2 aggregators have this name (got ids 12, 13; expected one). Give each a name of its own, as "
        "hostnames: {13: ...}."
    ]
    found = made(AGG1, AGG2, twin, hostnames={"13": "agg3", "agg1": "fra1"})
    assert list(found.hosts) == ["agg2", "agg3", "fra1"]
    assert found.hosts["fra1"]["bonding_aggregator"] == "7"
    assert found.hosts["fra1"]["aggregator_name"] == "agg1"


@pytest.mark.parametrize("name", ["a b", "{{ 1 }}", "a\nb", "*", "-a", "a:b", "a/b"])
def test_name_that_is_no_hosts_name_is_refused(name: str) -> None:
    (text,) = problems(Aggregator(7, name, ip="203.0.113.7"))
    assert "the name cannot be a host's" in text
    assert text.endswith("Give another one as hostnames: {7: ...}.")
    assert list(made(Aggregator(7, name, ip="203.0.113.7"), hostnames={"7": "agg1"}).hosts) == ["agg1"]


def test_inventory_is_data_that_a_cache_can_keep() -> None:
    found = made(AGG1, AGG2)
    assert LiveInventory(**json.loads(json.dumps(asdict(found)))) == found
