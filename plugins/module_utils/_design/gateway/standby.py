# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways with a standby: a second network interface on another aggregator, ready to take the gateway's place.

Of the two one is active: its interface has the Elastic IP, and the VPC's route tables lead to it. The other one has all
else. Its static routes count only where no other default route exists, so that it announces none while the first one
lives. A change of roles is one association and one ReplaceRoute for each table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..._model.desired_network import MASQUERADE, NAT, DesiredGateway, DesiredSpace, Report
from ..._model.finding import Difference
from ..._model.names import (
    GATEWAY_KINDS,
    TAG_KEY,
    TAG_NETWORK,
    gateway_ip_key,
    gateway_key,
    nat_gateway_key,
    object_name,
    owned,
    public_table_key,
)
from ..._model.plan import ALLOW, Design
from ..._model.state import Cloud, Interface, Space
from ..._objects import Object
from ..aggregators.fleet import Member, is_alive, is_down
from ..context import Context
from ..roles.gateway_objects import FALLBACK_ROUTE_FILTER, STANDBY_ROUTE_FILTER
from ..vpc.vpcs import design_vpc
from .changes import design_gateway
from .gateways import Gateway, resolve_gateway
from .routes import tables_of

Role = Literal["moved", "active", "standby"]
"""Role of a gateway of a pair after a run: "moved" if it takes the other one's place in the run."""
Roles = Mapping[tuple[str, str], Role]
"""The roles by host and space."""


def active_host(space: str, given: DesiredGateway, network: str, cloud: Cloud) -> str:
    """Return the host whose interface is in use: that with the Elastic IP; with a NAT gateway, that of the routes."""
    interfaces = {host: _interface(space, host, network, cloud) for host in (given.first, given.standby or given.host)}
    if _built_egress(space, given, network, cloud) == NAT:
        targets = {route.target for table in cloud.route_tables.values() for route in table.routes}
    else:
        address = owned(network, gateway_ip_key(space, given.first), cloud.addresses)
        targets = {address.interface_id} if address else set()
    found = [host for host, interface in interfaces.items() if interface and interface.id in targets]
    return found[0] if found else given.first


def _built_egress(space: str, given: DesiredGateway, network: str, cloud: Cloud) -> str:
    """Return the egress of a gateway as AWS has it, where `site.yml` may not have made the inventory's yet."""
    nat = owned(network, nat_gateway_key(space, given.first), cloud.nat_gateways.values())
    address = owned(network, gateway_ip_key(space, given.first), cloud.addresses)
    has_nat, has_address = bool(nat and not nat.failure), bool(address and address.interface_id)
    if has_nat == has_address:
        return given.egress
    return NAT if has_nat else MASQUERADE


def active_hosts(space: DesiredSpace, context: Context) -> dict[str, str]:
    """Return for the host of each gateway the one that is active; a gateway on its standby is named."""
    _check_pairs(space, context)
    found: dict[str, str] = {}
    for given in space.gateways:
        if given.standby_of:
            continue
        active = active_host(space.key, given, context.desired.network, context.cloud) if given.standby else given.host
        found[given.host] = active
        if active != given.host:
            context.report.warn(
                f"space {space.key}, gateway on {given.host}: its standby {active} has taken its place, and keeps it. "
                f"bonded.internet.evacuate -e bonding_restore={given.host} brings it back.",
                Difference(
                    kind="gateway_moved",
                    object=gateway_key(space.key, given.host),
                    expected=f"on {given.host}",
                    found=f"on its standby {active}",
                    severity="info",
                    host=given.host,
                    space=space.key,
                    remedy=f"bonded.internet.evacuate -e bonding_restore={given.host} brings it back.",
                ),
            )
    return found


def _check_pairs(space: DesiredSpace, context: Context) -> None:
    """Refuse to take a gateway or its standby out of the pair while the standby has the gateway's place."""
    network, cloud = context.desired.network, context.cloud
    pairs, prefix = {(one.first, one.host) for one in space.gateways}, gateway_key(space.key, "")
    own = (one for one in cloud.interfaces.values() if one.tags.get(TAG_NETWORK) == network)
    keys = {interface.id: interface.tags.get(TAG_KEY, "") for interface in own}
    interfaces = {number: key.removeprefix(prefix) for number, key in keys.items() if key.startswith(prefix)}
    for address in cloud.addresses:
        key = address.tags.get(TAG_KEY, "")
        first, host = key.removeprefix(gateway_ip_key(space.key, "")), interfaces.get(address.interface_id or "")
        if host is None or key == first or host == first or address.tags.get(TAG_NETWORK) != network:
            continue
        if (first, host) in pairs or not any({first, host} & {*pair} for pair in pairs):
            continue  # what is not in the inventory at all is kept, or removed as a whole
        number = address.allocation_id
        context.report.problem(
            f"space {space.key}: its standby {host} has taken the place of the gateway on {first}, and the inventory "
            f"has that pair no more (expected a gateway with aggregator: {first} and standby: {host}). Give it back "
            f"first: bonded.internet.evacuate -e bonding_restore={first}. Where {first} does not come back, end its "
            "connections: aws ec2 disassociate-address --association-id $(aws ec2 describe-addresses --query "
            f"Addresses[0].AssociationId --output text --allocation-ids {number}); the next run then gives the gateway "
            "another public address."
        )


