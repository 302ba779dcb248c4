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

from ..._model.desired_network import DesiredSpace, DesiredVpc, Report
from ..._model.finding import Difference
from ..._model.names import (
    ANYWHERE,
    TAG_KEY,
    TAG_NETWORK,
    internet_gateway_key,
    owned,
    public_subnet_key,
    route_table_key,
    subnet_key,
    tags,
    vpc_key,
)
from ..._model.plan import KNOWN_AFTER_APPLY, Placement
from ..._model.role_inputs import SubnetInput, VpcInput
from ..._model.state import Cloud, InternetGateway, RouteTable, Subnet, Vpc
from ..._objects import Change
from ..aggregators.fleet import Fleet
from ..context import Context
from .default_routes import judge_foreign_default_routes
from .egress_only import ipv6_items, leads_out
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
    """Add the items of a VPC with its gateway, subnets and routes, and the work of its role if there are any."""
    before, made = len(context.design.items), _Vpc(vpc, wanted.ipv6, context)
    made.design_itself()
    gateway = made.design_internet_gateway()
    subnets = made.design_subnets()
    _check_subnets(vpc, context.desired.network, context.cloud, context.report)
    _warn_of_unused_subnets(vpc, context)
    table = made.design_route_table(subnets)
    default_route = made.design_default_route(table, gateway)
    # until the last NAT gateway is gone, IPv6 leaves as the NAT gateway's companion lets it
    outward = wanted.ipv6 and (bool(vpc.public) or leads_out(vpc.space, context.desired, context.cloud))
    if wanted.ipv6:
        ipv6_items(vpc.space, outward, gateway, context)
    public_items(vpc.space, gateway, vpc.public, context)
    if len(context.design.items) > before:
        work = VpcInput(
            network=context.desired.network,
            space=vpc.space,
            cidr=vpc.cidr,
            ipv6=wanted.ipv6,
            fresh=vpc.found is None and gateway is None and table is None and not subnets,
            subnets=[
                SubnetInput(zone, cidr, subnet_key(vpc.space, zone)) for zone, cidr in sorted(vpc.subnets.items())
            ],
            public_subnets=[SubnetInput(zone, one) for zone, one in sorted(vpc.public.items())],
            default_route=default_route,
            egress_only=outward,
        )
        context.design.vpcs["add"].append(work)


@dataclass(frozen=True)
class _Vpc:
    """A VPC of ours and its parts, each compared with what EC2 has."""

    vpc: VpcDesign
    ipv6: bool
    context: Context

    @property
    def network(self) -> str:
        """Return the network's name, with which tags begin."""
        return self.context.desired.network

    @property
    def key(self) -> str:
        """Return the VPC's key, the parent of its parts."""
        return vpc_key(self.vpc.space)

    def create(self, kind: str, parent: str, name: str, after: dict[str, Any]) -> None:
        """Add an item that creates an object with our tags."""
        self._add(Change("create", kind, parent, name, after=after | {"tags": tags(self.network, name)}))

    def update(self, kind: str, parent: str, name: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Add an item that changes an object."""
        self._add(Change("update", kind, parent, name, before=before, after=after))

    def _add(self, change: Change) -> None:
        self.context.design.aws(change, Placement("add", PART))

    def design_itself(self) -> None:
        """Create the VPC, or give it IPv6; warn of IPv6 that no run takes away."""
        found, space = self.vpc.found, self.vpc.space
        if found is None:
            self.create("vpc", "", self.key, {"cidr": self.vpc.cidr, "ipv6": self.ipv6})
        elif self.ipv6 and not found.ipv6:
            self.update("vpc", "", self.key, {"ipv6": False}, {"ipv6": True})
        elif found.ipv6 and not self.ipv6:
            self.context.report.warn(
                f"space {space}: vpc.ipv6 is not true, but its VPC {found.id} has IPv6. The blocks of the VPC and its "
                "subnets, and the VPC's route for ::/0, are kept.",
                Difference("vpc", self.key, "ipv6 false", "ipv6 true", "warning", "plan", space=space, remedy=SAY_IPV6),
            )

    def design_internet_gateway(self) -> InternetGateway | None:
        """Create or attach the internet gateway; return the one that is there."""
        found, name = self.vpc.found, internet_gateway_key(self.vpc.space)
        gateway = owned(self.network, name, self.context.cloud.internet_gateways.values())
        if gateway is None:
            self.create("internet_gateway", self.key, name, {})
        elif found is None or gateway.vpc_id != found.id:
            after = {"vpc_id": found.id if found else KNOWN_AFTER_APPLY}
            self.update("internet_gateway", self.key, name, {"vpc_id": gateway.vpc_id}, after)
        return gateway

    def design_subnets(self) -> set[str]:
        """Create the gateways' subnets, or give them IPv6; return the ids of those that are there."""
        subnet_ids = set()
        for zone, cidr in sorted(self.vpc.subnets.items()):
            name = subnet_key(self.vpc.space, zone)
            present: Subnet | None = owned(self.network, name, self.context.cloud.subnets.values())
            if present is None:
                self.create("subnet", self.key, name, {"cidr": cidr, "zone": zone, "ipv6": self.ipv6})
                continue
            subnet_ids.add(present.id)
            # else it has been said of the whole VPC
            fits = self.vpc.found is None or self.vpc.cidr in self.vpc.found.cidrs
            if fits and (present.cidr, present.zone) != (cidr, zone):
                self.context.report.problem(
                    f"space {self.vpc.space}, vpc.subnets: {cidr} is wanted in {zone}, but {name} ({present.id}) has "
                    f"{present.cidr} in {present.zone}: AWS cannot change a subnet's network. Take the old one."
                )
            if self.ipv6 and not present.ipv6:
                self.update("subnet", self.key, name, {"ipv6": False}, {"ipv6": True})
        return subnet_ids

    def design_route_table(self, subnet_ids: set[str]) -> RouteTable | None:
        """Create the route table of the subnets, or associate it with them; return the one that is there."""
        name, count = route_table_key(self.vpc.space), len(self.vpc.subnets)
        table: RouteTable | None = owned(self.network, name, self.context.cloud.route_tables.values())
        if table is None:
            self.create("route_table", self.key, name, {})
        elif len(subnet_ids) < count or subnet_ids - set(table.subnet_ids):
            associated = len(subnet_ids & set(table.subnet_ids))
            self.update("route_table", self.key, name, {"subnets": associated}, {"subnets": count})
        return table

    def design_default_route(self, table: RouteTable | None, gateway: InternetGateway | None) -> bool:
        """Create the default route to the internet gateway; return False where a NAT gateway has it.

        With a NAT gateway the default route belongs to the gateways' part.
        """
        routes = {route.destination: route for route in table.routes} if table else {}
        present, name = routes.get(ANYWHERE), route_table_key(self.vpc.space)
        if self.vpc.public or (present and present.target in self.context.cloud.nat_gateways):
            return False
        after = {"target": gateway.id if gateway else KNOWN_AFTER_APPLY}
        if present is None:
            self._add(Change("create", "route", name, ANYWHERE, after=after))
        elif present.state == "blackhole" and not (gateway and present.target == gateway.id):
            # the old target was deleted (an internet gateway made anew, a NAT gateway deleted by hand)
            self.update("route", name, ANYWHERE, {"target": present.target}, after)
        return True


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
