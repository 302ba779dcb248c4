# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights to send the plan's requests: asked of EC2 by dry runs, and of IAM.

A dry run needs the ids of the objects that it acts on. So EC2 is asked about actions that need no object or only
existing ones, each action once. About all others (NO_DRY_RUN, and actions on objects that the run itself creates) only
IAM knows (rights_simulated.py), if the credentials may ask it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..._model.names import TAG_RETIRED, owned, tags
from ..._model.plan import KNOWN_AFTER_APPLY, PlannedChange
from ..._model.state import Cloud
from ..client import Ec2Client, Ec2Error, api_name, as_tags, call
from .required import Need, needed
from .simulator import ClientOf, Judged, SimulationError, simulate

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
_TARGETS = {
    "eigw": "EgressOnlyInternetGatewayId",
    "eni-": "NetworkInterfaceId",
    "igw-": "GatewayId",
    "nat-": "NatGatewayId",
}
Request = tuple[str, dict[str, Any]]
"""A method of boto3 and its parameters."""


def dry_runs(items: Iterable[PlannedChange], network: str, cloud: Cloud) -> Iterator[Request]:
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

    def _tagged(self, kind: str, item: PlannedChange) -> dict[str, Any]:
        given = {**((item.after or {}).get("tags") or {}), **tags(self._network, item.key)}
        return {"TagSpecifications": [{"ResourceType": kind, "Tags": as_tags(given)}]}

    def _address(self, key: str) -> str | None:
        found = owned(self._network, key, self._cloud.addresses)
        return found.allocation_id if found else None

    def create(self, item: PlannedChange) -> Request | None:
        """Return the request that creates an object by itself or inside of an existing one; None for any other."""
        after, cloud = item.after or {}, self._cloud
        if item.kind == "elastic_ip":
            return "allocate_address", {"Domain": "vpc", **self._tagged("elastic-ip", item)}
        if item.kind == "vpc":
            return "create_vpc", {"CidrBlock": after["cidr"], **self._tagged("vpc", item)}
        if item.kind == "internet_gateway":
            return "create_internet_gateway", self._tagged("internet-gateway", item)
        if item.kind == "egress_only_internet_gateway" and (vpc := self._id(cloud.vpcs, item.parent)):
            return f"create_{item.kind}", {"VpcId": vpc, **self._tagged("egress-only-internet-gateway", item)}
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

    def _association(self, item: PlannedChange) -> Request | None:
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

    def _route(self, method: str, item: PlannedChange) -> Request | None:
        table = self._id(self._cloud.route_tables, item.parent) or self._main(item.parent)
        field = "DestinationIpv6CidrBlock" if ":" in item.key else "DestinationCidrBlock"
        given: dict[str, Any] = {"RouteTableId": table, field: item.key}
        if method != "delete_route":
            target = str((item.after or {}).get("target"))
            name = _TARGETS.get(target[:4])
            given |= {name: target} if name else {"target": None}
        return (method, given) if all(given.values()) else None

    def update(self, item: PlannedChange) -> Request | None:
        """Return the request that updates an existing object; None if there is none."""
        after = item.after or {}
        if item.kind in ("key_tag", "object_tags"):
            return "create_tags", {"Resources": [item.parent], "Tags": as_tags(after)}
        if item.kind == "route":
            return self._route("replace_route", item)
        if item.kind == "network_interface" and (interface := self._id(self._cloud.interfaces, item.key)):
            check = {"SourceDestCheck": {"Value": after["source_dest_check"]}}
            return "modify_network_interface_attribute", {"NetworkInterfaceId": interface, **check}
        if item.kind == "elastic_ip" and (address := self._address(item.key)):
            return _address_update(address, item.before or {}, after)
        return None

    def delete(self, item: PlannedChange) -> Request | None:
        """Return the request that deletes an object; None if EC2 has no dry run of it, or the id is not known."""
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
            "egress_only_internet_gateway": (cloud.egress_only_gateways, "EgressOnlyInternetGatewayId"),
            "security_group": (cloud.groups, "GroupId"),
            "vpc": (cloud.vpcs, "VpcId"),
        }
        objects, field = places.get(item.kind, ({}, ""))
        found = self._id(objects, item.key)
        return (f"delete_{item.kind}", {field: found}) if found else None


