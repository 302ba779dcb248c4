# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPE NAT entries: an Elastic IP on a secondary private address that a bond names as its CPE NAT IP.

A secondary address is a CPE NAT IP only if a bond names it, whatever Elastic IP it carries.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from .._model.names import TAG_KEY, TAG_NETWORK, cpe_nat_key
from .._model.state import ElasticIp
from .._objects import Object
from .model import Claim, Findings, Host, Live, Piece, Placed, aws_claim, some_of

Named = tuple[int, Object]
"""A bond's id with its CPE NAT IP."""


@dataclass(frozen=True)
class _Entry:
    """A bond's CPE NAT IP with the Elastic IP that leads to it."""

    host: Host
    elastic_ip: ElasticIp
    bond: int
    nat: Object
    standby: int | None
    connected: Object

    @property
    def interface_id(self) -> str:
        """Return the id of the primary network interface that has the private address."""
        return self.host.instance.interface_id if self.host.instance else ""


def recognise_entries(live: Live, findings: Findings) -> None:
    """Add an entry for each CPE NAT IP that an Elastic IP of an aggregator leads to."""
    carried = _carried(live)
    named: dict[str, list[Named]] = defaultdict(list)
    for number, obj in live.on_bonds("cpe_nat_ip"):
        named[obj.key].append((number, obj))
    for address in sorted(named, key=_number):
        claims = [obj.identity for _number, obj in named[address]]
        bonds = " and ".join(live.title_of_bond(number) for number, _obj in named[address])
        subject = f"CPE NAT IP {address} of {bonds}"
        found = carried.get(address, [])
        if len(found) != 1:
            findings.leave(subject, _reason_without_address(address, found, live), *claims)
            continue
        host, elastic_ip = found[0]
        chosen = _bonds_of(named[address])
        if isinstance(chosen, str):
            findings.leave(subject, chosen, *claims)
            continue
        (number, obj), standby = chosen
        connected = _connected_ip(number, obj, live)
        if isinstance(connected, str):
            findings.leave(subject, connected, *claims)
            continue
        found_entry = _Entry(host, elastic_ip, number, obj, standby, connected)
        findings.pieces.append(_piece(found_entry, claims, live))


def _number(address: str) -> tuple[int, int]:
    """Return the place of an address in the order of all addresses."""
    found = ipaddress.ip_address(address)
    return found.version, int(found)


def _carried(live: Live) -> dict[str, list[tuple[Host, ElasticIp]]]:
    """Return the secondary addresses of primary network interfaces that carry an Elastic IP, with host and address."""
    owners = {host.instance.interface_id: host for host in live.hosts if host.instance}
    found: dict[str, list[tuple[Host, ElasticIp]]] = defaultdict(list)
    for elastic_ip in live.cloud.addresses:
        host = owners.get(elastic_ip.interface_id or "")
        if host and elastic_ip.private_ip and elastic_ip.private_ip != host.private_ip:
            found[elastic_ip.private_ip].append((host, elastic_ip))
    return found


def _reason_without_address(address: str, found: list[tuple[Host, ElasticIp]], live: Live) -> str:
    if found:
        listed = some_of([f"{elastic_ip.public_ip} on {host.name}" for host, elastic_ip in found])
        return f"several aggregators have this private address with an Elastic IP ({listed})"
    secondary = [host.name for host in live.hosts if host.instance and address in host.instance.addresses]
    if live.by_private_ip(address):
        return f"it is the primary private address of {some_of([host.name for host in live.by_private_ip(address)])}"
    if secondary:
        return f"it is a secondary private address of {some_of(secondary)}, which carries no Elastic IP"
    return "no primary network interface of an aggregator has this private address"


def _bonds_of(named: list[Named]) -> tuple[Named, int | None] | str:
    """Return the bond's CPE NAT IP and the id of the standby bond; else the reason why none can be chosen."""
    if len(named) == 1:
        return named[0], None
    enabled = [one for one in named if one[1].data.get("enabled", True)]
    if len(named) > 2 or len(enabled) != 1:
        return (
            f"{len(named)} bonds have it, {len(enabled)} of them enabled (expected one bond, or a pair of which one is "
            "enabled)"
        )
    (standby,) = (number for number, obj in named if obj is not enabled[0][1])
    return enabled[0], standby


def _connected_ip(number: int, obj: Object, live: Live) -> Object | str:
    """Return the bond's connected IP in whose network the host lies; else the reason why there is not one."""
    inside = [
        other
        for other in live.server.bond_objects.get(number, ())
        if other.kind == "connected_ip" and _holds(str(other.data["ip"]), str(obj.data["nat_ip"]))
    ]
    if len(inside) == 1:
        return inside[0]
    listed = some_of([other.key for other in inside])
    return (
        f"its nat_ip {obj.data['nat_ip']} lies in {len(inside)} connected IPs of the bond (got {listed or 'none'}; "
        "expected one)"
    )


def _holds(connected_ip: str, address: str) -> bool:
    network = ipaddress.ip_interface(connected_ip).network
    host = ipaddress.ip_address(address)
    return host.version == network.version and host in network


def _name(one: _Entry, live: Live) -> str | None:
    """Return the name of an entry, that of its tags if the network has it already; None where none is needed."""
    tags, prefix = one.elastic_ip.tags, cpe_nat_key("")
    if tags.get(TAG_NETWORK) == live.network and tags.get(TAG_KEY, "").startswith(prefix):
        key = tags[TAG_KEY].removeprefix(prefix)
        return None if key == f"bond-{one.bond}" else key
    several = sum(number == one.bond for number, _obj in live.on_bonds("cpe_nat_ip")) > 1
    return f"bond-{one.bond}-{one.nat.data['nat_ip']}" if several else None


def _piece(one: _Entry, claims: list[Claim], live: Live) -> Piece:
    options: dict[str, Any] = {
        "bond": str(one.bond),
        "interface": one.connected.data["interface"],
        "connected_ip": one.connected.data["ip"],
        "nat_ip": one.nat.data["nat_ip"],
        "public_ip": one.elastic_ip.public_ip,
        "private_ip": one.nat.key,
        "aggregator": one.host.name,
    }
    if one.standby is not None:
        options["standby_bond"] = str(one.standby)
    name = _name(one, live)
    if name:
        options["name"] = name
    key = name or f"bond-{one.bond}"
    reason = f"on {one.nat.key} of {one.host.name}, which is CPE NAT IP of {live.title_of_bond(one.bond)}"
    if one.standby is not None:
        reason += f"; {live.title_of_bond(one.standby)} has it too, disabled: standby_bond"
    taken = {
        *claims,
        aws_claim("elastic_ip", one.elastic_ip.allocation_id),
        aws_claim("private_address", f"{one.interface_id} {one.nat.key}"),
    }
    placed = Placed(f"Elastic IP {one.elastic_ip.public_ip}", f"bonding_cpe_nat_ips, {key}", reason)
    return Piece("entry", key, options, (placed,), claims=frozenset(taken))
