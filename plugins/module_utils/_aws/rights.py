# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether EC2 would let the plan's requests pass, asked by dry runs. Private to the collection.

A dry run needs the ids of what it acts on: so it is asked what makes something by itself, and what acts on objects that
are there already, each action once. The others (NO_DRY_RUN, and what acts on what the run itself makes) fail by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .._design.items import KNOWN_AFTER_APPLY, Item
from .._design.naming import TAG_RETIRED, owned, tags
from .._design.state import Cloud
from ._ec2 import NOT_ALLOWED, Ec2Client, Ec2Error, as_tags, call

ALLOWED = "DryRunOperation"
NO_DRY_RUN = (
    "AssignIpv6Addresses",
    "AssignPrivateIpAddresses",
    "UnassignPrivateIpAddresses",
    "AssociateVpcCidrBlock",
    "AssociateSubnetCidrBlock",
    "ModifyVpcAttribute",
    "ModifySubnetAttribute",
)
"""Actions of the policy that EC2 has no dry run of."""
_TARGETS = {"eni-": "NetworkInterfaceId", "nat-": "NatGatewayId", "igw-": "GatewayId"}
Request = tuple[str, dict[str, Any]]
"""A method of boto3 and its parameters."""


def dry_runs(items: Iterable[Item], network: str, cloud: Cloud) -> Iterator[Request]:
    """One request for each action, of the first item that has all ids for it."""
    ids = _Ids(network, cloud)
    makers = {"create": ids.create, "update": ids.update, "delete": ids.delete}
    asked: set[str] = set()
    for item in items:
        found = makers[item.verb](item) if item.system == "aws" else None
        if found and found[0] not in asked:
            asked.add(found[0])
            yield found


