# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of the account, its instances, subnets and tables, compared with the plan.

Everything is counted in the plan's own items, so that a limit and the plan cannot differ. Deletions free nothing: they
happen in the last phase, after all new objects exist.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable

from ..._model.addresses import AWS_RESERVED_FIRST
from ..._model.desired_network import NAT, DesiredNetwork, Report
from ..._model.names import TAG_KEY, vpc_key
from ..._model.plan import PlannedChange
from ..._model.quotas import BY_SIZE, BY_TYPE, GROUPS, NAT_GATEWAYS, REGIONAL, ROUTES, QuotaUsage, quota_line
from ..._model.state import Cloud, RouteTable, Subnet
from ..aggregators.fleet import Fleet
from ..context import Context
from .prices import is_of_own_pool

NEIGHBOURS = 1000
"""Linux keeps 1024 entries of the neighbour table (gc_thresh3); found in the packet lab."""


def check_limits(items: Iterable[PlannedChange], context: Context) -> list[QuotaUsage]:
    """Return a line for each limit that new objects come under; what does not fit goes to the report."""
    desired, cloud, report = context.desired, context.cloud, context.report
    new = [item for item in items if item.system == "aws" and item.verb == "create"]
    return [
        *_regions(new, desired, cloud, report),
        *_zones(new, desired, cloud, report),
        *_instances(new, cloud, context.fleet, report),
        *_subnets(new, cloud, report),
        *_tables(new, desired, cloud, report),
        *_groups(new, context),
    ]


def _regions(new: list[PlannedChange], desired: DesiredNetwork, cloud: Cloud, report: Report) -> list[QuotaUsage]:
    regions = {host.host: host.region for host in desired.hosts}
    shared = next(iter(regions.values()), None)  # spaces with a VPC have all hosts in one region
    counts = Counter(
        (regions.get(item.host or "", shared), item.kind)
        for item in new
        if item.kind in REGIONAL and not is_of_own_pool(item)
    )
    lines = []
    for (region, kind), number in sorted(counts.items(), key=str):
        account = cloud.accounts.get(region)
        there = getattr(account, REGIONAL[kind].name) if account else None
        if account and there is not None:
            lines.append(quota_line(REGIONAL[kind], account.region, (there, number), account, desired.quotas, report))
    return lines


def _zones(new: list[PlannedChange], desired: DesiredNetwork, cloud: Cloud, report: Report) -> list[QuotaUsage]:
    if cloud.nat_gateways_in is None:
        return []
    counts = Counter(item.parent.rpartition("/")[2] for item in new if item.kind == NAT)
    return [
        quota_line(NAT_GATEWAYS, zone, (cloud.nat_gateways_in.get(zone, 0), number), None, desired.quotas, report)
        for zone, number in sorted(counts.items())
    ]


def _instances(new: list[PlannedChange], cloud: Cloud, fleet: Fleet, report: Report) -> list[QuotaUsage]:
    """Interfaces of each instance, and addresses of its primary one: also of those that get none, for what is left."""
    attached = Counter(item.parent for item in new if item.kind == "attachment")
    assigned = Counter(item.parent for item in new if item.kind == "private_address")
    lines = []
    for member in fleet.members:
        instance = member.instance
        limits = cloud.limits.get(instance.type) if instance else None
        if instance is None or limits is None:
            continue
        where = f"{member.host} ({instance.type})"
        numbers = len(instance.devices), attached[instance.id], limits.interfaces
        lines.append(QuotaUsage("network interfaces", where, *numbers, BY_TYPE))
        if attached[instance.id] and lines[-1].left < 0:
            report.problem(
                f"{member.host}: has {numbers[0]} network interfaces and would get {numbers[1]} more for gateways; "
                f"{instance.type} holds {numbers[2]}. Put a gateway on another aggregator, or take a larger instance "
                "type."
            )
        there = len(instance.addresses) + instance.prefixes
        numbers = there, assigned[instance.interface_id], limits.addresses_per_interface
        lines.append(QuotaUsage("private addresses", where, *numbers, BY_TYPE))
        if assigned[instance.interface_id] and lines[-1].left < 0:
            report.problem(
                f"{member.host}: its primary interface has {numbers[0]} addresses and would get {numbers[1]} more; an "
                f"interface of {instance.type} holds {numbers[2]}. Give a CPE NAT entry another aggregator, or take a "
                "larger instance type."
            )
    return lines


