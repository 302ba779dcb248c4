# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removal of gateways: of a decommissioned aggregator, of an edited inventory, of a teardown."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import Any

from ..._model.desired_network import NAT, DesiredNetwork
from ..._model.names import (
    ANYWHERE,
    GATEWAY_KINDS,
    TAG_KEY,
    TAG_NETWORK,
    TAG_RETIRED,
    all_owned,
    gateway_ip_key,
    gateway_key,
    internet_gateway_key,
    nat_gateway_ip_key,
    nat_gateway_key,
    owned,
    vpc_key,
)
from ..._model.ownership import is_own_object
from ..._model.plan import KNOWN_AFTER_APPLY, Design, Placement
from ..._model.state import Cloud, ElasticIp, Interface, NatGateway, Server
from ..._objects import Change, Object
from ..adoption import is_adopted_interface, is_given_back
from ..aggregators.fleet import Fleet, Member
from ..aggregators.leftovers import RELEASE, TEARDOWN, releases, removal_switch
from ..context import Context
from ..roles.gateway_input import named_input
from ..roles.gateway_objects import STANDBY_ROUTE_FILTER
from .gateways import PART, Gateway
from .nat_gateway import failed_nats, remove_gateway_address, remove_nat_gateway

PREFIXES = ("gateway", "gateway-ip", "natgw", "natgw-ip")
"""First parts of the tags of what a gateway is made of."""
ADDRESS_PREFIXES = ("gateway-ip", "natgw-ip")


def design_gateway_removal(kept: list[Gateway], context: Context) -> None:
    """Remove each gateway of ours that the inventory does not name, if a switch asks for that; else warn of it.

    What else belongs to it follows it by `leftovers`: its security group, and what its host translates.

    A gateway is known by its network interface, and where that is gone (a killed run, a deletion by hand) by its
    NAT gateway, an Elastic IP or its static protocol.
    """
    desired, cloud = context.desired, context.cloud
    wanted = {(gateway.space, gateway.member.host) for gateway in kept} | context.leftovers.kept_gateways
    for space, host in sorted(_existing(context) - wanted):
        key = gateway_key(space, host)
        interface = owned(desired.network, key, cloud.interfaces.values())
        member = _member(context.fleet, interface, host)
        gone = RemovedGateway(
            space=space,
            host=host,
            member=member,
            interface=interface,
            address=owned(desired.network, gateway_ip_key(space, host), cloud.addresses),
            objects=_server_objects(space, interface, member, desired, context.server),
            nat=owned(desired.network, nat_gateway_key(space, host), cloud.nat_gateways.values()),
            nat_address=owned(desired.network, nat_gateway_ip_key(space, host), cloud.addresses),
        )
        if gone.only_kept_addresses:  # those that a teardown, or another egress, kept
            if releases(desired):
                _gone(gone, TEARDOWN if desired.absent else RELEASE, context)
            continue
        switch = removal_switch(desired, context.fleet, member)
        if switch is None:
            context.leftovers.kept_gateways.add((space, host))
            context.report.keep(
                f"The gateway {key} ({gone.place}) is not in the inventory any more. It is kept, with its security "
                "group, its port forwards and what its host translates; bonding_prune: true removes it."
            )
            continue
        context.leftovers.gone_gateways[space, host] = switch
        _gone(gone, switch, context)
    if desired.absent and not desired.release_addresses:
        for address in cloud.addresses:
            key = address.tags.get(TAG_KEY, "")
            if key.partition("/")[0] in ADDRESS_PREFIXES:
                context.report.warn(f"The Elastic IP {address.public_ip} ({key}) is kept, tagged {TAG_RETIRED}.")


