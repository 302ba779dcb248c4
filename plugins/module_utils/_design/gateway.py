# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways of a space: a further network interface of an aggregator, with an Elastic IP and the VPC's routes (AN-001).

Private to the collection.
"""

from __future__ import annotations

import ipaddress
import itertools
from dataclasses import dataclass, replace
from typing import Any

from .addresses import router_address
from .fleet import Fleet, Member
from .intent import GatewayIntent, Intent, Report, SpaceIntent
from .items import KNOWN_AFTER_APPLY, Design
from .mesh_objects import ALL, NONE
from .naming import TAG_RETIRED, gateway_ip_key, gateway_key, object_name, route_table_key, subnet_key, tags, vpc_key
from .stages import stage
from .state import Cloud, ElasticIp, Interface, RouteTable, Server, SpaceFound, Thing
from .vpc import ANYWHERE, VpcDesign, owned

PART = "gateways"
MTU = 1500
"""The path to the Internet carries 1500 octets."""


@dataclass(frozen=True)
class Gateway:
    """One gateway with everything that its objects are made of; ids are None where AWS has yet to choose them."""

    space: str
    number: int
    intent: GatewayIntent
    member: Member
    subnet: str
    vpc: VpcDesign
    ipv6: bool
    interface: Interface | None
    address: ElasticIp | None
    device_index: int = 0
    """Where the interface will be attached; 0, the primary's, where it is attached already."""

    @property
    def key(self) -> str:
        """Tag value of the network interface."""
        return gateway_key(self.space, self.member.host)

    @property
    def label(self) -> str:
        """How messages name this gateway."""
        return f"space {self.space}, gateway on {self.member.host}"


def resolve_gateway(
    space: SpaceIntent,
    wanted: GatewayIntent,
    found: SpaceFound,
    vpc: VpcDesign | None,
    intent: Intent,
    cloud: Cloud,
    fleet: Fleet,
    report: Report,
) -> Gateway | None:
    """A gateway matched with its aggregator and subnet; None with a problem."""
    what = f"space {space.key}, gateway on {wanted.host}"
    member = fleet.by_host(wanted.host)
    if member is None:
        report.problem(f"{what}: {wanted.host!r} is no host of the inventory's group (or it leaves).")
        return None
    if wanted.egress != "none":
        report.problem(
            f"{what}: egress: {wanted.egress} is not there yet; egress: none (AN-001 to the letter: hosts in the VPC "
            "are "
            "reached, the Internet is not) is."
        )
    if wanted.interface is None:
        report.problem(
            f"{what}: interface is needed: the name that the device gets on {wanted.host} (it is not looked up yet)."
        )
        return None
    if wanted.interface in member.primary_devices:
        report.problem(
            f"{what}: interface {wanted.interface!r} is the aggregator's primary device: configuring it would keep the "
            "host from coming back after a restart."
        )
    if member.instance is None or vpc is None:
        missing = "the aggregator's aws_instance_id" if vpc else "a vpc for the space"
        report.problem(f"{what}: needs {missing}.")
        return None
    if wanted.subnet_id:
        subnet = cloud.subnets.get(wanted.subnet_id)
        if subnet is None:
            report.problem(f"{what}: AWS has no subnet {wanted.subnet_id}.")
            return None
        if subnet.zone != member.instance.zone:
            report.problem(
                f"{what}: subnet {subnet.id} is in {subnet.zone}, the aggregator in {member.instance.zone}: an "
                "interface "
                "attaches only inside its zone."
            )
        if vpc.found and subnet.vpc_id != vpc.found.id:
            report.problem(f"{what}: subnet {subnet.id} is in {subnet.vpc_id}, the space's VPC is {vpc.found.id}.")
        cidr = subnet.cidr
    elif member.instance.zone in vpc.subnets:
        cidr = vpc.subnets[member.instance.zone]
    else:
        return None  # the missing subnet has been reported with the VPC
    return Gateway(
        space=space.key,
        number=found.id,
        intent=wanted,
        member=member,
        subnet=cidr,
        vpc=vpc,
        ipv6=bool(space.vpc and space.vpc.ipv6),
        interface=owned(intent.network, gateway_key(space.key, member.host), cloud.interfaces.values()),
        address=owned(intent.network, gateway_ip_key(space.key, member.host), cloud.addresses),
    )


def with_device_indexes(gateways: list[Gateway]) -> list[Gateway]:
    """The gateways, each to be attached at the next index that is free on its instance."""
    taken: dict[str, set[int]] = {}
    placed = []
    for gateway in gateways:
        instance = gateway.member.instance
        if instance is None or (gateway.interface and gateway.interface.instance_id == instance.id):
            placed.append(gateway)
            continue
        used = taken.setdefault(instance.id, {0, *instance.devices})
        index = next(number for number in itertools.count(1) if number not in used)
        used.add(index)
        placed.append(replace(gateway, device_index=index))
    return placed


