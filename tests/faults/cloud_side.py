# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of requests that the collection's own modules make to EC2, and the faults that are put into each of them.

What amazon.aws asks for in the roles is not here: tests/playbooks/ways proves it with whole runs.
"""

from __future__ import annotations

from typing import Any

from tests.faults.matrix import Fault, Kind
from tests.faults.world import Call

AGG1, AGG3, OTHER = "eni-0d00000000000a901", "eni-0d00000000000a903", "eni-0d00000000000f001"
VPC, TABLE = "vpc-0d000000000000001", "rtb-0d000000000000001"
SUBNET = "subnet-0d00000000000001a"


def _address(**more: Any) -> Call:
    entry = {"key": "bond-17", "interface_id": AGG1, "private_ip": "10.1.0.40", **more.pop("entry", {})}
    return Call("cpe_nat_eips", {"network": "demo", "entries": [entry], **more})


def _route(**more: Any) -> Call:
    given = {"route_table_id": TABLE, "destination": "172.16.0.0/12", "network_interface_id": OTHER, "network": "demo"}
    return Call("vpc_route", {**given, **more})


def _groups(*ports: int, **more: Any) -> Call:
    key = f"sg/aggregators/{VPC}"
    rules = [{"protocol": "udp", "from_port": port, "to_port": port, "source": "self"} for port in ports]
    options = {
        "network": "demo",
        "groups": [{"key": key, "vpc_id": VPC, "rules": rules}],
        "interfaces": [{"interface_id": AGG1, "groups": [key]}],
    }
    return Call("aggregator_security", {**options, **more})


def _gone_rule() -> Call:
    key, rule = f"sg/aggregators/{VPC}", {"protocol": "udp", "from_port": 9, "to_port": 9, "source": "self"}
    return Call("aggregator_security", {"network": "demo", "groups": [{"key": key, "absent_rules": [rule]}]})


def _ours(ec2: Any, interface: str = OTHER) -> None:
    """Let an interface carry the network's tag."""
    ec2.create_tags(Resources=[interface], Tags=[{"Key": "bonded.internet/network", "Value": "demo"}])


def _with_ipv6(ec2: Any) -> None:
    """Give the aggregators' VPC and its first subnet an IPv6 block, and agg1's interface the network's tag."""
    _ours(ec2, AGG1)
    ec2.associate_vpc_cidr_block(VpcId=VPC, AmazonProvidedIpv6CidrBlock=True)
    (vpc,) = ec2.describe_vpcs(VpcIds=[VPC])["Vpcs"]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    ec2.associate_subnet_cidr_block(SubnetId=SUBNET, Ipv6CidrBlock=block)


MAKE = _address()
GONE = {"state": "absent", "entries": [{"key": "bond-17"}]}
NAMED = _address(entry={"reverse_dns": "mail.example.com"})
MOVED = _address(entry={"interface_id": AGG3}, allow_moves=True)
ADOPTED = _address(entry={"public_ip": "198.51.100.200"})
RELEASED = Call("cpe_nat_eips", {"network": "demo", **GONE, "release": True})
KEPT = Call("cpe_nat_eips", {"network": "demo", **GONE})
CHECK_OFF = Call(
    "aggregator_security", {"network": "demo", "interfaces": [{"interface_id": AGG1, "source_dest_check": False}]}
)
CHECK_ON = Call(
    "aggregator_security", {"network": "demo", "interfaces": [{"interface_id": AGG1, "source_dest_check": True}]}
)
NO_GROUP = Call("aggregator_security", {"network": "demo", "absent": [{"key": f"sg/aggregators/{VPC}"}]})
IPV6 = Call("network_interface_ipv6", {"network_interface_id": AGG1, "network": "demo"})

