# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways that have to go: of a leaving aggregator, of an edited intent, of a teardown. Private to the collection."""

from __future__ import annotations

import ipaddress
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..._model.desired_network import Intent
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
from ..._model.ownership import own_thing
from ..._model.plan import KNOWN_AFTER_APPLY, Design, Placement
from ..._model.state import Cloud, ElasticIp, Interface, NatGateway, Server
from ..._objects import Change, Object
from ..aggregators.fleet import Fleet, Member
from ..aggregators.leftovers import RELEASE, TEARDOWN, releases, removal_switch
from ..context import Context
from ..roles.gateway_input import named_input
from ..vpc.public_subnets import NAT
from .gateways import PART, Gateway
from .nat_gateway import address_gone, failed_nats, nat_gone

PREFIXES = ("gateway", "gateway-ip", "natgw", "natgw-ip")
"""First parts of the tags of what a gateway is made of."""
ADDRESS_PREFIXES = ("gateway-ip", "natgw-ip")


def design_gateways_gone(kept: list[Gateway], context: Context) -> None:
    """Every gateway of ours that the intent does not name: taken away if that was asked for, else named.

    What else belongs to it follows it by `leftovers`: its security group, and what its host translates.

    A gateway is known by its network interface, and where that is gone (a run was killed, somebody deleted it) by its
    NAT gateway, an Elastic IP or its static protocol.
    """
    intent, cloud = context.intent, context.cloud
    wanted = {(gateway.space, gateway.member.host) for gateway in kept}
    for space, host in sorted(_existing(context) - wanted):
        key = gateway_key(space, host)
        interface = owned(intent.network, key, cloud.interfaces.values())
        member = _member(context.fleet, interface, host)
        gone = Gone(
            space=space,
            host=host,
            member=member,
            interface=interface,
            address=owned(intent.network, gateway_ip_key(space, host), cloud.addresses),
            things=_server_things(space, interface, member, intent, context.server),
            nat=owned(intent.network, nat_gateway_key(space, host), cloud.nat_gateways.values()),
            nat_address=owned(intent.network, nat_gateway_ip_key(space, host), cloud.addresses),
        )
        if gone.only_kept_addresses:  # those that a teardown, or another egress, kept
            if releases(intent):
                _gone(gone, TEARDOWN if intent.absent else RELEASE, context)
            continue
        switch = removal_switch(intent, context.fleet, member)
        if switch is None:
            context.leftovers.kept_gateways.add((space, host))
            context.report.keep(
                f"The gateway {key} ({gone.place}) is not in the inventory any more. It is kept, with its security "
                "group, its port forwards and what its host translates; bonding_prune: true removes it."
            )
            continue
        context.leftovers.gone_gateways[space, host] = switch
        _gone(gone, switch, context)
    if intent.absent and not intent.release_addresses:
        for address in cloud.addresses:
            key = address.tags.get(TAG_KEY, "")
            if key.partition("/")[0] in ADDRESS_PREFIXES:
                context.report.warn(f"The Elastic IP {address.public_ip} ({key}) is kept, tagged {TAG_RETIRED}.")


@dataclass(frozen=True)
class Gone:
    """A gateway to be removed, as far as it is still there."""

    space: str
    host: str
    member: Member | None
    interface: Interface | None
    address: ElasticIp | None
    things: list[Object]
    nat: NatGateway | None
    nat_address: ElasticIp | None

    @property
    def only_kept_addresses(self) -> bool:
        """Return True if the only remains are Elastic IPs that nothing uses any more."""
        addresses = [address for address in (self.address, self.nat_address) if address]
        kept = all(address.tags.get(TAG_RETIRED) == "true" for address in addresses)
        return kept and bool(addresses) and not (self.interface or self.nat or self.things)

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
    return found or next((m for m in (*fleet.members, *fleet.leaving) if m.host == host), None)


def _existing(context: Context) -> set[tuple[str, str]]:
    """(space, host) of every gateway of which anything is left."""
    cloud = context.cloud
    found: set[tuple[str, str]] = set()
    objects: list[Any] = [*cloud.interfaces.values(), *cloud.nat_gateways.values(), *cloud.addresses]
    for tags in (item.tags for item in objects):
        prefix, _slash, rest = tags.get(TAG_KEY, "").partition("/")
        if tags.get(TAG_NETWORK) == context.intent.network and prefix in PREFIXES:
            space, _slash, host = rest.partition("/")
            found.add((space, host))
    for member in (*context.fleet.members, *context.fleet.leaving):
        for thing in context.server.things.get(member.id, ()):
            own = own_thing(context.intent.network, thing)
            if own and own[0] == "gateway" and member.host and thing.data.get("space"):
                found.add((thing.data["space"], member.host))
    return found