def design_gateway_moves(context: Context) -> Roles:
    """Let the standbys of an evacuated host's gateways take their place, or give a restored host its gateways back.

    A move that a killed run has begun is finished. Return both gateways of each pair that moves, or has moved.
    """
    relocation, roles = context.desired.relocation, dict[tuple[str, str], Role]()
    if relocation is None:
        return roles
    for space in context.desired.spaces:
        for given in space.gateways:
            if given.standby_of:
                continue
            pair = _Pair(space, given, context)
            if relocation.evacuate in pair.hosts:
                before, to = relocation.evacuate, next((one for one in pair.hosts if one != relocation.evacuate), None)
            elif relocation.restore == given.host and given.standby:
                before, to = given.standby, given.host
            else:
                continue
            role = pair.move(before, to)
            if role and to is not None:
                roles |= {(before, space.key): "standby", (to, space.key): role}
    return roles


@dataclass(frozen=True)
class _Pair:
    """A gateway and its standby, in a run that lets one take the place of the other."""

    space: DesiredSpace
    given: DesiredGateway
    context: Context

    @property
    def hosts(self) -> list[str]:
        """Return the hosts of the gateway and of its standby."""
        return [one.host for one in self.space.gateways if one.first == self.given.host]

    @property
    def label(self) -> str:
        """Return the gateway's name in messages."""
        return f"space {self.space.key}, gateway on {self.given.host}"

    def interface(self, host: str | None) -> Interface | None:
        """Return the network interface of the pair on a host."""
        return _interface(self.space.key, host or "", self.context.desired.network, self.context.cloud)

    def move(self, before: str, to: str | None) -> Role | None:
        """Design that the gateway on `to` takes the place of that on `before`; name a gateway that cannot move.

        Return the role of the one on `to`; None if it stays the standby.
        """
        context, report = self.context, self.context.report
        active = active_host(self.space.key, self.given, context.desired.network, context.cloud)
        found, member = context.server.spaces.get(self.space.key), context.fleet.by_host(to or "")
        if to is None:
            report.warn(f"{self.label}: stays, since it has no standby. Give it one (standby), or another aggregator.")
        elif member is None or member.instance is None:
            way = "Give it its successor's aws_instance_id, and run site.yml"
            report.warn(f"{self.label}: stays on {active}, since {to} has no instance. {way}.")
        elif found is None or self.interface(to) is None:
            report.warn(
                f"{self.label}: stays on {active}, since its network interface on {to} is not built. Run site.yml."
            )
        elif active != before and not self._is_begun(before, member, found):
            return "active" if active == to else None
        elif obstacle := self._obstacle(member) or (self._interruption(before, member) if active == before else ""):
            report.warn(f"{self.label}: stays on {active}, since {obstacle}")
        elif self._design_move(before, member, found):
            if is_down(member, context.server):
                way = f"Until {to} is up, the space has no egress by it."
                report.warn(f"{self.label}: goes to {to}, which is down, as the management server sees it. {way}")
            return "moved"
        return None

    def _interruption(self, before: str, member: Member) -> str:
        """Return why a move would interrupt the egress of a gateway that works; empty if it would not.

        The management server may be wrong: the way from one dead aggregator to another one is not barred.
        """
        fleet, server = self.context.fleet, self.context.server
        left = next((one for one in (*fleet.members, *fleet.decommissioned) if one.host == before), None)
        is_lost = left is not None and is_alive(left, server) and is_down(member, server)
        if self.context.desired.allow_disruption or not is_lost:
            return ""
        return (
            f"{member.host} is down, as the management server sees it, and {before} is not. Bring {member.host} up, or "
            f"say -e {ALLOW}=true to move it there nevertheless."
        )

    def _obstacle(self, member: Member) -> str:
        """Return why the gateway cannot go to an aggregator that has an interface of the pair; empty if it can."""
        instance, interface = member.instance, self.interface(member.host)
        if instance and instance.state != "running":
            return f"{member.host} is {instance.state} ({instance.id}). Start it."
        if instance and interface and interface.instance_id != instance.id:
            there = f"{member.host} ({instance.id})"
            return f"its network interface {interface.id} is not attached to {there}. Run site.yml."
        return ""

    def _is_begun(self, before: str, member: Member, space: Space) -> bool:
        """Return True if a killed run has left a route to the old interface, or a filter of the old roles."""
        old = self.interface(before)
        bodies = {before: STANDBY_ROUTE_FILTER, member.host: FALLBACK_ROUTE_FILTER}
        return bool(_networks_to([old], self.context.cloud)) or any(
            obj.data.get("body") != body
            for host, body in bodies.items()
            if (one := self.context.fleet.by_host(host))
            for obj in self.context.server.objects.get(one.id, ())
            if (obj.kind, obj.key) == ("filter", self._filter(space))
        )

    def _filter(self, space: Space) -> str:
        return object_name(self.context.desired.network, GATEWAY_KINDS[1], space.id)

    def _design_move(self, before: str, member: Member, found: Space) -> bool:
        # The VPC is there: its pending changes, and what site.yml says of them, are not of this run.
        aside = replace(self.context, design=Design(), report=Report())
        gateway = self._as_built(before, member, found, aside)
        if gateway and not aside.report.problems:
            design_gateway(gateway, [], aside)
        if gateway is None or aside.report.problems:
            for text in aside.report.problems:
                self.context.report.warn(f"{text} The gateway stays.")
            return False
        design_gateway(gateway, [], self.context)
        if left := self.context.fleet.by_host(before):
            data = {"name": self._filter(found), "family": "ipv4", "body": STANDBY_ROUTE_FILTER}
            # With the gateway's own changes, so that --limit leaves out all of a move or nothing of it.
            self.context.design.want(
                "add", "private_wan", member.host, Object("filter", left.parent, self._filter(found), data)
            )
        return True

    def _as_built(self, before: str, member: Member, found: Space, aside: Context) -> Gateway | None:
        """Return the gateway on `member` with the egress, networks and route tables that AWS has, not the inventory."""
        network, cloud = self.context.desired.network, self.context.cloud
        wanted = next(one for one in self.space.gateways if one.first == self.given.host and one.host == member.host)
        interfaces = [self.interface(before), self.interface(member.host)]
        led, tables = _networks_to(interfaces, cloud), _tables_to(interfaces, self.space.key, cloud)
        egress = _built_egress(self.space.key, self.given, network, cloud)
        built = replace(wanted, networks=led, auto=False, egress=egress, vpc_routes=bool(led))
        vpc = design_vpc(self.space, aside)
        gateway = resolve_gateway(self.space, built, found, vpc, aside)
        if gateway is None:
            return None
        named = {table.id for _name, table in tables_of(gateway, self.context.desired, cloud, Report()) if table}
        if tables <= named:
            return gateway
        return replace(gateway, desired=replace(built, route_tables=tuple(sorted(tables))))


