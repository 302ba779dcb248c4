# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources of an EC2 request, as IAM sees them; private to the stand-in.

The table follows "Actions, resources, and condition keys for Amazon EC2" of AWS's Service Authorization Reference. A
resource type that is optional there is judged if the request names one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..ec2.backend import Ec2Backend
from ..ec2.tags import RESOURCE_TYPES

Params = Mapping[str, str]
Tags = Mapping[str, str]


@dataclass(frozen=True)
class Resource:
    """One resource of a request.

    :ivar id: ``*`` for what the request makes, and for what it does not name.
    :ivar tags: those that it has now; none if there is no such object.
    :ivar given: the tags in the request that are meant for it; None if the action has no such keys on this resource.
    :ivar made: whether the request makes it.
    """

    type: str
    id: str = "*"
    tags: Tags = field(default_factory=dict)
    given: Tags | None = None
    made: bool = False

    def arn(self, region: str, account: str) -> str:
        """Its name in policies."""
        return f"arn:aws:ec2:{region}:{account}:{self.type}/{self.id}"


Find = Callable[[Params, Ec2Backend], list[Resource]]
ANY_KIND = "*"


@dataclass(frozen=True)
class Finder:
    """Finds resources of a request.

    :ivar kinds: the types that they may have; ANY_KIND among them for all that there are.
    """

    kinds: tuple[str, ...]
    find: Find


def numbered(params: Params, name: str) -> list[str]:
    """The values of a list: of ``ResourceId.1``, ``ResourceId.2`` and so on."""
    shape = re.compile(rf"{re.escape(name)}\.\d+")
    return [value for key, value in params.items() if shape.fullmatch(key)]


def _tags(params: Params, name: str) -> Tags:
    shape = re.compile(rf"({re.escape(name)}\.\d+)\.Key")
    keys = [(match[1], value) for key, value in params.items() if (match := shape.fullmatch(key))]
    return {value: params.get(f"{prefix}.Value", "") for prefix, value in keys}


def _there(backend: Ec2Backend, kind: str, wanted: str) -> Resource:
    return Resource(kind, wanted, backend.tags.get(wanted, {}))


def _made(kind: str) -> Finder:
    """Return a finder of the resource that the request creates, with the tags that the request gives to its kind."""

    def find(params: Params, backend: Ec2Backend) -> list[Resource]:
        given: dict[str, str] = {}
        for key, value in params.items():
            match = re.fullmatch(r"(TagSpecification\.\d+)\.ResourceType", key)
            if match and value == kind:
                given.update(_tags(params, f"{match[1]}.Tag"))
        return [Resource(kind, given=given, made=True)]

    return Finder((kind,), find)


def _named(kind: str, name: str) -> Finder:
    """Return a finder of the resource that a required parameter names; without the parameter, any of the kind."""
    return Finder((kind,), lambda params, backend: [_there(backend, kind, params.get(name) or "*")])


def _named_if(kind: str, name: str) -> Finder:
    """Return a finder of the resource that an optional parameter names; without the parameter, no resource."""
    return Finder((kind,), lambda params, backend: [_there(backend, kind, params[name])] if params.get(name) else [])


def _groups(params: Params, backend: Ec2Backend) -> list[Resource]:
    # Without any the VPC's default group is taken, which the request does not name.
    return [_there(backend, "security-group", one) for one in numbered(params, "SecurityGroupId") or ["*"]]


def _groups_if(params: Params, backend: Ec2Backend) -> list[Resource]:
    return [_there(backend, "security-group", one) for one in numbered(params, "SecurityGroupId")]


def _address(params: Params, backend: Ec2Backend) -> Any:
    """The Elastic IP that a request names in one of three ways, or None."""
    for name, attribute in (("AllocationId", "id"), ("AssociationId", "association_id"), ("PublicIp", "public_ip")):
        if params.get(name):
            return next((one for one in backend.addresses if getattr(one, attribute) == params[name]), None)
    return None


def _elastic_ip(params: Params, backend: Ec2Backend) -> list[Resource]:
    found = _address(params, backend)
    return [_there(backend, "elastic-ip", found.id if found else params.get("AllocationId") or "*")]


def _interface_of_address(params: Params, backend: Ec2Backend) -> list[Resource]:
    found = _address(params, backend)
    return [_there(backend, "network-interface", found.eni.id)] if found and found.eni is not None else []


def _attached(params: Params, backend: Ec2Backend) -> list[Resource]:
    """Both ends of an attachment."""
    held = (one for one in backend.enis.values() if one.attachment_id == params.get("AttachmentId"))
    found = next(held, None)
    ends = (found.id, found.instance.id) if found else ("*", "*")
    return [_there(backend, "network-interface", ends[0]), _there(backend, "instance", ends[1])]


def _tagged(params: Params, backend: Ec2Backend) -> list[Resource]:
    """Return the resources of CreateTags and DeleteTags. An unknown kind's type is the id's prefix."""
    given = _tags(params, "Tag")
    return [
        Resource(RESOURCE_TYPES.get(prefix, prefix), one, backend.tags.get(one, {}), given)
        for one in numbered(params, "ResourceId")
        for prefix in [one.rpartition("-")[0]]
    ]