@dataclass(frozen=True)
class RemovedGateway:
    """A gateway to be removed, as far as it is still there."""

    space: str
    host: str
    member: Member | None
    interface: Interface | None
    address: ElasticIp | None
    objects: list[Object]
    nat: NatGateway | None
    nat_address: ElasticIp | None

    @property
    def only_kept_addresses(self) -> bool:
        """Return True if the only remains are Elastic IPs that nothing uses any more, and what was given back."""
        addresses = [address for address in (self.address, self.nat_address) if address]
        kept = all(address.tags.get(TAG_RETIRED) == "true" for address in addresses)
        given_back = is_given_back(self.interface)
        used = self.nat or self.objects or (self.interface and not given_back)
        return kept and (bool(addresses) or given_back) and not used

    @property
    def is_standby(self) -> bool:
        """Return True if the gateway has waited to take another one's place: nothing passes it."""
        bodies = [obj.data.get("body") for obj in self.objects if obj.kind == "filter"]
        return STANDBY_ROUTE_FILTER in bodies and self.address is None

    @property
    def place(self) -> str:
        """Return the id or address by which an operator finds the remains."""
        for found in (self.interface, self.nat):
            if found:
                return found.id
        for address in (self.address, self.nat_address):
            if address:
                return address.public_ip
        return "on the server"


def _member(fleet: Fleet, interface: Interface | None, host: str) -> Member | None:
    found = fleet.by_instance(interface.instance_id) if interface and interface.instance_id else None
    return found or next((m for m in (*fleet.members, *fleet.decommissioned) if m.host == host), None)


def _existing(context: Context) -> set[tuple[str, str]]:
    """Return (space, host) of every gateway of which anything is left."""
    cloud = context.cloud
    found: set[tuple[str, str]] = set()
    objects: list[Any] = [*cloud.interfaces.values(), *cloud.nat_gateways.values(), *cloud.addresses]
    for tags in (item.tags for item in objects):
        prefix, _slash, rest = tags.get(TAG_KEY, "").partition("/")
        if tags.get(TAG_NETWORK) == context.desired.network and prefix in PREFIXES:
            space, _slash, host = rest.partition("/")
            found.add((space, host))
    for member in (*context.fleet.members, *context.fleet.decommissioned):
        for obj in context.server.objects.get(member.id, ()):
            own = is_own_object(context.desired.network, obj)
            if own and own[0] == "gateway" and member.host and obj.data.get("space"):
                found.add((obj.data["space"], member.host))
    return found


def _server_objects(
    space: str, interface: Interface | None, member: Member | None, desired: DesiredNetwork, server: Server
) -> list[Object]:
    """Return our static protocol in the space, its filter, and the Ethernet interface of its next hop."""
    server_objects = server.objects.get(member.id, []) if member else []
    protocols = [
        t
        for t in server_objects
        if t.kind == "static_protocol"
        and (is_own_object(desired.network, t) or ("", 0))[0] == "gateway"
        and t.data.get("space") == space
    ]
    found = server.spaces.get(space)
    number = found.id if found else next((own[1] for t in protocols if (own := is_own_object(desired.network, t))), 0)
    filters = [
        t
        for t in server_objects
        if t.kind == "filter" and is_own_object(desired.network, t) == (GATEWAY_KINDS[1], number)
    ]
    routers = {r["address"] for t in protocols for r in t.data.get("routes") or () if r.get("address")}
    devices = [
        t
        for t in server_objects
        if t.kind == "ethernet_interface"
        and t.data.get("space") == space
        and any(_leads(address, interface, routers) for address in t.data.get("addresses") or ())
    ]
    return [*protocols, *filters, *devices]


def _leads(text: str, interface: Interface | None, routers: set[str]) -> bool:
    address = ipaddress.ip_interface(text)
    return (interface is not None and str(address.ip) == interface.private_ip) or any(
        ipaddress.ip_address(router) in address.network for router in routers
    )


