# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes for a gateway: items, objects of the server, and the role's work. Private to the collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..._model.desired_network import Intent, Report
from ..._model.names import ANYWHERE, gateway_ip_key, subnet_key, tags
from ..._model.phases import PHASES, Phase, later, stage
from ..._model.plan import KNOWN_AFTER_APPLY, Change, Design, Placement
from ..._model.state import Server
from ..._objects import Object
from ..aggregators.fleet import some
from ..context import Context
from .gateways import PART, Gateway, GatewayRoutes, gateway_work
from .nat_gateway import address_gone, elastic_ip_items, failed_nats, nat_gone, nat_items
from .objects import gateway_things
from .routes import default_route, network_routes, routes_elsewhere, tables_to


def design_gateway(gateway: Gateway, others: Sequence[Gateway], context: Context) -> None:
    """Add items, objects and work of one gateway; `others` are the space's other ones, which may take its routes."""
    intent, cloud, design = context.intent, context.cloud, context.design
    host, before = gateway.member.host, len(design.items)
    _interface_items(gateway, intent, design)
    if gateway.wants_nat:
        nat_items(gateway, context)
        if gateway.address:
            address_gone(gateway.address, gateway_ip_key(gateway.space, host), host, intent, design)
    else:
        _address_items(gateway, intent, design)
        failed_nats((gateway.space, host), "remove", host, intent, cloud, design)
        nat_gone(gateway.nat, gateway.nat_address, (gateway.space, host), host, context)
    add, switch, gone = network_routes(gateway, others, context)
    default_route(gateway, context)
    phases = {item.phase for item in design.items[before:]}
    found = {(t.kind, t.key): t for t in context.server.things.get(gateway.member.id, ())}
    things = gateway_things(gateway, intent, cloud)
    staged = [stage(found.get((thing.kind, thing.key)), thing) for thing in things]
    _mark_ipv6(gateway, found.get(("ethernet_interface", gateway.device)), things[0], design, context.report)
    _mark_way_out(gateway, things[-1], context.server, design)
    routes: dict[Phase, GatewayRoutes] = {
        "add": GatewayRoutes(networks=add),
        "switch": GatewayRoutes(networks=switch),
        "remove": GatewayRoutes(
            absent_networks=gone, route_table_ids=[] if gateway.intent.vpc_routes else tables_to(gateway, cloud)
        ),
    }
    for phase in PHASES:
        now = [one[phase] for one in staged]
        design.want(phase, PART, host, *now)
        (static,) = [thing.data["routes"] for thing in now if thing.kind == "static_protocol"]
        kept = _kept(now, things)
        work = (host, gateway_work(gateway, intent, phase, replace(routes[phase], static=static), kept))
        design.gateway_objects |= {(phase, thing.parent, thing.key): work for thing in now}
        if phase in phases:
            design.gateways[phase].append(work)
    tables, left = routes_elsewhere(gateway, others, context)
    if left:
        less = GatewayRoutes(absent_networks=left, route_table_ids=tables, static=static)
        design.gateways["remove"].append((host, gateway_work(gateway, intent, "remove", less)))


def _kept(staged: list[Object], wanted: list[Object]) -> dict[str, Any]:
    """Return `pwan_gateway_kept`: what the device and the protocol have in this phase and lose in a later one.

    The role knows the wanted values alone. Without these it would take an IPv6 address off in the first phase in which
    anything else of the gateway changes.
    """
    kept: dict[str, dict[str, Any]] = {thing.kind: later(now, thing) for now, thing in zip(staged, wanted, strict=True)}
    interface, protocol = kept["ethernet_interface"], kept["static_protocol"]
    return {"addresses": interface.pop("addresses", []), "interface": interface, "protocol": protocol}


def _interface_items(gateway: Gateway, intent: Intent, design: Design) -> None:
    instance = gateway.instance
    common = Placement("add", PART, gateway.member.host)
    parent = gateway.intent.subnet_id or subnet_key(gateway.space, instance.zone)
    found, key = gateway.interface, gateway.key
    if found is None:
        after = {
            "private_ip": KNOWN_AFTER_APPLY,
            "source_dest_check": gateway.source_dest_check,
            "tags": tags(intent.network, key),
        }
        design.aws(Change("create", "network_interface", parent, key, after=after), common)
    elif found.source_dest_check != gateway.source_dest_check:
        before, after = {"source_dest_check": found.source_dest_check}, {"source_dest_check": gateway.source_dest_check}
        when: Phase = "remove" if gateway.source_dest_check else "add"
        text = "what passes the interface with another address than its own" if gateway.source_dest_check else ""
        design.aws(
            Change("update", "network_interface", parent, key, before, after),
            common.in_phase(when).interrupting(text),
        )
    if found is None or found.instance_id != instance.id:
        design.aws(Change("create", "attachment", instance.id, key, after={"instance_id": instance.id}), common)
    if gateway.lacks_ipv6:
        design.aws(Change("create", "ipv6_address", key, "ipv6", after={"ipv6": KNOWN_AFTER_APPLY}), common)


def _mark_ipv6(gateway: Gateway, found: Object | None, wanted: Object, design: Design, report: Report) -> None:
    """Mark that the device loses the IPv6 address that its network interface still has."""
    own = f"{gateway.interface.ipv6}/64" if gateway.interface and gateway.interface.ipv6 else None
    if own and found and own in (found.data.get("addresses") or ()) and own not in wanted.data["addresses"]:
        design.interrupts(wanted, f"the IPv6 of space {gateway.space} through {gateway.member.host}")
        report.warn(f"{gateway.label}: vpc.ipv6 is not true any more: the gateway loses its IPv6 address.")


def _mark_way_out(gateway: Gateway, static: Object, server: Server, design: Design) -> None:
    """Mark that bonds on the gateway's aggregator leave by it as soon as it has its default route.

    They left by another gateway of the space before, whose public address their open connections have. Bonds on other
    aggregators go on by the gateway that they know, until it goes. A gateway whose network interface exists already was
    begun by a run that was killed, which had said it.
    """
    member = gateway.member

    def leads_out(number: int) -> bool:
        same = [
            thing for thing in server.things.get(number, ()) if (thing.kind, thing.key) == (static.kind, static.key)
        ]
        return any(route["network"] == ANYWHERE for thing in same for route in thing.data.get("routes") or ())

    bonds = [bond.name for bond in server.bonds.values() if bond.space == gateway.space and bond.present == member.id]
    others = any(leads_out(number) for number in server.things if number != member.id)
    is_begun = gateway.interface is not None
    if gateway.intent.egress != "none" and bonds and others and not (is_begun or leads_out(member.id)):
        text = f"the connections to the Internet of bonds on {member.host} ({some(sorted(bonds))}): they leave by "
        design.interrupts(static, f"{text}{member.host}, with another public address", phase="add")


def _address_items(gateway: Gateway, intent: Intent, design: Design) -> None:
    host, found, address = gateway.member.host, gateway.interface, gateway.address
    ip_key = gateway_ip_key(gateway.space, host)
    elastic_ip_items(address, ip_key, host, gateway.intent, intent, design)
    if address is None or found is None or address.interface_id != found.id:
        after = {
            "interface_id": found.id if found else KNOWN_AFTER_APPLY,
            "private_ip": found.private_ip if found else KNOWN_AFTER_APPLY,
        }
        design.aws(
            Change("create", "address_association", gateway.key, ip_key, after=after), Placement("add", PART, host)
        )
