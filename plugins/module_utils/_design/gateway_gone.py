# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways that have to go: of a leaving aggregator, of an edited intent, of a teardown. Private to the collection."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from .fleet import Fleet, Member
from .gateway import MTU, PART, Gateway
from .intent import Intent, Report
from .items import Design
from .naming import TAG_KEY, TAG_NETWORK, TAG_RETIRED, gateway_ip_key, gateway_key, own_name, subnet_key, vpc_key
from .state import Cloud, ElasticIp, Interface, Server, Thing
from .vpc import owned


def design_gateways_gone(
    kept: list[Gateway], intent: Intent, server: Server, cloud: Cloud, fleet: Fleet, design: Design, report: Report
) -> None:
    """Every gateway of ours that the intent does not name: taken away if that was asked for, else named.

    A gateway is known by its network interface, and where that is gone (a run was killed, somebody deleted it) by its
    Elastic IP or its static protocol.
    """
    wanted = {(gateway.space, gateway.member.host) for gateway in kept}
    for space, host in sorted(_existing(intent, server, cloud, fleet) - wanted):
        key = gateway_key(space, host)
        interface = owned(intent.network, key, cloud.interfaces.values())
        address = owned(intent.network, gateway_ip_key(space, host), cloud.addresses)
        member = _member(fleet, interface, host)
        things = _server_things(space, interface, member, intent, server)
        retired = address is not None and address.tags.get(TAG_RETIRED) == "true"
        if interface is None and not things and retired and not _release(intent):
            continue  # an address that a teardown kept
        if not (intent.absent or intent.prune or (member is not None and member in fleet.leaving)):
            place = interface.id if interface else address.public_ip if address else "on the server"
            report.warn(
                f"The gateway {key} ({place}) is not in the intent any more. It is kept; "
                "bonding_prune: true removes it."
            )
            continue
        _gone(Gone(space, host, member, interface, address, things), intent, server, cloud, design)


@dataclass(frozen=True)
class Gone:
    """A gateway to be removed, as far as it is still there."""

    space: str
    host: str
    member: Member | None
    interface: Interface | None
    address: ElasticIp | None
    things: list[Thing]


def _release(intent: Intent) -> bool:
    return intent.release_addresses if intent.absent else intent.prune_addresses


def _member(fleet: Fleet, interface: Interface | None, host: str) -> Member | None:
    found = fleet.by_instance(interface.instance_id) if interface and interface.instance_id else None
    return found or next((m for m in (*fleet.members, *fleet.leaving) if m.host == host), None)


def _existing(intent: Intent, server: Server, cloud: Cloud, fleet: Fleet) -> set[tuple[str, str]]:
    """(space, host) of every gateway of which anything is left."""
    found: set[tuple[str, str]] = set()
    tagged = [item.tags for item in cloud.interfaces.values()] + [item.tags for item in cloud.addresses]
    for tags in tagged:
        prefix, _slash, rest = tags.get(TAG_KEY, "").partition("/")
        if tags.get(TAG_NETWORK) == intent.network and prefix in ("gateway", "gateway-ip"):
            space, _slash, host = rest.partition("/")
            found.add((space, host))
    for member in (*fleet.members, *fleet.leaving):
        for thing in server.things.get(member.id, ()):
            own = own_name(intent.network, thing.key) if thing.kind == "static_protocol" else None
            if own and own[0] == "gateway" and member.host and thing.data.get("space"):
                found.add((thing.data["space"], member.host))
    return found


def _server_things(
    space: str, interface: Interface | None, member: Member | None, intent: Intent, server: Server
) -> list[Thing]:
    """The static protocol of ours in this space, and the ethernet interface that it leads through."""
    things = server.things.get(member.id, []) if member else []
    protocols = [
        t
        for t in things
        if t.kind == "static_protocol"
        and (own_name(intent.network, t.key) or ("", 0))[0] == "gateway"
        and t.data.get("space") == space
    ]
    routers = {r["address"] for t in protocols for r in t.data.get("routes") or () if r.get("address")}
    devices = [
        t
        for t in things
        if t.kind == "ethernet_interface"
        and t.data.get("space") == space
        and any(_leads(address, interface, routers) for address in t.data.get("addresses") or ())
    ]
    return [*protocols, *devices]