def _server_things(
    space: str, interface: Interface | None, member: Member | None, intent: Intent, server: Server
) -> list[Object]:
    """The static protocol of ours in this space, its filter, and the ethernet interface that it leads through."""
    things = server.things.get(member.id, []) if member else []
    protocols = [
        t
        for t in things
        if t.kind == "static_protocol"
        and (own_thing(intent.network, t) or ("", 0))[0] == "gateway"
        and t.data.get("space") == space
    ]
    found = server.spaces.get(space)
    number = found.id if found else next((own[1] for t in protocols if (own := own_thing(intent.network, t))), 0)
    filters = [t for t in things if t.kind == "filter" and own_thing(intent.network, t) == (GATEWAY_KINDS[1], number)]
    routers = {r["address"] for t in protocols for r in t.data.get("routes") or () if r.get("address")}
    devices = [
        t
        for t in things
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


def _gone(gateway: Gone, switch: str, context: Context) -> None:
    intent, cloud, design = context.intent, context.cloud, context.design
    member, interface = gateway.member, gateway.interface
    where = (member.host or None) if member else None
    text = f"everything of space {gateway.space} through {gateway.host}"
    stopped = Placement("remove", PART, where).interrupting(text, switch)
    key, ip_key = gateway_key(gateway.space, gateway.host), gateway_ip_key(gateway.space, gateway.host)
    design.drop(PART, where, *gateway.things)
    for thing in gateway.things:
        if thing.kind != "filter":
            design.interrupts(thing, text, switch)
    destinations, tables = _route_items(gateway, intent, cloud, design, stopped)
    failed_nats((gateway.space, gateway.host), "remove", where, intent, cloud, design)
    nat_gone(gateway.nat, gateway.nat_address, (gateway.space, gateway.host), where, context)
    address_gone(gateway.address, ip_key, where, intent, design)
    _spare_items(gateway, where, context)
    subnet = cloud.subnets.get(interface.subnet_id) if interface else None
    inside = subnet or (cloud.subnets.get(gateway.nat.subnet_id) if gateway.nat else None)
    zone = inside.zone if inside else ""
    for one in all_owned(intent.network, key, cloud.interfaces.values()):
        if one.instance_id:
            design.aws(
                Change("delete", "attachment", one.instance_id, key, before={"instance_id": one.instance_id}), stopped
            )
        around = cloud.subnets.get(one.subnet_id)
        parent = around.tags.get(TAG_KEY, around.id) if around else one.subnet_id
        design.aws(Change("delete", "network_interface", parent, key, before={"private_ip": one.private_ip}), stopped)
    work = replace(
        named_input(intent.network, gateway.space, gateway.host, zone),
        state="absent",
        aggregator=member.id if member and member.id in context.server.things else None,
        instance_id=interface.instance_id if interface else None,
        subnet_id=interface.subnet_id if interface else None,
        egress=NAT if gateway.nat else "none",
        phases=["remove"],
        interface=next((t.key for t in gateway.things if t.kind == "ethernet_interface"), None),
        protocol=next((t.key for t in gateway.things if t.kind == "static_protocol"), None),
        filter=next((t.key for t in gateway.things if t.kind == "filter"), None),
        absent_networks=list(dict.fromkeys(destinations)),
        route_table_ids=list(dict.fromkeys(tables)),
        release=releases(intent),
    )
    design.gateways["remove"].append((where, asdict(work)))


def _spare_items(gateway: Gone, where: str | None, context: Context) -> None:
    """Further NAT gateways and Elastic IPs with the same keys go too, in a teardown."""
    place, network = (gateway.space, gateway.host), context.intent.network
    for nat in all_owned(network, nat_gateway_key(*place), context.cloud.nat_gateways.values())[1:]:
        nat_gone(nat, None, place, where, context)
    for key, managed in ((gateway_ip_key(*place), False), (nat_gateway_ip_key(*place), True)):
        for address in all_owned(network, key, context.cloud.addresses)[1:]:
            address_gone(address, key, where, context.intent, context.design, managed)


def _route_items(
    gateway: Gone, intent: Intent, cloud: Cloud, design: Design, common: Placement
) -> tuple[list[str], list[str]]:
    """(destinations, route tables) of the routes to the gateway; the way out is the internet gateway again."""
    destinations: list[str] = []
    tables: list[str] = []
    key = gateway_key(gateway.space, gateway.host)
    interfaces = {one.id for one in all_owned(intent.network, key, cloud.interfaces.values())}
    replaced = {(item.parent, item.key) for item in design.items if item.kind == "route" and item.verb == "update"}
    outer = owned(intent.network, internet_gateway_key(gateway.space), cloud.internet_gateways.values())
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