_TABLE = _named("route-table", "RouteTableId")
_INTERFACE = _named("network-interface", "NetworkInterfaceId")
_VPC = _named("vpc", "VpcId")
_SUBNET = _named("subnet", "SubnetId")
_GATEWAY = _named("internet-gateway", "InternetGatewayId")
_INSTANCE = _named("instance", "InstanceId")
_GROUP = _named("security-group", "GroupId")
_GROUPS = Finder(("security-group",), _groups)
_GROUPS_IF = Finder(("security-group",), _groups_if)
_ADDRESS = Finder(("elastic-ip",), _elastic_ip)
_INTERFACE_OF_ADDRESS = Finder(("network-interface",), _interface_of_address)
_ATTACHED = Finder(("network-interface", "instance"), _attached)
_TAGGED = Finder((ANY_KIND,), _tagged)

ACTIONS: dict[str, tuple[Finder, ...]] = {
    # EC2 knows no resource of these: their resource is "*".
    "DescribeAccountAttributes": (),
    "DescribeAddresses": (),
    "DescribeAddressesAttribute": (),
    "DescribeEgressOnlyInternetGateways": (),
    "DescribeInstanceStatus": (),
    "DescribeInstanceTypes": (),
    "DescribeInstances": (),
    "DescribeInternetGateways": (),
    "DescribeNatGateways": (),
    "DescribeNetworkInterfaces": (),
    "DescribeRouteTables": (),
    "DescribeSecurityGroups": (),
    "DescribeSubnets": (),
    "DescribeTags": (),
    "DescribeVpcs": (),
    "DescribeVpcAttribute": (_VPC,),
    "GetSubnetCidrReservations": (_SUBNET,),
    "AllocateAddress": (_made("elastic-ip"), _named_if("ipv4pool-ec2", "PublicIpv4Pool")),
    "AssociateAddress": (
        _ADDRESS,
        _named_if("network-interface", "NetworkInterfaceId"),
        _named_if("instance", "InstanceId"),
    ),
    "DisassociateAddress": (_ADDRESS, _INTERFACE_OF_ADDRESS),
    "ReleaseAddress": (_ADDRESS,),
    "ModifyAddressAttribute": (_ADDRESS,),
    "ResetAddressAttribute": (_ADDRESS,),
    "AssignIpv6Addresses": (_INTERFACE,),
    "AssignPrivateIpAddresses": (_INTERFACE,),
    "UnassignPrivateIpAddresses": (_INTERFACE,),
    "CreateNetworkInterface": (_made("network-interface"), _SUBNET, _GROUPS),
    "ModifyNetworkInterfaceAttribute": (_INTERFACE, _GROUPS_IF),
    "AttachNetworkInterface": (_INTERFACE, _INSTANCE),
    "DetachNetworkInterface": (_ATTACHED,),
    "DeleteNetworkInterface": (_INTERFACE,),
    "CreateVpc": (_made("vpc"),),
    "ModifyVpcAttribute": (_VPC,),
    "AssociateVpcCidrBlock": (_VPC,),
    "DeleteVpc": (_VPC,),
    "CreateInternetGateway": (_made("internet-gateway"),),
    "AttachInternetGateway": (_GATEWAY, _VPC),
    "DetachInternetGateway": (_GATEWAY, _VPC),
    "DeleteInternetGateway": (_GATEWAY,),
    "CreateEgressOnlyInternetGateway": (_made("egress-only-internet-gateway"), _VPC),
    "DeleteEgressOnlyInternetGateway": (_named("egress-only-internet-gateway", "EgressOnlyInternetGatewayId"),),
    "CreateSubnet": (_made("subnet"), _VPC),
    "ModifySubnetAttribute": (_SUBNET,),
    "AssociateSubnetCidrBlock": (_SUBNET,),
    "DeleteSubnet": (_SUBNET,),
    "CreateNatGateway": (_made("natgateway"), _SUBNET, _ADDRESS),
    "DeleteNatGateway": (_named("natgateway", "NatGatewayId"),),
    "CreateSecurityGroup": (_made("security-group"), _VPC),
    "AuthorizeSecurityGroupIngress": (_GROUP,),
    "RevokeSecurityGroupIngress": (_GROUP,),
    "DeleteSecurityGroup": (_GROUP,),
    "CreateRouteTable": (_made("route-table"), _VPC),
    "AssociateRouteTable": (_TABLE, _named_if("subnet", "SubnetId"), _named_if("internet-gateway", "GatewayId")),
    "DeleteRouteTable": (_TABLE,),
    "CreateRoute": (_TABLE,),
    "ReplaceRoute": (_TABLE,),
    "DeleteRoute": (_TABLE,),
    "CreateTags": (_TAGGED,),
    "DeleteTags": (_TAGGED,),
}
"""Finders of the resources in each action's request. The judge refuses an action that is not listed here."""

UNMODELLED: dict[str, tuple[str, ...]] = {
    "ModifyNetworkInterfaceAttribute": ("Attachment.",),
}
"""Parameters that add resources which are not found here: by how their names begin."""


def resources_of(action: str, params: Params, backend: Ec2Backend) -> list[Resource]:
    """All resources of a request, each of which must be allowed; none if EC2 knows no resource of this action.

    Raises KeyError for an action that cannot be judged.
    """
    return [resource for finder in ACTIONS[action] for resource in finder.find(params, backend)]
