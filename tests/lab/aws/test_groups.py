# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups as AWS's texts have them: names, descriptions, rules, and requests that are refused whole."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Lab, refused

VPC = "vpc-0a000000"
ALLOWED = "._-:/()#,@[]+=&;{}!$*"


def group(lab: Lab, name: str = "gg", description: str = "d", vpc: str = VPC) -> str:
    made = lab.ec2.create_security_group(GroupName=name, Description=description, VpcId=vpc)
    return str(made["GroupId"])


def tcp(cidr: str, low: int | None = 80, high: int | None = 80, **more: str) -> dict[str, Any]:
    ports = {name: value for name, value in (("FromPort", low), ("ToPort", high)) if value is not None}
    return {"IpProtocol": "tcp", **ports, "IpRanges": [{"CidrIp": cidr, **more}]}


def tcp_ipv6(cidr: str, port: int) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "Ipv6Ranges": [{"CidrIpv6": cidr}]}


def admit(lab: Lab, number: str, *permissions: dict[str, Any]) -> None:
    lab.ec2.authorize_security_group_ingress(GroupId=number, IpPermissions=list(permissions))


def revoke(lab: Lab, number: str, *permissions: dict[str, Any]) -> Any:
    return lab.ec2.revoke_security_group_ingress(GroupId=number, IpPermissions=list(permissions))


def rules(lab: Lab, number: str) -> list[tuple[Any, ...]]:
    found = lab.ec2.describe_security_groups(GroupIds=[number])["SecurityGroups"][0]["IpPermissions"]
    return sorted(
        (one["IpProtocol"], one.get("FromPort"), one.get("ToPort"), source.get("CidrIp") or source.get("GroupId"))
        for one in found
        for source in (*one["IpRanges"], *one["UserIdGroupPairs"])
    )


@pytest.mark.parametrize("name", ["sg-foo", "SG-foo", "gruppé", "a" * 256, 'quo"te'])
def test_a_name_that_ec2_does_not_take(lab: Lab, name: str) -> None:
    with refused("InvalidParameterValue"):
        group(lab, name)


@pytest.mark.parametrize("text", ["straße", "a" * 256, "tab\t"])
def test_a_description_that_ec2_does_not_take(lab: Lab, text: str) -> None:
    with refused("InvalidParameterValue"):
        group(lab, "gg", text)
    number = group(lab)
    with refused("InvalidParameterValue"):
        admit(lab, number, tcp("192.0.2.0/24", Description=text))


def test_what_ec2_takes(lab: Lab) -> None:
    number = group(lab, f"sg of {ALLOWED}"[:255], ALLOWED)
    admit(lab, number, tcp("192.0.2.0/24", Description=ALLOWED))
    assert rules(lab, number) == [("tcp", 80, 80, "192.0.2.0/24")]


def test_names_have_no_case_and_are_unique_in_their_vpc(lab: Lab) -> None:
    group(lab, "gg")
    with refused("InvalidGroup.Duplicate"):
        group(lab, "GG")
    other = lab.ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    assert group(lab, "GG", vpc=other)


def test_host_bits_are_taken_off_and_the_same_network_is_a_duplicate(lab: Lab) -> None:
    number = group(lab)
    admit(lab, number, tcp("100.68.0.18/18"))
    assert rules(lab, number) == [("tcp", 80, 80, "100.68.0.0/18")]
    with refused("InvalidPermission.Duplicate"):
        admit(lab, number, tcp("100.68.0.20/18"))
    with refused("InvalidPermission.Duplicate"):  # a description makes no other rule
        admit(lab, number, tcp("100.68.0.0/18", Description="another"))


@pytest.mark.parametrize("cidr", ["192.0.2.1", "192.0.2.0/33", "nonsense"])
def test_a_network_that_is_none(lab: Lab, cidr: str) -> None:
    number = group(lab)
    with refused("InvalidParameterValue"):
        admit(lab, number, tcp(cidr))


def test_a_request_adds_all_its_rules_or_none(lab: Lab) -> None:
    number = group(lab)
    admit(lab, number, tcp("192.0.2.0/24"))
    for second in (tcp("192.0.2.0/24"), tcp("203.0.113.0/24")):
        with refused("InvalidPermission.Duplicate"):
            admit(lab, number, tcp("203.0.113.0/24"), second)
    assert rules(lab, number) == [("tcp", 80, 80, "192.0.2.0/24")]


def test_a_revoke_takes_all_its_rules_away_or_none(lab: Lab) -> None:
    number = group(lab)
    admit(lab, number, tcp("192.0.2.0/24"), tcp("203.0.113.0/24"))
    with refused("InvalidPermission.NotFound"):
        revoke(lab, number, tcp("192.0.2.0/24"), tcp("198.51.100.0/24"))
    assert len(rules(lab, number)) == 2
    revoke(lab, number, tcp("192.0.2.7/24", Description="never mind"))
    assert rules(lab, number) == [("tcp", 80, 80, "203.0.113.0/24")]


