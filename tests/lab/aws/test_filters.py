# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the Describe actions: what each finds, and that no other one is taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest

from lab.aws.ec2.backend import DESCRIBE_SPECS, FILTERS_CHECKED_BY_MOTO
from lab.aws.ec2.describe import DescribeSpec

from .conftest import Lab, refused

(ADDRESSES, INSTANCES, STATUSES, INTERFACES, ROUTE_TABLES, SUBNETS, VPCS, GATEWAYS, GROUPS, ZONES, NAT_GATEWAYS) = (
    DESCRIBE_SPECS[f"Describe{name}"]
    for name in (
        *("Addresses", "Instances", "InstanceStatus", "NetworkInterfaces", "RouteTables", "Subnets", "Vpcs"),
        *("InternetGateways", "SecurityGroups", "AvailabilityZones", "NatGateways"),
    )
)
TAGS = DESCRIBE_SPECS["DescribeTags"]
# EC2 takes these all the same: amazon.aws sends the first two.
UNDOCUMENTED = {"DescribeAddresses": {"domain"}, "DescribeVpcs": {"isDefault", "cidr-block"}}


def ask(lab: Lab, kind: DescribeSpec, **filters: str | list[str]) -> list[Any]:
    """Return the objects that an action lists with these filters; in names, `_` stands for `-` and `__` for `.`."""
    listed = [{"Name": name, "Values": [text] if isinstance(text, str) else text} for name, text in filters.items()]
    # NAT gateways alone call the parameter by its singular.
    parameter = "Filter" if kind is NAT_GATEWAYS else "Filters"
    call = getattr(lab.ec2, re.sub(r"(?<!^)(?=[A-Z])", "_", kind.action).lower())
    found: list[Any] = call(**{parameter: listed})[kind.result]
    return found


def ids(kind: DescribeSpec, found: list[Any]) -> set[str]:
    if kind is INSTANCES:
        return {one["InstanceId"] for reservation in found for one in reservation["Instances"]}
    key = {"name": "ZoneName", "id": "InstanceId"}.get(kind.id, kind.id)
    return {one[key] for one in found}


