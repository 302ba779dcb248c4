# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`egress: masquerade`, judged by the inventory alone.

The aggregator translates what leaves by the gateway's device to that interface's private address, which has the Elastic
IP: so it needs no NAT gateway, lets single ports in, and works with the source/destination check on.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from ..._model.addresses import is_covered
from ..._model.desired_network import DesiredGateway, Report
from ..._model.names import ANYWHERE

PROTOCOLS = ("tcp", "udp")


def check_masquerade(wanted: DesiredGateway, what: str, report: Report) -> None:
    """Reject options that `egress: masquerade` cannot satisfy."""
    if ANYWHERE in wanted.networks:
        report.problem(
            f"{what}: networks: {ANYWHERE} with egress: masquerade: this is the default route of its own subnet. "
            "Give the supernets of the bonds' networks."
        )
    seen: set[tuple[Any, Any]] = set()
    for forward in wanted.port_forwards:
        _check_forward(forward, wanted, what, report)
        port = forward.get("protocol"), forward.get("port")
        if port in seen:
            report.problem(f"{what}: port_forwards: {port[0]} port {port[1]} is forwarded twice. Leave one out.")
        seen.add(port)


def _check_forward(forward: Mapping[str, Any], wanted: DesiredGateway, what: str, report: Report) -> None:
    label = f"{what}: port_forwards: {forward.get('protocol')} port {forward.get('port')}"
    if forward.get("protocol") not in PROTOCOLS:
        report.problem(f"{label}: the protocol is none of {' and '.join(PROTOCOLS)}. Give one of them.")
    try:
        to = ipaddress.IPv4Address(str(forward.get("to")))
    except ValueError:
        report.problem(
            f"{label}: to: {forward.get('to')!r} is not an IPv4 address; expected is that of a host behind a bond."
        )
    else:
        if wanted.networks and not any(to in ipaddress.IPv4Network(network) for network in wanted.networks):
            report.problem(
                f"{label}: to: {to} lies outside of the gateway's networks ({', '.join(wanted.networks)}): it is not "
                "a host behind a bond. Name a host inside of them."
            )


def _by_port(forwards: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    return {(forward["protocol"], forward["port"]): forward for forward in forwards}


def union_of_forwards(
    found: Iterable[Mapping[str, Any]], wanted: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the wanted forwards, but as they were found where they let less in: what works today stops last."""
    found, wanted = list(found), list(wanted)
    return [forward for _port, forward in sorted({**_by_port(wanted), **narrowed_forwards(found, wanted)}.items())]


def narrowed_forwards(
    found: Iterable[Mapping[str, Any]], wanted: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Return the found forwards, by protocol and port, that go, lead elsewhere, or let fewer sources in."""
    after = _by_port(wanted)
    return {
        port: old
        for port, old in _by_port(found).items()
        if (new := after.get(port)) is None
        or any(old[name] != new[name] for name in ("to", "to_port"))
        or not _admits(new, old)
    }


def _admits(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    around = [ipaddress.IPv4Network(network) for network in new["from"]]
    return all(is_covered(ipaddress.IPv4Network(network), around) for network in old["from"])


def port_forwards_of(wanted: DesiredGateway) -> list[dict[str, Any]]:
    """Return the port forwards with nothing left to be filled in, by protocol and port."""
    made = [
        {
            "protocol": forward["protocol"],
            "port": forward["port"],
            "to": forward["to"],
            "to_port": forward.get("to_port") or forward["port"],
            "from": list(forward.get("from", [ANYWHERE])),
        }
        for forward in wanted.port_forwards
    ]
    return sorted(made, key=lambda forward: (forward["protocol"], forward["port"]))