def _subnets(new: list[PlannedChange], cloud: Cloud, report: Report) -> list[QuotaUsage]:
    """Return a line for each subnet that gets interfaces, NAT gateways or addresses."""
    keys = {subnet.tags.get(TAG_KEY, ""): subnet for subnet in cloud.subnets.values()}
    homes = {instance.interface_id: instance.subnet_id for instance in cloud.instances.values()}
    made = {item.key: str((item.after or {}).get("cidr")) for item in new if item.kind == "subnet"}
    wanted: Counter[str] = Counter()
    for item in new:
        if item.kind in ("network_interface", NAT):
            wanted[item.parent] += 1
        elif item.kind == "private_address":
            wanted[homes.get(item.parent, "")] += 1
    lines = []
    for place, number in sorted(wanted.items()):
        subnet: Subnet | None = cloud.subnets.get(place) or keys.get(place)
        cidr = subnet.cidr if subnet else made.get(place)
        if cidr is None:
            continue
        usable = ipaddress.IPv4Network(cidr).num_addresses - AWS_RESERVED_FIRST - 1
        free = subnet.free if subnet and subnet.free is not None else usable
        line = QuotaUsage("subnet addresses", f"{place} {cidr}", usable - free, number, usable, BY_SIZE)
        lines.append(line)
        if line.left < 0:
            report.problem(
                f"The subnet {place} ({cidr}) has {free} free addresses and would have to give {number}. Free "
                "some, or put what is new on an aggregator in another subnet."
            )
    return lines


def _tables(new: list[PlannedChange], desired: DesiredNetwork, cloud: Cloud, report: Report) -> list[QuotaUsage]:
    """Return lines for the routes of each table, IPv4 and IPv6 apart, as AWS counts them."""
    counts = Counter((item.parent, ":" in item.key) for item in new if item.kind == "route")
    lines = []
    for (name, ipv6), number in sorted(counts.items()):
        table = _table(name, desired, cloud)
        there = sum((":" in route.destination) == ipv6 for route in table.routes) if table else 0
        where = f"{name}{' IPv6' if ipv6 else ''}"
        lines.append(quota_line(ROUTES, where, (there, number), None, desired.quotas, report))
    return lines


def _groups(new: list[PlannedChange], context: Context) -> list[QuotaUsage]:
    """Return the security groups of each interface that gets one more; a new gateway's has its VPC's own at first."""
    counts = Counter((item.host or "", item.parent) for item in new if item.kind == "group_attachment")
    regions = {host.host: host.region for host in context.desired.hosts}
    lines = []
    for (host, place), number in sorted(counts.items()):
        member, interface = context.fleet.by_interface(place), context.cloud.interfaces.get(place)
        there = (
            member.instance.groups if member and member.instance else interface.groups if interface else ("default",)
        )
        account = context.cloud.accounts.get(regions.get(host))
        lines.append(quota_line(GROUPS, place, (len(there), number), account, context.desired.quotas, context.report))
    return lines


def _table(name: str, desired: DesiredNetwork, cloud: Cloud) -> RouteTable | None:
    """Return the table that a route's item names: by its id, its tag, or as the main one of a space's VPC."""
    mains = {f"{vpc.tags.get(TAG_KEY)}/main": vpc.id for vpc in cloud.vpcs.values()}
    mains |= {f"{vpc_key(space.key)}/main": space.vpc.id for space in desired.spaces if space.vpc and space.vpc.id}
    for table in cloud.route_tables.values():
        if name in (table.id, table.tags.get(TAG_KEY)) or (table.main and mains.get(name) == table.vpc_id):
            return table
    return None


def warn_of_crowds(peers: Counter[str], report: Report) -> None:
    """Warn of more neighbours than the kernel's table holds (`peers` by host, over all meshes)."""
    crowded = [f"{host} ({number})" for host, number in sorted(peers.items()) if number > NEIGHBOURS]
    if crowded:
        report.warn(
            f"{', '.join(crowded)}: more than {NEIGHBOURS} neighbours over all meshes (spaces times peers); the kernel "
            "keeps 1024 unless net.ipv4.neigh.default.gc_thresh3 and its IPv6 twin are raised on the aggregators, and "
            "then no mesh settles."
        )