class _Ids:
    """The requests of items, as far as the objects that they name are there."""

    def __init__(self, network: str, cloud: Cloud) -> None:
        self._network, self._cloud = network, cloud

    def _id(self, objects: dict[str, Any], name: str) -> str | None:
        """By its id or its key."""
        found = objects.get(name) or owned(self._network, name, objects.values())
        return found.id if found else None

    def _tagged(self, kind: str, item: Item) -> dict[str, Any]:
        return {"TagSpecifications": [{"ResourceType": kind, "Tags": as_tags(tags(self._network, item.key))}]}

    def _address(self, key: str) -> str | None:
        found = owned(self._network, key, self._cloud.addresses)
        return found.allocation_id if found else None

    def create(self, item: Item) -> Request | None:
        """What is made by itself, or inside of something that is there."""
        after, cloud = item.after or {}, self._cloud
        if item.kind == "elastic_ip":
            return "allocate_address", {"Domain": "vpc", **self._tagged("elastic-ip", item)}
        if item.kind == "vpc":
            return "create_vpc", {"CidrBlock": after["cidr"], **self._tagged("vpc", item)}
        if item.kind == "internet_gateway":
            return "create_internet_gateway", self._tagged("internet-gateway", item)
        if item.kind == "security_group" and item.parent.startswith("vpc-"):
            name = {"GroupName": f"{self._network}-dry-run", "Description": "dry run", "VpcId": item.parent}
            return "create_security_group", {**name, **self._tagged("security-group", item)}
        if item.kind in ("subnet", "route_table") and (vpc := self._id(cloud.vpcs, item.parent)):
            subnet = {"CidrBlock": after.get("cidr"), "AvailabilityZone": after.get("zone")}
            given = {"VpcId": vpc, **(subnet if item.kind == "subnet" else {})}
            return f"create_{item.kind}", given | self._tagged(item.kind.replace("_", "-"), item)
        if item.kind == "network_interface" and (within := self._id(cloud.subnets, item.parent)):
            return "create_network_interface", {"SubnetId": within, **self._tagged("network-interface", item)}
        if item.kind == "attachment" and (interface := self._id(cloud.interfaces, item.key)):
            given = {"InstanceId": item.parent, "NetworkInterfaceId": interface, "DeviceIndex": 1}
            return "attach_network_interface", given
        if item.kind == "address_association":
            return self._association(item)
        if item.kind == "route":
            return self._route("create_route", item)
        return None

    def _association(self, item: Item) -> Request | None:
        after = item.after or {}
        given = {
            "AllocationId": self._address(item.key),
            "NetworkInterfaceId": after.get("interface_id"),
            "PrivateIpAddress": after.get("private_ip"),
        }
        known = all(given.values()) and KNOWN_AFTER_APPLY not in given.values()
        return ("associate_address", given) if known else None

    def _main(self, name: str) -> str | None:
        """The main table of a VPC, by its name in the plan."""
        vpc = self._id(self._cloud.vpcs, name.removesuffix("/main"))
        return next((t.id for t in self._cloud.route_tables.values() if t.main and t.vpc_id == vpc), None)

    def _route(self, method: str, item: Item) -> Request | None:
        table = self._id(self._cloud.route_tables, item.parent) or self._main(item.parent)
        field = "DestinationIpv6CidrBlock" if ":" in item.key else "DestinationCidrBlock"
        given: dict[str, Any] = {"RouteTableId": table, field: item.key}
        if method != "delete_route":
            target = str((item.after or {}).get("target"))
            name = _TARGETS.get(target[:4])
            given |= {name: target} if name else {"target": None}
        return (method, given) if all(given.values()) else None

    def update(self, item: Item) -> Request | None:
        """What changes of something that is there."""
        after = item.after or {}
        if item.kind == "route":
            return self._route("replace_route", item)
        if item.kind == "network_interface" and (interface := self._id(self._cloud.interfaces, item.key)):
            check = {"SourceDestCheck": {"Value": after["source_dest_check"]}}
            return "modify_network_interface_attribute", {"NetworkInterfaceId": interface, **check}
        if item.kind == "elastic_ip" and (address := self._address(item.key)):
            retired = (after.get("tags") or {}).get(TAG_RETIRED)
            given = {"Resources": [address], "Tags": as_tags({TAG_RETIRED: "true"})}
            return ("create_tags" if retired else "delete_tags"), given
        return None

    def delete(self, item: Item) -> Request | None:
        """What goes, with what EC2 has a dry run for and an id that is known."""
        cloud = self._cloud
        if item.kind == "route":
            return self._route("delete_route", item)
        if item.kind == "elastic_ip":
            address = self._address(item.key)
            return ("release_address", {"AllocationId": address}) if address else None
        places: dict[str, tuple[dict[str, Any], str]] = {
            "nat_gateway": (cloud.nat_gateways, "NatGatewayId"),
            "network_interface": (cloud.interfaces, "NetworkInterfaceId"),
            "subnet": (cloud.subnets, "SubnetId"),
            "route_table": (cloud.route_tables, "RouteTableId"),
            "internet_gateway": (cloud.internet_gateways, "InternetGatewayId"),
            "security_group": (cloud.groups, "GroupId"),
            "vpc": (cloud.vpcs, "VpcId"),
        }
        objects, field = places.get(item.kind, ({}, ""))
        found = self._id(objects, item.key)
        return (f"delete_{item.kind}", {field: found}) if found else None


def missing_rights(client: Ec2Client, items: Iterable[Item], network: str, cloud: Cloud) -> tuple[list[str], list[str]]:
    """(a sentence for each request that EC2 would deny, one for each of which it says neither yes nor no)."""
    missing, untold = [], []
    for method, params in dry_runs(items, network, cloud):
        try:
            call(client, method, DryRun=True, **params)
        except Ec2Error as error:
            if error.code in NOT_ALLOWED:
                missing.append(str(error))
            elif error.code != ALLOWED:
                untold.append(f"EC2 does not tell by a dry run whether the credentials may do this: {error}")
    return missing, untold