def gateway_things(gateway: Gateway, intent: Intent) -> list[Thing]:
    """The ethernet interface and the static default route on the aggregator."""
    prefix = ipaddress.IPv4Network(gateway.subnet).prefixlen
    address = f"{gateway.interface.private_ip}/{prefix}" if gateway.interface else KNOWN_AFTER_APPLY
    name = object_name(intent.network, "gateway", gateway.number)
    device = gateway.intent.interface or ""
    route = {
        "network": ANYWHERE,
        "destination": "gateway",
        "address": router_address(gateway.subnet),
        "interface": None,
    }
    interface = {
        "name": device,
        "type": "ethernet",
        "space": gateway.space,
        "enabled": True,
        "mtu": MTU,
        "addresses": [address],
        "accept_ra": gateway.ipv6,
    }
    protocol = {
        "name": name,
        "protocol": "static",
        "space": gateway.space,
        "enabled": True,
        "import_ipv4": dict(ALL),
        "export_ipv4": dict(NONE),
        "import_ipv6": dict(NONE),
        "export_ipv6": dict(NONE),
        "routes": [route],
    }
    parent = gateway.member.parent
    return [
        Thing("ethernet_interface", parent, device, interface),
        Thing("static_protocol", parent, name, protocol),
    ]


def tables_of(gateway: Gateway, intent: Intent, cloud: Cloud, report: Report) -> list[tuple[str, RouteTable | None]]:
    """(name in the plan, table) of each route table that sends the networks to the gateway; None = not made yet."""
    if not gateway.intent.vpc_routes:
        return []
    if gateway.intent.route_tables:
        for number in gateway.intent.route_tables:
            if number not in cloud.route_tables:
                report.problem(f"{gateway.label}: AWS has no route table {number}.")
        return [(number, cloud.route_tables.get(number)) for number in gateway.intent.route_tables]
    found = gateway.vpc.found
    main = next((t for t in cloud.route_tables.values() if found and t.vpc_id == found.id and t.main), None)
    tables: list[tuple[str, RouteTable | None]] = [(f"{vpc_key(gateway.space)}/main", main)]
    if gateway.vpc.cidr:
        name = route_table_key(gateway.space)
        tables.append((name, owned(intent.network, name, cloud.route_tables.values())))
    return tables


def design_gateway(
    gateway: Gateway, intent: Intent, server: Server, cloud: Cloud, design: Design, report: Report
) -> None:
    """Items, objects and work of one gateway."""
    if gateway.member.instance is None:
        raise AssertionError("the caller has checked gateway.member.instance")
    before = len(design.items)
    _interface_items(gateway, intent, design)
    add, switch, gone = _routes(gateway, intent, cloud, design, report)
    host = gateway.member.host
    found = {(t.kind, t.key): t for t in server.things.get(gateway.member.id, ())}
    for thing in gateway_things(gateway, intent):
        design.gateway_objects[thing.parent, thing.key] = (host, gateway_work(gateway, intent))
        for phase, staged in stage(found.get((thing.kind, thing.key)), thing).items():
            design.want(phase, PART, host, staged)
    phases = {item.phase for item in design.items[before:]}
    if "add" in phases or add:
        design.gateways["add"].append((host, gateway_work(gateway, intent, networks=add)))
    if switch:
        design.gateways["switch"].append((host, gateway_work(gateway, intent, networks=switch)))
    if gone:
        design.gateways["remove"].append((host, gateway_work(gateway, intent, absent_networks=gone)))


def _interface_items(gateway: Gateway, intent: Intent, design: Design) -> None:
    instance = gateway.member.instance
    if instance is None:
        raise AssertionError("the caller has checked instance")
    common: dict[str, Any] = {"phase": "add", "host": gateway.member.host, "part": PART}
    parent = gateway.intent.subnet_id or subnet_key(gateway.space, instance.zone)
    found, key = gateway.interface, gateway.key
    if found is None:
        after = {
            "private_ip": KNOWN_AFTER_APPLY,
            "source_dest_check": False,
            "tags": tags(intent.network, key),
        }
        design.aws("create", "network_interface", parent, key, after=after, **common)
    elif found.source_dest_check:
        change: dict[str, Any] = {"before": {"source_dest_check": True}, "after": {"source_dest_check": False}}
        design.aws("update", "network_interface", parent, key, **change, **common)
    if found is None or found.instance_id != instance.id:
        design.aws("create", "attachment", instance.id, key, after={"instance_id": instance.id}, **common)
    ip_key = gateway_ip_key(gateway.space, gateway.member.host)
    address = gateway.address
    if address is None:
        after = {"public_ip": KNOWN_AFTER_APPLY, "tags": tags(intent.network, ip_key)}
        design.aws("create", "elastic_ip", "", ip_key, after=after, **common)
    elif address.tags.get(TAG_RETIRED) == "true":
        change = {"before": {"tags": {TAG_RETIRED: "true"}}, "after": {"tags": {TAG_RETIRED: None}}}
        design.aws("update", "elastic_ip", "", ip_key, **change, **common)
    if address is None or found is None or address.interface_id != found.id:
        after = {
            "interface_id": found.id if found else KNOWN_AFTER_APPLY,
            "private_ip": found.private_ip if found else KNOWN_AFTER_APPLY,
        }
        design.aws("create", "address_association", key, ip_key, after=after, **common)


