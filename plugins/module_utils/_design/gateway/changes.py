# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes for a gateway: items, objects of the server, and the role's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..._model.desired_network import DesiredNetwork, Report
from ..._model.names import ANYWHERE, gateway_ip_key, subnet_key, tags
from ..._model.phases import PHASES, Phase, later, stage
from ..._model.plan import KNOWN_AFTER_APPLY, Change, Design, Placement
from ..._model.state import Server
from ..._objects import Object
from ..aggregators.fleet import some
from ..context import Context
from .gateways import PART, Gateway, GatewayRoutes, phase_input
from .nat_gateway import elastic_ip_items, failed_nats, nat_items, remove_gateway_address, remove_nat_gateway
from .objects import gateway_objects_of
from .routes import default_route, network_routes, routes_elsewhere, tables_routing_to_gateway


def design_gateway(gateway: Gateway, others: Sequence[Gateway], context: Context) -> None:
    """Add items, objects and work of one gateway; `others` are the space's other ones, which may take its routes."""
    desired, cloud, design = context.desired, context.cloud, context.design
    host, before = gateway.member.host, len(design.items)
    _interface_items(gateway, desired, design)
    if not gateway.is_active:
        pass  # the active one has the address
    elif gateway.wants_nat:
        if gateway.makes_nat:
            nat_items(gateway, context)
        if gateway.address:
            ip_key = gateway_ip_key(gateway.space, gateway.desired.first)
            remove_gateway_address(gateway.address, ip_key, host, desired, design)
    else:
        _address_items(gateway, desired, design)
        place = (gateway.space, gateway.desired.first)
        failed_nats(place, "remove", host, desired, cloud, design)
        remove_nat_gateway(gateway.nat, gateway.nat_address, place, host, context)
    add, switch, gone = network_routes(gateway, others, context) if gateway.is_active else ([], [], [])
    if gateway.is_active:
        default_route(gateway, context)
    phases = {item.phase for item in design.items[before:]}
    found = {(t.kind, t.key): t for t in context.server.objects.get(gateway.member.id, ())}
    server_objects = gateway_objects_of(gateway, desired, cloud)
    staged = [stage(found.get((obj.kind, obj.key)), obj) for obj in server_objects]
    _mark_ipv6(gateway, found.get(("ethernet_interface", gateway.device)), server_objects[0], design, context.report)
    _mark_default_route(gateway, server_objects[-1], context.server, design)
    routes: dict[Phase, GatewayRoutes] = {
        "add": GatewayRoutes(networks=add),
        "switch": GatewayRoutes(networks=switch),
        "remove": GatewayRoutes(
            absent_networks=gone,
            route_table_ids=[] if gateway.desired.vpc_routes else tables_routing_to_gateway(gateway, cloud),
        ),
    }
    for phase in PHASES:
        now = [one[phase] for one in staged]
        design.want(phase, PART, host, *now)
        (static,) = [obj.data["routes"] for obj in now if obj.kind == "static_protocol"]
        kept = _kept(now, server_objects)
        work = (host, phase_input(gateway, desired, phase, replace(routes[phase], static=static), kept))
        design.gateway_objects |= {(phase, obj.parent, obj.key): work for obj in now}
        if phase in phases:
            design.gateways[phase].append(work)
    tables, left = routes_elsewhere(gateway, others, context) if gateway.is_active else ([], [])
    if left:
        less = GatewayRoutes(absent_networks=left, route_table_ids=tables, static=static)
        design.gateways["remove"].append((host, phase_input(gateway, desired, "remove", less)))


def _kept(staged: list[Object], wanted: list[Object]) -> dict[str, Any]:
    """Return `pwan_gateway_kept`: values of the device and the protocol that a later phase changes.

    The role knows the wanted values alone. Without these it would take an IPv6 address off in the first phase in which
    anything else of the gateway changes.
    """
    kept: dict[str, dict[str, Any]] = {obj.kind: later(now, obj) for now, obj in zip(staged, wanted, strict=True)}
    interface, protocol = kept["ethernet_interface"], kept["static_protocol"]
    return {"addresses": interface.pop("addresses", []), "interface": interface, "protocol": protocol}


def _interface_items(gateway: Gateway, desired: DesiredNetwork, design: Design) -> None:
    instance = gateway.instance
    if gateway.interface:
        design.checks[gateway.member.host, gateway.key] = gateway.interface.source_dest_check
    common = Placement("add", PART, gateway.member.host)
    parent = gateway.desired.subnet_id or subnet_key(gateway.space, instance.zone)
    found, key = gateway.interface, gateway.key
    if found is None:
        after = {
            "private_ip": KNOWN_AFTER_APPLY,
            "source_dest_check": gateway.source_dest_check,
            "tags": tags(desired.network, key),
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


def _mark_default_route(gateway: Gateway, static: Object, server: Server, design: Design) -> None:
    """Mark that bonds on the gateway's aggregator leave by it as soon as it has its default route.

    They left by another gateway of the space before, whose public address their open connections have. Bonds on other
    aggregators go on by the gateway that they know, until it goes. A gateway whose network interface exists already was
    begun by a run that was killed, which had said it.
    """
    member = gateway.member

    def leads_out(number: int) -> bool:
        same = [obj for obj in server.objects.get(number, ()) if (obj.kind, obj.key) == (static.kind, static.key)]
        return any(route["network"] == ANYWHERE for obj in same for route in obj.data.get("routes") or ())

    bonds = [bond.name for bond in server.bonds.values() if bond.space == gateway.space and bond.present == member.id]
    others = any(leads_out(number) for number in server.objects if number != member.id)
    is_begun = gateway.interface is not None or not gateway.is_active
    if gateway.desired.egress != "none" and bonds and others and not (is_begun or leads_out(member.id)):
        text = f"the connections to the Internet of bonds on {member.host} ({some(sorted(bonds))}): they leave by "
        design.interrupts(static, f"{text}{member.host}, with another public address", phase="add")


def _address_items(gateway: Gateway, desired: DesiredNetwork, design: Design) -> None:
    host, found, address = gateway.member.host, gateway.interface, gateway.address
    ip_key = gateway_ip_key(gateway.space, gateway.desired.first)
    elastic_ip_items(address, ip_key, host, gateway.desired, desired, design)
    if address is None or found is None or address.interface_id != found.id:
        after = {
            "interface_id": found.id if found else KNOWN_AFTER_APPLY,
            "private_ip": found.private_ip if found else KNOWN_AFTER_APPLY,
        }
        common = Placement("add", PART, host)
        if address is not None and address.interface_id is not None and desired.relocation:
            before = {"interface_id": address.interface_id, "private_ip": address.private_ip}
            text = f"the connections through {address.public_ip}"
            moved = Change("update", "address_association", gateway.key, ip_key, before, after)
            design.aws(moved, common.interrupting(text))
        else:
            design.aws(Change("create", "address_association", gateway.key, ip_key, after=after), common)