EXPECTED: list[tuple[DescribeSpec, str, str, set[str]]] = [
    (ADDRESSES, "allocation-id", "eipalloc-0a000001", {"eipalloc-0a000001"}),
    (ADDRESSES, "domain", "vpc", {"eipalloc-0a000001", "eipalloc-0a000002", "eipalloc-0a000003"}),
    (ADDRESSES, "instance-id", "i-0a000001", {"eipalloc-0a000003"}),
    (ADDRESSES, "network-interface-id", "eni-0a000001", {"eipalloc-0a000003"}),
    (ADDRESSES, "private-ip-address", "10.0.1.21", {"eipalloc-0a000003"}),
    (ADDRESSES, "private-ip-address", "10.0.1.10", set()),
    (ADDRESSES, "public-ip", "203.0.113.102", {"eipalloc-0a000002"}),
    (ADDRESSES, "tag:Name", "bound", {"eipalloc-0a000003"}),
    (ADDRESSES, "tag-key", "Name", {"eipalloc-0a000001", "eipalloc-0a000003"}),
    (INTERFACES, "addresses.private-ip-address", "10.0.1.20", {"eni-0a000001"}),
    (INTERFACES, "private-ip-address", "10.0.1.21", {"eni-0a000001"}),
    (INTERFACES, "addresses.association.public-ip", "203.0.113.103", {"eni-0a000001"}),
    (INTERFACES, "association.public-ip", "198.51.100.201", {"eni-0a000001"}),
    (INTERFACES, "association.public-ip", "203.0.113.103", set()),
    (INTERFACES, "attachment.device-index", "1", {"eni-0a00000d"}),
    (INTERFACES, "attachment.device-index", "0", {"eni-0a000001", "eni-0a000002", "eni-0a000003"}),
    (INTERFACES, "attachment.instance-id", "i-0a000001", {"eni-0a000001", "eni-0a00000d"}),
    (INTERFACES, "attachment.status", "attached", {f"eni-0a00000{last}" for last in "123d"}),
    (INTERFACES, "availability-zone", "eu-central-1b", {"eni-0a000003", "eni-0a00000e"}),
    (INTERFACES, "description", "sec*", {"eni-0a00000d"}),
    (INTERFACES, "group-id", "sg-0a000001", {"eni-0a000001"}),
    (INTERFACES, "source-dest-check", "false", {"eni-0a00000d"}),
    (INTERFACES, "status", "available", {"eni-0a00000e", "eni-0a00000f", "eni-0b00000f"}),
    (INTERFACES, "subnet-id", "subnet-0b00000a", {"eni-0b00000f"}),
    (INTERFACES, "tag:Name", "free", {"eni-0a00000f"}),
    (INTERFACES, "vpc-id", "vpc-0b000000", {"eni-0b00000f"}),
    (INSTANCES, "instance-id", "i-0a000002", {"i-0a000002"}),
    (INSTANCES, "instance-state-name", "running", {"i-0a000001", "i-0a000002", "i-0a000003"}),
    (INSTANCES, "instance-state-code", "16", {"i-0a000001", "i-0a000002", "i-0a000003"}),
    (INSTANCES, "instance.group-id", "sg-0a000001", {"i-0a000001"}),
    (INSTANCES, "ip-address", "198.51.100.201", {"i-0a000001"}),
    (INSTANCES, "network-interface.addresses.association.public-ip", "203.0.113.103", {"i-0a000001"}),
    (INSTANCES, "network-interface.addresses.private-ip-address", "10.0.1.20", {"i-0a000001"}),
    (INSTANCES, "network-interface.network-interface-id", "eni-0a00000d", {"i-0a000001"}),
    (INSTANCES, "network-interface.subnet-id", "subnet-0a00000b", {"i-0a000003"}),
    (INSTANCES, "private-ip-address", "10.0.1.11", {"i-0a000002"}),
    (INSTANCES, "tag:role", "agg*", {"i-0a000001", "i-0a000002"}),
    (INSTANCES, "vpc-id", "vpc-0a000000", {"i-0a000001", "i-0a000002", "i-0a000003"}),
    (STATUSES, "instance-state-name", "running", {"i-0a000001", "i-0a000002", "i-0a000003"}),
    (ROUTE_TABLES, "association.main", "true", {"rtb-0a000000", "rtb-0b000000", "rtb-0c000000"}),
    (ROUTE_TABLES, "association.subnet-id", "subnet-0a00000b", {"rtb-0a000001"}),
    (ROUTE_TABLES, "association.gateway-id", "igw-0a000000", set()),
    (ROUTE_TABLES, "route.destination-cidr-block", "0.0.0.0/0", {"rtb-0a000000"}),
    (ROUTE_TABLES, "route.gateway-id", "igw-0a000000", {"rtb-0a000000"}),
    (ROUTE_TABLES, "route.instance-id", "i-0a000001", set()),
    (ROUTE_TABLES, "route.state", "blackhole", set()),
    (ROUTE_TABLES, "tag:Name", "second", {"rtb-0a000001"}),
    (ROUTE_TABLES, "vpc-id", "vpc-0a000000", {"rtb-0a000000", "rtb-0a000001"}),
    (SUBNETS, "cidr", "10.0.1.0/24", {"subnet-0a00000a"}),
    (SUBNETS, "cidr-block", "10.0.1.0/24", {"subnet-0a00000a"}),
    (SUBNETS, "availability-zone", "eu-central-1b", {"subnet-0a00000b"}),
    (SUBNETS, "ipv6-cidr-block-association.state", "associated", set()),
    (SUBNETS, "tag:Name", "a1", {"subnet-0a00000a"}),
    (VPCS, "cidr", "10.0.0.0/16", {"vpc-0a000000"}),
    (VPCS, "cidr-block-association.cidr-block", "10.1.0.0/16", {"vpc-0b000000"}),
    (VPCS, "ipv6-cidr-block-association.state", "associated", {"vpc-0c000000"}),
    (VPCS, "is-default", "true", set()),
    (VPCS, "tag:Name", "a", {"vpc-0a000000"}),
    (GATEWAYS, "attachment.vpc-id", "vpc-0a000000", {"igw-0a000000"}),
    (GATEWAYS, "attachment.vpc-id", "vpc-0b000000", set()),
    (GROUPS, "group-name", "two", {"sg-0a000002"}),
    (GROUPS, "ip-permission.cidr", "10.0.0.0/8", {"sg-0a000001"}),
    (GROUPS, "ip-permission.group-id", "sg-0a000001", {"sg-0a000001"}),
    (GROUPS, "ip-permission.to-port", "4789", {"sg-0a000001"}),
    (GROUPS, "vpc-id", "vpc-0b000000", {"sg-0b000000"}),
    (ZONES, "zone-name", "*b", {"eu-central-1b"}),
]


@pytest.mark.parametrize(
    ("kind", "name", "value", "expected"),
    [pytest.param(*row, id=f"{row[0].action} {row[1]}={row[2]}") for row in EXPECTED],
)
def test_a_filter_finds(lab: Lab, kind: DescribeSpec, name: str, value: str, expected: set[str]) -> None:
    assert ids(kind, ask(lab, kind, **{name: value})) == expected


@pytest.mark.parametrize("kind", DESCRIBE_SPECS.values(), ids=DESCRIBE_SPECS.keys())
def test_every_filter_is_taken_and_filters(lab: Lab, kind: DescribeSpec) -> None:
    tags = ["tag:Name", "tag-key"] if kind.tags and kind is not TAGS else []
    for name in (*kind.filters, *tags):
        assert ask(lab, kind, **{name: "sg-no such value"}) == [], name


@pytest.mark.parametrize("kind", DESCRIBE_SPECS.values(), ids=DESCRIBE_SPECS.keys())
def test_any_other_filter_is_refused(lab: Lab, kind: DescribeSpec) -> None:
    with refused("InvalidParameterValue", f"for {kind.action}"):
        ask(lab, kind, **{"no-such-filter": "x"})


