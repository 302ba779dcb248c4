# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Second network interfaces of aggregators, each with all of both sides that belongs to it.

Routes to a network interface are looked for in every route table that was read: a hand-made route may stand in any.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .._design.gateway.adopted_nat import adopted_nat
from .._model.names import ANYWHERE
from .._model.state import ElasticIp, Interface, NatGateway, RouteTable, Space
from .._objects import Object
from .meshes import own_filter
from .model import Claim, Findings, Host, Live, aws_claim


@dataclass(frozen=True)
class Attached:
    """A network interface of AWS with the Ethernet interface of the management server that has its address."""

    host: Host
    device: Object
    interface: Interface
    space: Space
    address: ElasticIp | None
    nat: NatGateway | None
    """NAT gateway that the default route of the interface's subnet leads to, if it has no Elastic IP itself."""
    tables: tuple[RouteTable, ...]
    """Route tables with a route to the interface."""
    static: Object | None
    """Static protocol of the space whose default route leads to the interface's own subnet."""
    static_filter: Object | None

    @property
    def subject(self) -> str:
        """Return its name in a sentence."""
        return f"gateway of space {self.space.key} on {self.host.name} ({self.interface.id}, device {self.device.key})"

    @property
    def networks(self) -> Mapping[str, tuple[str, ...]]:
        """Return the destinations of the routes that lead to the interface, by the id of their table."""
        return {
            table.id: tuple(sorted(route.destination for route in table.routes if route.target == self.interface.id))
            for table in self.tables
        }

    @property
    def carries_ipv6(self) -> bool:
        """Return True if the device has the IPv6 address of the network interface."""
        own = self.interface.ipv6
        return own is not None and own in {text.split("/")[0] for text in self.device.data.get("addresses") or ()}

    @property
    def stands_alone(self) -> bool:
        """Return True if the interface may be in another VPC than its space's: only its own address leads to it."""
        return self.interface.source_dest_check and not self.tables

    @property
    def claims(self) -> set[Claim]:
        """Return all objects that belong to it."""
        found = {self.device.identity, aws_claim("network_interface", self.interface.id)}
        outside = [self.address.allocation_id] if self.address else [self.nat.allocation_id] if self.nat else []
        found |= {aws_claim("elastic_ip", number) for number in outside if number}
        for number, networks in self.networks.items():
            found |= {aws_claim("route", f"{number} {network}") for network in networks}
        return found | {obj.identity for obj in (self.static, self.static_filter) if obj}


def attached_to(host: Host, live: Live, findings: Findings) -> Iterable[Attached]:
    """Yield the second network interfaces of a host that the management server configures in a space."""
    primary = host.instance.interface_id if host.instance else None
    for obj in live.objects_of(host, "ethernet_interface"):
        space = live.server.spaces.get(obj.data.get("space") or "")
        addresses = {text.split("/")[0] for text in obj.data.get("addresses") or ()}
        found = [one for one in live.cloud.interfaces.values() if one.private_ip in addresses and one.id != primary]
        own = [one for one in found if host.instance and one.instance_id == host.instance.id]
        if space is None or not found:
            continue
        if len(own) == 1:
            yield _with_all(host, obj, own[0], space, live)
            continue
        for one in found if not own else ():
            state = f"attached to {one.instance_id}" if one.instance_id else "attached to no instance"
            subject = f"network interface {one.id} ({one.private_ip})"
            text = f"{obj.key} of {host.name} in space {space.key} has its address, and it is {state}"
            findings.leave(subject, text, *_with_all(host, obj, one, space, live).claims)


def _with_all(host: Host, device: Object, interface: Interface, space: Space, live: Live) -> Attached:
    """Return a network interface with all that belongs to it."""
    place = (interface.id, interface.private_ip)
    address = next((one for one in live.cloud.addresses if (one.interface_id, one.private_ip) == place), None)
    tables = [live.cloud.route_tables[number] for number in sorted(live.cloud.route_tables)]
    static = _static(host, interface, space, live)
    return Attached(
        host=host,
        device=device,
        interface=interface,
        space=space,
        address=address,
        nat=None if address else adopted_nat(interface.subnet_id, live.cloud),
        tables=tuple(one for one in tables if any(route.target == interface.id for route in one.routes)),
        static=static,
        static_filter=own_filter(host, static, "import_ipv4", live) if static else None,
    )


def _static(host: Host, interface: Interface, space: Space, live: Live) -> Object | None:
    """Return the only static protocol of the space whose default route leads into the interface's subnet."""
    subnet = live.cloud.subnets.get(interface.subnet_id)
    found = [
        obj
        for obj in live.objects_of(host, "static_protocol")
        if obj.data.get("space") == space.key
        for route in obj.data.get("routes") or ()
        if route["network"] == ANYWHERE
        and subnet is not None
        and route.get("address")
        and ipaddress.ip_address(route["address"]) in ipaddress.ip_network(subnet.cidr)
    ]
    return found[0] if len(found) == 1 else None
