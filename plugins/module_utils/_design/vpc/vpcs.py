# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VPC for each space, with a subnet in each zone that has a gateway.

A VPC's route table can only point at an interface of that VPC, and an interface attaches only inside its instance's
zone: so the gateway's interface lives in the space's VPC, in a subnet of the aggregator's zone.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any

from ..._model.desired_network import DesiredNetwork, DesiredSpace, DesiredVpc, Report
from ..._model.finding import Difference
from ..._model.names import (
    ANYWHERE,
    TAG_KEY,
    TAG_NETWORK,
    all_owned,
    internet_gateway_key,
    owned,
    public_subnet_key,
    public_table_key,
    route_table_key,
    subnet_key,
    tags,
    vpc_key,
)
from ..._model.plan import KNOWN_AFTER_APPLY, Design, Placement
from ..._model.role_inputs import SubnetInput, VpcInput
from ..._model.state import Cloud, RouteTable, Subnet, Vpc
from ..._objects import Change
from ..aggregators.fleet import Fleet
from ..context import Context
from .default_routes import judge_foreign_default_routes
from .egress_only import delete_egress_only_gateways, ipv6_items, leads_out
from .public_subnets import public_items, public_subnets

PART = "private_wan"
SMALLEST_SUBNET = 28
SAY_IPV6 = "Say vpc.ipv6: true, since no run takes IPv6 away."


@dataclass(frozen=True)
class VpcDesign:
    """A space's VPC: what it is called, which one it is, and its subnets by zone (`cidr` is None if it is adopted)."""

    space: str
    found: Vpc | None
    cidr: str | None
    subnets: dict[str, str]
    public: dict[str, str] = field(default_factory=dict)
    """The public subnets, each for a NAT gateway."""


def zone_subnet(cidr: str, zone: str) -> str | None:
    """Return the default subnet of a zone: one /24 (smaller VPCs: an eighth) by the zone's letter, none ever shifts."""
    network = ipaddress.IPv4Network(cidr)
    prefix = min(max(24, network.prefixlen + 3), SMALLEST_SUBNET)
    number = ord(zone[-1]) - ord("a")
    if prefix < network.prefixlen or not 0 <= number < 2 ** (prefix - network.prefixlen):
        return None
    return str(ipaddress.IPv4Network((int(network.network_address) + number * 2 ** (32 - prefix), prefix)))


def gateway_zones(space: DesiredSpace, fleet: Fleet) -> list[str]:
    """Return the zones in which the space has gateways."""
    members = (fleet.by_host(gateway.host) for gateway in space.gateways if gateway.subnet_id is None)
    return sorted({m.instance.zone for m in members if m and m.instance})


def design_vpc(space: DesiredSpace, context: Context) -> VpcDesign | None:
    """Add the items and the work of a space's VPC."""
    cloud, report = context.cloud, context.report
    if space.vpc is None:
        return None
    what = f"space {space.key}"
    if space.vpc.id:
        found = cloud.vpcs.get(space.vpc.id)
        if found is None:
            report.problem(f"{what}, vpc.id: AWS has no VPC {space.vpc.id} in this region. Correct vpc.id.")
        for gateway in space.gateways:
            if not gateway.subnet_id:
                report.problem(f"{what}: with an adopted VPC the gateway on {gateway.host} needs subnet_id.")
        return VpcDesign(space.key, found, None, {})
    cidr = space.vpc.cidr
    if cidr is None:
        return None  # why it cannot be used has been said
    found = owned(context.desired.network, vpc_key(space.key), cloud.vpcs.values())
    if found and cidr not in found.cidrs:
        report.problem(
            f"{what}, vpc.cidr: {cidr}, but its VPC {found.id} has {', '.join(found.cidrs)}: AWS cannot change a VPC's "
            "network. Tear the space down first, or take the old network."
        )
    _check_zones(space.key, space.vpc, context)
    subnets = _subnets(space, space.vpc, cidr, context.fleet, report)
    public = public_subnets(space, cidr, subnets, context.fleet, report)
    vpc = VpcDesign(space.key, found, cidr, subnets, public)
    _items(vpc, space.vpc, context)
    judge_foreign_default_routes(space, bool(public), space.vpc.ipv6, context)
    return vpc