def _gone(gateway: RemovedGateway, switch: str, context: Context) -> None:
    desired, cloud, design = context.desired, context.cloud, context.design
    member, interface = gateway.member, gateway.interface
    where = (member.host or None) if member else None
    text = "" if gateway.is_standby else f"everything of space {gateway.space} through {gateway.host}"
    stopped = Placement("remove", PART, where).interrupting(text, switch)
    key, ip_key = gateway_key(gateway.space, gateway.host), gateway_ip_key(gateway.space, gateway.host)
    design.drop(PART, where, *gateway.objects)
    for obj in gateway.objects:
        if obj.kind != "filter" and text:
            design.interrupts(obj, text, switch)
    destinations, tables = _route_items(gateway, desired, cloud, design, stopped)
    failed_nats((gateway.space, gateway.host), "remove", where, desired, cloud, design)
    remove_nat_gateway(gateway.nat, gateway.nat_address, (gateway.space, gateway.host), where, context)
    remove_gateway_address(gateway.address, ip_key, where, desired, design)
    _spare_items(gateway, where, context)
    subnet = cloud.subnets.get(interface.subnet_id) if interface else None
    inside = subnet or (cloud.subnets.get(gateway.nat.subnet_id) if gateway.nat else None)
    zone = inside.zone if inside else ""
    for one in all_owned(desired.network, key, cloud.interfaces.values()):
        if is_adopted_interface(one):
            _give_back(one, key, stopped, design)
            continue
        if one.instance_id:
            design.aws(
                Change("delete", "attachment", one.instance_id, key, before={"instance_id": one.instance_id}), stopped
            )
        around = cloud.subnets.get(one.subnet_id)
        parent = around.tags.get(TAG_KEY, around.id) if around else one.subnet_id
        design.aws(Change("delete", "network_interface", parent, key, before={"private_ip": one.private_ip}), stopped)
    work = replace(
        named_input(desired.network, gateway.space, gateway.host, zone),
        state="absent",
        aggregator=member.id if member and member.id in context.server.objects else None,
        instance_id=interface.instance_id if interface else None,
        subnet_id=interface.subnet_id if interface else None,
        egress=NAT if gateway.nat else "none",
        phases=["remove"],
        interface=next((t.key for t in gateway.objects if t.kind == "ethernet_interface"), None),
        protocol=next((t.key for t in gateway.objects if t.kind == "static_protocol"), None),
        filter=next((t.key for t in gateway.objects if t.kind == "filter"), None),
        absent_networks=list(dict.fromkeys(destinations)),
        route_table_ids=list(dict.fromkeys(tables)),
        release=releases(desired),
    )
    design.gateways["remove"].append((where, work))


def _give_back(interface: Interface, key: str, place: Placement, design: Design) -> None:
    """Tag an adopted network interface as retired: it stays attached, as it was before its adoption."""
    if not is_given_back(interface):
        before, after = {TAG_RETIRED: interface.tags.get(TAG_RETIRED)}, {TAG_RETIRED: "true"}
        design.aws(Change("update", "ownership_tags", interface.id, key, {"tags": before}, {"tags": after}), place)


def _spare_items(gateway: RemovedGateway, where: str | None, context: Context) -> None:
    """Delete further NAT gateways and Elastic IPs with the same keys, in a teardown."""
    place, network = (gateway.space, gateway.host), context.desired.network
    for nat in all_owned(network, nat_gateway_key(*place), context.cloud.nat_gateways.values())[1:]:
        remove_nat_gateway(nat, None, place, where, context)
    for key, managed in ((gateway_ip_key(*place), False), (nat_gateway_ip_key(*place), True)):
        for address in all_owned(network, key, context.cloud.addresses)[1:]:
            remove_gateway_address(address, key, where, context.desired, context.design, managed)


def _route_items(
    gateway: RemovedGateway, desired: DesiredNetwork, cloud: Cloud, design: Design, common: Placement
) -> tuple[list[str], list[str]]:
    """Return (destinations, route tables) of the routes to the gateway, and restore the default route."""
    destinations: list[str] = []
    tables: list[str] = []
    key = gateway_key(gateway.space, gateway.host)
    interfaces = {one.id for one in all_owned(desired.network, key, cloud.interfaces.values())}
    replaced = {(item.parent, item.key) for item in design.items if item.kind == "route" and item.verb == "update"}
    outer = owned(desired.network, internet_gateway_key(gateway.space), cloud.internet_gateways.values())
    for table in cloud.route_tables.values():
        name = table.tags.get(TAG_KEY) or (f"{vpc_key(gateway.space)}/main" if table.main else table.id)
        for route in table.routes:
            before = {"target": route.target}
            if replaced & {(name, route.destination), (table.id, route.destination)}:
                continue  # the gateway that takes its place has it by then
            if route.target in interfaces:
                design.aws(Change("delete", "route", name, route.destination, before), common)
                destinations.append(route.destination)
                tables.append(table.id)
            elif gateway.nat and route.target == gateway.nat.id and route.destination == ANYWHERE:
                after = {"target": outer.id if outer else KNOWN_AFTER_APPLY}
                design.aws(Change("update", "route", name, ANYWHERE, before, after), common)
    return destinations, tables
