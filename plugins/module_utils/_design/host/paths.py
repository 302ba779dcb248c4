# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals for host firewalls, and for spaces in network namespaces."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from ..._model.desired_network import DesiredNetwork, Report
from ..aggregators.fleet import Member
from ..gateway.gateways import Gateway
from .firewall import BABEL, BGP, VXLAN, Part

NAMES = {BABEL: ("babel", "Babel (UDP 6696)"), BGP: ("bgp", "BGP (TCP 179)"), 0: ("ospf", "OSPF (protocol 89)")}


def opens(found: Mapping[str, Any], skipped: Iterable[str]) -> bool:
    """Return True if the run itself lets in what is needed."""
    return bool((found.get("firewall") or {}).get("directory")) and "firewall" not in skipped


def check_firewall(
    member: Member, found: Mapping[str, Any], needs: Part, skipped: Iterable[str], report: Report
) -> None:
    """Refuse a mesh whose VXLAN the host rejects and no rule opens; warn of the rest, which a device may be let by."""
    admits, firewall = found.get("admits") or {}, found.get("firewall") or {}
    if opens(found, skipped):
        return
    sources = [ipaddress.ip_network(text, strict=False) for text in admits.get("sources") or ()]
    closed: list[str] = []
    for entry in needs.values():
        if entry["port"] == VXLAN and admits.get("vxlan") == "no":
            closed += [
                address
                for address in entry["sources"]
                if not any(ipaddress.ip_address(address) in network for network in sources)
            ]
    if closed:
        way = (
            f"Name {', '.join(closed)} in /etc/bonding/known_ips there, which lets in everything from them"
            if firewall.get("known_ips")
            else "Take firewall out of bonding_host_skip"
            if firewall.get("directory")
            else "Let it in there"
        )
        report.problem(
            f"{member.host}: its own firewall rejects VXLAN (UDP 4789) from {', '.join(closed)}, without which no mesh "
            f"lives. {way}, or say bonding_host_skip: [checks]."
        )
        return
    shut = sorted(
        {
            NAMES[entry["port"]][1]
            for entry in needs.values()
            if entry["port"] in NAMES and admits.get(NAMES[entry["port"]][0]) == "no"
        }
    )
    if shut:
        report.warn(
            f"{member.host}: its own firewall rejects {' and '.join(shut)} by a tunnel, unless it knows the tunnel by "
            "name: without it the aggregators of a mesh are no neighbours. The converge step names those that are none."
        )


def check_namespaces(gateway: Gateway, found: Mapping[str, Any], devices: Iterable[str], report: Report) -> None:
    """Refuse masquerading where the space's devices are in another network namespace: rules here would see nothing.

    :param devices: those by which packets of the space come to the aggregator, and the gateway's own
    """
    here = {device["name"]: device for device in found.get("devices") or ()}
    wanted = [name for name in devices if name not in here]
    hidden = []
    for namespace in found.get("namespaces") or ():
        if namespace["devices"] is None:
            hidden.append(namespace["name"])
            continue
        there = sorted(set(wanted) & set(namespace["devices"]))
        if there:
            report.problem(
                f"{gateway.label}: egress: masquerade: {', '.join(there)} of space {gateway.space} is in the network "
                f"namespace {namespace['name']} of {gateway.member.host}, and rules in the first one see nothing of "
                "its packets. Say egress: nat_gateway or none."
            )
            return
    elsewhere = sorted(name for name, device in here.items() if device.get("elsewhere"))
    if hidden and elsewhere:
        report.warn(
            f"{gateway.label}: egress: masquerade: {gateway.member.host} has network namespaces ({', '.join(hidden)}) "
            f"that {', '.join(elsewhere)} leads to, and their devices cannot be read without root. If the packets of "
            f"space {gateway.space} pass there, nothing is translated: log in as root, or say egress: nat_gateway."
        )


def judge(
    member: Member,
    found: Mapping[str, Any],
    side: Any,
    gateways: Iterable[Gateway],
    desired: DesiredNetwork,
    report: Report,
) -> None:
    """Check one host that was read, by what it shall have (`side`: its HostSide)."""
    skipped = next((host.host_skip for host in desired.hosts if host.host == member.host), ())
    check_firewall(member, found, side.needs, skipped, report)
    for gateway in gateways:
        entry = side.wanted.masquerade.get(gateway.space)
        if gateway.member.id == member.id and gateway.translates and entry:
            check_namespaces(gateway, found, [*entry["incoming"], entry["device"]], report)
