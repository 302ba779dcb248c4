# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of role pwan_vpc: subnets with their IPv6 blocks, route tables with their default routes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..._model.names import (
    ANYWHERE,
    ANYWHERE_IPV6,
    TAG_KEY,
    TAG_NETWORK,
    internet_gateway_key,
    public_subnet_key,
    public_table_key,
    route_table_key,
    subnet_key,
    tags,
    vpc_key,
)
from .gateway_aws import destination_of, tag_key

_Found = Mapping[str, Any]
IN_USE = ("associated", "associating")
"""States of an IPv6 block that counts: EC2 shows one for a while after it was taken off."""
RIGHTS = {
    "associate subnet cidr block": "ec2:AssociateSubnetCidrBlock",
    "modify subnet": "ec2:ModifySubnetAttribute",
}
"""Rights by the words with which ec2_vpc_subnet says that a request failed, without EC2's own text."""
_LISTS = {
    "vpcs": "vpcs",
    "subnets": "subnets",
    "internet_gateways": "internet_gateways",
    "attached": "internet_gateways",
    "route_tables": "route_tables",
    "created_subnets": "results",
    "created_tables": "results",
    "updated_tables": "results",
}
"""The name of each result of the role's tasks, and of the list in it."""
_TABLE = "__pwan_vpc_table"
"""The loop variable of the task that creates route tables."""


def vpc_objects(options: _Found, results: Mapping[str, _Found]) -> dict[str, Any]:
    """Return the objects that the tasks of role pwan_vpc create, update and delete, and the problems that stop it.

    `options` are the role's, without its name. `results` are those of its tasks so far; one of a task that was skipped,
    or that has not run yet, has no list. On a host that has just created the VPC of another space, results of that one
    are left: a result counts by the tags of this space.
    """
    found = {name: list(results.get(name, {}).get(of) or ()) for name, of in _LISTS.items()}
    vpc: _Found = results.get("vpc", {}).get("vpc") or {}
    subnets = role_subnets(options, vpc, found["subnets"]) if tag_key(vpc) == vpc_key(options["space"]) else []
    gateway = str(results.get("internet_gateway", {}).get("gateway_id", ""))
    tables = _tables(options, found, subnets, gateway)
    return {
        "vpc_id": next((one["id"] for one in found["vpcs"]), ""),
        "vpc_tags": _tags(options, vpc_key(options["space"])),
        "internet_gateway_id": next((one["internet_gateway_id"] for one in found["internet_gateways"]), ""),
        "internet_gateway_tags": _tags(options, internet_gateway_key(options["space"])),
        "subnets": subnets,
        "tables": tables,
        "new_tables": [one for one in tables if not one["id"]],
        "dead_routes": [{"table": one["id"], "destination": dead} for one in tables for dead in one["dead"]],
        **_absent(options, found),
        "duplicate_problem": _duplicate_problem(options, found["vpcs"]),
        "foreign_problem": _foreign_problem(options, vpc, found, subnets),
        "route_problem": _route_problem(options, found["updated_tables"], tables, gateway),
    }


def role_subnets(options: _Found, vpc: _Found, found: Sequence[_Found]) -> list[dict[str, Any]]:
    """Return the wanted subnets with their tags and IPv6 blocks; `found` are those of the VPC.

    A subnet keeps its block, and a new one gets a free one. Public subnets come last, so that the others keep their
    blocks; they have none, since a NAT gateway carries IPv4 only.
    """
    space, ipv6 = options["space"], options["ipv6"]
    free = list(_free_blocks(vpc, found)) if ipv6 else []
    own = {one["cidr_block"]: block for one in found for block in _blocks(one)}
    subnets = []
    for position, one in enumerate(options["subnets"]):
        key, name = one.get("key") or subnet_key(space, one["zone"]), one["zone"]
        block = (own.get(one["cidr"]) or free[position]) if ipv6 else ""
        subnets.append({**one, "key": key, "tags": _tags(options, key, name), "ipv6_cidr": block})
    for one in options["public_subnets"]:
        key, name = public_subnet_key(space, one["zone"]), f"public-{one['zone']}"
        subnets.append({**one, "key": key, "tags": _tags(options, key, name), "ipv6_cidr": ""})
    return subnets


def subnet_failures(results: Iterable[_Found]) -> str:
    """Return the messages of ec2_vpc_subnet, after the IAM actions that are missing where it hides EC2's own text."""
    messages = list(dict.fromkeys(str(one["msg"]) for one in results if one.get("failed")))
    rights = dict.fromkeys(right for text in messages for words, right in RIGHTS.items() if text.endswith(words))
    lacking = f"The credentials seem to lack {' and '.join(rights)}. " if rights else ""
    return f"{lacking}amazon.aws says: {'; '.join(messages)}"


