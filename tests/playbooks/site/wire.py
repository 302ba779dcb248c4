# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both request logs read as items of a plan: what was done, in the plan's own terms, by nothing but the wire."""

from __future__ import annotations

import re
from typing import Any

from tests.playbooks.running import Json, aws_writes, server_writes

Identity = tuple[str, str, str, str, str]
"""(system, verb, kind, parent, key)"""
VERBS = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}
KEYS = {"connected_ip": "ip", "cpe_nat_ip": "ip"}


def server_items(log: list[Json], before: Json, after: Json) -> list[tuple[Identity, Json]]:
    """(identity, body in the shape of an item's `after`) of each write; ids are looked up in both states."""
    found = []
    for entry in server_writes(log):
        path = entry["path"].removeprefix("/api/v4/").strip("/").split("/")
        if path[0] == "spaces":
            identity = ("server", VERBS[entry["method"]], "space", "", path[1])
            found.append((identity, dict(entry["body"])))
            continue
        parent, kind = "/".join(path[:2]), path[2].removesuffix("s")
        body = _friendly(parent, kind, entry["body"] or {}, (after, before))
        if len(path) == 3:
            key = body[KEYS.get(kind, "name")]
        else:
            key = _lookup(parent, path[2], int(path[3]), (before, after), KEYS.get(kind, "name"))
        found.append((("server", VERBS[entry["method"]], kind, parent, key), body))
    return found


def _owner(parent: str, state: Json) -> Json:
    group, number = parent.split("/")
    return next((o for o in state[group] if o["id"] == int(number)), {})


def _lookup(parent: str, collection: str, number: int, states: tuple[Json, ...], key: str = "name") -> str:
    kinds = {"interfaces": "type", "protocols": "protocol"}
    group = next((name for name in kinds if collection.endswith(name) and parent.startswith("aggr")), collection)
    wanted = collection.split("_")[0] if group != collection else None
    for state in states:
        for item in _owner(parent, state).get(group, ()):
            if item["id"] == number and (wanted is None or item[kinds[group]] == wanted):
                return str(item[key])
    raise AssertionError(f"{parent}/{collection}/{number} is in neither state")


