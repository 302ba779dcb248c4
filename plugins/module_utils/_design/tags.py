# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of the operator's own on everything that is made (`bonding_tags`, `tags` of a space).

Accounts refuse a creation without them, so each is in the creating call. On what exists they are compared: a first step
of the run writes those that differ. No tag is ever taken off, since a tag does not tell its author.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from .._model.desired_network import DesiredNetwork
from .._model.names import PUBLIC_IP, TAG_KEY, TAG_NETWORK, cpe_nat_key, tags
from .._model.plan import Design, Placement, PlannedChange
from .._model.role_inputs import (
    CpeNatInput,
    GatewayInput,
    PublicAddressInput,
    SecurityGroupInput,
    TagsInput,
    VpcInput,
)
from .._model.state import Cloud, ElasticIp
from .._objects import Change
from .cpe_nat.entries import Entry, is_retired

TAGGED = {
    "elastic_ip": "cpe_nat",
    "vpc": "private_wan",
    "internet_gateway": "private_wan",
    "egress_only_internet_gateway": "private_wan",
    "subnet": "private_wan",
    "route_table": "private_wan",
    "network_interface": "gateways",
    "nat_gateway": "gateways",
    "security_group": "private_wan",
}
"""Kinds of items that carry tags, each with the part that most objects of the kind belong to."""


Tagged = CpeNatInput | GatewayInput | PublicAddressInput | SecurityGroupInput | VpcInput


class TagsOf(Protocol):
    """Gives the operator's tags of an object."""

    def __call__(self, key: str, /) -> Mapping[str, str] | None:
        """Return the tags of an object's key; None of one that the inventory does not name."""


def design_company_tags(desired: DesiredNetwork, entries: Iterable[Entry], cloud: Cloud, design: Design) -> None:
    """Hand the operator's tags to everything that is made, and write those that differ on what is there."""
    if not desired.tags and not any(space.tags for space in desired.spaces):
        return
    tags_of = operator_tags(desired, entries)
    design.items = [_tagged(item, desired.network, tags_of) for item in design.items]
    for work, key in _works(design):
        if wanted := tags_of(key):
            work.tags = dict(wanted)
    _compare(desired, cloud, tags_of, design)


def operator_tags(desired: DesiredNetwork, entries: Iterable[Entry]) -> TagsOf:
    """Return a function that gives the operator's tags of an object."""
    spaces = {space.key: {**desired.tags, **space.tags} for space in desired.spaces}
    # A bond's space need not be one of the inventory's.
    bonds = {cpe_nat_key(entry.key): spaces.get(entry.bond.space, desired.tags) for entry in entries}

    def of(key: str) -> Mapping[str, str] | None:
        kind, _slash, rest = key.partition("/")
        if kind == "cpe-nat":
            return bonds.get(key)
        if kind == "sg":
            group, _slash, place = rest.partition("/")
            return spaces.get(place) if group == "gateway" else desired.tags
        return desired.tags if kind == PUBLIC_IP else spaces.get(rest.partition("/")[0])

    return of


def _tagged(item: PlannedChange, network: str, tags_of: TagsOf) -> PlannedChange:
    """Return an item with the tags that its object is made with."""
    if item.system != "aws" or item.verb != "create" or item.kind not in TAGGED:
        return item
    after = item.after or {}
    own = after.get("tags") or tags(network, item.key)
    return replace(item, after={**after, "tags": {**(tags_of(item.key) or {}), **own}})


def _works(design: Design) -> Iterator[tuple[Tagged, str]]:
    """Yield the roles' work that makes something, each with a key of what it makes."""
    for vpcs in design.vpcs.values():
        yield from ((work, f"vpc/{work.space}") for work in vpcs if not work.remove)
    for gateways in design.gateways.values():
        yield from ((work, work.key) for _host, work in gateways if work.state == "present")
    yield from ((work, work.key) for _host, work in design.gateway_objects.values())
    for entries in (*design.cpe_nat.values(), design.entries.values()):
        yield from ((work, cpe_nat_key(work.key)) for _host, work in entries if work.key and work.interface)
    for works in design.security.values():
        yield from ((one.entry, one.entry.key) for one in works if isinstance(one.entry, SecurityGroupInput))
    for own in design.public_addresses.values():
        yield from ((work, work.key) for _host, work in own)


def _compare(desired: DesiredNetwork, cloud: Cloud, tags_of: TagsOf, design: Design) -> None:
    """Write the tags that differ on the network's objects, in the first step of the run."""
    region = next((host.region for host in desired.hosts), None)
    vpcs = {one.vpc_id: one.id for one in cloud.instances.values()}
    machines = {host.instance_id: host.region for host in desired.hosts}
    for kind, found in _objects(cloud):
        key = found.tags.get(TAG_KEY, "")
        if found.tags.get(TAG_NETWORK) != desired.network or _is_old(found):
            continue
        wanted = tags_of(key) or {}
        after = {name: value for name, value in wanted.items() if found.tags.get(name) != value}
        if not after:
            continue
        number = found.allocation_id if isinstance(found, ElasticIp) else found.id
        before = {name: found.tags.get(name) for name in after}
        part = "cpe_nat" if key.startswith("sg/cpe-nat/") else TAGGED[kind]
        if key.startswith(("gateway-ip/", "natgw-ip/", "sg/gateway/")):
            part = "gateways"
        design.aws(Change("update", "object_tags", number, key, before, after), Placement("add", part))
        place = str(getattr(found, "vpc_id", ""))
        where = found.region if isinstance(found, ElasticIp) else machines.get(vpcs.get(place, ""), region)
        design.retags.append((part, TagsInput(number, after, where)))


def _is_old(found: Any) -> bool:
    """Return True if an Elastic IP is kept and unused."""
    return isinstance(found, ElasticIp) and is_retired(found)


def _objects(cloud: Cloud) -> Iterator[tuple[str, Any]]:
    yield from (("elastic_ip", one) for one in cloud.addresses)
    for kind, objects in (
        ("vpc", cloud.vpcs),
        ("internet_gateway", cloud.internet_gateways),
        ("egress_only_internet_gateway", cloud.egress_only_gateways),
        ("subnet", cloud.subnets),
        ("route_table", cloud.route_tables),
        ("network_interface", cloud.interfaces),
        ("nat_gateway", cloud.nat_gateways),
        ("security_group", cloud.groups),
    ):
        yield from ((kind, one) for one in objects.values())
