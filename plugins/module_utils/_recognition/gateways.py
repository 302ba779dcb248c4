# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways: second network interfaces of aggregators that an Ethernet interface of a space has the address of."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .._model.desired_network import NAT
from .._model.names import object_name
from .attached import Attached, attached_to
from .meshes import most_common, only_other_names
from .model import Findings, Live, Piece, Placed, some_of


def recognise_gateways(live: Live, findings: Findings) -> None:
    """Add the gateways of all spaces, each with its Elastic IP, its static protocol and the routes that lead to it."""
    by_space: dict[str, list[Attached]] = defaultdict(list)
    for host in live.hosts:
        for one in attached_to(host, live, findings):
            by_space[one.space.key].append(one)
    for gateways in (by_space[key] for key in sorted(by_space)):
        vpc_id = _vpc_of(gateways)
        for one in gateways:
            problem = _problem(one, gateways, vpc_id)
            if problem or vpc_id is None:
                findings.leave(one.subject, problem, *one.claims)
            else:
                findings.pieces.append(_piece(one, vpc_id, live))


def _vpc_of(gateways: list[Attached]) -> str | None:
    """Return the VPC of a space, that of the gateways which cannot be in another one; None if they are in several."""
    bound = [one.interface.vpc_id for one in gateways if not one.stands_alone]
    return most_common(bound) if bound else gateways[0].interface.vpc_id


def _problem(one: Attached, gateways: list[Attached], vpc_id: str | None) -> str:
    """Return the reason why a gateway cannot be placed; empty if it can."""
    if vpc_id is None or not (one.interface.vpc_id == vpc_id or one.stands_alone):
        vpcs = some_of(sorted({other.interface.vpc_id for other in gateways}))
        return f"a space has one VPC, and its gateways are in several ({vpcs})"
    if [other.host.name for other in gateways].count(one.host.name) > 1:
        return f"space {one.space.key} has two gateways on this aggregator"
    if one.address is None and one.nat is None:
        return f"no Elastic IP is associated with {one.interface.private_ip}, and its subnet leads to no NAT gateway"
    if any(table.vpc_id != one.interface.vpc_id for table in one.tables):
        return "a route table of another VPC has a route to it"
    if len(set(one.networks.values())) > 1:
        listed = "; ".join(f"{number}: {some_of(networks)}" for number, networks in sorted(one.networks.items()))
        return f"the route tables lead different networks to it ({listed})"
    return ""


def _piece(one: Attached, vpc_id: str, live: Live) -> Piece:
    names: dict[str, str] = {}
    number, own = one.interface.id, one.interface.private_ip
    device = f"{one.device.key} of {one.host.name} in space {one.space.key}"
    reasons = {
        f"network interface {number}": f"{device} has its address {own}",
    }
    if one.address:
        reasons[f"Elastic IP {one.address.public_ip}"] = f"on {own} of {number}"
    elif one.nat:
        reasons[f"NAT gateway {one.nat.id}"] = f"the default route of {one.interface.subnet_id} leads to it"
        outside = (
            elastic_ip for elastic_ip in live.cloud.addresses if elastic_ip.allocation_id == one.nat.allocation_id
        )
        reasons |= {f"Elastic IP {elastic_ip.public_ip}": f"on the NAT gateway {one.nat.id}" for elastic_ip in outside}
    if one.interface.vpc_id == vpc_id:
        reasons[f"VPC {vpc_id}"] = f"{number} is in it"
    for table, networks in one.networks.items():
        reasons[f"routes of {table} ({some_of(networks)})"] = f"they lead to {number}"
    if one.static:
        names[object_name(live.network, "gateway", one.space.id)] = one.static.key
        reasons[f"static protocol {one.static.key} on {one.host.name}"] = "its default route leads out by the gateway"
    if one.static_filter:
        names[object_name(live.network, "gateway_import", one.space.id)] = one.static_filter.key
    place = f"bonding_spaces, {one.space.key}, gateway on {one.host.name}"
    return Piece(
        kind="gateway",
        key=f"{one.space.key}/{one.host.name}",
        options=_options(one, vpc_id),
        placed=tuple(Placed(subject, place, reason) for subject, reason in reasons.items()),
        names=only_other_names({one.host.name: names}),
        claims=frozenset(one.claims),
        space_mode=str(one.space.mode),
        vpc_id=vpc_id,
        ipv6=one.carries_ipv6,
    )


def _options(one: Attached, vpc_id: str) -> dict[str, Any]:
    networks = sorted({network for given in one.networks.values() for network in given})
    options: dict[str, Any] = {
        "aggregator": one.host.name,
        "interface": one.device.key,
        "interface_id": one.interface.id,
        "subnet_id": one.interface.subnet_id,
        **({"public_ip": one.address.public_ip} if one.address else {}),
        "networks": networks,
        "egress": _egress(one),
    }
    if one.tables and not (len(one.tables) == 1 and one.tables[0].main):
        options["route_tables"] = [table.id for table in one.tables]
    if one.interface.vpc_id != vpc_id:
        options["vpc_routes"] = False
    return options


def _egress(one: Attached) -> str:
    if one.address is None:
        return NAT
    # Packets of its own address alone pass a check that is on: the aggregator translates all others.
    return "masquerade" if one.stands_alone else "none"
