# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of what the collection makes, on the server and on AWS, and whether a name is one of them.

The rules are in docs/design.md, "Whose is it": nothing is remembered, so a name or a
tag has to tell the network, the purpose and the owner of an object.
"""

from __future__ import annotations

import re
from typing import Any

from .._cpe_nat_rules import ENTRY_KEY

MOST_OF_NETWORK = 16
NETWORK_NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{MOST_OF_NETWORK - 1}}}")
"""A VXLAN network identifier has 24 bits (RFC 7348)."""

_PLACE = r"[^/*?\\]+"
"""A space, zone, host or VPC in a key. EC2's filters take * and ? for any text, and \\ for what makes them plain."""
PLACE = re.compile(_PLACE)
GROUP_KINDS = ("aggregators", "cpe-nat", "gateway")
"""Kinds of security groups: two of each VPC of aggregators, one of each space with gateways."""
PUBLIC_IP = "public-ip"
"""Kind of the Elastic IP of an aggregator's primary address, in the place of an automatic one."""
OWN_KEY = re.compile(
    rf"(vpc|igw|eigw|rtb)/{_PLACE}"
    rf"|(subnet|natgw-subnet|natgw-rtb|gateway|gateway-ip|natgw|natgw-ip)/{_PLACE}/{_PLACE}"
    rf"|{PUBLIC_IP}/{_PLACE}"
    rf"|sg/({'|'.join(GROUP_KINDS)})/{_PLACE}"
    rf"|cpe-nat/{ENTRY_KEY.pattern}"
)
"""The tags `bonded.internet/key` that this collection makes (docs/design.md, "Whose is it")."""

ANYWHERE = "0.0.0.0/0"
ANYWHERE_IPV6 = "::/0"

TAG_NETWORK = "bonded.internet/network"
TAG_KEY = "bonded.internet/key"
TAG_INTERFACE = "bonded.internet/interface"
TAG_PRIVATE_IP = "bonded.internet/private_ip"
TAG_MOVING_FROM = "bonded.internet/moving_from"
TAG_FOLLOWED_FROM = "bonded.internet/followed_from"
"""On a CPE NAT entry's Elastic IP that follows its bond: the host that it has left; empty where it is back."""
TAG_RETIRED = "bonded.internet/retired"
TAG_CONNECTED_IP = "bonded.internet/connected_ip"
"""On a CPE NAT entry's Elastic IP: the bond's id and the connected IP that a run has made for the entry."""
TAG_ADOPTED = "bonded.internet/adopted"
"""On a CPE NAT entry's Elastic IP: "true" if the account had it before, so that it is never released."""
TAG_CHECK = "bonded.internet/source_dest_check"
"""On a primary interface: `<network>:true`, that this network has switched off a check that was on."""

GATEWAY_KINDS = ("gateway", "gateway_import")
"""A gateway's static protocol and its import filter: BIRD knows one name for one thing only."""
OWN_KINDS = ("babel", "ospf", *GATEWAY_KINDS, "export", "import", "bgp")


def vxlan_name(vni: int) -> str:
    """Return the device's name of a VNI: at most 10 characters."""
    return f"vx{vni}"


def gateway_device(number: int) -> str:
    """Return the name that a gateway's device is given on its aggregator; `number` is the space's id."""
    return f"gw{number}"


def object_name(network: str, kind: str, number: int) -> str:
    """Return a protocol's or filter's name; `number` is the space's id, for `bgp` the peer's aggregator id."""
    return f"{network}_{kind}_{number}"


def parse_object_name(network: str, name: str) -> tuple[str, int] | None:
    """Return (kind, number) of a name that this network gives to protocols and filters, None of another one."""
    match = re.fullmatch(rf"{re.escape(network)}_({'|'.join(OWN_KINDS)})_(\d+)", name)
    return (match.group(1), int(match.group(2))) if match else None


def tags(network: str, key: str) -> dict[str, str]:
    """Return the ownership tags of an AWS object."""
    return {TAG_NETWORK: network, TAG_KEY: key}


def owned(network: str, key: str, objects: Any) -> Any:
    """Return the object with this network's tag and key, or None. `check_duplicates` has refused several."""
    return next(iter(all_owned(network, key, objects)), None)


def all_owned(network: str, key: str, objects: Any) -> list[Any]:
    """Return every object with this network's tag and key: a teardown takes them all."""
    return [one for one in objects if one.tags.get(TAG_NETWORK) == network and one.tags.get(TAG_KEY) == key]


def cpe_nat_key(entry: str) -> str:
    """Return the tag value of a CPE NAT entry's Elastic IP."""
    return f"cpe-nat/{entry}"


def public_ip_key(host: str) -> str:
    """Return the tag value of the Elastic IP of an aggregator's primary address."""
    return f"{PUBLIC_IP}/{host}"


def vpc_key(space: str) -> str:
    """Return the tag value of a space's VPC."""
    return f"vpc/{space}"


def internet_gateway_key(space: str) -> str:
    """Return the tag value of the internet gateway of a space's VPC."""
    return f"igw/{space}"


def egress_only_gateway_key(space: str) -> str:
    """Return the tag value of the egress-only internet gateway of a space's VPC."""
    return f"eigw/{space}"


def route_table_key(space: str) -> str:
    """Return the tag value of the route table of a space's gateway subnets."""
    return f"rtb/{space}"


def subnet_key(space: str, zone: str) -> str:
    """Return the tag value of a space's gateway subnet in one zone."""
    return f"subnet/{space}/{zone}"


def gateway_key(space: str, host: str) -> str:
    """Return the tag value of a gateway's network interface."""
    return f"gateway/{space}/{host}"


def gateway_ip_key(space: str, host: str) -> str:
    """Return the tag value of a gateway's Elastic IP."""
    return f"gateway-ip/{space}/{host}"


def nat_gateway_key(space: str, host: str) -> str:
    """Return the tag value of a gateway's NAT gateway."""
    return f"natgw/{space}/{host}"


def nat_gateway_ip_key(space: str, host: str) -> str:
    """Return the tag value of the Elastic IP of a gateway's NAT gateway."""
    return f"natgw-ip/{space}/{host}"


def public_subnet_key(space: str, zone: str) -> str:
    """Return the tag value of the public subnet in which a zone's NAT gateways lie."""
    return f"natgw-subnet/{space}/{zone}"


def public_table_key(space: str, zone: str) -> str:
    """Return the tag value of the route table of that public subnet."""
    return f"natgw-rtb/{space}/{zone}"


def group_key(kind: str, place: str) -> str:
    """Return the tag value of a security group: `aggregators` and `cpe-nat` of a VPC (its id), `gateway` of a space."""
    return f"sg/{kind}/{place}"


def group_name(network: str, key: str) -> str:
    """Return the name of a security group, which EC2 keeps for ever."""
    return f"{network}-{key.removeprefix('sg/').replace('/', '-')}"


def is_group_name(network: str, name: str) -> bool:
    """Return True if a security group of this name may be the network's: its tags are not shown where it is carried."""
    return any(name.startswith(f"{network}-{kind}-") for kind in GROUP_KINDS)
