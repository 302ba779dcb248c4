# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subnets of role pwan_vpc and their IPv6 blocks."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..._model.names import TAG_KEY, public_subnet_key, public_table_key, subnet_key

_Found = Mapping[str, Any]
IN_USE = ("associated", "associating")
"""States of an IPv6 block that counts: EC2 shows one for a while after it was taken off."""
RIGHTS = {
    "associate subnet cidr block": "ec2:AssociateSubnetCidrBlock",
    "modify subnet": "ec2:ModifySubnetAttribute",
}
"""Rights by the words with which ec2_vpc_subnet says that a request failed, without EC2's own text."""


def role_subnets(options: _Found, vpc: _Found, found: Sequence[_Found]) -> list[dict[str, Any]]:
    """Return the wanted subnets with their tags and IPv6 blocks; `found` are those of the VPC.

    `options` are the role's, without its name. A subnet keeps its block, and a new one gets a free one. Public subnets
    come last, so that the others keep their blocks; they have none, since a NAT gateway carries IPv4 only.
    """
    free = list(_free_blocks(vpc, found)) if options["ipv6"] else []
    own = {one["cidr_block"]: block for one in found for block in _blocks(one)}
    prefix = f"{options['network']}-{options['space']}"
    subnets: list[dict[str, Any]] = []
    for position, one in enumerate(options["subnets"]):
        block = (own.get(one["cidr"]) or free[position]) if options["ipv6"] else ""
        key = one.get("key") or subnet_key(options["space"], one["zone"])
        subnets.append(_subnet(one, key, f"{prefix}-{one['zone']}", block))
    for one in options["public_subnets"]:
        key = public_subnet_key(options["space"], one["zone"])
        subnets.append({**_subnet(one, key, f"{prefix}-public-{one['zone']}", ""), "public": True})
    return subnets


def objects_by_key(objects: Iterable[_Found]) -> dict[str, _Found]:
    """Return objects of AWS by their tag `bonded.internet/key`, without those that have none."""
    return {one["tags"][TAG_KEY]: one for one in objects if TAG_KEY in one.get("tags", {})}


def public_keys(zones: Iterable[str], space: str) -> list[dict[str, str]]:
    """Return the tags of the public subnet and of its route table in each zone."""
    return [{"subnet": public_subnet_key(space, zone), "table": public_table_key(space, zone)} for zone in zones]


def lacking_rights(messages: Iterable[str]) -> list[str]:
    """Return the IAM actions that are missing where ec2_vpc_subnet does not return EC2's own text."""
    return list(dict.fromkeys(right for text in messages for words, right in RIGHTS.items() if text.endswith(words)))


def _subnet(given: _Found, key: str, name: str, block: str) -> dict[str, Any]:
    return {"zone": given["zone"], "cidr": given["cidr"], "key": key, "name": name, "ipv6_cidr": block}


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