@pytest.mark.parametrize("kind", DESCRIBE_SPECS.values(), ids=DESCRIBE_SPECS.keys())
def test_ec2_documents_the_filters(kind: DescribeSpec) -> None:
    model = botocore.session.get_session().get_service_model("ec2").operation_model(kind.action)
    assert model.input_shape is not None
    members = model.input_shape.members
    text = members["Filter" if kind is NAT_GATEWAYS else "Filters"].documentation
    documented = set(re.findall(r"<code>([\w.:-]+)</code>", text))
    missing = set(kind.filters) - documented - UNDOCUMENTED.get(kind.action, set())
    assert not missing


# What there is of each kind, beside the seed, and a filter of EC2's that finds it and one that does not.
MOTOS: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "DescribeDhcpOptions": (lambda ec2: None, "dhcp-options-id", "dopt-00000000"),
    "DescribeImages": (lambda ec2: None, "architecture", "arm64"),
    "DescribeInstanceTypes": (lambda ec2: None, "instance-type", "t3.nano"),
    "DescribeKeyPairs": (lambda ec2: ec2.create_key_pair(KeyName="one"), "key-name", "one"),
    "DescribeLaunchTemplates": (
        lambda ec2: ec2.create_launch_template(LaunchTemplateName="one", LaunchTemplateData={"ImageId": "ami-1"}),
        "launch-template-name",
        "one",
    ),
    "DescribeNetworkAcls": (lambda ec2: None, "vpc-id", "vpc-0a000000"),
    "DescribeSnapshots": (lambda ec2: snapshot(ec2), "description", "one"),
    "DescribeVolumes": (lambda ec2: snapshot(ec2), "size", "3"),
    "DescribeVpcEndpoints": (
        lambda ec2: ec2.create_vpc_endpoint(VpcId="vpc-0a000000", ServiceName="com.amazonaws.eu-central-1.s3"),
        "vpc-id",
        "vpc-0a000000",
    ),
    "DescribeVpnGateways": (lambda ec2: ec2.create_vpn_gateway(Type="ipsec.1"), "type", "ipsec.1"),
}


def snapshot(ec2: Any) -> None:
    """Make a volume and a snapshot of it."""
    volume = ec2.create_volume(AvailabilityZone="eu-central-1a", Size=3)["VolumeId"]
    ec2.create_snapshot(VolumeId=volume, Description="one")


@pytest.mark.parametrize("action", sorted(FILTERS_CHECKED_BY_MOTO))
def test_filters_of_moto_where_it_refuses_those_that_it_does_not_know(lab: Lab, action: str) -> None:
    make, name, value = MOTOS[action]
    make(lab.ec2)

    def found(name: str, value: str) -> int:
        call = getattr(lab.ec2, re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower())
        answer = call(Filters=[{"Name": name, "Values": [value]}])
        return max(len(listed) for listed in answer.values() if isinstance(listed, list))

    assert found(name, value) > 0
    assert found(name, "no-such-value") == 0
    with pytest.raises(lab.ec2.exceptions.ClientError) as caught:
        found("no-such-filter", "x")
    assert "no-such-filter" in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize("action", ["describe_vpc_peering_connections", "describe_transit_gateways"])
def test_filters_that_moto_would_ignore_are_refused(lab: Lab, action: str) -> None:
    getattr(lab.ec2, action)()
    with refused("InvalidParameterValue", "no-such-filter"):
        getattr(lab.ec2, action)(Filters=[{"Name": "no-such-filter", "Values": ["x"]}])


def test_several_filters_must_all_hold_and_values_are_alternatives(lab: Lab) -> None:
    role = {"tag:role": "aggregator"}
    assert ids(INSTANCES, ask(lab, INSTANCES, **role, **{"tag:Name": "agg2"})) == {"i-0a000002"}
    assert ids(INSTANCES, ask(lab, INSTANCES, **role, **{"subnet-id": "subnet-0a00000b"})) == set()
    two = {"vpc-id": ["vpc-0a000000", "vpc-0b000000"]}
    assert ids(SUBNETS, ask(lab, SUBNETS, **two)) == {f"subnet-0a00000{x}" for x in "abc"} | {"subnet-0b00000a"}


def test_wildcards(lab: Lab) -> None:
    assert ids(INSTANCES, ask(lab, INSTANCES, **{"tag:Name": "agg?"})) == {"i-0a000001", "i-0a000002"}
    assert ids(INSTANCES, ask(lab, INSTANCES, **{"tag:Name": "*2"})) == {"i-0a000002"}
    assert ids(INSTANCES, ask(lab, INSTANCES, **{"tag:Name": r"agg\?"})) == set()
    assert ids(INSTANCES, ask(lab, INSTANCES, **{"tag:Name": "AGG1"})) == set()
    assert ids(INSTANCES, ask(lab, INSTANCES, **{"tag:Name": "agg[12]"})) == set()


def test_pages(lab: Lab) -> None:
    pages = list(lab.ec2.get_paginator("describe_network_interfaces").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(one["NetworkInterfaces"]) for one in pages] == [5, 2]
    every = lab.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert [one for shown in pages for one in shown["NetworkInterfaces"]] == every