def _friendly(parent: str, kind: str, body: Json, states: tuple[Json, ...]) -> Json:
    def name(url: str) -> str:
        path = url.split("/api/v4/")[1].strip("/").split("/")
        return path[1] if path[0] == "spaces" else _lookup("/".join(path[:2]), path[2], int(path[3]), states)

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return value["address"] if set(value) == {"address"} else {k: plain(v) for k, v in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return name(value) if isinstance(value, str) and "/api/v4/" in value else value

    shown: Json = plain(body)
    return shown


MAKES = {
    "CreateVpc": "vpc",
    "CreateInternetGateway": "internet_gateway",
    "CreateEgressOnlyInternetGateway": "egress_only_internet_gateway",
    "CreateSubnet": "subnet",
    "CreateRouteTable": "route_table",
    "CreateNetworkInterface": "network_interface",
    "AllocateAddress": "elastic_ip",
    "CreateNatGateway": "nat_gateway",
}
DELETES = {
    "DeleteNatGateway": ("nat_gateway", "NatGatewayId"),
    "DeleteSubnet": ("subnet", "SubnetId"),
    "DeleteRouteTable": ("route_table", "RouteTableId"),
    "ReleaseAddress": ("elastic_ip", "AllocationId"),
}
TARGETS = ("NetworkInterfaceId", "NatGatewayId", "GatewayId", "EgressOnlyInternetGatewayId")
PART_OF_MAKING = {
    "ModifyVpcAttribute": "VpcId",
    "AttachInternetGateway": "InternetGatewayId",
    "ModifySubnetAttribute": "SubnetId",
    "AssociateRouteTable": "RouteTableId",
    "ModifyNetworkInterfaceAttribute": "NetworkInterfaceId",
}

IPV6 = {"AssociateVpcCidrBlock": ("vpc", "VpcId"), "AssociateSubnetCidrBlock": ("subnet", "SubnetId")}
"""Actions that associate an IPv6 block with an existing object."""


def aws_items(log: list[Json], state: Json, before: Json | None = None) -> list[tuple[Identity, Json]]:
    """(identity, what the request says in the terms of an item's `after`) of each change that a run made on AWS.

    `state` is what the run has left; a run that deletes or retires needs also what it found (`before`).
    """
    names = _names(before or {}) | _names(state)
    made: dict[str, Json] = {}
    found: list[tuple[Identity, Json]] = []
    for entry in aws_writes(log):
        action, params = entry["action"], entry["params"]
        if action in MAKES:
            tags = _tags(params)
            key = tags["bonded.internet/key"]
            after: Json = {"tags": {k: v for k, v in tags.items() if k != "Name"}}
            after |= {"cidr": params["CidrBlock"]} if "CidrBlock" in params else {}
            after |= {"zone": params["AvailabilityZone"]} if "AvailabilityZone" in params else {}
            after |= {"allocation_id": params["AllocationId"]} if action == "CreateNatGateway" else {}
            made[key] = after
            found.append((("aws", "create", MAKES[action], _parent(action, key, params, names, state), key), after))
        elif action in IPV6:
            kind, parameter = IPV6[action]
            parent = _parent_in(before, params[parameter], names)
            found.append((("aws", "update", kind, parent, names[params[parameter]]), {"ipv6": True}))
        elif action == "AssignIpv6Addresses":
            parent = names[params["NetworkInterfaceId"]]
            assert params["Ipv6AddressCount"] == "1", params
            found.append((("aws", "create", "ipv6_address", parent, "ipv6"), {}))
        elif action in PART_OF_MAKING:
            owner = names[params[PART_OF_MAKING[action]]]
            check = {"source_dest_check": params.get("SourceDestCheck.Value") == "true"}
            if owner in made:
                made[owner] |= check if "SourceDestCheck.Value" in params else {}
                continue
            if params.get("AssignIpv6AddressOnCreation.Value") == "true":  # comes with the block
                assert (("aws", "update", "subnet", _parent_in(before, params["SubnetId"], names), owner)) in dict(
                    found
                )
                continue
            assert "SourceDestCheck.Value" in params, f"{action} changes {owner}, which this run did not make"
            parent = _parent_in(before, params[PART_OF_MAKING[action]], names)
            found.append((("aws", "update", "network_interface", parent, owner), check))
        elif action == "AttachNetworkInterface":
            key, instance = names[params["NetworkInterfaceId"]], params["InstanceId"]
            found.append((("aws", "create", "attachment", instance, key), {"instance_id": instance}))
        elif action == "AssignPrivateIpAddresses":
            interface = params["NetworkInterfaceId"]
            for name, address in params.items():
                if name.startswith("PrivateIpAddress."):
                    identity: Identity = ("aws", "create", "private_address", interface, address)
                    found.append((identity, {"private_ip": address}))
        elif action == "AssociateAddress":
            interface = params["NetworkInterfaceId"]
            key = names[params.get("AllocationId") or params["PublicIp"]]
            parent = names.get(interface, interface)
            after = {"interface_id": interface, "private_ip": params["PrivateIpAddress"]}
            found.append((("aws", "create", "address_association", parent, key), after))
        elif action in ("CreateRoute", "ReplaceRoute"):
            table, verb = params["RouteTableId"], "create" if action == "CreateRoute" else "update"
            (target,) = [params[name] for name in TARGETS if name in params]
            found.append((("aws", verb, "route", names[table], _destination(params)), {"target": target}))
        elif action == "DeleteRoute":
            found.append((("aws", "delete", "route", names[params["RouteTableId"]], _destination(params)), {}))
        elif action in DELETES:
            kind, parameter = DELETES[action]
            identity = ("aws", "delete", kind, _parent_in(before, params[parameter], names), names[params[parameter]])
            found.append((identity, {}))
        elif action == "DisassociateAddress":
            (address,) = [a for a in (before or {})["addresses"] if a["association_id"] == params["AssociationId"]]
            key = names[address["id"]]
            found.append((("aws", "delete", "address_association", address["network_interface_id"], key), {}))
        elif action in ("CreateTags", "DeleteTags"):
            assert params["Tag.1.Key"] == "bonded.internet/retired", params
            after = {"tags": {params["Tag.1.Key"]: "true" if action == "CreateTags" else None}}
            found.append((("aws", "update", "elastic_ip", "", names[params["ResourceId.1"]]), after))
        else:
            raise AssertionError(f"an action that no item of a plan stands for: {action} {params}")
    return found


def _destination(params: Json) -> str:
    return str(params.get("DestinationCidrBlock") or params["DestinationIpv6CidrBlock"])


def _tags(params: Json) -> dict[str, str]:
    found = {}
    for name, value in params.items():
        match = re.fullmatch(r"TagSpecification\.1\.Tag\.(\d+)\.Key", name)
        if match:
            found[value] = params[f"TagSpecification.1.Tag.{match.group(1)}.Value"]
    return found


def _names(state: Json) -> dict[str, str]:
    names: dict[str, str] = {}
    for entries in state.values():
        for entry in entries if isinstance(entries, list) else ():
            key = (entry.get("tags") or {}).get("bonded.internet/key")
            if key:
                names[entry["id"]] = key
                if "public_ip" in entry:
                    names[entry["public_ip"]] = key
    for table in state.get("route_tables", ()):
        if table["main"] and table["vpc_id"] in names:
            names[table["id"]] = f"{names[table['vpc_id']]}/main"
    return names


def _parent_in(before: Json | None, number: str, names: dict[str, str]) -> str:
    """Return the parent, in the state before the run, of an object that the run deleted or changed."""
    fields = {"subnets": "vpc_id", "route_tables": "vpc_id", "nat_gateways": "subnet_id"}
    for kind, field in (*fields.items(), ("network_interfaces", "subnet_id")):
        for entry in (before or {}).get(kind, ()):
            if entry["id"] == number:
                return names[entry[field]]
    return ""


def _parent(action: str, key: str, params: Json, names: dict[str, str], state: Json) -> str:
    if action in ("CreateSubnet", "CreateRouteTable", "CreateEgressOnlyInternetGateway"):
        return names[params["VpcId"]]
    if action in ("CreateNetworkInterface", "CreateNatGateway"):
        return names[params["SubnetId"]]
    if action == "CreateInternetGateway":
        (found,) = [g for g in state["internet_gateways"] if g["tags"].get("bonded.internet/key") == key]
        return names[found["vpc_id"]]
    return ""
