# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of the network's security groups, from the inventory."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..._model.desired_network import DesiredNetwork, Report
from ..._model.names import ANYWHERE
from ..._model.state import SELF, Rule

VXLAN = ("udp", 4789)
BGP = (("tcp", 179), ("udp", 3784))
"""BGP and BFD between private addresses; over a transit VXLAN they are inside of it."""
TOO_LARGE = Rule("icmp", 3, 4, ANYWHERE)
"""Fragmentation needed: without it a path of 1500 octets swallows larger packets."""
FORWARDED = Rule("-1", None, None, ANYWHERE)
"""Rule for packets that are forwarded for moved bonds: they have the client's source address (packet lab)."""
_PORTS = re.compile(r"(?:(tcp|udp)/)?(\d{1,5})(?:-(\d{1,5}))?")


def aggregator_rules(
    desired: DesiredNetwork, direct: bool, others: Iterable[str], publics: Iterable[str]
) -> list[Rule]:
    """Return the rules of the group of the aggregators in one VPC; `others` are private addresses in other VPCs."""
    protocol, port = VXLAN
    rules = [Rule(protocol, port, port, source) for source in (SELF, *(f"{address}/32" for address in others))]
    # direct BGP runs inside one subnet, so inside one VPC
    rules += [Rule(protocol, port, port, SELF) for protocol, port in (BGP if direct else ())]
    for text in desired.managed_mesh_ports:
        protocol, low, high = _ports(text) or ("udp", 0, 0)
        rules += [Rule(protocol or "udp", low, high, f"{address}/32") for address in sorted(publics) if address]
    return [*rules, TOO_LARGE]


def inbound_rules(desired: DesiredNetwork) -> list[Rule]:
    """Return the rules of the group for connections to CPE NAT addresses."""
    rules = []
    for given in desired.cpe_nat_inbound:
        protocol = {"all": "-1"}.get(given["protocol"], given["protocol"])
        low: int | None = -1 if protocol == "icmp" else None
        high = low
        if protocol in ("tcp", "udp"):
            _none, low, high = _ports(str(given.get("ports"))) or ("", 0, 65535)
        rules += [Rule(protocol, low, high, str(source)) for source in given["from"]]
    return rules


def rule_input(rule: Rule) -> dict[str, Any]:
    """Return a RULE of module aggregator_security."""
    return {
        "protocol": rule.protocol,
        "from_port": rule.from_port,
        "to_port": rule.to_port,
        "source": rule.source,
    }


def _ports(text: str) -> tuple[str, int, int] | None:
    match = _PORTS.fullmatch(text)
    if match is None:
        return None
    low = int(match[2])
    high = int(match[3] or low)
    return (match[1] or "", low, high) if 1 <= low <= high <= 65535 else None


def check_ports(texts: Iterable[str], report: Report) -> None:
    """Refuse an entry of bonding_managed_mesh_ports that is not a protocol with a port."""
    for text in texts:
        found = _ports(str(text))
        if found is None or not found[0]:
            report.problem(
                f"bonding_managed_mesh_ports: {text!r} is not a protocol with a port; expected is for example "
                "udp/51820 or udp/51820-51899."
            )


def check_inbound(entries: Iterable[Mapping[str, Any]], report: Report) -> None:
    """Refuse an entry of bonding_cpe_nat_inbound with wrong ports or sources."""
    for given in entries:
        what = f"bonding_cpe_nat_inbound: {given['protocol']} {given.get('ports') or ''}".rstrip()
        wants = given["protocol"] in ("tcp", "udp")
        found = _ports(str(given.get("ports"))) if given.get("ports") else None
        if wants != bool(given.get("ports")) or (wants and (found is None or found[0])):
            report.problem(f"{what}: tcp and udp want ports, for example 443 or 8000-8010, and icmp and all have none.")
        for source in given["from"]:
            try:
                ipaddress.IPv4Network(source)
            except ValueError as error:
                report.problem(f"{what}: from: {source!r} is not an IPv4 network ({error}).")