def _check_zones(space: str, wanted: DesiredVpc, context: Context) -> None:
    """Refuse a new subnet in a zone without an aggregator; an existing one may stay.

    EC2 refuses a zone that it does not know, but only after the VPC has been made.
    """
    desired, cloud = context.desired, context.cloud
    zones = sorted({instance.zone for instance in cloud.instances.values()})
    for name, given, key_of in (
        ("subnets", wanted.subnets, subnet_key),
        ("public_subnets", wanted.public_subnets, public_subnet_key),
    ):
        for zone in (subnet["zone"] for subnet in given):
            if zone not in zones and not owned(desired.network, key_of(space, zone), cloud.subnets.values()):
                context.report.problem(
                    f"space {space}, vpc.{name}: no aggregator is in the zone {zone} (they are in "
                    f"{', '.join(zones) or 'none that is known'}): a network interface attaches only inside the zone "
                    "of its instance."
                )


def _subnets(space: DesiredSpace, wanted: DesiredVpc, cidr: str, fleet: Fleet, report: Report) -> dict[str, str]:
    """Return the gateway subnets by zone, given or derived from the VPC's network."""
    what = f"space {space.key}"
    given = {subnet["zone"]: subnet["cidr"] for subnet in wanted.subnets}
    chosen: dict[str, str] = dict(given)
    for zone in gateway_zones(space, fleet):
        if zone in chosen:
            continue
        derived = zone_subnet(cidr, zone)
        if derived is None:
            report.problem(f"{what}, vpc.cidr: {cidr} has no default subnet for the zone {zone}: give vpc.subnets.")
        else:
            chosen[zone] = derived
    networks = sorted((ipaddress.IPv4Network(c), zone) for zone, c in chosen.items())
    for (one, zone), (other, second) in zip(networks, networks[1:], strict=False):
        if one.overlaps(other):
            report.problem(f"{what}, vpc.subnets: {one} ({zone}) and {other} ({second}) overlap. Change one.")
    return chosen