def _leads(text: str, interface: Interface | None, routers: set[str]) -> bool:
    address = ipaddress.ip_interface(text)
    return (interface is not None and str(address.ip) == interface.private_ip) or any(
        ipaddress.ip_address(router) in address.network for router in routers
    )


def _gone(gateway: Gone, intent: Intent, server: Server, cloud: Cloud, design: Design) -> None:
    member, interface, address = gateway.member, gateway.interface, gateway.address
    where = (member.host or None) if member else None
    common: dict[str, Any] = {"phase": "remove", "host": where, "part": PART}
    key, ip_key = gateway_key(gateway.space, gateway.host), gateway_ip_key(gateway.space, gateway.host)
    design.drop(PART, where, *gateway.things)
    destinations, tables = _route_items(gateway, cloud, design, common)
    if address and address.interface_id:
        before = {"interface_id": address.interface_id, "private_ip": address.private_ip}
        design.aws("delete", "address_association", address.interface_id, ip_key, before=before, **common)
    if address and _release(intent):
        design.aws("delete", "elastic_ip", "", ip_key, before={"public_ip": address.public_ip}, **common)
    elif address and address.tags.get(TAG_RETIRED) != "true":
        old: dict[str, Any] = {"tags": {TAG_RETIRED: address.tags.get(TAG_RETIRED)}}
        design.aws("update", "elastic_ip", "", ip_key, before=old, after={"tags": {TAG_RETIRED: "true"}}, **common)
    subnet = cloud.subnets.get(interface.subnet_id) if interface else None
    if interface:
        if interface.instance_id:
            before = {"instance_id": interface.instance_id}
            design.aws("delete", "attachment", interface.instance_id, key, before=before, **common)
        parent = subnet.tags.get(TAG_KEY, subnet.id) if subnet else interface.subnet_id
        design.aws("delete", "network_interface", parent, key, before={"private_ip": interface.private_ip}, **common)
    protocol = next((t.key for t in gateway.things if t.kind == "static_protocol"), None)
    own = own_name(intent.network, protocol) if protocol else None
    work = {
        "network": intent.network,
        "space": gateway.space,
        "space_id": own[1] if own else None,
        "key": key,
        "ip_key": ip_key,
        "aggregator": member.id if member and member.id in server.things else None,
        "instance_id": interface.instance_id if interface else None,
        "device_index": 0,
        "zone": subnet.zone if subnet else None,
        "subnet_id": interface.subnet_id if interface else None,
        "subnet_key": subnet_key(gateway.space, subnet.zone if subnet else ""),
        "vpc_id": interface.vpc_id if interface else None,
        "vpc_key": vpc_key(gateway.space),
        "egress": "none",
        "source_dest_check": False,
        "interface": next((t.key for t in gateway.things if t.kind == "ethernet_interface"), None),
        "accept_ra": False,
        "mtu": MTU,
        "protocol": protocol,
        "networks": [],
        "absent_networks": list(dict.fromkeys(destinations)),
        "route_table_ids": list(dict.fromkeys(tables)),
        "fresh": False,
        "release": _release(intent),
        "remove": True,
    }
    design.gateways["remove"].append((where, work))


def _route_items(gateway: Gone, cloud: Cloud, design: Design, common: dict[str, Any]) -> tuple[list[str], list[str]]:
    """(destinations, route tables) of the routes that lead to the gateway."""
    destinations: list[str] = []
    tables: list[str] = []
    for table in cloud.route_tables.values():
        for route in table.routes:
            if gateway.interface and route.target == gateway.interface.id:
                name = table.tags.get(TAG_KEY) or (f"{vpc_key(gateway.space)}/main" if table.main else table.id)
                before = {"target": gateway.interface.id}
                design.aws("delete", "route", name, route.destination, before=before, **common)
                destinations.append(route.destination)
                tables.append(table.id)
    return destinations, tables
