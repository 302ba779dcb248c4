# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two spaces with the same networks on one aggregator.

AN-001 gives each space a VPC of its own because their routes are apart, so two customers may both have 10.0.0.0/16.
What an aggregator cannot keep apart, where its spaces are routing tables of one network namespace (assumed, README):

- A static route names its next hop by address alone, and BIRD looks for the interface whose subnet has that address.
  Two gateways in subnets that overlap would lead one customer's packets to the other one's router.
- Its own addresses are the aggregator's in every table: it takes packets for them itself, whatever space they are of.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from itertools import combinations

from ..._model.desired_network import Report
from ..gateway.gateways import Gateway
from ..mesh.meshes import Mesh
from ..vpc.vpcs import VpcDesign


def check_shared_subnets(
    gateways: Sequence[Gateway], meshes: Iterable[Mesh], vpcs: Iterable[VpcDesign], report: Report
) -> None:
    """Refuse a gateway's subnet that overlaps another space's on its aggregator; warn of VPCs that meet there."""
    by_host: dict[str, list[Gateway]] = {}
    for gateway in gateways:
        by_host.setdefault(gateway.member.host, []).append(gateway)
    networks = {vpc.space: _networks(vpc) for vpc in vpcs}
    for host, here in by_host.items():
        for one, other in combinations(here, 2):
            if one.space == other.space:
                continue
            if _overlap(one.subnet, other.subnet):
                _refuse(other, f"the subnet {one.subnet} of {one.label}", report)
            elif any(a.overlaps(b) for a in networks.get(one.space, ()) for b in networks.get(other.space, ())):
                report.warn(
                    f"{host}: the VPCs of the spaces {one.space} and {other.space} have overlapping networks. What "
                    f"one space sends to the address that {host} has in the other one (in {one.subnet}, "
                    f"{other.subnet}) may end on {host}. Put one of the gateways on another aggregator if that matters."
                )
    for mesh in meshes:
        members = {member.host for member in mesh.members}
        for gateway in gateways:
            there = gateway.member.host in members and mesh.space not in (None, gateway.space)
            if there and _overlap(gateway.subnet, str(mesh.subnet)):
                _refuse(gateway, f"the tunnel subnet {mesh.subnet} of {mesh.label}", report)


def _refuse(gateway: Gateway, other: str, report: Report) -> None:
    host = gateway.member.host
    report.problem(
        f"{gateway.label}: its subnet {gateway.subnet} overlaps {other} on {host}: {host} finds a gateway's router by "
        "the subnet of its address alone, and could lead one customer's packets into the other one's network. Put one "
        "of them on another aggregator, or give its VPC other subnets (vpc.subnets)."
    )


def _networks(vpc: VpcDesign) -> list[ipaddress.IPv4Network]:
    cidrs = (vpc.cidr,) if vpc.cidr else vpc.found.cidrs if vpc.found else ()
    return [ipaddress.IPv4Network(cidr) for cidr in cidrs]


def _overlap(one: str, other: str) -> bool:
    return ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other))
