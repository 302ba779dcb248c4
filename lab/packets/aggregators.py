# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The management server's state as kernel objects of each aggregator. Pure: nothing here touches a kernel.

It is carried out as it is, mistakes included, in the vendor's documented shape: one namespace for an aggregator, in it
a routing table for each space, chosen by the device that a packet comes from or is sent to. CPE NAT IPs live in the
main table.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from .applied_state import ADDRESS, FORWARDING, RULE, UPPER, Piece, configured, route, rule, veth
from .aws_topology import LAST, Device, Fabric
from .report import Failed

LEARNED = 200
"""The routing protocol number of the aggregator's own routes in the kernel; BIRD learns these."""
PREFERENCE = 500
"""Of the aggregator's own routes, as in the vendor's example: above Babel's 130, or it would prefer their echo."""
RETURN, MAIN, OWN, SPACE = 20, 1000, 1050, 1100
"""Preferences of rules: the way back of moved bonds, CPE NAT IPs, a gateway's own address, the spaces.

The vendor's own are not known: here they come early, so that a way back that were not first (role aggregator_host: 10)
would be dead.
"""


class Primary(dict[str, Device]):
    """Devices by the names of aggregators; who asks for one that has none is told so."""

    def __missing__(self, name: str) -> Device:
        raise Failed(f"{name} has no instance: no instance's public address is the one that the server has")