KINDS = (
    Kind("list Elastic IPs", MAKE, "", "DescribeAddresses"),
    Kind("list network interfaces", MAKE, "", "DescribeNetworkInterfaces"),
    Kind("allocate an Elastic IP", MAKE, "", "AllocateAddress"),
    Kind("assign a private address", MAKE, "", "AssignPrivateIpAddresses"),
    Kind("associate an Elastic IP", MAKE, "", "AssociateAddress"),
    Kind("tag an adopted Elastic IP", ADOPTED, "", "CreateTags"),
    Kind("set a reverse DNS name", NAMED, "", "ModifyAddressAttribute", (MAKE,)),
    Kind("move a private address", MOVED, "", "AssignPrivateIpAddresses", (MAKE,)),
    Kind("disassociate an Elastic IP", KEPT, "", "DisassociateAddress", (MAKE,)),
    Kind("unassign a private address", KEPT, "", "UnassignPrivateIpAddresses", (MAKE,)),
    Kind("tag a kept Elastic IP", KEPT, "", "CreateTags", (MAKE,)),
    Kind("release an Elastic IP", RELEASED, "", "ReleaseAddress", (MAKE,)),
    Kind("list routes", _route(), "", "DescribeRouteTables"),
    Kind("create a route", _route(), "", "CreateRoute"),
    Kind("replace a route", _route(network_interface_id=AGG1), "", "ReplaceRoute", (_route(),), prepare=_ours),
    Kind("delete a route", _route(state="absent"), "", "DeleteRoute", (_route(),), prepare=_ours),
    Kind("assign an IPv6 address", IPV6, "", "AssignIpv6Addresses", prepare=_with_ipv6),
    Kind("create a security group", _groups(4789), "", "CreateSecurityGroup"),
    Kind("add a rule to a security group", _groups(4789, 9), "", "AuthorizeSecurityGroupIngress", (_groups(4789),)),
    Kind("remove a rule of a security group", _gone_rule(), "", "RevokeSecurityGroupIngress", (_groups(4789, 9),)),
    Kind("attach a security group", _groups(4789), "", "ModifyNetworkInterfaceAttribute"),
    Kind("switch a source/destination check off", CHECK_OFF, "", "ModifyNetworkInterfaceAttribute"),
    Kind("tag the value of a source/destination check", CHECK_OFF, "", "CreateTags"),
    Kind("remove the tag of a source/destination check", CHECK_ON, "", "DeleteTags", (CHECK_OFF,)),
    Kind("delete a security group", NO_GROUP, "", "DeleteSecurityGroup", (_groups(4789),)),
)
"""Each action of EC2 that a module of the collection asks for by itself, at least once."""

WRITE, MAKING = frozenset({"write"}), frozenset({"making"})

FAULTS = (
    Fault("InternalError", {"code": "InternalError"}),
    Fault("InternalError for ever", {"code": "InternalError", "count": None}),
    Fault("Unavailable", {"code": "Unavailable"}),
    Fault("RequestLimitExceeded three times", {"code": "RequestLimitExceeded", "count": 3}),
    Fault("RequestLimitExceeded for ever", {"code": "RequestLimitExceeded", "count": None}),
    Fault("Throttling", {"code": "Throttling"}),
    Fault("UnauthorizedOperation", {"code": "UnauthorizedOperation", "message": "You are not authorized."}),
    Fault("AuthFailure", {"code": "AuthFailure", "message": "AWS was not able to validate the provided credentials"}),
    Fault("InvalidParameterValue", {"code": "InvalidParameterValue", "message": "Not this."}),
    Fault("a quota", {"code": "AddressLimitExceeded", "message": "The maximum has been reached."}, WRITE),
    Fault("IncorrectState", {"code": "IncorrectInstanceState", "message": "Not now."}, WRITE),
    Fault("cut before", {"kind": "broken"}),
    Fault("cut before, for ever", {"kind": "broken", "count": None}),
    Fault("answer lost", {"kind": "lost"}),
    Fault("answer lost for ever", {"kind": "lost", "count": None}),
    Fault("unknown for three calls", {"kind": "hidden", "calls": 3}, MAKING),
    Fault("unknown for one call", {"kind": "hidden", "calls": 1}, MAKING),
)