def _address_update(address: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Request:
    """Return the request that updates an Elastic IP: its reverse DNS name, or its tags."""
    if "tags" not in after:
        given = {"AllocationId": address}
        if after["reverse_dns"]:
            return "modify_address_attribute", {**given, "DomainName": after["reverse_dns"]}
        return "reset_address_attribute", {**given, "Attribute": "domain-name"}
    tags = {key: value for key, value in after["tags"].items() if value is not None}
    if (before.get("tags") or {}).get(TAG_RETIRED) and TAG_RETIRED not in tags:
        return "delete_tags", {"Resources": [address], "Tags": as_tags({TAG_RETIRED: "true"})}
    return "create_tags", {"Resources": [address], "Tags": as_tags(tags)}


def missing_rights(
    client: Ec2Client, client_of: ClientOf, items: Collection[PlannedChange], network: str, cloud: Cloud
) -> tuple[list[str], list[str]]:
    """(a sentence for each right that is missing, one for each of which AWS says neither yes nor no).

    :param client: of EC2 in the region in which it is asked.
    :param client_of: gives clients of IAM and STS.
    """
    missing, untold, answered = _by_dry_runs(client, items, network, cloud)
    needs = needed(items, network, cloud)
    try:
        judged = simulate(client_of, needs, network, str(client.meta.region_name))
    except SimulationError as error:
        unasked = sorted({f"ec2:{need.action}" for need in needs} - {f"ec2:{action}" for action in answered})
        if unasked:
            untold.append(
                "These rights could not be asked for beforehand, since EC2 has no dry run of them or they act on what "
                f"is yet to be made, and IAM could not be asked: {', '.join(unasked)}. {error}. The rights to ask IAM "
                "are in docs/iam-policy-ask.json."
            )
        return list(missing.values()), untold
    return list((_denied(judged) | missing).values()), untold + _open(judged)


def _by_dry_runs(
    client: Ec2Client, items: Collection[PlannedChange], network: str, cloud: Cloud
) -> tuple[dict[str, str], list[str], set[str]]:
    """(by action what is denied, what is not told, the actions that were answered)."""
    missing: dict[str, str] = {}
    untold: list[str] = []
    answered: set[str] = set()
    for method, params in dry_runs(items, network, cloud):
        try:
            call(client, method, DryRun=True, **params)
        except Ec2Error as error:
            if error.right:
                missing.setdefault(error.right, str(error))
            elif error.code != ALLOWED:
                untold.append(f"EC2 does not tell by a dry run whether the credentials may do this: {error}")
                continue
            answered.add(api_name(method))
    return missing, untold, answered


def _denied(judged: Judged) -> dict[str, str]:
    """By action, what IAM does not allow."""
    return {
        action: f"The credentials lack the IAM right ec2:{action} on {where}: IAM's simulation for {judged.who} says "
        f"{said}."
        for action, where, said in _each_action(judged.denied)
    }


def _open(judged: Judged) -> list[str]:
    """Return a sentence for each right that IAM does not decide, with the reason."""
    return [
        f"IAM does not tell whether {judged.who} may do ec2:{action} on {where}: {said}."
        for action, where, said in _each_action(judged.open)
    ]


def _each_action(rights: Iterable[tuple[Need, str, str]]) -> Iterator[tuple[str, str, str]]:
    """(action, where, what was said of it first), each action once."""
    places: dict[str, list[tuple[str, str]]] = {}
    for need, arn, said in rights:
        places.setdefault(need.action, []).append((arn, said))
    for action, found in places.items():
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield action, found[0][0] + more, found[0][1]