def _routes(
    gateway: Gateway, intent: Intent, cloud: Cloud, design: Design, report: Report
) -> tuple[list[str], list[str], list[str]]:
    """(new, replaced, gone) destinations; a route of others is refused."""
    lists: dict[str, list[str]] = {"add": [], "switch": [], "remove": []}
    target = gateway.interface.id if gateway.interface else None
    for name, table in tables_of(gateway, intent, cloud, report):
        existing = {route.destination: route for route in table.routes} if table else {}
        for destination in gateway.intent.networks:
            route = existing.get(destination)
            if route and target and route.target == target:
                continue
            after = {"target": target or KNOWN_AFTER_APPLY}
            common: dict[str, Any] = {"host": gateway.member.host, "part": PART, "after": after}
            if route is None:
                design.aws("create", "route", name, destination, phase="add", **common)
                lists["add"].append(destination)
                continue
            other = cloud.interfaces.get(route.target or "")
            if other is None or not other.tags.get("bonded.internet/key", "").startswith(f"gateway/{gateway.space}/"):
                report.problem(
                    f"{gateway.label}: the route table {table.id if table else name} already sends {destination} to "
                    f"{route.target}, which is not ours: it is not replaced."
                )
                continue
            before = {"target": route.target}
            design.aws("update", "route", name, destination, phase="switch", before=before, **common)
            lists["switch"].append(destination)
        for route in existing.values():
            if target and route.target == target and route.destination not in gateway.intent.networks:
                before, host = {"target": target}, gateway.member.host
                design.aws(
                    "delete", "route", name, route.destination, phase="remove", before=before, host=host, part=PART
                )
                lists["remove"].append(route.destination)
    unique = {phase: list(dict.fromkeys(destinations)) for phase, destinations in lists.items()}
    return unique["add"], unique["switch"], unique["remove"]


def gateway_work(
    gateway: Gateway,
    intent: Intent,
    networks: list[str] | None = None,
    absent_networks: list[str] | None = None,
) -> dict[str, Any]:
    """GW of role pwan_gateway."""
    instance = gateway.member.instance
    if instance is None:
        raise AssertionError("the caller has checked instance")
    return {
        "network": intent.network,
        "space": gateway.space,
        "space_id": gateway.number,
        "key": gateway.key,
        "ip_key": gateway_ip_key(gateway.space, gateway.member.host),
        "aggregator": gateway.member.id,
        "instance_id": instance.id,
        "device_index": gateway.device_index,
        "zone": instance.zone,
        "subnet_id": gateway.intent.subnet_id,
        "subnet_key": subnet_key(gateway.space, instance.zone),
        "vpc_id": gateway.vpc.found.id if gateway.vpc.found else None,
        "vpc_key": vpc_key(gateway.space),
        "egress": gateway.intent.egress,
        "source_dest_check": False,
        "interface": gateway.intent.interface,
        "accept_ra": gateway.ipv6,
        "mtu": MTU,
        "protocol": object_name(intent.network, "gateway", gateway.number),
        "networks": networks or [],
        "absent_networks": absent_networks or [],
        "route_table_ids": list(gateway.intent.route_tables) or None,
        "fresh": gateway.interface is None and gateway.address is None,
        "release": False,
        "remove": False,
    }


def check_gateways(gateways: list[Gateway], intent: Intent, cloud: Cloud, report: Report) -> None:
    """What only shows between gateways: one device or one route for two of them, and the instance's limits."""
    devices: dict[tuple[str, str | None], Gateway] = {}
    routes: dict[tuple[str, str], Gateway] = {}
    for gateway in gateways:
        place = (gateway.member.host, gateway.intent.interface)
        if place in devices:
            report.problem(f"{gateway.label}: interface {place[1]!r} is also that of {devices[place].label}.")
        devices.setdefault(place, gateway)
        for name, _table in tables_of(gateway, intent, cloud, report):
            for network in gateway.intent.networks:
                if (name, network) in routes:
                    other = routes[name, network].label
                    report.problem(f"{gateway.label}: the route of {network} in {name} is also that of {other}.")
                routes.setdefault((name, network), gateway)
    for host in sorted({gateway.member.host for gateway in gateways}):
        mine = [gateway for gateway in gateways if gateway.member.host == host]
        instance = mine[0].member.instance
        limits = cloud.limits.get(instance.type) if instance else None
        new = [g for g in mine if g.interface is None or instance is None or g.interface.instance_id != instance.id]
        if instance and limits and len(instance.devices) + len(new) > limits.interfaces:
            report.problem(
                f"{host}: has {len(instance.devices)} network interfaces and would get {len(new)} more for gateways; "
                f"{instance.type} holds {limits.interfaces}."
            )