class Server:
    """Kernel objects of the aggregators, made from a state of lab.bondingadmin on the instances of the fabric."""

    def __init__(self, state: Mapping[str, Any], fabric: Fabric) -> None:
        self.state, self.fabric = state, fabric
        primary = {one["id"]: _primary(fabric, one["id"]) for one in fabric.state["instances"]}
        by_public = {one["public_ip"]: primary[one["id"]] for one in fabric.state["instances"]}
        self.primary: dict[str, Device] = Primary(
            {one["name"]: found for one in state["aggregators"] if (found := by_public.get(one["ip"])) is not None}
        )
        """Each aggregator's first interface, found by its public address, which the server knows."""
        self.tables = {one["key"]: 1000 + one["id"] for one in state["spaces"]}
        self._private_wan = {one["key"] for one in state["spaces"] if one["private_wan_enabled"]}

    def aggregators(self) -> list[Mapping[str, Any]]:
        """Return the aggregators that have an instance."""
        return [one for one in self.state["aggregators"] if one["name"] in self.primary]

    def namespace(self, aggregator: str) -> str:
        """Return the namespace of an aggregator."""
        return self.primary[aggregator].holder

    def interfaces(self, aggregator: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Its interfaces that can be made: an ethernet interface without its device is only a wish."""
        here = {one.name for one in self.fabric.devices if one.holder == self.namespace(aggregator["name"])}
        return [
            one
            for one in aggregator["interfaces"]
            if one["enabled"] and (one["type"] != "ethernet" or one["name"] in here)
        ]

    def aggregator_of(self, bond_id: int) -> str:
        """Return the name of the aggregator that a bond is on now."""
        return str(next(one["current_aggregator"] for one in self.state["bonds"] if one["id"] == bond_id))

    def bonds(self, aggregator: str) -> list[Mapping[str, Any]]:
        """The bonds that are on it now."""
        return [one for one in self.state["bonds"] if one["current_aggregator"] == aggregator]

    def announces(self, bond: Mapping[str, Any]) -> bool:
        """Return True if the bonder announces a LAN: in a space with private WAN, if it has a private network."""
        return bond["space"] in self._private_wan and bool(private_networks(bond))

    def spaces(self, aggregator: Mapping[str, Any]) -> list[str]:
        """Keys of the spaces that have a table on it."""
        keys = {one["space"] for one in self.interfaces(aggregator)} | {
            bond["space"] for bond in self.bonds(aggregator["name"]) if bond["space"] in self._private_wan
        }
        return sorted(key for key in keys if key is not None)

    def owners(self) -> dict[str, str]:
        """CPE NAT IP -> the aggregator whose instance has the address on AWS, for those that have one."""
        wanted = {nat["ip"] for bond in self.state["bonds"] for nat in bond["cpe_nat_ips"]}
        names = {device.holder: name for name, device in self.primary.items()}
        return {
            address: names[device.holder]
            for device in self.fabric.devices
            for address in device.addresses
            if address in wanted and device.holder in names
        }

    def transit(self, aggregator: str) -> tuple[str, str] | None:
        """Device and address of its VXLAN without a space, if it has one."""
        found = next(one for one in self.state["aggregators"] if one["name"] == aggregator)
        for one in self.interfaces(found):
            if one["type"] == "vxlan" and one["space"] is None and one["addresses"]:
                return one["name"], one["addresses"][0].partition("/")[0]
        return None

    # What is made of it

    def pieces(self) -> Iterator[Piece]:
        """All of all aggregators, and the bonds' tunnels."""
        for aggregator in self.aggregators():
            for interface in self.interfaces(aggregator):
                yield from self._interface(aggregator, interface)
            for space in self.spaces(aggregator):
                yield self._last(aggregator["name"], space)
            for bond in self.bonds(aggregator["name"]):
                yield from self._tunnel(aggregator["name"], bond)

    def return_routes(self) -> Iterator[Piece]:
        """Transit's way back: what a moved bond sends from its CPE NAT IP goes out by the owner of the address."""
        owners = self.owners()
        for aggregator in self.primary:
            namespace, here = self.namespace(aggregator), self.transit(aggregator)
            for owner in sorted(set(owners.values()) - {aggregator}):
                there = self.transit(owner)
                if here is None or there is None:
                    continue
                number = 7000 + next(one["id"] for one in self.state["aggregators"] if one["name"] == owner)
                way = f"default via {there[1]} dev {here[0]} table {number}"
                yield route(f"back/{aggregator}/{owner}", namespace, way, _key(aggregator, here[0]), over=True)
                for address in sorted(key for key, value in owners.items() if value == owner):
                    text = f"from {address} lookup {number} pref {RETURN}"
                    yield rule(f"back/{aggregator}/{owner}/{address}", namespace, text)

    def _interface(self, aggregator: Mapping[str, Any], interface: Mapping[str, Any]) -> Iterator[Piece]:
        name, device = aggregator["name"], interface["name"]
        namespace, key = self.namespace(name), _key(name, device)
        mtu = f" mtu {interface['mtu']}" if interface["mtu"] else ""
        if interface["type"] == "vxlan":
            options = f"address {steady_mac(name, device)}{mtu}"
            yield vxlan(self.primary[name], key, device, options, interface["vni"])
            for far in interface["endpoints"]:
                vni = "" if far["vni"] in (None, interface["vni"]) else f" vni {far['vni']}"
                yield endpoint(f"{key}/{far['ip']}", namespace, device, f"{far['ip']}{vni}", key)
        elif interface["type"] == "vlan":
            line = f"link add link {interface['parent']} name {device}{mtu} type vlan id {interface['vlan_id']}"
            yield Piece(key, namespace, UPPER, (line, f"link set {device} up"), (f"link del {device}",))
        else:
            found = self.fabric.device(namespace, device)
            up, down = (f"link set {device}{mtu} up",), (f"link set {device} down",)
            yield Piece(key, namespace, ADDRESS, up, down, f"eni/{found.interface_id}")
        yield from self._addresses(name, interface)

    def _addresses(self, aggregator: str, interface: Mapping[str, Any]) -> Iterator[Piece]:
        namespace, device, key = self.namespace(aggregator), interface["name"], _key(aggregator, interface["name"])
        table = self.tables.get(interface["space"])
        for address in interface["addresses"]:
            found = ipaddress.ip_interface(address)
            if found.version == 6:
                continue
            options = "" if table is None else " noprefixroute"
            line = f"{address} dev {device}"
            up, down = (f"addr add {line}{options}",), (f"addr del {line}",)
            yield Piece(f"{key}/{address}", namespace, ADDRESS, up, down, key)
            if table is None:
                continue
            yield route(f"{key}/{address}/net", namespace, f"{found.network} dev {device} table {table}", key)
            if interface["type"] == "ethernet":
                yield rule(f"{key}/{address}/own", namespace, f"from {found.ip} lookup {table} pref {OWN}")
        if table is not None:
            yield from chosen(key, namespace, device, table)

    def _last(self, aggregator: str, space: str) -> Piece:
        """Return an unreachable default route for a space's table, to keep its packets out of the main table."""
        text = f"unreachable default metric {LAST} table {self.tables[space]}"
        return route(f"space/{aggregator}/{space}", self.namespace(aggregator), text)

    def _tunnel(self, aggregator: str, bond: Mapping[str, Any]) -> Iterator[Piece]:
        """A bond's tunnel, a pair of devices here, and the routes of its CPE NAT IPs."""
        namespace, device, key = self.namespace(aggregator), f"tun{bond['id']}", f"tunnel/{bond['id']}"
        here, there = tunnel_addresses(bond["id"])
        bonder = f"bond-{bond['id']}"
        yield veth(key, namespace, device, ("tun0", bonder), 1400)
        yield configured(f"{key}/here", namespace, key, f"addr add {here} peer {there} dev {device}")
        lines = (
            "link set tun0 up",
            f"addr add {there} peer {here} dev tun0",
            f"route replace default via {here} dev tun0",
        )
        yield configured(f"{key}/there", bonder, key, *lines)
        for nat in bond["cpe_nat_ips"]:
            if nat["enabled"]:
                way = f"{nat['ip']}/32 via {there} dev {device} onlink proto {LEARNED}"
                yield route(f"{key}/{nat['ip']}", namespace, way, key)
                yield rule(
                    f"{key}/{nat['ip']}/main", namespace, f"from {nat['ip']} iif {device} lookup main pref {MAIN}"
                )
        if bond["space"] not in self._private_wan:
            return
        # The LANs come by BGP (`sessions`); their next hop has to be known in the space's table.
        table = self.tables[bond["space"]]
        yield route(f"{key}/net", namespace, f"{there} dev {device} table {table}", key)
        yield from chosen(key, namespace, device, table)


def steady_mac(aggregator: str, device: str) -> str:
    """A MAC address that a device keeps when it is made again, as udev gives it (MACAddressPolicy=persistent).

    With a new one each time, neighbours that have just heard of the old one send into the void for up to a minute.
    """
    digits = hashlib.sha256(f"{aggregator} {device}".encode()).hexdigest()
    return ":".join(["02", *(digits[place : place + 2] for place in range(0, 10, 2))])


def private_networks(bond: Mapping[str, Any]) -> list[str]:
    """The networks of a bond that are part of its space's private WAN."""
    connected = [one for one in bond["connected_ips"] if one["enabled"] and one["include_private_wan"]]
    routed = [one["network"] for one in bond["routes"] if one["enabled"] and one["include_private_wan"]]
    found = [str(ipaddress.ip_interface(one["ip"]).network) for one in connected] + routed
    return [network for network in found if ":" not in network]


def tunnel_addresses(bond_id: int) -> tuple[str, str]:
    """The aggregator's and the bonder's address in a tunnel."""
    first = ipaddress.ip_address("100.64.0.0") + 2 * bond_id
    return str(first), str(first + 1)


def chosen(key: str, namespace: str, device: str, table: int, rank: int = RULE) -> Iterator[Piece]:
    """Yield the policy rules that look up packets from and to the device in the space's table."""
    for way in ("iif", "oif"):
        yield rule(f"{key}/{way}", namespace, f"{way} {device} lookup {table} pref {SPACE}", rank)


def vxlan(below: Device, key: str, device: str, options: str, vni: int) -> Piece:
    """Return the piece of a VXLAN device upon the first interface of an aggregator.

    :param options: of the device itself, such as its MAC address and its MTU.
    """
    line = (
        f"link add {device} {options}"
        f" type vxlan id {vni} dstport 4789 local {below.addresses[0]} dev {below.name} ttl 64"
    )
    up, down = (line, f"link set {device} up"), (f"link del {device}",)
    return Piece(key, below.holder, UPPER, up, down, f"eni/{below.interface_id}")


def endpoint(key: str, namespace: str, device: str, far: str, needs: str) -> Piece:
    """Return the piece of an endpoint of a VXLAN device; `far` is its address, and its VNI if that is another."""
    entry = f"00:00:00:00:00:00 dev {device} dst {far}"
    return Piece(key, namespace, FORWARDING, (f"fdb append {entry}",), (f"fdb del {entry}",), needs)


def _key(aggregator: str, device: str) -> str:
    return f"interface/{aggregator}/{device}"


def _primary(fabric: Fabric, instance_id: str) -> Device | None:
    instance = next(one for one in fabric.state["instances"] if one["id"] == instance_id)
    ids = instance["network_interface_ids"]
    return next((one for one in fabric.devices if one.primary and one.interface_id in ids), None)
