# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For each right on AWS the step that fails without it, in the order in which a run misses them: a table for each way.

The tests of this folder walk them (tests/playbooks/right_by_right.py); together they are the policies of docs/.
"""

from __future__ import annotations

from ..right_by_right import PREFLIGHT as PLAN

VPC = "pwan_vpc: Create the VPC"
SET_UP_VPC = "pwan_vpc: Configure the VPC"
FIND_VPC = "pwan_vpc: Report the rights that reading the VPC needs"
IGW = "pwan_vpc: Create the internet gateway"
ATTACH_IGW = "pwan_vpc: Attach the internet gateway"
SUBNETS = "pwan_vpc: Report the rights that the subnets need"
TABLES = "pwan_vpc: Create the route tables"
ROUTES = "pwan_vpc: Create the default routes and subnet associations"
ADDRESSES = "eip_cpe_nat: Allocate the Elastic IPs and assign private addresses"
ADDRESSES_GONE = "eip_cpe_nat: Disassociate the Elastic IPs and their private addresses"
ATTACH = "pwan_gateway: Set the source/destination check and attach the interface"
DETACH = "pwan_gateway: Detach and delete the network interface"
NAT_GONE = "pwan_gateway: Delete the NAT gateway"
IGW_GONE = "pwan_vpc: Detach and delete the internet gateway of the space"
SECURITY = "Update security groups and source/destination checks"

LOOK = {
    "DescribeInstances": PLAN,
    "DescribeAddresses": PLAN,
    "DescribeVpcs": PLAN,
    "DescribeInternetGateways": PLAN,
    "DescribeSubnets": PLAN,
    "DescribeSecurityGroups": PLAN,
    "DescribeRouteTables": PLAN,
    "DescribeNetworkInterfaces": PLAN,
    "DescribeInstanceTypes": PLAN,
    "GetSubnetCidrReservations": PLAN,
    "DescribeNatGateways": PLAN,
}
"""A plan of new objects of every kind beside a VPC of ours, from no rights at all."""

BUILD = {
    "CreateVpc": VPC,
    "CreateTags": VPC,
    "DescribeTags": SET_UP_VPC,
    "DescribeVpcAttribute": FIND_VPC,
    "ModifyVpcAttribute": SET_UP_VPC,
    "CreateInternetGateway": IGW,
    "AttachInternetGateway": ATTACH_IGW,
    "CreateSubnet": SUBNETS,
    "CreateRouteTable": TABLES,
    "AssociateRouteTable": ROUTES,
    "CreateRoute": ROUTES,
    "AllocateAddress": ADDRESSES,
    "AssignPrivateIpAddresses": ADDRESSES,
    "AssociateAddress": ADDRESSES,
    "CreateNetworkInterface": "pwan_gateway: Create the network interface",
    "ModifyNetworkInterfaceAttribute": ATTACH,
    "AttachNetworkInterface": ATTACH,
    "CreateNatGateway": "pwan_gateway: Create the NAT gateway",
}
"""A space with a VPC, a gateway with a NAT gateway, and a public address of a bond: from the rights to look."""

RETIRE = {
    "DisassociateAddress": ADDRESSES_GONE,
    "UnassignPrivateIpAddresses": ADDRESSES_GONE,
    "CreateTags": ADDRESSES_GONE,
}
"""The address taken down and kept."""

TAKE_BACK = {"DeleteTags": ADDRESSES}
"""The kept address taken back, with all rights of BUILD."""

NAMES = {"DescribeAddressesAttribute": PLAN, "ModifyAddressAttribute": ADDRESSES}
NO_NAMES = {"ResetAddressAttribute": ADDRESSES}
"""Reverse DNS of the address, and no more."""

TAKE_DOWN = {
    "DeleteRoute": "pwan_gateway: Delete the routes to the gateway",
    "ReplaceRoute": "pwan_gateway: Update the default route to the internet gateway",
    "DeleteNatGateway": NAT_GONE,
    "DescribeTags": NAT_GONE,
    "ReleaseAddress": "pwan_gateway: Disassociate or release the Elastic IPs",
    "DetachNetworkInterface": DETACH,
    "DeleteNetworkInterface": DETACH,
    "DeleteSubnet": "pwan_vpc: Delete the subnets of the space",
    "DeleteRouteTable": "pwan_vpc: Delete the route tables of the space",
    "DetachInternetGateway": IGW_GONE,
    "DeleteInternetGateway": IGW_GONE,
    "DescribeVpcAttribute": FIND_VPC,
    "DeleteVpc": "pwan_vpc: Delete the VPC of the space",
}
"""All of BUILD, the addresses released: from the rights to look and the first two of RETIRE, whose step it is again."""

IPV6 = {
    "DescribeVpcAttribute": FIND_VPC,
    "AssociateVpcCidrBlock": SET_UP_VPC,
    "DescribeTags": SET_UP_VPC,
    "AssociateSubnetCidrBlock": SUBNETS,
    "ModifySubnetAttribute": SUBNETS,
    "CreateRoute": ROUTES,
    "AssignIpv6Addresses": "pwan_gateway: Assign an IPv6 address to the network interface",
}
"""IPv6 for a space whose VPC and gateway are there: from the rights to look."""

GROUPS = {
    "CreateSecurityGroup": SECURITY,
    "CreateTags": SECURITY,
    "AuthorizeSecurityGroupIngress": SECURITY,
    "ModifyNetworkInterfaceAttribute": SECURITY,
}
LESS_OPEN = {"RevokeSecurityGroupIngress": SECURITY}
NO_GROUPS = {
    "ModifyNetworkInterfaceAttribute": SECURITY,
    "DeleteTags": SECURITY,
    "DeleteSecurityGroup": SECURITY,
}
"""Our security groups and direct BGP, a rule that is wanted no more, and the return route: from the rights to look."""

EGRESS_ONLY = {
    "DescribeEgressOnlyInternetGateways": PLAN,
    "CreateEgressOnlyInternetGateway": "pwan_vpc: Create the egress-only internet gateway",
}
NO_EGRESS_ONLY = {
    "DeleteEgressOnlyInternetGateway": "pwan_vpc: Report the right that the deletion needs",
}
"""IPv6 beside a new NAT gateway, and back again: from the rights of BUILD and TAKE_DOWN."""

ALL = (
    EGRESS_ONLY,
    NO_EGRESS_ONLY,
    BUILD,
    RETIRE,
    TAKE_BACK,
    NAMES,
    NO_NAMES,
    TAKE_DOWN,
    IPV6,
    GROUPS,
    LESS_OPEN,
    NO_GROUPS,
    LOOK,
)
