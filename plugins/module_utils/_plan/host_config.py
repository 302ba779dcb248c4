# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host configuration as work: role aggregator_host's variables after each phase."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._design.host.config import HostConfigChange
from .._design.host.firewall import VXLAN, routing, sessions
from .._model.phases import PHASES, Phase
from .._model.plan import KNOWN_AFTER_APPLY, Design, PlannedChange
from .._model.role_inputs import ExpectedInterface, HostConfigInput
from .._objects import Object

PREPARE = "prepare"
INTERFACES = ("vxlan_interface", "ethernet_interface")


def host_inputs(
    sides: Mapping[str, HostConfigChange], hosts: Collection[str], parts: Collection[str], limited: bool
) -> dict[str, dict[str, HostConfigInput]]:
    """Return by host and phase the configuration; a phase that leaves what the last one does is left out.

    Before the phases comes PREPARE: what the host has before the routes of the first phase. Where removals have to
    wait, the last phase leaves what the one before has left.
    """
    work: dict[str, dict[str, HostConfigInput]] = {}
    for host, side in sides.items():
        if host not in hosts:
            continue
        chosen = ("gateways" in parts, "cpe_nat" in parts, parts)
        work[host] = {PREPARE: HostConfigInput(**side.prepared(*chosen).as_dict())}
        for phase in PHASES:
            reached: Phase = "switch" if phase == "remove" and limited else phase
            work[host][phase] = HostConfigInput(**side.after(reached, *chosen).as_dict())
        last = work[host]["remove"]
        work[host] = {phase: spec for phase, spec in work[host].items() if phase == "remove" or spec != last}
    return work


def zones_after_routes(work: Mapping[str, Mapping[str, HostConfigInput]]) -> list[str]:
    """Return the hosts whose new rules get their spaces' zones when the routes of the first phase are there."""
    added = {host: specs.get("add", specs["remove"]) for host, specs in work.items()}
    return sorted(host for host, specs in work.items() if specs.get(PREPARE, specs["remove"]) != added[host])


def expected_changed_interfaces(
    changes: Iterable[tuple[PlannedChange, Object]], design: Design, hosts: Collection[str]
) -> dict[str, dict[str, list[ExpectedInterface]]]:
    """{host: {phase: what aggregator_host_info is to expect}} of each interface that a phase makes or changes.

    The tunnel peers are those of the run's hosts: the others may be as they were.
    """
    found: dict[str, dict[str, list[ExpectedInterface]]] = {}
    tunnels = _tunnels(design, hosts)
    for item, obj in changes:
        wanted = item.verb != "delete" and item.phase != "remove" and item.host in design.host_configs
        if wanted and item.kind in INTERFACES:
            expected = _expected(obj, item.host or "", tunnels, design, item.phase)
            found.setdefault(item.host or "", {}).setdefault(item.phase, []).append(expected)
    return found


def expected_interfaces(design: Design, hosts: Collection[str]) -> dict[str, list[ExpectedInterface]]:
    """Return by host the interfaces that aggregator_host_info has to find there: all wanted ones, changed or not."""
    tunnels = _tunnels(design, hosts)
    found: dict[str, list[ExpectedInterface]] = {}
    for batch in design.batches["remove"]:
        for obj in batch.wanted:
            if obj.kind in INTERFACES and batch.host in hosts and batch.host in design.host_configs:
                found.setdefault(batch.host or "", []).append(
                    _expected(obj, batch.host or "", tunnels, design, "remove")
                )
    return found


def _tunnels(design: Design, hosts: Collection[str]) -> dict[str, dict[str, list[str]]]:
    """Return by device and host the tunnel addresses of the run's hosts."""
    tunnels: dict[str, dict[str, list[str]]] = {}
    for batch in design.batches["remove"]:
        for obj in batch.wanted:
            if obj.kind == "vxlan_interface" and batch.host in hosts:
                tunnels.setdefault(obj.key, {})[batch.host or ""] = _plain(obj.data.get("addresses"))
    return tunnels


def _expected(
    obj: Object, host: str, tunnels: Mapping[str, Mapping[str, list[str]]], design: Design, phase: Phase
) -> ExpectedInterface:
    others = tunnels.get(obj.key, {}) if obj.kind == "vxlan_interface" else {}
    others = {other: theirs for other, theirs in others.items() if other != host}
    expected = ExpectedInterface(
        device=obj.key,
        addresses=_plain(obj.data.get("addresses")),
        peers=[address for theirs in others.values() for address in theirs],
    )
    return _with_neighbours(expected, obj, host, others, design, phase) if others else expected


def _with_neighbours(
    expected: ExpectedInterface,
    obj: Object,
    host: str,
    others: Mapping[str, list[str]],
    design: Design,
    phase: Phase,
) -> ExpectedInterface:
    """Return the requirements of a mesh: packets that are let in, neighbours where both ends have the protocol."""
    protocols, bgp = routing(design, phase), sessions(design, phase)
    near = protocols.get((host, obj.key))
    met = [theirs for other, theirs in others.items() if near and protocols.get((other, obj.key)) == near]
    neighbours = [
        address
        for other, theirs in others.items()
        for address in theirs
        if address in bgp.get(host, ()) and bgp.get(other, set()) & set(expected.addresses)
    ]
    needs = design.host_configs[host].needs.values()
    ends = {end["ip"] for end in obj.data.get("endpoints") or ()}
    admits = [entry for entry in needs if entry["device"] == obj.key]
    admits += [
        {**entry, "sources": [source for source in entry["sources"] if source in ends]}
        for entry in needs
        if entry["port"] == VXLAN
    ]
    return replace(
        expected,
        babel=len(met) if near == "babel" else 0,
        ospf=[address for theirs in met for address in theirs] if near == "ospf" else [],
        bgp=neighbours,
        admits=admits,
    )


def _plain(addresses: Any) -> list[str]:
    """Without prefix lengths, and without what AWS has yet to choose."""
    return [text.split("/")[0] for text in addresses or () if text != KNOWN_AFTER_APPLY]
