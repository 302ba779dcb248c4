# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways that have to go: of a leaving aggregator, of an edited intent, of a teardown. Private to the collection."""

from __future__ import annotations

import ipaddress
from typing import Any

from .fleet import Fleet, Member
from .gateway import MTU, PART, Gateway
from .intent import Intent, Report
from .items import Design
from .naming import TAG_KEY, TAG_NETWORK, TAG_RETIRED, object_name, own_name, subnet_key, vpc_key
from .state import Cloud, Interface, Server, Thing
from .vpc import owned


def design_gateways_gone(
    kept: list[Gateway], intent: Intent, server: Server, cloud: Cloud, fleet: Fleet, design: Design, report: Report
) -> None:
    """Every gateway of ours that the intent does not name: taken away if that was asked for, else named."""
    wanted = {gateway.key for gateway in kept}
    for interface in sorted(cloud.interfaces.values(), key=lambda interface: interface.tags.get(TAG_KEY, "")):
        key = interface.tags.get(TAG_KEY, "")
        if interface.tags.get(TAG_NETWORK) != intent.network or not key.startswith("gateway/") or key in wanted:
            continue
        _prefix, space, host = key.split("/", 2)
        member = fleet.by_instance(interface.instance_id) or fleet.by_host(host)
        leaves = member is not None and member in fleet.leaving
        named = space in {gateway.space for gateway in kept}
        if not (intent.absent or leaves or intent.prune):
            advice = "bonding_prune: true removes it"
            report.warn(
                f"The gateway {key} ({interface.id}) is not in the intent any more. It is kept; {advice}."
                + (" Its routes move to the new gateway." if named else "")
            )
            continue
        _gone(interface, space, host, member, intent, server, cloud, design)


def _server_things(interface: Interface, member: Member | None, intent: Intent, server: Server) -> list[Thing]:
    """The ethernet interface with this private address, and the static protocol of ours beside it."""
    if member is None or member.id not in server.things:
        return []
    things = server.things[member.id]
    devices = [
        t
        for t in things
        if t.kind == "ethernet_interface"
        and any(str(ipaddress.ip_interface(a).ip) == interface.private_ip for a in t.data.get("addresses") or ())
    ]
    spaces = {t.data.get("space") for t in devices}
    protocols = [
        t
        for t in things
        if t.kind == "static_protocol"
        and (own_name(intent.network, t.key) or ("", 0))[0] == "gateway"
        and t.data.get("space") in spaces
    ]
    return [*protocols, *devices]


def _gone(
    interface: Interface,
    space: str,
    host: str,
    member: Member | None,
    intent: Intent,
    server: Server,
    cloud: Cloud,
    design: Design,
) -> None:
    where = member.host or None if member else None
    common: dict[str, Any] = {"phase": "remove", "host": where, "part": PART}
    key, ip_key = interface.tags[TAG_KEY], f"gateway-ip/{space}/{host}"
    things = _server_things(interface, member, intent, server)
    design.drop(PART, where, *things)
    destinations: list[str] = []
    tables: list[str] = []
    for table in cloud.route_tables.values():
        for route in table.routes:
            if route.target == interface.id:
                name = _table_name(table.tags.get(TAG_KEY), table.main, space, table.id)
                design.aws("delete", "route", name, route.destination, before={"target": interface.id}, **common)
                destinations.append(route.destination)
                tables.append(table.id)
    address = owned(intent.network, ip_key, cloud.addresses)
    if address and address.interface_id:
        before = {"interface_id": address.interface_id, "private_ip": address.private_ip}
        design.aws("delete", "address_association", address.interface_id, ip_key, before=before, **common)
    release = intent.release_addresses if intent.absent else intent.prune_addresses
    if address and release:
        design.aws("delete", "elastic_ip", "", ip_key, before={"public_ip": address.public_ip}, **common)
    elif address and address.tags.get(TAG_RETIRED) != "true":
        before = {"tags": {TAG_RETIRED: address.tags.get(TAG_RETIRED)}}
        design.aws("update", "elastic_ip", "", ip_key, before=before, after={"tags": {TAG_RETIRED: "true"}}, **common)
    if interface.instance_id:
        before = {"instance_id": interface.instance_id}
        design.aws("delete", "attachment", interface.instance_id, key, before=before, **common)
    subnet = cloud.subnets.get(interface.subnet_id)
    parent = subnet.tags.get(TAG_KEY, subnet.id) if subnet else interface.subnet_id
    design.aws("delete", "network_interface", parent, key, before={"private_ip": interface.private_ip}, **common)
    names = (own_name(intent.network, t.key) for t in things if t.kind == "static_protocol")
    number = next((own[1] for own in names if own), None)
    zone = subnet.zone if subnet else None
    work = {
        "network": intent.network,
        "space": space,
        "space_id": number,
        "key": key,
        "ip_key": ip_key,
        "aggregator": member.id if member and member.id in server.things else None,
        "instance_id": interface.instance_id,
        "zone": zone,
        "subnet_id": interface.subnet_id,
        "subnet_key": subnet_key(space, zone or ""),
        "vpc_id": interface.vpc_id,
        "vpc_key": vpc_key(space),
        "egress": "none",
        "source_dest_check": False,
        "interface": next((t.key for t in things if t.kind == "ethernet_interface"), None),
        "accept_ra": False,
        "mtu": MTU,
        "protocol": object_name(intent.network, "gateway", number) if number is not None else None,
        "networks": [],
        "absent_networks": list(dict.fromkeys(destinations)),
        "route_table_ids": list(dict.fromkeys(tables)),
        "release": release,
        "remove": True,
    }
    design.gateways["remove"].append((where, work))


def _table_name(key: str | None, main: bool, space: str, number: str) -> str:
    return key or (f"{vpc_key(space)}/main" if main else number)