def test_in_a_default_vpc_a_revoke_returns_what_is_not_there(lab: Lab) -> None:
    default = lab.ec2.create_default_vpc()["Vpc"]["VpcId"]
    number = group(lab, vpc=default)
    admit(lab, number, tcp("192.0.2.0/24"))
    answer = revoke(lab, number, tcp("192.0.2.0/24"), tcp("198.51.100.0/24"))
    assert [one["IpRanges"][0]["CidrIp"] for one in answer["UnknownIpPermissions"]] == ["198.51.100.0/24"]
    assert rules(lab, number) == []


def test_rules_by_their_ids(lab: Lab) -> None:
    number = group(lab)
    admit(lab, number, tcp("192.0.2.0/24"), tcp("203.0.113.0/24"))
    filters = [{"Name": "group-id", "Values": [number]}]
    listed = lab.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    first = next(one["SecurityGroupRuleId"] for one in listed if one.get("CidrIpv4") == "192.0.2.0/24")
    with refused("InvalidSecurityGroupRuleId.NotFound"):
        lab.ec2.revoke_security_group_ingress(GroupId=number, SecurityGroupRuleIds=[first, "sgr-0123456789abcdef0"])
    lab.ec2.revoke_security_group_ingress(GroupId=number, SecurityGroupRuleIds=[first])
    assert rules(lab, number) == [("tcp", 80, 80, "203.0.113.0/24")]


