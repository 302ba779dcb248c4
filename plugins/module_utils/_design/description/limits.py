# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits and costs of a description: what the network uses now, of what it may use."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ..._model.addresses import AWS_RESERVED_FIRST
from ..._model.description import Cost, Usage
from ..._model.names import TAG_KEY, TAG_NETWORK
from ..._model.quotas import (
    BY_AWS,
    BY_DEFAULT,
    BY_OPERATOR,
    BY_SIZE,
    BY_TYPE,
    ELASTIC_IPS,
    INTERNET_GATEWAYS,
    NAT_GATEWAYS,
    ROUTES,
    VPCS,
    Quota,
)
from ..._model.state import AMAZONS_POOL
from ..checks.prices import HOURS, PRICES
from .state import PresentState


def describe_limits(state: PresentState) -> tuple[Usage, ...]:
    """Return the limits that the network comes under. Of an account the network's own objects alone are counted."""
    return (*_account(state), *_instances(state), *_tables(state), *_subnets(state))


def describe_costs(state: PresentState) -> tuple[Cost, ...]:
    """Return the list prices of what the network has on AWS; instances and traffic are not in them."""
    automatic = sum(bool(member.instance and member.instance.automatic_ip) for member in state.fleet.members)
    elastic = sum(one.pool in (None, AMAZONS_POOL) for one in _own(state.cloud.addresses, state))
    nat = len(_own(state.cloud.nat_gateways.values(), state))
    addresses, gateways = PRICES["elastic_ip"], PRICES["nat_gateway"]
    found = (
        ("Elastic IPs", elastic, addresses),
        ("automatic public addresses of aggregators", automatic, addresses),
        (gateways.objects, nat, gateways),
    )
    return tuple(
        Cost(name, number, round(number * price.hourly * HOURS, 2), price.without)
        for name, number, price in found
        if number
    )


def _own(objects: Iterable[Any], state: PresentState) -> list[Any]:
    """Return the objects of AWS that carry the tag of the network."""
    return [one for one in objects if one.tags.get(TAG_NETWORK) == state.desired.network]


def _account(state: PresentState) -> Iterator[Usage]:
    cloud = state.cloud
    elastic = [one for one in _own(cloud.addresses, state) if one.pool in (None, AMAZONS_POOL)]
    regions = Counter(one.region or state.first_region for one in elastic)
    for region, number in sorted(regions.items()):
        yield _usage(ELASTIC_IPS, region, number, state)
    for quota, objects in ((VPCS, cloud.vpcs), (INTERNET_GATEWAYS, cloud.internet_gateways)):
        if number := len(_own(objects.values(), state)):
            yield _usage(quota, state.first_region, number, state)
    subnets = cloud.subnets
    zones = Counter(
        subnets[one.subnet_id].zone for one in _own(cloud.nat_gateways.values(), state) if one.subnet_id in subnets
    )
    for zone, number in sorted(zones.items()):
        yield _usage(NAT_GATEWAYS, zone, number, state)


def _usage(quota: Quota, where: str, used: int, state: PresentState) -> Usage:
    """Return the line of an account's quota: as EC2 tells it, else as the operator or AWS's default says."""
    name = f"{quota.objects} of the network"
    said = state.desired.quotas.get(quota.name)
    account = state.cloud.accounts.get(where) or state.cloud.accounts.get(None)
    told = account.limits.get(quota.name) if account else None
    if said is not None:
        return Usage(name, where, used, said, BY_OPERATOR)
    return Usage(name, where, used, told, BY_AWS) if told else _by_default(quota, name, where, used)


def _by_default(quota: Quota, name: str, where: str, used: int) -> Usage:
    """Return a line with AWS's default. What exceeds it shows that the quota was raised, and not to what."""
    if used > quota.default:
        return Usage(name, where, used, None, f"above {BY_DEFAULT} of {quota.default}")
    return Usage(name, where, used, quota.default, BY_DEFAULT)


def _instances(state: PresentState) -> Iterator[Usage]:
    for member in state.fleet.members:
        if member.instance is None:
            continue
        limits = state.cloud.limits.get(member.instance.type)
        where, there = f"{member.host} ({member.instance.type})", member.instance
        most = (limits.interfaces, limits.addresses_per_interface) if limits else (None, None)
        yield Usage("network interfaces", where, len(there.devices), most[0], BY_TYPE if limits else "")
        addresses = len(there.addresses) + there.prefixes
        yield Usage("private addresses", where, addresses, most[1], BY_TYPE if limits else "")


def _tables(state: PresentState) -> Iterator[Usage]:
    said = state.desired.quotas.get(ROUTES.name)
    for table in sorted(state.cloud.route_tables.values(), key=lambda one: (one.vpc_id, not one.main, one.id)):
        where = table.tags.get(TAG_KEY) or f"{table.id} of {table.vpc_id}"
        number = sum(":" not in route.destination for route in table.routes)
        if said:
            yield Usage("routes", where, number, said, BY_OPERATOR)
        else:
            yield _by_default(ROUTES, "routes", where, number)


def _subnets(state: PresentState) -> Iterator[Usage]:
    for subnet in sorted(state.cloud.subnets.values(), key=lambda one: (one.vpc_id, one.cidr)):
        usable = ipaddress.IPv4Network(subnet.cidr).num_addresses - AWS_RESERVED_FIRST - 1
        if subnet.free is not None:
            where = f"{subnet.tags.get(TAG_KEY) or subnet.id} {subnet.cidr}"
            yield Usage("subnet addresses", where, usable - subnet.free, usable, BY_SIZE)