def _tables_to(interfaces: Iterable[Interface | None], space: str, cloud: Cloud) -> set[str]:
    """Return the route tables that lead to one of the interfaces, but that of a NAT gateway's own subnet."""
    targets = {interface.id for interface in interfaces if interface}
    return {
        number
        for number, table in cloud.route_tables.items()
        if any(route.target in targets for route in table.routes)
        and not table.tags.get(TAG_KEY, "").startswith(public_table_key(space, ""))
    }


def _networks_to(interfaces: Iterable[Interface | None], cloud: Cloud) -> tuple[str, ...]:
    """Return the IPv4 destinations that any route table leads to one of the interfaces."""
    targets = {interface.id for interface in interfaces if interface}
    routes = [route for table in cloud.route_tables.values() for route in table.routes]
    found = [one.destination for one in routes if one.target in targets and "." in one.destination]
    return tuple(dict.fromkeys(found))


def _interface(space: str, host: str, network: str, cloud: Cloud) -> Interface | None:
    interface: Interface | None = owned(network, gateway_key(space, host), cloud.interfaces.values())
    return interface


def warn_of_unprotected(actives: Mapping[str, Mapping[str, str]], context: Context) -> None:
    """Warn of gateways without a standby, if the operator wants to know.

    :param actives: `active_hosts` of each space
    """
    if not context.desired.warn_unprotected:
        return
    for space in context.desired.spaces:
        alone = [one.host for one in space.gateways if one.host in actives.get(space.key, {}) and not one.standby]
        if alone:
            context.report.warn(
                f"space {space.key}: its gateways on {', '.join(alone)} have no standby: without these aggregators the "
                "space has no egress. Give each one a standby."
            )