@pytest.mark.parametrize(
    "permission",
    [
        pytest.param({"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}, id="no source"),
        pytest.param(tcp("192.0.2.0/24", 9, 2), id="ports 9 to 2"),
        pytest.param(tcp("192.0.2.0/24", None, None), id="TCP without ports"),
        pytest.param(tcp("192.0.2.0/24", 80, None), id="TCP with one port"),
        pytest.param(tcp("192.0.2.0/24", 0, 65536), id="a port above all"),
        pytest.param({**tcp("192.0.2.0/24", -1, 3), "IpProtocol": "icmp"}, id="all types of ICMP, one code"),
        pytest.param({**tcp("192.0.2.0/24"), "IpProtocol": "gre"}, id="no name of a protocol"),
        pytest.param({**tcp("192.0.2.0/24"), "IpProtocol": "256"}, id="no number of a protocol"),
    ],
)
def test_a_rule_that_is_none(lab: Lab, permission: dict[str, Any]) -> None:
    number = group(lab)
    with refused("InvalidParameterValue"):
        admit(lab, number, permission)
    assert rules(lab, number) == []


def test_protocols_without_ports(lab: Lab) -> None:
    number = group(lab)
    gre = {"IpProtocol": "47", "IpRanges": [{"CidrIp": "192.0.2.0/24"}]}
    admit(lab, number, gre, {**tcp("192.0.2.0/24", 3, 4), "IpProtocol": "icmp"})
    assert rules(lab, number) == [("47", None, None, "192.0.2.0/24"), ("icmp", 3, 4, "192.0.2.0/24")]
    with refused("InvalidPermission.Duplicate"):  # its ports count for nothing
        admit(lab, number, {**tcp("192.0.2.0/24"), "IpProtocol": "47"})
    with refused("InvalidPermission.Duplicate"):
        admit(lab, number, {**tcp("192.0.2.0/24", 3, 4), "IpProtocol": "1"})
    revoke(lab, number, gre)
    assert len(rules(lab, number)) == 1


def test_a_group_of_another_vpc_is_no_source(lab: Lab) -> None:
    other = lab.ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    number, foreign, own = group(lab), group(lab, vpc=other), group(lab, "own")
    for source, code in ((foreign, "InvalidGroup.NotFound"), ("sg-0123456789abcdef0", "InvalidGroup.NotFound")):
        with refused(code):
            admit(lab, number, {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": source}]})
    admit(lab, number, {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": own}]})
    assert rules(lab, number) == [("-1", None, None, own)]
    with refused("DependencyViolation"):
        lab.ec2.delete_security_group(GroupId=own)


def test_egress_is_judged_too(lab: Lab) -> None:
    number = group(lab)
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    with refused("InvalidPermission.Duplicate"):
        lab.ec2.authorize_security_group_egress(GroupId=number, IpPermissions=[everything])
    with refused("InvalidPermission.NotFound"):
        lab.ec2.revoke_security_group_egress(GroupId=number, IpPermissions=[everything, tcp("192.0.2.0/24")])
    lab.ec2.revoke_security_group_egress(GroupId=number, IpPermissions=[everything])
    found = lab.ec2.describe_security_groups(GroupIds=[number])["SecurityGroups"][0]
    assert found["IpPermissionsEgress"] == []


def test_a_group_has_sixty_rules(lab: Lab) -> None:
    number = group(lab)
    admit(lab, number, *(tcp("192.0.2.0/24", port, port) for port in range(1, 61)))
    with refused("RulesPerSecurityGroupLimitExceeded"):
        admit(lab, number, tcp("192.0.2.0/24", 61, 61))


def test_sixty_rules_are_of_ipv4_and_sixty_of_ipv6_and_one_from_a_group_is_both(lab: Lab) -> None:
    number = group(lab)
    admit(lab, number, *(tcp("192.0.2.0/24", port, port) for port in range(1, 60)))
    admit(lab, number, *(tcp_ipv6("2001:db8::/32", port) for port in range(1, 60)))
    admit(lab, number, {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": number}]})
    for one in (tcp("192.0.2.0/24", 60, 60), tcp_ipv6("2001:db8::/32", 60)):
        with refused("RulesPerSecurityGroupLimitExceeded"):
            admit(lab, number, one)


def test_rules_of_ipv4_and_ipv6_with_the_same_ports_are_shown_as_one_permission(lab: Lab) -> None:
    number = group(lab)
    admit(lab, number, tcp("0.0.0.0/0") | {"Ipv6Ranges": [{"CidrIpv6": "::/0", "Description": "all"}]})
    (found,) = lab.ec2.describe_security_groups(GroupIds=[number])["SecurityGroups"][0]["IpPermissions"]
    assert found["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]
    assert found["Ipv6Ranges"] == [{"CidrIpv6": "::/0", "Description": "all"}]
    with refused("InvalidPermission.Duplicate"):
        admit(lab, number, tcp_ipv6("::/0", 80))
    revoke(lab, number, tcp_ipv6("::/0", 80))
    assert rules(lab, number) == [("tcp", 80, 80, "0.0.0.0/0")]


def test_a_description_is_changed_and_said_to_be(lab: Lab) -> None:
    number = group(lab)
    admit(lab, number, tcp("192.0.2.0/24", Description="old"))
    answer = lab.ec2.update_security_group_rule_descriptions_ingress(
        GroupId=number, IpPermissions=[tcp("192.0.2.0/24", Description="new")]
    )
    assert answer["Return"] is True
    found = lab.ec2.describe_security_groups(GroupIds=[number])["SecurityGroups"][0]["IpPermissions"]
    assert found[0]["IpRanges"][0]["Description"] == "new"


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "an instance": ("describe_instances", {"InstanceIds": ["i-xyz"]}, "InvalidInstanceID.Malformed"),
    "a group": ("describe_security_groups", {"GroupIds": ["nonsense"]}, "InvalidGroupId.Malformed"),
    "a group that is an instance": ("delete_security_group", {"GroupId": "i-0a000001"}, "InvalidGroupId.Malformed"),
    "an interface": (
        "describe_network_interfaces",
        {"NetworkInterfaceIds": ["vpc-0a000000"]},
        "InvalidNetworkInterfaceId.Malformed",
    ),
    "an address": ("release_address", {"AllocationId": "bogus"}, "InvalidAllocationID.NotFound"),
    "an association": ("disassociate_address", {"AssociationId": "bogus"}, "InvalidAssociationID.NotFound"),
    "a VPC of a group": (
        "create_security_group",
        {"GroupName": "x", "Description": "d", "VpcId": "bogus"},
        "InvalidVpcID.NotFound",
    ),
    "a VPC": ("describe_vpcs", {"VpcIds": ["subnet-0a00000a"]}, "InvalidVpcID.NotFound"),
    "a subnet": ("describe_subnets", {"SubnetIds": ["bogus"]}, "InvalidSubnetID.NotFound"),
    "a route table": ("describe_route_tables", {"RouteTableIds": ["bogus"]}, "InvalidRouteTableID.NotFound"),
    "an internet gateway": (
        "describe_internet_gateways",
        {"InternetGatewayIds": ["bogus"]},
        "InvalidInternetGatewayID.NotFound",
    ),
    "an attachment": ("detach_network_interface", {"AttachmentId": "bogus"}, "InvalidAttachmentID.NotFound"),
    "an object to tag": ("create_tags", {"Resources": ["bogus"], "Tags": [{"Key": "a", "Value": "b"}]}, "InvalidID"),
    "one that is not there": (
        "describe_instances",
        {"InstanceIds": ["i-0123456789abcdef0"]},
        "InvalidInstanceID.NotFound",
    ),
}


@pytest.mark.parametrize(("method", "given", "code"), WRONG.values(), ids=WRONG.keys())
def test_an_id_of_a_wrong_kind_is_refused_as_its_parameter_says(
    lab: Lab, method: str, given: dict[str, Any], code: str
) -> None:
    with refused(code):
        getattr(lab.ec2, method)(**given)