def _items(vpc: VpcDesign, wanted: DesiredVpc, context: Context) -> None:
    cloud, design, report = context.cloud, context.design, context.report
    space, cidr, found, subnets = vpc.space, vpc.cidr, vpc.found, vpc.subnets
    network, key, ipv6 = context.desired.network, vpc_key(space), wanted.ipv6
    before = len(design.items)
    common = Placement("add", PART)

    def make(kind: str, parent: str, name: str, after: dict[str, Any]) -> None:
        design.aws(Change("create", kind, parent, name, after=after | {"tags": tags(network, name)}), common)

    if found is None:
        make("vpc", "", key, {"cidr": cidr, "ipv6": ipv6})
    elif ipv6 and not found.ipv6:
        design.aws(Change("update", "vpc", "", key, before={"ipv6": False}, after={"ipv6": True}), common)
    elif found.ipv6 and not ipv6:
        report.warn(
            f"space {space}: vpc.ipv6 is not true, but its VPC {found.id} has IPv6. The blocks of the VPC and its "
            "subnets, and the VPC's route for ::/0, are kept.",
            Difference("vpc", key, "ipv6 false", "ipv6 true", "warning", "plan", space=space, remedy=SAY_IPV6),
        )
    gateway = owned(network, internet_gateway_key(space), cloud.internet_gateways.values())
    if gateway is None:
        make("internet_gateway", key, internet_gateway_key(space), {})
    elif found is None or gateway.vpc_id != found.id:
        design.aws(
            Change(
                "update",
                "internet_gateway",
                key,
                internet_gateway_key(space),
                before={"vpc_id": gateway.vpc_id},
                after={"vpc_id": found.id if found else KNOWN_AFTER_APPLY},
            ),
            common,
        )
    subnet_ids = []
    for zone, subnet in sorted(subnets.items()):
        name = subnet_key(space, zone)
        present: Subnet | None = owned(network, name, cloud.subnets.values())
        if present is None:
            make("subnet", key, name, {"cidr": subnet, "zone": zone, "ipv6": ipv6})
        else:
            subnet_ids.append(present.id)
            fits = found is None or cidr in found.cidrs  # else it has been said of the whole VPC
            if fits and (present.cidr, present.zone) != (subnet, zone):
                report.problem(
                    f"space {space}, vpc.subnets: {subnet} is wanted in {zone}, but {name} ({present.id}) has "
                    f"{present.cidr} in {present.zone}: AWS cannot change a subnet's network. Take the old one."
                )
            if ipv6 and not present.ipv6:
                design.aws(Change("update", "subnet", key, name, before={"ipv6": False}, after={"ipv6": True}), common)
    _check_subnets(vpc, network, cloud, report)
    _warn_of_unused_subnets(vpc, context)
    table = owned(network, route_table_key(space), cloud.route_tables.values())
    if table is None:
        make("route_table", key, route_table_key(space), {})
    elif len(subnet_ids) < len(subnets) or set(subnet_ids) - set(table.subnet_ids):
        design.aws(
            Change(
                "update",
                "route_table",
                key,
                route_table_key(space),
                before={"subnets": len(set(subnet_ids) & set(table.subnet_ids))},
                after={"subnets": len(subnets)},
            ),
            common,
        )
    default_routes = {route.destination: route for route in table.routes} if table else {}
    targets = {destination: route.target for destination, route in default_routes.items()}
    # with a NAT gateway the default route belongs to the gateways' part
    default_route = not vpc.public and targets.get(ANYWHERE) not in cloud.nat_gateways
    if default_route:
        after = {"target": gateway.id if gateway else KNOWN_AFTER_APPLY}
        if ANYWHERE not in targets:
            design.aws(Change("create", "route", route_table_key(space), ANYWHERE, after=after), common)
        elif default_routes[ANYWHERE].state == "blackhole" and not (gateway and targets[ANYWHERE] == gateway.id):
            # the old target was deleted (an internet gateway made anew, a NAT gateway deleted by hand)
            old = {"target": targets[ANYWHERE]}
            design.aws(Change("update", "route", route_table_key(space), ANYWHERE, old, after), common)
    # until the last NAT gateway is gone, IPv6 leaves as the NAT gateway's companion lets it
    outward = ipv6 and (bool(vpc.public) or leads_out(space, context.desired, cloud))
    if ipv6:
        ipv6_items(space, outward, gateway, context)
    public_items(space, gateway, vpc.public, context)
    if len(design.items) > before:
        work = VpcInput(
            network=context.desired.network,
            space=space,
            cidr=cidr,
            ipv6=ipv6,
            fresh=found is None and gateway is None and table is None and not subnet_ids,
            subnets=[SubnetInput(zone, subnet, subnet_key(space, zone)) for zone, subnet in sorted(subnets.items())],
            public_subnets=[SubnetInput(zone, subnet) for zone, subnet in sorted(vpc.public.items())],
            default_route=default_route,
            egress_only=outward,
        )
        design.vpcs["add"].append(work)


def _check_subnets(vpc: VpcDesign, network: str, cloud: Cloud, report: Report) -> None:
    """Refuse a new subnet that overlaps another one of the VPC, as EC2 does."""
    inside = [subnet for subnet in cloud.subnets.values() if vpc.found and subnet.vpc_id == vpc.found.id]
    keys = {subnet.id: subnet.tags.get(TAG_KEY, "") for subnet in inside if subnet.tags.get(TAG_NETWORK) == network}
    for name, chosen, key_of in (
        ("subnets", vpc.subnets, subnet_key),
        ("public_subnets", vpc.public, public_subnet_key),
    ):
        for zone, cidr in sorted(chosen.items()):
            if key_of(vpc.space, zone) in keys.values():
                continue
            for other in inside:
                if ipaddress.IPv4Network(cidr).overlaps(ipaddress.IPv4Network(other.cidr)):
                    known = keys.get(other.id) or "the subnet"
                    report.problem(
                        f"space {vpc.space}, vpc.{name}: {cidr} in {zone} overlaps {known} ({other.id}), which has "
                        f"{other.cidr} in {other.zone}: EC2 refuses it. Give {zone} another network."
                    )