def _tables(options: _Found, found: _Found, subnets: Sequence[_Found], gateway: str) -> list[dict[str, Any]]:
    """Return one route table for all gateway subnets, and one for each public subnet."""
    space = options["space"]
    public = {public_subnet_key(space, one["zone"]): one["zone"] for one in options["public_subnets"]}
    own = [one["key"] for one in subnets if one["key"] not in public]
    destinations = [ANYWHERE] if options["default_route"] else []
    if options["ipv6"] and not options["egress_only"] and not options["absent_egress_only"]:
        destinations.append(ANYWHERE_IPV6)
    wanted = [(route_table_key(space), "", own, destinations)]
    wanted += [(public_table_key(space, zone), f"public-{zone}", [key], [ANYWHERE]) for key, zone in public.items()]
    existing = {tag_key(one): one for one in found["route_tables"]}
    created = {one[_TABLE]["key"]: one["id"] for one in found["created_tables"] if "id" in one}
    ids = {tag_key(one["subnet"]): one["subnet"]["id"] for one in found["created_subnets"] if "subnet" in one}
    tables = []
    for key, name, subnet_keys, destinations in wanted:
        routes = {destination_of(one): one.get("state") for one in existing.get(key, {}).get("routes", ())}
        tables.append(
            {
                "key": key,
                "tags": _tags(options, key, name),
                "id": existing.get(key, {}).get("id") or created.get(key, ""),
                "destinations": destinations,
                "dead": [one for one in destinations if routes.get(one) == "blackhole"],
                "routes": [{"dest": one, "gateway_id": gateway} for one in destinations if one not in routes],
                "subnets": [ids[one] for one in subnet_keys if one in ids],
            }
        )
    return tables


def _absent(options: _Found, found: _Found) -> dict[str, list[str]]:
    """Return the networks of the public subnets that go, and the ids of their route tables."""
    space, zones = options["space"], options["absent_public_zones"]
    own = [one for one in found["subnets"] if (one.get("tags") or {}).get(TAG_NETWORK) == options["network"]]
    subnets, tables = ({make(space, zone) for zone in zones} for make in (public_subnet_key, public_table_key))
    return {
        "absent_subnets": [one["cidr_block"] for one in own if tag_key(one) in subnets],
        "absent_tables": [one["id"] for one in found["route_tables"] if tag_key(one) in tables],
    }


def _duplicate_problem(options: _Found, vpcs: Sequence[_Found]) -> str:
    if len(vpcs) < 2:
        return ""
    return (
        f"Space {options['space']}: more than one VPC carries the tags of network {options['network']} and key "
        f"{vpc_key(options['space'])}: {', '.join(one['id'] for one in vpcs)}. Take the tags off the wrong one. "
        "Nothing was changed."
    )


def _foreign_problem(options: _Found, vpc: _Found, found: _Found, subnets: Iterable[_Found]) -> str:
    """Return the problem of objects of other owners in the place of new ones."""
    networks = {one["cidr"] for one in subnets}
    others = [one["id"] for one in found["subnets"] if not tag_key(one) and one["cidr_block"] in networks]
    others += [one["internet_gateway_id"] for one in found["attached"]]
    if not others:
        return ""
    return (
        f"Space {options['space']}: {vpc.get('id')} has {' and '.join(others)} without the tag {TAG_KEY}, in the place "
        "of new objects: a subnet of the same network, or the one internet gateway that a VPC can have. Delete it, or "
        "choose another network for the subnet. Nothing was changed but the VPC."
    )


def _route_problem(options: _Found, updated: Iterable[_Found], tables: Iterable[_Found], gateway: str) -> str:
    """Return the problem of default routes that lead elsewhere: the role keeps them."""
    now = {tag_key(one["route_table"]): one["route_table"] for one in updated if "route_table" in one}
    for table in tables:
        found = now.get(table["key"], {"routes": ()})
        leading = [destination_of(one) for one in found["routes"] if one.get("gateway_id") == gateway]
        missing = [one for one in table["destinations"] if one not in leading]
        if missing:
            return (
                f"Space {options['space']}: in route table {table['id']} the route to {' and '.join(missing)} does not "
                f"lead to the internet gateway {gateway}. Delete the route that is there and run again. Everything "
                "else of the VPC exists."
            )
    return ""


def _tags(options: _Found, key: str, name: str = "") -> dict[str, str]:
    full = "-".join(filter(None, (options["network"], options["space"], name)))
    return {**options["tags"], "Name": full, **tags(options["network"], key)}


def _blocks(found: _Found) -> list[str]:
    """Return the IPv6 blocks of a subnet or VPC."""
    sets = found.get("ipv6_cidr_block_association_set") or ()
    return [str(one["ipv6_cidr_block"]) for one in sets if one["ipv6_cidr_block_state"]["state"] in IN_USE]


def _free_blocks(vpc: _Found, found: Iterable[_Found]) -> Iterable[str]:
    """Yield the free /64 blocks of a VPC in order.

    The first one is never used: EC2 may write it without its fourth group, and ec2_vpc_subnet compares the text.
    """
    sets = [one.get("ipv6_cidr_block_association_set") or () for one in found]
    used = {str(ipaddress.IPv6Network(one["ipv6_cidr_block"])) for blocks in sets for one in blocks}
    for block in _blocks(vpc)[:1]:
        _first, *others = ipaddress.IPv6Network(block).subnets(new_prefix=64)
        yield from (text for one in others if (text := str(one)) not in used)