def _warn_of_unused_subnets(vpc: VpcDesign, context: Context) -> None:
    """Warn of our subnets without a wanted gateway, unless the zone of one is unknown: it has no instance."""
    desired, cloud, unavailable = context.desired, context.cloud, context.fleet.unavailable
    hosts = {gateway.host for space in desired.spaces if space.key == vpc.space for gateway in space.gateways}
    if vpc.found is None or hosts & unavailable.keys():
        return
    wanted = {subnet_key(vpc.space, zone) for zone in vpc.subnets}
    used = {one.subnet_id for one in cloud.interfaces.values() if one.tags.get(TAG_NETWORK) != desired.network}
    for subnet in cloud.subnets.values():
        key = subnet.tags.get(TAG_KEY, "") if subnet.tags.get(TAG_NETWORK) == desired.network else ""
        inside = subnet.vpc_id == vpc.found.id and key.startswith(subnet_key(vpc.space, ""))
        if inside and key not in wanted and subnet.id not in used:
            context.report.warn(
                f"The subnet {key} ({subnet.id}) has no gateway in bonding_spaces any more, nor is it in vpc.subnets. "
                f"It is kept; to delete it: aws ec2 delete-subnet --subnet-id {subnet.id}",
                _about_unused(subnet, key, vpc.space),
            )


def _about_unused(subnet: Subnet, key: str, space: str) -> Difference:
    remedy = f"aws ec2 delete-subnet --subnet-id {subnet.id}"
    found = f"{subnet.id}, {subnet.cidr}"
    return Difference("subnet", key, "a gateway, or absent", found, "warning", "waste", space=space, remedy=remedy)


def design_vpc_removal(context: Context) -> None:
    """Delete every VPC with our tags that no space wants, also of spaces that the server or the inventory lost."""
    desired = context.desired
    named = {space.key for space in desired.spaces if space.vpc and not space.vpc.id}
    prefix = vpc_key("")
    mine = [o for o in context.cloud.vpcs.values() if o.tags.get(TAG_NETWORK) == desired.network]
    for vpc in sorted(mine, key=lambda vpc: vpc.tags.get(TAG_KEY, "")):
        space = vpc.tags.get(TAG_KEY, "").removeprefix(prefix)
        if not desired.absent and space in named:
            continue
        if not (desired.absent or desired.prune):
            context.report.keep(
                f"The VPC {vpc.id} ({vpc_key(space)}) is wanted by no space of bonding_spaces any more. It is kept; "
                "bonding_prune: true removes it."
            )
            continue
        _removal_items(vpc, space, desired, context.cloud, context.design)


def _removal_items(vpc: Vpc, space: str, desired: DesiredNetwork, cloud: Cloud, design: Design) -> None:
    common = Placement("remove", PART)
    network, key = desired.network, vpc_key(space)
    subnets = [s for s in cloud.subnets.values() if s.vpc_id == vpc.id and s.tags.get(TAG_NETWORK) == network]
    for subnet in sorted(subnets, key=lambda s: s.cidr):
        before = {"cidr": subnet.cidr, "zone": subnet.zone}
        design.aws(Change("delete", "subnet", key, subnet.tags[TAG_KEY], before), common)
    for table in _tables(vpc, space, network, cloud):
        design.aws(Change("delete", "route_table", key, table.tags[TAG_KEY], before={"id": table.id}), common)
    # one that is attached nowhere goes with the first VPC of the space
    first = not any(work.space == space for work in design.vpcs["remove"])
    for gateway in all_owned(network, internet_gateway_key(space), cloud.internet_gateways.values()):
        if gateway.vpc_id == vpc.id or (gateway.vpc_id is None and first):
            before = {"id": gateway.id}
            design.aws(Change("delete", "internet_gateway", key, internet_gateway_key(space), before), common)
    inside = (one for one in cloud.egress_only_gateways.values() if one.vpc_id == vpc.id)
    delete_egress_only_gateways(space, (one for one in inside if one.tags.get(TAG_NETWORK) == network), design)
    design.aws(Change("delete", "vpc", "", key, before={"id": vpc.id, "cidr": vpc.cidrs[0]}), common)
    if first:  # the role deletes all that carries the space's keys
        design.vpcs["remove"].append(
            VpcInput(network=network, space=space, cidr=vpc.cidrs[0], ipv6=vpc.ipv6, remove=True)
        )


def _tables(vpc: Vpc, space: str, network: str, cloud: Cloud) -> list[RouteTable]:
    """Return the route tables of ours in a space's VPC."""
    inside = [table for table in cloud.route_tables.values() if table.vpc_id == vpc.id]
    mine = [table for table in inside if table.tags.get(TAG_NETWORK) == network]
    public = public_table_key(space, "")
    found = [t for t in mine if t.tags[TAG_KEY] == route_table_key(space) or t.tags[TAG_KEY].startswith(public)]
    return sorted(found, key=lambda table: table.tags[TAG_KEY])
